/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For sbi_json_*.c: values of a JSON document with the place they are at. */
#ifndef CORE_SBI_JSON_VALUE_H
#define CORE_SBI_JSON_VALUE_H

#include <jansson.h>

#include "sbi_json.h"

/* Longer pointers end in "..."; a fault has room for this and a reason. */
#define SBI_PATH_SIZE 100

/**
 * struct sbi_value - a value, owned by its document
 * @json: NULL if it is not there
 * @path: JSON pointer to it, for faults
 */
struct sbi_value {
	const json_t *json;
	char path[SBI_PATH_SIZE];
};

/* Reads a document whose outermost value is of @type. The caller does
 * json_decref() with the result, which is NULL after a fault.
 */
json_t *sbi_load(const void *document, size_t size, json_type type,
		 struct fault *fault);
/* Writes and gives up @json, which may be NULL for "no memory". */
int sbi_dump(json_t *json, char *document, size_t room, size_t *length,
	     struct fault *fault);
/* The pointer to the place in which @size octets of JSON end. */
void sbi_path_find(const char *document, size_t size, char path[SBI_PATH_SIZE]);
/* Appends "/" and @name, escaped (RFC 6901, 3). Names with a blank, which ends the
 * pointer in a sentence, and those that are too long become "...".
 */
void sbi_path_append(char path[SBI_PATH_SIZE], const char *name, size_t length);

/* "<path> <why>", returns -1. */
int sbi_refuse(const struct sbi_value *value, enum fault_code code,
	       const char *why, struct fault *fault);
/* The member @name of an object; an optional one may be missing, and then
 * @member->json is NULL. Returns 0, or -1 if it is missing or not of @type.
 */
int sbi_need(const struct sbi_value *object, const char *name, json_type type,
	     struct sbi_value *member, struct fault *fault);
int sbi_may(const struct sbi_value *object, const char *name, json_type type,
	    struct sbi_value *member, struct fault *fault);
/* Member @name as boolean, false if it is missing. */
int sbi_boolean(const struct sbi_value *object, const char *name, bool *value,
		struct fault *fault);
/* Entry @index of an array, an object. */
int sbi_entry(const struct sbi_value *array, size_t index,
	      struct sbi_value *entry, struct fault *fault);
/* The values of strings: plain text that is not empty; base 64 of exactly @size
 * octets; date and time; one of @names, as its index.
 */
int sbi_text(const struct sbi_value *string, char *out, size_t room,
	     struct fault *fault);
int sbi_octets(const struct sbi_value *string, uint8_t *out, size_t size,
	       struct fault *fault);
int sbi_secret(const struct sbi_value *string, struct secret *secret,
	       size_t size, struct fault *fault);
int sbi_time(const struct sbi_value *string, int64_t *seconds,
	     struct fault *fault);
int sbi_name(const struct sbi_value *string, const char *const *names,
	     size_t count, size_t *index, struct fault *fault);
/* http or https with a host, only printable ASCII. */
int sbi_uri(const struct sbi_value *string, char uri[SBI_URI_SIZE],
	    struct fault *fault);

/* Makers: a new value, or NULL without memory or for what cannot be written. */
json_t *sbi_make_octets(const void *octets, size_t size);
json_t *sbi_make_time(int64_t seconds);
/* Sets a member to @value, taken over; NULL is a failure. False on failure. */
bool sbi_put(json_t *object, const char *name, json_t *value);

/* Values that several bodies have. Readers leave the output as it was made by the
 * caller if they fail, who clears it.
 */
int sbi_read_context(const struct sbi_value *object,
		     struct sbi_security_context *context, struct fault *fault);
int sbi_read_key_list(const struct sbi_value *list,
		      struct sbi_security_context *context,
		      struct fault *fault);
int sbi_read_key(const struct sbi_value *object, const char *name,
		 struct sbi_key_info *key, struct fault *fault);
/* Refuses the same key twice; @place is for the fault. */
int sbi_context_check(const struct sbi_security_context *context,
		      const struct sbi_value *place, struct fault *fault);
void sbi_key_clear(struct sbi_key_info *key);
json_t *sbi_make_context(const struct sbi_security_context *context);
int sbi_read_session_id(const struct sbi_value *object,
			struct sbi_session_id *id, struct fault *fault);
json_t *sbi_make_session_id(const struct sbi_session_id *id);

#endif /* CORE_SBI_JSON_VALUE_H */
