// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealed keys: they open where they were sealed, unchanged, and nowhere else. */
#define _GNU_SOURCE /* memmem() */
#include "daemon_store_scene.h"

static const char *const key_migrations[] = {
	"CREATE TABLE key(name TEXT PRIMARY KEY, sealed BLOB) STRICT",
};

static const struct store_component key = { "key", key_migrations, 1 };

static void secret_fill(struct secret *secret, size_t size, uint8_t first)
{
	uint8_t bytes[SECRET_SIZE_MAX];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(first + i);
	assert_int_equal(secret_set(secret, bytes, size), 0);
}

static void test_all_sizes(void **state)
{
	struct place *place = *state;
	struct secret secret = { 0 }, opened = { 0 };
	uint8_t *sealed = malloc(STORE_SEALED_MAX);

	for (size_t size = 1; size <= SECRET_SIZE_MAX; size++) {
		struct fault fault = { 0 };
		size_t length = 0;

		secret_fill(&secret, size, 3);
		assert_int_equal(store_seal(place->store, "key a", &secret,
					    sealed, &length, &fault),
				 0);
		assert_true(length > size && length <= STORE_SEALED_MAX);
		assert_int_equal(store_unseal(place->store, "key a", sealed,
					      length, &opened, &fault),
				 0);
		assert_true(secret_equal(&secret, &opened));
		if (size >= 4)
			assert_null(memmem(sealed, length, secret.bytes, size));
		/* Another row. */
		assert_int_equal(store_unseal(place->store, "key b", sealed,
					      length, &opened, &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
		assert_int_equal(opened.size, 0);
	}
	secret_clear(&secret);
	free(sealed);
}

static void refuse(struct place *place, const uint8_t *sealed, size_t size)
{
	struct secret opened = { 0 };
	struct fault fault = { 0 };

	if (!store_unseal(place->store, "key a", sealed, size, &opened, &fault))
		fail_msg("a changed key of %zu octets was opened", size);
	assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
	assert_null(opened.bytes);
}

static void test_changes(void **state)
{
	static const size_t sizes[] = { 1, 8, 15, 16, 20, 32, 256 };
	struct place *place = *state;
	struct secret secret = { 0 };
	uint8_t sealed[STORE_SEALED_MAX + 1] = { 0 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size;

		secret_fill(&secret, sizes[i], 9);
		assert_int_equal(store_seal(place->store, "key a", &secret,
					    sealed, &size, NULL),
				 0);
		for (size_t cut = 0; cut < size; cut++)
			refuse(place, sealed, cut);
		refuse(place, sealed, size + 1);
		for (size_t bit = 0; bit < 8 * size; bit++) {
			sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
			refuse(place, sealed, size);
			sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	refuse(place, NULL, 0);
	refuse(place, sealed, STORE_SEALED_MAX + 1);
	secret_clear(&secret);
}

static void test_empty(void **state)
{
	struct place *place = *state;
	struct secret empty = { 0 };
	struct fault fault = { 0 };
	uint8_t sealed[STORE_SEALED_MAX];
	size_t size = 7;

	assert_int_equal(store_seal(place->store, "key a", &empty, sealed,
				    &size, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(size, 0);
}

/* The same key in two databases: what is copied from one does not open in the
 * other, though KEK and row are the same.
 */
static void test_other_database(void **state)
{
	struct place *place = *state;
	struct secret secret = { 0 };
	uint8_t sealed[STORE_SEALED_MAX];
	size_t size;

	secret_fill(&secret, 16, 1);
	assert_int_equal(store_seal(place->store, "key a", &secret, sealed,
				    &size, NULL),
			 0);
	close_store(place);
	assert_int_equal(unlink(place->path), 0);
	reopen(place, NULL);
	refuse(place, sealed, size);
	secret_clear(&secret);
}

static int key_write(struct place *place, const char *name,
		     const struct secret *secret)
{
	sqlite3_stmt *statement = store_statement(
		place->store, "INSERT OR REPLACE INTO key VALUES(?1, ?2)",
		NULL);
	char context[64];

	assert_non_null(statement);
	snprintf(context, sizeof(context), "key %s sealed", name);
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (store_bind_secret(place->store, statement, 2, context, secret,
			      NULL))
		return -1;
	return store_write(place->store, statement, NULL, NULL);
}

static int key_read(struct place *place, const char *name,
		    struct secret *secret, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		place->store, "SELECT sealed FROM key WHERE name = ?1", NULL);
	char context[64];
	int result;

	assert_non_null(statement);
	snprintf(context, sizeof(context), "key %s sealed", name);
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	assert_int_equal(store_row(place->store, statement, fault), 1);
	result = store_column_secret(place->store, statement, 0, context,
				     secret, fault);
	sqlite3_reset(statement);
	return result;
}

static bool file_holds(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "rb");
	static char content[1 << 20];
	size_t length;

	if (!file)
		return false;
	length = fread(content, 1, sizeof(content), file);
	fclose(file);
	return memmem(content, length, bytes, size);
}

static void test_columns(void **state)
{
	struct place *place = *state;
	struct secret first = { 0 }, second = { 0 }, read = { 0 };
	struct fault fault = { 0 };
	char wal[128];

	assert_int_equal(store_component_add(place->store, &key, NULL), 0);
	secret_fill(&first, 16, 11);
	secret_fill(&second, 20, 111);
	assert_int_equal(key_write(place, "first", &first), 0);
	assert_int_equal(key_write(place, "second", &second), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
	snprintf(wal, sizeof(wal), "%s-wal", place->path);
	assert_true(file_holds(wal, "second", 6));
	assert_false(file_holds(wal, first.bytes, first.size));
	reopen(place, NULL);
	assert_false(file_holds(place->path, first.bytes, first.size));
	assert_int_equal(key_read(place, "first", &read, &fault), 0);
	assert_true(secret_equal(&read, &first));
	assert_int_equal(key_read(place, "second", &read, &fault), 0);
	assert_true(secret_equal(&read, &second));
	/* Somebody with the file gives the first the second's key. */
	close_store(place);
	foreign(place, "UPDATE key SET sealed = (SELECT sealed FROM key "
		       "WHERE name = 'second') WHERE name = 'first'");
	reopen(place, NULL);
	assert_int_equal(key_read(place, "first", &read, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
	assert_non_null(strstr(fault.text, "key first sealed"));
	assert_int_equal(read.size, 0);
	close_store(place);
	foreign(place, "UPDATE key SET sealed = NULL");
	reopen(place, NULL);
	assert_int_equal(key_read(place, "second", &read, NULL), -1);
	secret_clear(&first);
	secret_clear(&second);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_all_sizes),	   TEST(test_changes), TEST(test_empty),
		TEST(test_other_database), TEST(test_columns),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
