// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/math.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "group.h"
#include "history.h"
#include "key.h"
#include "replay.h"
#include "sender.h"
#include "share.h"
#include "sframe.h"

static struct hlist_head *mbsec_key_bucket(const struct mbsec_group *group,
					   u64 kid)
{
	u32 bucket = hash_64(kid + (unsigned long)group, MBSEC_KEY_HASH_BITS);

	return &group->mbn->key_hash[bucket];
}

/* Frees all that does not need a running lifetime to be stopped. */
static void mbsec_key_free(struct mbsec_key *key)
{
	if (key->suite.suite)
		mbsec_suite_keys_uninit(&key->suite);
	if (key->rtcp.suite)
		mbsec_suite_keys_uninit(&key->rtcp);
	mbsec_streams_free(key->streams);
	if (key->share)
		mbsec_share_put(key->share);
	free_percpu(key->usage);
	kvfree(key->replay);
	kfree_sensitive(key);
}

static void mbsec_key_free_work(struct work_struct *work)
{
	struct mbsec_key *key =
		container_of(to_rcu_work(work), struct mbsec_key, free_work);
	struct mbsec_group *group = key->group;
	struct mbsec_net *mbn = group->mbn;

	mbsec_key_lifetime_stop(key);
	mbsec_key_free(key);
	mbsec_group_put(group);
	if (atomic_dec_and_test(&mbn->objects))
		wake_up_var(&mbn->objects);
}

static int mbsec_key_windows_alloc(struct mbsec_key *key, u32 window, bool srtp)
{
	if (srtp) {
		key->streams = mbsec_streams_alloc();
		return key->streams ? 0 : -ENOMEM;
	}
	key->replay = kvzalloc(mbsec_replay_bytes(window), GFP_KERNEL_ACCOUNT);
	if (!key->replay)
		return -ENOMEM;
	mbsec_replay_init(key->replay, window);
	return 0;
}

static int mbsec_key_suites_init(struct mbsec_key *key,
				 const struct mbsec_cipher_suite *suite,
				 const struct mbsec_key_materials *materials)
{
	const struct mbsec_key_material *one = &materials->main;
	int err;

	err = mbsec_suite_keys_init(&key->suite, suite, one->cipher_key,
				    one->auth_key);
	if (err)
		return err;
	memcpy(key->salt, one->salt, suite->salt_size);
	if (suite->format != MBSEC_FORMAT_SRTP)
		return 0;
	one = &materials->rtcp;
	memcpy(key->rtcp_salt, one->salt, suite->salt_size);
	return mbsec_suite_keys_init(&key->rtcp, suite, one->cipher_key,
				     one->auth_key);
}

static struct mbsec_key *
mbsec_key_alloc(struct mbsec_group *group,
		const struct mbsec_key_config *config,
		const struct mbsec_key_materials *materials)
{
	bool srtp = group->config.format == MBSEC_FORMAT_SRTP;
	struct mbsec_key *key;
	int err;

	key = kzalloc(sizeof(*key), GFP_KERNEL_ACCOUNT);
	if (!key)
		return ERR_PTR(-ENOMEM);
	err = mbsec_key_windows_alloc(key, config->window, srtp);
	key->usage = alloc_percpu_gfp(struct mbsec_usage, GFP_KERNEL_ACCOUNT);
	if (!err && !key->usage)
		err = -ENOMEM;
	if (!err)
		err = mbsec_key_suites_init(key, group->config.suite,
					    materials);
	if (err) {
		mbsec_key_free(key);
		return ERR_PTR(err);
	}
	key->config = *config;
	key->group = group;
	mbsec_usage_init(key->usage);
	spin_lock_init(&key->lock);
	INIT_RCU_WORK(&key->free_work, mbsec_key_free_work);
	return key;
}

static bool mbsec_key_has_sender_locked(const struct mbsec_group *group,
					u64 kid)
{
	u16 sender_id = mbsec_sframe_kid_sender_id(kid);
	const struct mbsec_key *key;

	list_for_each_entry(key, &group->keys, list)
		if (mbsec_sframe_kid_sender_id(key->config.kid) == sender_id)
			return true;
	return false;
}

static int mbsec_key_admit_locked(struct mbsec_group *group,
				  const struct mbsec_key_config *config,
				  struct netlink_ext_ack *extack)
{
	if (mbsec_key_find_locked(group, config->kid, config->role)) {
		NL_SET_ERR_MSG(extack, "the group has this key already");
		return -EEXIST;
	}
	if (group->config.format == MBSEC_FORMAT_SRTP &&
	    !group->config.form.mki_size &&
	    group->key_count >= MBSEC_MAX_KEYS_WITHOUT_MKI) {
		NL_SET_ERR_MSG(
			extack,
			"the group has as many keys as it may without MKI");
		return -ENOSPC;
	}
	if (group->key_count >= MBSEC_MAX_KEYS_PER_GROUP) {
		NL_SET_ERR_MSG(extack, "the group has as many keys as it may");
		return -ENOSPC;
	}
	if (group->sender_count >= MBSEC_MAX_SENDERS_PER_GROUP &&
	    !mbsec_key_has_sender_locked(group, config->kid)) {
		NL_SET_ERR_MSG(extack,
			       "the group has as many senders as it may");
		return -ENOSPC;
	}
	return 0;
}

/* Groups of a namespace may have one key of SRTP, and must not have one SSRC. */
static int mbsec_key_claim_tx(struct mbsec_key *key,
			      struct netlink_ext_ack *extack)
{
	const struct mbsec_group *group = key->group;
	struct mbsec_share *share = NULL;
	u64 identity;
	int err;

	if (key->streams) {
		share = mbsec_share_alloc(group->mbn, key->config.kid);
		if (!share)
			return -ENOMEM;
	}
	identity = mbsec_history_identity(&group->config.id, key->config.kid);
	err = mbsec_history_claim_tx(group->mbn, key->fingerprint, identity,
				     &share, extack);
	if (err && share)
		mbsec_share_put(share);
	if (err || !share)
		return err;
	/* Only this changes, under the mutex of the namespace. */
	key->share = share;
	key->owner = share->owners;
	return 0;
}

static int mbsec_key_claim(struct mbsec_key *key,
			   const struct mbsec_key_material *material,
			   struct netlink_ext_ack *extack)
{
	const struct mbsec_group *group = key->group;
	const struct mbsec_cipher_suite *suite = group->config.suite;
	bool has_floor;
	u64 floor;
	int err;

	if (key->config.role == MBSEC_ROLE_TX) {
		/* Two cipher keys that are equal repeat a nonce. */
		key->fingerprint =
			material->cipher_key ?
				mbsec_history_fingerprint(
					material->cipher_key,
					suite->cipher_key_size) :
				mbsec_history_fingerprint(material->auth_key,
							  suite->auth_key_size);
		return mbsec_key_claim_tx(key, extack);
	}
	if (material->auth_key)
		key->fingerprint = mbsec_history_fingerprint(
			material->auth_key, suite->auth_key_size);
	else
		key->fingerprint = mbsec_history_fingerprint(
			material->cipher_key, suite->cipher_key_size);
	err = mbsec_history_claim_rx(group->mbn, key->fingerprint,
				     key->streams ? key->config.kid : 0,
				     &has_floor, &floor, extack);
	if (!err && has_floor && key->replay)
		mbsec_replay_set_floor(key->replay, floor);
	key->came_back = !err && has_floor;
	return err;
}

/**
 * mbsec_key_add_locked - add a key to a group
 * @group: group in the table, mutex of its namespace held
 * @config: what the key shall be
 * @materials: session keys, not kept
 * @activate: make a transmit key the one in use
 * @extack: says why not
 *
 * Return: 0 or a negative error number: -EEXIST, -ENOSPC, -EKEYREJECTED,
 * -ENOMEM, or what the crypto layer says.
 */
int mbsec_key_add_locked(struct mbsec_group *group,
			 const struct mbsec_key_config *config,
			 const struct mbsec_key_materials *materials,
			 bool activate, struct netlink_ext_ack *extack)
{
	struct mbsec_net *mbn = group->mbn;
	struct mbsec_key *key;
	int err;

	err = mbsec_key_admit_locked(group, config, extack);
	if (err)
		return err;
	key = mbsec_key_alloc(group, config, materials);
	if (IS_ERR(key))
		return PTR_ERR(key);
	err = mbsec_key_claim(key, &materials->main, extack);
	if (err) {
		mbsec_key_free(key);
		return err;
	}
	atomic_inc(&mbn->objects);
	refcount_inc(&group->refs);
	if (!mbsec_key_has_sender_locked(group, config->kid))
		group->sender_count++;
	list_add_tail_rcu(&key->list, &group->keys);
	group->key_count++;
	mbn->key_count++;
	mbn->change++;
	mbsec_key_lifetime_start(key);
	hlist_add_head_rcu(&key->node, mbsec_key_bucket(group, config->kid));
	if (activate)
		mbsec_key_activate_locked(key);
	return 0;
}

/**
 * mbsec_key_find_locked - a key of a group
 * @group: group in the table, mutex of its namespace held
 * @kid: key identifier
 * @role: enum mbsec_role
 *
 * Return: the key or NULL.
 */
struct mbsec_key *mbsec_key_find_locked(struct mbsec_group *group, u64 kid,
					u8 role)
{
	struct mbsec_key *key;

	hlist_for_each_entry(key, mbsec_key_bucket(group, kid), node)
		if (key->group == group && key->config.kid == kid &&
		    key->config.role == role)
			return key;
	return NULL;
}

/**
 * mbsec_key_activate_locked - make a transmit key the one in use
 * @key: transmit key in the table, mutex of its namespace held
 */
void mbsec_key_activate_locked(struct mbsec_key *key)
{
	struct mbsec_group *group = key->group;

	rcu_assign_pointer(group->active, key);
	WRITE_ONCE(group->activated, true);
	group->mbn->change++;
}

/**
 * mbsec_key_is_active_locked - is this the transmit key in use?
 * @key: key in the table, mutex of its namespace held
 */
bool mbsec_key_is_active_locked(const struct mbsec_key *key)
{
	return rcu_access_pointer(key->group->active) == key;
}

/**
 * mbsec_key_del_locked - delete a key
 * @key: key in the table, mutex of its namespace held
 * @tx_reason: if it was the transmit key in use, why datagrams are dropped from
 *	now on, MBSEC_A_COUNTERS_TX_DROP_*
 *
 * When this returns, the key accepts no datagram any more, so that its replay
 * window is known if it comes back.
 */
void mbsec_key_del_locked(struct mbsec_key *key, int tx_reason)
{
	struct mbsec_group *group = key->group;
	struct mbsec_net *mbn = group->mbn;
	bool has_floor;
	u64 floor = 0;

	if (mbsec_key_is_active_locked(key)) {
		WRITE_ONCE(group->tx_reason, tx_reason);
		RCU_INIT_POINTER(group->active, NULL);
	}
	spin_lock_bh(&key->lock);
	WRITE_ONCE(key->closed, true);
	has_floor = key->replay && mbsec_replay_highest(key->replay, &floor);
	spin_unlock_bh(&key->lock);
	if (key->streams)
		has_floor = mbsec_streams_close_locked(key) || key->came_back;
	if (key->config.role == MBSEC_ROLE_RX)
		mbsec_history_retire_rx(mbn, key->fingerprint, has_floor,
					floor);
	else if (key->share)
		mbsec_history_unshare(mbn, key->fingerprint, key->share);

	key->dead = true;
	hlist_del_rcu(&key->node);
	list_del_rcu(&key->list);
	group->key_count--;
	if (!mbsec_key_has_sender_locked(group, key->config.kid))
		group->sender_count--;
	mbn->key_count--;
	mbn->change++;
	queue_rcu_work(mbsec_wq, &key->free_work);
}

/**
 * mbsec_key_lookup_rcu - the key that a received datagram names
 * @group: its group
 * @kid: key identifier that it names
 * @looped: the datagram is this host's own, looped back: transmit keys serve
 *	too, so that a local member needs no second copy of the key
 *
 * Context: RCU read section.
 * Return: the key or NULL.
 */
struct mbsec_key *mbsec_key_lookup_rcu(const struct mbsec_group *group, u64 kid,
				       bool looped)
{
	struct mbsec_key *key, *own = NULL;

	hlist_for_each_entry_rcu(key, mbsec_key_bucket(group, kid), node) {
		if (key->group != group || key->config.kid != kid)
			continue;
		if (key->config.role == MBSEC_ROLE_RX)
			return key;
		own = key;
	}
	return looped ? own : NULL;
}

/**
 * mbsec_key_lookup_own_rcu - the transmit key of a key identifier
 * @group: its group
 * @kid: key identifier
 *
 * Context: RCU read section.
 * Return: the key or NULL.
 */
struct mbsec_key *mbsec_key_lookup_own_rcu(const struct mbsec_group *group,
					   u64 kid)
{
	struct mbsec_key *key;

	hlist_for_each_entry_rcu(key, mbsec_key_bucket(group, kid), node)
		if (key->group == group && key->config.kid == kid &&
		    key->config.role == MBSEC_ROLE_TX)
			return key;
	return NULL;
}
