/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of io/kernel_message.c, taken apart. */
#ifndef DAEMON_KERNEL_SCENE_H
#define DAEMON_KERNEL_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libmnl/libmnl.h>

#include "io/kernel_message.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline struct kernel_group group_of(const char *group,
					   const char *source)
{
	struct kernel_group result = { .direction = MBSEC_DIRECTION_IN,
				       .suite = MBSEC_SUITE_NULL_HMAC_SHA256_80,
				       .policy = MBSEC_POLICY_PERMIT };

	assert_int_equal(address_parse(group, 0, &result.group, NULL), 0);
	if (source)
		assert_int_equal(address_parse(source, 0, &result.source, NULL),
				 0);
	return result;
}

static inline const struct nlattr *attribute_of(const void *data, size_t size,
						uint16_t type)
{
	const struct nlattr *attribute = data;

	while (mnl_attr_ok(attribute, (int)((const char *)data + size -
					    (const char *)attribute))) {
		if (mnl_attr_get_type(attribute) == type)
			return attribute;
		attribute = mnl_attr_next(attribute);
	}
	return NULL;
}

static inline const struct nlattr *
nested_of(const struct kernel_message *message, uint16_t nest, uint16_t type)
{
	const struct nlattr *outer = attribute_of(
		message->bytes + NLMSG_HDRLEN + GENL_HDRLEN,
		message->header.nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, nest);

	assert_non_null(outer);
	return attribute_of(mnl_attr_get_payload(outer),
			    mnl_attr_get_payload_len(outer), type);
}

static inline void begin(struct kernel_message *message, uint8_t command)
{
	kernel_message_begin(message, 0x7f0, command, MBSEC_FAMILY_VERSION,
			     NLM_F_ACK);
}

static inline void secret_is_there(const struct kernel_message *message,
				   uint16_t type, const struct secret *secret)
{
	const struct nlattr *attribute = nested_of(message, MBSEC_A_KEY, type);

	if (!secret->size) {
		assert_null(attribute);
		return;
	}
	assert_int_equal(mnl_attr_get_payload_len(attribute), secret->size);
	assert_memory_equal(mnl_attr_get_payload(attribute), secret->bytes,
			    secret->size);
}

#endif
