// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "roles/ue_url.h"

/* Behind "http://" or "https://". */
static const char *authority_of(const char *url)
{
	const char *slashes = strstr(url, "://");

	return slashes ? slashes + 3 : url;
}

static const char *path_of(const char *url)
{
	const char *authority = authority_of(url);

	return authority + strcspn(authority, "/?#");
}

static int check_room(int length, size_t room, struct fault *fault)
{
	if (length >= 0 && (size_t)length < room)
		return 0;
	return fault_set(fault, FAULT_LIMIT, "URL has more than %zu octets",
			 room - 1);
}

int ue_url_target(const char *url, const char *more, char *target, size_t room,
		  struct fault *fault)
{
	const char *path = path_of(url);
	size_t length = strcspn(path, "?#");

	if (*more && length && path[length - 1] == '/')
		length--;
	if (!*more && !length)
		more = "/";
	return check_room(snprintf(target, room, "%.*s%s", (int)length, path,
				   more),
			  room, fault);
}

int ue_url_join(const char *url, const char *target, char *text, size_t room,
		struct fault *fault)
{
	return check_room(snprintf(text, room, "%.*s%s",
				   (int)(path_of(url) - url), url, target),
			  room, fault);
}

int ue_url_host(const char *url, char host[FQDN_TEXT_SIZE], struct fault *fault)
{
	const char *authority = authority_of(url);
	size_t length = strcspn(authority, ":/?#");

	host[0] = '\0';
	if (fqdn_check(authority, length, "host of the BM-SC's URL", fault))
		return -1;
	memcpy(host, authority, length);
	host[length] = '\0';
	return 0;
}
