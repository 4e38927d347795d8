// SPDX-License-Identifier: GPL-2.0-or-later
/* MbsSecurityContext and MbsKeyInfo of TS 29.571. */
#include <string.h>

#include "sbi_json_value.h"

void sbi_key_clear(struct sbi_key_info *key)
{
	secret_clear(&key->msk);
	secret_clear(&key->mtk);
	memset(key, 0, sizeof(*key));
}

void sbi_security_context_clear(struct sbi_security_context *context)
{
	size_t i;

	for (i = 0; i < SBI_KEYS_MAX; i++)
		sbi_key_clear(&context->keys[i]);
	context->count = 0;
}

static int copy_secret(struct secret *to, const struct secret *from)
{
	*to = (struct secret){ 0 };
	return from->size ? secret_set(to, from->bytes, from->size) : 0;
}

int sbi_security_context_copy(struct sbi_security_context *to,
			      const struct sbi_security_context *from,
			      struct fault *fault)
{
	size_t i;

	sbi_security_context_clear(to);
	for (i = 0; i < from->count; i++) {
		struct sbi_key_info *key = &to->keys[i];
		int failed;

		*key = from->keys[i];
		failed = copy_secret(&key->msk, &from->keys[i].msk);
		failed |= copy_secret(&key->mtk, &from->keys[i].mtk);
		if (failed) {
			sbi_security_context_clear(to);
			return fault_set(fault, FAULT_MEMORY,
					 "no memory for keys");
		}
	}
	to->count = from->count;
	return 0;
}

static int read_ref(const struct sbi_value *object, struct msk_ref *ref,
		    struct fault *fault)
{
	struct sbi_value domain, msk_id;
	uint8_t id[MSK_ID_SIZE];

	if (sbi_need(object, "keyDomainId", JSON_STRING, &domain, fault) ||
	    sbi_octets(&domain, ref->domain.octets, KEY_DOMAIN_ID_SIZE,
		       fault) ||
	    sbi_need(object, "mskId", JSON_STRING, &msk_id, fault) ||
	    sbi_octets(&msk_id, id, sizeof(id), fault))
		return -1;
	ref->msk_id = msk_id_make((uint16_t)(id[0] << 8 | id[1]),
				  (uint16_t)(id[2] << 8 | id[3]));
	if (msk_id_number(ref->msk_id) == MSK_NUMBER_CURRENT)
		return sbi_refuse(&msk_id, FAULT_MALFORMED,
				  "has Key Number 0, which no MSK has", fault);
	return 0;
}

/* An MTK without its id could not be told from others, and an id without MTK says
 * nothing: both or none.
 */
static int read_mtk(const struct sbi_value *object, struct sbi_key_info *key,
		    struct fault *fault)
{
	struct sbi_value mtk_id, mtk;
	uint8_t id[MTK_ID_SIZE];

	if (sbi_may(object, "mtkId", JSON_STRING, &mtk_id, fault) ||
	    sbi_may(object, "mtk", JSON_STRING, &mtk, fault))
		return -1;
	if (!mtk_id.json && !mtk.json)
		return 0;
	if (!mtk_id.json || !mtk.json)
		return sbi_refuse(mtk.json ? &mtk_id : &mtk, FAULT_MALFORMED,
				  "is missing, as mtkId and mtk come together",
				  fault);
	if (sbi_octets(&mtk_id, id, sizeof(id), fault))
		return -1;
	key->mtk_id = (uint16_t)(id[0] << 8 | id[1]);
	if (key->mtk_id == MTK_ID_NONE)
		return sbi_refuse(&mtk_id, FAULT_MALFORMED,
				  "is 0, which no MTK has", fault);
	return sbi_secret(&mtk, &key->mtk, MTK_SIZE, fault);
}

int sbi_read_key(const struct sbi_value *object, const char *name,
		 struct sbi_key_info *key, struct fault *fault)
{
	struct sbi_value msk, lifetime;

	if (!*name || strlen(name) >= SBI_KEY_NAME_SIZE)
		return sbi_refuse(object, FAULT_LIMIT,
				  "has a name that is empty or longer than 32",
				  fault);
	memcpy(key->name, name, strlen(name) + 1);
	if (read_ref(object, &key->ref, fault) ||
	    sbi_may(object, "msk", JSON_STRING, &msk, fault) ||
	    (msk.json && sbi_secret(&msk, &key->msk, MSK_SIZE, fault)) ||
	    sbi_may(object, "mskLifetime", JSON_STRING, &lifetime, fault))
		return -1;
	key->has_lifetime = lifetime.json;
	if (lifetime.json && sbi_time(&lifetime, &key->lifetime, fault))
		return -1;
	return read_mtk(object, key, fault);
}

int sbi_context_check(const struct sbi_security_context *context,
		      const struct sbi_value *place, struct fault *fault)
{
	size_t i, j;

	for (i = 0; i < context->count; i++)
		for (j = 0; j < i; j++) {
			const struct sbi_key_info *a = &context->keys[j];
			const struct sbi_key_info *b = &context->keys[i];

			if (!msk_ref_equal(&a->ref, &b->ref))
				continue;
			if (a->mtk_id == b->mtk_id)
				return sbi_refuse(place, FAULT_MALFORMED,
						  "has two entries for the "
						  "same key",
						  fault);
			if (a->msk.size && b->msk.size &&
			    !secret_equal(&a->msk, &b->msk))
				return sbi_refuse(place, FAULT_MALFORMED,
						  "has different MSKs of one "
						  "id",
						  fault);
		}
	return 0;
}

int sbi_read_key_list(const struct sbi_value *list,
		      struct sbi_security_context *context, struct fault *fault)
{
	json_t *object = (json_t *)list->json;
	void *iter;

	if (!json_object_size(object) ||
	    json_object_size(object) > SBI_KEYS_MAX)
		return sbi_refuse(list, FAULT_LIMIT, "has not 1 to 8 keys",
				  fault);
	for (iter = json_object_iter(object); iter;
	     iter = json_object_iter_next(object, iter)) {
		const char *name = json_object_iter_key(iter);
		struct sbi_value entry;

		if (sbi_need(list, name, JSON_OBJECT, &entry, fault) ||
		    sbi_read_key(&entry, name, &context->keys[context->count],
				 fault))
			return -1;
		context->count++;
	}
	return sbi_context_check(context, list, fault);
}

int sbi_read_context(const struct sbi_value *object,
		     struct sbi_security_context *context, struct fault *fault)
{
	struct sbi_value list;

	if (sbi_need(object, "keyList", JSON_OBJECT, &list, fault))
		return -1;
	return sbi_read_key_list(&list, context, fault);
}

int sbi_security_context_parse(const void *document, size_t size,
			       struct sbi_security_context *context,
			       struct fault *fault)
{
	struct sbi_value root = { 0 };
	json_t *json;
	int status;

	sbi_security_context_clear(context);
	json = sbi_load(document, size, JSON_OBJECT, fault);
	if (!json)
		return -1;
	root.json = json;
	status = sbi_read_context(&root, context, fault);
	json_decref(json);
	if (status)
		sbi_security_context_clear(context);
	return status;
}

static bool put_mtk(json_t *object, const struct sbi_key_info *key)
{
	const uint8_t id[] = { (uint8_t)(key->mtk_id >> 8),
			       (uint8_t)key->mtk_id };

	if (key->mtk_id == MTK_ID_NONE)
		return !key->mtk.size;
	return key->mtk.size == MTK_SIZE &&
	       sbi_put(object, "mtkId", sbi_make_octets(id, sizeof(id))) &&
	       sbi_put(object, "mtk",
		       sbi_make_octets(key->mtk.bytes, key->mtk.size));
}

static bool put_msk(json_t *object, const struct sbi_key_info *key)
{
	uint32_t msk_id = key->ref.msk_id;
	const uint8_t id[] = { (uint8_t)(msk_id >> 24), (uint8_t)(msk_id >> 16),
			       (uint8_t)(msk_id >> 8), (uint8_t)msk_id };

	if (msk_id_number(msk_id) == MSK_NUMBER_CURRENT ||
	    !sbi_put(object, "keyDomainId",
		     sbi_make_octets(key->ref.domain.octets,
				     KEY_DOMAIN_ID_SIZE)) ||
	    !sbi_put(object, "mskId", sbi_make_octets(id, sizeof(id))))
		return false;
	if (key->msk.size &&
	    (key->msk.size != MSK_SIZE ||
	     !sbi_put(object, "msk",
		      sbi_make_octets(key->msk.bytes, key->msk.size))))
		return false;
	return !key->has_lifetime ||
	       sbi_put(object, "mskLifetime", sbi_make_time(key->lifetime));
}

json_t *sbi_make_context(const struct sbi_security_context *context)
{
	static const struct sbi_value nowhere;
	json_t *list = json_object(), *object;
	size_t i;

	for (i = 0; i < context->count; i++) {
		const struct sbi_key_info *key = &context->keys[i];

		object = json_object();
		/* A name twice would lose a key. */
		if (!*key->name || json_object_get(list, key->name) ||
		    !put_msk(object, key) || !put_mtk(object, key)) {
			json_decref(object);
			break;
		}
		if (!sbi_put(list, key->name, object))
			break;
	}
	object = json_object();
	if (!context->count || i < context->count ||
	    sbi_context_check(context, &nowhere, NULL)) {
		json_decref(list);
		json_decref(object);
		return NULL;
	}
	if (!sbi_put(object, "keyList", list)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

int sbi_security_context_write(const struct sbi_security_context *context,
			       char *document, size_t room, size_t *length,
			       struct fault *fault)
{
	return sbi_dump(sbi_make_context(context), document, room, length,
			fault);
}
