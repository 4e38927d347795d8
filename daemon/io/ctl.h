/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: one JSON object a line, in both directions
 * (docs/reference/control-socket.rst).
 *
 *   -> {"version":1,"id":7,"command":"member evict","arguments":{"ue":"..."}}
 *   <- {"id":7,"progress":{"sent":10,"acknowledged":7,"total":100}}
 *   <- {"id":7,"result":{...}}
 *   <- {"id":7,"problem":{"title":"unknown","detail":"..."}}
 *   <- {"event":{"type":"msk-acknowledged",...}}        after command "monitor"
 *
 * It is a unix socket of mode 0660 whose peers have to be root, the daemon's own
 * user or in the daemon's group (SO_PEERCRED).
 */
#ifndef MBSEC_DAEMON_CTL_H
#define MBSEC_DAEMON_CTL_H

#include <jansson.h>

#include "core/fault.h"
#include "loop.h"

struct ctl;
struct ctl_request;

typedef void (*ctl_handler)(void *argument, struct ctl_request *request);

/* Returns NULL and a fault. An old socket that nobody listens on is replaced; one
 * that somebody does is FAULT_STATE.
 */
struct ctl *ctl_open(struct loop *loop, const char *path, struct fault *fault);
void ctl_close(struct ctl *ctl);
/* The socket belongs to @user and its group from now on, as the process soon will.
 * Returns 0 or -1.
 */
int ctl_give(struct ctl *ctl, const char *user, struct fault *fault);
/* @command ("service add") is static. The handler answers once, now or later; a
 * peer that went away before is no error.
 */
void ctl_command_add(struct ctl *ctl, const char *command, ctl_handler handler,
		     void *argument);
/* An object, never NULL; the request's. */
json_t *ctl_arguments(const struct ctl_request *request);
/* Ends the request; takes over @result (may be NULL for an empty object). */
void ctl_reply(struct ctl_request *request, json_t *result);
void ctl_refuse(struct ctl_request *request, const struct fault *fault);
/* Between request and answer; takes over @progress. Dropped if the peer is slow. */
void ctl_progress(struct ctl_request *request, json_t *progress);
/* To all who monitor; takes over @event, an object with a string "type". A peer
 * that does not read fast enough is told how many it has lost.
 */
void ctl_event(struct ctl *ctl, json_t *event);

#endif
