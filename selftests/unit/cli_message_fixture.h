/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading back a message attribute by attribute. */
#ifndef _CLI_MESSAGE_FIXTURE_H
#define _CLI_MESSAGE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/mbsec.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "netlink.h"

static const struct netlink netlink = { .family = 100 };

static inline void root_read(struct nl_msg *msg,
			     struct nlattr *root[static MBSEC_A_MAX + 1])
{
	assert_int_equal(
		genlmsg_parse(nlmsg_hdr(msg), 0, root, MBSEC_A_MAX, NULL), 0);
}

/* The nest, which must say that it is one, as strict kernels demand. */
static inline void nest_read(struct nlattr *nest, struct nlattr **tb, int max)
{
	assert_non_null(nest);
	assert_true(nest->nla_type & NLA_F_NESTED);
	assert_int_equal(nla_parse_nested(tb, max, nest, NULL), 0);
}

static inline unsigned int present(struct nlattr **tb, int max)
{
	unsigned int count = 0;

	for (int i = 1; i <= max; i++)
		count += !!tb[i];
	return count;
}

static inline void assert_u32(const struct nlattr *attr, uint32_t value)
{
	assert_non_null(attr);
	assert_int_equal(nla_len(attr), 4);
	assert_int_equal(nla_get_u32(attr), value);
}

static inline void assert_u64(const struct nlattr *attr, uint64_t value)
{
	assert_non_null(attr);
	assert_int_equal(nla_len(attr), 8);
	assert_true(nla_get_u64(attr) == value);
}

static inline void assert_octets(const struct nlattr *attr, const void *octets,
				 int size)
{
	assert_non_null(attr);
	assert_int_equal(nla_len(attr), size);
	assert_memory_equal(nla_data(attr), octets, size);
}

#endif /* _CLI_MESSAGE_FIXTURE_H */
