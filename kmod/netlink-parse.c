// SPDX-License-Identifier: GPL-2.0-only
#include <linux/math.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "netlink-gen.h"
#include "netlink.h"
#include "sframe.h"
#include "suite.h"

#define GROUP_ID_USED                                                    \
	(BIT(MBSEC_A_GROUP_ADDRESS_V4) | BIT(MBSEC_A_GROUP_ADDRESS_V6) | \
	 BIT(MBSEC_A_GROUP_PORT) | BIT(MBSEC_A_GROUP_SOURCE_V4) |        \
	 BIT(MBSEC_A_GROUP_SOURCE_V6))
#define GROUP_USED                                                   \
	(GROUP_ID_USED | BIT(MBSEC_A_GROUP_IFINDEX) |                \
	 BIT(MBSEC_A_GROUP_DIRECTION) | BIT(MBSEC_A_GROUP_FORMAT) |  \
	 BIT(MBSEC_A_GROUP_SUITE) | BIT(MBSEC_A_GROUP_POLICY) |      \
	 BIT(MBSEC_A_GROUP_RTCP_PORT) | BIT(MBSEC_A_GROUP_NO_MKI) |  \
	 BIT(MBSEC_A_GROUP_ROC_RATE) | BIT(MBSEC_A_GROUP_ROC_MODE) | \
	 BIT(MBSEC_A_GROUP_ALLOW_NO_INTEGRITY))
#define KEY_ID_USED                                          \
	(BIT(MBSEC_A_KEY_MSK_ID) | BIT(MBSEC_A_KEY_MTK_ID) | \
	 BIT(MBSEC_A_KEY_SENDER_ID))
#define KEY_USED                                                             \
	(KEY_ID_USED | BIT(MBSEC_A_KEY_ROLE) | BIT(MBSEC_A_KEY_CIPHER_KEY) | \
	 BIT(MBSEC_A_KEY_AUTH_KEY) | BIT(MBSEC_A_KEY_SALT) |                 \
	 BIT(MBSEC_A_KEY_RTCP_CIPHER_KEY) | BIT(MBSEC_A_KEY_RTCP_AUTH_KEY) | \
	 BIT(MBSEC_A_KEY_RTCP_SALT) | BIT(MBSEC_A_KEY_WINDOW) |              \
	 BIT(MBSEC_A_KEY_COUNTER_START) | BIT(MBSEC_A_KEY_SOFT_PACKETS) |    \
	 BIT(MBSEC_A_KEY_HARD_PACKETS) | BIT(MBSEC_A_KEY_SOFT_BYTES) |       \
	 BIT(MBSEC_A_KEY_HARD_BYTES) | BIT(MBSEC_A_KEY_SOFT_SECONDS) |       \
	 BIT(MBSEC_A_KEY_HARD_SECONDS) | BIT(MBSEC_A_KEY_ACTIVATE))

/* True, and told, if an attribute of a parsed key nest is missing. */
#define MBSEC_NL_MISSING(info, key, type, name)                             \
	(NL_REQ_ATTR_CHECK((info)->extack, (info)->attrs[MBSEC_A_KEY], key, \
			   type) &&                                         \
	 ({                                                                 \
		 NL_SET_ERR_MSG((info)->extack, "the " name " is missing"); \
		 true;                                                      \
	 }))

static_assert(MBSEC_A_GROUP_MAX < BITS_PER_LONG);
static_assert(MBSEC_A_KEY_MAX < BITS_PER_LONG);

/**
 * mbsec_nl_no_attributes - refuse attributes where a command has none
 * @request: the request
 * @extack: says why
 *
 * Not all kernels look at what comes with a command that has no policy.
 */
int mbsec_nl_no_attributes(const struct nlmsghdr *request,
			   struct netlink_ext_ack *extack)
{
	if (!nlmsg_attrlen(request, GENL_HDRLEN))
		return 0;
	NL_SET_ERR_MSG(extack, "the command takes no attributes");
	return -EINVAL;
}

static int mbsec_nl_once(const struct nlattr *attr, unsigned long *seen,
			 struct netlink_ext_ack *extack)
{
	if (!__test_and_set_bit(nla_type(attr), seen))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the attribute is given twice");
	return -EINVAL;
}

/**
 * mbsec_nl_nest_parse - read a nest of the request
 * @info: request
 * @nest_type: attribute of the nest
 * @table: result, the attributes in it by number
 * @max: highest number
 * @policy: policy of the nest
 * @used: bits of the attributes that the command uses
 *
 * The policy covers replies too, so attributes that the command does not use are
 * refused here.
 */
int mbsec_nl_nest_parse(struct genl_info *info, int nest_type,
			struct nlattr **table, int max,
			const struct nla_policy *policy, unsigned long used)
{
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *nest = info->attrs[nest_type];
	const struct nlattr *attr;
	unsigned long seen = 0;
	int rest;
	int err;

	if (!nest) {
		if (nest_type == MBSEC_A_GROUP)
			NL_SET_ERR_MSG(extack, "the group is missing");
		else if (nest_type == MBSEC_A_SENDER)
			NL_SET_ERR_MSG(extack, "the sender is missing");
		else
			NL_SET_ERR_MSG(extack, "the key is missing");
		NL_SET_ERR_ATTR_MISS(extack, NULL, nest_type);
		return -EINVAL;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		err = mbsec_nl_once(attr, &seen, extack);
		if (err)
			return err;
	}
	seen = 0;
	nla_for_each_nested(attr, nest, rest) {
		err = mbsec_nl_once(attr, &seen, extack);
		if (err)
			return err;
		if (!(used & BIT(nla_type(attr)))) {
			NL_SET_ERR_MSG_ATTR(
				extack, attr,
				"the command does not use this attribute");
			return -EINVAL;
		}
	}
	return nla_parse_nested(table, max, nest, policy, extack);
}

static int mbsec_nl_address_parse(struct nlattr **group,
				  struct mbsec_group_id *id,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *v4 = group[MBSEC_A_GROUP_ADDRESS_V4];
	struct nlattr *v6 = group[MBSEC_A_GROUP_ADDRESS_V6];
	bool multicast;

	if (!v4 == !v6) {
		NL_SET_ERR_MSG(
			extack,
			"one of address-v4 and address-v6 must be given");
		return -EINVAL;
	}
	if (v4) {
		multicast = ipv4_is_multicast(nla_get_in_addr(v4));
		ipv6_addr_set_v4mapped(nla_get_in_addr(v4), &id->address);
	} else {
		id->address = nla_get_in6_addr(v6);
		multicast = ipv6_addr_is_multicast(&id->address);
	}
	if (multicast)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, v4 ?: v6,
			    "the address is not a multicast address");
	return -EINVAL;
}

static int mbsec_nl_source_parse(struct nlattr **group,
				 struct mbsec_group_id *id,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *v4 = group[MBSEC_A_GROUP_SOURCE_V4];
	struct nlattr *v6 = group[MBSEC_A_GROUP_SOURCE_V6];
	bool unicast;
	__be32 source;

	if (!v4 && !v6)
		return 0;
	if ((v4 && v6) || !v4 == !!group[MBSEC_A_GROUP_ADDRESS_V4]) {
		NL_SET_ERR_MSG_ATTR(
			extack, v4 ?: v6,
			"the source is not of the address family of the group");
		return -EINVAL;
	}
	if (v4) {
		source = nla_get_in_addr(v4);
		unicast = source && !ipv4_is_multicast(source) &&
			  !ipv4_is_lbcast(source);
		ipv6_addr_set_v4mapped(source, &id->source);
	} else {
		id->source = nla_get_in6_addr(v6);
		unicast = !ipv6_addr_any(&id->source) &&
			  !ipv6_addr_is_multicast(&id->source);
	}
	if (unicast)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, v4 ?: v6,
			    "the source is not a unicast address");
	return -EINVAL;
}

static int mbsec_nl_group_nest_parse(struct genl_info *info,
				     struct nlattr **group, unsigned long used,
				     struct mbsec_group_id *id)
{
	int err;

	memset(id, 0, sizeof(*id));
	err = mbsec_nl_nest_parse(info, MBSEC_A_GROUP, group, MBSEC_A_GROUP_MAX,
				  mbsec_group_nl_policy, used);
	if (!err)
		err = mbsec_nl_address_parse(group, id, info->extack);
	if (!err)
		err = mbsec_nl_source_parse(group, id, info->extack);
	if (!err && group[MBSEC_A_GROUP_PORT])
		id->port = nla_get_u16(group[MBSEC_A_GROUP_PORT]);
	return err;
}

/**
 * mbsec_nl_group_id_parse - read which group is meant
 * @info: request
 * @id: result
 */
int mbsec_nl_group_id_parse(struct genl_info *info, struct mbsec_group_id *id)
{
	struct nlattr *group[MBSEC_A_GROUP_MAX + 1];

	return mbsec_nl_group_nest_parse(info, group, GROUP_ID_USED, id);
}

static int mbsec_nl_interface_parse(struct genl_info *info,
				    const struct nlattr *attr, int *ifindex)
{
	bool known;

	if (!attr || !nla_get_u32(attr))
		return 0;
	*ifindex = nla_get_u32(attr);
	rcu_read_lock();
	known = dev_get_by_index_rcu(genl_info_net(info), *ifindex);
	rcu_read_unlock();
	if (known)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "no interface has this index");
	return -ENODEV;
}

static int mbsec_nl_suite_parse(struct genl_info *info, struct nlattr **group,
				struct mbsec_group_config *config)
{
	struct nlattr *attr = group[MBSEC_A_GROUP_SUITE];
	u32 id = config->format == MBSEC_FORMAT_SRTP ?
			 MBSEC_SUITE_AES128_CM_HMAC_SHA1_80 :
			 MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80;

	if (attr)
		id = nla_get_u32(attr);
	config->suite = mbsec_suite_find(id);
	if (!config->suite) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the suite is not known");
		return -EINVAL;
	}
	if (config->suite->format == config->format)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "the suite is not one of the format");
	return -EINVAL;
}

static int mbsec_nl_format_parse(struct genl_info *info, struct nlattr **group,
				 struct mbsec_group_config *config)
{
	if (config->format == MBSEC_FORMAT_SRTP)
		return mbsec_nl_srtp_parse(info, group, config);
	config->overhead = MBSEC_SFRAME_HEADER_TX + config->suite->tag_size;
	return mbsec_nl_srtp_refuse(info, group);
}

/**
 * mbsec_nl_group_parse - read what a new group shall be
 * @info: request
 * @config: result
 */
int mbsec_nl_group_parse(struct genl_info *info,
			 struct mbsec_group_config *config)
{
	struct nlattr *group[MBSEC_A_GROUP_MAX + 1];
	struct nlattr *attr;
	int err;

	memset(config, 0, sizeof(*config));
	err = mbsec_nl_group_nest_parse(info, group, GROUP_USED, &config->id);
	if (err)
		return err;
	config->direction = MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN;
	attr = group[MBSEC_A_GROUP_DIRECTION];
	if (attr)
		config->direction = nla_get_u32(attr);
	if (!config->direction) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the direction names none");
		return -EINVAL;
	}
	attr = group[MBSEC_A_GROUP_FORMAT];
	config->format = attr ? nla_get_u32(attr) : MBSEC_FORMAT_SFRAME;
	err = mbsec_nl_suite_parse(info, group, config);
	if (!err)
		err = mbsec_nl_format_parse(info, group, config);
	if (err)
		return err;
	attr = group[MBSEC_A_GROUP_POLICY];
	config->policy = attr ? nla_get_u32(attr) : MBSEC_POLICY_REQUIRE;
	return mbsec_nl_interface_parse(info, group[MBSEC_A_GROUP_IFINDEX],
					&config->ifindex);
}

static int mbsec_nl_key_nest_parse(struct genl_info *info, struct nlattr **key,
				   unsigned long used,
				   struct mbsec_nl_key_request *request)
{
	u16 sender_id = 0;
	int err;

	memset(request, 0, sizeof(*request));
	err = mbsec_nl_nest_parse(info, MBSEC_A_KEY, key, MBSEC_A_KEY_MAX,
				  mbsec_key_nl_policy, used);
	if (err)
		return err;
	if (MBSEC_NL_MISSING(info, key, MBSEC_A_KEY_MSK_ID, "msk-id") ||
	    MBSEC_NL_MISSING(info, key, MBSEC_A_KEY_MTK_ID, "mtk-id"))
		return -EINVAL;
	request->sender_given = key[MBSEC_A_KEY_SENDER_ID];
	if (request->sender_given)
		sender_id = nla_get_u16(key[MBSEC_A_KEY_SENDER_ID]);
	request->config.kid = mbsec_sframe_kid(
		sender_id, nla_get_u32(key[MBSEC_A_KEY_MSK_ID]),
		nla_get_u16(key[MBSEC_A_KEY_MTK_ID]));
	return 0;
}

/**
 * mbsec_nl_key_id_parse - read which key is meant
 * @info: request
 * @request: result
 */
int mbsec_nl_key_id_parse(struct genl_info *info,
			  struct mbsec_nl_key_request *request)
{
	struct nlattr *key[MBSEC_A_KEY_MAX + 1];

	return mbsec_nl_key_nest_parse(info, key, KEY_ID_USED, request);
}

static u64 mbsec_nl_u64(const struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static int mbsec_nl_limit_parse(struct genl_info *info, struct nlattr **key,
				int soft_type, int hard_type, u64 *soft,
				u64 *hard)
{
	*soft = mbsec_nl_u64(key[soft_type]);
	*hard = mbsec_nl_u64(key[hard_type]);
	if (!*soft || !*hard || *soft < *hard)
		return 0;
	NL_SET_ERR_MSG_ATTR(
		info->extack, key[soft_type],
		"the soft lifetime does not end before the hard one");
	return -ERANGE;
}

static int mbsec_nl_limits_parse(struct genl_info *info, struct nlattr **key,
				 struct mbsec_key_limits *limits)
{
	int err;

	err = mbsec_nl_limit_parse(info, key, MBSEC_A_KEY_SOFT_PACKETS,
				   MBSEC_A_KEY_HARD_PACKETS,
				   &limits->soft_packets,
				   &limits->hard_packets);
	if (!err)
		err = mbsec_nl_limit_parse(info, key, MBSEC_A_KEY_SOFT_BYTES,
					   MBSEC_A_KEY_HARD_BYTES,
					   &limits->soft_bytes,
					   &limits->hard_bytes);
	if (!err)
		err = mbsec_nl_limit_parse(info, key, MBSEC_A_KEY_SOFT_SECONDS,
					   MBSEC_A_KEY_HARD_SECONDS,
					   &limits->soft_seconds,
					   &limits->hard_seconds);
	if (!err && max(limits->soft_seconds, limits->hard_seconds) > U32_MAX) {
		NL_SET_ERR_MSG(info->extack,
			       "the lifetime in seconds is not below 2^32");
		err = -ERANGE;
	}
	return err;
}

static int mbsec_nl_role_parse(struct genl_info *info, struct nlattr **key,
			       struct mbsec_nl_key_request *request)
{
	struct nlattr *start = key[MBSEC_A_KEY_COUNTER_START];
	struct mbsec_key_config *config = &request->config;

	config->role = nla_get_u32(key[MBSEC_A_KEY_ROLE]);
	request->activate = key[MBSEC_A_KEY_ACTIVATE];
	request->start_given = start;
	config->counter_start = start ? nla_get_u64(start) :
					MBSEC_SFRAME_COUNTER_MIN;
	if (config->role != MBSEC_ROLE_TX && (start || request->activate)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    start ?: key[MBSEC_A_KEY_ACTIVATE],
				    "only a transmit key has this attribute");
		return -EINVAL;
	}
	if (config->counter_start < MBSEC_SFRAME_COUNTER_MIN ||
	    config->counter_start >= MBSEC_SFRAME_COUNTER_END) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, start,
			"the first counter is not from 2^32 to 2^40 - 1");
		return -ERANGE;
	}
	return 0;
}

/**
 * mbsec_nl_key_parse - read what a new key shall be
 * @info: request, wiped by mbsec_nl_material_wipe() when all is done
 * @request: result, pointing into @info
 */
int mbsec_nl_key_parse(struct genl_info *info,
		       struct mbsec_nl_key_request *request)
{
	struct nlattr *key[MBSEC_A_KEY_MAX + 1];
	int err;

	err = mbsec_nl_key_nest_parse(info, key, KEY_USED, request);
	if (err)
		return err;
	if (MBSEC_NL_MISSING(info, key, MBSEC_A_KEY_ROLE, "role") ||
	    MBSEC_NL_MISSING(info, key, MBSEC_A_KEY_SALT, "salt"))
		return -EINVAL;
	request->config.window = MBSEC_WINDOW_DEFAULT;
	if (key[MBSEC_A_KEY_WINDOW])
		request->config.window =
			round_up(nla_get_u32(key[MBSEC_A_KEY_WINDOW]), 64);
	mbsec_nl_materials_parse(key, request);
	err = mbsec_nl_role_parse(info, key, request);
	if (!err)
		err = mbsec_nl_limits_parse(info, key, &request->config.limits);
	return err;
}
