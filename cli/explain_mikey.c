// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY messages: RFC 3830 with RFC 4563, and the profile of MBMS. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/mbms_message.h"
#include "core/mikey.h"
#include "core/mikey_crypt.h"

#include "explain.h"

/* What has been found out about the message. */
struct mikey_state {
	const struct mikey_message *message;
	enum mbms_kind kind; /* 0: none of MBMS */
	struct fault kind_fault;
	/* Entries of the message that have been shown. */
	unsigned int ids;
	unsigned int policies;
	unsigned int errors;
	/* The MSK delivery that the user says it goes with. */
	struct mikey_message request;
	bool has_request;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *name_of(const char *const *names, size_t count, size_t value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

static void show_header(struct explain *explain,
			const struct mikey_message *message)
{
	static const char *const types[] = {
		[MIKEY_PSK] = "initiator's message, pre-shared key",
		[MIKEY_PSK_VERIFICATION] = "verification message",
		[MIKEY_ERROR] = "error message",
	};
	static const char *const maps[] = {
		[MIKEY_MAP_SRTP] = "SRTP-ID map",
		[MIKEY_MAP_EMPTY] = "empty map, RFC 4563 5",
	};

	explain_part(explain, "HDR", "common header", "RFC 3830, 6.1");
	/* The codec takes no other version and no other PRF. */
	explain_number(explain, "version", 1);
	explain_named(explain, "data type", message->type,
		      name_of(types, COUNT(types), message->type));
	explain_flag(explain, "V flag", message->verify);
	explain_named(explain, "PRF", 0, "MIKEY-1");
	explain_text(explain, "CSB ID", "%08" PRIx32, message->csb_id);
	explain_number(explain, "#CS", message->sessions);
	explain_named(explain, "CS ID map type", message->map,
		      name_of(maps, COUNT(maps), message->map));
	for (uint8_t i = 0;
	     message->map == MIKEY_MAP_SRTP && i < message->sessions; i++) {
		const struct mikey_stream *stream = &message->streams[i];

		explain_part(explain, "SRTP-ID", "crypto session",
			     "RFC 3830, 6.1.1");
		explain_number(explain, "policy number", stream->policy);
		explain_text(explain, "SSRC", "%08" PRIx32, stream->ssrc);
		explain_number(explain, "ROC", stream->roc);
	}
}

static void show_t(struct explain *explain, struct mikey_state *state)
{
	static const char *const types[] = {
		[MIKEY_NTP_UTC] = "NTP-UTC",
		[MIKEY_NTP] = "NTP",
		[MIKEY_COUNTER] = "counter",
	};
	const struct mikey_message *message = state->message;

	explain_part(explain, "T", "time stamp", "RFC 3830, 6.6");
	explain_named(explain, "TS type", message->timestamp_type,
		      name_of(types, COUNT(types), message->timestamp_type));
	if (message->timestamp_type == MIKEY_COUNTER)
		explain_number(explain, "TS value", message->timestamp);
	else
		explain_text(explain, "TS value", "%016" PRIx64,
			     message->timestamp);
}

static void show_rand(struct explain *explain, struct mikey_state *state)
{
	const struct mikey_bytes *rand = &state->message->rand;

	explain_part(explain, "RAND", "random number", "RFC 3830, 6.11");
	explain_octets(explain, "RAND", rand->data, rand->size);
}

static void show_id(struct explain *explain, struct mikey_state *state)
{
	static const char *const types[] = {
		[MIKEY_NAI] = "NAI",
		[MIKEY_URI] = "URI",
		[MIKEY_BYTE_STRING] = "byte string, RFC 4738",
	};
	const struct mikey_message *message = state->message;
	bool initiator = message->type == MIKEY_PSK && !state->ids++;
	const struct mikey_identity *id = initiator ? &message->initiator :
						      &message->responder;

	explain_part(explain, "ID",
		     initiator ? "IDi, the BM-SC" : "IDr, the UE",
		     "RFC 3830, 6.7");
	explain_text(explain, "role", initiator ? "IDi" : "IDr");
	explain_named(explain, "ID type", id->type,
		      name_of(types, COUNT(types), id->type));
	explain_foreign(explain, "ID data", id->data.data, id->data.size);
}

static void show_parameter(struct explain *explain, uint8_t type,
			   uint16_t value)
{
	static const char *const labels[MIKEY_SRTP_PARAMETERS] = {
		"encryption algorithm",
		"session encryption key length",
		"authentication algorithm",
		"session authentication key length",
		"session salt key length",
		"SRTP PRF",
		"key derivation rate",
		"SRTP encryption",
		"SRTCP encryption",
		"sender's FEC order",
		"SRTP authentication",
		"authentication tag length",
		"SRTP prefix length",
		"ROC transmission rate",
		"SRTP authentication algorithm",
		"SRTCP authentication algorithm",
		"SRTP session authentication key length",
		"SRTCP session authentication key length",
		"SRTP authentication tag length",
		"SRTCP authentication tag length",
	};
	static const char *const encryptions[] = {
		[MIKEY_SRTP_NULL] = "NULL",
		[MIKEY_SRTP_AES_CM] = "AES-CM",
		[MIKEY_SRTP_AES_F8] = "AES-F8",
	};
	static const char *const authentications[] = {
		[MIKEY_SRTP_NO_MAC] = "NULL",
		[MIKEY_SRTP_HMAC_SHA1] = "HMAC-SHA-1",
		[MIKEY_SRTP_RCC_MODE_1] = "RCCm1, RFC 4771",
		[MIKEY_SRTP_RCC_MODE_2] = "RCCm2, RFC 4771",
		[MIKEY_SRTP_RCC_MODE_3] = "RCCm3, RFC 4771",
	};

	if (type == MIKEY_SRTP_ENCRYPTION)
		explain_named(explain, labels[type], value,
			      name_of(encryptions, COUNT(encryptions), value));
	else if (type == MIKEY_SRTP_AUTHENTICATION ||
		 type == MIKEY_SRTP_ONLY_AUTHENTICATION ||
		 type == MIKEY_SRTCP_ONLY_AUTHENTICATION)
		explain_named(explain, labels[type], value,
			      name_of(authentications, COUNT(authentications),
				      value));
	else
		explain_number(explain, labels[type], value);
}

static void show_sp(struct explain *explain, struct mikey_state *state)
{
	const struct mikey_policy *policy =
		&state->message->policies[state->policies++];
	struct fault fault = {};

	explain_part(explain, "SP", "security policy of SRTP",
		     "RFC 3830, 6.10; RFC 4771, 4");
	explain_number(explain, "policy number", policy->number);
	for (uint8_t i = 0; i < policy->count; i++)
		show_parameter(explain, policy->types[i], policy->values[i]);
	if (mbms_policy_check(policy, &fault))
		explain_text(explain, "note", "%s", fault.text);
}

static void show_err(struct explain *explain, struct mikey_state *state)
{
	uint8_t error = state->message->errors[state->errors++];

	explain_part(explain, "ERR", "error", "RFC 3830, 6.12");
	explain_named(explain, "error number", error, mikey_error_name(error));
}

static void show_key_domain(struct explain *explain,
			    const struct key_domain *domain)
{
	char text[PLMN_TEXT_SIZE];
	struct plmn plmn;

	explain_octets(explain, "Key Domain ID", domain->octets,
		       KEY_DOMAIN_ID_SIZE);
	if (plmn_decode(domain->octets, &plmn, NULL))
		return;
	plmn_text(&plmn, text);
	explain_text(explain, "PLMN", "%s", text);
}

static void show_ext(struct explain *explain, struct mikey_state *state)
{
	const struct mikey_key_ids *ids = &state->message->key_ids;

	explain_part(explain, "EXT", "Key ID information",
		     "RFC 3830, 6.15; RFC 4563, 4");
	explain_named(explain, "type", 3, "Key ID information");
	for (uint8_t i = 0; i < ids->count; i++) {
		uint32_t msk_id = ids->msk.msk_id;

		switch (ids->order[i]) {
		case MIKEY_KEY_DOMAIN_ID:
			show_key_domain(explain, &ids->msk.domain);
			break;
		case MIKEY_MSK_ID:
			explain_text(explain, "MSK ID", "%08" PRIx32, msk_id);
			explain_number(explain, "Key Group part",
				       msk_id_group(msk_id));
			explain_number(explain, "Key Number part",
				       msk_id_number(msk_id));
			break;
		default:
			explain_number(explain, "MTK ID", ids->mtk_id);
		}
	}
}

/* ---- Keys ---- */

static void show_validity(struct explain *explain, const struct mikey_key *key)
{
	static const char *const names[] = {
		[MIKEY_VALIDITY_NULL] = "none",
		[MIKEY_VALIDITY_SPI] = "SPI or MKI",
		[MIKEY_VALIDITY_INTERVAL] = "interval",
	};

	explain_named(explain, "KV", key->validity,
		      name_of(names, COUNT(names), key->validity));
	if (key->validity == MIKEY_VALIDITY_SPI)
		explain_octets(explain, "SPI", key->spi, key->spi_size);
	if (key->validity != MIKEY_VALIDITY_INTERVAL)
		return;
	explain_number(explain, "valid from", key->from);
	explain_number(explain, "valid to", key->to);
}

static void show_interval(struct explain *explain, const struct mikey_key *key)
{
	struct fault fault = {};
	uint16_t low, high;

	if (mbms_msk_interval(key, &low, &high, &fault)) {
		explain_check_fault(explain, "MSK", &fault);
		return;
	}
	explain_number(explain, "SEQl", low);
	explain_number(explain, "SEQu", high);
	explain_text(explain, "meaning",
		     low > high ?
			     "the MSK is to be deleted" :
			     "MTK IDs above SEQl and up to SEQu are valid");
}

static void show_mtk(struct explain *explain, const struct mikey_key *key,
		     uint32_t csb_id, const struct mikey_bytes *rand)
{
	struct secret encryption = {}, authentication = {};
	struct fault fault = {};

	if (mbms_mtk_check(key, &fault)) {
		explain_check_fault(explain, "MTK", &fault);
		return;
	}
	if (key->type != MBMS_DOWNLOAD_KEY_TYPE)
		return;
	if (!mbms_download_keys(&key->key, csb_id, rand, &encryption,
				&authentication, &fault)) {
		explain_secret(explain, "MTK_C", &encryption);
		explain_secret(explain, "MTK_I", &authentication);
	}
	secret_clear(&encryption);
	secret_clear(&authentication);
}

static void show_key(struct explain *explain, const struct mikey_state *state,
		     const struct mikey_key *key,
		     const struct mikey_bytes *rand)
{
	static const char *const types[] = {
		[MIKEY_TGK] = "TGK",
		[MIKEY_TGK_SALT] = "TGK+SALT",
		[MIKEY_TEK] = "TEK",
		[MIKEY_TEK_SALT] = "TEK+SALT",
	};

	explain_part(explain, "key data", "decrypted sub-payload of KEMAC",
		     "RFC 3830, 6.13");
	explain_named(explain, "key type", key->type,
		      name_of(types, COUNT(types), key->type));
	explain_secret(explain,
		       state->kind == MBMS_MSK_DELIVERY ? "MSK" :
		       state->kind == MBMS_MTK_DELIVERY ? "MTK" :
							  "key",
		       &key->key);
	if (key->salt.size)
		explain_secret(explain, "salt", &key->salt);
	show_validity(explain, key);
	if (state->kind == MBMS_MSK_DELIVERY)
		show_interval(explain, key);
	else if (state->kind == MBMS_MTK_DELIVERY)
		show_mtk(explain, key, state->message->csb_id, rand);
}

/* RAND of the message, of the MSK delivery it goes with, or as the user says. */
static struct mikey_bytes rand_find(const struct explain *explain,
				    const struct mikey_state *state)
{
	const struct explain_value *given = &explain->keys->rand;

	if (state->message->rand.size)
		return state->message->rand;
	if (given->size)
		return (struct mikey_bytes){ given->data, given->size };
	return state->request.rand;
}

/* The MSK out of the delivery that the user has given too. */
static int msk_open(const struct explain *explain,
		    const struct mikey_state *state, struct secret *msk)
{
	const struct secret *muk = explain_keys_get(explain->keys, EXPLAIN_MUK);
	const struct mikey_message *request = &state->request;
	struct mikey_keys keys = {};
	struct mikey_key key = {};
	int result = -1;

	if (muk && state->has_request &&
	    msk_ref_equal(&request->key_ids.msk,
			  &state->message->key_ids.msk) &&
	    !mikey_keys_derive(&keys, muk, request->csb_id, &request->rand,
			       NULL) &&
	    !mikey_open(request, &keys, &key, NULL) && key.key.size) {
		*msk = key.key;
		key.key = (struct secret){};
		result = 0;
	}
	mikey_key_clear(&key);
	mikey_keys_clear(&keys);
	return result;
}

/* The pre-shared key as a copy that the caller clears, and what it is called. */
static int psk_find(const struct explain *explain,
		    const struct mikey_state *state, const char **name,
		    struct secret *psk)
{
	bool is_mtk = state->kind == MBMS_MTK_DELIVERY;
	const struct secret *given = explain_keys_get(
		explain->keys, is_mtk ? EXPLAIN_MSK : EXPLAIN_MUK);

	*name = is_mtk ? "MSK" : "MUK";
	if (given)
		return secret_set(psk, given->bytes, given->size);
	return is_mtk ? msk_open(explain, state, psk) : -1;
}

static void open_kemac(struct explain *explain, const struct mikey_state *state,
		       const struct mikey_keys *keys,
		       const struct mikey_bytes *rand)
{
	struct mikey_key key = {};
	struct fault fault = {};

	if (!mikey_open(state->message, keys, &key, &fault)) {
		explain_check(explain, "MAC", EXPLAIN_OK, "%s", "");
		if (key.key.size)
			show_key(explain, state, &key, rand);
	} else if (fault.code == FAULT_UNAUTHENTIC) {
		explain_check_fault(explain, "MAC", &fault);
	} else {
		explain_check(explain, "MAC", EXPLAIN_OK, "%s", "");
		explain->fault = fault;
	}
	mikey_key_clear(&key);
}

/* The MAC of a verification covers the identities of the request too. */
static void check_v(struct explain *explain, const struct mikey_state *state,
		    const struct mikey_keys *keys)
{
	uint8_t octets[2 * MIKEY_ID_MAX + 4];
	struct mikey_bytes extra = { octets, 0 };
	struct fault fault = {};
	struct writer writer;

	writer_init(&writer, octets, sizeof(octets));
	if (state->message->type == MIKEY_PSK_VERIFICATION)
		mbms_verification_extra(&state->request.initiator,
					&state->request.responder,
					(uint32_t)state->message->timestamp,
					&writer);
	extra.size = writer.length;
	if (mikey_check(state->message, keys, extra.size ? &extra : NULL,
			&fault))
		explain_check_fault(explain, "MAC", &fault);
	else
		explain_check(explain, "MAC", EXPLAIN_OK, "%s", "");
}

static void check_mac(struct explain *explain, const struct mikey_state *state)
{
	struct mikey_bytes rand = rand_find(explain, state);
	struct mikey_keys keys = {};
	struct secret psk = {};
	struct fault fault = {};
	const char *name;

	if (explain->fault.code) {
		explain_check(explain, "MAC", EXPLAIN_NOT_CHECKED,
			      "the message is malformed");
	} else if (psk_find(explain, state, &name, &psk)) {
		explain_check(explain, "MAC", EXPLAIN_NOT_CHECKED,
			      "no %s is given", name);
	} else if (!rand.size) {
		explain_check(
			explain, "MAC", EXPLAIN_NOT_CHECKED,
			"the message has no RAND; give rand, or the MSK delivery as request");
	} else if (state->message->type == MIKEY_PSK_VERIFICATION &&
		   !state->has_request) {
		explain_check(explain, "MAC", EXPLAIN_NOT_CHECKED,
			      "it covers IDi and IDr of the request");
	} else if (mikey_keys_derive(&keys, &psk, state->message->csb_id, &rand,
				     &fault)) {
		explain->fault = fault;
	} else {
		explain_secret(explain, name, &psk);
		if (state->message->type == MIKEY_PSK)
			open_kemac(explain, state, &keys, &rand);
		else
			check_v(explain, state, &keys);
	}
	secret_clear(&psk);
	mikey_keys_clear(&keys);
}

static void show_kemac(struct explain *explain, struct mikey_state *state)
{
	const struct mikey_message *message = state->message;

	explain_part(explain, "KEMAC", "key data transport", "RFC 3830, 6.2");
	explain_named(explain, "encryption algorithm", 1, "AES-CM-128");
	explain_octets(explain, "encrypted data", message->encrypted.data,
		       message->encrypted.size);
	explain_named(explain, "MAC algorithm", 1, "HMAC-SHA-1-160");
	explain_octets(explain, "MAC", message->mac.data, message->mac.size);
	check_mac(explain, state);
}

static void show_v(struct explain *explain, struct mikey_state *state)
{
	const struct mikey_message *message = state->message;

	explain_part(explain, "V", "verification", "RFC 3830, 6.9");
	explain_named(explain, "authentication algorithm", 1, "HMAC-SHA-1-160");
	explain_octets(explain, "MAC", message->mac.data, message->mac.size);
	check_mac(explain, state);
}

static const struct {
	enum mikey_payload payload;
	void (*show)(struct explain *explain, struct mikey_state *state);
} payloads[] = {
	{ MIKEY_KEMAC, show_kemac }, { MIKEY_T, show_t },
	{ MIKEY_ID, show_id },	     { MIKEY_V, show_v },
	{ MIKEY_SP, show_sp },	     { MIKEY_RAND, show_rand },
	{ MIKEY_ERR, show_err },     { MIKEY_EXT, show_ext },
};

static void show_payloads(struct explain *explain, struct mikey_state *state)
{
	for (uint8_t i = 0; i < state->message->count; i++)
		for (size_t j = 0; j < COUNT(payloads); j++)
			if (payloads[j].payload == state->message->order[i])
				payloads[j].show(explain, state);
}

/* Whose rules it follows: an MBMS message, or another one of RFC 3830. */
static void show_kind(struct explain *explain, const struct mikey_state *state)
{
	explain_part(explain, "message", "MIKEY", "RFC 3830");
	explain_number(explain, "octets", explain->size);
	explain_text(explain, "kind", "%s",
		     state->kind ? mbms_kind_name(state->kind) :
				   "none of MBMS");
	if (state->kind)
		explain_check(explain, "profile of MBMS", EXPLAIN_OK, "%s", "");
	else
		explain_check_fault(explain, "profile of MBMS",
				    &state->kind_fault);
}

static int request_decode(struct explain *explain, struct mikey_state *state)
{
	const struct explain_value *request = &explain->keys->request;
	struct fault fault = {};
	enum mbms_kind kind;

	if (!request->size)
		return 0;
	if (!mbms_message_decode(&state->request, &kind, request->data,
				 request->size, &fault) &&
	    kind != MBMS_MSK_DELIVERY && kind != MBMS_SOLICITED_PULL)
		fault_set(&fault, FAULT_ARGUMENT, "it is no MSK message");
	if (!fault.code) {
		state->has_request = true;
		return 0;
	}
	return fault_set(&explain->fault, fault.code,
			 "the request in the key file: %.128s", fault.text);
}

static void explain_all(struct explain *explain)
{
	struct mikey_message message, ignored;
	struct mikey_state state = { .message = &message };

	if (mikey_decode_part(&message, explain->data, explain->size,
			      &explain->fault)) {
		if (message.octets.size)
			show_header(explain, &message);
		show_payloads(explain, &state);
		return;
	}
	if (mbms_message_decode(&ignored, &state.kind, explain->data,
				explain->size, &state.kind_fault))
		state.kind = 0;
	if (request_decode(explain, &state))
		return;
	show_kind(explain, &state);
	show_header(explain, &message);
	show_payloads(explain, &state);
}

const struct explain_kind explain_kind_mikey = { "mikey", false, explain_all };
