// SPDX-License-Identifier: GPL-2.0-or-later
/* How far a long command is, while somebody watches. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static json_int_t number(const json_t *report, const char *name)
{
	return json_integer_value(json_object_get(report, name));
}

/* Commands count what they have finished under different names. */
static json_int_t done_of(const json_t *report)
{
	if (json_object_get(report, "done"))
		return number(report, "done");
	if (json_object_get(report, "ended"))
		return number(report, "ended");
	return number(report, "acknowledged") + number(report, "given-up");
}

static const char *time_left(double seconds, char *text, size_t size)
{
	unsigned long left = (unsigned long)(seconds + 0.5);

	if (left < 100)
		snprintf(text, size, "%lu s", left);
	else if (left < 6000)
		snprintf(text, size, "%lu min", (left + 30) / 60);
	else
		snprintf(text, size, "%lu h", (left + 1800) / 3600);
	return text;
}

const char *control_progress_text(const json_t *report, double elapsed,
				  char text[static CONTROL_PROGRESS_SIZE])
{
	json_int_t total = number(report, "total"), done = done_of(report);
	char left[32];
	int length;

	text[0] = '\0';
	if (total <= 0 || done < 0 || done > total)
		return text;
	length = snprintf(text, CONTROL_PROGRESS_SIZE,
			  "%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
			  ", %d %%",
			  done, total,
			  (int)((double)done * 100 / (double)total));
	/* The first moments say little about the rest. */
	if (done && elapsed >= 0.5 && elapsed < 1e6)
		snprintf(text + length, CONTROL_PROGRESS_SIZE - length,
			 ", %s left",
			 time_left(elapsed * (double)(total - done) /
					   (double)done,
				   left, sizeof(left)));
	return text;
}

void control_progress_begin(struct control_progress *progress)
{
	progress->start = seconds_now();
	progress->shown = false;
}

void control_progress_show(struct control_progress *progress,
			   const char *command, const json_t *report)
{
	char text[CONTROL_PROGRESS_SIZE];

	if (!isatty(STDERR_FILENO))
		return;
	control_progress_text(report, seconds_now() - progress->start, text);
	fprintf(stderr, "\r\033[K%s: %s", command, text);
	fflush(stderr);
	progress->shown = true;
}

void control_progress_end(struct control_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
