// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * srtp_libsrtp
 *
 * libsrtp behind a pipe: reads requests from standard input and answers each on
 * standard output. Both are a struct message, in the byte order of the machine;
 * in an answer the verb is 0 and the argument the status that libsrtp returned.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <srtp2/srtp.h>

#define MKI_SIZE 6
#define MASTER_MAX 46
#define KEYS_MAX 4
#define BODY_MAX 65536
#define PACKET_MAX (BODY_MAX - SRTP_MAX_TRAILER_LEN - SRTP_MAX_MKI_LEN)

enum verb {
	VERB_OPEN = 1, /* new sessions, one for each direction */
	VERB_UPDATE, /* other keys for them; the index goes on */
	VERB_PROTECT, /* with the key that the argument counts */
	VERB_PROTECT_RTCP,
	VERB_UNPROTECT,
	VERB_UNPROTECT_RTCP,
	VERB_SET_ROC,
	VERB_GET_ROC, /* of the receiving session */
};

struct message {
	uint8_t verb, argument;
	uint16_t reserved;
	uint32_t size;
};

/* Body of VERB_OPEN and VERB_UPDATE; without an SSRC the policy is for any. */
struct setup {
	uint32_t suite, ssrc, window;
	uint8_t use_mki, count;
	struct {
		uint8_t mki[MKI_SIZE], master[MASTER_MAX];
	} keys[KEYS_MAX];
} __attribute__((packed));

struct roc {
	uint32_t ssrc, roc;
};

static uint32_t body[BODY_MAX / sizeof(uint32_t)];
static struct setup setup;
static srtp_t sender, receiver;

/* SRTCP has tags of 80 bits in all suites (RFC 3711 clause 5.2). */
static const struct suite {
	uint32_t number;
	void (*rtp)(srtp_crypto_policy_t *policy);
	void (*rtcp)(srtp_crypto_policy_t *policy);
} suites[] = {
	{ 0xf101, srtp_crypto_policy_set_rtp_default,
	  srtp_crypto_policy_set_rtcp_default },
	{ 0xf102, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtcp_default },
	{ 0xf103, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ 0xf104, srtp_crypto_policy_set_null_cipher_hmac_sha1_80,
	  srtp_crypto_policy_set_null_cipher_hmac_sha1_80 },
};

static int policy_set(srtp_policy_t *policy, srtp_ssrc_type_t type)
{
	const struct suite *suite = suites;

	while (suite->number != setup.suite)
		if (++suite == suites + sizeof(suites) / sizeof(*suites))
			return -1;
	memset(policy, 0, sizeof(*policy));
	suite->rtp(&policy->rtp);
	suite->rtcp(&policy->rtcp);
	policy->ssrc.type = setup.ssrc ? ssrc_specific : type;
	policy->ssrc.value = setup.ssrc;
	policy->window_size = setup.window;
	return 0;
}

static srtp_err_status_t session_set(srtp_t *session, srtp_ssrc_type_t type,
				     bool update)
{
	srtp_master_key_t keys[KEYS_MAX], *list[KEYS_MAX];
	srtp_policy_t policy;
	int i;

	if (policy_set(&policy, type) || setup.count > KEYS_MAX)
		return srtp_err_status_bad_param;
	for (i = 0; i < setup.count; i++) {
		keys[i].key = setup.keys[i].master;
		keys[i].mki_id = setup.keys[i].mki;
		keys[i].mki_size = MKI_SIZE;
		list[i] = &keys[i];
	}
	policy.keys = list;
	policy.num_master_keys = setup.count;
	if (update)
		return srtp_update(*session, &policy);
	if (*session)
		srtp_dealloc(*session);
	*session = NULL;
	return srtp_create(session, &policy);
}

static srtp_err_status_t keys_set(const struct message *message)
{
	bool update = message->verb == VERB_UPDATE;
	srtp_err_status_t status;

	if (message->size != sizeof(setup))
		return srtp_err_status_bad_param;
	memcpy(&setup, body, sizeof(setup));
	status = session_set(&sender, ssrc_any_outbound, update);
	if (!status)
		status = session_set(&receiver, ssrc_any_inbound, update);
	return status;
}

static srtp_err_status_t roc_set(const struct message *message)
{
	struct roc at;
	srtp_err_status_t status;

	if (message->size != sizeof(at))
		return srtp_err_status_bad_param;
	memcpy(&at, body, sizeof(at));
	status = srtp_set_stream_roc(sender, at.ssrc, at.roc);
	return status ? status : srtp_set_stream_roc(receiver, at.ssrc, at.roc);
}

static srtp_err_status_t roc_get(struct message *message)
{
	struct roc at;
	srtp_err_status_t status;

	if (message->size != sizeof(at))
		return srtp_err_status_bad_param;
	memcpy(&at, body, sizeof(at));
	status = srtp_get_stream_roc(receiver, at.ssrc, &at.roc);
	memcpy(body, &at, sizeof(at));
	return status;
}

/* The packet stays in the body, and its size changes. */
static srtp_err_status_t packet_do(struct message *message)
{
	int size = (int)message->size;
	srtp_err_status_t status;

	switch (message->verb) {
	case VERB_PROTECT:
		status = srtp_protect_mki(sender, body, &size, setup.use_mki,
					  message->argument);
		break;
	case VERB_PROTECT_RTCP:
		status = srtp_protect_rtcp_mki(
			sender, body, &size, setup.use_mki, message->argument);
		break;
	case VERB_UNPROTECT:
		status = srtp_unprotect_mki(receiver, body, &size,
					    setup.use_mki);
		break;
	default:
		status = srtp_unprotect_rtcp_mki(receiver, body, &size,
						 setup.use_mki);
	}
	message->size = (uint32_t)size;
	return status;
}

static srtp_err_status_t answer(struct message *message)
{
	switch (message->verb) {
	case VERB_OPEN:
	case VERB_UPDATE:
		return keys_set(message);
	case VERB_SET_ROC:
		return roc_set(message);
	case VERB_GET_ROC:
		return roc_get(message);
	default:
		return packet_do(message);
	}
}

int main(void)
{
	struct message message;
	srtp_err_status_t status;

	if (srtp_init())
		return 1;
	while (fread(&message, sizeof(message), 1, stdin) == 1) {
		if (message.size > PACKET_MAX || message.verb > VERB_GET_ROC ||
		    fread(body, 1, message.size, stdin) != message.size)
			return 2;
		status = answer(&message);
		message.verb = 0;
		message.argument = (uint8_t)status;
		if (status || message.size > BODY_MAX)
			message.size = 0;
		fwrite(&message, sizeof(message), 1, stdout);
		fwrite(body, 1, message.size, stdout);
		if (fflush(stdout))
			return 3;
	}
	return 0;
}
