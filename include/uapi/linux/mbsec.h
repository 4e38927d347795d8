/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/mbsec.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _UAPI_LINUX_MBSEC_H
#define _UAPI_LINUX_MBSEC_H

#define MBSEC_FAMILY_NAME	"mbsec"
#define MBSEC_FAMILY_VERSION	1

#define MBSEC_MAX_GROUPS		16384
#define MBSEC_MAX_KEYS_PER_GROUP	4096
#define MBSEC_MAX_SENDERS_PER_GROUP	1024
#define MBSEC_MAX_KEYS_WITHOUT_MKI	4
#define MBSEC_SENDER_ID_MIN		256
#define MBSEC_WINDOW_MIN		64
#define MBSEC_WINDOW_MAX		8192
#define MBSEC_WINDOW_DEFAULT		1024

/**
 * enum mbsec_format - Wire format of the protected datagrams of a group.
 * @MBSEC_FORMAT_SFRAME: RFC 9605, one SFrame ciphertext a datagram, empty
 *   metadata.
 * @MBSEC_FORMAT_SRTP: RFC 3711 with the key identity as MKI (TS 33.246 clause
 *   6.6.2).
 */
enum mbsec_format {
	MBSEC_FORMAT_SFRAME = 1,
	MBSEC_FORMAT_SRTP,

	/* private: */
	__MBSEC_FORMAT_MAX,
	MBSEC_FORMAT_MAX = (__MBSEC_FORMAT_MAX - 1)
};

/**
 * enum mbsec_suite - Cipher suites, numbered as in the SFrame registry of RFC
 *   9605 clause 8.1; from 0xf001 on they are from its private-use range. Those
 *   from 0xf101 on are of the format srtp (RFC 3711, RFC 6188).
 * @MBSEC_SUITE_AES128_GCM_128: AES-GCM, registered as AES_128_GCM_SHA256_128.
 *   It has no auth-key.
 * @MBSEC_SUITE_NULL_HMAC_SHA256_80: Integrity only, the payload stays
 *   readable.
 * @MBSEC_SUITE_AES128_CM_HMAC_SHA1_32: The tag of SRTCP has 80 bits
 *   nevertheless (RFC 3711 clause 5.2).
 * @MBSEC_SUITE_NULL_HMAC_SHA1_80: Integrity only, the payload stays readable.
 */
enum mbsec_suite {
	MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80 = 1,
	MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64,
	MBSEC_SUITE_AES128_CTR_HMAC_SHA256_32,
	MBSEC_SUITE_AES128_GCM_128,
	MBSEC_SUITE_NULL_HMAC_SHA256_80 = 61441,
	MBSEC_SUITE_AES128_CM_HMAC_SHA1_80 = 61697,
	MBSEC_SUITE_AES128_CM_HMAC_SHA1_32,
	MBSEC_SUITE_AES256_CM_HMAC_SHA1_80,
	MBSEC_SUITE_NULL_HMAC_SHA1_80,
};

/**
 * enum mbsec_policy - What happens to cleartext of a group.
 * @MBSEC_POLICY_REQUIRE: Cleartext is neither sent nor delivered.
 * @MBSEC_POLICY_PERMIT: Datagrams whose key identifier is of no installed key
 *   are delivered as they are, and cleartext is sent until the first key of
 *   the group is activated.
 */
enum mbsec_policy {
	MBSEC_POLICY_REQUIRE,
	MBSEC_POLICY_PERMIT,

	/* private: */
	__MBSEC_POLICY_MAX,
	MBSEC_POLICY_MAX = (__MBSEC_POLICY_MAX - 1)
};

/**
 * enum mbsec_direction - Which datagrams of a group are handled.
 * @MBSEC_DIRECTION_OUT: Protect what this host sends.
 * @MBSEC_DIRECTION_IN: Unprotect what this host receives.
 * @MBSEC_DIRECTION_FORWARD: Protect what this host routes.
 */
enum mbsec_direction {
	MBSEC_DIRECTION_OUT = 1,
	MBSEC_DIRECTION_IN = 2,
	MBSEC_DIRECTION_FORWARD = 4,
};

/**
 * enum mbsec_role
 * @MBSEC_ROLE_TX: The key protects; it must be activated to be used.
 * @MBSEC_ROLE_RX: The key unprotects from the moment it is added.
 */
enum mbsec_role {
	MBSEC_ROLE_TX = 1,
	MBSEC_ROLE_RX,

	/* private: */
	__MBSEC_ROLE_MAX,
	MBSEC_ROLE_MAX = (__MBSEC_ROLE_MAX - 1)
};

/**
 * enum mbsec_key_state
 * @MBSEC_KEY_STATE_STANDBY: A transmit key that is not, or no longer, the one
 *   in use.
 * @MBSEC_KEY_STATE_ACTIVE: The transmit key in use, or a receive key.
 */
enum mbsec_key_state {
	MBSEC_KEY_STATE_STANDBY,
	MBSEC_KEY_STATE_ACTIVE,
};

/**
 * enum mbsec_event_type
 * @MBSEC_EVENT_TYPE_SOFT_EXPIRE: A soft lifetime of a key is over. Once a key
 *   and limit.
 * @MBSEC_EVENT_TYPE_HARD_EXPIRE: A hard lifetime of a key is over; the key has
 *   been removed.
 * @MBSEC_EVENT_TYPE_UNKNOWN_KEY: A datagram named a key that is not installed.
 *   The key attributes say which one; it is not authentic. At most eight a
 *   second and group.
 * @MBSEC_EVENT_TYPE_SENDER_LIMIT: A sender could not be admitted, the group is
 *   at its cap.
 * @MBSEC_EVENT_TYPE_ROC_NEEDED: The roll-over counter of an SRTP sender is not
 *   known, or is not any more after an absence; the event has its SSRC, which
 *   is not authentic. At most eight a second and group.
 * @MBSEC_EVENT_TYPE_AUTH_STORM: A hundred datagrams in one second were not
 *   authentic. At most one a second and group, as replay-storm.
 * @MBSEC_EVENT_TYPE_REPLAY_STORM: A hundred datagrams in one second were
 *   replayed.
 * @MBSEC_EVENT_TYPE_INDEX_REPEATED: An application on this host sent an SRTP
 *   sequence number twice, or one that is too old to tell, under one key: it
 *   may have restarted with the same SSRC. At most eight a second and group.
 * @MBSEC_EVENT_TYPE_SSRC_COLLISION: Another host sends, authentic, with an
 *   SSRC that this host sends with under the same key, so that both use one
 *   key stream. Once an SSRC and key; the key is the transmit key.
 */
enum mbsec_event_type {
	MBSEC_EVENT_TYPE_SOFT_EXPIRE = 1,
	MBSEC_EVENT_TYPE_HARD_EXPIRE,
	MBSEC_EVENT_TYPE_UNKNOWN_KEY,
	MBSEC_EVENT_TYPE_SENDER_LIMIT,
	MBSEC_EVENT_TYPE_ROC_NEEDED,
	MBSEC_EVENT_TYPE_AUTH_STORM,
	MBSEC_EVENT_TYPE_REPLAY_STORM,
	MBSEC_EVENT_TYPE_INDEX_REPEATED,
	MBSEC_EVENT_TYPE_SSRC_COLLISION,
};

/*
 * The lifetime that an expire event is about.
 */
enum mbsec_limit {
	MBSEC_LIMIT_PACKETS = 1,
	MBSEC_LIMIT_BYTES,
	MBSEC_LIMIT_TIME,
};

enum {
	MBSEC_A_GROUP = 1,
	MBSEC_A_KEY,
	MBSEC_A_STATS,
	MBSEC_A_EVENT,
	MBSEC_A_COUNTERS,
	MBSEC_A_SENDER,

	__MBSEC_A_MAX,
	MBSEC_A_MAX = (__MBSEC_A_MAX - 1)
};

enum {
	MBSEC_A_GROUP_ADDRESS_V4 = 1,
	MBSEC_A_GROUP_ADDRESS_V6,
	MBSEC_A_GROUP_PORT,
	MBSEC_A_GROUP_SOURCE_V4,
	MBSEC_A_GROUP_SOURCE_V6,
	MBSEC_A_GROUP_IFINDEX,
	MBSEC_A_GROUP_DIRECTION,
	MBSEC_A_GROUP_FORMAT,
	MBSEC_A_GROUP_SUITE,
	MBSEC_A_GROUP_POLICY,
	MBSEC_A_GROUP_OVERHEAD,
	MBSEC_A_GROUP_KEYS,
	MBSEC_A_GROUP_SENDERS,
	MBSEC_A_GROUP_RTCP_PORT,
	MBSEC_A_GROUP_NO_MKI,
	MBSEC_A_GROUP_ROC_RATE,
	MBSEC_A_GROUP_ROC_MODE,
	MBSEC_A_GROUP_ALLOW_NO_INTEGRITY,

	__MBSEC_A_GROUP_MAX,
	MBSEC_A_GROUP_MAX = (__MBSEC_A_GROUP_MAX - 1)
};

enum {
	MBSEC_A_KEY_MSK_ID = 1,
	MBSEC_A_KEY_MTK_ID,
	MBSEC_A_KEY_SENDER_ID,
	MBSEC_A_KEY_ROLE,
	MBSEC_A_KEY_SUITE,
	MBSEC_A_KEY_CIPHER_KEY,
	MBSEC_A_KEY_AUTH_KEY,
	MBSEC_A_KEY_SALT,
	MBSEC_A_KEY_WINDOW,
	MBSEC_A_KEY_COUNTER_START,
	MBSEC_A_KEY_SOFT_PACKETS,
	MBSEC_A_KEY_HARD_PACKETS,
	MBSEC_A_KEY_SOFT_BYTES,
	MBSEC_A_KEY_HARD_BYTES,
	MBSEC_A_KEY_SOFT_SECONDS,
	MBSEC_A_KEY_HARD_SECONDS,
	MBSEC_A_KEY_ACTIVATE,
	MBSEC_A_KEY_STATE,
	MBSEC_A_KEY_PACKETS,
	MBSEC_A_KEY_BYTES,
	MBSEC_A_KEY_COUNTER,
	MBSEC_A_KEY_AGE_SECONDS,
	MBSEC_A_KEY_AUTH_FAILURES,
	MBSEC_A_KEY_REPLAYS,
	MBSEC_A_KEY_RTCP_CIPHER_KEY,
	MBSEC_A_KEY_RTCP_AUTH_KEY,
	MBSEC_A_KEY_RTCP_SALT,
	MBSEC_A_KEY_PAD,

	__MBSEC_A_KEY_MAX,
	MBSEC_A_KEY_MAX = (__MBSEC_A_KEY_MAX - 1)
};

enum {
	MBSEC_A_COUNTERS_TX_PACKETS = 1,
	MBSEC_A_COUNTERS_TX_BYTES,
	MBSEC_A_COUNTERS_RX_PACKETS,
	MBSEC_A_COUNTERS_RX_BYTES,
	MBSEC_A_COUNTERS_TX_CLEARTEXT,
	MBSEC_A_COUNTERS_RX_CLEARTEXT,
	MBSEC_A_COUNTERS_TX_DROP_NO_KEY,
	MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED,
	MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED,
	MBSEC_A_COUNTERS_TX_DROP_TOO_BIG,
	MBSEC_A_COUNTERS_TX_DROP_MTU,
	MBSEC_A_COUNTERS_TX_DROP_MALFORMED,
	MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY,
	MBSEC_A_COUNTERS_TX_DROP_CRYPTO,
	MBSEC_A_COUNTERS_RX_DROP_MALFORMED,
	MBSEC_A_COUNTERS_RX_DROP_HEADER,
	MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT,
	MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY,
	MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED,
	MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED,
	MBSEC_A_COUNTERS_RX_DROP_REPLAYED,
	MBSEC_A_COUNTERS_RX_DROP_TOO_OLD,
	MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY,
	MBSEC_A_COUNTERS_RX_DROP_CRYPTO,
	MBSEC_A_COUNTERS_TX_DROP_HEADER,
	MBSEC_A_COUNTERS_TX_DROP_REPEATED,
	MBSEC_A_COUNTERS_TX_DROP_SENDER_LIMIT,
	MBSEC_A_COUNTERS_RX_DROP_SENDER_LIMIT,
	MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN,
	MBSEC_A_COUNTERS_RX_SSRC_COLLISION,
	MBSEC_A_COUNTERS_RX_UNAUTHENTICATED,
	MBSEC_A_COUNTERS_PAD,

	__MBSEC_A_COUNTERS_MAX,
	MBSEC_A_COUNTERS_MAX = (__MBSEC_A_COUNTERS_MAX - 1)
};

enum {
	MBSEC_A_STATS_MODULE_VERSION = 1,
	MBSEC_A_STATS_GROUPS,
	MBSEC_A_STATS_KEYS,
	MBSEC_A_STATS_USED_KEYS,
	MBSEC_A_STATS_CIPHER_DRIVER,
	MBSEC_A_STATS_CIPHER_DRIVER_FALLBACK,
	MBSEC_A_STATS_MAC_DRIVER,
	MBSEC_A_STATS_EVENTS_SENT,
	MBSEC_A_STATS_EVENTS_LOST,
	MBSEC_A_STATS_PAD,

	__MBSEC_A_STATS_MAX,
	MBSEC_A_STATS_MAX = (__MBSEC_A_STATS_MAX - 1)
};

enum {
	MBSEC_A_EVENT_TYPE = 1,
	MBSEC_A_EVENT_LIMIT,
	MBSEC_A_EVENT_COUNT,
	MBSEC_A_EVENT_SSRC,
	MBSEC_A_EVENT_PAD,

	__MBSEC_A_EVENT_MAX,
	MBSEC_A_EVENT_MAX = (__MBSEC_A_EVENT_MAX - 1)
};

enum {
	MBSEC_A_SENDER_SSRC = 1,
	MBSEC_A_SENDER_ROLE,
	MBSEC_A_SENDER_ROC,
	MBSEC_A_SENDER_SEQUENCE,
	MBSEC_A_SENDER_RTCP_INDEX,
	MBSEC_A_SENDER_PROVISIONED,
	MBSEC_A_SENDER_STREAMS,

	__MBSEC_A_SENDER_MAX,
	MBSEC_A_SENDER_MAX = (__MBSEC_A_SENDER_MAX - 1)
};

enum {
	MBSEC_CMD_GROUP_ADD = 1,
	MBSEC_CMD_GROUP_DEL,
	MBSEC_CMD_GROUP_GET,
	MBSEC_CMD_KEY_ADD,
	MBSEC_CMD_KEY_ACTIVATE,
	MBSEC_CMD_KEY_DEL,
	MBSEC_CMD_KEY_GET,
	MBSEC_CMD_FLUSH,
	MBSEC_CMD_STATS_GET,
	MBSEC_CMD_EVENT,
	MBSEC_CMD_SENDER_ADD,
	MBSEC_CMD_SENDER_DEL,
	MBSEC_CMD_SENDER_GET,

	__MBSEC_CMD_MAX,
	MBSEC_CMD_MAX = (__MBSEC_CMD_MAX - 1)
};

#define MBSEC_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_MBSEC_H */
