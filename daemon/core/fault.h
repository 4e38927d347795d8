/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something was refused: a code for programs, a sentence for people. */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#define FAULT_TEXT_SIZE 256

enum fault_code {
	FAULT_NONE = 0,
	FAULT_TRUNCATED, /* the input ends within a field */
	FAULT_MALFORMED, /* a field has a value that its syntax forbids */
	FAULT_UNSUPPORTED, /* valid, but not in our profile, or a downgrade */
	FAULT_LIMIT, /* larger, deeper or longer than we accept */
	FAULT_UNAUTHENTIC, /* a MAC, response or checksum does not match */
	FAULT_REPLAYED, /* a counter, time or nonce is not fresh */
	FAULT_UNKNOWN, /* names a key, user or service that is not there */
	FAULT_STATE, /* does not fit the state of the procedure */
	FAULT_ROOM, /* the output does not fit the caller's buffer */
	FAULT_ARGUMENT, /* the caller asks for the impossible */
	FAULT_MEMORY, /* no memory, or the crypto library failed */
};

/**
 * struct fault - the reason of a refusal
 * @code: kind
 * @text: one sentence that names the field, plain text (see text.h); never
 *	contains a secret
 */
struct fault {
	enum fault_code code;
	char text[FAULT_TEXT_SIZE];
};

/* Fills @fault, which may be NULL, and returns -1. The first reason stays. */
int fault_set(struct fault *fault, enum fault_code code, const char *format,
	      ...) __attribute__((format(printf, 3, 4)));
/* "truncated", "unauthentic": stable names for logs and JSON. */
const char *fault_name(enum fault_code code);

#endif /* CORE_FAULT_H */
