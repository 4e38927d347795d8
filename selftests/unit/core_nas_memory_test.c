// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys that come by NAS: network and UE make, protect, receive and refuse
 * messages with them, and then none is anywhere in memory: not the NAS keys, not
 * those that were delivered, not those that they were wrapped under. The buffers
 * of the plain messages are the caller's to wipe, and that is done here.
 */
#include <string.h>

#include "core/group_wrap.h"
#include "core/kmbs_wrap.h"
#include "core/nas5g.h"
#include "core/nas_sec.h"
#include "core/naseps.h"
#include "secret_watch.h"

#define ROOM 2048

static const struct msk_ref kid = { { { 0x09, 0xf1, 0x07 } }, 0x00010001 };
static const struct tmgi tmgi = { 10, true, { 901, 70, 2 } };

/* The two ends of a NAS connection. */
struct ends {
	struct secret encryption_key, integrity_key;
	struct nas_security network, ue;
};

/* A plain message, and the protected one. */
struct octets {
	uint8_t data[ROOM];
	size_t size;
};

static struct octets inner, plain, wire;

static void ends_make(struct ends *ends, enum nas_system system)
{
	struct nas_setup setup = {
		.system = system,
		.sends = NAS_DOWNLINK,
		.ciphering = NAS_ALGORITHM_AES,
		.integrity = NAS_ALGORITHM_AES,
		.encryption_key = &ends->encryption_key,
		.integrity_key = &ends->integrity_key,
	};

	*ends = (struct ends){ 0 };
	draw_watched(&ends->encryption_key, NAS_KEY_SIZE);
	draw_watched(&ends->integrity_key, NAS_KEY_SIZE);
	good(nas_security_init(&ends->network, &setup, NULL));
	setup.sends = NAS_UPLINK;
	good(nas_security_init(&ends->ue, &setup, NULL));
}

static void ends_clear(struct ends *ends)
{
	secret_clear(&ends->encryption_key);
	secret_clear(&ends->integrity_key);
	nas_security_clear(&ends->network);
	nas_security_clear(&ends->ue);
}

static void plain_wipe(void)
{
	OPENSSL_cleanse(&inner, sizeof(inner));
	OPENSSL_cleanse(&plain, sizeof(plain));
}

/* The network protects the plain message, and the sender's copy is wiped. */
static void send_message(struct ends *ends)
{
	good(nas_protect(&ends->network, NAS_CIPHERED, plain.data, plain.size,
			 wire.data, ROOM, &wire.size, NULL));
	plain_wipe();
}

/* The UE refuses a forged copy, takes the message, and refuses it again. */
static void receive_message(struct ends *ends)
{
	struct nas_received received;

	wire.data[wire.size - 1] ^= 1;
	assert_int_equal(nas_unprotect(&ends->ue, wire.data, wire.size,
				       plain.data, ROOM, &received, NULL),
			 -1);
	wire.data[wire.size - 1] ^= 1;
	good(nas_unprotect(&ends->ue, wire.data, wire.size, plain.data, ROOM,
			   &received, NULL));
	plain.size = received.size;
	good(nas_received_check_keys(&received, NULL));
}

/* The key of a KEK that only the code under test has otherwise. */
static void watch_derived(const struct secret *key, unsigned int fc,
			  const struct kdf_parameter *parameters, size_t count)
{
	struct secret derived = { 0 };

	good(kdf_derive_half(key, fc, parameters, count, &derived, NULL));
	watch(&derived);
	secret_clear(&derived);
}

/* ---- 5GS: MSK in its container, MTK under it, KMBS under KMBS-UE ---- */

struct session {
	struct secret kmbs_ue, kmbs, msk, mtk;
	struct kmbs_wrapped wrapped;
};

static void session_make(struct session *session)
{
	uint8_t id[] = { 0x09, 0xf1, 0x07, 0, 1, 0, 1 }, mtk_id[] = { 0, 1 };

	*session = (struct session){ 0 };
	draw_watched(&session->kmbs_ue, KDF_SIZE);
	draw_watched(&session->kmbs, KMBS_SIZE);
	draw_watched(&session->msk, MSK_SIZE);
	draw_watched(&session->mtk, MTK_SIZE);
	watch_derived(&session->kmbs_ue, KDF_FC_KMBS_WRAP,
		      (struct kdf_parameter[]){ { id, sizeof(id) } }, 1);
	watch_derived(&session->msk, KDF_FC_MTK_ENCRYPTION,
		      (struct kdf_parameter[]){ { id, sizeof(id) },
						{ mtk_id, sizeof(mtk_id) } },
		      2);
}

static void session_clear(struct session *session)
{
	secret_clear(&session->kmbs_ue);
	secret_clear(&session->kmbs);
	secret_clear(&session->msk);
	secret_clear(&session->mtk);
}

/* PDU SESSION MODIFICATION COMMAND in DL NAS TRANSPORT. */
static void command_send(struct ends *ends, struct session *session)
{
	struct nas5g_sm message = {
		.type = NAS5G_MODIFICATION_COMMAND,
		.session = 5,
		.received = { .count = 1 },
	};
	struct mbs_information *info = message.received.information;
	struct mbs_key_set *set = info->key_sets;
	struct nas5g_transport transport = {
		.downlink = true,
		.session = 5,
		.container = inner.data,
	};

	info->decision = MBS_SECURITY_UPDATE;
	info->tmgi = tmgi;
	info->key_set_count = 1;
	set->id = kid;
	set->has_mtk = true;
	set->mtk_id = 1;
	good(secret_set(&set->msk, session->msk.bytes, session->msk.size));
	good(mtk_encrypt(&session->msk, &kid, 1, &session->mtk,
			 set->encrypted_mtk, NULL));
	good(kmbs_wrap(&session->kmbs_ue, &kid, &session->kmbs,
		       &session->wrapped, NULL));
	/* Too little room: what was written is wiped. */
	assert_int_equal(nas5g_sm_encode(&message, inner.data, 40, &inner.size,
					 NULL),
			 -1);
	good(nas5g_sm_encode(&message, inner.data, ROOM, &inner.size, NULL));
	nas5g_sm_clear(&message);
	transport.container_size = inner.size;
	good(nas5g_transport_encode(&transport, plain.data, ROOM, &plain.size,
				    NULL));
	send_message(ends);
}

static void command_receive(struct ends *ends, struct session *session)
{
	struct secret mtk = { 0 }, kmbs = { 0 };
	struct nas5g_transport transport;
	struct nas5g_sm message;
	struct mbs_key_set *set = message.received.information[0].key_sets;
	size_t size;

	receive_message(ends);
	good(nas5g_transport_decode(plain.data, plain.size, &transport, NULL));
	/* Cut off anywhere it is another message, or none. */
	for (size = 0; size < transport.container_size; size++)
		if (!nas5g_sm_decode(transport.container, size, &message, NULL))
			nas5g_sm_clear(&message);
	good(nas5g_sm_decode(transport.container, transport.container_size,
			     &message, NULL));
	plain_wipe();
	good(mtk_decrypt(&set->msk, &kid, 1, set->encrypted_mtk, &mtk, NULL));
	assert_true(secret_equal(&mtk, &session->mtk));
	good(kmbs_unwrap(&session->kmbs_ue, &kid, &session->wrapped, &kmbs,
			 NULL));
	assert_true(secret_equal(&kmbs, &session->kmbs));
	session->wrapped.key[0] ^= 1;
	assert_int_equal(kmbs_unwrap(&session->kmbs_ue, &kid, &session->wrapped,
				     &kmbs, NULL),
			 -1);
	nas5g_sm_clear(&message);
	secret_clear(&mtk);
	secret_clear(&kmbs);
}

static void test_5gs(void **state)
{
	struct session session;
	struct ends ends;

	(void)state;
	ends_make(&ends, NAS_5GS);
	session_make(&session);
	command_send(&ends, &session);
	command_receive(&ends, &session);
	assert_true(memory_search() > 0);
	session_clear(&session);
	ends_clear(&ends);
	no_key_is_left(8);
}

/* ---- EPS: group keys in the clear in ATTACH ACCEPT, and wrapped ---- */

static const struct group_binding binding = {
	.group_id = (const uint8_t *)"group",
	.group_id_size = 5,
	.key_index = 7,
	.algorithms = 0x22,
};

static struct naseps_message group_message(enum naseps_type type)
{
	static const uint8_t tai_list[] = { 0, 9, 0xf1, 7, 0, 1 };
	static const uint8_t esm[] = { 2, 0, 0xc1 };
	struct naseps_message message = {
		.type = type,
		.attach_result = 1,
		.tai_list = tai_list,
		.tai_list_size = sizeof(tai_list),
		.esm = esm,
		.esm_size = sizeof(esm),
		.algorithms = 0x22,
		.capability = { 0xe0, 0xe0 },
		.capability_size = 2,
		.has_group = true,
	};

	message.group.group_id_size = binding.group_id_size;
	memcpy(message.group.group_id, binding.group_id, binding.group_id_size);
	message.group.key_index = binding.key_index;
	message.group.algorithms = binding.algorithms;
	return message;
}

static void group_deliver(struct ends *ends, const struct group_keys *keys)
{
	struct naseps_message message = group_message(NASEPS_ATTACH_ACCEPT);
	struct secret *confidentiality = &message.group.keys.confidentiality;
	size_t size;

	good(secret_set(confidentiality, keys->confidentiality.bytes,
			GROUP_KEY_SIZE));
	good(secret_set(&message.group.keys.integrity, keys->integrity.bytes,
			GROUP_KEY_SIZE));
	assert_int_equal(
		naseps_encode(&message, plain.data, 45, &plain.size, NULL), -1);
	good(naseps_encode(&message, plain.data, ROOM, &plain.size, NULL));
	naseps_clear(&message);
	send_message(ends);
	receive_message(ends);
	/* Cut off it is another message, or none. */
	for (size = 0; size < plain.size; size++)
		if (!naseps_decode(plain.data, size, &message, NULL))
			naseps_clear(&message);
	good(naseps_decode(plain.data, plain.size, &message, NULL));
	plain_wipe();
	assert_true(secret_equal(confidentiality, &keys->confidentiality));
	naseps_clear(&message);
}

static void group_deliver_wrapped(const struct secret *kasme,
				  const struct group_keys *keys)
{
	struct naseps_message message =
		group_message(NASEPS_SECURITY_MODE_COMMAND);
	uint8_t lifetime[1], numbers[] = { 0, 7, 0x22 };
	struct group_keys out = { 0 };

	watch_derived(kasme, KDF_FC_GROUP_WRAP,
		      (struct kdf_parameter[]){ { binding.group_id, 5 },
						{ numbers, 2 },
						{ numbers + 2, 1 },
						{ lifetime, 0 } },
		      4);
	message.group.wrapped = true;
	good(group_keys_wrap(kasme, &binding, keys, message.group.octets,
			     NULL));
	good(naseps_encode(&message, plain.data, ROOM, &plain.size, NULL));
	good(naseps_decode(plain.data, plain.size, &message, NULL));
	good(group_keys_unwrap(kasme, &binding, message.group.octets, &out,
			       NULL));
	assert_true(secret_equal(&out.integrity, &keys->integrity));
	message.group.octets[0] ^= 1;
	assert_int_equal(group_keys_unwrap(kasme, &binding,
					   message.group.octets, &out, NULL),
			 -1);
	group_keys_clear(&out);
	naseps_clear(&message);
}

static void test_eps(void **state)
{
	struct group_keys keys = { 0 };
	struct secret kasme = { 0 };
	struct ends ends;

	(void)state;
	ends_make(&ends, NAS_EPS);
	draw_watched(&kasme, KDF_SIZE);
	draw_watched(&keys.confidentiality, GROUP_KEY_SIZE);
	draw_watched(&keys.integrity, GROUP_KEY_SIZE);
	group_deliver(&ends, &keys);
	group_deliver_wrapped(&kasme, &keys);
	assert_true(memory_search() > 0);
	group_keys_clear(&keys);
	secret_clear(&kasme);
	ends_clear(&ends);
	no_key_is_left(6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_5gs),
		cmocka_unit_test(test_eps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, secure_heap_setup,
				      secure_heap_teardown);
}
