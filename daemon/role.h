/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Roles: what a process of mbsecd does is a list of them, chosen in its
 * configuration. Each is one struct role; what they share is struct daemon.
 */
#ifndef MBSEC_DAEMON_ROLE_H
#define MBSEC_DAEMON_ROLE_H

#include <jansson.h>
#include <stdbool.h>

#include "core/fault.h"

struct loop;
struct store;
struct httpc;
struct kernel;
struct ctl;
struct config;
struct hss;
struct bsf;
struct bmsc;
struct mbstf;
struct ue;

/**
 * struct daemon - the parts that all roles of a process share
 * @config: of this moment; changes with a reload
 * @kernel: NULL if no role of this process needs it
 * @hss: role of this process, NULL if it does not run; likewise those below. They
 *	start in this order, so that a role finds those that it calls
 */
struct daemon {
	const struct config *config;
	struct loop *loop;
	struct store *store;
	struct httpc *http;
	struct kernel *kernel;
	struct ctl *ctl;
	struct hss *hss;
	struct bsf *bsf;
	struct mbstf *mbstf;
	struct bmsc *bmsc;
	struct ue *ue;
};

/**
 * struct role - one role
 * @name: as in the configuration
 * @kernel: it needs the kernel module
 * @start: makes its part of struct daemon; returns 0, or -1 and nothing is left
 * @reload: daemon->config is another one, and the one before goes away: takes over
 *	what can change at run time; returns 0, or -1 with the role as it was
 * @stop: ends it; also called if it was not started
 * @status: its part of the command "status", a new object (NULL: it has none)
 */
struct role {
	const char *name;
	bool kernel;
	int (*start)(struct daemon *daemon, struct fault *fault);
	int (*reload)(struct daemon *daemon, struct fault *fault);
	void (*stop)(struct daemon *daemon);
	json_t *(*status)(const struct daemon *daemon);
};

extern const struct role hss_role;
extern const struct role bsf_role;
extern const struct role mbstf_role;
extern const struct role bmsc_role;
extern const struct role ue_role;

#endif
