/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HSS and BSF on the loopback interface, and a UE made of daemon/core that does
 * what a test tells it.
 */
#ifndef DAEMON_GBA_SCENE_H
#define DAEMON_GBA_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "core/aka.h"
#include "core/bsf_xml.h"
#include "core/digest.h"
#include "core/digest_aka.h"
#include "io/ctl.h"
#include "io/httpc.h"
#include "io/httpd.h"
#include "io/loop.h"
#include "role.h"
#include "roles/bsf.h"
#include "roles/bsf_config.h"
#include "roles/hss.h"
#include "roles/hss_config.h"
#include "roles/zn.h"
#include "store/store.h"

#define BSF_NAME "bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define NAF_NAME "bmsc.example.org"
#define IMSI "001010000000001"
#define IMPI IMSI "@ims.mnc001.mcc001.3gppnetwork.org"

/* What the UE heard. */
struct answer {
	bool there;
	unsigned int status;
	char challenge[2048];
	char info[2048];
	char body[2048];
	size_t body_size;
};

struct scene {
	struct daemon daemon;
	struct config config;
	struct hss_config hss_config;
	struct bsf_config bsf_config;
	struct bsf_naf_config nafs[2];
	char folder[64];
	char path[128];
	char socket[128];
	char key_file[128];
	char zh_url[80];
	char zh_listen[64];
	char zn_url[80];
	char zn_listen[64];
	char url[64];
	struct secret kek;
	struct loop_timer limit;
	/* The USIM. */
	struct milenage keys;
	struct aka_sqn_array sqn;
	/* The run of Ub. */
	struct digest_session session;
	struct digest_credentials credentials;
	struct aka_answer aka;
	struct answer answer;
};

struct scene *scene_new(bool remote);
void scene_free(struct scene *scene);
/* Until *@done, or fails. */
void scene_run(struct scene *scene, const bool *done);
/* Sends @credentials (NULL: none) and waits for the answer. */
void scene_get(struct scene *scene,
	       const struct digest_credentials *credentials);
/* The first request for @impi. */
void scene_ask(struct scene *scene, const char *impi);
/* Takes the challenge of the answer; what the USIM says to it. */
int scene_take_challenge(struct scene *scene, struct fault *fault);
/* Answers with RES, AUTS or another password. */
void scene_respond(struct scene *scene, const char *password);
void scene_resync(struct scene *scene);
/* A whole bootstrapping; fills @info. */
void scene_bootstrap(struct scene *scene, struct bsf_info *info);

#endif
