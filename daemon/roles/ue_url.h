/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a URL that was checked before (config_url(), announce_uri_take()). */
#ifndef MBSEC_DAEMON_UE_URL_H
#define MBSEC_DAEMON_UE_URL_H

#include "core/announce.h"
#include "core/fault.h"
#include "core/names.h"

/* The request target of "http://host:port/path" followed by @more: the path, "/"
 * if both are empty. One '/' at the end of the path is left out before @more.
 * Returns 0, or -1 and FAULT_LIMIT.
 */
int ue_url_target(const char *url, const char *more, char *target, size_t room,
		  struct fault *fault);
/* Scheme, host and port of @url followed by @target. */
int ue_url_join(const char *url, const char *target, char *text, size_t room,
		struct fault *fault);
/* The host, which has to be a name or an IPv4 address. */
int ue_url_host(const char *url, char host[FQDN_TEXT_SIZE],
		struct fault *fault);

#endif
