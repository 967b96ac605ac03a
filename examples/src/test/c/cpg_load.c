/*
 * cpg_load: load, latency and membership probe for a real Corosync node, for side-by-side comparison.
 * Own code, written against the public headers of libcpg-dev and libquorum-dev.
 *
 * Build:  gcc -O2 -Wall -o cpg_load cpg_load.c -lcpg -lquorum
 *
 *   cpg_load load  -i ID -n MEMBERS [-s SIZE -S] [-d SECS] [-p PID]
 *        Join group "load", wait for MEMBERS members. With -S send SIZE-byte messages for SECS seconds
 *        (CS_ERR_TRY_AGAIN -> deliver, wait at most 1 ms, try again), then an end mark; without -S only receive.
 *        All members count every delivered message and check its CRC-32C and the sender's sequence.
 *        -N SENDERS: number of senders (default 1). -p PID: report that process's CPU over the run (corosync).
 *        Prints one line: id msgs bytes secs msgs_per_s MB_per_s errors again own_cpu_s pid_cpu_s pid_us_per_msg
 *   cpg_load lat   -i ID [-s SIZE] [-c COUNT] [-g GAP_US]
 *        One member, one message in flight, self-delivery time; percentiles in microseconds.
 *   cpg_load trickle -i ID [-g GAP_US] [-d SECS] [-S] [-m MS]
 *        -S: send one time-stamped 64-byte message each GAP_US; all: print every gap in delivery above MS milliseconds.
 *   cpg_load watch [-d SECS]
 *        Print CLOCK_MONOTONIC nanoseconds of every quorum and CPG view change.
 *   cpg_load now | cpg-load kill PID [SIG]
 *        Print CLOCK_MONOTONIC nanoseconds (kill: then send the signal, default 9).
 */
#define _GNU_SOURCE
#pragma GCC diagnostic ignored "-Wunused-parameter" /* callbacks get more than they need */
#include <corosync/corotypes.h>
#include <corosync/cpg.h>
#include <corosync/quorum.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct msg_head { uint32_t magic, sender; uint64_t seq, t_ns; uint32_t crc, flags; };
#define MAGIC 0x4c6f6164u
#define F_END 1u

static cpg_handle_t h;
static struct cpg_name group;
static unsigned id, want = 1, senders = 1;
static size_t size = 1024, members_now;
static double secs = 5;
static uint64_t gap_us = 0, count = 1000, limit_ms = 20;
static int do_send, watch_pid;

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }

__attribute__((target("sse4.2"))) static uint32_t crc32c(const unsigned char *p, size_t n)
{
	uint64_t c = 0xffffffffu;
	for (; n >= 8; n -= 8, p += 8) { uint64_t v; memcpy(&v, p, 8); c = __builtin_ia32_crc32di(c, v); }
	for (; n; n--, p++) c = __builtin_ia32_crc32qi((uint32_t)c, *p);
	return (uint32_t)c ^ 0xffffffffu;
}

static double cpu_self(void)
{
	struct rusage r; getrusage(RUSAGE_SELF, &r);
	return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static double cpu_pid(int pid) /* sum of on-CPU nanoseconds of all threads */
{
	char path[300]; double sum = 0; DIR *d; struct dirent *e;
	if (!pid) return 0;
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	if (!(d = opendir(path))) return 0;
	while ((e = readdir(d))) {
		unsigned long long run; FILE *f;
		if (e->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid, e->d_name);
		if ((f = fopen(path, "r"))) { if (fscanf(f, "%llu", &run) == 1) sum += run / 1e9; fclose(f); }
	}
	closedir(d);
	return sum;
}

/* ---- receive side ---- */
static uint64_t next_seq[1024], rx_msgs, rx_bytes, errors, first_ns, last_ns, lat_got, lat_rtt, last_any;
static unsigned ended;
static int mode_lat, mode_trickle;
static double cpu_pid0, cpu_self0, cpu_pid1, cpu_self1;

static void on_msg(cpg_handle_t hh, const struct cpg_name *g, uint32_t nodeid, uint32_t pid, void *m, size_t len)
{
	struct msg_head hd;
	if (len < sizeof hd) { errors++; return; }
	memcpy(&hd, m, sizeof hd);
	if (hd.magic != MAGIC || hd.sender >= 1024) { errors++; return; }
	uint64_t t = now();
	if (mode_lat) { if (hd.sender == id) { lat_got = hd.seq; lat_rtt = t - hd.t_ns; } return; }
	if (mode_trickle) {
		if (last_any && t - last_any > limit_ms * 1000000ull)
			printf("gap %.1f ms end %" PRIu64 " lag %.1f ms\n", (t - last_any) / 1e6, t, (t - hd.t_ns) / 1e6), fflush(stdout);
		last_any = t;
		if (hd.seq != next_seq[hd.sender] && next_seq[hd.sender]) errors++;
		next_seq[hd.sender] = hd.seq + 1; rx_msgs++;
		return;
	}
	if (hd.seq != next_seq[hd.sender]) errors++;
	next_seq[hd.sender] = hd.seq + 1;
	if (hd.flags & F_END) { ended++; return; }
	if (crc32c((unsigned char *)m + sizeof hd, len - sizeof hd) != hd.crc) errors++;
	if (!first_ns) { first_ns = t; cpu_pid0 = cpu_pid(watch_pid); cpu_self0 = cpu_self(); }
	last_ns = t; rx_msgs++; rx_bytes += len;
}

static void on_conf(cpg_handle_t hh, const struct cpg_name *g, const struct cpg_address *m, size_t nm,
		    const struct cpg_address *l, size_t nl, const struct cpg_address *j, size_t nj)
{
	members_now = nm;
	if (watch_pid == -1) {
		printf("%" PRIu64 " cpg members=%zu left=%zu joined=%zu", now(), nm, nl, nj);
		if (nl) printf(" reason=%u", l[0].reason);
		printf("\n"); fflush(stdout);
	}
}

static cpg_callbacks_t callbacks = { .cpg_deliver_fn = on_msg, .cpg_confchg_fn = on_conf };

static void join(const char *name)
{
	uint64_t stop = now() + 20000000000ull; cs_error_t e;
	while ((e = cpg_initialize(&h, &callbacks)) != CS_OK && now() < stop) usleep(2000);
	if (e != CS_OK) { fprintf(stderr, "cpg_initialize: %d\n", e); exit(1); }
	group.length = strlen(name); memcpy(group.value, name, group.length);
	while ((e = cpg_join(h, &group)) == CS_ERR_TRY_AGAIN && now() < stop) usleep(2000);
	if (e != CS_OK) { fprintf(stderr, "cpg_join: %d\n", e); exit(1); }
}

static int fd_of(void) { int fd; cpg_fd_get(h, &fd); return fd; }

static void pump(int wait_ms)
{
	struct pollfd p = { .fd = fd_of(), .events = POLLIN };
	if (wait_ms && poll(&p, 1, wait_ms) <= 0) return;
	cs_error_t e = cpg_dispatch(h, CS_DISPATCH_ALL);
	if (e != CS_OK && e != CS_ERR_TRY_AGAIN) { fprintf(stderr, "cpg_dispatch: %d\n", e); exit(1); }
}

static uint64_t again;

static void send_one(unsigned char *buf, size_t n, uint64_t stop)
{
	struct iovec v = { .iov_base = buf, .iov_len = n };
	for (;;) {
		cs_error_t e = cpg_mcast_joined(h, CPG_TYPE_AGREED, &v, 1);
		if (e == CS_OK) return;
		if (e != CS_ERR_TRY_AGAIN) { fprintf(stderr, "cpg_mcast_joined: %d\n", e); exit(1); }
		again++; pump(1);
		if (now() > stop) { fprintf(stderr, "send: stuck\n"); exit(1); }
	}
}

static unsigned char *make(size_t n)
{
	unsigned char *b = malloc(n); uint64_t x = 88172645463325252ull + id;
	for (size_t i = 0; i < n; i++) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; b[i] = x; }
	struct msg_head hd = { MAGIC, id, 0, 0, crc32c(b + sizeof hd, n - sizeof hd), 0 };
	memcpy(b, &hd, sizeof hd);
	return b;
}

static int load(void)
{
	join("load");
	uint64_t stop = now() + 30000000000ull;
	while (members_now < want && now() < stop) pump(10);
	if (members_now < want) { fprintf(stderr, "only %zu members\n", members_now); return 1; }
	if (size < sizeof(struct msg_head) + 8) size = sizeof(struct msg_head) + 8;
	if (do_send) {
		unsigned char *b = make(size); struct msg_head *hd = (void *)b;
		uint64_t t = now(), end = t + (uint64_t)(secs * 1e9); stop = end + 20000000000ull;
		while ((t = now()) < end) { hd->t_ns = t; send_one(b, size, stop); hd->seq++; cpg_dispatch(h, CS_DISPATCH_ALL); }
		hd->flags = F_END; send_one(b, sizeof *hd, stop);
	} else stop = now() + (uint64_t)((secs + 30) * 1e9);
	while (ended < senders && now() < stop) pump(50);
	cpu_pid1 = cpu_pid(watch_pid); cpu_self1 = cpu_self();
	double dt = (last_ns - first_ns) / 1e9;
	printf("id=%u msgs=%" PRIu64 " bytes=%" PRIu64 " secs=%.3f msgs_per_s=%.0f MB_per_s=%.2f errors=%" PRIu64 " ended=%u/%u again=%" PRIu64
	       " own_cpu=%.3f pid_cpu=%.3f pid_us_per_msg=%.2f pid_ns_per_byte=%.3f\n", id, rx_msgs, rx_bytes, dt, rx_msgs / dt, rx_bytes / dt / 1e6, errors,
	       ended, senders, again, cpu_self1 - cpu_self0, cpu_pid1 - cpu_pid0, (cpu_pid1 - cpu_pid0) * 1e6 / (rx_msgs ? rx_msgs : 1), (cpu_pid1 - cpu_pid0) * 1e9 / (rx_bytes ? rx_bytes : 1));
	fflush(stdout); usleep(300000);
	cpg_finalize(h);
	return errors || ended < senders;
}

static int cmp(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return x < y ? -1 : x > y; }

static int lat(void)
{
	mode_lat = 1; join("lat");
	unsigned char *b = make(size); struct msg_head *hd = (void *)b;
	uint64_t *r = calloc(count, 8), stop = now() + 120000000000ull, n = 0, warm = count > 200 ? 100 : 3;
	for (uint64_t i = 1; i <= count + warm && now() < stop; i++) {
		hd->seq = i; hd->t_ns = now(); send_one(b, size, stop);
		while (lat_got != i && now() < stop) pump(1000);
		if (i > warm) r[n++] = lat_rtt;
		if (gap_us) usleep(gap_us);
	}
	if (!n) return 1;
	qsort(r, n, 8, cmp); uint64_t s = 0; for (uint64_t i = 0; i < n; i++) s += r[i];
	printf("lat size=%zu gap_us=%" PRIu64 " n=%" PRIu64 " min=%.1f mean=%.1f p50=%.1f p90=%.1f p99=%.1f p999=%.1f max=%.1f us\n", size, gap_us, n, r[0] / 1e3,
	       s / 1e3 / n, r[n / 2] / 1e3, r[n * 9 / 10] / 1e3, r[n * 99 / 100] / 1e3, r[n * 999 / 1000] / 1e3, r[n - 1] / 1e3);
	return 0;
}

static int trickle(void)
{
	mode_trickle = 1; join("trickle");
	unsigned char *b = make(64); struct msg_head *hd = (void *)b;
	uint64_t end = now() + (uint64_t)(secs * 1e9), t, next = now(); if (!gap_us) gap_us = 1000;
	while ((t = now()) < end) {
		if (do_send && t >= next) {
			struct iovec v = { .iov_base = b, .iov_len = 64 };
			hd->t_ns = t; if (cpg_mcast_joined(h, CPG_TYPE_AGREED, &v, 1) == CS_OK) hd->seq++; else again++;
			next = t + gap_us * 1000;
		}
		pump(1);
	}
	printf("trickle id=%u delivered=%" PRIu64 " errors=%" PRIu64 " again=%" PRIu64 "\n", id, rx_msgs, errors, again);
	return 0;
}

static void on_quorum(quorum_handle_t qh, uint32_t quorate, uint64_t ring, uint32_t n, uint32_t *list)
{
	printf("%" PRIu64 " quorum quorate=%u members=%u\n", now(), quorate, n); fflush(stdout);
}

static int watch(void)
{
	quorum_handle_t q; quorum_callbacks_t qc = { .quorum_notify_fn = on_quorum }; uint32_t type;
	uint64_t stop = now() + 20000000000ull; cs_error_t e; int qfd;
	watch_pid = -1; join("watch");
	while ((e = quorum_initialize(&q, &qc, &type)) != CS_OK && now() < stop) usleep(2000);
	if (e != CS_OK) return 1;
	quorum_trackstart(q, CS_TRACK_CURRENT | CS_TRACK_CHANGES); quorum_fd_get(q, &qfd);
	stop = now() + (uint64_t)(secs * 1e9);
	while (now() < stop) {
		struct pollfd p[2] = { { fd_of(), POLLIN, 0 }, { qfd, POLLIN, 0 } };
		if (poll(p, 2, 100) <= 0) continue;
		if (p[0].revents && cpg_dispatch(h, CS_DISPATCH_ALL) == CS_ERR_LIBRARY) break;
		if (p[1].revents && quorum_dispatch(q, CS_DISPATCH_ALL) == CS_ERR_LIBRARY) break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int o; if (argc < 2) return 2;
	const char *mode = argv[1];
	if (!strcmp(mode, "now")) { printf("%" PRIu64 "\n", now()); return 0; }
	if (!strcmp(mode, "kill") && argc > 2) { printf("%" PRIu64 "\n", now()); fflush(stdout); return kill(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 9); }
	while ((o = getopt(argc - 1, argv + 1, "i:n:s:Sd:p:N:c:g:m:")) != -1) switch (o) {
		case 'i': id = atoi(optarg); break; case 'n': want = atoi(optarg); break; case 's': size = strtoul(optarg, 0, 0); break;
		case 'S': do_send = 1; break; case 'd': secs = atof(optarg); break; case 'p': watch_pid = atoi(optarg); break;
		case 'N': senders = atoi(optarg); break; case 'c': count = strtoull(optarg, 0, 0); break;
		case 'g': gap_us = strtoull(optarg, 0, 0); break; case 'm': limit_ms = strtoull(optarg, 0, 0); break; default: return 2;
	}
	if (!strcmp(mode, "load")) return load();
	if (!strcmp(mode, "lat")) return lat();
	if (!strcmp(mode, "trickle")) return trickle();
	if (!strcmp(mode, "watch")) return watch();
	return 2;
}
