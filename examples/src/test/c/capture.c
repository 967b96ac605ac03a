/*
 * Writes IP packets as they pass an interface, in both directions, to standard output.
 *
 *   capture INTERFACE PORT COUNT
 *
 * Ends after COUNT IPv4 packets with UDP and that destination port, each as: length (4 bytes, little-endian), packet from its
 * IP header on. A run of datagrams that passes as one packet counts as one, and is written as the packets that it stands for; only
 * their lengths are made to fit, not their checksums.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif
#define UDP_HEADER 8u

static void put16(unsigned char *to, size_t value)
{
	to[0] = (unsigned char)(value >> 8);
	to[1] = (unsigned char)value;
}

/* Headers of that many bytes at `ip`, then payload that was elsewhere in the packet. */
static void write_packet(unsigned char *ip, size_t headers, const unsigned char *payload, size_t bytes)
{
	size_t size = headers + bytes;
	unsigned char length[4] = {(unsigned char)size, (unsigned char)(size >> 8)};

	put16(ip + 2, size);
	put16(ip + headers - UDP_HEADER + 4, UDP_HEADER + bytes);
	fwrite(length, 1, sizeof length, stdout);
	fwrite(ip, 1, headers, stdout);
	fwrite(payload, 1, bytes, stdout);
}

int main(int argc, char **argv)
{
	static unsigned char frame[70000];
	struct sockaddr_ll from = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct virtio_net_hdr run;
	unsigned char *ip = frame + sizeof run + ETH_HLEN;
	int all, port, count, on = 1;

	if (argc != 4 || (from.sll_ifindex = (int)if_nametoindex(argv[1])) == 0)
		return 2;
	port = atoi(argv[2]);
	count = atoi(argv[3]);
	all = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (all < 0 || setsockopt(all, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0
	    || bind(all, (struct sockaddr *)&from, sizeof from) < 0) {
		perror("capture");
		return 1;
	}
	while (count > 0) {
		ssize_t got = recv(all, frame, sizeof frame, 0);
		if (got < (ssize_t)(sizeof run + ETH_HLEN + 28))
			continue;
		size_t headers = (ip[0] & 15u) * 4u + UDP_HEADER;
		size_t end = (size_t)(ip[2] << 8 | ip[3]);
		size_t bytes;
		memcpy(&run, frame, sizeof run);
		if (ip[0] >> 4 != 4 || ip[9] != 17 || end < headers || end > (size_t)got - sizeof run - ETH_HLEN)
			continue;
		if ((ip[headers - UDP_HEADER + 2] << 8 | ip[headers - UDP_HEADER + 3]) != port)
			continue;
		bytes = run.gso_type == VIRTIO_NET_HDR_GSO_UDP_L4 ? run.gso_size : end - headers;
		for (size_t at = headers; at < end; at += bytes)
			write_packet(ip, headers, ip + at, at + bytes < end ? bytes : end - at);
		count--;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
