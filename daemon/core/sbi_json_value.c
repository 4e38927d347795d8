// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of a JSON document with the place they are at. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "datetime.h"
#include "sbi_json_value.h"
#include "text.h"

#define SECRET_TEXT_SIZE (BASE64_LENGTH(SECRET_SIZE_MAX) + 1)

/* The size comes before the block, in a place that keeps it aligned. */
union block {
	size_t size;
	max_align_t align;
};

void *sbi_memory_alloc(size_t size)
{
	union block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (!block)
		return NULL;
	block->size = size;
	return block + 1;
}

void sbi_memory_free(void *memory)
{
	union block *block = memory;

	if (!block)
		return;
	block--;
	OPENSSL_cleanse(block, sizeof(*block) + block->size);
	free(block);
}

int sbi_refuse(const struct sbi_value *value, enum fault_code code,
	       const char *why, struct fault *fault)
{
	return fault_set(fault, code, "%s %s",
			 *value->path ? value->path : "the document", why);
}

/* jansson's own sentence quotes the text near the error, which may be a key. */
static json_t *load_failed(const char *document, size_t size,
			   const json_error_t *error, struct fault *fault)
{
	struct sbi_value place = { 0 };
	enum json_error_code code = json_error_code(error);
	size_t end = error->position > 0 ? (size_t)error->position : 0;

	sbi_path_find(document, end < size ? end : size, place.path);
	if (code == json_error_duplicate_key)
		sbi_refuse(&place, FAULT_MALFORMED, "is there twice", fault);
	else if (code == json_error_out_of_memory)
		fault_set(fault, FAULT_MEMORY, "no memory to read JSON");
	else if (code == json_error_premature_end_of_input)
		sbi_refuse(&place, FAULT_TRUNCATED, "is cut off", fault);
	else
		fault_set(fault, FAULT_MALFORMED,
			  "%s is not JSON, line %d, column %d",
			  *place.path ? place.path : "the document",
			  error->line, error->column);
	return NULL;
}

json_t *sbi_load(const void *document, size_t size, json_type type,
		 struct fault *fault)
{
	struct sbi_value root = { 0 };
	json_error_t error;
	json_t *json;

	if (size > SBI_DOCUMENT_MAX) {
		fault_set(fault, FAULT_LIMIT,
			  "the document has more than %d octets",
			  SBI_DOCUMENT_MAX);
		return NULL;
	}
	json = json_loadb(document, size, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		return load_failed(document, size, &error, fault);
	if (json_typeof(json) != type) {
		json_decref(json);
		sbi_refuse(&root, FAULT_MALFORMED, "is of a wrong type", fault);
		return NULL;
	}
	return json;
}

int sbi_dump(json_t *json, char *document, size_t room, size_t *length,
	     struct fault *fault)
{
	size_t size;

	*length = 0;
	if (!json)
		return fault_set(fault, FAULT_ARGUMENT,
				 "no memory, or a value that JSON has no "
				 "form for");
	size = json_dumpb(json, document, room, JSON_COMPACT);
	json_decref(json);
	if (!size || size > room) {
		OPENSSL_cleanse(document, room);
		return fault_set(fault, FAULT_ROOM,
				 "the document does not fit %zu octets", room);
	}
	*length = size;
	return 0;
}

static int wrong_type(const struct sbi_value *value, json_type type,
		      struct fault *fault)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "is not an object",
		[JSON_ARRAY] = "is not an array",
		[JSON_STRING] = "is not a string",
		[JSON_INTEGER] = "is not a whole number",
	};

	return sbi_refuse(value, FAULT_MALFORMED, names[type], fault);
}

int sbi_may(const struct sbi_value *object, const char *name, json_type type,
	    struct sbi_value *member, struct fault *fault)
{
	memcpy(member->path, object->path, SBI_PATH_SIZE);
	sbi_path_append(member->path, name, strlen(name));
	member->json = json_object_get(object->json, name);
	if (member->json && json_typeof(member->json) != type)
		return wrong_type(member, type, fault);
	return 0;
}

int sbi_need(const struct sbi_value *object, const char *name, json_type type,
	     struct sbi_value *member, struct fault *fault)
{
	if (sbi_may(object, name, type, member, fault))
		return -1;
	if (!member->json)
		return sbi_refuse(member, FAULT_MALFORMED, "is missing", fault);
	return 0;
}

int sbi_boolean(const struct sbi_value *object, const char *name, bool *value,
		struct fault *fault)
{
	struct sbi_value member = *object;

	member.json = json_object_get(object->json, name);
	sbi_path_append(member.path, name, strlen(name));
	*value = json_is_true(member.json);
	if (member.json && !json_is_boolean(member.json))
		return sbi_refuse(&member, FAULT_MALFORMED,
				  "is neither true nor false", fault);
	return 0;
}

int sbi_entry(const struct sbi_value *array, size_t index,
	      struct sbi_value *entry, struct fault *fault)
{
	char name[2] = { (char)('0' + index % 10), '\0' };
	char tens[3] = { (char)('0' + index / 10 % 10), name[0], '\0' };

	*entry = *array;
	sbi_path_append(entry->path, index < 10 ? name : tens,
			index < 10 ? 1 : 2);
	entry->json = json_array_get(array->json, index);
	if (!json_is_object(entry->json))
		return wrong_type(entry, JSON_OBJECT, fault);
	return 0;
}

int sbi_text(const struct sbi_value *string, char *out, size_t room,
	     struct fault *fault)
{
	size_t length = json_string_length(string->json);

	if (!length)
		return sbi_refuse(string, FAULT_MALFORMED, "is empty", fault);
	return text_copy(out, room, json_string_value(string->json), length,
			 string->path, fault);
}

int sbi_octets(const struct sbi_value *string, uint8_t *out, size_t size,
	       struct fault *fault)
{
	const char *text = json_string_value(string->json);
	size_t length = json_string_length(string->json), got;

	if (length != BASE64_LENGTH(size) ||
	    base64_decode(text, length, out, size, &got, string->path, NULL) ||
	    got != size) {
		memset(out, 0, size);
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not base 64 of %zu octets",
				 string->path, size);
	}
	return 0;
}

int sbi_secret(const struct sbi_value *string, struct secret *secret,
	       size_t size, struct fault *fault)
{
	if (secret_alloc(secret, size))
		return fault_set(fault, FAULT_MEMORY, "no memory for a key");
	if (sbi_octets(string, secret->bytes, size, fault)) {
		secret_clear(secret);
		return -1;
	}
	return 0;
}

int sbi_time(const struct sbi_value *string, int64_t *seconds,
	     struct fault *fault)
{
	return datetime_parse(json_string_value(string->json),
			      json_string_length(string->json), seconds,
			      string->path, fault);
}

int sbi_name(const struct sbi_value *string, const char *const *names,
	     size_t count, size_t *index, struct fault *fault)
{
	const char *text = json_string_value(string->json);

	for (*index = 0; *index < count; ++*index)
		if (names[*index] && !strcmp(text, names[*index]))
			return 0;
	return sbi_refuse(string, FAULT_UNSUPPORTED,
			  "has a value that we do not know", fault);
}

int sbi_uri(const struct sbi_value *string, char uri[SBI_URI_SIZE],
	    struct fault *fault)
{
	const char *host, *c;

	if (sbi_text(string, uri, SBI_URI_SIZE, fault))
		return -1;
	host = !strncmp(uri, "https://", 8) ? uri + 8 :
	       !strncmp(uri, "http://", 7)  ? uri + 7 :
					      NULL;
	if (!host || !*host || *host == '/')
		return sbi_refuse(string, FAULT_MALFORMED,
				  "is no URI of http or https", fault);
	for (c = uri; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("<>\"\\^`{|}", *c))
			return sbi_refuse(string, FAULT_MALFORMED,
					  "has characters that a URI has not",
					  fault);
	return 0;
}

json_t *sbi_make_octets(const void *octets, size_t size)
{
	char text[SECRET_TEXT_SIZE];
	json_t *string = NULL;

	if (!base64_encode(octets, size, text, sizeof(text), NULL))
		string = json_string(text);
	OPENSSL_cleanse(text, sizeof(text));
	return string;
}

json_t *sbi_make_time(int64_t seconds)
{
	char text[DATETIME_SIZE];

	return datetime_write(seconds, text, NULL) ? NULL : json_string(text);
}

bool sbi_put(json_t *object, const char *name, json_t *value)
{
	return !json_object_set_new(object, name, value);
}
