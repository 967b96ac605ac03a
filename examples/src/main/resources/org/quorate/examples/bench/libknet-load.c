/*
 * One of the two nodes of a load on libknet, written against the public header of libknet-dev.
 * The Java class NodeLoad is the same for Quorate's transport; both obey the same arguments and print the same line.
 *
 *   gcc -O2 -o libknet-load libknet-load.c -lknet
 *   libknet-load ID oneway|pingpong BYTES WARMUP_MILLIS MEASURE_MILLIS WINDOW CIPHER HASH
 *
 * Node 1 sends, node 2 answers; they are 127.0.0.1 and 127.0.0.2, UDP port 51405. A message begins with its kind (1 byte) and its
 * number (8 bytes, little-endian). Kinds: 0 warm-up, 1 measured, 2 end, 3 answer. One-way: at most WINDOW messages are under way; the
 * receiver tells the highest number that it has after each quarter of a window. After 100 ms without an answer what is under way counts
 * as lost. Ping-pong: each message comes back as an answer of the same size.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libknet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WARMUP, MEASURED, END, ANSWER };
enum { HEADER = 9, LARGEST = 65536, PORT = 51405, LOST_AFTER_MS = 100, LATENCIES = 1 << 20 };

static int me, data_fd;
static long size, window_size;
static char message[LARGEST];

static void check(int result, const char *what)
{
    if (result >= 0)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void ignore_socket_error(void *data, int fd, int8_t channel, uint8_t direction, int error, int number)
{
    (void)data; (void)fd; (void)channel; (void)direction; (void)error; (void)number;
}

static int to_the_other(void *data, const unsigned char *out, ssize_t length, uint8_t direction, knet_node_id_t self,
                        knet_node_id_t from, int8_t *channel, knet_node_id_t *targets, size_t *count)
{
    (void)data; (void)out; (void)length; (void)self; (void)from; (void)channel;
    targets[0] = direction == KNET_NOTIFY_TX ? 3 - me : me;
    *count = 1;
    return 0;
}

static struct sockaddr_storage address(int node)
{
    struct sockaddr_storage any;
    struct sockaddr_in *ip = (struct sockaddr_in *)&any;
    memset(&any, 0, sizeof any);
    ip->sin_family = AF_INET;
    ip->sin_port = htons(PORT);
    ip->sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + node);
    return any;
}

static void join(const char *cipher, const char *hash)
{
    int8_t channel = 0;
    int other = 3 - me;
    struct knet_host_status status = {0};
    struct sockaddr_storage own = address(me), theirs = address(other);
    knet_handle_t knet = knet_handle_new(me, open("/dev/null", O_WRONLY), KNET_LOG_ERR);
    if (!knet)
        check(-1, "knet_handle_new");
    check(knet_handle_enable_sock_notify(knet, NULL, ignore_socket_error), "knet_handle_enable_sock_notify");
    check(knet_handle_add_datafd(knet, &data_fd, &channel), "knet_handle_add_datafd");
    check(knet_handle_enable_filter(knet, NULL, to_the_other), "knet_handle_enable_filter");
    if (strcmp(hash, "none")) {
        struct knet_handle_crypto_cfg crypto;
        memset(&crypto, 0, sizeof crypto);
        strcpy(crypto.crypto_model, "openssl");
        snprintf(crypto.crypto_cipher_type, sizeof crypto.crypto_cipher_type, "%s", cipher);
        snprintf(crypto.crypto_hash_type, sizeof crypto.crypto_hash_type, "%s", hash);
        memset(crypto.private_key, 42, 256);
        crypto.private_key_len = 256;
        check(knet_handle_crypto_set_config(knet, &crypto, 1), "knet_handle_crypto_set_config");
        check(knet_handle_crypto_use_config(knet, 1), "knet_handle_crypto_use_config");
    }
    check(knet_host_add(knet, other), "knet_host_add");
    check(knet_link_set_config(knet, other, 0, KNET_TRANSPORT_UDP, &own, &theirs, 0), "knet_link_set_config");
    check(knet_link_set_ping_timers(knet, other, 0, 250, 1000, 2048), "knet_link_set_ping_timers");
    check(knet_link_set_enable(knet, other, 0, 1), "knet_link_set_enable");
    check(knet_handle_setfwd(knet, 1), "knet_handle_setfwd");
    for (int i = 0; i < 500 && !status.reachable; i++) {
        usleep(20000);
        knet_host_get_status(knet, other, &status);
    }
    if (!status.reachable)
        check(-1, "the other node does not answer");
}

/* Sends, waiting for room as long as it takes. */
static void put(int kind, uint64_t number, long bytes)
{
    message[0] = kind;
    memcpy(message + 1, &number, 8);
    while (write(data_fd, message, bytes) != bytes) {
        struct pollfd room = {data_fd, POLLOUT, 0};
        poll(&room, 1, 10);
    }
}

/* The kind of the next message, -1 if none comes in time. */
static int get(uint64_t *number, int wait_ms)
{
    static char received[LARGEST];
    struct pollfd some = {data_fd, POLLIN, 0};
    ssize_t n = recv(data_fd, received, sizeof received, MSG_DONTWAIT);
    if (n < 0 && wait_ms > 0 && poll(&some, 1, wait_ms) > 0)
        n = recv(data_fd, received, sizeof received, MSG_DONTWAIT);
    if (n < HEADER)
        return -1;
    memcpy(number, received + 1, 8);
    return received[0];
}

static void report(const char *more, uint64_t messages, double took, double used)
{
    printf("{\"node\":%d,\"messages\":%lu,\"nanos\":%.0f,\"cpuNanos\":%.0f%s}\n", me, messages, took * 1e9, used * 1e9, more);
    fflush(stdout);
}

static void receiver(int echo)
{
    uint64_t number, told = 0, count = 0;
    double first = 0, last = 0, cpu_first = 0, cpu_last = 0;
    for (;;) {
        int kind = get(&number, 60000);
        if (kind < 0)
            exit(1);
        if (kind == END) {
            put(END, 0, HEADER);
            break;
        }
        if (kind == MEASURED) {
            if (count++ == 0) {
                first = seconds();
                cpu_first = cpu();
            }
            if (count % 64 == 0) {
                last = seconds();
                cpu_last = cpu();
            }
        }
        if (echo) {
            put(ANSWER, number, size);
        } else if (number + 1 >= told + window_size / 4) {
            told = number + 1;
            put(ANSWER, told, HEADER);
        }
    }
    if (count < 64) {
        last = seconds();
        cpu_last = cpu();
    }
    report("", count, last - first, cpu_last - cpu_first);
    usleep(200000);
}

static void end(void)
{
    uint64_t number;
    for (int i = 0; i < 50; i++) {
        put(END, 0, HEADER);
        for (int kind = 0; kind >= 0;)
            if ((kind = get(&number, 100)) == END)
                return;
    }
}

static void sender(double warmup, double measure)
{
    uint64_t sent = 0, done = 0, number, before = 0;
    double start = seconds(), begin = 0, cpu_begin = 0, heard = start;
    int kind = WARMUP;
    for (;;) {
        double now = seconds();
        if (kind == WARMUP && now - start >= warmup) {
            kind = MEASURED;
            begin = now;
            cpu_begin = cpu();
            before = sent;
        } else if (kind == MEASURED && now - begin >= measure) {
            break;
        }
        while (sent < done + window_size) {
            put(kind, sent++, size);
            if (sent % 16 == 0 && get(&number, 0) == ANSWER && number > done)
                done = number;
        }
        if (get(&number, 10) == ANSWER) {
            if (number > done)
                done = number;
            heard = seconds();
        } else if (seconds() - heard > LOST_AFTER_MS / 1e3) {
            done = sent;
            heard = seconds();
        }
    }
    double took = seconds() - begin, used = cpu() - cpu_begin;
    end();
    report("", sent - before, took, used);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void pinger(double warmup, double measure)
{
    static double nanos[LATENCIES];
    static char text[256];
    uint64_t number, sent = 0, count = 0;
    double start = seconds(), begin = 0, cpu_begin = 0;
    int kind = WARMUP;
    for (;;) {
        double now = seconds();
        if (kind == WARMUP && now - start >= warmup) {
            kind = MEASURED;
            begin = now;
            cpu_begin = cpu();
        } else if (kind == MEASURED && (now - begin >= measure || count == LATENCIES)) {
            break;
        }
        put(kind, sent, size);
        int answer = -1;
        for (int i = 0; i < 100 && !(answer == ANSWER && number == sent); i++)
            answer = get(&number, 10);
        sent++;
        if (kind == MEASURED && answer == ANSWER)
            nanos[count++] = (seconds() - now) * 1e9;
    }
    double took = seconds() - begin, used = cpu() - cpu_begin;
    end();
    if (count == 0)
        check(-1, "no answer came");
    qsort(nanos, count, sizeof *nanos, ascending);
    snprintf(text, sizeof text, ",\"p50Nanos\":%.0f,\"p99Nanos\":%.0f,\"p999Nanos\":%.0f", nanos[count / 2],
             nanos[count * 99 / 100], nanos[count * 999 / 1000]);
    report(text, count, took, used);
}

int main(int argc, char **argv)
{
    if (argc != 9)
        return 2;
    me = atoi(argv[1]);
    int pingpong = !strcmp(argv[2], "pingpong");
    size = atol(argv[3]);
    double warmup = atof(argv[4]) / 1e3, measure = atof(argv[5]) / 1e3;
    window_size = atol(argv[6]);
    join(argv[7], argv[8]);
    if (me == 2) {
        receiver(pingpong);
    } else {
        usleep(1500000); /* the path MTU is searched meanwhile */
        if (pingpong)
            pinger(warmup, measure);
        else
            sender(warmup, measure);
    }
    return 0;
}
