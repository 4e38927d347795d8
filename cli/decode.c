// SPDX-License-Identifier: GPL-2.0-or-later
/* From attributes to objects. */
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "decode.h"

#define U16                     \
	{                       \
		.type = NLA_U16 \
	}
#define U32                     \
	{                       \
		.type = NLA_U32 \
	}
#define U64                     \
	{                       \
		.type = NLA_U64 \
	}
#define FLAG                     \
	{                        \
		.type = NLA_FLAG \
	}
#define NEST                       \
	{                          \
		.type = NLA_NESTED \
	}
#define TEXT                                                  \
	{                                                     \
		.type = NLA_STRING, .maxlen = STATS_TEXT_SIZE \
	}
#define OCTETS(size)                               \
	{                                          \
		.minlen = (size), .maxlen = (size) \
	}

static struct nla_policy root_policy[MBSEC_A_MAX + 1] = {
	[MBSEC_A_GROUP] = NEST,	   [MBSEC_A_KEY] = NEST,
	[MBSEC_A_STATS] = NEST,	   [MBSEC_A_EVENT] = NEST,
	[MBSEC_A_COUNTERS] = NEST, [MBSEC_A_SENDER] = NEST,
};

static struct nla_policy group_policy[MBSEC_A_GROUP_MAX + 1] = {
	[MBSEC_A_GROUP_ADDRESS_V4] = OCTETS(4),
	[MBSEC_A_GROUP_ADDRESS_V6] = OCTETS(16),
	[MBSEC_A_GROUP_PORT] = U16,
	[MBSEC_A_GROUP_SOURCE_V4] = OCTETS(4),
	[MBSEC_A_GROUP_SOURCE_V6] = OCTETS(16),
	[MBSEC_A_GROUP_IFINDEX] = U32,
	[MBSEC_A_GROUP_DIRECTION] = U32,
	[MBSEC_A_GROUP_FORMAT] = U32,
	[MBSEC_A_GROUP_SUITE] = U32,
	[MBSEC_A_GROUP_POLICY] = U32,
	[MBSEC_A_GROUP_OVERHEAD] = U32,
	[MBSEC_A_GROUP_KEYS] = U32,
	[MBSEC_A_GROUP_SENDERS] = U32,
	[MBSEC_A_GROUP_RTCP_PORT] = U16,
	[MBSEC_A_GROUP_NO_MKI] = FLAG,
	[MBSEC_A_GROUP_ROC_RATE] = U16,
	[MBSEC_A_GROUP_ROC_MODE] = U32,
	[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY] = FLAG,
};

static struct nla_policy key_policy[MBSEC_A_KEY_MAX + 1] = {
	[MBSEC_A_KEY_MSK_ID] = U32,	  [MBSEC_A_KEY_MTK_ID] = U16,
	[MBSEC_A_KEY_SENDER_ID] = U16,	  [MBSEC_A_KEY_ROLE] = U32,
	[MBSEC_A_KEY_SUITE] = U32,	  [MBSEC_A_KEY_WINDOW] = U32,
	[MBSEC_A_KEY_SOFT_PACKETS] = U64, [MBSEC_A_KEY_HARD_PACKETS] = U64,
	[MBSEC_A_KEY_SOFT_BYTES] = U64,	  [MBSEC_A_KEY_HARD_BYTES] = U64,
	[MBSEC_A_KEY_SOFT_SECONDS] = U64, [MBSEC_A_KEY_HARD_SECONDS] = U64,
	[MBSEC_A_KEY_STATE] = U32,	  [MBSEC_A_KEY_PACKETS] = U64,
	[MBSEC_A_KEY_BYTES] = U64,	  [MBSEC_A_KEY_COUNTER] = U64,
	[MBSEC_A_KEY_AGE_SECONDS] = U64,  [MBSEC_A_KEY_AUTH_FAILURES] = U64,
	[MBSEC_A_KEY_REPLAYS] = U64,
};

static struct nla_policy sender_policy[MBSEC_A_SENDER_MAX + 1] = {
	[MBSEC_A_SENDER_SSRC] = U32,	     [MBSEC_A_SENDER_ROLE] = U32,
	[MBSEC_A_SENDER_ROC] = U32,	     [MBSEC_A_SENDER_SEQUENCE] = U16,
	[MBSEC_A_SENDER_RTCP_INDEX] = U32,   [MBSEC_A_SENDER_STREAMS] = U32,
	[MBSEC_A_SENDER_PROVISIONED] = FLAG,
};

static struct nla_policy stats_policy[MBSEC_A_STATS_MAX + 1] = {
	[MBSEC_A_STATS_MODULE_VERSION] = TEXT,
	[MBSEC_A_STATS_GROUPS] = U32,
	[MBSEC_A_STATS_KEYS] = U32,
	[MBSEC_A_STATS_USED_KEYS] = U32,
	[MBSEC_A_STATS_CIPHER_DRIVER] = TEXT,
	[MBSEC_A_STATS_CIPHER_DRIVER_FALLBACK] = TEXT,
	[MBSEC_A_STATS_MAC_DRIVER] = TEXT,
	[MBSEC_A_STATS_EVENTS_SENT] = U64,
	[MBSEC_A_STATS_EVENTS_LOST] = U64,
};

static struct nla_policy event_policy[MBSEC_A_EVENT_MAX + 1] = {
	[MBSEC_A_EVENT_TYPE] = U32,
	[MBSEC_A_EVENT_LIMIT] = U32,
	[MBSEC_A_EVENT_COUNT] = U64,
	[MBSEC_A_EVENT_SSRC] = U32,
};

static bool root_parse(struct nlmsghdr *header,
		       struct nlattr *root[static MBSEC_A_MAX + 1])
{
	return genlmsg_valid_hdr(header, 0) &&
	       genlmsg_parse(header, 0, root, MBSEC_A_MAX, root_policy) >= 0;
}

static uint32_t u32_or_0(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static uint64_t u64_or_0(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static struct maybe maybe_u16(struct nlattr *attr)
{
	return (struct maybe){ attr, attr ? nla_get_u16(attr) : 0 };
}

static struct maybe maybe_u32(struct nlattr *attr)
{
	return (struct maybe){ attr, attr ? nla_get_u32(attr) : 0 };
}

static struct maybe maybe_u64(struct nlattr *attr)
{
	return (struct maybe){ attr, attr ? nla_get_u64(attr) : 0 };
}

static void address_take(struct address *address, struct nlattr *v4,
			 struct nlattr *v6)
{
	memset(address, 0, sizeof(*address));
	if (v4) {
		address->family = AF_INET;
		nla_memcpy(&address->v4, v4, sizeof(address->v4));
	} else if (v6) {
		address->family = AF_INET6;
		nla_memcpy(&address->v6, v6, sizeof(address->v6));
	}
}

static bool group_parse(struct nlattr *nest,
			struct nlattr *tb[static MBSEC_A_GROUP_MAX + 1],
			struct group_id *id)
{
	if (!nest ||
	    nla_parse_nested(tb, MBSEC_A_GROUP_MAX, nest, group_policy) < 0)
		return false;
	address_take(&id->address, tb[MBSEC_A_GROUP_ADDRESS_V4],
		     tb[MBSEC_A_GROUP_ADDRESS_V6]);
	address_take(&id->source, tb[MBSEC_A_GROUP_SOURCE_V4],
		     tb[MBSEC_A_GROUP_SOURCE_V6]);
	id->port = tb[MBSEC_A_GROUP_PORT] ?
			   nla_get_u16(tb[MBSEC_A_GROUP_PORT]) :
			   0;
	return id->address.family != AF_UNSPEC;
}

static bool counters_parse(struct nlattr *nest, struct counters *counters)
{
	struct nla_policy policy[MBSEC_A_COUNTERS_MAX + 1] = {};
	struct nlattr *tb[MBSEC_A_COUNTERS_MAX + 1];

	for (int i = 1; i <= MBSEC_A_COUNTERS_MAX; i++)
		if (i != MBSEC_A_COUNTERS_PAD)
			policy[i].type = NLA_U64;
	if (!nest ||
	    nla_parse_nested(tb, MBSEC_A_COUNTERS_MAX, nest, policy) < 0)
		return false;
	for (int i = 1; i <= MBSEC_A_COUNTERS_MAX; i++)
		counters->value[i] =
			i == MBSEC_A_COUNTERS_PAD ? 0 : u64_or_0(tb[i]);
	return true;
}

bool decode_group(struct nlmsghdr *header, struct group *group)
{
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];

	memset(group, 0, sizeof(*group));
	if (!root_parse(header, root) ||
	    !group_parse(root[MBSEC_A_GROUP], tb, &group->id))
		return false;
	group->ifindex = u32_or_0(tb[MBSEC_A_GROUP_IFINDEX]);
	group->direction = u32_or_0(tb[MBSEC_A_GROUP_DIRECTION]);
	group->format = u32_or_0(tb[MBSEC_A_GROUP_FORMAT]);
	group->suite = u32_or_0(tb[MBSEC_A_GROUP_SUITE]);
	group->policy = u32_or_0(tb[MBSEC_A_GROUP_POLICY]);
	group->overhead = u32_or_0(tb[MBSEC_A_GROUP_OVERHEAD]);
	group->keys = u32_or_0(tb[MBSEC_A_GROUP_KEYS]);
	group->senders = u32_or_0(tb[MBSEC_A_GROUP_SENDERS]);
	group->rtcp_port = maybe_u16(tb[MBSEC_A_GROUP_RTCP_PORT]);
	group->no_mki = tb[MBSEC_A_GROUP_NO_MKI];
	group->roc_rate = maybe_u16(tb[MBSEC_A_GROUP_ROC_RATE]);
	group->roc_mode = maybe_u32(tb[MBSEC_A_GROUP_ROC_MODE]);
	group->allow_no_integrity = tb[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY];
	return counters_parse(root[MBSEC_A_COUNTERS], &group->counters);
}

static bool key_parse(struct nlattr *nest, struct key *key)
{
	struct nlattr *tb[MBSEC_A_KEY_MAX + 1];

	if (!nest ||
	    nla_parse_nested(tb, MBSEC_A_KEY_MAX, nest, key_policy) < 0)
		return false;
	key->msk_id = maybe_u32(tb[MBSEC_A_KEY_MSK_ID]);
	key->mtk_id = maybe_u16(tb[MBSEC_A_KEY_MTK_ID]);
	key->sender_id = maybe_u16(tb[MBSEC_A_KEY_SENDER_ID]);
	key->role = maybe_u32(tb[MBSEC_A_KEY_ROLE]);
	key->suite = maybe_u32(tb[MBSEC_A_KEY_SUITE]);
	key->window = maybe_u32(tb[MBSEC_A_KEY_WINDOW]);
	key->state = maybe_u32(tb[MBSEC_A_KEY_STATE]);
	for (int i = 0; i < KEY_LIMIT_COUNT; i++)
		key->limits[i] = maybe_u64(tb[MBSEC_A_KEY_SOFT_PACKETS + i]);
	key->packets = maybe_u64(tb[MBSEC_A_KEY_PACKETS]);
	key->bytes = maybe_u64(tb[MBSEC_A_KEY_BYTES]);
	key->counter = maybe_u64(tb[MBSEC_A_KEY_COUNTER]);
	key->age_seconds = maybe_u64(tb[MBSEC_A_KEY_AGE_SECONDS]);
	key->auth_failures = maybe_u64(tb[MBSEC_A_KEY_AUTH_FAILURES]);
	key->replays = maybe_u64(tb[MBSEC_A_KEY_REPLAYS]);
	return true;
}

bool decode_key(struct nlmsghdr *header, struct key *key)
{
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];

	memset(key, 0, sizeof(*key));
	return root_parse(header, root) &&
	       group_parse(root[MBSEC_A_GROUP], tb, &key->group) &&
	       key_parse(root[MBSEC_A_KEY], key) && key->msk_id.known &&
	       key->mtk_id.known && key->role.known;
}

bool decode_sender(struct nlmsghdr *header, struct sender *sender)
{
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *group[MBSEC_A_GROUP_MAX + 1];
	struct nlattr *tb[MBSEC_A_SENDER_MAX + 1];

	memset(sender, 0, sizeof(*sender));
	if (!root_parse(header, root) ||
	    !group_parse(root[MBSEC_A_GROUP], group, &sender->group) ||
	    !root[MBSEC_A_SENDER] ||
	    nla_parse_nested(tb, MBSEC_A_SENDER_MAX, root[MBSEC_A_SENDER],
			     sender_policy) < 0)
		return false;
	sender->ssrc = u32_or_0(tb[MBSEC_A_SENDER_SSRC]);
	sender->role = u32_or_0(tb[MBSEC_A_SENDER_ROLE]);
	sender->roc = maybe_u32(tb[MBSEC_A_SENDER_ROC]);
	sender->sequence = maybe_u16(tb[MBSEC_A_SENDER_SEQUENCE]);
	sender->rtcp_index = maybe_u32(tb[MBSEC_A_SENDER_RTCP_INDEX]);
	sender->streams = maybe_u32(tb[MBSEC_A_SENDER_STREAMS]);
	sender->provisioned = tb[MBSEC_A_SENDER_PROVISIONED];
	return tb[MBSEC_A_SENDER_SSRC] && tb[MBSEC_A_SENDER_ROLE];
}

static void text_take(char text[static STATS_TEXT_SIZE], struct nlattr *attr)
{
	if (attr)
		nla_strlcpy(text, attr, STATS_TEXT_SIZE);
}

bool decode_stats(struct nlmsghdr *header, struct stats *stats)
{
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_STATS_MAX + 1];

	memset(stats, 0, sizeof(*stats));
	if (!root_parse(header, root) || !root[MBSEC_A_STATS] ||
	    nla_parse_nested(tb, MBSEC_A_STATS_MAX, root[MBSEC_A_STATS],
			     stats_policy) < 0)
		return false;
	text_take(stats->module_version, tb[MBSEC_A_STATS_MODULE_VERSION]);
	text_take(stats->cipher_driver, tb[MBSEC_A_STATS_CIPHER_DRIVER]);
	text_take(stats->cipher_driver_fallback,
		  tb[MBSEC_A_STATS_CIPHER_DRIVER_FALLBACK]);
	text_take(stats->mac_driver, tb[MBSEC_A_STATS_MAC_DRIVER]);
	stats->groups = u32_or_0(tb[MBSEC_A_STATS_GROUPS]);
	stats->keys = u32_or_0(tb[MBSEC_A_STATS_KEYS]);
	stats->used_keys = u32_or_0(tb[MBSEC_A_STATS_USED_KEYS]);
	stats->events_sent = u64_or_0(tb[MBSEC_A_STATS_EVENTS_SENT]);
	stats->events_lost = u64_or_0(tb[MBSEC_A_STATS_EVENTS_LOST]);
	return counters_parse(root[MBSEC_A_COUNTERS], &stats->counters);
}

bool decode_event(struct nlmsghdr *header, struct event *event)
{
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *group[MBSEC_A_GROUP_MAX + 1];
	struct nlattr *tb[MBSEC_A_EVENT_MAX + 1];

	memset(event, 0, sizeof(*event));
	if (!root_parse(header, root) || !root[MBSEC_A_EVENT] ||
	    nla_parse_nested(tb, MBSEC_A_EVENT_MAX, root[MBSEC_A_EVENT],
			     event_policy) < 0 ||
	    !tb[MBSEC_A_EVENT_TYPE])
		return false;
	event->type = nla_get_u32(tb[MBSEC_A_EVENT_TYPE]);
	event->limit = maybe_u32(tb[MBSEC_A_EVENT_LIMIT]);
	event->count = maybe_u64(tb[MBSEC_A_EVENT_COUNT]);
	event->ssrc = maybe_u32(tb[MBSEC_A_EVENT_SSRC]);
	event->has_group = root[MBSEC_A_GROUP];
	return (!root[MBSEC_A_GROUP] ||
		group_parse(root[MBSEC_A_GROUP], group, &event->key.group)) &&
	       (!root[MBSEC_A_KEY] ||
		key_parse(root[MBSEC_A_KEY], &event->key));
}
