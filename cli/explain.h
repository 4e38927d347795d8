/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "mbsec explain": a message as people read it, and as JSON. A kind of message
 * says what there is by the functions below, once for both forms. Text that
 * others wrote is cleaned, keys are shown by their fingerprint.
 */
#ifndef _CLI_EXPLAIN_H
#define _CLI_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "core/fault.h"
#include "core/secret.h"

#include "args.h"
#include "explain_keys.h"
#include "problem.h"

/* Octets of a message that we take; NAS has the longest. */
#define EXPLAIN_SIZE_MAX 65535

enum explain_result {
	EXPLAIN_OK,
	EXPLAIN_WRONG,
	EXPLAIN_NOT_CHECKED,
};

/**
 * struct explain - a message that is being explained
 * @data: the message
 * @size: octets of @data
 * @keys: what the user knows
 * @fault: why the message could not be read to its end, if so
 * @wrong: the first check that failed, as a sentence; else empty
 * @report: JSON, NULL for text; the next ones are parts of it
 * @parts: headers and payloads
 * @fields: those of the last part
 * @checks: what was verified
 */
struct explain {
	const uint8_t *data;
	size_t size;
	const struct explain_keys *keys;
	struct fault fault;
	char wrong[2 * FAULT_TEXT_SIZE];
	json_t *report;
	json_t *parts;
	json_t *fields;
	json_t *checks;
};

/* @is_text: the message is text and not octets */
struct explain_kind {
	const char *name;
	bool is_text;
	void (*explain)(struct explain *explain);
};

extern const struct explain_kind explain_kind_mikey;
extern const struct explain_kind explain_kind_nas5g;
extern const struct explain_kind explain_kind_naseps;
extern const struct explain_kind explain_kind_sframe;
extern const struct explain_kind explain_kind_srtp;
extern const struct explain_kind explain_kind_digest;

/*
 * Prints what the octets are. EXIT_CODE_REFUSED if they are malformed, or if
 * something in them is wrong.
 */
int explain_message(const struct explain_kind *kind, const void *data,
		    size_t size, const struct explain_keys *keys, bool json,
		    struct problem *problem);

/*
 * A label is the name of the standard, "CSB ID"; JSON has it as "csb-id". In one
 * part no label comes twice.
 */
void explain_part(struct explain *explain, const char *label, const char *title,
		  const char *clause);
void explain_number(struct explain *explain, const char *label, uint64_t value);
/* A code point with its meaning; JSON has "label" and "label-name". */
void explain_named(struct explain *explain, const char *label, uint64_t value,
		   const char *name);
void explain_flag(struct explain *explain, const char *label, bool value);
/* Words of ours. */
void explain_text(struct explain *explain, const char *label,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Text of others; JSON has "label-hex" too if something had to be replaced. */
void explain_foreign(struct explain *explain, const char *label,
		     const void *text, size_t size);
void explain_octets(struct explain *explain, const char *label,
		    const void *octets, size_t size);
/* The fingerprint only. */
void explain_secret(struct explain *explain, const char *label,
		    const struct secret *secret);
/* What was verified, with the reason unless all is well. */
void explain_check(struct explain *explain, const char *label,
		   enum explain_result result, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* EXPLAIN_WRONG with the sentence of the fault. */
void explain_check_fault(struct explain *explain, const char *label,
			 const struct fault *fault);

/* Control characters and what is not ASCII become '?'; cut to the room. */
const char *explain_clean(const void *text, size_t size, char *clean,
			  size_t room);

#endif /* _CLI_EXPLAIN_H */
