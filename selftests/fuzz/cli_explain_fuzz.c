// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "mbsec explain". The first octet says which kind, with the high bit JSON. Then
 * come the lines of a key file up to an octet of 0, and the message. What is
 * printed has no control character, and JSON can be read.
 */
#include <jansson.h>

#include "explain.h"
#include "explain_input.h"
#include "fuzz.h"

static const struct explain_kind *const kinds[] = {
	&explain_kind_mikey,  &explain_kind_nas5g, &explain_kind_naseps,
	&explain_kind_sframe, &explain_kind_srtp,  &explain_kind_digest,
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static void check_text(const char *text)
{
	for (; *text; text++)
		fuzz_check((*text >= ' ' && *text <= '~') || *text == '\n');
}

static void check_json(const char *text, size_t size)
{
	json_t *report = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	fuzz_check(report);
	fuzz_check(json_is_array(json_object_get(report, "parts")));
	fuzz_check(json_is_array(json_object_get(report, "checks")));
	json_decref(report);
}

static void run(const struct explain_kind *kind, const struct fuzz_input *input,
		const struct explain_keys *keys, bool json)
{
	void *message = fuzz_copy(input->data, input->size);
	struct problem problem = {};
	FILE *before = stdout;
	char *text = NULL;
	size_t size;
	int code;

	stdout = open_memstream(&text, &size);
	fuzz_check(stdout);
	code = explain_message(kind, message, input->size, keys, json,
			       &problem);
	fclose(stdout);
	stdout = before;
	fuzz_check(code == EXIT_CODE_OK || code == EXIT_CODE_REFUSED);
	fuzz_check(!code == !problem.sentence[0]);
	fuzz_check(strlen(text) == size);
	check_text(text);
	check_text(problem.sentence);
	if (json)
		check_json(text, size);
	free(text);
	free(message);
}

/* The text form of a message gives its octets, or a sentence. */
static void check_octets(const struct fuzz_input *input)
{
	struct explain_input octets;
	struct problem problem = {};
	int code = explain_input_octets(input->data, input->size, true, &octets,
					&problem);

	fuzz_check(code ? problem.sentence[0] && !octets.data : !!octets.data);
	fuzz_check(octets.size <= EXPLAIN_SIZE_MAX);
	explain_input_clear(&octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t first = fuzz_take(&input, 1);
	struct explain_keys keys;
	struct problem problem;
	char *file;

	if (!size)
		return 0;
	setenv("NO_COLOR", "1", 1);
	file = fuzz_text(&input);
	if (explain_keys_parse("fuzz", file, strlen(file), &keys, &problem)) {
		check_text(problem.sentence);
		explain_keys_init(&keys);
	}
	input.data += strlen(file);
	input.size -= strlen(file);
	fuzz_take(&input, 1);
	run(kinds[(first & 0x7f) % KIND_COUNT], &input, &keys, first & 0x80);
	check_octets(&input);
	explain_keys_clear(&keys);
	free(file);
	return 0;
}
