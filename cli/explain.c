// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands "mbsec explain ...". */
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "command.h"
#include "explain.h"
#include "explain_input.h"
#include "secret.h"

/* Three characters an octet, and as many line ends. */
#define TEXT_SIZE_MAX (4 * (size_t)EXPLAIN_SIZE_MAX)
#define SECURE_HEAP_SIZE 65536
#define SECURE_HEAP_MIN 32

static int text_take(const char *text, size_t length,
		     struct explain_input *message, struct problem *problem)
{
	if (length > EXPLAIN_SIZE_MAX)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "the text has more than %d characters",
				   EXPLAIN_SIZE_MAX);
	message->data = OPENSSL_malloc(length ? length : 1);
	message->size = length;
	if (!message->data)
		return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	memcpy(message->data, text, length);
	return 0;
}

static int message_take(const struct explain_kind *kind, const void *text,
			size_t length, bool may_be_raw,
			struct explain_input *message, struct problem *problem)
{
	return kind->is_text ? text_take(text, length, message, problem) :
			       explain_input_octets(text, length, may_be_raw,
						    message, problem);
}

static int message_read(const struct explain_kind *kind, const char *operand,
			struct explain_input *message, struct problem *problem)
{
	struct explain_input input;
	int code;

	if (strcmp(operand, "-"))
		return message_take(kind, operand, strlen(operand), false,
				    message, problem);
	code = explain_input_read(STDIN_FILENO, "standard input", TEXT_SIZE_MAX,
				  &input, problem);
	if (!code)
		code = message_take(kind, input.data, input.size, true, message,
				    problem);
	explain_input_clear(&input);
	return code;
}

static int run(const struct explain_kind *kind, const struct arguments *args,
	       struct problem *problem)
{
	struct explain_input message = {};
	struct explain_keys keys;
	int code = 0;

	secret_protect_process();
	CRYPTO_secure_malloc_init(SECURE_HEAP_SIZE, SECURE_HEAP_MIN);
	explain_keys_init(&keys);
	if (args->keys && !strcmp(args->keys, "-") &&
	    !strcmp(args->operand, "-"))
		code = problem_set(
			problem, EXIT_CODE_USAGE,
			"the message and the keys cannot both come from standard input");
	if (!code && args->keys)
		code = explain_keys_read(args->keys, &keys, problem);
	if (!code)
		code = message_read(kind, args->operand, &message, problem);
	if (!code)
		code = explain_message(kind, message.data, message.size, &keys,
				       args->options & OPTION_JSON, problem);
	explain_input_clear(&message);
	explain_keys_clear(&keys);
	return code;
}

#define COMMAND(kind)                                            \
	int explain_##kind(const struct arguments *args,         \
			   struct problem *problem)              \
	{                                                        \
		return run(&explain_kind_##kind, args, problem); \
	}

COMMAND(mikey)
COMMAND(nas5g)
COMMAND(naseps)
COMMAND(sframe)
COMMAND(srtp)
COMMAND(digest)
