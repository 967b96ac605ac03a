/* What the programs have in common that speak to a Corosync daemon: the group, numbered and checksummed messages, waiting. */
#ifndef CPG_PROGRAM_H
#define CPG_PROGRAM_H

#include <corosync/corotypes.h>
#include <corosync/cpg.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

#define HASH_START 1469598103934665603u
enum { HEAD = 9, SMALLEST = 10 };

static cpg_handle_t handle;
static struct cpg_name group;

/* Ends the program; each says it in its own place. */
static void fail(const char *call, cs_error_t error);

static inline double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline uint64_t mix(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *p = data;
	while (size--)
		hash = (hash ^ *p++) * 1099511628211u;
	return hash;
}

static inline uint32_t checksum(const unsigned char *data, size_t size)
{
	uint64_t hash = mix(HASH_START, data, size);
	return (uint32_t)(hash ^ hash >> 32);
}

/* sender (1 byte), number (4 bytes), checksum of the rest (4 bytes), rest */
static inline void fill(unsigned char *message, size_t size, uint32_t sender, uint32_t number)
{
	uint32_t sum;
	message[0] = (unsigned char)sender;
	memcpy(message + 1, &number, sizeof number);
	for (size_t i = HEAD; i < size; i++)
		message[i] = (unsigned char)(i * 31 + number * 7 + sender);
	sum = checksum(message + HEAD, size - HEAD);
	memcpy(message + 5, &sum, sizeof sum);
}

static inline void name_group(const char *name)
{
	group.length = (uint32_t)strlen(name);
	memcpy(group.value, name, group.length);
}

/* Waits for something from the daemon and takes it; what it made the program print is written out. */
static inline void dispatch(int wait_ms)
{
	struct pollfd ready = {.events = POLLIN};
	cs_error_t error = cpg_fd_get(handle, &ready.fd);
	if (error != CS_OK)
		fail("cpg_fd_get", error);
	if (poll(&ready, 1, wait_ms) > 0 && (error = cpg_dispatch(handle, CS_DISPATCH_ALL)) != CS_OK &&
	    error != CS_ERR_TRY_AGAIN)
		fail("cpg_dispatch", error);
	fflush(NULL);
}

static inline void wait_while_dispatching(double pause)
{
	double until = seconds() + pause;
	for (double left = pause; left > 0; left = until - seconds())
		dispatch((int)(left * 1000) + 1);
}

#endif
