// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys of MBMS from the USIM to the media: bootstrapping with Digest AKA, the
 * requests to the BM-SC with Digest, delivery of MSK and MTK by MIKEY, session
 * keys. Both ends do their part and refuse what is forged, and then no key, no
 * password and no H(A1) is anywhere in memory, also not in that of OpenSSL.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "core/aka.h"
#include "core/digest.h"
#include "core/kdf_gba.h"
#include "core/mgvf.h"
#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"
#include "secret_watch.h"

#define IMPI "262010000000001@ims.mnc001.mcc262.3gppnetwork.org"
#define BTID "YWFhYWFhYWFhYWFhYWFhYQ==@bsf.home1.net"
#define MESSAGE_MAX 512

static const uint8_t challenge[RAND_SIZE] = { 7 };
static const struct naf_id bmsc = { "bmsc.home1.net", UA_PROTOCOL_MBMS };
static const struct msk_ref msk_ref = { { { 0x62, 0xf2, 0x10 } }, 0x00010001 };

/* ---- Digest: H(A1) is as good as the password ---- */

/* Hexadecimal, as it is hashed again; watched as the text that it is. */
static void watch_a1(const struct digest_session *session, const char *username,
		     const struct secret *password)
{
	static const char digits[] = "0123456789abcdef";
	const EVP_MD *md = session->algorithm == DIGEST_SHA256 ? EVP_sha256() :
								 EVP_md5();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t hash[EVP_MAX_MD_SIZE], text[2 * MEMORY_PATTERN_SIZE];
	size_t i;

	assert_non_null(context);
	assert_int_equal(EVP_DigestInit_ex(context, md, NULL), 1);
	EVP_DigestUpdate(context, username, strlen(username));
	EVP_DigestUpdate(context, ":", 1);
	EVP_DigestUpdate(context, session->realm, strlen(session->realm));
	EVP_DigestUpdate(context, ":", 1);
	EVP_DigestUpdate(context, password->bytes, password->size);
	assert_int_equal(EVP_DigestFinal_ex(context, hash, NULL), 1);
	EVP_MD_CTX_free(context);
	for (i = 0; i < sizeof(text); i++)
		text[i] = digits[hash[i / 2] >> (i % 2 ? 0 : 4) & 15];
	memory_watch(text);
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(hash, sizeof(hash));
}

/* One request and its answer; then the server gets a wrong password. */
static void digest_run(enum digest_algorithm algorithm, const char *username,
		       const struct secret *password)
{
	static const struct digest_request request = {
		.method = "POST",
		.uri = "/keymanagement?requesttype=register",
		.body = "body",
		.body_size = 4,
	};
	struct digest_session server = {
		.algorithm = algorithm,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count_max = 8,
		.expires = 10,
		.realm = "3GPP-bootstrapping@bmsc.home1.net",
		.nonce = "a nonce",
	};
	struct digest_session client = server;
	struct secret wrong = { 0 };
	struct digest_credentials credentials;
	struct digest_info info;

	watch_a1(&server, username, password);
	good(digest_credentials_build(&client, username, "a cnonce", &request,
				      password, &credentials, NULL));
	good(secret_set(&wrong, "wrong", 5));
	assert_int_equal(digest_credentials_verify(&server, &credentials,
						   &request, &wrong, 0, NULL),
			 -1);
	secret_clear(&wrong);
	good(digest_credentials_verify(&server, &credentials, &request,
				       password, 0, NULL));
	good(digest_info_build(&server, &credentials, "answer", 6, password,
			       "another nonce", &info, NULL));
	assert_int_equal(digest_info_verify(&client, &credentials, &info,
					    "forged", 6, password, NULL),
			 -1);
	good(digest_info_verify(&client, &credentials, &info, "answer", 6,
				password, NULL));
}

/* ---- GBA: from the USIM to MRK and MUK ---- */

static void bootstrap(struct secret *mrk, struct secret *muk)
{
	struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME };
	struct aka_sqn_array array = { { 0 } };
	struct secret k = { 0 }, opc = { 0 }, ks = { 0 };
	struct milenage milenage = { 0 };
	struct aka_vector vector = { 0 };
	struct aka_answer answer = { 0 };

	draw_watched(&k, MILENAGE_KEY_SIZE);
	draw_watched(&opc, MILENAGE_KEY_SIZE);
	good(milenage_set(&milenage, &k, &opc, NULL));
	good(aka_vector_build(&milenage, challenge, 32, 0, &vector, NULL));
	watch(&vector.ck);
	watch(&vector.ik);
	good(aka_challenge_check(&milenage, &array, &policy, challenge,
				 vector.autn, &answer, NULL));
	digest_run(DIGEST_AKAV1_MD5, IMPI, &answer.res);
	good(kdf_ks(&answer.ck, &answer.ik, &ks, NULL));
	good(kdf_ks_naf(&ks, challenge, IMPI, &bmsc, &keys.key, NULL));
	good(kdf_mrk(&keys, mrk, NULL));
	good(kdf_muk(&keys, muk, NULL));
	bootstrap_keys_clear(&keys);
	secret_clear(&k);
	secret_clear(&opc);
	secret_clear(&ks);
	aka_answer_clear(&answer);
	aka_vector_clear(&vector);
	milenage_clear(&milenage);
	watch(mrk);
	watch(muk);
}

static void test_digest(void **state)
{
	struct secret mrk = { 0 }, muk = { 0 }, password = { 0 };

	(void)state;
	bootstrap(&mrk, &muk);
	good(digest_password_set(&password, &mrk, NULL));
	watch(&password);
	digest_run(DIGEST_MD5, BTID, &password);
	digest_run(DIGEST_SHA256, BTID, &password);
	assert_true(memory_search() > 0);
	secret_clear(&mrk);
	secret_clear(&muk);
	secret_clear(&password);
	no_key_is_left(10);
}

/* ---- MIKEY ---- */

struct delivery {
	struct secret muk, msk, mtk, salt;
	struct mbms_msk_message msk_message;
	struct mbms_mtk_message mtk_message;
	struct mgvf mgvf;
	struct mgvf_outcome outcome;
	uint8_t message[MESSAGE_MAX];
	size_t size;
};

/* Keys of the messages under a pre-shared key, which only they have otherwise. */
static void watch_message_keys(const struct secret *psk,
			       const struct mbms_msk_message *message)
{
	struct mikey_bytes octets = { message->rand, sizeof(message->rand) };
	struct mikey_keys keys = { 0 };

	good(mikey_keys_derive(&keys, psk, message->csb_id, &octets, NULL));
	watch(&keys.encryption);
	watch(&keys.authentication);
	mikey_keys_clear(&keys);
}

static void delivery_make(struct delivery *delivery)
{
	*delivery = (struct delivery){ 0 };
	mgvf_init(&delivery->mgvf);
	draw_watched(&delivery->muk, KS_SIZE);
	draw_watched(&delivery->msk, MSK_SIZE);
	draw_watched(&delivery->mtk, MTK_SIZE);
	draw_watched(&delivery->salt, MEMORY_PATTERN_SIZE);
	delivery->salt.size = SRTP_MASTER_SALT_SIZE;
	delivery->msk_message = (struct mbms_msk_message){
		.initiator = mbms_initiator(&bmsc),
		.responder = mbms_responder(BTID),
		.counter = 1,
		.csb_id = 1,
		.rand = { 1, 2, 3 },
		.verify = true,
		.msk_ref = msk_ref,
		.msk = &delivery->msk,
		.high = 255,
	};
	delivery->mtk_message = (struct mbms_mtk_message){
		.counter = 1,
		.csb_id = 1,
		.rand = { 1, 2, 3 },
		.msk_ref = msk_ref,
		.mtk_id = 1,
		.mtk = &delivery->mtk,
		.salt = &delivery->salt,
	};
	watch_message_keys(&delivery->muk, &delivery->msk_message);
	watch_message_keys(&delivery->msk, &delivery->msk_message);
	good(mgvf_muk_set(&delivery->mgvf, &bmsc, BTID, &delivery->muk,
			  MBMS_COUNTER_NONE, NULL));
}

static void delivery_clear(struct delivery *delivery)
{
	mgvf_outcome_clear(&delivery->outcome);
	mgvf_clear(&delivery->mgvf);
	secret_clear(&delivery->muk);
	secret_clear(&delivery->msk);
	secret_clear(&delivery->mtk);
	secret_clear(&delivery->salt);
}

/* Refused if forged, taken, refused if replayed. */
static void receive(struct delivery *delivery, enum mgvf_event event)
{
	uint8_t *last = &delivery->message[delivery->size - 1];

	*last ^= 1;
	assert_int_equal(mgvf_receive(&delivery->mgvf, delivery->message,
				      delivery->size, &delivery->outcome, NULL),
			 -1);
	*last ^= 1;
	good(mgvf_receive(&delivery->mgvf, delivery->message, delivery->size,
			  &delivery->outcome, NULL));
	assert_int_equal(delivery->outcome.event, event);
}

static void receive_again(struct delivery *delivery)
{
	assert_int_equal(mgvf_receive(&delivery->mgvf, delivery->message,
				      delivery->size, &delivery->outcome, NULL),
			 -1);
}

static void deliver_msk(struct delivery *delivery)
{
	struct mikey_message answer;
	struct writer writer;
	enum mbms_kind kind;

	/* Too little room, after the key was put into its payload. */
	writer_init(&writer, delivery->message, 130);
	assert_int_equal(mbms_msk_build(&delivery->msk_message, &delivery->muk,
					&writer, NULL),
			 -1);
	writer_init(&writer, delivery->message, MESSAGE_MAX);
	good(mbms_msk_build(&delivery->msk_message, &delivery->muk, &writer,
			    NULL));
	delivery->size = writer.length;
	receive(delivery, MGVF_MSK_STORED);
	good(mbms_message_decode(&answer, &kind, delivery->outcome.reply,
				 delivery->outcome.reply_size, NULL));
	good(mbms_verification_check(&answer, &delivery->msk_message,
				     &delivery->muk, NULL));
	assert_int_equal(mbms_verification_check(&answer,
						 &delivery->msk_message,
						 &delivery->msk, NULL),
			 -1);
	receive_again(delivery);
}

static void derive_media(struct delivery *delivery)
{
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };
	struct sframe_keys sframe = { 0 };

	good(srtp_kdf(&delivery->outcome.mtk, &delivery->outcome.salt, &srtp,
		      &srtcp, NULL));
	watch(&srtp.encryption);
	watch(&srtcp.auth);
	good(sframe_kdf(&delivery->outcome.mtk, 1, 1, &sframe, NULL));
	watch(&sframe.cipher);
	sframe_keys_clear(&sframe);
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
}

static void deliver_mtk(struct delivery *delivery)
{
	struct writer writer;

	writer_init(&writer, delivery->message, MESSAGE_MAX);
	good(mbms_mtk_build(&delivery->mtk_message, &delivery->msk, &writer,
			    NULL));
	delivery->size = writer.length;
	receive(delivery, MGVF_MTK_ACCEPTED);
	assert_true(secret_equal(&delivery->outcome.mtk, &delivery->mtk));
	derive_media(delivery);
	receive_again(delivery);
}

/* Download: the MTK is a TGK, which two keys are made of. */
static void deliver_download_mtk(struct delivery *delivery)
{
	struct writer writer;

	delivery->mtk_message.counter = 2;
	delivery->mtk_message.mtk_id = 2;
	delivery->mtk_message.salt = NULL;
	writer_init(&writer, delivery->message, MESSAGE_MAX);
	good(mbms_mtk_build(&delivery->mtk_message, &delivery->msk, &writer,
			    NULL));
	delivery->size = writer.length;
	receive(delivery, MGVF_MTK_ACCEPTED);
	watch(&delivery->outcome.encryption);
	watch(&delivery->outcome.authentication);
}

static void test_mikey(void **state)
{
	static struct delivery delivery;

	(void)state;
	delivery_make(&delivery);
	deliver_msk(&delivery);
	deliver_mtk(&delivery);
	deliver_download_mtk(&delivery);
	assert_true(memory_search() > 0);
	delivery_clear(&delivery);
	no_key_is_left(13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_mikey),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, secure_heap_setup,
				      secure_heap_teardown);
}
