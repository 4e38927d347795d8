// SPDX-License-Identifier: GPL-2.0-or-later
#include <expat.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <string.h>

#include "text.h"
#include "xml_reader.h"

/* Between namespace and name; expat refuses it within a namespace. */
#define SEPARATOR '\n'

/* An element that has begun. */
struct frame {
	size_t element;
	size_t last_child;
	unsigned int counts[XML_TABLE_MAX];
};

struct reading {
	XML_Parser parser;
	const struct xml_schema *schema;
	const struct xml_handler *handler;
	void *context;
	struct fault *fault;
	bool failed;
	unsigned int total;
	/* Elements within one that is passed over, and that one. */
	unsigned int skipped;
	unsigned int depth;
	struct frame frames[XML_DEPTH_MAX];
	size_t length;
	char text[XML_TEXT_MAX + 1];
};

/* Memory for expat that is wiped when it is given up; the size is in front. */
#define MEMORY_FRONT 16

static void *memory_take(size_t size)
{
	uint8_t *block = NULL;

	if (size <= SIZE_MAX - MEMORY_FRONT)
		block = OPENSSL_malloc(size + MEMORY_FRONT);
	if (!block)
		return NULL;
	memcpy(block, &size, sizeof(size));
	return block + MEMORY_FRONT;
}

static size_t memory_size(const void *memory)
{
	size_t size;

	memcpy(&size, (const uint8_t *)memory - MEMORY_FRONT, sizeof(size));
	return size;
}

static void memory_give(void *memory)
{
	if (memory)
		OPENSSL_clear_free((uint8_t *)memory - MEMORY_FRONT,
				   memory_size(memory) + MEMORY_FRONT);
}

static void *memory_resize(void *memory, size_t size)
{
	void *larger = memory_take(size);

	if (memory && larger) {
		size_t old = memory_size(memory);

		memcpy(larger, memory, old < size ? old : size);
		memory_give(memory);
	}
	return larger;
}

static const XML_Memory_Handling_Suite memory = { memory_take, memory_resize,
						  memory_give };

/* After this, expat calls no more handlers that do anything. */
static void stop(struct reading *reading)
{
	reading->failed = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

static const struct xml_element *element_at(const struct reading *reading,
					    size_t index)
{
	return &reading->schema->elements[index];
}

static struct frame *top(struct reading *reading)
{
	return &reading->frames[reading->depth - 1];
}

/* Whether expat's name is @name in @namespace. */
static bool name_is(const char *given, const char *namespace, const char *name)
{
	size_t length = strlen(namespace);

	return !strncmp(given, namespace, length) &&
	       given[length] == SEPARATOR && !strcmp(given + length + 1, name);
}

static const char *local_name(const char *given)
{
	const char *separator = strchr(given, SEPARATOR);

	return separator ? separator + 1 : given;
}

static const char *namespace_of(const struct reading *reading,
				const struct xml_element *element)
{
	return element->namespace ? element->namespace :
				    reading->schema->namespace;
}

/* The entry of the table for an element in @parent, or @count. */
static size_t find_element(const struct reading *reading, const char *given,
			   int parent)
{
	size_t i;

	for (i = 0; i < reading->schema->count; i++) {
		const struct xml_element *element = element_at(reading, i);

		if (element->parent == parent &&
		    name_is(given, namespace_of(reading, element),
			    element->name))
			break;
	}
	return i;
}

/* Something that looks like ours and is not must not be passed over. */
static bool has_our_name(const struct reading *reading, const char *given)
{
	size_t i;

	for (i = 0; i < reading->schema->count; i++)
		if (!strcmp(local_name(given), element_at(reading, i)->name))
			return true;
	return false;
}

static bool is_foreign(const struct reading *reading, const char *given)
{
	const char *separator = strchr(given, SEPARATOR);
	const char *own = reading->schema->namespace;

	return separator && (strlen(own) != (size_t)(separator - given) ||
			     strncmp(given, own, strlen(own)) != 0);
}

static int take_attribute(struct reading *reading, size_t index,
			  const char *name, const char *value,
			  unsigned int *found)
{
	const struct xml_element *element = element_at(reading, index);
	const char *local = local_name(name);
	size_t i;

	for (i = 0; i < XML_ATTRIBUTES_MAX && element->attributes[i].name;
	     i++) {
		if (strcmp(local, element->attributes[i].name))
			continue;
		if (local != name)
			return fault_set(reading->fault, FAULT_MALFORMED,
					 "%s: attribute %s of %s stands in a "
					 "namespace",
					 reading->schema->what, local,
					 element->name);
		*found |= 1U << i;
		return reading->handler->attribute(reading->context, index, i,
						   value, reading->fault);
	}
	if (reading->schema->ignores_unknown || is_foreign(reading, name))
		return 0;
	return fault_set(reading->fault, FAULT_MALFORMED,
			 "%s: %s has an unknown attribute %.40s",
			 reading->schema->what, element->name, local);
}

static int take_attributes(struct reading *reading, size_t index,
			   const char **attributes)
{
	const struct xml_element *element = element_at(reading, index);
	unsigned int found = 0;
	size_t i;

	if (element->content == XML_SKIPPED)
		return 0;
	for (i = 0; attributes[i]; i += 2)
		if (take_attribute(reading, index, attributes[i],
				   attributes[i + 1], &found))
			return -1;
	for (i = 0; i < XML_ATTRIBUTES_MAX && element->attributes[i].name; i++)
		if (element->attributes[i].required && !(found & 1U << i))
			return fault_set(reading->fault, FAULT_MALFORMED,
					 "%s: %s has no attribute %s",
					 reading->schema->what, element->name,
					 element->attributes[i].name);
	return 0;
}

/* All that has to stand in the open element before entry @index of the table. */
static int check_children(struct reading *reading, size_t index)
{
	const struct frame *frame = top(reading);
	size_t i;

	for (i = 0; i < index; i++) {
		const struct xml_element *child = element_at(reading, i);

		if (child->parent == (int)frame->element &&
		    frame->counts[i] < child->min)
			return fault_set(
				reading->fault, FAULT_MALFORMED,
				"%s: %s lacks %s", reading->schema->what,
				element_at(reading, frame->element)->name,
				child->name);
	}
	return 0;
}

/* Place and number of an element within the one that has begun. */
static int count_child(struct reading *reading, size_t index)
{
	const struct xml_element *element = element_at(reading, index);
	struct frame *frame = top(reading);

	if (check_children(reading, index))
		return -1;
	if (index < frame->last_child)
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s: %s stands in the wrong place",
				 reading->schema->what, element->name);
	frame->last_child = index;
	if (++frame->counts[index] > element->max)
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s: %s occurs more than %u times",
				 reading->schema->what, element->name,
				 element->max);
	return 0;
}

static int begin(struct reading *reading, size_t index, const char **attributes)
{
	struct frame *frame;

	if (reading->depth && count_child(reading, index))
		return -1;
	frame = &reading->frames[reading->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->element = index;
	reading->length = 0;
	if (reading->handler->start &&
	    reading->handler->start(reading->context, index, reading->fault))
		return -1;
	return take_attributes(reading, index, attributes);
}

/* An element that the table does not have at this place. */
static int pass_over(struct reading *reading, const char *given)
{
	bool foreign = is_foreign(reading, given);

	if (!reading->depth || has_our_name(reading, given))
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s: %.40s stands in the wrong namespace or "
				 "place",
				 reading->schema->what, local_name(given));
	if (!foreign && !reading->schema->ignores_unknown)
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s has an unknown element %.40s",
				 reading->schema->what, local_name(given));
	reading->skipped = 1;
	return 0;
}

static int start(struct reading *reading, const char *given,
		 const char **attributes)
{
	const struct xml_element *open = NULL;
	size_t index;

	if (reading->depth + reading->skipped == XML_DEPTH_MAX)
		return fault_set(reading->fault, FAULT_LIMIT,
				 "%s has more than %d elements within "
				 "elements",
				 reading->schema->what, XML_DEPTH_MAX);
	if (++reading->total > XML_COUNT_MAX)
		return fault_set(reading->fault, FAULT_LIMIT,
				 "%s has more than %d elements",
				 reading->schema->what, XML_COUNT_MAX);
	if (reading->depth)
		open = element_at(reading, top(reading)->element);
	if (reading->skipped || (open && open->content == XML_SKIPPED)) {
		reading->skipped++;
		return 0;
	}
	if (open && open->content == XML_TEXT)
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s: %s has an element in it",
				 reading->schema->what, open->name);
	index = find_element(reading, given,
			     open ? (int)top(reading)->element : XML_ROOT);
	if (index == reading->schema->count)
		return pass_over(reading, given);
	return begin(reading, index, attributes);
}

static void on_start(void *data, const char *name, const char **attributes)
{
	struct reading *reading = data;

	if (!reading->failed && start(reading, name, attributes))
		stop(reading);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int end_text(struct reading *reading, size_t index)
{
	char *text = reading->text;
	size_t length = reading->length;

	while (length && is_space(text[length - 1]))
		length--;
	while (length && is_space(*text)) {
		text++;
		length--;
	}
	text[length] = '\0';
	if (!text_is_plain(text, length))
		return fault_set(reading->fault, FAULT_MALFORMED,
				 "%s: %s has a control character",
				 reading->schema->what,
				 element_at(reading, index)->name);
	return reading->handler->text(reading->context, index, text, length,
				      reading->fault);
}

static int end(struct reading *reading)
{
	struct frame *frame = top(reading);
	const struct xml_element *element = element_at(reading, frame->element);

	if (check_children(reading, reading->schema->count))
		return -1;
	if (element->content == XML_TEXT && end_text(reading, frame->element))
		return -1;
	reading->depth--;
	reading->length = 0;
	return 0;
}

static void on_end(void *data, const char *name)
{
	struct reading *reading = data;

	(void)name;
	if (reading->failed)
		return;
	if (reading->skipped)
		reading->skipped--;
	else if (end(reading))
		stop(reading);
}

static int take_text(struct reading *reading, const char *text, size_t length)
{
	const struct xml_element *element =
		element_at(reading, top(reading)->element);
	size_t i;

	if (reading->skipped || element->content == XML_SKIPPED)
		return 0;
	if (element->content == XML_TEXT) {
		if (length > XML_TEXT_MAX - reading->length)
			return fault_set(reading->fault, FAULT_LIMIT,
					 "%s: %s has more than %d octets",
					 reading->schema->what, element->name,
					 XML_TEXT_MAX);
		memcpy(reading->text + reading->length, text, length);
		reading->length += length;
		return 0;
	}
	for (i = 0; i < length; i++)
		if (!is_space(text[i]))
			return fault_set(reading->fault, FAULT_MALFORMED,
					 "%s: %s has text between its elements",
					 reading->schema->what, element->name);
	return 0;
}

static void on_text(void *data, const char *text, int length)
{
	struct reading *reading = data;

	if (!reading->failed && take_text(reading, text, (size_t)length))
		stop(reading);
}

static void on_doctype(void *data, const char *name, const char *system,
		       const char *public, int internal)
{
	struct reading *reading = data;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	fault_set(reading->fault, FAULT_UNSUPPORTED,
		  "%s has a document type, which we do not read",
		  reading->schema->what);
	stop(reading);
}

static void on_instruction(void *data, const char *target, const char *value)
{
	struct reading *reading = data;

	(void)target;
	(void)value;
	fault_set(reading->fault, FAULT_UNSUPPORTED,
		  "%s has a processing instruction, which we do not follow",
		  reading->schema->what);
	stop(reading);
}

static void on_declaration(void *data, const char *version,
			   const char *encoding, int standalone)
{
	struct reading *reading = data;

	(void)standalone;
	if (encoding &&
	    !text_equal_nocase(encoding, strlen(encoding), "UTF-8", 5)) {
		fault_set(reading->fault, FAULT_UNSUPPORTED,
			  "%s is in %.40s, we read UTF-8 only",
			  reading->schema->what, encoding);
		stop(reading);
	} else if (version && strcmp(version, "1.0")) {
		fault_set(reading->fault, FAULT_UNSUPPORTED,
			  "%s is of XML %.10s, we read 1.0 only",
			  reading->schema->what, version);
		stop(reading);
	}
}

static int parse(struct reading *reading, const void *document, size_t size)
{
	enum XML_Error error;

	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
	XML_SetProcessingInstructionHandler(reading->parser, on_instruction);
	XML_SetXmlDeclHandler(reading->parser, on_declaration);
	if (XML_Parse(reading->parser, document, (int)size, XML_TRUE) ==
		    XML_STATUS_OK &&
	    !reading->failed)
		return 0;
	if (reading->failed)
		return -1;
	error = XML_GetErrorCode(reading->parser);
	if (error == XML_ERROR_NO_MEMORY)
		return fault_set(reading->fault, FAULT_MEMORY,
				 "no memory to read %s", reading->schema->what);
	return fault_set(reading->fault, FAULT_MALFORMED,
			 "%s is not XML in line %lu: %.60s",
			 reading->schema->what,
			 XML_GetCurrentLineNumber(reading->parser),
			 XML_ErrorString(error));
}

int xml_read(const void *document, size_t size, const struct xml_schema *schema,
	     const struct xml_handler *handler, void *context,
	     struct fault *fault)
{
	static const char separator[] = { SEPARATOR, '\0' };
	struct reading reading = { .schema = schema,
				   .handler = handler,
				   .context = context,
				   .fault = fault };
	int status;

	if (size > XML_SIZE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "%s has more than %d octets", schema->what,
				 XML_SIZE_MAX);
	/* Told to read UTF-8, expat still reads UTF-16 that looks like it. */
	if (size && memchr(document, '\0', size))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s has a NUL, we read UTF-8 only",
				 schema->what);
	if (schema->count > XML_TABLE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s has a table of more than %d elements",
				 schema->what, XML_TABLE_MAX);
	reading.parser = XML_ParserCreate_MM("UTF-8", &memory, separator);
	if (!reading.parser)
		return fault_set(fault, FAULT_MEMORY, "no memory to read %s",
				 schema->what);
	status = parse(&reading, document, size);
	XML_ParserFree(reading.parser);
	OPENSSL_cleanse(&reading, sizeof(reading));
	return status;
}

int xml_boolean(const char *text, bool *value, const char *what,
		struct fault *fault)
{
	*value = !strcmp(text, "true") || !strcmp(text, "1");
	if (*value || !strcmp(text, "false") || !strcmp(text, "0"))
		return 0;
	return fault_set(fault, FAULT_MALFORMED, "%s is not true or false",
			 what);
}
