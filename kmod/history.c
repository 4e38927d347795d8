// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cred.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "history.h"
#include "mbsec.h"
#include "share.h"

/* Entries that a namespace of an unprivileged user may hold. */
#define HISTORY_MAX_USER 16384

static unsigned int history_max = 1 << 20;
module_param(history_max, uint, 0444);
MODULE_PARM_DESC(history_max,
		 "Keys remembered for each network namespace of the host");

/**
 * struct mbsec_history_key - what an entry is found by
 * @hash: keyed hash of the key or of its identity
 * @scope: network namespace, NULL for all of the host's own
 */
struct mbsec_history_key {
	u64 hash;
	struct mbsec_net *scope;
};

/**
 * struct mbsec_history_entry - one key that was installed
 * @key: what it is found by
 * @node: in the table
 * @list: in the list of the network namespace that installed it, or empty
 * @live: groups in which a receive key is installed now
 * @kept: of a receive key, it has accepted something in a group that gave it up
 * @kid: of a receive key that groups may share, its key identifier
 * @floor: of a receive key that is not installed, the highest counter it accepted
 * @share: of a transmit key that groups may share, while one of them has it
 */
struct mbsec_history_entry {
	struct mbsec_history_key key;
	struct rhash_head node;
	struct list_head list;
	u32 live;
	bool kept;
	u64 kid;
	u64 floor;
	struct mbsec_share *share;
};

static const struct rhashtable_params mbsec_history_params = {
	.key_len = sizeof(struct mbsec_history_key),
	.key_offset = offsetof(struct mbsec_history_entry, key),
	.head_offset = offsetof(struct mbsec_history_entry, node),
	.automatic_shrinking = true,
};

static struct rhashtable mbsec_history_table;
static siphash_aligned_key_t mbsec_history_secret;
/* Protects the table and the lists; taken inside of mbsec_net.mutex. */
static DEFINE_MUTEX(mbsec_history_mutex);

/**
 * mbsec_history_fingerprint - keyed hash of a session key
 * @key: the key
 * @size: octets of @key
 *
 * The secret never leaves the kernel, so the hash says nothing about the key.
 */
u64 mbsec_history_fingerprint(const u8 *key, size_t size)
{
	return siphash(key, size, &mbsec_history_secret);
}

/**
 * mbsec_history_identity - keyed hash of a key's identity
 * @group: its group
 * @kid: its key identifier
 */
u64 mbsec_history_identity(const struct mbsec_group_id *group, u64 kid)
{
	u64 hash = siphash(group, offsetofend(struct mbsec_group_id, port),
			   &mbsec_history_secret);

	return siphash_2u64(hash, kid, &mbsec_history_secret);
}

static bool mbsec_history_is_user(const struct mbsec_net *mbn)
{
	return mbn->net->user_ns != &init_user_ns;
}

static struct mbsec_history_entry *
mbsec_history_find(const struct mbsec_history_key *key)
{
	return rhashtable_lookup_fast(&mbsec_history_table, key,
				      mbsec_history_params);
}

static int mbsec_history_room(struct mbsec_net *mbn, u32 want,
			      struct netlink_ext_ack *extack)
{
	u32 most = history_max;

	if (mbsec_history_is_user(mbn))
		most = min_t(u32, most, HISTORY_MAX_USER);
	if (mbn->history_count + want <= most)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "the list of used keys is full (parameter history_max)");
	return -ENOSPC;
}

static struct mbsec_history_entry *
mbsec_history_add(struct mbsec_net *mbn, const struct mbsec_history_key *key)
{
	struct mbsec_history_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	entry->key = *key;
	err = rhashtable_insert_fast(&mbsec_history_table, &entry->node,
				     mbsec_history_params);
	if (err) {
		kfree(entry);
		return ERR_PTR(err);
	}
	list_add_tail(&entry->list, &mbn->history);
	mbn->history_count++;
	return entry;
}

static void mbsec_history_remove(struct mbsec_net *mbn,
				 struct mbsec_history_entry *entry)
{
	rhashtable_remove_fast(&mbsec_history_table, &entry->node,
			       mbsec_history_params);
	list_del(&entry->list);
	mbn->history_count--;
	kfree(entry);
}

static struct mbsec_history_key mbsec_history_tx_key(struct mbsec_net *mbn,
						     u64 key)
{
	return (struct mbsec_history_key){
		.hash = key,
		.scope = mbsec_history_is_user(mbn) ? mbn : NULL,
	};
}

/* The first group brings what they share, others take it up. */
static void mbsec_history_share(struct mbsec_history_entry *entry,
				struct mbsec_share **share)
{
	if (!*share)
		return;
	if (!entry->share) {
		entry->share = *share;
		return;
	}
	mbsec_share_put(*share);
	*share = entry->share;
	refcount_inc(&entry->share->refs);
	entry->share->users++;
	entry->share->owners++;
}

/* Is the key installed in another group of this namespace, to be shared? */
static bool mbsec_history_joins(const struct mbsec_history_entry *entry,
				struct mbsec_net *mbn,
				const struct mbsec_share *share)
{
	return share && entry->share && entry->share->mbn == mbn &&
	       entry->share->kid == share->kid;
}

/**
 * mbsec_history_claim_tx - take a transmit key into use, for ever
 * @mbn: network namespace
 * @key: fingerprint of its session key
 * @identity: fingerprint of its identity
 * @share: NULL if it is for one group alone; else a fresh one, which is replaced
 *	by that of a group that has the key installed under the same identifier
 * @extack: says why not
 *
 * Session keys are compared across all network namespaces of the host's own: two
 * senders with the same one would repeat nonces. An unprivileged user's are
 * apart, or he could block the host's keys by using them first.
 *
 * Return: 0; -EKEYREJECTED if the key or the identity was in use before;
 * -ENOSPC, -ENOMEM.
 */
int mbsec_history_claim_tx(struct mbsec_net *mbn, u64 key, u64 identity,
			   struct mbsec_share **share,
			   struct netlink_ext_ack *extack)
{
	const struct mbsec_history_key by_key = mbsec_history_tx_key(mbn, key);
	const struct mbsec_history_key by_identity = { .hash = identity,
						       .scope = mbn };
	struct mbsec_history_entry *first, *second;
	bool joins;
	int err;

	mutex_lock(&mbsec_history_mutex);
	err = -EKEYREJECTED;
	first = mbsec_history_find(&by_key);
	joins = first && mbsec_history_joins(first, mbn, *share);
	if (first && !joins) {
		NL_SET_ERR_MSG(
			extack,
			"this transmit key was used before; take a new MTK");
		goto out;
	}
	if (mbsec_history_find(&by_identity)) {
		NL_SET_ERR_MSG(
			extack,
			"a transmit key with these identifiers was used before; take a new MTK ID");
		goto out;
	}
	err = mbsec_history_room(mbn, 2, extack);
	if (err)
		goto out;
	if (!joins)
		first = mbsec_history_add(mbn, &by_key);
	err = PTR_ERR_OR_ZERO(first);
	if (err)
		goto out;
	second = mbsec_history_add(mbn, &by_identity);
	err = PTR_ERR_OR_ZERO(second);
	if (!err)
		mbsec_history_share(first, share);
	else if (!joins)
		mbsec_history_remove(mbn, first);
out:
	mutex_unlock(&mbsec_history_mutex);
	return err;
}

/**
 * mbsec_history_unshare - a key that groups may share is not in use any more
 * @mbn: network namespace
 * @key: fingerprint of its session key
 * @share: what its groups have in common
 *
 * After the last one it is a key that was used before.
 */
void mbsec_history_unshare(struct mbsec_net *mbn, u64 key,
			   struct mbsec_share *share)
{
	const struct mbsec_history_key by_key = mbsec_history_tx_key(mbn, key);
	struct mbsec_history_entry *entry;

	mutex_lock(&mbsec_history_mutex);
	entry = mbsec_history_find(&by_key);
	if (!--share->users && entry)
		entry->share = NULL;
	mutex_unlock(&mbsec_history_mutex);
}

/**
 * mbsec_history_claim_rx - take a receive key into use
 * @mbn: network namespace
 * @key: fingerprint of its session key
 * @shared_kid: its key identifier if groups may share it, else 0
 * @has_floor: result, the key was in use before
 * @floor: result, the highest counter it accepted then
 * @extack: says why not
 *
 * Return: 0; -EEXIST if the session key is in use for another group, to which
 * datagrams of this one could be diverted; -ENOSPC, -ENOMEM.
 */
int mbsec_history_claim_rx(struct mbsec_net *mbn, u64 key, u64 shared_kid,
			   bool *has_floor, u64 *floor,
			   struct netlink_ext_ack *extack)
{
	/* Not the number space of identities: a receive key may equal one. */
	const struct mbsec_history_key by_key = { .hash = ~key, .scope = mbn };
	struct mbsec_history_entry *entry;
	int err = 0;

	mutex_lock(&mbsec_history_mutex);
	entry = mbsec_history_find(&by_key);
	if (entry && entry->live && (!shared_kid || entry->kid != shared_kid)) {
		NL_SET_ERR_MSG(
			extack,
			"this receive key is in use by another group or under other identifiers");
		err = -EEXIST;
		goto out;
	}
	*has_floor = entry && entry->kept;
	if (!entry) {
		err = mbsec_history_room(mbn, 1, extack);
		if (err)
			goto out;
		entry = mbsec_history_add(mbn, &by_key);
		err = PTR_ERR_OR_ZERO(entry);
		if (err)
			goto out;
	}
	*floor = entry->floor;
	entry->kid = shared_kid;
	entry->live++;
out:
	mutex_unlock(&mbsec_history_mutex);
	return err;
}

/**
 * mbsec_history_retire_rx - a receive key is not in use any more
 * @mbn: network namespace
 * @key: fingerprint of its session key
 * @has_floor: it accepted datagrams
 * @floor: the highest counter it accepted
 */
void mbsec_history_retire_rx(struct mbsec_net *mbn, u64 key, bool has_floor,
			     u64 floor)
{
	const struct mbsec_history_key by_key = { .hash = ~key, .scope = mbn };
	struct mbsec_history_entry *entry;

	mutex_lock(&mbsec_history_mutex);
	entry = mbsec_history_find(&by_key);
	if (entry) {
		entry->live--;
		if (has_floor) {
			entry->kept = true;
			entry->floor = floor;
		}
		if (!entry->live && !entry->kept)
			mbsec_history_remove(mbn, entry);
	}
	mutex_unlock(&mbsec_history_mutex);
}

/**
 * mbsec_history_net_exit - forget what a vanishing network namespace makes moot
 * @mbn: network namespace, without groups
 *
 * Transmit keys of the host's own namespaces stay: they must not come back in
 * another one. Namespaces of unprivileged users take theirs with them, or the
 * list would be theirs to fill.
 */
void mbsec_history_net_exit(struct mbsec_net *mbn)
{
	struct mbsec_history_entry *entry, *next;

	mutex_lock(&mbsec_history_mutex);
	list_for_each_entry_safe(entry, next, &mbn->history, list) {
		if (!entry->key.scope)
			list_del_init(&entry->list);
		else
			mbsec_history_remove(mbn, entry);
	}
	mutex_unlock(&mbsec_history_mutex);
}

static void mbsec_history_free(void *entry, void *unused)
{
	kfree(entry);
}

/** mbsec_history_init - at module load */
int __init mbsec_history_init(void)
{
	get_random_bytes(&mbsec_history_secret, sizeof(mbsec_history_secret));
	return rhashtable_init(&mbsec_history_table, &mbsec_history_params);
}

/** mbsec_history_uninit - at module unload, when no namespace is left */
void mbsec_history_uninit(void)
{
	rhashtable_free_and_destroy(&mbsec_history_table, mbsec_history_free,
				    NULL);
	memzero_explicit(&mbsec_history_secret, sizeof(mbsec_history_secret));
}
