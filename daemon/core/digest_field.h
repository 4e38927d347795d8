/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters that several Digest headers have in common (RFC 7616, 3.3 to
 * 3.5). The readers return 0, or -1 and a sentence that names the parameter.
 */
#ifndef CORE_DIGEST_FIELD_H
#define CORE_DIGEST_FIELD_H

#include "digest.h"
#include "digest_header.h"

/* nc as text, with a NUL. */
#define DIGEST_COUNT_SIZE 9

/* The value as a string with a NUL; digest_field_need() refuses an empty one. */
int digest_field_take(char *out, size_t room,
		      const struct digest_parameter *parameter,
		      const char *what, struct fault *fault);
int digest_field_need(char *out, size_t room,
		      const struct digest_parameter *parameter,
		      const char *what, struct fault *fault);
/* nc: 8 lower-case hex digits, at least 1. */
int digest_count_take(const struct digest_parameter *parameter, uint32_t *count,
		      struct fault *fault);
/* response and rspauth: hex of the length of MD5 or SHA-256. */
int digest_response_take(const struct digest_parameter *parameter,
			 char response[DIGEST_RESPONSE_SIZE], const char *what,
			 struct fault *fault);
/* One qop that we know, as credentials and Authentication-Info have it. */
int digest_qop_take(const struct digest_parameter *parameter,
		    enum digest_qop *qop, struct fault *fault);
/* Whether the value is the token, in either case. */
bool digest_flag_is(const struct digest_parameter *parameter,
		    const char *value);

/* For writers: 0 if all texts may stand in a header, else FAULT_ARGUMENT. */
int digest_texts_check(const char *const *texts, size_t count,
		       struct fault *fault);
/* Ends the text with a NUL. Returns 0, or -1 with an empty @text if not all did
 * fit.
 */
int digest_text_end(struct writer *writer, char *text, const char *what,
		    struct fault *fault);

#endif /* CORE_DIGEST_FIELD_H */
