/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An MBSTF on another host, by the questions of peer.h. The functions are those
 * of mbstf.h; they do not wait, and what fails is told by the log and made good
 * when the host can be reached again: it then gets all streams, and the BM-SC is
 * asked for fresh MTKs (MBSTF_RENEW).
 *
 *   {"command":"flow-add","flow":1,"group":"239.1.1.1:5000",...}
 *   {"command":"mtk-add","flow":1,"msk-id":"00010001","mtk-id":1,"mtk":wrapped,
 *    "salt":wrapped}
 *   {"command":"mtk-activate"|"mtk-delete","flow":1,"msk-id":..,"mtk-id":..}
 *   {"command":"send","flow":1,"message":base 64}
 *   {"command":"flow-delete","flow":1}
 *
 * Answers are objects; {"events":[{"flow":1,"event":"rotate"},...]} has what the
 * kernel said meanwhile. That to "send" on a stream of SRTP has
 * {"flow":1,"sources":[{"ssrc":3405691582,"roc":1,"sequence":4711},...]}.
 */
#ifndef MBSEC_ROLES_MBSTF_REMOTE_H
#define MBSEC_ROLES_MBSTF_REMOTE_H

#include "roles/mbstf.h"
#include "roles/peer.h"

struct daemon;
struct mbstf_remote;

/* @name is its mbstf.name; @key_file is what it has in its mbstf.key-file.
 * Returns NULL and a fault.
 */
struct mbstf_remote *mbstf_remote_new(struct daemon *daemon, const char *name,
				      const char *url, const char *key_file,
				      mbstf_callback callback, void *argument,
				      struct fault *fault);
void mbstf_remote_free(struct mbstf_remote *remote);
const char *mbstf_remote_name(const struct mbstf_remote *remote);

int mbstf_remote_flow_add(struct mbstf_remote *remote,
			  const struct mbstf_flow *flow, struct fault *fault);
void mbstf_remote_flow_delete(struct mbstf_remote *remote, int64_t flow);
int mbstf_remote_mtk_add(struct mbstf_remote *remote, int64_t flow,
			 uint32_t msk_id, uint16_t mtk_id,
			 const struct secret *mtk, const struct secret *salt,
			 struct fault *fault);
int mbstf_remote_mtk_activate(struct mbstf_remote *remote, int64_t flow,
			      uint32_t msk_id, uint16_t mtk_id,
			      struct fault *fault);
void mbstf_remote_mtk_delete(struct mbstf_remote *remote, int64_t flow,
			     uint32_t msk_id, uint16_t mtk_id);
int mbstf_remote_send(struct mbstf_remote *remote, int64_t flow,
		      const void *data, size_t size, struct fault *fault);
/* What it said with the last MTK message of the stream. */
size_t mbstf_remote_sources(const struct mbstf_remote *remote, int64_t flow,
			    const struct mbstf_source **sources);

/* The other end (mbstf_server.c): answers for @mbstf on @listen. Returns NULL and
 * a fault.
 */
struct mbstf_server;

struct mbstf_server *mbstf_server_new(struct loop *loop, struct mbstf *mbstf,
				      const union address *listen,
				      const char *key_file,
				      struct fault *fault);
void mbstf_server_free(struct mbstf_server *server);

/* A salt is wrapped with zeros behind it: AES key wrap takes whole 8 octets. */
#define MBSTF_SALT_PADDED 16

/* Binds a wrapped MTK, or the salt that belongs to it, to its place. */
#define MBSTF_CONTEXT_SIZE 64
void mbstf_key_context(char context[MBSTF_CONTEXT_SIZE], int64_t flow,
		       uint32_t msk_id, uint16_t mtk_id, bool salt);

#endif
