// SPDX-License-Identifier: GPL-2.0-or-later
#include <libmnl/libmnl.h>
#include <openssl/crypto.h>
#include <string.h>

#include "kernel_message.h"

void kernel_message_begin(struct kernel_message *message, uint16_t family,
			  uint8_t command, uint8_t version, uint16_t flags)
{
	struct genlmsghdr *generic;

	memset(message, 0, sizeof(*message));
	mnl_nlmsg_put_header(message->bytes);
	message->header.nlmsg_type = family;
	message->header.nlmsg_flags = NLM_F_REQUEST | flags;
	generic =
		mnl_nlmsg_put_extra_header(&message->header, sizeof(*generic));
	generic->cmd = command;
	generic->version = version;
}

static void put(struct kernel_message *message, uint16_t type, const void *data,
		size_t size)
{
	if (!message->failed &&
	    !mnl_attr_put_check(&message->header, sizeof(message->bytes), type,
				size, data))
		message->failed = true;
}

static void put_u16(struct kernel_message *message, uint16_t type,
		    uint16_t value)
{
	put(message, type, &value, sizeof(value));
}

static void put_u32(struct kernel_message *message, uint16_t type,
		    uint32_t value)
{
	put(message, type, &value, sizeof(value));
}

static struct nlattr *nest_start(struct kernel_message *message, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start_check(
		&message->header, sizeof(message->bytes), type);

	if (!nest)
		message->failed = true;
	return nest;
}

static void nest_end(struct kernel_message *message, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(&message->header, nest);
}

void kernel_message_family(struct kernel_message *message, const char *name)
{
	put(message, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
}

static void put_address(struct kernel_message *message,
			const union address *address, uint16_t type_v4,
			uint16_t type_v6)
{
	if (address->family == AF_INET)
		put(message, type_v4, &address->v4.sin_addr,
		    sizeof(address->v4.sin_addr));
	else if (address->family == AF_INET6)
		put(message, type_v6, &address->v6.sin6_addr,
		    sizeof(address->v6.sin6_addr));
}

static void put_group_id(struct kernel_message *message,
			 const struct kernel_group *group)
{
	uint16_t port = address_port(&group->group);

	put_address(message, &group->group, MBSEC_A_GROUP_ADDRESS_V4,
		    MBSEC_A_GROUP_ADDRESS_V6);
	if (port)
		put_u16(message, MBSEC_A_GROUP_PORT, port);
	put_address(message, &group->source, MBSEC_A_GROUP_SOURCE_V4,
		    MBSEC_A_GROUP_SOURCE_V6);
}

void kernel_message_group_id(struct kernel_message *message,
			     const struct kernel_group *group)
{
	struct nlattr *nest = nest_start(message, MBSEC_A_GROUP);

	put_group_id(message, group);
	nest_end(message, nest);
}

void kernel_message_group(struct kernel_message *message,
			  const struct kernel_group *group, uint32_t ifindex)
{
	struct nlattr *nest = nest_start(message, MBSEC_A_GROUP);

	put_group_id(message, group);
	if (ifindex)
		put_u32(message, MBSEC_A_GROUP_IFINDEX, ifindex);
	if (group->direction)
		put_u32(message, MBSEC_A_GROUP_DIRECTION, group->direction);
	if (group->format)
		put_u32(message, MBSEC_A_GROUP_FORMAT, group->format);
	if (group->suite)
		put_u32(message, MBSEC_A_GROUP_SUITE, group->suite);
	put_u32(message, MBSEC_A_GROUP_POLICY, group->policy);
	/* Without it the kernel takes the next port. */
	if (group->format == MBSEC_FORMAT_SRTP)
		put_u16(message, MBSEC_A_GROUP_RTCP_PORT, group->rtcp_port);
	if (group->roc_rate)
		put_u16(message, MBSEC_A_GROUP_ROC_RATE, group->roc_rate);
	nest_end(message, nest);
}

static void put_key_id(struct kernel_message *message,
		       const struct kernel_key *key)
{
	put_u32(message, MBSEC_A_KEY_MSK_ID, key->msk_id);
	put_u16(message, MBSEC_A_KEY_MTK_ID, key->mtk_id);
	if (key->sender_id)
		put_u16(message, MBSEC_A_KEY_SENDER_ID, key->sender_id);
}

void kernel_message_key_id(struct kernel_message *message,
			   const struct kernel_key *key)
{
	struct nlattr *nest = nest_start(message, MBSEC_A_KEY);

	put_key_id(message, key);
	nest_end(message, nest);
}

static void put_secret(struct kernel_message *message, uint16_t type,
		       const struct secret *secret)
{
	if (secret->size)
		put(message, type, secret->bytes, secret->size);
}

static void put_srtp(struct kernel_message *message,
		     const struct kernel_key *key)
{
	if (key->suite != MBSEC_SUITE_NULL_HMAC_SHA1_80) {
		put_secret(message, MBSEC_A_KEY_CIPHER_KEY,
			   &key->srtp->encryption);
		put_secret(message, MBSEC_A_KEY_RTCP_CIPHER_KEY,
			   &key->srtcp->encryption);
	}
	put_secret(message, MBSEC_A_KEY_AUTH_KEY, &key->srtp->auth);
	put_secret(message, MBSEC_A_KEY_SALT, &key->srtp->salt);
	put_secret(message, MBSEC_A_KEY_RTCP_AUTH_KEY, &key->srtcp->auth);
	put_secret(message, MBSEC_A_KEY_RTCP_SALT, &key->srtcp->salt);
}

static void put_sframe(struct kernel_message *message,
		       const struct kernel_key *key)
{
	put_secret(message, MBSEC_A_KEY_CIPHER_KEY, &key->keys->cipher);
	put_secret(message, MBSEC_A_KEY_AUTH_KEY, &key->keys->auth);
	put_secret(message, MBSEC_A_KEY_SALT, &key->keys->salt);
}

static void put_limit(struct kernel_message *message, uint16_t type,
		      uint64_t limit)
{
	if (limit)
		put(message, type, &limit, sizeof(limit));
}

void kernel_message_key(struct kernel_message *message,
			const struct kernel_key *key)
{
	struct nlattr *nest = nest_start(message, MBSEC_A_KEY);

	put_key_id(message, key);
	put_u32(message, MBSEC_A_KEY_ROLE, key->role);
	if (key->srtp)
		put_srtp(message, key);
	else
		put_sframe(message, key);
	if (key->window)
		put_u32(message, MBSEC_A_KEY_WINDOW, key->window);
	put_limit(message, MBSEC_A_KEY_SOFT_PACKETS, key->soft_packets);
	put_limit(message, MBSEC_A_KEY_HARD_PACKETS, key->hard_packets);
	put_limit(message, MBSEC_A_KEY_SOFT_BYTES, key->soft_bytes);
	put_limit(message, MBSEC_A_KEY_HARD_BYTES, key->hard_bytes);
	put_limit(message, MBSEC_A_KEY_SOFT_SECONDS, key->soft_seconds);
	put_limit(message, MBSEC_A_KEY_HARD_SECONDS, key->hard_seconds);
	if (key->activate)
		put(message, MBSEC_A_KEY_ACTIVATE, NULL, 0);
	nest_end(message, nest);
}

void kernel_message_sender(struct kernel_message *message,
			   const struct kernel_sender *sender, bool where)
{
	struct nlattr *nest = nest_start(message, MBSEC_A_SENDER);

	put_u32(message, MBSEC_A_SENDER_SSRC, sender->ssrc);
	put_u32(message, MBSEC_A_SENDER_ROLE, sender->role);
	if (where)
		put_u32(message, MBSEC_A_SENDER_ROC, sender->roc);
	if (where && sender->heard)
		put_u16(message, MBSEC_A_SENDER_SEQUENCE, sender->sequence);
	nest_end(message, nest);
}

void kernel_message_wipe(struct kernel_message *message)
{
	OPENSSL_cleanse(message, sizeof(*message));
}
