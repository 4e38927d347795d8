// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Request targets ('t'), media types ('m') and identities ('i') of key
 * management, base 64 ('b') and times ('d'), by the first octet.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/datetime.h"
#include "core/mbms_http.h"

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void identities(const char *text, size_t length)
{
	static struct mbms_identities one, again;
	char written[4096];

	if (mbms_identities_parse(text, length, &one, NULL))
		return;
	demand(!mbms_identities_write(&one, written, sizeof(written), NULL));
	demand(!mbms_identities_parse(written, strlen(written), &again, NULL));
	demand(!memcmp(&one, &again, sizeof(one)));
}

static void base64(const char *text, size_t length)
{
	uint8_t octets[256];
	char written[BASE64_LENGTH(sizeof(octets)) + 1];
	size_t size;

	if (base64_decode(text, length, octets, sizeof(octets), &size, "it",
			  NULL))
		return;
	demand(!base64_encode(octets, size, written, sizeof(written), NULL));
	demand(strlen(written) == length);
	demand(!memcmp(written, text, length));
}

static void datetime(const char *text, size_t length)
{
	char written[DATETIME_SIZE];
	int64_t seconds, again;

	if (datetime_parse(text, length, &seconds, "it", NULL))
		return;
	demand(!datetime_write(seconds, written, NULL));
	demand(!datetime_parse(written, strlen(written), &again, "it", NULL));
	demand(seconds == again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	enum mbms_request request;

	if (!size)
		return 0;
	switch (data[0]) {
	case 't':
		if (!mbms_target_parse(text, size - 1, &request, NULL))
			demand(request < MBMS_REQUESTS);
		break;
	case 'm':
		mbms_media_type_check(text, size - 1,
				      "application/mbms-msk+xml", NULL);
		break;
	case 'i':
		identities(text, size - 1);
		break;
	case 'b':
		base64(text, size - 1);
		break;
	case 'd':
		datetime(text, size - 1);
		break;
	default:
		break;
	}
	return 0;
}
