// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>

#include "datetime.h"

#define SECONDS_PER_DAY 86400
/* The last second of the year 9999. */
#define SECONDS_MAX 253402300799LL

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first of January of @year. */
static int64_t year_days(int64_t year)
{
	int64_t before = year - 1;

	return 365 * (year - 1970) + before / 4 - before / 100 + before / 400 -
	       (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Reads @count digits at *@pos; -1 if there is something else. */
static int number(const char *text, size_t length, size_t *pos, size_t count)
{
	int value = 0;

	for (; count; count--, (*pos)++) {
		if (*pos >= length || text[*pos] < '0' || text[*pos] > '9')
			return -1;
		value = value * 10 + (text[*pos] - '0');
	}
	return value;
}

static bool skip(const char *text, size_t length, size_t *pos, char c)
{
	if (*pos >= length || text[*pos] != c)
		return false;
	(*pos)++;
	return true;
}

/* The date and time of day, without zone. */
static bool parse_local(const char *text, size_t length, size_t *pos,
			int64_t *seconds)
{
	int year = number(text, length, pos, 4);
	int month = skip(text, length, pos, '-') ?
			    number(text, length, pos, 2) :
			    -1;
	int day = skip(text, length, pos, '-') ? number(text, length, pos, 2) :
						 -1;
	int hour = skip(text, length, pos, 'T') ? number(text, length, pos, 2) :
						  -1;
	int minute = skip(text, length, pos, ':') ?
			     number(text, length, pos, 2) :
			     -1;
	int second = skip(text, length, pos, ':') ?
			     number(text, length, pos, 2) :
			     -1;
	int64_t days;
	int i;

	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month) || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 59)
		return false;
	days = year_days(year) + day - 1;
	for (i = 1; i < month; i++)
		days += month_days(year, i);
	*seconds = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
	return true;
}

static bool skip_fraction(const char *text, size_t length, size_t *pos)
{
	if (!skip(text, length, pos, '.'))
		return true;
	if (number(text, length, pos, 1) < 0)
		return false;
	while (*pos < length && text[*pos] >= '0' && text[*pos] <= '9')
		(*pos)++;
	return true;
}

/* What to add to local time to get UTC. */
static bool parse_zone(const char *text, size_t length, size_t *pos,
		       int *offset)
{
	int hours, minutes;
	bool east;

	*offset = 0;
	if (skip(text, length, pos, 'Z'))
		return true;
	east = skip(text, length, pos, '+');
	if (!east && !skip(text, length, pos, '-'))
		return false;
	hours = number(text, length, pos, 2);
	minutes = skip(text, length, pos, ':') ? number(text, length, pos, 2) :
						 -1;
	if (hours < 0 || minutes < 0 || minutes > 59 ||
	    hours * 60 + minutes > 14 * 60)
		return false;
	*offset = (hours * 60 + minutes) * (east ? -60 : 60);
	return true;
}

int datetime_parse(const char *text, size_t length, int64_t *seconds,
		   const char *what, struct fault *fault)
{
	int64_t local = 0;
	size_t pos = 0;
	int offset;

	*seconds = 0;
	if (!parse_local(text, length, &pos, &local) ||
	    !skip_fraction(text, length, &pos) ||
	    !parse_zone(text, length, &pos, &offset) || pos != length)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not a date and time with a zone", what);
	local += offset;
	if (local < 0 || local > SECONDS_MAX)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not within the years 1970 to 9999",
				 what);
	*seconds = local;
	return 0;
}

/* Writes a number with @digits digits, and the character that follows it. */
static char *put(char *text, int value, int digits, char after)
{
	int i;

	for (i = digits; i--; value /= 10)
		text[i] = (char)('0' + value % 10);
	text[digits] = after;
	return text + digits + 1;
}

int datetime_write(int64_t seconds, char text[DATETIME_SIZE],
		   struct fault *fault)
{
	int64_t days = seconds / SECONDS_PER_DAY;
	int rest = (int)(seconds % SECONDS_PER_DAY);
	int year = 1970, month = 1;

	text[0] = '\0';
	if (seconds < 0 || seconds > SECONDS_MAX)
		return fault_set(
			fault, FAULT_ARGUMENT,
			"the time is not within the years 1970 to 9999");
	/* Counting 366 days a year never overshoots. */
	year += (int)(days / 366);
	while (year_days(year + 1) <= days)
		year++;
	days -= year_days(year);
	for (; days >= month_days(year, month); month++)
		days -= month_days(year, month);
	text = put(text, year, 4, '-');
	text = put(text, month, 2, '-');
	text = put(text, (int)days + 1, 2, 'T');
	text = put(text, rest / 3600, 2, ':');
	text = put(text, rest / 60 % 60, 2, ':');
	text = put(text, rest % 60, 2, 'Z');
	*text = '\0';
	return 0;
}
