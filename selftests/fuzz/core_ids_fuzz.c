// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identities: what is read as a TMGI or network has to be written as the same
 * octets or text again. The first octet says which form follows: 'o' octets, 't'
 * text, 's' the addresses of a session.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void tmgi_is_zero(const struct tmgi *tmgi)
{
	demand(!tmgi->service_id && !tmgi->has_plmn && !tmgi->plmn.mcc &&
	       !tmgi->plmn.mnc && !tmgi->plmn.mnc_digits);
}

static void octets_read(const uint8_t *data, size_t size)
{
	uint8_t again[TMGI_SIZE];
	struct tmgi tmgi;
	size_t written;

	if (tmgi_decode(data, size, &tmgi, NULL)) {
		tmgi_is_zero(&tmgi);
		return;
	}
	demand(!tmgi_encode(&tmgi, again, &written, NULL));
	demand(written == size && !memcmp(again, data, size));
}

static void text_read(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[TMGI_TEXT_SIZE];
	struct tmgi tmgi, second;

	demand(text);
	memcpy(text, data, size);
	text[size] = '\0';
	if (tmgi_parse(text, &tmgi, NULL)) {
		tmgi_is_zero(&tmgi);
	} else {
		tmgi_text(&tmgi, again);
		demand(strlen(again) == strlen(text));
		demand(!tmgi_parse(again, &second, NULL));
		demand(tmgi_equal(&tmgi, &second));
	}
	free(text);
}

static void session_read(const uint8_t *data, size_t size)
{
	char text[MBS_SESSION_ID_TEXT_SIZE];
	struct mbs_session_id id;

	if (size != 8 && size != 32)
		return;
	if (mbs_session_id_from_ssm(&id, data, data + size / 2, size / 2,
				    NULL)) {
		demand(id.type == MBS_SESSION_NONE);
		return;
	}
	demand(mbs_session_id_equal(&id, &id));
	mbs_session_id_text(&id, text);
	demand(!strncmp(text, "ssm ", 4));
	demand(!memcmp(id.source, data, size / 2));
	demand(!memcmp(id.group, data + size / 2, size / 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0]) {
	case 'o':
		octets_read(data + 1, size - 1);
		break;
	case 't':
		text_read(data + 1, size - 1);
		break;
	case 's':
		session_read(data + 1, size - 1);
		break;
	}
	return 0;
}
