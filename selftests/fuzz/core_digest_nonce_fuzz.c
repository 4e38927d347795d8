// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server whose nonces prove themselves, and a user who has the password and
 * sends them in any order, twice, late, changed, or made up. Whatever is accepted
 * is a nonce of the server that is not too old, and comes after all that was
 * accepted before; a new one is accepted always.
 *
 * The input is a list of commands: what to do (1), time that goes by (2), age of
 * the nonce (2), its random (1), count (1), place of the change (1).
 */
#include "core/digest_nonce.h"
#include "fuzz.h"

#define LIFETIME 1000
#define COUNT_MAX 4
#define COMMANDS_MAX 64

static const struct digest_request request = {
	.method = "POST",
	.uri = "/keymanagement",
	.body = "body",
	.body_size = 4,
};

struct world {
	struct digest_server server;
	struct digest_nonce record;
	struct secret password;
	uint64_t now;
};

struct command {
	uint8_t what;
	uint64_t made;
	uint8_t random[DIGEST_NONCE_RANDOM_SIZE];
	uint32_t count;
	uint8_t place;
};

static void world_make(struct world *world)
{
	*world = (struct world){
		.server = { .algorithm = DIGEST_MD5,
			    .qops = DIGEST_BIT(DIGEST_AUTH_INT),
			    .count_max = COUNT_MAX,
			    .lifetime = LIFETIME,
			    .realm = "bmsc.home1.net" },
		.now = 1,
	};
	fuzz_check(
		!secret_alloc(&world->server.nonce_key, DIGEST_NONCE_KEY_SIZE));
	fuzz_check(!secret_set(&world->password, "Circle of Life", 14));
}

static struct command take_command(struct world *world,
				   struct fuzz_input *input)
{
	struct command command = { .what = (uint8_t)fuzz_take(input, 1) };
	uint64_t age;

	world->now += fuzz_take(input, 2);
	age = fuzz_take(input, 2);
	command.made = age < world->now ? world->now - age : world->now;
	command.random[0] = (uint8_t)fuzz_take(input, 1);
	command.count = 1 + (uint32_t)fuzz_take(input, 1) % (COUNT_MAX + 2);
	command.place = (uint8_t)fuzz_take(input, 1);
	return command;
}

static int present(struct world *world, const char *nonce, uint32_t count)
{
	struct digest_nonce before = world->record;
	struct digest_credentials credentials;
	struct digest_session client = {
		.algorithm = DIGEST_MD5,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count = count - 1,
		.realm = "bmsc.home1.net",
	};
	struct fault fault = { 0 };
	int refused;

	memcpy(client.nonce, nonce, strlen(nonce) + 1);
	/* A text that is no nonce at all, the client does not send. */
	if (digest_credentials_build(&client, "user", "cnonce", &request,
				     &world->password, &credentials, NULL))
		return -1;
	fuzz_check(credentials.count == count);
	refused = digest_server_verify(&world->server, &world->record,
				       &credentials, &request, &world->password,
				       world->now, &fault);
	if (refused) {
		fuzz_check(!memcmp(&before, &world->record, sizeof(before)));
		fuzz_check(fault.code == FAULT_REPLAYED);
	}
	return refused;
}

/* After all that was accepted, not too old, not too often. */
static void check_accepted(const struct world *world,
			   const struct digest_nonce *before,
			   const struct command *command)
{
	const struct digest_nonce *record = &world->record;

	fuzz_check(record->made == command->made);
	fuzz_check(record->count == command->count);
	fuzz_check(!memcmp(record->random, command->random,
			   sizeof(record->random)));
	fuzz_check(world->now - record->made <= LIFETIME);
	fuzz_check(record->count <= COUNT_MAX);
	if (!before->count)
		return;
	fuzz_check(record->made >= before->made);
	if (record->made > before->made)
		return;
	fuzz_check(!memcmp(record->random, before->random,
			   sizeof(record->random)));
	fuzz_check(record->count > before->count);
}

static void present_own(struct world *world, const struct command *command)
{
	struct digest_nonce before = world->record;
	bool is_new = command->made == world->now && command->count == 1 &&
		      (!before.count || command->made > before.made);
	char nonce[DIGEST_NONCE_SIZE];

	fuzz_check(!digest_nonce_write(&world->server, command->made,
				       command->random, nonce, NULL));
	if (!present(world, nonce, command->count))
		check_accepted(world, &before, command);
	else
		fuzz_check(!is_new);
	/* The same once more. */
	fuzz_check(present(world, nonce, command->count));
}

static void present_changed(struct world *world, const struct command *command)
{
	char nonce[DIGEST_NONCE_SIZE];
	char *place;

	fuzz_check(!digest_nonce_write(&world->server, command->made,
				       command->random, nonce, NULL));
	place = &nonce[command->place % strlen(nonce)];
	*place = *place == 'A' ? 'B' : 'A';
	fuzz_check(present(world, nonce, command->count));
}

static void present_other(struct world *world, const struct command *command,
			  const struct fuzz_input *input)
{
	char *text = fuzz_text(input);

	if (strlen(text) < DIGEST_NONCE_SIZE)
		fuzz_check(present(world, text, command->count));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct command command;
	struct world world;
	int i;

	world_make(&world);
	for (i = 0; i < COMMANDS_MAX && input.size; i++) {
		command = take_command(&world, &input);
		switch (command.what % 4) {
		case 0:
		case 1:
			present_own(&world, &command);
			break;
		case 2:
			present_changed(&world, &command);
			break;
		default:
			present_other(&world, &command, &input);
		}
	}
	secret_clear(&world.password);
	secret_clear(&world.server.nonce_key);
	return 0;
}
