// SPDX-License-Identifier: GPL-2.0-only
/* Session keys in requests. */
#include <net/genetlink.h>

#include "netlink.h"
#include "suite.h"

static const u8 *mbsec_nl_octets(const struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

/**
 * mbsec_nl_materials_parse - read the session keys of a new key
 * @key: attributes of the key
 * @request: result, pointing into them
 */
void mbsec_nl_materials_parse(struct nlattr **key,
			      struct mbsec_nl_key_request *request)
{
	static const int types[MBSEC_NL_PARTS] = {
		MBSEC_A_KEY_CIPHER_KEY,	   MBSEC_A_KEY_AUTH_KEY,
		MBSEC_A_KEY_SALT,	   MBSEC_A_KEY_RTCP_CIPHER_KEY,
		MBSEC_A_KEY_RTCP_AUTH_KEY, MBSEC_A_KEY_RTCP_SALT,
	};
	const struct nlattr **parts = request->parts;
	struct mbsec_key_material *one;
	int i;

	for (i = 0; i < MBSEC_NL_PARTS; i++)
		parts[i] = key[types[i]];
	one = &request->materials.main;
	one->cipher_key = mbsec_nl_octets(parts[MBSEC_NL_CIPHER_KEY]);
	one->auth_key = mbsec_nl_octets(parts[MBSEC_NL_AUTH_KEY]);
	one->salt = mbsec_nl_octets(parts[MBSEC_NL_SALT]);
	one = &request->materials.rtcp;
	one->cipher_key = mbsec_nl_octets(parts[MBSEC_NL_RTCP_CIPHER_KEY]);
	one->auth_key = mbsec_nl_octets(parts[MBSEC_NL_RTCP_AUTH_KEY]);
	one->salt = mbsec_nl_octets(parts[MBSEC_NL_RTCP_SALT]);
}

/**
 * struct mbsec_nl_part_text - sentences about a session key
 * @missing: the suite has it, and the request does not
 * @surplus: the other way round
 * @length: its length is wrong
 */
struct mbsec_nl_part_text {
	const char *missing;
	const char *surplus;
	const char *length;
};

#define MBSEC_NL_PART_TEXT(name)                                 \
	{                                                        \
		"the " name " is missing",                       \
			"the suite of the group has no " name,   \
			"the length of the " name                \
			" is not that of the suite of the group" \
	}

static const struct mbsec_nl_part_text mbsec_nl_part_texts[MBSEC_NL_PARTS] = {
	[MBSEC_NL_CIPHER_KEY] = MBSEC_NL_PART_TEXT("cipher-key"),
	[MBSEC_NL_AUTH_KEY] = MBSEC_NL_PART_TEXT("auth-key"),
	[MBSEC_NL_SALT] = MBSEC_NL_PART_TEXT("salt"),
	[MBSEC_NL_RTCP_CIPHER_KEY] = MBSEC_NL_PART_TEXT("rtcp-cipher-key"),
	[MBSEC_NL_RTCP_AUTH_KEY] = MBSEC_NL_PART_TEXT("rtcp-auth-key"),
	[MBSEC_NL_RTCP_SALT] = MBSEC_NL_PART_TEXT("rtcp-salt"),
};

/* One session key: there if the suite has it, and as long as that says. */
static int mbsec_nl_part_check(const struct nlattr *attr, u32 size,
			       const struct mbsec_nl_part_text *text,
			       struct netlink_ext_ack *extack)
{
	const char *sentence;
	int err = -EINVAL;

	if (!attr && !size)
		return 0;
	if (attr && size && nla_len(attr) == size)
		return 0;
	if (!attr) {
		sentence = text->missing;
	} else if (!size) {
		sentence = text->surplus;
	} else {
		sentence = text->length;
		err = -ERANGE;
	}
	/* Not the macro, which wants a literal. */
	if (extack) {
		extack->_msg = sentence;
		extack->bad_attr = attr;
	}
	return err;
}

/**
 * mbsec_nl_key_check - does a key suit its group?
 * @request: what a key-add says
 * @suite: suite of the group
 * @extack: says why not
 */
int mbsec_nl_key_check(const struct mbsec_nl_key_request *request,
		       const struct mbsec_cipher_suite *suite,
		       struct netlink_ext_ack *extack)
{
	bool srtp = suite->format == MBSEC_FORMAT_SRTP;
	const u32 sizes[MBSEC_NL_PARTS] = {
		suite->cipher_key_size,
		suite->auth_key_size,
		suite->salt_size,
		srtp ? suite->cipher_key_size : 0,
		srtp ? suite->auth_key_size : 0,
		srtp ? suite->salt_size : 0,
	};
	int err = 0;
	int i;

	if (request->sender_given == srtp) {
		if (srtp)
			NL_SET_ERR_MSG(extack,
				       "keys of SRTP groups have no sender-id");
		else
			NL_SET_ERR_MSG(extack, "the sender-id is missing");
		return -EINVAL;
	}
	if (srtp && request->start_given) {
		NL_SET_ERR_MSG(extack,
			       "keys of SRTP groups have no counter-start");
		return -EINVAL;
	}
	for (i = 0; i < MBSEC_NL_PARTS && !err; i++)
		err = mbsec_nl_part_check(request->parts[i], sizes[i],
					  &mbsec_nl_part_texts[i], extack);
	return err;
}

/**
 * mbsec_nl_material_wipe - wipe the session keys out of a request
 * @info: request; error replies and freed memory may repeat it
 */
void mbsec_nl_material_wipe(struct genl_info *info)
{
	struct nlattr *attr, *nest = info->attrs[MBSEC_A_KEY];
	int rest;

	if (!nest)
		return;
	nla_for_each_nested(attr, nest, rest) {
		switch (nla_type(attr)) {
		case MBSEC_A_KEY_CIPHER_KEY:
		case MBSEC_A_KEY_AUTH_KEY:
		case MBSEC_A_KEY_SALT:
		case MBSEC_A_KEY_RTCP_CIPHER_KEY:
		case MBSEC_A_KEY_RTCP_AUTH_KEY:
		case MBSEC_A_KEY_RTCP_SALT:
			memzero_explicit(nla_data(attr), nla_len(attr));
		}
	}
}
