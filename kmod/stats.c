// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/netlink.h>

#include "stats.h"

/**
 * mbsec_stats_init - prepare counters that are all zero
 * @stats: counters of a group
 */
void mbsec_stats_init(struct mbsec_stats __percpu *stats)
{
	int cpu;

	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
}

/**
 * mbsec_stats_count - count one
 * @stats: counters of a group
 * @counter: MBSEC_A_COUNTERS_*
 *
 * Context: BH disabled.
 */
void mbsec_stats_count(struct mbsec_stats __percpu *stats, int counter)
{
	struct mbsec_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->value[counter]);
	u64_stats_update_end(&here->sync);
}

/**
 * mbsec_stats_count_bytes - count a datagram and its octets
 * @stats: counters of a group
 * @packets: MBSEC_A_COUNTERS_* of datagrams
 * @bytes: MBSEC_A_COUNTERS_* of octets
 * @size: octets of cleartext payload
 *
 * Context: BH disabled.
 */
void mbsec_stats_count_bytes(struct mbsec_stats __percpu *stats, int packets,
			     int bytes, size_t size)
{
	struct mbsec_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->value[packets]);
	u64_stats_add(&here->value[bytes], size);
	u64_stats_update_end(&here->sync);
}

/**
 * mbsec_stats_sum - add the counters of all CPUs
 * @stats: counters of a group
 * @sum: MBSEC_COUNTERS values to add them to
 */
void mbsec_stats_sum(const struct mbsec_stats __percpu *stats, u64 *sum)
{
	const struct mbsec_stats *there;
	unsigned int start;
	int cpu, i;
	u64 value;

	for_each_possible_cpu(cpu) {
		there = per_cpu_ptr(stats, cpu);
		for (i = 1; i < MBSEC_COUNTERS; i++) {
			do {
				start = u64_stats_fetch_begin(&there->sync);
				value = u64_stats_read(&there->value[i]);
			} while (u64_stats_fetch_retry(&there->sync, start));
			sum[i] += value;
		}
	}
}

/**
 * mbsec_stats_fill - put counters into a netlink message
 * @msg: message, in an open nest of attribute set "counters"
 * @sum: MBSEC_COUNTERS values
 */
int mbsec_stats_fill(struct sk_buff *msg, const u64 *sum)
{
	int i;

	for (i = 1; i < MBSEC_COUNTERS; i++)
		if (nla_put_u64_64bit(msg, i, sum[i], MBSEC_A_COUNTERS_PAD))
			return -EMSGSIZE;
	return 0;
}

/**
 * mbsec_stats_errno - what sendmsg() reports for a drop
 * @reason: MBSEC_A_COUNTERS_TX_DROP_*
 *
 * Return: a negative error number. -ENOBUFS is none of them, as UDP sockets
 * keep it to themselves.
 */
int mbsec_stats_errno(int reason)
{
	switch (reason) {
	case MBSEC_A_COUNTERS_TX_DROP_NO_KEY:
		return -ENOKEY;
	case MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED:
	case MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED:
		return -EKEYEXPIRED;
	case MBSEC_A_COUNTERS_TX_DROP_TOO_BIG:
	case MBSEC_A_COUNTERS_TX_DROP_MTU:
		return -EMSGSIZE;
	case MBSEC_A_COUNTERS_TX_DROP_MALFORMED:
	case MBSEC_A_COUNTERS_TX_DROP_HEADER:
		return -EINVAL;
	case MBSEC_A_COUNTERS_TX_DROP_REPEATED:
		return -EEXIST;
	case MBSEC_A_COUNTERS_TX_DROP_SENDER_LIMIT:
		return -ENOSPC;
	case MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

/**
 * mbsec_usage_init - prepare counters that are all zero
 * @usage: counters of a key
 */
void mbsec_usage_init(struct mbsec_usage __percpu *usage)
{
	int cpu;

	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(usage, cpu)->sync);
}

/**
 * mbsec_usage_count - count a datagram of a key
 * @usage: counters of the key
 * @size: octets of cleartext payload
 *
 * Context: BH disabled.
 */
void mbsec_usage_count(struct mbsec_usage __percpu *usage, size_t size)
{
	struct mbsec_usage *here = this_cpu_ptr(usage);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->packets);
	u64_stats_add(&here->bytes, size);
	u64_stats_update_end(&here->sync);
}

/**
 * mbsec_usage_sum - add the counters of a key on all CPUs
 * @usage: counters of the key
 * @packets: result, datagrams
 * @bytes: result, octets of cleartext payload
 */
void mbsec_usage_sum(const struct mbsec_usage __percpu *usage, u64 *packets,
		     u64 *bytes)
{
	const struct mbsec_usage *there;
	u64 some_packets, some_bytes;
	unsigned int start;
	int cpu;

	*packets = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu) {
		there = per_cpu_ptr(usage, cpu);
		do {
			start = u64_stats_fetch_begin(&there->sync);
			some_packets = u64_stats_read(&there->packets);
			some_bytes = u64_stats_read(&there->bytes);
		} while (u64_stats_fetch_retry(&there->sync, start));
		*packets += some_packets;
		*bytes += some_bytes;
	}
}
