/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The insides of the control socket: ctl.c listens, ctl_peer.c talks. */
#ifndef MBSEC_DAEMON_CTL_PEER_H
#define MBSEC_DAEMON_CTL_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctl.h"
#include "ctl_line.h"

/* Peers, and requests that wait for their answer: in all, and of one peer. */
#define CTL_PEERS_MAX 64
#define CTL_REQUESTS_MAX 256
#define CTL_PEER_REQUESTS_MAX 16
/* Octets that wait to be sent to a peer: an answer is refused, we read no further
 * requests, events and progress are dropped.
 */
#define CTL_ANSWER_MAX (8 << 20)
#define CTL_QUEUE_MAX (256 << 10)

/**
 * struct ctl_text - text that grows
 * @data: NULL if @size is 0
 * @used: octets in use, of those:
 * @sent: octets that have left
 */
struct ctl_text {
	char *data;
	size_t size;
	size_t used;
	size_t sent;
};

struct ctl_command {
	const char *name;
	ctl_handler handler;
	void *argument;
	struct ctl_command *next;
};

/**
 * struct ctl_peer - one connection
 * @uid: who it is
 * @input: what came and has not been read, @input_size octets
 * @requests: answers that we owe it
 * @monitors: it wants events
 * @lost: events that it did not get since the last one that it got
 * @ended: it sends no more
 * @broken: to be closed when the loop comes back to it
 */
struct ctl_peer {
	struct ctl *ctl;
	int fd;
	uid_t uid;
	struct loop_watch reader;
	struct loop_watch writer;
	char *input;
	size_t input_size;
	struct ctl_text output;
	unsigned int requests;
	bool monitors;
	uint64_t lost;
	bool ended;
	bool broken;
	struct ctl_peer *next;
};

/**
 * struct ctl_request - a command at work
 * @peer: NULL if it has gone away
 */
struct ctl_request {
	struct ctl *ctl;
	struct ctl_peer *peer;
	struct ctl_line line;
	struct ctl_request *next;
};

/**
 * struct ctl - the socket
 * @device: with @inode, the socket in the file system, which may be another's by
 *	the time that we end
 * @pause: no descriptors left: listen again later
 */
struct ctl {
	struct loop *loop;
	int fd;
	char *path;
	dev_t device;
	ino_t inode;
	struct loop_watch listener;
	struct loop_timer pause;
	struct ctl_command *commands;
	struct ctl_peer *peers;
	unsigned int peers_count;
	struct ctl_request *requests;
	unsigned int requests_count;
	int64_t refusal_logged;
	uint64_t refusals;
};

/* Takes over @fd. Returns 0, or -1 and @fd is closed. */
int ctl_peer_add(struct ctl *ctl, int fd, uid_t uid);
/* Its requests go on without it. */
void ctl_peer_close(struct ctl_peer *peer);
/* What the system's buffer takes at once. */
void ctl_peer_flush(struct ctl_peer *peer);

#endif
