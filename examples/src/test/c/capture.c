/*
 * Writes IP packets as they pass an interface, in both directions, to standard output.
 *
 *   capture INTERFACE PORT COUNT
 *
 * Ends after COUNT IPv4 packets with UDP and that destination port, each as: length (4 bytes, little-endian), packet from its
 * IP header on.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	static unsigned char packet[65536];
	struct sockaddr_ll from = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int all, port, count;

	if (argc != 4 || (from.sll_ifindex = (int)if_nametoindex(argv[1])) == 0)
		return 2;
	port = atoi(argv[2]);
	count = atoi(argv[3]);
	all = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	if (all < 0 || bind(all, (struct sockaddr *)&from, sizeof from) < 0) {
		perror("capture");
		return 1;
	}
	while (count > 0) {
		ssize_t size = recv(all, packet, sizeof packet, 0);
		size_t header = (packet[0] & 15u) * 4u;
		if (size < 28 || packet[0] >> 4 != 4 || packet[9] != 17)
			continue;
		if ((packet[header + 2] << 8 | packet[header + 3]) != port)
			continue;
		unsigned char length[4] = {(unsigned char)size, (unsigned char)(size >> 8)};
		fwrite(length, 1, sizeof length, stdout);
		fwrite(packet, 1, (size_t)size, stdout);
		count--;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
