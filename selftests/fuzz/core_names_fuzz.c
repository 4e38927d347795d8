// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of users and servers: what is read has to be written as the same again,
 * and what is made is a name that is valid itself. The first octet says which: 'b'
 * B-TID, 'n' NAF_Id, 'p' IMPI, 'i' IMSI.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void btid_read(const char *text, size_t length)
{
	char bsf[FQDN_TEXT_SIZE], again[BTID_TEXT_SIZE];
	uint8_t rand[RAND_SIZE];

	if (btid_parse(text, length, rand, bsf, NULL)) {
		demand(!bsf[0]);
		return;
	}
	demand(!btid_format(rand, bsf, again, NULL));
	demand(strlen(again) == length && !memcmp(again, text, length));
}

static void naf_id_read(const uint8_t *data, size_t size)
{
	uint8_t again[NAF_ID_SIZE_MAX];
	struct naf_id naf_id;
	size_t written;

	if (naf_id_decode(data, size, &naf_id, NULL)) {
		demand(!naf_id.fqdn[0] && !naf_id.ua_protocol);
		return;
	}
	demand(!naf_id_encode(&naf_id, again, &written, NULL));
	demand(written == size && !memcmp(again, data, size));
}

static void impi_read(const char *impi)
{
	char fqdn[FQDN_TEXT_SIZE];

	if (bsf_from_impi(impi, fqdn, NULL)) {
		demand(!fqdn[0]);
		return;
	}
	demand(!strncmp(fqdn, "bsf.", 4));
	demand(!fqdn_check(fqdn, strlen(fqdn), "name", NULL));
}

static void imsi_read(const char *imsi)
{
	char impi[IMPI_TEXT_SIZE], fqdn[FQDN_TEXT_SIZE];
	unsigned int digits;

	for (digits = 0; digits < 5; digits++) {
		if (impi_from_imsi(imsi, digits, impi, NULL)) {
			demand(!impi[0]);
			continue;
		}
		demand(digits == 2 || digits == 3);
		demand(!imsi_check(imsi, NULL));
		demand(!strncmp(impi, imsi, strlen(imsi)));
		demand(!bsf_from_impi(impi, fqdn, NULL));
		demand(strstr(fqdn, ".pub.3gppnetwork.org"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	/* The end of the copy is the end of its memory. */
	text = malloc(size);
	demand(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0]) {
	case 'b':
		btid_read(text, size - 1);
		break;
	case 'n':
		naf_id_read((const uint8_t *)text, size - 1);
		break;
	case 'p':
		impi_read(text);
		break;
	case 'i':
		imsi_read(text);
		break;
	}
	free(text);
	return 0;
}
