/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to and from the kernel module. What is built may hold keys and is
 * wiped by whoever built it; what is parsed is checked as if it were not the
 * kernel's.
 */
#ifndef MBSEC_DAEMON_KERNEL_MESSAGE_H
#define MBSEC_DAEMON_KERNEL_MESSAGE_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <net/if.h>

#include "kernel.h"

/* The longest, a key with all its attributes, has about 300 octets. */
#define KERNEL_MESSAGE_SIZE 1024
#define KERNEL_SENTENCE_SIZE 128

/**
 * struct kernel_message - a message that is built in place, and never copied
 * @failed: something did not fit
 */
struct kernel_message {
	union {
		struct nlmsghdr header;
		uint8_t bytes[KERNEL_MESSAGE_SIZE];
	};
	bool failed;
};

/* Zeroes @message. @flags beside NLM_F_REQUEST. */
void kernel_message_begin(struct kernel_message *message, uint16_t family,
			  uint8_t command, uint8_t version, uint16_t flags);
/* The name of a family to look up. */
void kernel_message_family(struct kernel_message *message, const char *name);
/* Address, port and source. */
void kernel_message_group_id(struct kernel_message *message,
			     const struct kernel_group *group);
/* All of it; @ifindex is that of its device. */
void kernel_message_group(struct kernel_message *message,
			  const struct kernel_group *group, uint32_t ifindex);
/* Identifiers only. */
void kernel_message_key_id(struct kernel_message *message,
			   const struct kernel_key *key);
void kernel_message_key(struct kernel_message *message,
			const struct kernel_key *key);
/* SSRC and role; with @where also where it stands. */
void kernel_message_sender(struct kernel_message *message,
			   const struct kernel_sender *sender, bool where);
void kernel_message_wipe(struct kernel_message *message);

/* The parsers below take a message of which nlmsg_len octets are there. They
 * return 0, or -1 if it is not what docs/netlink promises; the output is zeroed
 * then.
 */

/**
 * struct kernel_answer - end of an exchange
 * @error: 0 or a positive errno
 * @sentence: what the kernel says of it, or empty
 */
struct kernel_answer {
	int error;
	char sentence[KERNEL_SENTENCE_SIZE];
};

int kernel_answer_parse(const struct nlmsghdr *header,
			struct kernel_answer *answer);

/**
 * struct kernel_family - a generic netlink family
 * @command: CTRL_CMD_NEWFAMILY, CTRL_CMD_DELFAMILY or another one
 * @id: its number, 0 if it is not there
 * @multicast: number of the group that was asked for, 0 if there is none
 */
struct kernel_family {
	uint8_t command;
	uint16_t id;
	uint32_t multicast;
	char name[GENL_NAMSIZ];
};

int kernel_family_parse(const struct nlmsghdr *header, const char *group,
			struct kernel_family *family);

/**
 * struct kernel_object - what a dump of groups, keys or senders gives
 * @group: of keys and senders, address, port and source only
 * @ifindex: in place of the group's device
 * @key: zero for others
 * @sender: zero for others
 */
struct kernel_object {
	struct kernel_group group;
	uint32_t ifindex;
	struct kernel_key key;
	struct kernel_sender sender;
};

int kernel_object_parse(const struct nlmsghdr *header,
			struct kernel_object *object);
/* A notice of the module; @event gets type KERNEL_NOTICE. */
int kernel_event_parse(const struct nlmsghdr *header,
		       struct kernel_event *event);

#endif
