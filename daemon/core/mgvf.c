// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mgvf.h"

const char *mgvf_event_name(enum mgvf_event event)
{
	switch (event) {
	case MGVF_NOTHING:
		return "nothing";
	case MGVF_MSK_STORED:
		return "MSK stored";
	case MGVF_MSK_DELETED:
		return "MSK deleted";
	case MGVF_SOLICITED:
		return "solicited";
	case MGVF_MTK_ACCEPTED:
		return "MTK accepted";
	case MGVF_MUK_UNKNOWN:
		return "MUK unknown";
	case MGVF_MSK_UNKNOWN:
		return "MSK unknown";
	}
	return "unknown";
}

void mgvf_outcome_clear(struct mgvf_outcome *outcome)
{
	secret_clear(&outcome->mtk);
	secret_clear(&outcome->salt);
	secret_clear(&outcome->encryption);
	secret_clear(&outcome->authentication);
	*outcome = (struct mgvf_outcome){ 0 };
}

/* ---- MSK delivery and solicited pull ---- */

static int check_counter(uint32_t counter, uint32_t last, const char *key,
			 struct fault *fault)
{
	if (mbms_counter_is_newer(counter, last))
		return 0;
	return fault_set(fault, FAULT_REPLAYED,
			 "counter %u of the %s is not above %u", counter, key,
			 last);
}

static int check_muk(const struct mgvf_muk *muk, enum mbms_kind kind,
		     const struct mikey_message *message, struct fault *fault)
{
	if (muk->expired && kind == MBMS_MSK_DELIVERY)
		return fault_set(fault, FAULT_STATE,
				 "MUK of the MSK delivery has expired");
	return check_counter((uint32_t)message->timestamp, muk->counter, "MUK",
			     fault);
}

static int make_reply(const struct mikey_message *message,
		      const struct mikey_keys *keys,
		      struct mgvf_outcome *outcome, struct fault *fault)
{
	struct writer writer;

	if (!message->verify)
		return 0;
	writer_init(&writer, outcome->reply, sizeof(outcome->reply));
	if (mbms_verification_build(message, keys, &writer, fault))
		return -1;
	outcome->reply_size = writer.length;
	return 0;
}

static void copy_streams(const struct mikey_message *message,
			 struct mgvf_outcome *outcome)
{
	if (message->map != MIKEY_MAP_SRTP)
		return;
	outcome->stream_count = message->sessions;
	memcpy(outcome->streams, message->streams, sizeof(outcome->streams));
	outcome->policy_count = message->policy_count;
	memcpy(outcome->policies, message->policies, sizeof(outcome->policies));
}

static void delete_msk(struct mgvf *mgvf, const struct msk_ref *ref,
		       struct mgvf_outcome *outcome)
{
	mgvf_msk_delete(mgvf, ref);
	outcome->event = MGVF_MSK_DELETED;
	outcome->ref = *ref;
}

/* With an authentic and open message: all that can fail, then the state. */
static int take_msk(struct mgvf *mgvf, const struct mikey_message *message,
		    struct mikey_key *key, struct mgvf_outcome *outcome,
		    struct fault *fault)
{
	const struct msk_ref *ref = &message->key_ids.msk;
	struct mgvf_msk fresh = { .ref = *ref };
	struct mgvf_msk *slot;

	if (mbms_msk_interval(key, &fresh.low, &fresh.high, fault))
		return -1;
	if (fresh.low > fresh.high) {
		delete_msk(mgvf, ref, outcome);
		return 0;
	}
	slot = mgvf_msk_slot(mgvf, ref, fault);
	if (!slot)
		return -1;
	fresh.csb_id = message->csb_id;
	fresh.rand_size = (uint8_t)message->rand.size;
	memcpy(fresh.rand, message->rand.data, message->rand.size);
	fresh.msk = key->key;
	key->key = (struct secret){ 0 };
	copy_streams(message, outcome);
	mgvf_msk_store(mgvf, slot, &fresh, &outcome->stored);
	outcome->event = MGVF_MSK_STORED;
	outcome->ref = *ref;
	return 0;
}

static int open_msk(struct mgvf *mgvf, struct mgvf_muk *muk,
		    enum mbms_kind kind, const struct mikey_message *message,
		    const struct mikey_keys *keys, struct mgvf_outcome *outcome,
		    struct fault *fault)
{
	struct mikey_key key = { 0 };
	int result = -1;

	if (mikey_open(message, keys, &key, fault) ||
	    make_reply(message, keys, outcome, fault))
		goto out;
	if (kind == MBMS_SOLICITED_PULL) {
		outcome->event = MGVF_SOLICITED;
		outcome->ref = message->key_ids.msk;
	} else if (take_msk(mgvf, message, &key, outcome, fault)) {
		goto out;
	}
	muk->counter = (uint32_t)message->timestamp;
	result = 0;
out:
	mikey_key_clear(&key);
	return result;
}

static int receive_msk(struct mgvf *mgvf, enum mbms_kind kind,
		       const struct mikey_message *message,
		       struct mgvf_outcome *outcome, struct fault *fault)
{
	struct mgvf_muk *muk = mgvf_muk_of(mgvf, message);
	struct mikey_keys keys = { 0 };
	int result = -1;

	if (!muk) {
		outcome->event = MGVF_MUK_UNKNOWN;
		outcome->ref = message->key_ids.msk;
		return 0;
	}
	if (check_muk(muk, kind, message, fault))
		return -1;
	if (!mikey_keys_derive(&keys, &muk->muk, message->csb_id,
			       &message->rand, fault))
		result = open_msk(mgvf, muk, kind, message, &keys, outcome,
				  fault);
	mikey_keys_clear(&keys);
	return result;
}

/* ---- MTK delivery ---- */

/* RAND for the keys of an MTK message: mbms_profile.h, 8. */
static int find_rand(const struct mgvf_msk *msk,
		     const struct mikey_message *message,
		     struct mikey_bytes *rand, struct fault *fault)
{
	const struct mikey_bytes known = { msk->rand, msk->rand_size };

	if (!known.size && !message->rand.size)
		return fault_set(
			fault, FAULT_STATE,
			"neither the MTK delivery nor the MSK has a RAND");
	*rand = known.size ? known : message->rand;
	if (!known.size)
		return 0;
	if (message->csb_id != msk->csb_id ||
	    (message->rand.size &&
	     (message->rand.size != known.size ||
	      memcmp(message->rand.data, known.data, known.size))))
		return fault_set(
			fault, FAULT_MALFORMED,
			"MTK delivery has another CSB ID or RAND than its MSK");
	return 0;
}

static int refuse_mtk(const struct mgvf_msk *msk, uint16_t mtk_id,
		      enum mbms_mtk_verdict verdict, struct fault *fault)
{
	if (verdict == MBMS_MTK_OLD)
		return fault_set(fault, FAULT_REPLAYED,
				 "MTK ID %u is not above SEQl %u", mtk_id,
				 msk->low);
	return fault_set(fault, FAULT_STATE, "MTK ID %u is above SEQu %u",
			 mtk_id, msk->high);
}

/* With an authentic and open message, whose counter is new. */
static int take_mtk(struct mgvf *mgvf, struct mgvf_msk *msk,
		    const struct mikey_message *message,
		    const struct mikey_bytes *rand, struct mikey_key *key,
		    struct mgvf_outcome *outcome, struct fault *fault)
{
	uint16_t mtk_id = message->key_ids.mtk_id;
	enum mbms_mtk_verdict verdict =
		mbms_mtk_id_check(msk->low, msk->high, mtk_id);

	if (verdict == MBMS_MTK_BEYOND && mgvf->beyond_deletes) {
		delete_msk(mgvf, &message->key_ids.msk, outcome);
		return 0;
	}
	if (verdict != MBMS_MTK_NEW)
		return refuse_mtk(msk, mtk_id, verdict, fault);
	if (mbms_mtk_check(key, fault))
		return -1;
	if (key->type == MBMS_DOWNLOAD_KEY_TYPE &&
	    mbms_download_keys(&key->key, message->csb_id, rand,
			       &outcome->encryption, &outcome->authentication,
			       fault))
		return -1;
	outcome->event = MGVF_MTK_ACCEPTED;
	outcome->ref = msk->ref;
	outcome->mtk_id = mtk_id;
	outcome->mtk = key->key;
	outcome->salt = key->salt;
	key->key = (struct secret){ 0 };
	key->salt = (struct secret){ 0 };
	copy_streams(message, outcome);
	msk->counter = (uint32_t)message->timestamp;
	msk->low = mtk_id;
	return 0;
}

static int receive_mtk(struct mgvf *mgvf, const struct mikey_message *message,
		       struct mgvf_outcome *outcome, struct fault *fault)
{
	struct mgvf_msk *msk =
		(struct mgvf_msk *)mgvf_msk_find(mgvf, &message->key_ids.msk);
	struct mikey_keys keys = { 0 };
	struct mikey_key key = { 0 };
	struct mikey_bytes rand;
	int result = -1;

	if (!msk) {
		outcome->event = MGVF_MSK_UNKNOWN;
		outcome->ref = message->key_ids.msk;
		outcome->mtk_id = message->key_ids.mtk_id;
		return 0;
	}
	if (check_counter((uint32_t)message->timestamp, msk->counter, "MSK",
			  fault) ||
	    find_rand(msk, message, &rand, fault))
		return -1;
	if (!mikey_keys_derive(&keys, &msk->msk, message->csb_id, &rand,
			       fault) &&
	    !mikey_open(message, &keys, &key, fault))
		result = take_mtk(mgvf, msk, message, &rand, &key, outcome,
				  fault);
	mikey_key_clear(&key);
	mikey_keys_clear(&keys);
	return result;
}

int mgvf_receive(struct mgvf *mgvf, const void *data, size_t size,
		 struct mgvf_outcome *outcome, struct fault *fault)
{
	struct mikey_message message;
	enum mbms_kind kind;
	int result;

	mgvf_outcome_clear(outcome);
	if (mbms_message_decode(&message, &kind, data, size, fault))
		return -1;
	switch (kind) {
	case MBMS_MSK_DELIVERY:
	case MBMS_SOLICITED_PULL:
		result = receive_msk(mgvf, kind, &message, outcome, fault);
		break;
	case MBMS_MTK_DELIVERY:
		result = receive_mtk(mgvf, &message, outcome, fault);
		break;
	default:
		result = fault_set(fault, FAULT_STATE,
				   "a receiver of keys takes no %s message",
				   mbms_kind_name(kind));
		break;
	}
	if (result)
		mgvf_outcome_clear(outcome);
	return result;
}
