// SPDX-License-Identifier: GPL-2.0-or-later
#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config.h"
#include "config_value.h"
#include "log.h"
#include "roles/bmsc_config.h"
#include "roles/bsf_config.h"
#include "roles/hss_config.h"
#include "roles/mbstf_config.h"
#include "roles/ue_config.h"

#define TEXT(key, member)                                                     \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct daemon_config, member, 1, 4096)
#define SECTION(role)                                                     \
	CYAML_FIELD_MAPPING_PTR(#role,                                    \
				CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
				struct config, role, role##_config_fields)

static const cyaml_schema_field_t daemon_fields[] = {
	TEXT("control-socket", control_socket),
	TEXT("database", database),
	TEXT("key-file", key_file),
	TEXT("log-level", log_level),
	TEXT("user", user),
	TEXT("secure-memory", secure_memory),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t role_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 16),
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_MAPPING("daemon", CYAML_FLAG_DEFAULT, struct config, daemon,
			    daemon_fields),
	CYAML_FIELD_SEQUENCE("roles", CYAML_FLAG_POINTER, struct config, roles,
			     &role_schema, 1, 5),
	SECTION(hss),
	SECTION(bsf),
	SECTION(mbstf),
	SECTION(bmsc),
	SECTION(ue),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, fields),
};

#define UNKNOWN_KEY "Unexpected key: "

/* The first complaint of libcyaml and where it is, which comes in lines. */
struct complaint {
	char text[120];
	char section[32];
	unsigned int line;
};

static void on_complaint(cyaml_log_t level, void *context, const char *format,
			 va_list arguments)
{
	struct complaint *complaint = context;
	char text[160], *quote;
	const char *place;

	(void)level;
	vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = '\0';
	if (!strncmp(text, "Load: ", 6) && !complaint->text[0])
		snprintf(complaint->text, sizeof(complaint->text), "%.100s",
			 text + 6);
	place = strstr(text, "(line: ");
	if (place && !complaint->line)
		complaint->line = (unsigned int)strtoul(place + 7, NULL, 10);
	/* The last one is the outermost. */
	place = strstr(text, "in mapping field '");
	if (!place)
		return;
	place += strlen("in mapping field '");
	snprintf(complaint->section, sizeof(complaint->section), "%.31s",
		 place);
	quote = strchr(complaint->section, '\'');
	if (quote)
		*quote = '\0';
}

static const cyaml_schema_field_t *section_fields(const char *section)
{
	const cyaml_schema_field_t *field;

	for (field = fields; field->key; field++)
		if (!strcmp(field->key, section))
			return field->value.type == CYAML_MAPPING ?
				       field->value.mapping.fields :
				       NULL;
	return fields;
}

/* ": has to be one of a, b, c" for an unknown key. */
static void accepted_keys(const struct complaint *complaint, char *text,
			  size_t room)
{
	const cyaml_schema_field_t *field = section_fields(complaint->section);
	size_t length = 0;

	text[0] = '\0';
	if (strncmp(complaint->text, UNKNOWN_KEY, strlen(UNKNOWN_KEY)) ||
	    !field)
		return;
	for (; field->key && length + 1 < room; field++)
		length += (size_t)snprintf(text + length, room - length, "%s%s",
					   length ? ", " : "; accepted are ",
					   field->key);
}

/* The line of @key in @section, which is empty for the file itself; 0 if it is
 * not there.
 */
static size_t find_line(yaml_parser_t *parser, const char *section,
			const char *key)
{
	bool inside = false, is_key = true;
	yaml_event_t event;
	const char *name;
	size_t line = 0;
	int depth = 0;

	while (!line && yaml_parser_parse(parser, &event)) {
		name = (const char *)event.data.scalar.value;
		switch (event.type) {
		case YAML_MAPPING_START_EVENT:
		case YAML_SEQUENCE_START_EVENT:
			depth++;
			is_key = event.type == YAML_MAPPING_START_EVENT;
			break;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			depth--;
			is_key = true;
			break;
		case YAML_SCALAR_EVENT:
			if (depth == 1 && is_key && !*section &&
			    !strcmp(name, key))
				line = event.start_mark.line + 1;
			else if (depth == 1 && is_key)
				inside = !strcmp(name, section);
			else if (inside && is_key && !strcmp(name, key))
				line = event.start_mark.line + 1;
			is_key = !is_key;
			break;
		case YAML_STREAM_END_EVENT:
			yaml_event_delete(&event);
			return 0;
		default:
			break;
		}
		yaml_event_delete(&event);
	}
	return line;
}

static size_t key_line(const char *path, const char *section, const char *key)
{
	FILE *file = fopen(path, "re");
	yaml_parser_t parser;
	size_t line = 0;

	if (!file)
		return 0;
	if (yaml_parser_initialize(&parser)) {
		yaml_parser_set_input_file(&parser, file);
		line = find_line(&parser, section, key);
		yaml_parser_delete(&parser);
	}
	fclose(file);
	return line;
}

/* libcyaml names the line of what it read before an unknown key. */
static unsigned int complaint_line(const struct complaint *complaint,
				   const char *path)
{
	size_t line = 0;

	if (!strncmp(complaint->text, UNKNOWN_KEY, strlen(UNKNOWN_KEY)))
		line = key_line(path, complaint->section,
				complaint->text + strlen(UNKNOWN_KEY));
	return line ? (unsigned int)line : complaint->line;
}

static void complain(const struct complaint *complaint, const char *path,
		     const char *error, struct fault *fault)
{
	const char *text = complaint->text[0] ? complaint->text : error;
	unsigned int line = complaint_line(complaint, path);
	char accepted[256], place[16] = "";

	accepted_keys(complaint, accepted, sizeof(accepted));
	if (line)
		snprintf(place, sizeof(place), ":%u", line);
	fault_set(fault, FAULT_MALFORMED, "%s%s: %s%s%s%s", path, place,
		  complaint->section, complaint->section[0] ? ": " : "", text,
		  accepted);
}

static struct config *load(const char *path, struct fault *fault)
{
	struct complaint complaint = { .line = 0 };
	const cyaml_config_t options = {
		.log_fn = on_complaint,
		.log_ctx = &complaint,
		.log_level = CYAML_LOG_WARNING,
		.mem_fn = cyaml_mem,
	};
	struct config *config = NULL;
	cyaml_err_t error;

	error = cyaml_load_file(path, &options, &schema,
				(cyaml_data_t **)&config, NULL);
	if (error == CYAML_OK && config)
		return config;
	if (error == CYAML_OK) {
		fault_set(fault, FAULT_MALFORMED,
			  "%s: is empty; accepted are daemon, roles and "
			  "sections of roles",
			  path);
		return NULL;
	}
	if (error == CYAML_ERR_FILE_OPEN)
		fault_set(fault, FAULT_STATE, "%s cannot be opened", path);
	else
		complain(&complaint, path, cyaml_strerror(error), fault);
	return NULL;
}

/* Puts file, line and section before @reason, which begins with the key. */
static int place(const char *path, const char *section,
		 const struct fault *reason, struct fault *fault)
{
	char key[64];
	size_t line;

	snprintf(key, sizeof(key), "%.*s", (int)strcspn(reason->text, ": "),
		 reason->text);
	line = key_line(path, section, key);
	if (line)
		return fault_set(fault, reason->code, "%s:%zu: %s.%s", path,
				 line, section, reason->text);
	return fault_set(fault, reason->code, "%s: %s.%s", path, section,
			 reason->text);
}

static int check_daemon(const struct daemon_config *config, struct fault *fault)
{
	enum log_level level;
	uint64_t number;

	if (!config->database)
		return fault_set(fault, FAULT_MALFORMED,
				 "database: missing; has to be a file name");
	if (config->log_level && log_level_parse(config->log_level, &level))
		return fault_set(fault, FAULT_MALFORMED,
				 "log-level: \"%.20s\" is none of error, "
				 "warning, info, debug",
				 config->log_level);
	if (config->secure_memory &&
	    config_number("secure-memory", config->secure_memory, 65536,
			  UINT64_C(1) << 36, &number, fault))
		return -1;
	return 0;
}

static int check_role(const struct config *config, const char *role,
		      struct fault *fault)
{
	if (!strcmp(role, "hss"))
		return hss_config_check(config->hss, fault);
	if (!strcmp(role, "bsf"))
		return bsf_config_check(config->bsf, fault);
	if (!strcmp(role, "mbstf"))
		return mbstf_config_check(config->mbstf, fault);
	if (!strcmp(role, "bmsc"))
		return bmsc_config_check(config->bmsc, fault);
	return ue_config_check(config->ue, fault);
}

static int check_roles(const struct config *config, const char *path,
		       struct fault *fault)
{
	static const char names[] = " hss bsf mbstf bmsc ue ";
	struct fault reason = { 0 };
	char name[24];
	unsigned int i;

	for (i = 0; i < config->roles_count; i++) {
		snprintf(name, sizeof(name), " %s ", config->roles[i]);
		if (!strstr(names, name) || strchr(config->roles[i], ' '))
			return fault_set(fault, FAULT_MALFORMED,
					 "%s: roles: \"%s\" is none of hss, "
					 "bsf, mbstf, bmsc, ue",
					 path, config->roles[i]);
		if (check_role(config, config->roles[i], &reason))
			return place(path, config->roles[i], &reason, fault);
	}
	return 0;
}

struct config *config_load(const char *path, struct fault *fault)
{
	struct config *config = load(path, fault);
	struct fault reason = { 0 };

	if (!config)
		return NULL;
	if (check_daemon(&config->daemon, &reason))
		place(path, "daemon", &reason, fault);
	else if (!check_roles(config, path, fault))
		return config;
	config_free(config);
	return NULL;
}

void config_free(struct config *config)
{
	static const cyaml_config_t options = {
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
	};

	cyaml_free(&options, &schema, config, 0);
}
