// SPDX-License-Identifier: GPL-2.0-or-later
/* What NAS of 5GS and of EPS have in common when they are explained. */
#include <inttypes.h>
#include <string.h>

#include <openssl/crypto.h>

#include "explain_nas.h"

/* Trying all lengths of a longer message takes too long. */
#define PREFIX_SIZE_MAX 4096

void explain_inner_clear(struct explain_inner *inner)
{
	OPENSSL_clear_free(inner->owned, inner->size);
	*inner = (struct explain_inner){};
}

void explain_nas_prefix(const uint8_t *data, size_t size,
			int (*decode)(const uint8_t *data, size_t size,
				      void *context),
			void *context)
{
	if (size > PREFIX_SIZE_MAX)
		return;
	while (size--)
		if (!decode(data, size, context))
			return;
}

static void show_header(struct explain *explain, enum nas_system system,
			const struct nas_header *header)
{
	static const char *const names[] = {
		[NAS_PLAIN] = "plain",
		[NAS_INTEGRITY] = "integrity protected",
		[NAS_CIPHERED] = "integrity protected and ciphered",
		[NAS_INTEGRITY_NEW] =
			"integrity protected with new security context",
		[NAS_CIPHERED_NEW] =
			"integrity protected and ciphered with new security context",
	};

	explain_part(explain, "security protected message", "NAS security",
		     system == NAS_EPS ? "TS 24.301, 9.2" : "TS 24.501, 9.1.1");
	explain_named(explain, "security header type", header->protection,
		      names[header->protection]);
	explain_octets(explain, "message authentication code", header->mac,
		       NAS_MAC_SIZE);
	explain_number(explain, "sequence number", header->sequence);
}

/* The first octet under the MAC is the sequence number. */
static int mac_matches(const struct explain *explain,
		       const struct nas_header *header,
		       const struct nas_input *input)
{
	const struct secret *key =
		explain_keys_get(explain->keys, EXPLAIN_KNASINT);
	size_t start = header->size - 1;
	uint8_t mac[NAS_MAC_SIZE];

	return !nas_mac(key, input, explain->data + start,
			explain->size - start, mac, NULL) &&
	       !CRYPTO_memcmp(mac, header->mac, sizeof(mac));
}

/*
 * The message does not say which way it went and over which access: both enter
 * the MAC, which tells.
 */
static int input_find(const struct explain *explain, enum nas_system system,
		      const struct nas_header *header, struct nas_input *input)
{
	int last = system == NAS_EPS ? NAS_EPS : NAS_5GS_NON_3GPP;

	input->count = explain->keys->overflow << 8 | header->sequence;
	/* The numbers of enum nas_system are those of the bearers. */
	for (int bearer = system; bearer <= last; bearer++)
		for (int direction = NAS_UPLINK; direction <= NAS_DOWNLINK;
		     direction++) {
			input->bearer = bearer;
			input->direction = direction;
			if (mac_matches(explain, header, input))
				return 0;
		}
	return -1;
}

static int mac_check(struct explain *explain, enum nas_system system,
		     const struct nas_header *header, struct nas_input *input)
{
	if (!explain_keys_get(explain->keys, EXPLAIN_KNASINT)) {
		explain_check(explain, "MAC", EXPLAIN_NOT_CHECKED,
			      "no KNASint is given");
		return -1;
	}
	if (input_find(explain, system, header, input)) {
		explain_check(
			explain, "MAC", EXPLAIN_WRONG,
			"not of 128-%sIA2 under this KNASint with COUNT %06" PRIx32
			"; the key file's overflow has its upper 16 bits",
			system == NAS_EPS ? "E" : "N", input->count);
		return -1;
	}
	explain_check(explain, "MAC", EXPLAIN_OK, "%s", "");
	explain_text(explain, "COUNT", "%06" PRIx32, input->count);
	explain_text(explain, "direction", "%s",
		     input->direction == NAS_UPLINK ? "uplink" : "downlink");
	if (system != NAS_EPS)
		explain_text(explain, "access", "%s",
			     input->bearer == NAS_5GS ? "3GPP" : "non-3GPP");
	return 0;
}

static int decipher(struct explain *explain, const struct nas_input *input,
		    struct explain_inner *inner)
{
	const struct secret *key =
		explain_keys_get(explain->keys, EXPLAIN_KNASENC);

	if (!key) {
		explain_text(explain, "ciphertext", "not deciphered, as no %s",
			     "KNASenc is given");
		return -1;
	}
	inner->owned = OPENSSL_malloc(inner->size);
	if (!inner->owned)
		return fault_set(&explain->fault, FAULT_MEMORY,
				 "no memory for the message");
	if (nas_cipher(key, input, inner->data, inner->size, inner->owned,
		       &explain->fault))
		return -1;
	inner->data = inner->owned;
	return 0;
}

int explain_nas_open(struct explain *explain, enum nas_system system,
		     struct explain_inner *inner)
{
	struct nas_input input = {};
	struct nas_header header;
	bool ciphered, known;

	*inner = (struct explain_inner){};
	if (nas_header_decode(system, explain->data, explain->size, &header,
			      &explain->fault))
		return -1;
	inner->data = explain->data + header.size;
	inner->size = explain->size - header.size;
	if (header.protection == NAS_PLAIN)
		return 0;
	show_header(explain, system, &header);
	known = !mac_check(explain, system, &header, &input);
	ciphered = header.protection == NAS_CIPHERED ||
		   header.protection == NAS_CIPHERED_NEW;
	if (!ciphered || explain->keys->ciphering == NAS_ALGORITHM_NULL)
		return 0;
	if (known)
		return decipher(explain, &input, inner);
	explain_text(explain, "ciphertext",
		     "%zu octets, not deciphered, as the MAC is not verified",
		     inner->size);
	return -1;
}
