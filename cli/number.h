/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the command line, read strictly. */
#ifndef _CLI_NUMBER_H
#define _CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

struct number_range {
	uint64_t min;
	uint64_t max;
};

int number_parse(const char *field, const char *text,
		 const struct number_range *range, uint64_t *value,
		 struct problem *problem);
int number_parse_or_hex(const char *field, const char *text,
			const struct number_range *range, uint64_t *value,
			struct problem *problem);

/* Exactly 2 * size hex digits. */
bool number_parse_octets(const char *text, size_t length, uint8_t *octets,
			 size_t size);

#endif /* _CLI_NUMBER_H */
