/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the list of used transmit keys share. */
#ifndef _CLI_HISTORY_FIXTURE_H
#define _CLI_HISTORY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history.h"

#define FIXTURE_KEYS 16

struct history_fixture {
	char parent[64];
	char directory[96];
	char file[128];
	char temporary[160];
};

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Number n has MTK ID n and its own session keys. */
struct history_key fixture_key(int number);

struct history *fixture_open(const struct history_fixture *fixture,
			     const struct history_key *key);
enum history_match fixture_find(const struct history_fixture *fixture,
				const struct history_key *key);
void fixture_record(const struct history_fixture *fixture,
		    const struct history_key *key);

#define FIXTURE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif /* _CLI_HISTORY_FIXTURE_H */
