/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of the configuration that YAML has no type for. All are text there:
 * libcyaml would read "5m" as the number 5. Each returns 0, or -1 and a sentence
 * that begins with @key and says what would be accepted; @text may be NULL, which
 * is "missing".
 */
#ifndef MBSEC_DAEMON_CONFIG_VALUE_H
#define MBSEC_DAEMON_CONFIG_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/ids.h"
#include "core/secret.h"
#include "io/address.h"

/* "250ms", "10s", "5m", "2h", "1d", a whole number each: milliseconds, from @min
 * to @max.
 */
int config_duration(const char *key, const char *text, int64_t min, int64_t max,
		    int64_t *milliseconds, struct fault *fault);
/* As above; @standard if @text is NULL. */
int config_duration_or(const char *key, const char *text, int64_t standard,
		       int64_t min, int64_t max, int64_t *milliseconds,
		       struct fault *fault);
/* Decimal, or hexadecimal after "0x". */
int config_number(const char *key, const char *text, uint64_t min, uint64_t max,
		  uint64_t *number, struct fault *fault);
/* As address_parse(). */
int config_address(const char *key, const char *text, uint16_t default_port,
		   union address *address, struct fault *fault);
/* http or https, with a host, without query and fragment. */
int config_url(const char *key, const char *text, struct fault *fault);
/* "001-01". */
int config_plmn(const char *key, const char *text, struct plmn *plmn,
		struct fault *fault);
/* A file with @size octets as hex digits (and blanks at the end), a regular file
 * that belongs to root or us and that others cannot read. The caller clears @key.
 */
int config_key_file(const char *key, const char *path, size_t size,
		    struct secret *secret, struct fault *fault);

#endif
