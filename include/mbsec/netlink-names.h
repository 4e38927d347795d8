/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit, generated from docs/netlink/mbsec.yaml */
/* Each list is X(constant, name); include linux/mbsec.h for the constants. */

#ifndef _MBSEC_NETLINK_NAMES_H
#define _MBSEC_NETLINK_NAMES_H

#define MBSEC_FORMAT_NAMES(X)			\
	X(MBSEC_FORMAT_SFRAME, "sframe")	\
	X(MBSEC_FORMAT_SRTP, "srtp")

#define MBSEC_SUITE_NAMES(X)							\
	X(MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80, "aes128-ctr-hmac-sha256-80")	\
	X(MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64, "aes128-ctr-hmac-sha256-64")	\
	X(MBSEC_SUITE_AES128_CTR_HMAC_SHA256_32, "aes128-ctr-hmac-sha256-32")	\
	X(MBSEC_SUITE_AES128_GCM_128, "aes128-gcm-128")				\
	X(MBSEC_SUITE_NULL_HMAC_SHA256_80, "null-hmac-sha256-80")		\
	X(MBSEC_SUITE_AES128_CM_HMAC_SHA1_80, "aes128-cm-hmac-sha1-80")		\
	X(MBSEC_SUITE_AES128_CM_HMAC_SHA1_32, "aes128-cm-hmac-sha1-32")		\
	X(MBSEC_SUITE_AES256_CM_HMAC_SHA1_80, "aes256-cm-hmac-sha1-80")		\
	X(MBSEC_SUITE_NULL_HMAC_SHA1_80, "null-hmac-sha1-80")

#define MBSEC_POLICY_NAMES(X)			\
	X(MBSEC_POLICY_REQUIRE, "require")	\
	X(MBSEC_POLICY_PERMIT, "permit")

#define MBSEC_DIRECTION_NAMES(X)	\
	X(MBSEC_DIRECTION_OUT, "out")	\
	X(MBSEC_DIRECTION_IN, "in")	\
	X(MBSEC_DIRECTION_FORWARD, "forward")

#define MBSEC_ROLE_NAMES(X)	\
	X(MBSEC_ROLE_TX, "tx")	\
	X(MBSEC_ROLE_RX, "rx")

#define MBSEC_KEY_STATE_NAMES(X)		\
	X(MBSEC_KEY_STATE_STANDBY, "standby")	\
	X(MBSEC_KEY_STATE_ACTIVE, "active")

#define MBSEC_EVENT_TYPE_NAMES(X)				\
	X(MBSEC_EVENT_TYPE_SOFT_EXPIRE, "soft-expire")		\
	X(MBSEC_EVENT_TYPE_HARD_EXPIRE, "hard-expire")		\
	X(MBSEC_EVENT_TYPE_UNKNOWN_KEY, "unknown-key")		\
	X(MBSEC_EVENT_TYPE_SENDER_LIMIT, "sender-limit")	\
	X(MBSEC_EVENT_TYPE_ROC_NEEDED, "roc-needed")		\
	X(MBSEC_EVENT_TYPE_AUTH_STORM, "auth-storm")		\
	X(MBSEC_EVENT_TYPE_REPLAY_STORM, "replay-storm")	\
	X(MBSEC_EVENT_TYPE_INDEX_REPEATED, "index-repeated")	\
	X(MBSEC_EVENT_TYPE_SSRC_COLLISION, "ssrc-collision")

#define MBSEC_LIMIT_NAMES(X)			\
	X(MBSEC_LIMIT_PACKETS, "packets")	\
	X(MBSEC_LIMIT_BYTES, "bytes")		\
	X(MBSEC_LIMIT_TIME, "time")

#define MBSEC_COUNTERS_NAMES(X)								\
	X(MBSEC_A_COUNTERS_TX_PACKETS, "tx-packets")					\
	X(MBSEC_A_COUNTERS_TX_BYTES, "tx-bytes")					\
	X(MBSEC_A_COUNTERS_RX_PACKETS, "rx-packets")					\
	X(MBSEC_A_COUNTERS_RX_BYTES, "rx-bytes")					\
	X(MBSEC_A_COUNTERS_TX_CLEARTEXT, "tx-cleartext")				\
	X(MBSEC_A_COUNTERS_RX_CLEARTEXT, "rx-cleartext")				\
	X(MBSEC_A_COUNTERS_TX_DROP_NO_KEY, "tx-drop-no-key")				\
	X(MBSEC_A_COUNTERS_TX_DROP_KEY_EXPIRED, "tx-drop-key-expired")			\
	X(MBSEC_A_COUNTERS_TX_DROP_COUNTER_EXHAUSTED, "tx-drop-counter-exhausted")	\
	X(MBSEC_A_COUNTERS_TX_DROP_TOO_BIG, "tx-drop-too-big")				\
	X(MBSEC_A_COUNTERS_TX_DROP_MTU, "tx-drop-mtu")					\
	X(MBSEC_A_COUNTERS_TX_DROP_MALFORMED, "tx-drop-malformed")			\
	X(MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY, "tx-drop-no-memory")			\
	X(MBSEC_A_COUNTERS_TX_DROP_CRYPTO, "tx-drop-crypto")				\
	X(MBSEC_A_COUNTERS_RX_DROP_MALFORMED, "rx-drop-malformed")			\
	X(MBSEC_A_COUNTERS_RX_DROP_HEADER, "rx-drop-header")				\
	X(MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT, "rx-drop-too-short")			\
	X(MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY, "rx-drop-unknown-key")			\
	X(MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED, "rx-drop-key-expired")			\
	X(MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED, "rx-drop-auth-failed")			\
	X(MBSEC_A_COUNTERS_RX_DROP_REPLAYED, "rx-drop-replayed")			\
	X(MBSEC_A_COUNTERS_RX_DROP_TOO_OLD, "rx-drop-too-old")				\
	X(MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY, "rx-drop-no-memory")			\
	X(MBSEC_A_COUNTERS_RX_DROP_CRYPTO, "rx-drop-crypto")				\
	X(MBSEC_A_COUNTERS_TX_DROP_HEADER, "tx-drop-header")				\
	X(MBSEC_A_COUNTERS_TX_DROP_REPEATED, "tx-drop-repeated")			\
	X(MBSEC_A_COUNTERS_TX_DROP_SENDER_LIMIT, "tx-drop-sender-limit")		\
	X(MBSEC_A_COUNTERS_RX_DROP_SENDER_LIMIT, "rx-drop-sender-limit")		\
	X(MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN, "rx-drop-roc-unknown")			\
	X(MBSEC_A_COUNTERS_RX_SSRC_COLLISION, "rx-ssrc-collision")			\
	X(MBSEC_A_COUNTERS_RX_UNAUTHENTICATED, "rx-unauthenticated")

#endif /* _MBSEC_NETLINK_NAMES_H */
