// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/ktime.h>

#include "event.h"
#include "group.h"
#include "key.h"
#include "replay.h"
#include "sframe.h"
#include "trace.h"

static void mbsec_key_tell(const struct mbsec_key *key, u8 type, u8 limit)
{
	const struct mbsec_event event = {
		.type = type,
		.limit = limit,
		.role = key->config.role,
		.has_key = true,
		.count = 1,
		.kid = key->config.kid,
		.group = key->group->config.id,
	};

	mbsec_event_raise(key->group->mbn, &event);
	trace_mbsec_key(key->config.kid, key->config.role, type, limit);
}

/* The first limit that is reached ends the key. */
static void mbsec_key_end(struct mbsec_key *key, int limit)
{
	if (!cmpxchg(&key->ended, 0, limit))
		queue_work(mbsec_wq, &key->end_work);
}

/* Is the end of the counter nearer than the hard lifetime? */
static bool mbsec_key_ends_by_counter(const struct mbsec_key *key)
{
	return key->packets_end != key->config.limits.hard_packets;
}

/* Why a transmit key that is over does not protect any more. */
static int mbsec_key_over_reason(const struct mbsec_key *key)
{
	if (READ_ONCE(key->ended) == MBSEC_LIMIT_PACKETS &&
	    mbsec_key_ends_by_counter(key))
		return MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED;
	return MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED;
}

static void mbsec_key_end_work(struct work_struct *work)
{
	struct mbsec_key *key = container_of(work, struct mbsec_key, end_work);
	struct mbsec_net *mbn = key->group->mbn;

	mutex_lock(&mbn->mutex);
	if (!key->dead) {
		mbsec_key_tell(key, MBSEC_EVENT_TYPE_HARD_EXPIRE, key->ended);
		mbsec_key_del_locked(key, mbsec_key_over_reason(key));
	}
	mutex_unlock(&mbn->mutex);
}

static void mbsec_key_timer(struct work_struct *work)
{
	struct mbsec_key *key =
		container_of(to_delayed_work(work), struct mbsec_key, timer);
	const struct mbsec_key_limits *limits = &key->config.limits;
	u64 soft = key->made + limits->soft_seconds * NSEC_PER_SEC;
	u64 now = ktime_get_boottime_ns();
	u64 next = key->deadline;

	if (now >= key->deadline) {
		mbsec_key_end(key, MBSEC_LIMIT_TIME);
		return;
	}
	if (limits->soft_seconds && !key->soft_time_told) {
		if (now < soft) {
			next = min(next, soft);
		} else {
			key->soft_time_told = true;
			mbsec_key_tell(key, MBSEC_EVENT_TYPE_SOFT_EXPIRE,
				       MBSEC_LIMIT_TIME);
		}
	}
	if (next != U64_MAX)
		queue_delayed_work(mbsec_wq, &key->timer,
				   nsecs_to_jiffies64(next - now) + 1);
}

/**
 * mbsec_key_lifetime_start - let the lifetimes of a new key begin
 * @key: the key, not yet in use
 */
void mbsec_key_lifetime_start(struct mbsec_key *key)
{
	const struct mbsec_key_limits *limits = &key->config.limits;

	key->packets_end = limits->hard_packets ?: U64_MAX;
	if (key->config.role == MBSEC_ROLE_TX && key->replay)
		key->packets_end = min(key->packets_end,
				       MBSEC_SFRAME_COUNTER_END -
					       key->config.counter_start);
	key->made = ktime_get_boottime_ns();
	key->deadline = U64_MAX;
	if (limits->hard_seconds)
		key->deadline = key->made + limits->hard_seconds * NSEC_PER_SEC;
	INIT_WORK(&key->end_work, mbsec_key_end_work);
	INIT_DELAYED_WORK(&key->timer, mbsec_key_timer);
	if (limits->soft_seconds || limits->hard_seconds)
		queue_delayed_work(mbsec_wq, &key->timer, 0);
}

/**
 * mbsec_key_lifetime_stop - wait until no lifetime uses the key
 * @key: a key that no packet uses any more
 *
 * Context: may sleep; the mutex of the namespace is not held.
 */
void mbsec_key_lifetime_stop(struct mbsec_key *key)
{
	cancel_delayed_work_sync(&key->timer);
	cancel_work_sync(&key->end_work);
}

/**
 * mbsec_key_is_over - is a hard lifetime over?
 * @key: the key
 *
 * The clock is read here too, as timers do not run while the system is asleep.
 */
bool mbsec_key_is_over(const struct mbsec_key *key)
{
	if (READ_ONCE(key->ended))
		return true;
	return key->deadline != U64_MAX &&
	       ktime_get_coarse_boottime_ns() >= key->deadline;
}

/* Counts one use; false if it is past a hard lifetime. */
static bool mbsec_key_use(struct mbsec_key *key, u64 use, size_t size)
{
	const struct mbsec_key_limits *limits = &key->config.limits;
	u64 bytes;

	if (use >= key->packets_end) {
		mbsec_key_end(key, MBSEC_LIMIT_PACKETS);
		if (use > key->packets_end)
			return false;
	}
	if (limits->soft_bytes || limits->hard_bytes) {
		bytes = atomic64_add_return(size, &key->bytes);
		if (limits->hard_bytes && bytes >= limits->hard_bytes) {
			mbsec_key_end(key, MBSEC_LIMIT_BYTES);
			if (bytes > limits->hard_bytes)
				return false;
		}
		if (limits->soft_bytes && bytes >= limits->soft_bytes &&
		    bytes - size < limits->soft_bytes)
			mbsec_key_tell(key, MBSEC_EVENT_TYPE_SOFT_EXPIRE,
				       MBSEC_LIMIT_BYTES);
	}
	if (use == limits->soft_packets)
		mbsec_key_tell(key, MBSEC_EVENT_TYPE_SOFT_EXPIRE,
			       MBSEC_LIMIT_PACKETS);
	return true;
}

/**
 * mbsec_key_take_use - count a datagram to be sent
 * @key: transmit key
 * @size: octets of its payload
 * @use: result, the number of the datagram, from 1
 *
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*.
 */
int mbsec_key_take_use(struct mbsec_key *key, size_t size, u64 *use)
{
	if (mbsec_key_is_over(key))
		return mbsec_key_over_reason(key);
	*use = atomic64_inc_return(&key->uses);
	if (!mbsec_key_use(key, *use, size))
		return mbsec_key_over_reason(key);
	return 0;
}

/**
 * mbsec_key_accept_use - count an authentic packet of SRTP that was received
 * @key: its key; looped back to a transmit key, it was counted when it was sent
 * @size: octets of its payload
 *
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*.
 */
int mbsec_key_accept_use(struct mbsec_key *key, size_t size)
{
	if (key->config.role == MBSEC_ROLE_TX ||
	    mbsec_key_use(key, atomic64_inc_return(&key->uses), size))
		return 0;
	return MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED;
}

/**
 * mbsec_key_take_counter - take the counter for a datagram to be sent
 * @key: transmit key
 * @size: octets of its payload
 * @counter: result, never given out twice
 *
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*.
 */
int mbsec_key_take_counter(struct mbsec_key *key, size_t size, u64 *counter)
{
	int reason;
	u64 use;

	reason = mbsec_key_take_use(key, size, &use);
	if (!reason)
		*counter = key->config.counter_start + use - 1;
	return reason;
}

/**
 * mbsec_key_accept_counter - accept the counter of an authentic datagram
 * @key: its key
 * @size: octets of its payload
 * @counter: its counter
 *
 * Context: BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*.
 */
int mbsec_key_accept_counter(struct mbsec_key *key, size_t size, u64 counter)
{
	bool counts = key->config.role == MBSEC_ROLE_RX;
	u64 use = 0;
	int err;

	spin_lock(&key->lock);
	err = key->closed ? -EKEYEXPIRED :
			    mbsec_replay_commit(key->replay, counter);
	if (!err && counts) {
		/* The lock is one atomic operation, it needs no other. */
		use = atomic64_read(&key->uses) + 1;
		atomic64_set(&key->uses, use);
	}
	spin_unlock(&key->lock);
	if (err == -EEXIST)
		return MBSEC_A_COUNTERS_RX_DROP_REPLAYED;
	if (err == -ESTALE)
		return MBSEC_A_COUNTERS_RX_DROP_TOO_OLD;
	if (err || (counts && !mbsec_key_use(key, use, size)))
		return MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED;
	return 0;
}
