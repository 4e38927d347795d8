// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "buf.h"
#include "digest_field.h"
#include "digest_header.h"
#include "mbms_http.h"
#include "mbms_xml_names.h"
#include "text.h"

static const struct {
	const char *name;
	const char *media_type;
	const char *response_media_type;
} requests[MBMS_REQUESTS] = {
	[MBMS_REQUEST_REGISTER] = { NAME_TYPE_REGISTER,
				    NAME_REGISTER_MEDIA_TYPE,
				    NAME_REGISTER_RESPONSE_MEDIA_TYPE },
	/* No type of its own is registered for this response. */
	[MBMS_REQUEST_DEREGISTER] = { NAME_TYPE_DEREGISTER,
				      NAME_DEREGISTER_MEDIA_TYPE,
				      NAME_REGISTER_RESPONSE_MEDIA_TYPE },
	[MBMS_REQUEST_MSK] = { NAME_TYPE_MSK_REQUEST,
			       NAME_MSK_REQUEST_MEDIA_TYPE,
			       NAME_MSK_RESPONSE_MEDIA_TYPE },
	[MBMS_REQUEST_AUTHORIZE] = { NAME_TYPE_AUTHORIZE,
				     NAME_AUTHORIZE_MEDIA_TYPE, NULL },
};

const char *mbms_request_name(enum mbms_request request)
{
	return request < MBMS_REQUESTS ? requests[request].name : "none";
}

const char *mbms_request_media_type(enum mbms_request request)
{
	return request < MBMS_REQUESTS ? requests[request].media_type : NULL;
}

const char *mbms_response_media_type(enum mbms_request request)
{
	return request < MBMS_REQUESTS ? requests[request].response_media_type :
					 NULL;
}

int mbms_target_write(enum mbms_request request, char text[MBMS_TARGET_SIZE],
		      struct fault *fault)
{
	struct writer writer;

	text[0] = '\0';
	if (request >= MBMS_REQUESTS)
		return fault_set(fault, FAULT_ARGUMENT, "no such request");
	writer_init(&writer, text, MBMS_TARGET_SIZE);
	digest_text_write(&writer, NAME_KEY_MANAGEMENT_PATH "?");
	digest_text_write(&writer, NAME_REQUEST_TYPE "=");
	digest_text_write(&writer, requests[request].name);
	return digest_text_end(&writer, text, "the request target", fault);
}

static int find_request(const char *name, size_t length,
			enum mbms_request *request, struct fault *fault)
{
	enum mbms_request i;

	for (i = MBMS_REQUEST_REGISTER; i < MBMS_REQUESTS; i++) {
		if (strlen(requests[i].name) != length ||
		    memcmp(requests[i].name, name, length) != 0)
			continue;
		*request = i;
		return 0;
	}
	return fault_set(fault, FAULT_UNKNOWN,
			 "requesttype is none that we know");
}

/* The value of requesttype in @query, which has to be there once. */
static int parse_query(const char *query, size_t length,
		       enum mbms_request *request, struct fault *fault)
{
	static const char name[] = NAME_REQUEST_TYPE "=";
	const size_t name_length = sizeof(name) - 1;
	const char *value = NULL, *end = query + length;
	size_t value_length = 0;

	while (query < end) {
		const char *next = memchr(query, '&', (size_t)(end - query));
		size_t part = (size_t)((next ? next : end) - query);

		if (part >= name_length && !memcmp(query, name, name_length)) {
			if (value)
				return fault_set(fault, FAULT_MALFORMED,
						 "requesttype occurs twice");
			value = query + name_length;
			value_length = part - name_length;
		}
		query += part + !!next;
	}
	if (!value)
		return fault_set(fault, FAULT_MALFORMED,
				 "the request target has no requesttype");
	return find_request(value, value_length, request, fault);
}

int mbms_target_parse(const char *target, size_t length,
		      enum mbms_request *request, struct fault *fault)
{
	static const char path[] = NAME_KEY_MANAGEMENT_PATH;
	const size_t path_length = sizeof(path) - 1;
	const char *mark = length ? memchr(target, '?', length) : NULL;
	size_t before = mark ? (size_t)(mark - target) : length;

	*request = MBMS_REQUESTS;
	if (before < path_length ||
	    memcmp(target + before - path_length, path, path_length) != 0)
		return fault_set(
			fault, FAULT_UNKNOWN,
			"the request target is not " NAME_KEY_MANAGEMENT_PATH);
	if (!mark)
		return fault_set(fault, FAULT_MALFORMED,
				 "the request target has no requesttype");
	return parse_query(mark + 1, length - before - 1, request, fault);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(const char *text, size_t length, size_t pos)
{
	while (pos < length && is_blank(text[pos]))
		pos++;
	return pos;
}

/* charset=UTF-8, perhaps quoted. US-ASCII is UTF-8, too. */
static bool is_known_charset(const char *text, size_t length)
{
	static const char *const known[] = {
		"charset=utf-8",
		"charset=\"utf-8\"",
		"charset=us-ascii",
		"charset=\"us-ascii\"",
	};
	size_t i;

	while (length && is_blank(text[length - 1]))
		length--;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_equal_nocase(text, length, known[i], strlen(known[i])))
			return true;
	return false;
}

int mbms_media_type_check(const char *header, size_t length,
			  const char *media_type, struct fault *fault)
{
	size_t start = skip_blanks(header, length, 0), end = start, rest;

	while (end < length && header[end] != ';' && !is_blank(header[end]))
		end++;
	rest = skip_blanks(header, length, end);
	if (!text_equal_nocase(header + start, end - start, media_type,
			       strlen(media_type)))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "Content-Type is not %s", media_type);
	if (rest == length)
		return 0;
	if (header[rest] == ';') {
		rest = skip_blanks(header, length, rest + 1);
		if (is_known_charset(header + rest, length - rest))
			return 0;
	}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "Content-Type has a parameter other than UTF-8");
}

static int identities_scan(const char *header, size_t length,
			   struct mbms_identities *identities,
			   struct fault *fault)
{
	size_t pos = skip_blanks(header, length, 0), size;

	for (;;) {
		if (identities->count == MBMS_IDENTITIES_MAX)
			return fault_set(fault, FAULT_LIMIT,
					 "there are more than %d identities",
					 MBMS_IDENTITIES_MAX);
		if (digest_quoted_read(header, length, &pos,
				       identities->items[identities->count],
				       MBMS_IDENTITY_SIZE, &size, fault))
			return -1;
		if (!size)
			return fault_set(fault, FAULT_MALFORMED,
					 "an identity is empty");
		identities->count++;
		pos = skip_blanks(header, length, pos);
		if (pos == length)
			return 0;
		if (header[pos] != ',')
			return fault_set(fault, FAULT_MALFORMED,
					 "a comma is missing at %zu", pos);
		pos = skip_blanks(header, length, pos + 1);
	}
}

int mbms_identities_parse(const char *header, size_t length,
			  struct mbms_identities *identities,
			  struct fault *fault)
{
	memset(identities, 0, sizeof(*identities));
	if (!identities_scan(header, length, identities, fault))
		return 0;
	memset(identities, 0, sizeof(*identities));
	return -1;
}

int mbms_identities_write(const struct mbms_identities *identities, char *text,
			  size_t room, struct fault *fault)
{
	struct writer writer;
	size_t i;

	if (room)
		text[0] = '\0';
	if (!identities->count || identities->count > MBMS_IDENTITIES_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "there are %zu identities, 1 to %d will do",
				 identities->count, MBMS_IDENTITIES_MAX);
	writer_init(&writer, text, room);
	for (i = 0; i < identities->count; i++) {
		const char *item = identities->items[i];

		if (!item[0] || digest_texts_check(&item, 1, fault)) {
			memset(text, 0, writer.length);
			return fault_set(fault, FAULT_ARGUMENT,
					 "an identity is empty");
		}
		if (i)
			digest_text_write(&writer, ", ");
		digest_quoted_write(&writer, item);
	}
	return digest_text_end(&writer, text, "the identities", fault);
}
