/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU counters. A counter is numbered by its netlink attribute
 * (MBSEC_A_COUNTERS_*), so that counter, drop reason, trace event and netlink
 * name are one list: the one in the netlink specification.
 */
#ifndef _MBSEC_STATS_H
#define _MBSEC_STATS_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include <uapi/linux/mbsec.h>

struct sk_buff;

/* Attributes from here on are no counters. */
#define MBSEC_COUNTERS MBSEC_A_COUNTERS_PAD

/**
 * struct mbsec_stats - counters of a group on one CPU
 * @sync: keeps 64-bit reads whole on 32-bit machines
 * @value: the counters, by attribute number: those of each datagram come first
 *	and share a cache line
 */
struct mbsec_stats {
	struct u64_stats_sync sync;
	u64_stats_t value[MBSEC_COUNTERS];
} ____cacheline_aligned_in_smp;

static_assert(offsetof(struct mbsec_stats,
		       value[MBSEC_A_COUNTERS_RX_BYTES + 1]) <= 64);

/**
 * struct mbsec_usage - what one CPU did with a key
 */
struct mbsec_usage {
	struct u64_stats_sync sync;
	u64_stats_t packets;
	u64_stats_t bytes;
};

void mbsec_stats_init(struct mbsec_stats __percpu *stats);
void mbsec_stats_count(struct mbsec_stats __percpu *stats, int counter);
void mbsec_stats_count_bytes(struct mbsec_stats __percpu *stats, int packets,
			     int bytes, size_t size);
void mbsec_stats_sum(const struct mbsec_stats __percpu *stats, u64 *sum);
int mbsec_stats_fill(struct sk_buff *msg, const u64 *sum);
int mbsec_stats_errno(int reason);

/** mbsec_stats_tx_failure - the drop when the cipher or the MAC says @err */
static inline int mbsec_stats_tx_failure(int err)
{
	return err == -ENOMEM ? MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY :
				MBSEC_A_COUNTERS_TX_DROP_CRYPTO;
}

/** mbsec_stats_rx_failure - likewise, of a received datagram */
static inline int mbsec_stats_rx_failure(int err)
{
	return err == -ENOMEM ? MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY :
				MBSEC_A_COUNTERS_RX_DROP_CRYPTO;
}

void mbsec_usage_init(struct mbsec_usage __percpu *usage);
void mbsec_usage_count(struct mbsec_usage __percpu *usage, size_t size);
void mbsec_usage_sum(const struct mbsec_usage __percpu *usage, u64 *packets,
		     u64 *bytes);

#endif /* _MBSEC_STATS_H */
