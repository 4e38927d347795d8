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

static bool put_given_u16(struct nl_msg *msg, const struct arguments *args,
			  uint32_t keyword_bit, int type, uint16_t value)
{
	return !(args->given & keyword_bit) || !nla_put_u16(msg, type, value);
}

static bool put_given_flag(struct nl_msg *msg, const struct arguments *args,
			   uint32_t keyword_bit, int type)
{
	return !(args->given & keyword_bit) || !nla_put_flag(msg, type);
}

static bool put_srtp(struct nl_msg *msg, const struct arguments *args)
{
	return put_given_u16(msg, args, KEYWORD_BIT(RTCP_PORT),
			     MBSEC_A_GROUP_RTCP_PORT, args->rtcp_port) &&
	       put_given_flag(msg, args, KEYWORD_BIT(NO_MKI),
			      MBSEC_A_GROUP_NO_MKI) &&
	       put_given_u16(msg, args, KEYWORD_BIT(ROC_RATE),
			     MBSEC_A_GROUP_ROC_RATE, args->roc_rate) &&
	       put_given(msg, args, KEYWORD_BIT(ROC_MODE),
			 MBSEC_A_GROUP_ROC_MODE, args->roc_mode) &&
	       put_given_flag(msg, args, KEYWORD_BIT(ALLOW_NO_INTEGRITY),
			      MBSEC_A_GROUP_ALLOW_NO_INTEGRITY);
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
		       args->policy) ||
	    !put_srtp(msg, args))
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

/* The types of the three attributes in this order. */
static bool put_protocol_keys(struct nl_msg *msg,
			      const struct protocol_keys *keys,
			      const int types[static 3])
{
	return (!keys->cipher_key_size ||
		!nla_put(msg, types[0], keys->cipher_key_size,
			 keys->cipher_key)) &&
	       (!keys->auth_key_size ||
		!nla_put(msg, types[1], keys->auth_key_size, keys->auth_key)) &&
	       (!keys->salt_size ||
		!nla_put(msg, types[2], keys->salt_size, keys->salt));
}

static bool put_session_keys(struct nl_msg *msg,
			     const struct session_keys *keys)
{
	static const int data[] = { MBSEC_A_KEY_CIPHER_KEY,
				    MBSEC_A_KEY_AUTH_KEY, MBSEC_A_KEY_SALT };
	static const int rtcp[] = { MBSEC_A_KEY_RTCP_CIPHER_KEY,
				    MBSEC_A_KEY_RTCP_AUTH_KEY,
				    MBSEC_A_KEY_RTCP_SALT };

	return put_protocol_keys(msg, &keys->data, data) &&
	       put_protocol_keys(msg, &keys->rtcp, rtcp);
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
	if (!put_given_flag(msg, args, KEYWORD_BIT(ACTIVATE),
			    MBSEC_A_KEY_ACTIVATE))
		return false;
	nla_nest_end(msg, nest);
	return true;
}

bool encode_sender(struct nl_msg *msg, const struct arguments *args)
{
	struct nlattr *nest = nest_start(msg, MBSEC_A_SENDER);

	if (!nest || nla_put_u32(msg, MBSEC_A_SENDER_SSRC, args->ssrc) ||
	    !put_given(msg, args, KEYWORD_BIT(ROLE), MBSEC_A_SENDER_ROLE,
		       args->role) ||
	    !put_given(msg, args, KEYWORD_BIT(ROC), MBSEC_A_SENDER_ROC,
		       args->roc) ||
	    !put_given_u16(msg, args, KEYWORD_BIT(SEQ), MBSEC_A_SENDER_SEQUENCE,
			   args->sequence))
		return false;
	nla_nest_end(msg, nest);
	return true;
}
