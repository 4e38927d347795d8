/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors of selftests/vectors/xml.json: documents, what is in them, and
 * documents that are refused. A test says for each kind how it is read, written
 * and filled from a vector; the checks are the same for all.
 */
#ifndef CORE_XML_VECTORS_H
#define CORE_XML_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/fault.h"
#include "core/ids.h"
#include "core/mbms_xml.h"
#include "vectors.h"

#define XML_DOCUMENT_MAX 65536

/**
 * struct xml_kind - one kind of document
 * @name: "kind" of its vectors
 * @size: octets of the struct that it becomes
 * @take: fills the struct from a vector; all else is zero
 * @parse: reads a document; the struct is zeroed if it fails
 * @write: writes one
 * @same: compares two structs, NULL for all octets
 * @clear: gives up what the struct owns, may be NULL
 */
struct xml_kind {
	const char *name;
	size_t size;
	void (*take)(const json_t *vector, void *value);
	int (*parse)(const void *document, size_t size, void *value,
		     struct fault *fault);
	int (*write)(const void *value, char *document, size_t room,
		     size_t *length, struct fault *fault);
	void (*same)(const void *a, const void *b);
	void (*clear)(void *value);
};

static inline void xml_text_take(const json_t *vector, const char *name,
				 char *out, size_t room)
{
	const char *text = vectors_text(vector, name);

	assert_true(strlen(text) < room);
	memcpy(out, text, strlen(text));
}

static inline void xml_services_take(const json_t *vector,
				     struct mbms_services *services)
{
	json_t *list = json_object_get(vector, "services"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		xml_text_take(one, "id", services->items[i].id,
			      MBMS_SERVICE_ID_SIZE);
		services->items[i].status =
			(uint16_t)vectors_number(one, "status");
		services->count++;
	}
}

static inline void xml_msk_take(const json_t *vector, struct msk_ref *msk)
{
	uint8_t octets[MSK_ID_SIZE];

	vectors_octets(vector, "domain", msk->domain.octets,
		       sizeof(msk->domain.octets));
	vectors_octets(vector, "msk-id", octets, sizeof(octets));
	msk->msk_id = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
		      (uint32_t)octets[2] << 8 | octets[3];
}

/* A document of a vector in memory of its exact size; the caller frees it. */
static inline char *xml_document_take(const json_t *vector, size_t *size)
{
	char *document = malloc(XML_DOCUMENT_MAX), *exact;

	if (vectors_has(vector, "document-hex")) {
		*size = vectors_hex(vector, "document-hex", (uint8_t *)document,
				    XML_DOCUMENT_MAX);
	} else {
		*size = strlen(vectors_text(vector, "document"));
		assert_true(*size < XML_DOCUMENT_MAX);
		memcpy(document, vectors_text(vector, "document"), *size);
	}
	exact = malloc(*size ? *size : 1);
	memcpy(exact, document, *size);
	free(document);
	return exact;
}

static inline void xml_clear(const struct xml_kind *kind, void *value)
{
	if (kind->clear)
		kind->clear(value);
	free(value);
}

static inline void xml_assert_same(const struct xml_kind *kind, const void *a,
				   const void *b)
{
	if (kind->same)
		kind->same(a, b);
	else
		assert_memory_equal(a, b, kind->size);
}

/* Every room that is too small is refused, and left without any text. */
static inline void xml_check_rooms(const struct xml_kind *kind,
				   const void *value, size_t length)
{
	size_t room, written, i;

	for (room = 1; room <= length + 1; room++) {
		char *exact = malloc(room);
		struct fault fault = { 0 };
		int status = kind->write(value, exact, room, &written, &fault);

		assert_int_equal(status, room > length ? 0 : -1);
		if (status) {
			assert_int_equal(fault.code, FAULT_ROOM);
			assert_int_equal(written, 0);
			for (i = 0; i < room; i++)
				assert_int_equal(exact[i], 0);
		}
		free(exact);
	}
}

/* A good document: what it says, and that we write it octet by octet. */
static inline void xml_check_good(const struct xml_kind *kind,
				  const json_t *vector)
{
	void *expected = calloc(1, kind->size), *value = malloc(kind->size);
	char *document, *written = malloc(XML_DOCUMENT_MAX);
	struct fault fault = { 0 };
	size_t size, length;

	document = xml_document_take(vector, &size);
	kind->take(vector, expected);
	memset(value, 0xee, kind->size);
	if (kind->parse(document, size, value, &fault))
		fail_msg("%s: %s", vectors_name(vector), fault.text);
	xml_assert_same(kind, value, expected);
	assert_int_equal(kind->write(value, written, XML_DOCUMENT_MAX, &length,
				     &fault),
			 0);
	assert_int_equal(written[length], 0);
	if (!vectors_has(vector, "read-only")) {
		assert_string_equal(written, vectors_text(vector, "document"));
		assert_int_equal(length, size);
		xml_check_rooms(kind, value, length);
	}
	free(document);
	free(written);
	xml_clear(kind, value);
	xml_clear(kind, expected);
}

static inline bool xml_is_zero(const void *data, size_t size)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i < size; i++)
		if (octets[i])
			return false;
	return true;
}

static inline void xml_check_refused(const struct xml_kind *kind,
				     const json_t *vector)
{
	struct fault fault = { 0 };
	void *value = malloc(kind->size);
	size_t size;
	char *document = xml_document_take(vector, &size);

	memset(value, 0xee, kind->size);
	if (!kind->parse(document, size, value, &fault))
		fail_msg("%s: accepted", vectors_name(vector));
	if (strcmp(fault_name(fault.code), vectors_text(vector, "fault")))
		fail_msg("%s: %s: %s", vectors_name(vector),
			 fault_name(fault.code), fault.text);
	if (!fault.text[0] || !xml_is_zero(value, kind->size))
		fail_msg("%s: no reason, or something is left",
			 vectors_name(vector));
	free(value);
	free(document);
}

/* What is read can be written, and then means the same. */
static inline void xml_check_again(const struct xml_kind *kind, void *value)
{
	void *again = malloc(kind->size);
	char *written = malloc(XML_DOCUMENT_MAX);
	struct fault fault = { 0 };
	size_t length;

	memset(again, 0xee, kind->size);
	if (kind->write(value, written, XML_DOCUMENT_MAX, &length, &fault) ||
	    kind->parse(written, length, again, &fault))
		fail_msg("%s: %s", kind->name, fault.text);
	xml_assert_same(kind, again, value);
	xml_clear(kind, again);
	free(written);
}

/* Every truncation, and changes of every octet. */
static inline void xml_check_harm(const struct xml_kind *kind,
				  const json_t *vector)
{
	static const uint8_t octets[] = "\0<>&'\"=/ "
					"\n\t;:?!xZ0-\x7f\x80\xc2\xff";
	char *document, *changed;
	void *value = malloc(kind->size);
	size_t size, i, j;

	document = xml_document_take(vector, &size);
	for (i = 0; i <= size; i++) {
		changed = malloc(i ? i : 1);
		memcpy(changed, document, i);
		if (!kind->parse(changed, i, value, NULL)) {
			/* Only white space at the end may be missing. */
			assert_true(i + 1 >= size);
			if (kind->clear)
				kind->clear(value);
		}
		free(changed);
	}
	for (i = 0; i < size; i++)
		for (j = 0; j < sizeof(octets); j++) {
			changed = malloc(size);
			memcpy(changed, document, size);
			changed[i] = (char)octets[j];
			if (!kind->parse(changed, size, value, NULL)) {
				xml_check_again(kind, value);
				if (kind->clear)
					kind->clear(value);
			}
			free(changed);
		}
	free(document);
	free(value);
}

/* Runs @check on all vectors of @kinds; @refused selects which. */
static inline unsigned int
xml_check_all(const struct xml_kind *kinds, size_t count, bool refused,
	      void (*check)(const struct xml_kind *kind, const json_t *vector))
{
	json_t *list = vectors_load("xml"), *vector;
	unsigned int checked = 0;
	size_t i, j;

	json_array_foreach(list, i, vector)
	{
		bool is_refused = vectors_has(vector, "of");
		const char *name =
			vectors_text(vector, is_refused ? "of" : "kind");

		for (j = 0; j < count; j++)
			if (!strcmp(kinds[j].name, name) &&
			    is_refused == refused) {
				check(&kinds[j], vector);
				checked++;
			}
	}
	json_decref(list);
	return checked;
}

#endif /* CORE_XML_VECTORS_H */
