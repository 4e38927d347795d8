// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY messages: all that is refused, and why. */
#include "core_mikey_draft.h"

/*
 * MTK delivery: HDR 0..9, EXT 10..28 (next 10, type 11, length 12), T 29..34
 * (next 29), KEMAC 35..95 (next 35, encryption 36, length 37, MAC algorithm 75).
 */
static void header_refused(void **state)
{
	unsigned int value;
	char hex[8];

	(void)state;
	refuse_spliced(MTK_STREAMING, 0, 1, "00", FAULT_UNSUPPORTED,
		       "version 0");
	refuse_spliced(MTK_STREAMING, 0, 1, "02", FAULT_UNSUPPORTED,
		       "version 2");
	for (value = 2; value < 256; value++) {
		snprintf(hex, sizeof(hex), "%02x", value);
		if (value != MIKEY_ERROR)
			refuse_spliced(MTK_STREAMING, 1, 1, hex,
				       FAULT_UNSUPPORTED, "data type");
	}
	for (value = 2; value < 256; value++) {
		snprintf(hex, sizeof(hex), "%02x", value);
		refuse_spliced(MTK_STREAMING, 9, 1, hex, FAULT_UNSUPPORTED,
			       "CS ID map type");
	}
	refuse_spliced(MTK_STREAMING, 2, 1, "00", FAULT_MALFORMED,
		       "octets too many");
	/* Nothing but a header. */
	refuse_spliced(MTK_STREAMING, 2, 94, "00000a0b0c0d0001",
		       FAULT_MALFORMED, "no payload");
}

static void downgrades_refused(void **state)
{
	unsigned int value;
	char hex[8];

	(void)state;
	for (value = 1; value < 128; value++) {
		snprintf(hex, sizeof(hex), "%02x", value);
		refuse_spliced(MTK_STREAMING, 3, 1, hex, FAULT_UNSUPPORTED,
			       "PRF");
	}
	for (value = 2; value < 256; value++) {
		snprintf(hex, sizeof(hex), "%02x", value);
		refuse_spliced(MTK_STREAMING, 36, 1, hex, FAULT_UNSUPPORTED,
			       "encryption algorithm");
		refuse_spliced(MTK_STREAMING, 75, 1, hex, FAULT_UNSUPPORTED,
			       "MAC algorithm");
	}
	refuse_spliced(MTK_STREAMING, 36, 1, "00", FAULT_UNSUPPORTED,
		       "NULL encryption");
	refuse_spliced(MTK_STREAMING, 75, 1, "00", FAULT_UNSUPPORTED,
		       "NULL MAC");
	/* The NULL MAC has no octets. */
	refuse_spliced(MTK_STREAMING, 75, 21, "00", FAULT_UNSUPPORTED,
		       "NULL MAC");
	refuse_spliced("verification of the MSK delivery", 59, 1, "00",
		       FAULT_UNSUPPORTED, "NULL MAC");
}

/* Each payload names itself as the next one. What follows is read as another of
 * its kind, until there are more than a message may have.
 */
static void loops_refused(void **state)
{
	struct draft draft;

	(void)state;
	refuse_spliced(MTK_STREAMING, 10, 1, "15", FAULT_MALFORMED,
		       "EXT payload is there more than once");
	refuse_spliced(MTK_STREAMING, 29, 1, "05", FAULT_MALFORMED,
		       "T payload is there more than once");
	refuse_spliced(MTK_STREAMING, 35, 1, "01", FAULT_MALFORMED,
		       "KEMAC payload is there more than once");
	refuse_spliced(MSK_DOWNLOAD, 31, 1, "0b", FAULT_MALFORMED,
		       "RAND payload is there more than once");
	refuse_spliced(MSK_DOWNLOAD, 67, 1, "06", FAULT_MALFORMED,
		       "ID payload is there more than twice");
	refuse_spliced("error with V", 20, 1, "09", FAULT_MALFORMED,
		       "V payload is there more than once");
	/* Back to a kind that was there: T after EXT and T. */
	refuse_spliced(MTK_STREAMING, 35, 1, "15", FAULT_MALFORMED,
		       "EXT payload is there more than once");
	/* A chain of ERR that goes on for ever. */
	draft = draft_load("error without V");
	while (draft.size + 4 < MESSAGE_MAX)
		draft_splice(&draft, 16, 0, "0c000000");
	refuse(&draft, FAULT_MALFORMED, "ERR payload is there more than four");
}

static void repetitions_refused(void **state)
{
	static const char t[] = "050200000001";
	static const char kemac[] =
		"01010000010000000000000000000000000000000000000000";

	(void)state;
	refuse_spliced(MTK_STREAMING, 29, 0, t, FAULT_MALFORMED,
		       "T payload is there more than once");
	/* EXT, then EXT again. */
	refuse_spliced(MTK_STREAMING, 10, 0, "1503000300010000",
		       FAULT_MALFORMED, "Key ID");
	refuse_spliced(MTK_STREAMING, 10, 0, "150300050003aabbcc",
		       FAULT_MALFORMED, "EXT payload is there more than once");
	refuse_spliced(MTK_STREAMING, 35, 0, kemac, FAULT_MALFORMED,
		       "KEMAC payload is there more than once");
	/* RAND at 27 of an MSK delivery: next 31, then 16 octets. */
	refuse_spliced(MSK_DOWNLOAD, 31, 0,
		       "0b10000102030405060708090a0b0c0d0e0f", FAULT_MALFORMED,
		       "RAND payload is there more than once");
	/* A third ID. */
	refuse_spliced(MSK_DOWNLOAD, 49, 0, "0600000161", FAULT_MALFORMED,
		       "ID payload is there more than twice");
	refuse_spliced("error without V", 16, 0, "0c0000000c0000000c000000",
		       FAULT_MALFORMED, "ERR payload is there more than four");
	refuse_spliced("verification of the MSK delivery", 16, 0, "0600000161",
		       FAULT_MALFORMED, "two payloads ID");
}

static void reordering(void **state)
{
	struct draft draft = draft_load(MTK_STREAMING);

	(void)state;
	/* EXT after T: 33.246 may want it so, and nothing forbids it. */
	draft_splice(&draft, 29, 6, "");
	draft_splice(&draft, 10, 0, "150200000001");
	draft.octets[2] = MIKEY_T;
	draft.octets[16] = MIKEY_KEMAC;
	accept(&draft);
	/* KEMAC before T. */
	draft = draft_load(MTK_STREAMING);
	draft_splice(&draft, 29, 6, "");
	draft.octets[10] = MIKEY_KEMAC;
	draft.octets[29] = MIKEY_T;
	draft_splice(&draft, draft.size, 0, "000200000001");
	refuse(&draft, FAULT_MALFORMED, "KEMAC payload is not the last");
	/* V before T. */
	draft = draft_load("error with V");
	draft_splice(&draft, draft.size - 22, 1, "0c");
	draft_splice(&draft, draft.size, 0, "00010000");
	refuse(&draft, FAULT_MALFORMED, "V payload is not the last");
}

static void payloads_of_other_messages_refused(void **state)
{
	static const uint8_t foreign[] = { 2, 3, 4, 7, 8, 13, 14, 20, 22, 255 };
	char hex[8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(foreign); i++) {
		snprintf(hex, sizeof(hex), "%02x", foreign[i]);
		refuse_spliced(MTK_STREAMING, 29, 1, hex, FAULT_UNSUPPORTED,
			       "not of the pre-shared key method");
	}
	refuse_spliced(MTK_STREAMING, 1, 1, "01", FAULT_MALFORMED,
		       "verification message has a payload KEMAC");
	refuse_spliced(MTK_STREAMING, 1, 1, "06", FAULT_MALFORMED,
		       "error message has a payload KEMAC");
	refuse_spliced("error with V", 1, 1, "00", FAULT_MALFORMED,
		       "initiator's message");
	refuse_spliced("verification of the MSK delivery", 1, 1, "06",
		       FAULT_MALFORMED, "error message has a payload ID");
}

static void missing_payloads_refused(void **state)
{
	struct draft draft = draft_load(MTK_STREAMING);

	(void)state;
	draft_splice(&draft, 29, 6, "");
	draft.octets[10] = MIKEY_KEMAC;
	refuse(&draft, FAULT_MALFORMED, "no payload T");
	draft = draft_load(MTK_STREAMING);
	draft_splice(&draft, 35, 61, "");
	draft.octets[29] = MIKEY_LAST;
	refuse(&draft, FAULT_MALFORMED, "no payload KEMAC");
	draft = draft_load("error with V");
	draft_splice(&draft, 16, 4, "");
	draft.octets[10] = MIKEY_V;
	refuse(&draft, FAULT_MALFORMED, "no payload ERR");
}

static void lengths_refused(void **state)
{
	(void)state;
	/* EXT: longer than the message, and into the next payload. */
	refuse_spliced(MTK_STREAMING, 12, 2, "ffff", FAULT_TRUNCATED, "EXT");
	refuse_spliced(MTK_STREAMING, 12, 2, "0010", FAULT_TRUNCATED, "EXT");
	refuse_spliced(MTK_STREAMING, 12, 2, "000e", FAULT_TRUNCATED, "EXT");
	refuse_spliced(MTK_STREAMING, 12, 17, "0000", FAULT_MALFORMED,
		       "names no key");
	/* Key IDs of other sizes. */
	refuse_spliced(MTK_STREAMING, 15, 1, "00", FAULT_MALFORMED, "0 octets");
	refuse_spliced(MTK_STREAMING, 15, 1, "ff", FAULT_MALFORMED,
		       "255 octets");
	refuse_spliced(MTK_STREAMING, 12, 7, "00100004aabbccdd",
		       FAULT_MALFORMED, "4 octets, not 3");
	refuse_spliced(MTK_STREAMING, 12, 17, "00040001aabb", FAULT_MALFORMED,
		       "1 octets, not 3");
	refuse_spliced(MTK_STREAMING, 12, 17, "00020003", FAULT_TRUNCATED,
		       "EXT");
	refuse_spliced(MTK_STREAMING, 12, 17, "000100", FAULT_TRUNCATED, "EXT");
	/* The same Key ID twice, and unknown ones. */
	refuse_spliced(MTK_STREAMING, 12, 17, "000a0003aabbcc0003aabbcc",
		       FAULT_MALFORMED, "twice");
	refuse_spliced(MTK_STREAMING, 14, 1, "03", FAULT_UNSUPPORTED,
		       "Key ID type 3");
	refuse_spliced(MTK_STREAMING, 14, 1, "ff", FAULT_UNSUPPORTED,
		       "Key ID type 255");
	/* Extensions of other types: vendor, SDP, anything. */
	refuse_spliced(MTK_STREAMING, 11, 1, "00", FAULT_UNSUPPORTED, "type 0");
	refuse_spliced(MTK_STREAMING, 11, 1, "01", FAULT_UNSUPPORTED, "type 1");
	refuse_spliced(MTK_STREAMING, 11, 1, "04", FAULT_UNSUPPORTED, "type 4");
	/* KEMAC. */
	refuse_spliced(MTK_STREAMING, 37, 2, "ffff", FAULT_TRUNCATED, "KEMAC");
	refuse_spliced(MTK_STREAMING, 37, 2, "0025", FAULT_UNSUPPORTED, "MAC");
	/* RAND: length at 32. */
	refuse_spliced(MSK_DOWNLOAD, 32, 1, "ff", FAULT_TRUNCATED, "RAND");
	refuse_spliced(MSK_DOWNLOAD, 32, 17, "0f0102030405060708090a0b0c0d0e0f",
		       FAULT_MALFORMED, "15 octets");
	refuse_spliced(MSK_DOWNLOAD, 32, 17, "00", FAULT_MALFORMED, "0 octets");
	/* IDi: next 49, type 50, length 51. */
	refuse_spliced(MSK_DOWNLOAD, 51, 2, "0100", FAULT_TRUNCATED, "ID");
	refuse_spliced(MSK_DOWNLOAD, 51, 2, "ffff", FAULT_LIMIT, "65535");
	refuse_spliced(MSK_DOWNLOAD, 51, 16, "0000", FAULT_MALFORMED, "empty");
	refuse_spliced(MSK_DOWNLOAD, 50, 1, "03", FAULT_UNSUPPORTED, "type 3");
	/* T: type at 30 of an MTK delivery. */
	refuse_spliced(MTK_STREAMING, 30, 1, "03", FAULT_UNSUPPORTED, "type 3");
	/* ERR: reserved octets. */
	refuse_spliced("error without V", 18, 1, "01", FAULT_MALFORMED,
		       "reserved");
	/* After the end. */
	refuse_spliced(MTK_STREAMING, 96, 0, "00", FAULT_MALFORMED,
		       "1 octets too many");
}

/* HDR 0..9, stream 10..18, EXT 19..33; SP: next 118, number 119, protocol 120,
 * length 121, parameters 123..158.
 */
static void policies_refused(void **state)
{
	(void)state;
	refuse_spliced(MSK_STREAMING, 120, 1, "01", FAULT_UNSUPPORTED,
		       "protocol 1");
	refuse_spliced(MSK_STREAMING, 121, 2, "ffff", FAULT_TRUNCATED, "SP");
	refuse_spliced(MSK_STREAMING, 121, 2, "0023", FAULT_TRUNCATED,
		       "parameter");
	refuse_spliced(MSK_STREAMING, 123, 1, "14", FAULT_UNSUPPORTED,
		       "parameter 20");
	refuse_spliced(MSK_STREAMING, 126, 1, "00", FAULT_MALFORMED,
		       "parameter 0 twice");
	refuse_spliced(MSK_STREAMING, 124, 1, "02", FAULT_MALFORMED,
		       "2 octets, not 1");
	refuse_spliced(MSK_STREAMING, 123, 1, "0d", FAULT_MALFORMED,
		       "1 octets, not 2");
	/* The same number twice. */
	refuse_spliced(MSK_STREAMING, 118, 0, "0a00000000", FAULT_MALFORMED,
		       "policy number 0");
	refuse_spliced(MSK_STREAMING, 118, 0,
		       "0a010000000a020000000a030000000a04000000",
		       FAULT_MALFORMED, "SP payload is there more than four");
	/* Empty map with a policy: RFC 4563, 5. */
	refuse_spliced(MSK_STREAMING, 8, 11, "0001", FAULT_MALFORMED,
		       "empty map");
	/* SRTP-ID map: more streams than there are, too many, one twice. */
	refuse_spliced(MSK_STREAMING, 8, 202, "020000cafebabe0000",
		       FAULT_TRUNCATED, "SRTP-ID");
	refuse_spliced(MSK_STREAMING, 8, 1, "11", FAULT_LIMIT, "17 streams");
	refuse_spliced(MSK_STREAMING, 8, 2, "020000cafebabe00000001",
		       FAULT_MALFORMED, "cafebabe twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_refused),
		cmocka_unit_test(downgrades_refused),
		cmocka_unit_test(loops_refused),
		cmocka_unit_test(repetitions_refused),
		cmocka_unit_test(reordering),
		cmocka_unit_test(payloads_of_other_messages_refused),
		cmocka_unit_test(missing_payloads_refused),
		cmocka_unit_test(lengths_refused),
		cmocka_unit_test(policies_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
