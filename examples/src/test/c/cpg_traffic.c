/*
 * Ordered traffic through a Corosync daemon: joins a group, sends numbered messages of many sizes, and checks what is
 * delivered.
 *
 *   cpg_traffic GROUP SENDER COUNT MEMBERS SENDERS SECONDS [PAUSE]
 *
 * Joins GROUP, waits until MEMBERS processes are in it, and sends COUNT messages as sender number SENDER (0..15).
 * Ends with exit code 0 when COUNT messages of each of the senders 0..SENDERS-1 have arrived, or those that a sender sent
 * before it left the group, each in its place and with the content that was sent; with 1 when that has not happened after
 * SECONDS, or something is wrong. With PAUSE it waits so many milliseconds between its messages. The output ends with the longest
 * time in milliseconds between two deliveries while all were sending, and the result:
 *
 *   silence=N
 *   received=N bytes=N wrong=N again=N order=HEX
 *
 * where order is a hash over the senders and numbers in the order of delivery: equal at all receivers.
 *
 * A sender that has everything says so with a message numbered DONE, and leaves when it has heard that of all the others that
 * are still there; leaving earlier could take messages along that others still miss.
 *
 * A message: sender (1 byte), number (4 bytes), checksum of the rest (4 bytes), rest (1 byte or more).
 */
#include "cpg_program.h"

#define DONE 0xffffffffu
enum { LARGEST = 100000, SENDERS_MAX = 16 };

static size_t members;
static uint32_t expected[SENDERS_MAX];
static uint32_t home[SENDERS_MAX]; /* node of each sender; 0 before its first message */
static int gone[SENDERS_MAX];
static int done[SENDERS_MAX];
static unsigned senders;
static uint32_t count;
static double last, longest_silence;
static uint64_t received, bytes, wrong, again, order = HASH_START;

/* mostly small; one in sixteen is up to the largest, so that fragments of it mix with others' messages */
static size_t size_of(uint32_t number)
{
	uint32_t x = number * 2654435761u;
	if (number == 0 || number == DONE)
		return SMALLEST;
	if (number == 1)
		return LARGEST;
	return SMALLEST + (x >> 4) % (number % 16 == 0 ? LARGEST - SMALLEST + 1 : number % 4 == 0 ? 4000 : 300);
}

/* the longest time between two messages while all are sending */
static void listen_to_silence(void)
{
	double now = seconds();
	int all_send = 1;
	for (unsigned i = 0; i < senders; i++)
		all_send &= expected[i] > 0 && expected[i] < count;
	if (all_send && last > 0 && now - last > longest_silence)
		longest_silence = now - last;
	last = all_send ? now : 0;
}

static void deliver(cpg_handle_t h, const struct cpg_name *name, uint32_t node, uint32_t pid, void *data, size_t size)
{
	const unsigned char *message = data;
	uint32_t number, sum;

	(void)h, (void)name;
	if (size < SMALLEST || message[0] >= SENDERS_MAX) {
		wrong++;
		return;
	}
	memcpy(&number, message + 1, sizeof number);
	if (number == DONE) {
		done[message[0]] = 1;
		return;
	}
	listen_to_silence();
	received++;
	bytes += size;
	order = mix(order, message, 5);
	memcpy(&sum, message + 5, sizeof sum);
	if (number != expected[message[0]]) {
		printf("from node %u process %u sender %u: number %u instead of %u\n", node, pid, message[0], number,
		       expected[message[0]]);
		wrong++;
	} else if (size != size_of(number) || sum != checksum(message + HEAD, size - HEAD)) {
		printf("from node %u sender %u: number %u is damaged, %zu bytes\n", node, message[0], number, size);
		wrong++;
	}
	if (expected[message[0]] == 0) {
		printf("sender %u has begun\n", message[0]);
		fflush(stdout);
	}
	expected[message[0]] = number + 1;
	home[message[0]] = node;
}

static void changed(cpg_handle_t h, const struct cpg_name *name, const struct cpg_address *now, size_t now_count,
		    const struct cpg_address *left, size_t left_count, const struct cpg_address *joined,
		    size_t joined_count)
{
	(void)h, (void)name, (void)joined;
	members = now_count;
	for (size_t i = 0; i < left_count; i++)
		for (int sender = 0; sender < SENDERS_MAX; sender++)
			if (home[sender] == left[i].nodeid)
				gone[sender] = 1;
	printf("members=%zu left=%zu joined=%zu nodes=", now_count, left_count, joined_count);
	for (size_t i = 0; i < now_count; i++)
		printf("%s%u", i ? "," : "", now[i].nodeid);
	printf("\n");
	fflush(stdout);
}

static void fail(const char *call, cs_error_t error)
{
	fprintf(stderr, "%s: error %d\n", call, (int)error);
	exit(1);
}

static void join(double end)
{
	cpg_callbacks_t callbacks = {.cpg_deliver_fn = deliver, .cpg_confchg_fn = changed};
	struct timespec moment = {.tv_nsec = 20000000};
	cs_error_t error;

	while ((error = cpg_initialize(&handle, &callbacks)) != CS_OK && seconds() < end)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_initialize", error);
	while ((error = cpg_join(handle, &group)) == CS_ERR_TRY_AGAIN && seconds() < end)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_join", error);
}

static void send_message(unsigned char *message, unsigned sender, uint32_t number, double end)
{
	size_t size = size_of(number);
	struct iovec part = {.iov_base = message, .iov_len = size};
	cs_error_t error;

	fill(message, size, sender, number);
	while ((error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &part, 1)) == CS_ERR_TRY_AGAIN && seconds() < end) {
		again++;
		dispatch(1);
	}
	if (error != CS_OK)
		fail("cpg_mcast_joined", error);
}

static int complete(void)
{
	for (unsigned i = 0; i < senders; i++)
		if (expected[i] < count && !gone[i])
			return 0;
	return 1;
}

static int all_done(void)
{
	for (unsigned i = 0; i < senders; i++)
		if (!done[i] && !gone[i])
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	unsigned char *message = malloc(LARGEST);

	if (argc < 7 || argc > 8 || message == NULL || strlen(argv[1]) > CPG_MAX_NAME_LENGTH - 1) {
		fprintf(stderr, "usage: cpg_traffic GROUP SENDER COUNT MEMBERS SENDERS SECONDS [PAUSE]\n");
		return 2;
	}
	unsigned sender = (unsigned)atoi(argv[2]);
	size_t wanted = (size_t)atoi(argv[4]);
	double end = seconds() + atof(argv[6]);

	senders = (unsigned)atoi(argv[5]);
	count = (uint32_t)atoi(argv[3]);
	if (senders > SENDERS_MAX || sender >= SENDERS_MAX)
		return 2;
	name_group(argv[1]);
	join(end);
	while (members < wanted && seconds() < end)
		dispatch(20);
	for (uint32_t number = 0; number < count && seconds() < end; number++) {
		send_message(message, sender, number, end);
		dispatch(0);
		if (argc == 8)
			wait_while_dispatching(atof(argv[7]) / 1000);
	}
	while (!complete() && seconds() < end)
		dispatch(20);
	printf("silence=%.0f\n", longest_silence * 1000);
	printf("received=%" PRIu64 " bytes=%" PRIu64 " wrong=%" PRIu64 " again=%" PRIu64 " order=%016" PRIx64 "\n", received,
	       bytes, wrong, again, order);
	fflush(stdout);
	if (complete())
		send_message(message, sender, DONE, end);
	while (!all_done() && seconds() < end)
		dispatch(20);
	cpg_finalize(handle);
	free(message);
	return wrong == 0 && complete() ? 0 : 1;
}
