/*
 * A member of a group behind a Corosync daemon that says what it hears.
 *
 *   cpg_member GROUP SECONDS
 *
 * Prints a line for each change and each message, after a first line with its process id:
 *
 *   pid PID
 *   change members=NODE:PID,... joined=NODE:PID,... left=NODE:PID,... reason=N
 *   message NODE:PID bytes=N sum=HEX
 *
 * Addresses are in ascending order; the reason is that of the first one that came or went. On SIGUSR2 it sends three messages, of 10 and
 * 200000 bytes and of 1 MiB; on SIGUSR1 it leaves the group and ends with exit code 0. After SECONDS it ends with 1.
 */
#include "cpg_program.h"
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t wanted_leave, wanted_messages;

static void noted(int number)
{
	if (number == SIGUSR1)
		wanted_leave = 1;
	else
		wanted_messages = 1;
}

static int by_address(const void *a, const void *b)
{
	const struct cpg_address *x = a, *y = b;
	if (x->nodeid != y->nodeid)
		return x->nodeid < y->nodeid ? -1 : 1;
	return x->pid == y->pid ? 0 : x->pid < y->pid ? -1 : 1;
}

static void print_list(const char *title, const struct cpg_address *some, size_t count)
{
	struct cpg_address sorted[CPG_MEMBERS_MAX];
	memcpy(sorted, some, count * sizeof *some);
	qsort(sorted, count, sizeof *sorted, by_address);
	printf(" %s=", title);
	for (size_t i = 0; i < count; i++)
		printf("%s%u:%u", i ? "," : "", sorted[i].nodeid, sorted[i].pid);
}

static void changed(cpg_handle_t h, const struct cpg_name *name, const struct cpg_address *now, size_t now_count,
		    const struct cpg_address *left, size_t left_count, const struct cpg_address *joined,
		    size_t joined_count)
{
	(void)h, (void)name;
	printf("change");
	print_list("members", now, now_count);
	print_list("joined", joined, joined_count);
	print_list("left", left, left_count);
	printf(" reason=%u\n", joined_count ? joined[0].reason : left_count ? left[0].reason : 0);
	fflush(stdout);
}

static void deliver(cpg_handle_t h, const struct cpg_name *name, uint32_t node, uint32_t pid, void *data, size_t size)
{
	const unsigned char *message = data;
	uint32_t sum = 2166136261u;

	(void)h, (void)name;
	for (size_t i = 0; i < size; i++)
		sum = (sum ^ message[i]) * 16777619u;
	printf("message %u:%u bytes=%zu sum=%08" PRIx32 "\n", node, pid, size, sum);
	fflush(stdout);
}

static void fail(const char *call, cs_error_t error)
{
	fprintf(stderr, "%s: error %d\n", call, (int)error);
	exit(1);
}

static void send_message(size_t size)
{
	unsigned char *message = malloc(size);
	struct iovec part = {.iov_base = message, .iov_len = size};
	cs_error_t error;

	if (message == NULL)
		exit(1);
	for (size_t i = 0; i < size; i++)
		message[i] = (unsigned char)(i * 7 + size + (size_t)getpid());
	while ((error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &part, 1)) == CS_ERR_TRY_AGAIN)
		dispatch(1);
	if (error != CS_OK)
		fail("cpg_mcast_joined", error);
	free(message);
}

int main(int argc, char **argv)
{
	cpg_callbacks_t callbacks = {.cpg_deliver_fn = deliver, .cpg_confchg_fn = changed};
	struct timespec moment = {.tv_nsec = 20000000};
	time_t end = time(NULL) + (argc == 3 ? atoi(argv[2]) : 0);
	cs_error_t error;

	if (argc != 3 || strlen(argv[1]) > CPG_MAX_NAME_LENGTH - 1)
		return 2;
	signal(SIGUSR1, noted);
	signal(SIGUSR2, noted);
	name_group(argv[1]);
	while ((error = cpg_initialize(&handle, &callbacks)) != CS_OK && time(NULL) < end)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_initialize", error);
	printf("pid %d\n", (int)getpid());
	fflush(stdout);
	while ((error = cpg_join(handle, &group)) == CS_ERR_TRY_AGAIN && time(NULL) < end)
		nanosleep(&moment, NULL);
	if (error != CS_OK)
		fail("cpg_join", error);
	while (time(NULL) < end) {
		dispatch(20);
		if (wanted_messages) {
			wanted_messages = 0;
			send_message(10);
			send_message(200000);
			send_message(1048576);
		}
		if (wanted_leave) {
			if ((error = cpg_leave(handle, &group)) != CS_OK)
				fail("cpg_leave", error);
			cpg_finalize(handle);
			return 0;
		}
	}
	return 1;
}
