/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel module: groups, keys and events by generic netlink (docs/netlink).
 * This is the only file of the daemon that hands keys to the kernel; the message
 * is built in a buffer that is wiped after it was sent (libmnl).
 *
 * Requests wait for the kernel's answer, which is a matter of microseconds.
 */
#ifndef MBSEC_DAEMON_KERNEL_H
#define MBSEC_DAEMON_KERNEL_H

#include <linux/mbsec.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "core/fault.h"
#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"
#include "loop.h"

struct kernel;

/**
 * struct kernel_group - identity and properties of a group
 * @group: multicast address and port, port 0 for any
 * @source: sender of a source-specific group, else family 0
 * @device: interface name, empty for any
 * @direction: bits of enum mbsec_direction
 * @format: enum mbsec_format, 0 for SFrame
 * @suite: enum mbsec_suite
 * @policy: enum mbsec_policy
 * @rtcp_port: of an SRTP group, UDP port of RTCP alone, 0 for none
 * @roc_rate: of an SRTP group, R of RFC 4771, 0 for never
 */
struct kernel_group {
	union address group;
	union address source;
	char device[16];
	uint32_t direction;
	uint32_t format;
	uint32_t suite;
	uint32_t policy;
	uint16_t rtcp_port;
	uint16_t roc_rate;
};

/**
 * struct kernel_key - one session key
 * @sender_id: 0 in SRTP groups
 * @role: enum mbsec_role
 * @keys: what sframe_kdf() gave, NULL where only the name counts
 * @srtp: likewise of srtp_kdf(), in its place; all of it belongs to suites that
 *	encrypt, those with the null cipher leave the encryption key out
 * @srtcp: the other half of it
 * @window: replay window in datagrams, 0 for the module's default
 * @activate: a transmit key is used at once
 * @soft_packets: limits, 0 for none (the module has hard ones of its own)
 */
struct kernel_key {
	uint32_t msk_id;
	uint16_t mtk_id;
	uint16_t sender_id;
	uint32_t role;
	uint32_t suite;
	const struct sframe_keys *keys;
	const struct srtp_keys *srtp;
	const struct srtp_keys *srtcp;
	uint32_t window;
	bool activate;
	uint64_t soft_packets;
	uint64_t hard_packets;
	uint64_t soft_bytes;
	uint64_t hard_bytes;
	uint64_t soft_seconds;
	uint64_t hard_seconds;
};

enum kernel_event_type {
	/* The module can be reached (again): it has no groups and keys. Comes
	 * once after kernel_open() if it is there.
	 */
	KERNEL_HERE,
	KERNEL_GONE,
	/* Events were lost: look at the state again. */
	KERNEL_OVERRUN,
	/* What the module says, @type of mbsec_event_type. */
	KERNEL_NOTICE,
};

/**
 * struct kernel_event - valid during the callback
 * @notice: KERNEL_NOTICE: enum mbsec_event_type
 * @limit: of expire events, enum mbsec_limit
 * @group: group concerned (address, port, source only)
 * @key: key concerned, no key material
 * @ssrc: of events about a sender of SRTP; may be of a forged packet
 */
struct kernel_event {
	enum kernel_event_type type;
	uint32_t notice;
	uint32_t limit;
	struct kernel_group group;
	struct kernel_key key;
	uint32_t ssrc;
};

/**
 * struct kernel_sender - an SSRC of an SRTP group, and where its index stands
 * @role: enum mbsec_role
 * @heard: it has @roc and @sequence, the highest so far
 * @provisioned: kernel_sender_add() named it
 * @streams: keys that are installed under which it has sent
 */
struct kernel_sender {
	uint32_t ssrc;
	uint32_t role;
	bool heard;
	uint32_t roc;
	uint16_t sequence;
	bool provisioned;
	uint32_t streams;
};

typedef void (*kernel_callback)(void *argument,
				const struct kernel_event *event);

/* Works without the module, too: requests are refused with FAULT_STATE until it
 * is loaded, which is noticed by the kernel's own notification (the "nlctrl"
 * family), not by asking again and again. Returns NULL and a fault if there is no
 * netlink at all.
 */
struct kernel *kernel_open(struct loop *loop, struct fault *fault);
void kernel_close(struct kernel *kernel);
/* Everybody that is added is told each event, from the loop, not from within a
 * request. Returns 0 or -1 (too many).
 */
int kernel_listen(struct kernel *kernel, kernel_callback callback,
		  void *argument, struct fault *fault);
bool kernel_is_here(const struct kernel *kernel);

/* All return 0, or -1 and a fault with the kernel's own sentence: FAULT_STATE
 * (no module), FAULT_UNKNOWN (no such group or key), FAULT_REPLAYED (a transmit
 * key that was used before, EKEYREJECTED), FAULT_LIMIT (caps), FAULT_ARGUMENT.
 */

/* The same group again is no error; one that differs in its properties is. */
int kernel_group_add(struct kernel *kernel, const struct kernel_group *group,
		     struct fault *fault);
/* A group that is not there is no error; its keys go with it. */
int kernel_group_delete(struct kernel *kernel, const struct kernel_group *group,
			struct fault *fault);
/* The same receive key again is no error. A transmit key is never added twice:
 * FAULT_REPLAYED.
 */
int kernel_key_add(struct kernel *kernel, const struct kernel_group *group,
		   const struct kernel_key *key, struct fault *fault);
int kernel_key_activate(struct kernel *kernel, const struct kernel_group *group,
			const struct kernel_key *key, struct fault *fault);
/* A key that is not there is no error. Sender id 0: all senders. */
int kernel_key_delete(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_key *key, struct fault *fault);

/* Says where an SSRC stands, also anew; @heard says whether the sequence number is
 * known.
 */
int kernel_sender_add(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_sender *sender, struct fault *fault);
/* One that is not there is no error, nor one that has sent under a key that is
 * installed: that stays.
 */
int kernel_sender_delete(struct kernel *kernel,
			 const struct kernel_group *group,
			 const struct kernel_sender *sender,
			 struct fault *fault);

typedef void (*kernel_sender_callback)(void *argument,
				       const struct kernel_group *group,
				       const struct kernel_sender *sender);

/* All SSRCs of all SRTP groups; @callback must not ask the kernel for anything.
 * Some may be missing, or come twice, while packets of new ones arrive.
 */
int kernel_senders_each(struct kernel *kernel, kernel_sender_callback callback,
			void *argument, struct fault *fault);

#endif
