// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "mbsec.h"
#include "share.h"

/**
 * struct mbsec_share_ssrc - an SSRC under a shared key
 * @node: in mbsec_share.table
 * @ssrc: the SSRC
 * @owner: who sends with it
 */
struct mbsec_share_ssrc {
	struct hlist_node node;
	u32 ssrc;
	u32 owner;
};

/**
 * mbsec_share_alloc - of a new key, which has one user then
 * @mbn: network namespace
 * @kid: its identifier
 *
 * Return: it, or NULL without memory.
 */
struct mbsec_share *mbsec_share_alloc(struct mbsec_net *mbn, u64 kid)
{
	struct mbsec_share *share = kzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);

	if (!share)
		return NULL;
	share->mbn = mbn;
	share->kid = kid;
	share->users = 1;
	refcount_set(&share->refs, 1);
	share->owners = 1;
	spin_lock_init(&share->lock);
	return share;
}

/**
 * mbsec_share_put - a key is freed; with the last one it goes
 * @share: it
 */
void mbsec_share_put(struct mbsec_share *share)
{
	struct mbsec_share_ssrc *one;
	struct hlist_node *next;
	u32 i;

	if (!refcount_dec_and_test(&share->refs))
		return;
	for (i = 0; i < ARRAY_SIZE(share->table); i++)
		hlist_for_each_entry_safe(one, next, &share->table[i], node)
			kfree(one);
	kfree(share);
}

static int mbsec_share_take_locked(struct mbsec_share *share, u32 owner,
				   u32 ssrc)
{
	struct hlist_head *bucket =
		&share->table[hash_32(ssrc, MBSEC_SHARE_HASH_BITS)];
	struct mbsec_share_ssrc *one;

	hlist_for_each_entry(one, bucket, node)
		if (one->ssrc == ssrc)
			return one->owner == owner ? 0 : -EEXIST;
	if (share->count >= MBSEC_MAX_SENDERS_PER_GROUP)
		return -ENOSPC;
	one = kmalloc(sizeof(*one), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!one)
		return -ENOMEM;
	one->ssrc = ssrc;
	one->owner = owner;
	hlist_add_head(&one->node, bucket);
	share->count++;
	return 0;
}

/**
 * mbsec_share_take - a key sends with an SSRC, and no other group may
 * @share: of the key
 * @owner: number of the key
 * @ssrc: the SSRC
 *
 * Context: BH disabled.
 * Return: 0; -EEXIST if it is that of another group; -ENOSPC, -ENOMEM.
 */
int mbsec_share_take(struct mbsec_share *share, u32 owner, u32 ssrc)
{
	int err;

	spin_lock(&share->lock);
	err = mbsec_share_take_locked(share, owner, ssrc);
	spin_unlock(&share->lock);
	return err;
}
