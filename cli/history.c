// SPDX-License-Identifier: GPL-2.0-or-later
/* Transmit keys that were ever used with this tool on this host. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "history.h"
#include "history_file.h"

struct history {
	int directory;
	char *path;
	struct history_table table;
	struct history_entry key;
};

const char *history_directory(void)
{
	const char *directory = secure_getenv(HISTORY_DIRECTORY_VARIABLE);

	return directory && *directory ? directory : HISTORY_DIRECTORY;
}

static int out_of_memory(struct problem *problem)
{
	return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
}

static uint8_t *protocol_keys_put(uint8_t *end,
				  const struct protocol_keys *keys)
{
	end = mempcpy(end, keys->cipher_key, keys->cipher_key_size);
	end = mempcpy(end, keys->auth_key, keys->auth_key_size);
	return mempcpy(end, keys->salt, keys->salt_size);
}

/*
 * What must not come twice is the session key, under which KID and in which
 * group ever: a nonce is made of its salt and the counter, in SRTP of its salt,
 * an SSRC and an index that begins anew with the module. The fingerprint is
 * keyed with the salt of the file so that it tells nothing elsewhere.
 */
static bool fingerprint_make(const struct history *history,
			     const struct session_keys *keys,
			     uint8_t out[static HISTORY_FINGERPRINT_SIZE])
{
	uint8_t text[2 *
		     (CIPHER_KEY_SIZE_MAX + AUTH_KEY_SIZE_MAX + SALT_SIZE_MAX)];
	uint8_t *end = text;
	bool ok;

	end = protocol_keys_put(end, &keys->data);
	end = protocol_keys_put(end, &keys->rtcp);
	ok = HMAC(EVP_sha256(), history->table.salt,
		  sizeof(history->table.salt), text, end - text, out, NULL);
	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}

static int entry_make(struct history *history, const struct history_key *key,
		      struct problem *problem)
{
	struct history_entry *entry = &history->key;

	entry->group = key->group;
	entry->msk_id = key->msk_id;
	entry->mtk_id = key->mtk_id;
	entry->sender_id = key->sender_id;
	entry->since = time(NULL);
	if (fingerprint_make(history, key->keys, entry->fingerprint))
		return 0;
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"OpenSSL could not compute a fingerprint of the key");
}

int history_open(const char *directory, const struct history_key *key,
		 struct history **history, struct problem *problem)
{
	struct history *new = calloc(1, sizeof(*new));
	int code;

	*history = NULL;
	if (!new)
		return out_of_memory(problem);
	new->directory = -1;
	if (asprintf(&new->path, "%s/%s", directory, HISTORY_FILE) < 0) {
		new->path = NULL;
		history_close(new);
		return out_of_memory(problem);
	}
	new->directory = history_file_lock(directory, problem);
	code = new->directory < 0 ? EXIT_CODE_REFUSED :
				    history_file_read(new->directory, new->path,
						      &new->table, problem);
	if (!code)
		code = entry_make(new, key, problem);
	if (code) {
		history_close(new);
		return code;
	}
	*history = new;
	return 0;
}

static bool ids_equal(const struct history_entry *a,
		      const struct history_entry *b)
{
	return a->msk_id == b->msk_id && a->mtk_id == b->mtk_id &&
	       a->sender_id == b->sender_id;
}

static enum history_match entry_match(const struct history_entry *entry,
				      const struct history_entry *key)
{
	bool same_group = group_id_equal(&entry->group, &key->group);
	bool same_ids = ids_equal(entry, key);

	if (memcmp(entry->fingerprint, key->fingerprint,
		   sizeof(key->fingerprint)))
		return same_ids && same_group ? HISTORY_SAME_IDENTITY :
						HISTORY_NONE;
	return same_ids && !same_group ? HISTORY_OTHER_GROUP : HISTORY_SAME_KEY;
}

/* The worst of all. */
enum history_match history_find(const struct history *history, time_t *since)
{
	enum history_match match = HISTORY_NONE;

	for (size_t i = 0; i < history->table.count; i++) {
		const struct history_entry *entry = &history->table.entries[i];
		enum history_match found = entry_match(entry, &history->key);

		if (!found || (match && found >= match))
			continue;
		*since = entry->since;
		match = found;
	}
	return match;
}

const struct group_id *history_next_group(const struct history *history,
					  size_t *position, time_t *since)
{
	while (*position < history->table.count) {
		const struct history_entry *entry =
			&history->table.entries[(*position)++];

		if (entry_match(entry, &history->key) != HISTORY_OTHER_GROUP)
			continue;
		*since = entry->since;
		return &entry->group;
	}
	return NULL;
}

int history_record(struct history *history, struct problem *problem)
{
	struct history_table *table = &history->table;
	struct history_entry *entries;
	int code;

	entries = reallocarray(table->entries, table->count + 1,
			       sizeof(*entries));
	if (!entries)
		return out_of_memory(problem);
	table->entries = entries;
	entries[table->count++] = history->key;
	code = history_file_write(history->directory, history->path, table,
				  problem);
	if (code)
		table->count--;
	return code;
}

int history_withdraw(struct history *history, struct problem *problem)
{
	history->table.count--;
	return history_file_write(history->directory, history->path,
				  &history->table, problem);
}

void history_close(struct history *history)
{
	if (!history)
		return;
	if (history->directory >= 0)
		close(history->directory);
	free(history->table.entries);
	OPENSSL_cleanse(&history->table, sizeof(history->table));
	free(history->path);
	free(history);
}
