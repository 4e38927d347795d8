/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A BM-SC with its sender over loopback, without a kernel module, and UEs made of
 * the parts of daemon/core. The BSF is a table: roles/zn.c is not linked. Commands
 * come without a socket: neither is io/ctl.c.
 */
#ifndef DAEMON_BMSC_SCENE_H
#define DAEMON_BMSC_SCENE_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "core/digest.h"
#include "core/kdf_gba.h"
#include "core/mbms_http.h"
#include "core/mbms_xml.h"
#include "core/mgvf.h"
#include "io/loop.h"
#include "io/udp.h"
#include "role.h"
#include "roles/bmsc_config.h"
#include "store/store.h"

#define SCENE_BMSC "bmsc.home1.net"
#define SCENE_BSF "bsf.home1.net"
#define SCENE_SERVICE "urn:mbms:tv"
#define SCENE_GROUP "239.255.33.46:5000"
#define SCENE_UES 8
#define SCENE_BTIDS 16
/* Milliseconds that anything may take. */
#define SCENE_PATIENCE 20000

/**
 * struct scene_ue - a UE
 * @impi: private identity
 * @btid: of its bootstrapping
 * @deaf: MIKEY does not reach it
 * @mute: it does not answer MIKEY
 * @mgvf: its keys
 * @msks: MSK deliveries that it took, with repetitions
 * @deleted: MSKs that it was told to delete
 * @solicited: solicited pulls
 * @mtks: MTKs that it accepted
 * @last_msk: MSK ID of the last delivery
 * @mtk_msk: MSK ID of the last MTK
 * @mtk_id: of the last MTK
 * @mtk: the last MTK
 * @salt: the salt that came with it
 * @streams: of the last MSK delivery, with their policy
 * @session: of HTTP Digest
 * @refused: sentence of the last message that it did not take
 */
struct scene_ue {
	char impi[IMPI_TEXT_SIZE];
	char btid[BTID_TEXT_SIZE];
	bool deaf;
	bool mute;
	struct mgvf mgvf;
	struct secret mrk;
	unsigned int msks;
	unsigned int deleted;
	unsigned int solicited;
	unsigned int mtks;
	uint32_t last_msk;
	uint32_t mtk_msk;
	uint16_t mtk_id;
	struct secret mtk;
	struct secret salt;
	struct mikey_stream streams[MIKEY_STREAMS_MAX];
	uint8_t stream_count;
	struct mikey_policy policy;
	uint8_t policy_count;
	struct digest_session session;
	struct fault refused;
};

/**
 * struct scene_btid - what the BSF knows
 */
struct scene_btid {
	char btid[BTID_TEXT_SIZE];
	char impi[IMPI_TEXT_SIZE];
	struct secret ks_naf;
	int64_t expires;
	bool gba_u;
};

/**
 * struct scene - all of it
 * @questions: that the BSF was asked
 * @bsf_down: the BSF cannot be reached
 * @sent: called for each MIKEY datagram that arrives, with the octets
 */
struct scene {
	char folder[64];
	char path[96];
	struct secret kek;
	struct bmsc_config bmsc;
	struct config config;
	struct daemon daemon;
	char listen[64];
	uint16_t http_port;
	uint16_t mikey_port;
	uint16_t mtk_port;
	struct udp *mikey;
	struct udp *group;
	struct scene_ue ues[SCENE_UES];
	struct scene_btid btids[SCENE_BTIDS];
	unsigned int questions;
	bool bsf_down;
	struct loop_timer deadline;
	struct loop_round round;
	bool (*condition)(struct scene *scene, void *argument);
	void *argument;
	bool met;
	bool running;
	void (*seen)(struct scene *scene, const uint8_t *data, size_t size);
};

/* What the server said. */
struct scene_response {
	unsigned int status;
	char headers[8192];
	char body[32768];
	size_t body_size;
};

int scene_setup(void **state);
int scene_teardown(void **state);
/* Starts the roles on the database, or ends them in good order. */
void scene_start(struct scene *scene);
void scene_stop(struct scene *scene);
/* Runs the loop until @condition holds; fails the test if it never does. */
void scene_until(struct scene *scene,
		 bool (*condition)(struct scene *scene, void *argument),
		 void *argument);
/* Runs the loop for a time in which nothing should happen. */
void scene_pass(struct scene *scene, int64_t milliseconds);

/* A new bootstrapping: another B-TID and key. */
void scene_bootstrap(struct scene *scene, unsigned int ue, int64_t lifetime);
/* Headers are lines that end with "\r\n", may be empty. */
void scene_http(struct scene *scene, const char *method, const char *target,
		const char *headers, const void *body, size_t size,
		struct scene_response *response);
/* An authenticated request by the rules: is challenged if need be, and checks
 * Authentication-Info. Returns the status of HTTP.
 */
unsigned int scene_post(struct scene *scene, unsigned int ue,
			enum mbms_request type, const char *headers,
			const char *body, size_t size,
			struct scene_response *response);
/* Asks for a nonce. */
void scene_challenge(struct scene *scene, unsigned int ue,
		     enum mbms_request type);
/* The value of Authorization for a request with the present nonce. */
void scene_authorization(struct scene *scene, unsigned int ue,
			 enum mbms_request type, const char *body, size_t size,
			 char *text, size_t room);
/* Registers or deregisters; returns the status of the only service. */
unsigned int scene_register(struct scene *scene, unsigned int ue,
			    const char *service, bool joins);
/* MSK request with Key Number 0; returns the status of the only item. */
unsigned int scene_request(struct scene *scene, unsigned int ue,
			   uint16_t key_group);

/* For the sockets of the UEs. */
void scene_mikey_came(void *argument, const struct udp_datagram *datagram);

/* Where the BM-SC sends MIKEY from. */
void scene_bmsc_address(struct scene *scene, union address *address);

/* A command; the caller gives back the result. NULL and a fault. */
json_t *scene_command(struct scene *scene, const char *command,
		      json_t *arguments, struct fault *fault);
/* As above; fails the test if it is refused. */
json_t *scene_order(struct scene *scene, const char *command,
		    json_t *arguments);
/* Adds SCENE_SERVICE with short times. */
void scene_service_add(struct scene *scene);

#endif
