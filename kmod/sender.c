// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "group.h"
#include "key.h"
#include "replay.h"
#include "sender.h"
#include "share.h"
#include "srtp.h"

/** mbsec_senders_alloc - table of a new group; NULL without memory */
struct mbsec_senders *mbsec_senders_alloc(void)
{
	struct mbsec_senders *senders;

	senders = kzalloc(sizeof(*senders), GFP_KERNEL_ACCOUNT);
	if (senders)
		spin_lock_init(&senders->lock);
	return senders;
}

/**
 * mbsec_senders_free - free the senders of a group
 * @senders: table that no packet uses any more, or NULL
 */
void mbsec_senders_free(struct mbsec_senders *senders)
{
	struct mbsec_sender *sender;
	struct hlist_node *next;
	u32 i;

	if (!senders)
		return;
	for (i = 0; i < ARRAY_SIZE(senders->table); i++)
		hlist_for_each_entry_safe(sender, next, &senders->table[i],
					  node)
			kfree(sender);
	kfree(senders);
}

/** mbsec_streams_alloc - table of a new key; NULL without memory */
struct mbsec_streams *mbsec_streams_alloc(void)
{
	return kzalloc(sizeof(struct mbsec_streams), GFP_KERNEL_ACCOUNT);
}

static void mbsec_stream_free(struct mbsec_stream *stream)
{
	int i;

	for (i = 0; i < MBSEC_WINDOWS; i++)
		kfree(stream->windows[i]);
	kfree(stream);
}

/**
 * mbsec_streams_free - free the streams of a key
 * @streams: table that no packet uses any more, or NULL
 */
void mbsec_streams_free(struct mbsec_streams *streams)
{
	struct mbsec_stream *stream;
	struct hlist_node *next;
	u32 i;

	if (!streams)
		return;
	for (i = 0; i < ARRAY_SIZE(streams->table); i++)
		hlist_for_each_entry_safe(stream, next, &streams->table[i],
					  node)
			mbsec_stream_free(stream);
	kfree(streams);
}

/**
 * mbsec_streams_close_locked - a key accepts and sends nothing any more
 * @key: key of an SRTP group that is closed, mutex of its namespace held
 *
 * When this returns, no packet moves an index of the key.
 *
 * Return: has it seen a sender?
 */
bool mbsec_streams_close_locked(struct mbsec_key *key)
{
	struct mbsec_senders *senders = key->group->senders;
	const struct mbsec_stream *stream;
	u32 i;

	spin_lock_bh(&senders->lock);
	for (i = 0; i < ARRAY_SIZE(key->streams->table); i++)
		hlist_for_each_entry(stream, &key->streams->table[i], node)
			stream->sender->streams--;
	spin_unlock_bh(&senders->lock);
	return key->streams->count;
}

static struct mbsec_sender *
mbsec_sender_find_rcu(const struct mbsec_senders *senders, u8 role, u32 ssrc)
{
	u32 bucket = hash_32(ssrc, MBSEC_SENDER_HASH_BITS);
	struct mbsec_sender *sender;

	hlist_for_each_entry_rcu(sender, &senders->table[bucket], node,
				 lockdep_is_held(&senders->lock))
		if (sender->ssrc == ssrc && sender->role == role)
			return sender;
	return NULL;
}

static struct mbsec_stream *mbsec_stream_find_rcu(const struct mbsec_key *key,
						  u32 ssrc)
{
	u32 bucket = hash_32(ssrc, MBSEC_SENDER_HASH_BITS);
	struct mbsec_stream *stream;

	hlist_for_each_entry_rcu(stream, &key->streams->table[bucket], node,
				 lockdep_is_held(&key->group->senders->lock))
		if (stream->sender->ssrc == ssrc)
			return stream;
	return NULL;
}

static void mbsec_sender_remove(struct mbsec_senders *senders,
				struct mbsec_sender *sender)
{
	hlist_del_rcu(&sender->node);
	senders->count--;
	kfree_rcu(sender, rcu);
}

/* Makes room: a sender that no installed key knows can be forgotten. */
static bool mbsec_sender_evict(struct mbsec_senders *senders)
{
	struct mbsec_sender *sender;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(senders->table); i++) {
		hlist_for_each_entry(sender, &senders->table[i], node) {
			if (sender->streams || sender->provisioned)
				continue;
			mbsec_sender_remove(senders, sender);
			return true;
		}
	}
	return false;
}

/* Finds a sender or makes it; an error pointer -ENOSPC or -ENOMEM. */
static struct mbsec_sender *mbsec_sender_get(struct mbsec_senders *senders,
					     u8 role, u32 ssrc)
{
	struct mbsec_sender *sender =
		mbsec_sender_find_rcu(senders, role, ssrc);

	if (sender)
		return sender;
	if (senders->count >= MBSEC_MAX_SENDERS_PER_GROUP &&
	    !mbsec_sender_evict(senders))
		return ERR_PTR(-ENOSPC);
	sender = kzalloc(sizeof(*sender), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!sender)
		return ERR_PTR(-ENOMEM);
	sender->ssrc = ssrc;
	sender->role = role;
	sender->heard = jiffies - HZ;
	hlist_add_head_rcu(
		&sender->node,
		&senders->table[hash_32(ssrc, MBSEC_SENDER_HASH_BITS)]);
	senders->count++;
	return sender;
}

static struct mbsec_stream *mbsec_stream_alloc(const struct mbsec_key *key)
{
	int windows = key->config.role == MBSEC_ROLE_TX ? MBSEC_WINDOWS :
							  MBSEC_WINDOW_SENT;
	u32 size = key->config.window;
	struct mbsec_stream *stream;
	int i;

	stream = kzalloc(sizeof(*stream), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!stream)
		return NULL;
	for (i = 0; i < windows; i++) {
		stream->windows[i] = kmalloc(mbsec_replay_bytes(size),
					     GFP_ATOMIC | __GFP_ACCOUNT);
		if (!stream->windows[i]) {
			mbsec_stream_free(stream);
			return NULL;
		}
		mbsec_replay_init(stream->windows[i], size);
	}
	return stream;
}

/*
 * A receive key that was deleted and came back has lost its windows: what its
 * senders have reached by now is behind them. Of a sender that the group does
 * not know any more nothing can be told, so nothing is taken.
 */
static void mbsec_stream_resume(struct mbsec_stream *stream,
				const struct mbsec_sender *sender)
{
	mbsec_replay_set_floor(stream->windows[MBSEC_WINDOW_RTP],
			       sender->has_index ? sender->index : U64_MAX);
	mbsec_replay_set_floor(stream->windows[MBSEC_WINDOW_RTCP],
			       sender->has_rtcp ? sender->rtcp_index : U64_MAX);
}

/* Finds a stream or makes it; an error pointer -EEXIST, -ENOSPC or -ENOMEM. */
static struct mbsec_stream *mbsec_stream_get(struct mbsec_key *key, u32 ssrc)
{
	struct mbsec_stream *stream = mbsec_stream_find_rcu(key, ssrc);
	struct mbsec_sender *sender;
	int err;

	if (stream)
		return stream;
	if (key->streams->count >= MBSEC_MAX_SENDERS_PER_GROUP)
		return ERR_PTR(-ENOSPC);
	err = key->share ? mbsec_share_take(key->share, key->owner, ssrc) : 0;
	if (err)
		return ERR_PTR(err);
	sender = mbsec_sender_get(key->group->senders, key->config.role, ssrc);
	if (IS_ERR(sender))
		return ERR_CAST(sender);
	stream = mbsec_stream_alloc(key);
	if (!stream)
		return ERR_PTR(-ENOMEM);
	stream->sender = sender;
	stream->rtcp_first = sender->rtcp_index;
	if (key->came_back)
		mbsec_stream_resume(stream, sender);
	sender->streams++;
	hlist_add_head_rcu(
		&stream->node,
		&key->streams->table[hash_32(ssrc, MBSEC_SENDER_HASH_BITS)]);
	key->streams->count++;
	return stream;
}

/**
 * mbsec_sender_where_rcu - where does the index of RTP of a sender stand?
 * @group: SRTP group
 * @role: enum mbsec_role
 * @ssrc: SSRC
 * @index: result, the highest so far
 *
 * A hint for the estimate; the MAC and the window decide.
 *
 * Context: RCU read section.
 * Return: false if it is not known.
 */
bool mbsec_sender_where_rcu(const struct mbsec_group *group, u8 role, u32 ssrc,
			    u64 *index)
{
	const struct mbsec_sender *sender;

	sender = mbsec_sender_find_rcu(group->senders, role, ssrc);
	if (!sender || !READ_ONCE(sender->has_index))
		return false;
	/* Pairs with mbsec_sender_advance(). */
	smp_rmb();
	*index = READ_ONCE(sender->index);
	return true;
}

/**
 * mbsec_sender_is_silent_rcu - has nothing of a sender come for a second?
 * @group: SRTP group
 * @ssrc: SSRC of a sender in the role rx
 *
 * While its packets are coming their index can be estimated.
 *
 * Context: RCU read section.
 */
bool mbsec_sender_is_silent_rcu(const struct mbsec_group *group, u32 ssrc)
{
	const struct mbsec_sender *sender;

	sender = mbsec_sender_find_rcu(group->senders, MBSEC_ROLE_RX, ssrc);
	return !sender || jiffies - READ_ONCE(sender->heard) >= HZ;
}

static void mbsec_sender_place(struct mbsec_sender *sender, u64 index)
{
	WRITE_ONCE(sender->index, index);
	/* Pairs with mbsec_sender_where_rcu(). */
	smp_wmb();
	WRITE_ONCE(sender->has_index, true);
}

static void mbsec_sender_advance(struct mbsec_sender *sender, u64 index)
{
	if (!sender->has_index || index > sender->index)
		mbsec_sender_place(sender, index);
}

/**
 * mbsec_sender_follow - a packet without a MAC says where a sender stands
 * @group: SRTP group that has such packets
 * @ssrc: SSRC of the packet
 * @index: its index
 *
 * Backwards too, or one forged packet would be the last that is understood.
 * There is no stream, so the sender can make room for others.
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*.
 */
int mbsec_sender_follow(struct mbsec_group *group, u32 ssrc, u64 index)
{
	struct mbsec_senders *senders = group->senders;
	struct mbsec_sender *sender;

	spin_lock_bh(&senders->lock);
	sender = mbsec_sender_get(senders, MBSEC_ROLE_RX, ssrc);
	if (!IS_ERR(sender))
		mbsec_sender_place(sender, index);
	spin_unlock_bh(&senders->lock);
	switch (PTR_ERR_OR_ZERO(sender)) {
	case 0:
		return 0;
	case -ENOSPC:
		return MBSEC_A_COUNTERS_RX_DROP_SENDER_LIMIT;
	default:
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	}
}

/**
 * mbsec_stream_check_rcu - would the index of a received packet be accepted?
 * @key: key that it names
 * @ssrc: its SSRC
 * @rtcp: RTCP, else RTP
 * @index: its index
 *
 * Sheds floods of replays before their tag costs.
 *
 * Context: RCU read section.
 * Return: as mbsec_replay_check().
 */
int mbsec_stream_check_rcu(const struct mbsec_key *key, u32 ssrc, bool rtcp,
			   u64 index)
{
	const struct mbsec_stream *stream = mbsec_stream_find_rcu(key, ssrc);

	if (!stream)
		return 0;
	return mbsec_replay_check(
		stream->windows[rtcp ? MBSEC_WINDOW_RTCP : MBSEC_WINDOW_RTP],
		index);
}

static int mbsec_stream_tx_reason(int err)
{
	switch (err) {
	case 0:
		return 0;
	case -ENOSPC:
		return MBSEC_A_COUNTERS_TX_DROP_SENDER_LIMIT;
	case -ENOMEM:
		return MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY;
	case -ERANGE:
		return MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED;
	default:
		return MBSEC_A_COUNTERS_TX_DROP_REPEATED;
	}
}

static int mbsec_stream_send_locked(struct mbsec_key *key, u32 ssrc,
				    u16 sequence, u64 *index)
{
	struct mbsec_stream *stream = mbsec_stream_get(key, ssrc);
	struct mbsec_sender *sender;
	int err;

	if (IS_ERR(stream))
		return PTR_ERR(stream);
	sender = stream->sender;
	*index = sequence;
	if (sender->has_index) {
		err = mbsec_srtp_index_estimate(sender->index, sequence, index);
		if (err)
			return err;
	}
	err = mbsec_replay_commit(stream->windows[MBSEC_WINDOW_SENT], *index);
	if (!err)
		mbsec_sender_advance(sender, *index);
	return err;
}

/**
 * mbsec_stream_send - take the index of a packet of RTP to be sent
 * @key: transmit key
 * @ssrc: SSRC of the packet
 * @sequence: its sequence number, which the application has chosen
 * @index: result, never given out twice for an SSRC under one key
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*.
 */
int mbsec_stream_send(struct mbsec_key *key, u32 ssrc, u16 sequence, u64 *index)
{
	int err = -EKEYEXPIRED;

	spin_lock_bh(&key->group->senders->lock);
	if (!READ_ONCE(key->closed))
		err = mbsec_stream_send_locked(key, ssrc, sequence, index);
	spin_unlock_bh(&key->group->senders->lock);
	if (err == -EKEYEXPIRED)
		return MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED;
	return mbsec_stream_tx_reason(err);
}

/**
 * mbsec_stream_send_rtcp - take an index for a packet of RTCP to be sent
 * @key: transmit key
 * @ssrc: SSRC of the packet
 * @index: result, never given out twice for an SSRC under one key
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*.
 */
int mbsec_stream_send_rtcp(struct mbsec_key *key, u32 ssrc, u64 *index)
{
	struct mbsec_stream *stream;
	struct mbsec_sender *sender;
	int reason = 0;

	spin_lock_bh(&key->group->senders->lock);
	if (READ_ONCE(key->closed)) {
		reason = MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED;
		goto out;
	}
	stream = mbsec_stream_get(key, ssrc);
	if (IS_ERR(stream)) {
		reason = mbsec_stream_tx_reason(PTR_ERR(stream));
		goto out;
	}
	sender = stream->sender;
	if (sender->rtcp_index - stream->rtcp_first >= MBSEC_SRTCP_INDEX_END) {
		reason = MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED;
		goto out;
	}
	*index = sender->rtcp_index++ & (MBSEC_SRTCP_INDEX_END - 1);
	sender->has_rtcp = true;
out:
	spin_unlock_bh(&key->group->senders->lock);
	return reason;
}

/* The host's own packets, looped back, move nothing but their window. */
static int mbsec_stream_accept_locked(struct mbsec_key *key, u32 ssrc,
				      bool rtcp, u64 index)
{
	int window = rtcp ? MBSEC_WINDOW_RTCP : MBSEC_WINDOW_RTP;
	struct mbsec_stream *stream = mbsec_stream_get(key, ssrc);
	struct mbsec_sender *sender;
	int err;

	if (IS_ERR(stream))
		return PTR_ERR(stream);
	err = mbsec_replay_commit(stream->windows[window], index);
	if (err || key->config.role == MBSEC_ROLE_TX)
		return err;
	sender = stream->sender;
	if (!rtcp) {
		WRITE_ONCE(sender->heard, jiffies);
		mbsec_sender_advance(sender, index);
	} else if (!sender->has_rtcp || index > sender->rtcp_index) {
		sender->rtcp_index = index;
	}
	sender->has_rtcp |= rtcp;
	return 0;
}

/**
 * mbsec_stream_accept - accept the index of an authentic packet
 * @key: its key
 * @ssrc: its SSRC
 * @rtcp: RTCP, else RTP
 * @index: its index
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*.
 */
int mbsec_stream_accept(struct mbsec_key *key, u32 ssrc, bool rtcp, u64 index)
{
	int err = -EKEYEXPIRED;

	spin_lock_bh(&key->group->senders->lock);
	if (!READ_ONCE(key->closed))
		err = mbsec_stream_accept_locked(key, ssrc, rtcp, index);
	spin_unlock_bh(&key->group->senders->lock);
	switch (err) {
	case 0:
		return 0;
	case -EKEYEXPIRED:
		return MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED;
	case -ENOSPC:
		return MBSEC_A_COUNTERS_RX_DROP_SENDER_LIMIT;
	case -ENOMEM:
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	case -EEXIST:
		return MBSEC_A_COUNTERS_RX_DROP_REPLAYED;
	default:
		return MBSEC_A_COUNTERS_RX_DROP_TOO_OLD;
	}
}

/**
 * mbsec_stream_collided_rcu - does this host send with an SSRC under a key?
 * @key: transmit key
 * @ssrc: the SSRC, of a packet of another host
 *
 * Context: RCU read section.
 * Return: was it told? NULL if this host does not.
 */
atomic_t *mbsec_stream_collided_rcu(const struct mbsec_key *key, u32 ssrc)
{
	struct mbsec_stream *stream = mbsec_stream_find_rcu(key, ssrc);

	return stream ? &stream->collided : NULL;
}

/**
 * mbsec_sender_set - say where a sender stands
 * @group: SRTP group, mutex of its namespace held
 * @role: enum mbsec_role
 * @ssrc: SSRC
 * @index: highest index of RTP so far
 * @extack: says why not
 *
 * The windows stay as they are, so that no packet is sent or accepted twice.
 *
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int mbsec_sender_set(struct mbsec_group *group, u8 role, u32 ssrc, u64 index,
		     struct netlink_ext_ack *extack)
{
	struct mbsec_senders *senders = group->senders;
	struct mbsec_sender *sender;

	spin_lock_bh(&senders->lock);
	sender = mbsec_sender_get(senders, role, ssrc);
	if (!IS_ERR(sender)) {
		sender->provisioned = true;
		WRITE_ONCE(sender->heard, jiffies - HZ);
		mbsec_sender_place(sender, index);
	}
	spin_unlock_bh(&senders->lock);
	if (PTR_ERR_OR_ZERO(sender) == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "the group has as many senders as it may");
	return PTR_ERR_OR_ZERO(sender);
}

/**
 * mbsec_sender_forget - forget a sender
 * @group: SRTP group, mutex of its namespace held
 * @role: enum mbsec_role
 * @ssrc: SSRC
 * @extack: says why not
 *
 * Return: 0, -ENOENT, or -EBUSY while a key is installed under which it sent.
 */
int mbsec_sender_forget(struct mbsec_group *group, u8 role, u32 ssrc,
			struct netlink_ext_ack *extack)
{
	struct mbsec_senders *senders = group->senders;
	struct mbsec_sender *sender;
	int err = 0;

	spin_lock_bh(&senders->lock);
	sender = mbsec_sender_find_rcu(senders, role, ssrc);
	if (!sender) {
		NL_SET_ERR_MSG(extack, "the group has no sender of this SSRC");
		err = -ENOENT;
	} else if (sender->streams) {
		NL_SET_ERR_MSG(
			extack,
			"the sender has sent under a key that is installed; delete the key first");
		err = -EBUSY;
	} else {
		mbsec_sender_remove(senders, sender);
	}
	spin_unlock_bh(&senders->lock);
	return err;
}
