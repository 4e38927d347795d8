/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the small XML documents of GBA and MBMS that come from anybody. A table
 * says which elements and attributes there are, where and how often; all else is
 * refused before the reader of the document sees any of it. Never accepted: a
 * document type or entities, processing instructions, encodings but UTF-8, text
 * between elements. Elements and attributes of other namespaces are passed over,
 * as the schemas of 3GPP allow them (xs:any with ##other), unless they bear the
 * name of one of ours.
 */
#ifndef CORE_XML_READER_H
#define CORE_XML_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

#define XML_SIZE_MAX 65536 /* octets of a document */
#define XML_TEXT_MAX 2048 /* octets of one text */
#define XML_DEPTH_MAX 8 /* elements within elements, foreign ones too */
#define XML_COUNT_MAX 1024 /* elements of a document, foreign ones too */
#define XML_TABLE_MAX 16 /* elements of a table */
#define XML_ATTRIBUTES_MAX 8
#define XML_UNBOUNDED XML_COUNT_MAX
#define XML_ROOT (-1)

enum xml_content {
	XML_NESTED, /* elements only */
	XML_TEXT, /* text only */
	XML_SKIPPED, /* anything; nobody looks at it */
};

struct xml_attribute {
	const char *name;
	bool required;
};

/**
 * struct xml_element - an element of a kind of document
 * @name: without prefix
 * @namespace: NULL for that of the document
 * @parent: index of the element that it stands in, XML_ROOT for the first
 * @min: how often it stands in its parent at least
 * @max: at most
 * @content: what stands in it
 * @attributes: without namespace; ends with a NULL name or after the last one
 *
 * Children stand in the order of the table (xs:sequence).
 */
struct xml_element {
	const char *name;
	const char *namespace;
	int parent;
	unsigned int min;
	unsigned int max;
	enum xml_content content;
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
};

/**
 * struct xml_schema - a kind of document
 * @what: for sentences, "the MSK request"
 * @namespace: of the document
 * @elements: table, the root first
 * @count: entries of @elements, at most XML_TABLE_MAX
 * @ignores_unknown: pass over unknown elements and attributes of our namespace
 *	and of none as well (TS 24.109, C.1 wants it)
 */
struct xml_schema {
	const char *what;
	const char *namespace;
	const struct xml_element *elements;
	size_t count;
	bool ignores_unknown;
};

/**
 * struct xml_handler - takes what stands in a document, in its order
 * @start: an element of the table begins; may be NULL
 * @attribute: value of an attribute, after @start; NULL if the table has none
 * @text: all the text of an XML_TEXT element when it ends, with a NUL behind,
 *	without white space at both ends; may be empty
 *
 * Each returns 0, or -1 with @fault set, and the reader stops.
 */
struct xml_handler {
	int (*start)(void *context, size_t element, struct fault *fault);
	int (*attribute)(void *context, size_t element, size_t attribute,
			 const char *value, struct fault *fault);
	int (*text)(void *context, size_t element, const char *text,
		    size_t length, struct fault *fault);
};

/* Reads a whole document. All memory used is wiped, since texts may be keys.
 * Returns 0, or -1 and a sentence; the handler may have been called by then.
 */
int xml_read(const void *document, size_t size, const struct xml_schema *schema,
	     const struct xml_handler *handler, void *context,
	     struct fault *fault);
/* xs:boolean: "true", "false", "1", "0". Returns 0 or -1. */
int xml_boolean(const char *text, bool *value, const char *what,
		struct fault *fault);

#endif /* CORE_XML_READER_H */
