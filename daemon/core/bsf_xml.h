/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BootstrappingInfo: what the BSF sends in its 200 OK (TS 24.109, annex A.4 and
 * C.1). It is no secret, but integrity protected by rspauth.
 */
#ifndef CORE_BSF_XML_H
#define CORE_BSF_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "names.h"

/**
 * struct bsf_info - names a bootstrapped key and how long it lives
 * @btid: B-TID
 * @expires: end of the life of Ks, seconds since 1970 UTC
 * @has_current_time: the BSF says its own time
 * @current_time: as @expires, valid if @has_current_time; a UE with a wrong clock
 *	counts from it
 */
struct bsf_info {
	char btid[BTID_TEXT_SIZE];
	int64_t expires;
	bool has_current_time;
	int64_t current_time;
};

/* Writes the document and a NUL. Returns 0 and its octets in @length, or -1 and
 * @length 0.
 */
int bsf_info_write(const struct bsf_info *info, char *document, size_t room,
		   size_t *length, struct fault *fault);
/* Reads it. Times have to be in UTC with "Z". Elements and attributes that we do
 * not know are passed over, as C.1 says. The B-TID is taken as a name with an
 * '@' in it, since a UE has only to say it again. Returns 0, or -1, @info
 * zeroed.
 */
int bsf_info_parse(const void *document, size_t size, struct bsf_info *info,
		   struct fault *fault);

#endif /* CORE_BSF_XML_H */
