// SPDX-License-Identifier: GPL-2.0-or-later
/* What the tests of the list of used transmit keys share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli_history_fixture.h"

struct history_key fixture_key(int number)
{
	static struct session_keys session_keys[FIXTURE_KEYS];
	struct protocol_keys *keys = &session_keys[number].data;
	struct history_key key = {
		.group.port = 5000,
		.msk_id = 0x89abcdef,
		.mtk_id = number,
		.sender_id = 0x100,
		.keys = &session_keys[number],
	};

	keys->cipher_key_size = 16;
	keys->auth_key_size = 32;
	keys->salt_size = 12;
	memcpy(keys->cipher_key, "\1\2\3", 3);
	memcpy(keys->auth_key, "\4\5\6", 3);
	memcpy(keys->salt, "\7\10\11", 3);
	keys->salt[11] = number;
	assert_true(address_parse("239.1.1.1", &key.group.address));
	return key;
}

int fixture_setup(void **state)
{
	struct history_fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	strcpy(fixture->parent, "/tmp/mbsec-history-XXXXXX");
	assert_non_null(mkdtemp(fixture->parent));
	snprintf(fixture->directory, sizeof(fixture->directory), "%s/state",
		 fixture->parent);
	snprintf(fixture->file, sizeof(fixture->file), "%s/" HISTORY_FILE,
		 fixture->directory);
	snprintf(fixture->temporary, sizeof(fixture->temporary), "%s.new",
		 fixture->file);
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	struct history_fixture *fixture = *state;

	unlink(fixture->temporary);
	unlink(fixture->file);
	rmdir(fixture->file);
	rmdir(fixture->directory);
	rmdir(fixture->parent);
	free(fixture);
	return 0;
}

struct history *fixture_open(const struct history_fixture *fixture,
			     const struct history_key *key)
{
	struct history *history = NULL;
	struct problem problem;

	if (history_open(fixture->directory, key, &history, &problem))
		fail_msg("%s", problem.sentence);
	assert_non_null(history);
	return history;
}

enum history_match fixture_find(const struct history_fixture *fixture,
				const struct history_key *key)
{
	struct history *history = fixture_open(fixture, key);
	enum history_match match;
	time_t since = 0;

	match = history_find(history, &since);
	if (match)
		assert_in_range(since, time(NULL) - 60, time(NULL) + 60);
	history_close(history);
	return match;
}

void fixture_record(const struct history_fixture *fixture,
		    const struct history_key *key)
{
	struct history *history = fixture_open(fixture, key);
	struct problem problem;

	assert_int_equal(history_record(history, &problem), 0);
	history_close(history);
}
