// SPDX-License-Identifier: GPL-2.0-or-later
/* Update of a session's security context by JSON Patch (RFC 6902). */
#include <string.h>

#include "sbi_json_value.h"

#define CONTEXT "/mbsSecurityContext"
#define KEY_LIST CONTEXT "/keyList"

enum operation { ADD, REPLACE, REMOVE };

static const char *const operations[] = {
	[ADD] = "add",
	[REPLACE] = "replace",
	[REMOVE] = "remove",
};

/**
 * struct patch - one PatchItem
 * @operation: op
 * @value: of add and replace
 * @path: the string, for faults
 */
struct patch {
	enum operation operation;
	struct sbi_value value;
	struct sbi_value path;
};

/* One step of a pointer without its escapes (RFC 6901, 4). */
static int unescape(const char *text, char name[SBI_KEY_NAME_SIZE])
{
	size_t length = 0;

	for (; *text; text++) {
		char c = *text;

		if (c == '/' || length + 1 == SBI_KEY_NAME_SIZE)
			return -1;
		if (c == '~') {
			text++;
			if (*text != '0' && *text != '1')
				return -1;
			c = *text == '0' ? '~' : '/';
		}
		name[length++] = c;
	}
	name[length] = '\0';
	return length ? 0 : -1;
}

static int not_there(const struct patch *patch, struct fault *fault)
{
	return sbi_refuse(&patch->path, FAULT_UNKNOWN,
			  "names what the session does not have", fault);
}

static void key_drop(struct sbi_security_context *context, size_t at)
{
	struct sbi_key_info *keys = context->keys;

	sbi_key_clear(&keys[at]);
	memmove(&keys[at], &keys[at + 1],
		(context->count - at - 1) * sizeof(*keys));
	/* The secrets of the last one have moved on. */
	memset(&keys[--context->count], 0, sizeof(*keys));
}

static int patch_key(const struct patch *patch, const char *step,
		     struct sbi_security_context *context, struct fault *fault)
{
	char name[SBI_KEY_NAME_SIZE];
	size_t at;

	if (unescape(step, name))
		return sbi_refuse(&patch->path, FAULT_UNSUPPORTED,
				  "is no place that can be changed", fault);
	/* RFC 6902, 4.1: what a member is added to has to be there. */
	if (!context->count)
		return not_there(patch, fault);
	for (at = 0; at < context->count; at++)
		if (!strcmp(context->keys[at].name, name))
			break;
	if (at == context->count && patch->operation != ADD)
		return not_there(patch, fault);
	if (patch->operation == REMOVE) {
		if (context->count == 1)
			return sbi_refuse(&patch->path, FAULT_STATE,
					  "is the last key of the list, which "
					  "may not be empty",
					  fault);
		key_drop(context, at);
		return 0;
	}
	if (at == SBI_KEYS_MAX)
		return sbi_refuse(&patch->path, FAULT_LIMIT,
				  "would be a ninth key", fault);
	sbi_key_clear(&context->keys[at]);
	if (at == context->count)
		context->count++;
	return sbi_read_key(&patch->value, name, &context->keys[at], fault);
}

static int patch_whole(const struct patch *patch, bool is_list,
		       struct sbi_security_context *context,
		       struct fault *fault)
{
	bool there = context->count > 0;

	if (!there && (is_list || patch->operation != ADD))
		return not_there(patch, fault);
	if (is_list && patch->operation == REMOVE)
		return sbi_refuse(&patch->path, FAULT_UNSUPPORTED,
				  "is required in its object", fault);
	sbi_security_context_clear(context);
	if (patch->operation == REMOVE)
		return 0;
	return is_list ? sbi_read_key_list(&patch->value, context, fault) :
			 sbi_read_context(&patch->value, context, fault);
}

static int patch_apply(const struct sbi_value *item,
		       struct sbi_security_context *context,
		       struct fault *fault)
{
	struct sbi_value operation;
	struct patch patch;
	const char *path;
	size_t index;

	if (sbi_need(item, "op", JSON_STRING, &operation, fault) ||
	    sbi_name(&operation, operations, 3, &index, fault) ||
	    sbi_need(item, "path", JSON_STRING, &patch.path, fault))
		return -1;
	patch.operation = (enum operation)index;
	if (patch.operation != REMOVE &&
	    sbi_need(item, "value", JSON_OBJECT, &patch.value, fault))
		return -1;
	path = json_string_value(patch.path.json);
	if (!strcmp(path, CONTEXT))
		return patch_whole(&patch, false, context, fault);
	if (!strcmp(path, KEY_LIST))
		return patch_whole(&patch, true, context, fault);
	if (!strncmp(path, KEY_LIST "/", strlen(KEY_LIST "/")))
		return patch_key(&patch, path + strlen(KEY_LIST "/"), context,
				 fault);
	return sbi_refuse(&patch.path, FAULT_UNSUPPORTED,
			  "is no place that can be changed", fault);
}

static int apply_all(const struct sbi_value *list,
		     struct sbi_security_context *context, struct fault *fault)
{
	size_t count = json_array_size(list->json), i;
	struct sbi_value item;

	if (!count || count > SBI_PATCHES_MAX)
		return sbi_refuse(list, FAULT_LIMIT,
				  "has not 1 to 16 operations", fault);
	for (i = 0; i < count; i++)
		if (sbi_entry(list, i, &item, fault) ||
		    patch_apply(&item, context, fault))
			return -1;
	/* What the whole of the operations makes has to be in order. */
	return sbi_context_check(context, list, fault);
}

int sbi_update_apply(const void *document, size_t size,
		     struct sbi_security_context *context, struct fault *fault)
{
	struct sbi_security_context fresh = { 0 };
	struct sbi_value root = { 0 };
	json_t *json;
	int status;

	json = sbi_load(document, size, JSON_ARRAY, fault);
	if (!json)
		return -1;
	root.json = json;
	status = sbi_security_context_copy(&fresh, context, fault);
	if (!status)
		status = apply_all(&root, &fresh, fault);
	json_decref(json);
	if (status) {
		sbi_security_context_clear(&fresh);
		return -1;
	}
	sbi_security_context_clear(context);
	/* The secrets are taken over. */
	*context = fresh;
	return 0;
}

int sbi_update_write(const struct sbi_security_context *context, char *document,
		     size_t room, size_t *length, struct fault *fault)
{
	json_t *patch = NULL, *value;

	if (!context->count) {
		patch = json_pack("[{s:s, s:s}]", "op", "remove", "path",
				  CONTEXT);
	} else {
		value = sbi_make_context(context);
		/* "add" replaces what is there (RFC 6902, 4.1). */
		if (value)
			patch = json_pack("[{s:s, s:s, s:o}]", "op", "add",
					  "path", CONTEXT, "value", value);
	}
	return sbi_dump(patch, document, room, length, fault);
}
