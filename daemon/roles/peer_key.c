// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <string.h>

#include "config_value.h"
#include "core/base64.h"
#include "core/kdf.h"
#include "core/key_wrap.h"
#include "roles/peer.h"

/* Ours, from the same range as those of docs/protocols/gba.rst. */
#define FC_PEER KDF_FC_LONG(0xf8)

#define WRAPPED_MAX (KEY_WRAP_MAX + KEY_WRAP_CHECK_SIZE)

enum fault_code peer_fault_code(const char *title)
{
	int code;

	for (code = FAULT_TRUNCATED; title && code <= FAULT_MEMORY; code++)
		if (!strcmp(title, fault_name(code)))
			return code;
	return FAULT_STATE;
}

void peer_text_free(char *text)
{
	json_free_t give;

	json_get_alloc_funcs(NULL, &give);
	if (text)
		give(text);
}

static int derive(const struct secret *key, const char *purpose,
		  const char *context, struct secret *out, struct fault *fault)
{
	const struct kdf_parameter parameters[] = {
		{ purpose, strlen(purpose) },
		{ context, strlen(context) },
	};

	return kdf_derive_half(key, FC_PEER, parameters, 2, out, fault);
}

/* Digest wants a text: hex digits of 16 octets. */
static int make_password(const struct secret *octets, struct secret *password,
			 struct fault *fault)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * KDF_HALF_SIZE];
	size_t i;
	int status;

	for (i = 0; i < KDF_HALF_SIZE; i++) {
		text[2 * i] = digits[octets->bytes[i] >> 4];
		text[2 * i + 1] = digits[octets->bytes[i] & 15];
	}
	status = secret_set(password, text, sizeof(text));
	OPENSSL_cleanse(text, sizeof(text));
	return status ? fault_set(fault, FAULT_MEMORY, "no memory for a key") :
			0;
}

int peer_keys_read(const char *key_file, struct secret *password,
		   struct secret *wrapping, struct fault *fault)
{
	struct secret key = { 0 }, octets = { 0 };
	int status = -1;

	if (!config_key_file("key-file", key_file, PEER_KEY_SIZE, &key,
			     fault) &&
	    !derive(&key, "password", "", &octets, fault) &&
	    !make_password(&octets, password, fault) &&
	    !derive(&key, "wrapping", "", wrapping, fault))
		status = 0;
	secret_clear(&key);
	secret_clear(&octets);
	if (!status)
		return 0;
	secret_clear(password);
	secret_clear(wrapping);
	return -1;
}

json_t *peer_key_wrap(const struct secret *wrapping, const char *context,
		      const struct secret *key, struct fault *fault)
{
	char text[BASE64_LENGTH(WRAPPED_MAX) + 1];
	uint8_t wrapped[WRAPPED_MAX];
	struct secret kek = { 0 };
	json_t *json = NULL;

	if (!derive(wrapping, "key", context, &kek, fault) &&
	    !key_wrap(&kek, key, wrapped, fault) &&
	    !base64_encode(wrapped, key->size + KEY_WRAP_CHECK_SIZE, text,
			   sizeof(text), fault))
		json = json_string(text);
	secret_clear(&kek);
	if (!json)
		fault_set(fault, FAULT_MEMORY, "no memory for a wrapped key");
	return json;
}

int peer_key_unwrap(const struct secret *wrapping, const char *context,
		    const json_t *json, struct secret *key, struct fault *fault)
{
	uint8_t wrapped[WRAPPED_MAX];
	struct secret kek = { 0 };
	size_t size;
	int status;

	if (!json_is_string(json))
		return fault_set(fault, FAULT_MALFORMED,
				 "the peer's answer lacks a key");
	if (base64_decode(json_string_value(json), json_string_length(json),
			  wrapped, sizeof(wrapped), &size,
			  "the wrapped key of the peer", fault))
		return -1;
	if (size < 24)
		return fault_set(fault, FAULT_MALFORMED,
				 "the wrapped key of the peer is too short");
	status = derive(wrapping, "key", context, &kek, fault) ||
				 key_unwrap(&kek, wrapped, size, key, fault) ?
			 -1 :
			 0;
	secret_clear(&kek);
	return status;
}
