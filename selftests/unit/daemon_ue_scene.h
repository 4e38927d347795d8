/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UE role on the loopback interface against a BSF and a BM-SC that are made of
 * daemon/core and can be told to misbehave. In place of the kernel module there is
 * a list of what it was given, in place of the control socket a list of handlers.
 */
#ifndef DAEMON_UE_SCENE_H
#define DAEMON_UE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "config.h"
#include "core/aka.h"
#include "core/digest.h"
#include "core/mbms_message.h"
#include "core/mbms_xml.h"
#include "core/srtp_suite.h"
#include "io/httpc.h"
#include "io/httpd.h"
#include "io/kernel.h"
#include "io/loop.h"
#include "io/udp.h"
#include "roles/ue_state.h"

#define SERVICE "urn:mbsec:test:news"
#define GROUP "239.255.77.1"
#define TRAFFIC_PORT 5077
#define KEY_GROUP 7
#define BMSC_NAME "bmsc.mbsec.test"
#define BSF_NAME "bsf.mbsec.test"
#define IMSI_FIRST "001010000000001"
#define SCENE_USERS_MAX 1000
#define SCENE_KEYS_MAX 64

/* A UE as BSF and BM-SC know it. */
struct scene_user {
	struct aka_sqn_source sqn;
	struct aka_vector vector;
	struct digest_session ub;
	struct digest_session ua;
	char impi[IMPI_TEXT_SIZE];
	char btid[BTID_TEXT_SIZE];
	struct secret muk;
	struct secret password;
	uint32_t counter;
	bool challenged;
	bool registered;
	unsigned int verified;
};

/* An MSK, and the state of its MTK messages. */
struct scene_msk {
	uint32_t msk_id;
	struct secret msk;
	uint8_t rand[MBMS_RAND_SIZE];
	uint32_t csb_id;
	uint32_t counter;
};

/* A key in the kernel. */
struct scene_key {
	uint32_t msk_id;
	uint16_t mtk_id;
	uint16_t sender_id;
	uint8_t auth[64];
	size_t auth_size;
};

/* What was asked for, and how often. */
struct scene_counts {
	unsigned int announcements;
	unsigned int bootstraps; /* first requests */
	unsigned int responses; /* with RES */
	unsigned int resyncs;
	unsigned int bootstrapped;
	unsigned int requests; /* authentic ones */
	unsigned int challenges; /* 401 on Ua */
	unsigned int registers;
	unsigned int deregisters;
	unsigned int msk_requests;
	unsigned int verifications; /* authentic ones */
	unsigned int bad_verifications;
};

struct scene {
	struct daemon daemon;
	struct config config;
	struct ue_config ue_config;
	struct loop *loop;
	struct httpd *httpd;
	struct udp *udp;
	struct loop_timer limit;
	struct loop_round round;
	bool (*reached)(struct scene *scene);
	bool late;
	bool expect_late;
	char folder[64];
	char path[96];
	char url[64];
	char bsf_url[80];
	struct secret kek;
	struct milenage keys;
	struct scene_user users[SCENE_USERS_MAX];
	struct digest_session anybody;
	struct scene_msk msk;
	struct secret mtk;
	struct scene_counts counts;
	/* How they misbehave. */
	bool bad_autn;
	bool bad_rspauth_ub;
	bool bad_rspauth_ua;
	bool bad_btid;
	bool forget; /* B-TIDs are unknown, until a bootstrapping */
	bool gone; /* nothing but 503 from all */
	bool silent; /* no MSK is sent after a request */
	bool nextnonce; /* each answer has a new nonce */
	uint16_t status; /* of each item, 0 for 200 */
	unsigned int broken; /* so many requests on Ua get 503 */
	int64_t lifetime; /* of Ks in seconds */
	uint16_t senders;
	/* With a suite the service is of SRTP: what is announced, and what MSK
	 * messages say.
	 */
	struct srtp_profile announced;
	struct srtp_profile policy;
	struct mikey_stream streams[MIKEY_STREAMS_MAX];
	size_t stream_count;
	struct secret salt;
	/* The kernel. */
	bool module;
	bool group;
	unsigned int group_adds;
	struct kernel_group group_added;
	struct scene_key installed[SCENE_KEYS_MAX];
	size_t installed_count;
	struct kernel_sender sources[SCENE_KEYS_MAX];
	size_t source_count;
	kernel_callback kernel_callback;
	void *kernel_argument;
	/* The control socket: what the last command was answered. */
	json_t *result;
	json_t *events;
	struct fault refusal;
	unsigned int progress;
};

/* The scene of the running test: the kernel and the control socket are its. */
extern struct scene *scene;

/* For cmocka: a scene with a UE role that has no USIM. */
int scene_setup(void **state);
int scene_teardown(void **state);
/* The role again, as after a crash or with another configuration. */
void scene_restart(void);
void scene_stop_role(void);
void scene_start_role(void);

/* Runs the loop until @reached says so; fails after ten seconds. */
void scene_until(bool (*reached)(struct scene *scene));
/* Runs the loop for a while; for tests that nothing happens. */
void scene_while(int milliseconds);
/* Puts the USIM number @n (from 0) into the store and the role. */
struct ue_usim *scene_usim(unsigned int n);
/* It joins SERVICE. */
struct ue_member *scene_join(unsigned int n);
/* Runs until all UEs that have joined are ready. */
void scene_until_ready(void);
bool scene_is_ready(struct scene *scene);
/* Two UEs talk HTTP at this moment. */
bool scene_is_busy(struct scene *scene);

/* A new MSK; its number is one above that of the last one. */
void scene_msk_next(void);
/* MSK message to UE @n as octets; the counter goes up by one. */
size_t scene_msk_message(unsigned int n, uint16_t low, uint16_t high,
			 uint8_t octets[MIKEY_SIZE_MAX]);
size_t scene_solicit_message(unsigned int n, uint8_t octets[MIKEY_SIZE_MAX]);
size_t scene_mtk_message(uint16_t mtk_id, uint8_t octets[MIKEY_SIZE_MAX]);
/* Sends them. */
void scene_send(const uint8_t *octets, size_t size);
void scene_send_group(const uint8_t *octets, size_t size);
void scene_push(unsigned int n);
/* Draws a new MTK and sends it. */
void scene_mtk_next(uint16_t mtk_id);
/* Key of this name in the kernel, NULL if it is not there. */
const struct scene_key *scene_key(uint32_t msk_id, uint16_t mtk_id,
				  uint16_t sender_id);
/* What the module tells. */
void scene_kernel_event(enum kernel_event_type type);
/* An SSRC that it was told of, NULL if it was not. */
const struct kernel_sender *scene_source(uint32_t ssrc);
void scene_kernel_roc_needed(uint32_t ssrc);
void scene_kernel_unknown(uint32_t msk_id, uint16_t mtk_id, uint16_t sender_id);

/* Runs a command; @arguments is taken over. Its answer is scene->result, or
 * scene->refusal.
 */
void scene_command(const char *command, json_t *arguments);

static inline struct ue_service *scene_service(void)
{
	return TAILQ_FIRST(&scene->daemon.ue->services);
}

#endif
