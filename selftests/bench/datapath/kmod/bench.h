/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_BENCH_H
#define MBSEC_BENCH_H

#include <linux/types.h>

struct net;

/* Time of a batch, in nanoseconds, from the first to its last datagram. */
struct mbsec_bench_batch {
	u64 send;
	u64 receive;
};

/**
 * struct mbsec_bench_plan - what to measure
 * @from: network namespace of the sender
 * @to: network namespace of the receiver
 * @address: where to, a group or an address of the receiver
 * @suite: MBSEC_BENCH_*, of a measurement of the bare ciphers
 * @size: octets of UDP payload of a datagram
 * @segments: datagrams in one call of sendmsg(), more than one by UDP_SEGMENT
 * @batch: calls that are timed together
 * @rounds: batches
 * @sequence: RTP sequence number of the first datagram; goes on
 * @apart: send a batch as a whole before any of it is received
 * @batches: the result, @rounds of them
 */
struct mbsec_bench_plan {
	struct net *from;
	struct net *to;
	__be32 address;
	u32 suite;
	u32 size;
	u32 segments;
	u32 batch;
	u32 rounds;
	u16 sequence;
	bool apart;
	struct mbsec_bench_batch *batches;
};

enum {
	MBSEC_BENCH_CTR_HMAC_SHA256,
	MBSEC_BENCH_CTR_HMAC_SHA1,
	MBSEC_BENCH_GCM,
	MBSEC_BENCH_SUITES
};

/* Processors that flows are on at the same time. */
#define MBSEC_BENCH_LANES_MAX 8

/* Names of the drivers that the bare ciphers got, "cipher mac". */
#define MBSEC_BENCH_DRIVERS_SIZE 256

int mbsec_bench_flow(struct mbsec_bench_plan *plan);
int mbsec_bench_parallel(struct mbsec_bench_plan *plan, u32 milliseconds,
			 bool split);
int mbsec_bench_limit(struct mbsec_bench_plan *plan, char *drivers);

#endif
