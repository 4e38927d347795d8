// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

/* A line is written at once, or lines of several processes would mix. */
#define LINE_SIZE 1024
/* What a hostile text may take of it. */
#define TEXT_MAX 256

struct line {
	char text[LINE_SIZE];
	size_t length;
};

static struct {
	enum log_level level;
	bool journal;
} setup = { .level = LOG_LEVEL_INFO };

static const struct {
	const char *name;
	char priority; /* of syslog(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", '3' },
	[LOG_LEVEL_WARNING] = { "warning", '4' },
	[LOG_LEVEL_INFO] = { "info", '6' },
	[LOG_LEVEL_DEBUG] = { "debug", '7' },
};

int log_level_parse(const char *name, enum log_level *level)
{
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(name, levels[i].name)) {
			*level = i;
			return 0;
		}
	return -1;
}

void log_setup(enum log_level level, bool journal)
{
	setup.level = level;
	setup.journal = journal;
}

bool log_enabled(enum log_level level)
{
	return level <= setup.level;
}

static void put_char(struct line *line, char c)
{
	/* The last place is for the end of the line. */
	if (line->length < LINE_SIZE - 1)
		line->text[line->length++] = c;
}

static void put(struct line *line, const char *text)
{
	while (*text)
		put_char(line, *text++);
}

static bool is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("._:@/+-", c));
}

static void put_escaped(struct line *line, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		put_char(line, '\\');
		put_char(line, (char)c);
	} else if (c >= ' ' && c < 0x7f) {
		put_char(line, (char)c);
	} else {
		put(line, "\\x");
		put_char(line, hex[c >> 4]);
		put_char(line, hex[c & 15]);
	}
}

static void put_text(struct line *line, const char *text)
{
	size_t i, length = strlen(text), plain = 0;

	while (is_plain((unsigned char)text[plain]))
		plain++;
	if (plain == length && length && length <= TEXT_MAX) {
		put(line, text);
		return;
	}
	put_char(line, '"');
	for (i = 0; i < length && i < TEXT_MAX; i++)
		put_escaped(line, (unsigned char)text[i]);
	if (i < length)
		put(line, "...");
	put_char(line, '"');
}

static void put_time(struct line *line)
{
	struct timespec now;
	char text[40];
	struct tm utc;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	length = strftime(text, sizeof(text), "time=%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + length, sizeof(text) - length, ".%03ldZ ",
		 now.tv_nsec / 1000000);
	put(line, text);
}

static void put_field(struct line *line, const struct log_field *field)
{
	char number[24];

	put_char(line, ' ');
	put(line, field->key);
	put_char(line, '=');
	if (field->type == LOG_FIELD_TEXT) {
		if (field->text)
			put_text(line, field->text);
		return;
	}
	if (field->type == LOG_FIELD_HEX)
		snprintf(number, sizeof(number), "%08" PRIx64,
			 (uint64_t)field->number);
	else
		snprintf(number, sizeof(number), "%" PRId64, field->number);
	put(line, number);
}

void log_write(enum log_level level, const char *area, const char *event,
	       const struct log_field *fields)
{
	struct line line = { .length = 0 };
	size_t done = 0;
	ssize_t written;

	if (!log_enabled(level))
		return;
	if (setup.journal) {
		put_char(&line, '<');
		put_char(&line, levels[level].priority);
		put_char(&line, '>');
	} else {
		put_time(&line);
	}
	put(&line, "level=");
	put(&line, levels[level].name);
	put(&line, " area=");
	put(&line, area);
	put(&line, " event=");
	put(&line, event);
	for (; fields->type != LOG_FIELD_END; fields++)
		put_field(&line, fields);
	line.text[line.length++] = '\n';
	while (done < line.length) {
		written = write(STDERR_FILENO, line.text + done,
				line.length - done);
		if (written <= 0)
			return;
		done += (size_t)written;
	}
}
