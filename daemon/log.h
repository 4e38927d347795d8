/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines for people and programs: one line an event, all of it key=value.
 *
 *   level=info area=bmsc event=msk-acknowledged ue="a@b" msk=00010002
 *
 * Values are typed fields and never a format, so that what came from the network
 * cannot forge a line: text is quoted and escaped as soon as it holds anything
 * but letters, digits and "._:@/+-". There is no field type for a struct secret;
 * log its fingerprint (secret_fingerprint()).
 */
#ifndef MBSEC_DAEMON_LOG_H
#define MBSEC_DAEMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR, /* needs somebody to act */
	LOG_LEVEL_WARNING, /* went wrong, and we go on by ourselves */
	LOG_LEVEL_INFO, /* what happened */
	LOG_LEVEL_DEBUG, /* how */
};

enum log_field_type {
	LOG_FIELD_END = 0,
	LOG_FIELD_TEXT,
	LOG_FIELD_NUMBER,
	LOG_FIELD_HEX,
};

/**
 * struct log_field - one key=value
 * @type: selects @text or @number
 * @key: our own word, not checked
 * @text: may be NULL, which prints as nothing
 * @number: printed as decimal, or as 8 hex digits
 */
struct log_field {
	enum log_field_type type;
	const char *key;
	const char *text;
	int64_t number;
};

#define LOG_TEXT(k, v)                                          \
	{                                                       \
		.type = LOG_FIELD_TEXT, .key = (k), .text = (v) \
	}
#define LOG_NUMBER(k, v)                                            \
	{                                                           \
		.type = LOG_FIELD_NUMBER, .key = (k), .number = (v) \
	}
#define LOG_HEX(k, v)                                            \
	{                                                        \
		.type = LOG_FIELD_HEX, .key = (k), .number = (v) \
	}

/* "error", "warning", "info", "debug". Returns 0, or -1 if @name is none. */
int log_level_parse(const char *name, enum log_level *level);
/* Lines up to @level are written to standard error; with @journal they carry
 * the priority prefix that systemd reads ("<6>"), else the time of day.
 */
void log_setup(enum log_level level, bool journal);
/* To leave out work that only a log line needs. */
bool log_enabled(enum log_level level);
/* @fields ends with a field of type LOG_FIELD_END. */
void log_write(enum log_level level, const char *area, const char *event,
	       const struct log_field *fields);

#define LOG_FIELDS_MAX 12

/**
 * struct log_line - fields of one line
 * @list: those that are not given are zero, which is the end
 */
struct log_line {
	struct log_field list[LOG_FIELDS_MAX + 1];
};

#define log_fields(level, area, event, ...) \
	log_write(level, area, event,       \
		  (&(const struct log_line){ { __VA_ARGS__ } })->list)
#define log_error(area, event, ...) \
	log_fields(LOG_LEVEL_ERROR, area, event, __VA_ARGS__)
#define log_warning(area, event, ...) \
	log_fields(LOG_LEVEL_WARNING, area, event, __VA_ARGS__)
#define log_info(area, event, ...) \
	log_fields(LOG_LEVEL_INFO, area, event, __VA_ARGS__)
#define log_debug(area, event, ...) \
	log_fields(LOG_LEVEL_DEBUG, area, event, __VA_ARGS__)

#endif
