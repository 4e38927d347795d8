/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects of the netlink interface as the tool holds them. */
#ifndef _CLI_OBJECTS_H
#define _CLI_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/mbsec.h>

#include "address.h"

/* A number that the module may leave out. */
struct maybe {
	bool known;
	uint64_t value;
};

/* By MBSEC_A_COUNTERS_*. */
struct counters {
	uint64_t value[MBSEC_A_COUNTERS_MAX + 1];
};

struct group {
	struct group_id id;
	uint32_t ifindex;
	uint32_t direction;
	uint32_t format;
	uint32_t suite;
	uint32_t policy;
	uint32_t overhead;
	uint32_t keys;
	uint32_t senders;
	/* Of SRTP only. */
	struct maybe rtcp_port;
	bool no_mki;
	struct maybe roc_rate;
	struct maybe roc_mode;
	bool allow_no_integrity;
	struct counters counters;
};

/* An SSRC of an SRTP group. */
struct sender {
	struct group_id group;
	uint32_t ssrc;
	uint32_t role;
	struct maybe roc;
	struct maybe sequence;
	struct maybe rtcp_index;
	struct maybe streams;
	bool provisioned;
};

enum key_limit {
	KEY_LIMIT_SOFT_PACKETS,
	KEY_LIMIT_HARD_PACKETS,
	KEY_LIMIT_SOFT_BYTES,
	KEY_LIMIT_HARD_BYTES,
	KEY_LIMIT_SOFT_SECONDS,
	KEY_LIMIT_HARD_SECONDS,
	KEY_LIMIT_COUNT,
};

struct key {
	struct group_id group;
	struct maybe msk_id;
	struct maybe mtk_id;
	struct maybe sender_id;
	struct maybe role;
	struct maybe suite;
	struct maybe window;
	struct maybe state;
	struct maybe limits[KEY_LIMIT_COUNT];
	struct maybe packets;
	struct maybe bytes;
	struct maybe counter;
	struct maybe age_seconds;
	struct maybe auth_failures;
	struct maybe replays;
};

#define STATS_TEXT_SIZE 128

struct stats {
	char module_version[STATS_TEXT_SIZE];
	char cipher_driver[STATS_TEXT_SIZE];
	char cipher_driver_fallback[STATS_TEXT_SIZE];
	char mac_driver[STATS_TEXT_SIZE];
	uint32_t groups;
	uint32_t keys;
	uint32_t used_keys;
	uint64_t events_sent;
	uint64_t events_lost;
	struct counters counters;
};

struct event {
	uint32_t type;
	struct maybe limit;
	struct maybe count;
	struct maybe ssrc;
	/* has_group tells whether key.group is valid. */
	bool has_group;
	struct key key;
};

#endif /* _CLI_OBJECTS_H */
