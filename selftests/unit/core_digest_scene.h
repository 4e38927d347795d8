/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client and a server of Digest that agree, for tests to disturb. */
#ifndef CORE_DIGEST_SCENE_H
#define CORE_DIGEST_SCENE_H

#include "core_digest_vectors.h"

#define UB "Ub, RES of Milenage test set 1"
#define UA "Ua, registration, MRK as password"

static inline void fill(char *out, const char *text)
{
	memcpy(out, text, strlen(text) + 1);
}

/* A server that knows the password of a vector, and good credentials for it. */
struct scene {
	struct digest_case one;
	struct digest_session server;
	struct digest_credentials credentials;
};

static inline void scene_make(struct scene *scene, json_t *list,
			      const char *name)
{
	digest_case_take(vectors_find(list, name), &scene->one);
	fill(scene->one.session.opaque, "0123");
	scene->server = scene->one.session;
	assert_int_equal(digest_credentials_build(
				 &scene->one.session, scene->one.username,
				 scene->one.cnonce, &scene->one.request,
				 &scene->one.password, &scene->credentials,
				 NULL),
			 0);
}

static inline void scene_end(struct scene *scene)
{
	secret_clear(&scene->one.password);
}

#endif /* CORE_DIGEST_SCENE_H */
