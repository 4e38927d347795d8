// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The receiver of keys against a model of its rules. The input is a list of
 * commands: messages of a BM-SC with any counters and identities, damaged ones,
 * and octets from anywhere. What is taken, what is refused and what is kept have
 * to be as the model says.
 */
#include "core/mgvf.h"
#include "fuzz.h"

#define GROUPS 3
#define NUMBERS 4
#define KEYS 3
#define COMMANDS_MAX 24
#define RESPONDER "user@bsf.example.org"

/* An MSK of the model; the older one of a group is first in the list. */
struct model_msk {
	uint32_t msk_id;
	uint8_t key;
	bool rand;
	uint16_t low;
	uint16_t high;
	uint32_t counter;
};

struct model {
	bool muk;
	bool expired;
	uint32_t counter;
	struct model_msk msks[GROUPS * NUMBERS];
	size_t count;
};

struct world {
	struct mgvf mgvf;
	struct mgvf before;
	struct mgvf_outcome outcome;
	struct model model;
	struct naf_id bmsc;
	uint8_t message[1024];
	size_t size;
};

static const uint8_t muk_octets[32] = { 7 };

static struct secret make_secret(uint8_t fill, size_t size)
{
	uint8_t octets[32];
	struct secret secret = { 0 };

	memset(octets, fill, sizeof(octets));
	fuzz_check(!secret_set(&secret, octets, size));
	return secret;
}

static struct msk_ref make_ref(uint32_t msk_id)
{
	return (struct msk_ref){ { { 0x62, 0xf2, 0x10 } }, msk_id };
}

static struct model_msk *model_find(struct model *model, uint32_t msk_id)
{
	size_t i;

	for (i = 0; i < model->count; i++)
		if (model->msks[i].msk_id == msk_id)
			return &model->msks[i];
	return NULL;
}

static void model_remove(struct model *model, struct model_msk *msk)
{
	size_t at = (size_t)(msk - model->msks);

	model->count--;
	memmove(msk, msk + 1, (model->count - at) * sizeof(*msk));
}

static void model_store(struct model *model, struct model_msk fresh)
{
	struct model_msk *old = model_find(model, fresh.msk_id);
	struct model_msk *oldest = NULL;
	unsigned int members = 0;
	size_t i;

	if (old && old->key == fresh.key) {
		old->low = old->low > fresh.low ? old->low : fresh.low;
		old->high = fresh.high;
		old->rand |= fresh.rand;
		return;
	}
	if (old)
		model_remove(model, old);
	for (i = 0; i < model->count; i++)
		if (model->msks[i].msk_id >> 16 == fresh.msk_id >> 16) {
			members++;
			if (!oldest)
				oldest = &model->msks[i];
		}
	if (members == MBMS_MSKS_PER_GROUP)
		model_remove(model, oldest);
	model->msks[model->count++] = fresh;
}

/* The state of the receiver is that of the model. */
static void compare(struct world *world)
{
	const struct mgvf_muk *muk = mgvf_muk_find(&world->mgvf, &world->bmsc);
	const struct mgvf_msk *msk;
	struct model *model = &world->model;
	struct msk_ref ref;
	size_t i, used = 0;

	fuzz_check(!muk == !model->muk);
	if (muk)
		fuzz_check(muk->counter == model->counter &&
			   muk->expired == model->expired);
	for (i = 0; i < MGVF_MSKS_MAX; i++)
		used += world->mgvf.msks[i].used;
	fuzz_check(used == model->count);
	for (i = 0; i < model->count; i++) {
		ref = make_ref(model->msks[i].msk_id);
		msk = mgvf_msk_find(&world->mgvf, &ref);
		fuzz_check(msk && msk->msk.bytes[0] == model->msks[i].key);
		fuzz_check(msk->low == model->msks[i].low);
		fuzz_check(msk->high == model->msks[i].high);
		fuzz_check(msk->counter == model->msks[i].counter);
		fuzz_check(!msk->rand_size == !model->msks[i].rand);
	}
}

/* Gives the message to the receiver; a refusal changes nothing. */
static enum mgvf_event receive(struct world *world)
{
	static const struct mgvf_outcome zero;
	uint8_t *copy = fuzz_copy(world->message, world->size);
	struct fault fault = { 0 };

	memcpy(&world->before, &world->mgvf, sizeof(world->before));
	if (mgvf_receive(&world->mgvf, copy, world->size, &world->outcome,
			 &fault)) {
		fuzz_check(!memcmp(&world->before, &world->mgvf,
				   sizeof(world->before)));
		fuzz_check(!memcmp(&world->outcome, &zero, sizeof(zero)));
		fuzz_check(fault.code && strlen(fault.text) > 10);
	}
	free(copy);
	return world->outcome.event;
}

static struct mbms_msk_message make_request(struct world *world,
					    struct fuzz_input *input)
{
	struct mbms_msk_message request = {
		.initiator = mbms_initiator(&world->bmsc),
		.responder = mbms_responder(RESPONDER),
		.counter = 1 + (uint32_t)fuzz_take(input, 1),
		.csb_id = 1,
		.verify = fuzz_take(input, 1) & 1,
	};

	if (request.counter == 256)
		request.counter = UINT32_MAX;
	return request;
}

static enum mgvf_event expect_msk(struct model *model, uint32_t counter,
				  bool solicit)
{
	if (!model->muk)
		return MGVF_MUK_UNKNOWN;
	if ((model->expired && !solicit) || counter <= model->counter)
		return MGVF_NOTHING;
	model->counter = counter;
	return solicit ? MGVF_SOLICITED : MGVF_MSK_STORED;
}

static void send_msk(struct world *world, struct fuzz_input *input,
		     struct writer *writer, enum mgvf_event *wanted)
{
	struct mbms_msk_message request = make_request(world, input);
	struct secret muk = { 0 }, msk;
	struct model_msk fresh = { 0 };

	fresh.msk_id =
		msk_id_make((uint16_t)(fuzz_take(input, 1) % GROUPS),
			    1 + (uint16_t)(fuzz_take(input, 1) % NUMBERS));
	fresh.key = 1 + (uint8_t)(fuzz_take(input, 1) % KEYS);
	fresh.low = (uint16_t)(fuzz_take(input, 1) % 8);
	fresh.high = (uint16_t)(fuzz_take(input, 1) % 8);
	fresh.rand = true;
	msk = make_secret(fresh.key, MSK_SIZE);
	fuzz_check(!secret_set(&muk, muk_octets, sizeof(muk_octets)));
	request.msk = &msk;
	request.msk_ref = make_ref(fresh.msk_id);
	request.low = fresh.low;
	request.high = fresh.high;
	fuzz_check(!mbms_msk_build(&request, &muk, writer, NULL));
	secret_clear(&msk);
	secret_clear(&muk);
	if (!wanted)
		return;
	*wanted = expect_msk(&world->model, request.counter, false);
	if (*wanted != MGVF_MSK_STORED)
		return;
	if (fresh.low <= fresh.high) {
		model_store(&world->model, fresh);
		return;
	}
	*wanted = MGVF_MSK_DELETED;
	if (model_find(&world->model, fresh.msk_id))
		model_remove(&world->model,
			     model_find(&world->model, fresh.msk_id));
}

static void send_solicit(struct world *world, struct fuzz_input *input,
			 struct writer *writer, enum mgvf_event *wanted)
{
	struct mbms_msk_message request = make_request(world, input);
	struct secret muk = { 0 };

	fuzz_check(!secret_set(&muk, muk_octets, sizeof(muk_octets)));
	request.msk_ref = make_ref(
		msk_id_make((uint16_t)(fuzz_take(input, 1) % GROUPS), 0));
	fuzz_check(!mbms_solicit_build(&request, &muk, writer, NULL));
	secret_clear(&muk);
	if (wanted)
		*wanted = expect_msk(&world->model, request.counter, true);
}

static enum mgvf_event expect_mtk(struct model *model, uint8_t key,
				  const struct mbms_mtk_message *delivery)
{
	struct model_msk *msk = model_find(model, delivery->msk_ref.msk_id);

	if (!msk)
		return MGVF_MSK_UNKNOWN;
	if (msk->key != key || delivery->counter <= msk->counter ||
	    delivery->mtk_id <= msk->low || delivery->mtk_id > msk->high ||
	    (!msk->rand && !delivery->send_rand))
		return MGVF_NOTHING;
	msk->counter = delivery->counter;
	msk->low = delivery->mtk_id;
	return MGVF_MTK_ACCEPTED;
}

static void send_mtk(struct world *world, struct fuzz_input *input,
		     struct writer *writer, enum mgvf_event *wanted)
{
	uint8_t key = 1 + (uint8_t)(fuzz_take(input, 1) % KEYS);
	struct mbms_mtk_message delivery = {
		.counter = 1 + (uint32_t)fuzz_take(input, 1),
		.csb_id = 1,
		.mtk_id = 1 + (uint16_t)(fuzz_take(input, 1) % 8),
	};
	uint16_t group = (uint16_t)(fuzz_take(input, 1) % GROUPS);
	uint16_t number = 1 + (uint16_t)(fuzz_take(input, 1) % NUMBERS);
	uint8_t flags = (uint8_t)fuzz_take(input, 1);
	struct secret msk = make_secret(key, MSK_SIZE);
	struct secret mtk = make_secret(9, MTK_SIZE);
	struct secret salt = make_secret(8, MTK_SALT_SIZE);

	delivery.msk_ref = make_ref(msk_id_make(group, number));
	delivery.send_rand = flags & 1;
	delivery.mtk = &mtk;
	delivery.salt = flags & 2 ? &salt : NULL;
	fuzz_check(!mbms_mtk_build(&delivery, &msk, writer, NULL));
	secret_clear(&msk);
	secret_clear(&mtk);
	secret_clear(&salt);
	if (wanted)
		*wanted = expect_mtk(&world->model, key, &delivery);
}

static void set_msk_by_nas(struct world *world, struct fuzz_input *input)
{
	struct model_msk fresh = { 0 };
	struct mgvf_msk_input nas = { 0 };
	struct mgvf_stored stored;
	struct secret msk;

	fresh.msk_id =
		msk_id_make((uint16_t)(fuzz_take(input, 1) % GROUPS),
			    1 + (uint16_t)(fuzz_take(input, 1) % NUMBERS));
	fresh.key = 1 + (uint8_t)(fuzz_take(input, 1) % KEYS);
	fresh.low = (uint16_t)(fuzz_take(input, 1) % 8);
	fresh.high = UINT16_MAX;
	msk = make_secret(fresh.key, MSK_SIZE);
	nas.ref = make_ref(fresh.msk_id);
	nas.msk = &msk;
	nas.low = fresh.low;
	nas.high = fresh.high;
	fuzz_check(!mgvf_msk_set(&world->mgvf, &nas, &stored, NULL));
	model_store(&world->model, fresh);
	secret_clear(&msk);
}

static void set_muk(struct world *world, uint32_t counter)
{
	struct secret muk = { 0 };

	fuzz_check(!secret_set(&muk, muk_octets, sizeof(muk_octets)));
	fuzz_check(!mgvf_muk_set(&world->mgvf, &world->bmsc, RESPONDER, &muk,
				 counter, NULL));
	secret_clear(&muk);
	if (!world->model.muk || counter > world->model.counter)
		world->model.counter = counter;
	world->model.muk = true;
	world->model.expired = false;
}

static void change_muk(struct world *world, struct fuzz_input *input)
{
	uint8_t what = (uint8_t)fuzz_take(input, 1);

	if (what & 1) {
		set_muk(world, what >> 4);
	} else if (what & 2) {
		fuzz_check(!world->model.muk ==
			   !!mgvf_muk_delete(&world->mgvf, &world->bmsc, NULL));
		world->model.muk = false;
	} else {
		fuzz_check(!world->model.muk ==
			   !!mgvf_muk_expire(&world->mgvf, &world->bmsc, NULL));
		world->model.expired = true;
	}
}

/* A message is sent as it is, or with one octet changed. */
static void send(struct world *world, struct fuzz_input *input, uint8_t command)
{
	static void (*const senders[])(struct world *, struct fuzz_input *,
				       struct writer *, enum mgvf_event *) = {
		send_msk,
		send_mtk,
		send_solicit,
	};
	uint8_t change = command & 0x80 ? (uint8_t)fuzz_take(input, 1) : 0;
	enum mgvf_event wanted = MGVF_NOTHING, event;
	struct writer writer;

	writer_init(&writer, world->message, sizeof(world->message));
	senders[command % 3](world, input, &writer, change ? NULL : &wanted);
	world->size = writer.length;
	if (change)
		world->message[fuzz_take(input, 1) % world->size] ^= change;
	event = receive(world);
	/* Of a changed message the receiver may not know the key. */
	fuzz_check(event == wanted || (change && (event == MGVF_MUK_UNKNOWN ||
						  event == MGVF_MSK_UNKNOWN)));
}

/* Octets from anywhere have no right MAC. */
static void send_octets(struct world *world, struct fuzz_input *input)
{
	enum mgvf_event event;

	world->size = (size_t)fuzz_take(input, 1);
	if (world->size > input->size)
		world->size = input->size;
	memcpy(world->message, input->data, world->size);
	input->data += world->size;
	input->size -= world->size;
	event = receive(world);
	fuzz_check(event == MGVF_NOTHING || event == MGVF_MUK_UNKNOWN ||
		   event == MGVF_MSK_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	struct fuzz_input input = { data, size };
	unsigned int commands;
	uint8_t command;

	memset(&world.model, 0, sizeof(world.model));
	mgvf_init(&world.mgvf);
	fuzz_check(!naf_id_set(&world.bmsc, "bmsc.example.org",
			       UA_PROTOCOL_MBMS, NULL));
	set_muk(&world, MBMS_COUNTER_NONE);
	for (commands = 0; input.size && commands < COMMANDS_MAX; commands++) {
		command = (uint8_t)fuzz_take(&input, 1);
		switch (command & 0x7f) {
		case 0x7d:
			set_msk_by_nas(&world, &input);
			break;
		case 0x7e:
			change_muk(&world, &input);
			break;
		case 0x7f:
			send_octets(&world, &input);
			break;
		default:
			send(&world, &input, command);
			break;
		}
		compare(&world);
	}
	mgvf_outcome_clear(&world.outcome);
	mgvf_clear(&world.mgvf);
	return 0;
}
