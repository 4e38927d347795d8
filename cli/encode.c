// SPDX-License-Identifier: GPL-2.0-or-later
/* From what the user said to attributes. */
#include <linux/mbsec.h>

#include <netlink/attr.h>

#include "encode.h"

static struct nlattr *nest_start(struct nl_msg *msg, int type)
{
	return nla_nest_start(msg, type | NLA_F_NESTED);
}

static bool put_address(struct nl_msg *msg, const struct address *address,
			int type_v4, int type_v6)
{
	switch (address->family) {
	case AF_INET:
		return !nla_put(msg, type_v4, sizeof(address->v4),
				&address->v4);
	case AF_INET6:
		return !nla_put(msg, type_v6, sizeof(address->v6),
				&address->v6);
	default:
		return true;
	}
}

static bool put_group_id(struct nl_msg *msg, const struct group_id *id)
{
	return put_address(msg, &id->address, MBSEC_A_GROUP_ADDRESS_V4,
			   MBSEC_A_GROUP_ADDRESS_V6) &&
	       (!id->port || !nla_put_u16(msg, MBSEC_A_GROUP_PORT, id->port)) &&
	       put_address(msg, &id->source, MBSEC_A_GROUP_SOURCE_V4,
			   MBSEC_A_GROUP_SOURCE_V6);
}

bool encode_group_id(struct nl_msg *msg, const struct group_id *id)
{
	struct nlattr *nest = nest_start(msg, MBSEC_A_GROUP);

	if (!nest || !put_group_id(msg, id))
		return false;
	nla_nest_end(msg, nest);
	return true;
}

/* Puts the attribute of a keyword if it was given. */
static bool put_given(struct nl_msg *msg, const struct arguments *args,
		      uint32_t keyword_bit, int type, uint32_t value)
{
	return !(args->given & keyword_bit) || !nla_put_u32(msg, type, value);
}

bool encode_group(struct nl_msg *msg, const struct arguments *args,
		  uint32_t ifindex)
{
	struct nlattr *nest = nest_start(msg, MBSEC_A_GROUP);

	if (!nest || !put_group_id(msg, &args->group))
		return false;
	if (ifindex && nla_put_u32(msg, MBSEC_A_GROUP_IFINDEX, ifindex))
		return false;
	if (!put_given(msg, args, KEYWORD_BIT(DIR), MBSEC_A_GROUP_DIRECTION,
		       args->direction) ||
	    !put_given(msg, args, KEYWORD_BIT(FORMAT), MBSEC_A_GROUP_FORMAT,
		       args->format) ||
	    !put_given(msg, args, KEYWORD_BIT(SUITE), MBSEC_A_GROUP_SUITE,
		       args->suite) ||
	    !put_given(msg, args, KEYWORD_BIT(POLICY), MBSEC_A_GROUP_POLICY,
		       args->policy))
		return false;
	nla_nest_end(msg, nest);
	return true;
}

static bool put_key_id(struct nl_msg *msg, const struct arguments *args)
{
	return !nla_put_u32(msg, MBSEC_A_KEY_MSK_ID, args->msk_id) &&
	       !nla_put_u16(msg, MBSEC_A_KEY_MTK_ID, args->mtk_id) &&
	       (!(args->given & KEYWORD_BIT(SENDER)) ||
		!nla_put_u16(msg, MBSEC_A_KEY_SENDER_ID, args->sender_id));
}

bool encode_key_id(struct nl_msg *msg, const struct arguments *args)
{
	struct nlattr *nest = nest_start(msg, MBSEC_A_KEY);

	if (!nest || !put_key_id(msg, args))
		return false;
	nla_nest_end(msg, nest);
	return true;
}

static bool put_session_keys(struct nl_msg *msg,
			     const struct session_keys *keys)
{
	return (!keys->cipher_key_size ||
		!nla_put(msg, MBSEC_A_KEY_CIPHER_KEY, keys->cipher_key_size,
			 keys->cipher_key)) &&
	       !nla_put(msg, MBSEC_A_KEY_AUTH_KEY, AUTH_KEY_SIZE,
			keys->auth_key) &&
	       !nla_put(msg, MBSEC_A_KEY_SALT, SALT_SIZE, keys->salt);
}

/* Attributes of the limits of struct arguments. */
static const int limit_types[ARGUMENTS_LIMITS] = {
	MBSEC_A_KEY_SOFT_PACKETS, MBSEC_A_KEY_HARD_PACKETS,
	MBSEC_A_KEY_SOFT_BYTES,	  MBSEC_A_KEY_HARD_BYTES,
	MBSEC_A_KEY_SOFT_SECONDS, MBSEC_A_KEY_HARD_SECONDS,
};

bool encode_key(struct nl_msg *msg, const struct arguments *args,
		const struct session_keys *keys)
{
	struct nlattr *nest = nest_start(msg, MBSEC_A_KEY);

	if (!nest || !put_key_id(msg, args) ||
	    nla_put_u32(msg, MBSEC_A_KEY_ROLE, args->role) ||
	    !put_session_keys(msg, keys) ||
	    !put_given(msg, args, KEYWORD_BIT(WINDOW), MBSEC_A_KEY_WINDOW,
		       args->window))
		return false;
	for (int i = 0; i < ARGUMENTS_LIMITS; i++)
		if (args->limits[i] &&
		    nla_put_u64(msg, limit_types[i], args->limits[i]))
			return false;
	if (args->given & KEYWORD_BIT(ACTIVATE) &&
	    nla_put_flag(msg, MBSEC_A_KEY_ACTIVATE))
		return false;
	nla_nest_end(msg, nest);
	return true;
}
