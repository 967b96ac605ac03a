/*
 * Traffic through a Corosync daemon whose ring changes all the time: joins a group, sends numbered messages of many sizes, and writes
 * down, in order, every message and every change of members and rings that it is told of.
 *
 *   cpg_chaos GROUP MEMBERS PAUSE LOG FINISH
 *
 * PAUSE is the time between own messages in milliseconds. When the file FINISH is there, a last message is sent; when the last
 * messages of MEMBERS nodes have come, "complete" is written, and the program stays until somebody ends it.
 *
 * Lines of LOG:
 *
 *   start NODE PID
 *   view RING NODES                   the ring changed; RING as REPRESENTATIVE.SEQUENCE in hexadecimal
 *   change REASON JOINED LEFT         members came or went, as NODE:PID,NODE:PID or -
 *   m NODE PID NUMBER BYTES           a message, undamaged
 *   bad WHAT                          a damaged one, or a call that failed
 *   order RING COUNT HASH             what was heard in a ring that is over: hash over nodes, pids and numbers in their order
 *   complete COUNT                    number of messages that this process has sent, the last one included
 *
 * A message: sender (1 byte), number (4 bytes), checksum of the rest (4 bytes), rest (1 byte or more).
 */
#include "cpg_program.h"
#include <unistd.h>

#define LAST 0xffffffffu
enum { LARGEST = 300000, NODES_MAX = 64 };

static FILE *out;
static int finished[NODES_MAX];
static char ring[64] = "-";
static uint64_t heard, order = HASH_START;
static uint32_t self;

/* one in 128 is up to the largest, the second is the largest, the first and the last are the smallest */
static size_t size_of(uint32_t number)
{
	uint32_t x = number * 2654435761u;
	if (number == 0 || number == LAST)
		return SMALLEST;
	if (number == 1)
		return LARGEST;
	return SMALLEST + (x >> 4) % (number % 128 == 0 ? LARGEST - SMALLEST + 1 : number % 4 == 0 ? 4000 : 300);
}

static void end_of_ring(void)
{
	fprintf(out, "order %s %" PRIu64 " %016" PRIx64 "\n", ring, heard, order);
	heard = 0;
	order = HASH_START;
}

static void deliver(cpg_handle_t h, const struct cpg_name *name, uint32_t node, uint32_t pid, void *data, size_t size)
{
	const unsigned char *message = data;
	uint32_t number, sum, key[3];

	(void)h, (void)name;
	if (size < SMALLEST) {
		fprintf(out, "bad message of %zu bytes from %u:%u\n", size, node, pid);
		return;
	}
	memcpy(&number, message + 1, sizeof number);
	memcpy(&sum, message + 5, sizeof sum);
	if (size != size_of(number) || sum != checksum(message + HEAD, size - HEAD)) {
		fprintf(out, "bad message %u of %zu bytes from %u:%u\n", number, size, node, pid);
		return;
	}
	fprintf(out, "m %u %u %u %zu\n", node, pid, number, size);
	key[0] = node, key[1] = pid, key[2] = number;
	order = mix(order, key, sizeof key);
	heard++;
	if (number == LAST && node < NODES_MAX)
		finished[node] = 1;
}

static void print_members(const struct cpg_address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u:%u", i ? "," : "", list[i].nodeid, list[i].pid);
	fputs(count ? " " : "- ", out);
}

static void changed(cpg_handle_t h, const struct cpg_name *name, const struct cpg_address *now, size_t now_count,
		    const struct cpg_address *left, size_t left_count, const struct cpg_address *joined,
		    size_t joined_count)
{
	(void)h, (void)name, (void)now, (void)now_count;
	fprintf(out, "change %u ", left_count ? left[0].reason : joined_count ? joined[0].reason : 0);
	print_members(joined, joined_count);
	print_members(left, left_count);
	fputc('\n', out);
}

static void ring_changed(cpg_handle_t h, struct cpg_ring_id id, uint32_t count, const uint32_t *nodes)
{
	(void)h;
	end_of_ring();
	snprintf(ring, sizeof ring, "%u.%" PRIx64, id.nodeid, id.seq);
	fprintf(out, "view %s ", ring);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? "," : "", nodes[i]);
	fputc('\n', out);
}

static void fail(const char *call, cs_error_t error)
{
	fprintf(out, "bad %s: error %d\n", call, (int)error);
	fflush(out);
	exit(1);
}

static void join(void)
{
	cpg_model_v1_data_t model = {.model = CPG_MODEL_V1, .cpg_deliver_fn = deliver, .cpg_confchg_fn = changed,
				     .cpg_totem_confchg_fn = ring_changed,
				     .flags = CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF};
	struct timespec moment = {.tv_nsec = 20000000};
	cs_error_t error;
	int attempts = 3000;

	while ((error = cpg_model_initialize(&handle, CPG_MODEL_V1, (cpg_model_data_t *)&model, NULL)) != CS_OK && --attempts)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_model_initialize", error);
	if ((error = cpg_local_get(handle, &self)) != CS_OK)
		fail("cpg_local_get", error);
	fprintf(out, "\nstart %u %u\n", self, (unsigned)getpid());
	while ((error = cpg_join(handle, &group)) == CS_ERR_TRY_AGAIN && --attempts)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_join", error);
}

static void send_message(unsigned char *message, uint32_t number)
{
	size_t size = size_of(number);
	struct iovec part = {.iov_base = message, .iov_len = size};
	cs_error_t error;

	fill(message, size, self, number);
	while ((error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &part, 1)) == CS_ERR_TRY_AGAIN)
		dispatch(5);
	if (error != CS_OK)
		fail("cpg_mcast_joined", error);
}

static int all_finished(int wanted)
{
	int count = 0;
	for (int node = 0; node < NODES_MAX; node++)
		count += finished[node];
	return count >= wanted;
}

int main(int argc, char **argv)
{
	unsigned char *message = malloc(LARGEST);
	uint32_t number = 0;

	if (argc != 6 || message == NULL || strlen(argv[1]) > CPG_MAX_NAME_LENGTH - 1 || !(out = fopen(argv[4], "a"))) {
		fprintf(stderr, "usage: cpg_chaos GROUP MEMBERS PAUSE LOG FINISH\n");
		return 2;
	}
	name_group(argv[1]);
	join();
	while (access(argv[5], F_OK) != 0) {
		send_message(message, number++);
		wait_while_dispatching(atof(argv[3]) / 1000);
	}
	send_message(message, LAST);
	while (!all_finished(atoi(argv[2])))
		dispatch(20);
	end_of_ring();
	fprintf(out, "complete %" PRIu32 "\n", number + 1);
	for (;;)
		dispatch(1000);
}
