/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the MBSTF share; nobody else includes it. */
#ifndef MBSEC_ROLES_MBSTF_STATE_H
#define MBSEC_ROLES_MBSTF_STATE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "io/kernel.h"
#include "io/udp.h"
#include "mbstf.h"
#include "mbstf_config.h"
#include "role.h"

#define MBSTF_AREA "mbstf"

struct mbstf_server;

enum mbstf_mtk_place {
	MBSTF_HELD, /* not given to a kernel yet; we have the key */
	MBSTF_INSTALLED,
	MBSTF_LOST, /* was in a kernel that has forgotten its counter */
};

/**
 * struct mbstf_mtk - an MTK of a stream
 * @mtk: the key as long as the kernel does not have it, likewise @salt
 * @active: the one to send with
 * @leftover: of an earlier process; goes when another one is activated
 */
struct mbstf_mtk {
	SLIST_ENTRY(mbstf_mtk) link;
	uint32_t msk_id;
	uint16_t mtk_id;
	enum mbstf_mtk_place place;
	struct secret mtk;
	struct secret salt;
	bool active;
	bool leftover;
};

SLIST_HEAD(mbstf_mtk_list, mbstf_mtk);

/**
 * struct mbstf_stream - a stream
 * @mtk_to: where its MTK messages go
 * @sources: of SRTP, those that the kernel knew last; NULL before
 */
struct mbstf_stream {
	LIST_ENTRY(mbstf_stream) link;
	struct mbstf_flow flow;
	struct kernel_group group;
	union address mtk_to;
	struct udp *udp;
	struct mbstf_mtk_list mtks;
	struct mbstf_source *sources;
	size_t source_count;
};

LIST_HEAD(mbstf_stream_list, mbstf_stream);

#define MBSTF_BUCKETS 256

/**
 * struct mbstf - the role
 * @quiet: no log line about a repeated index before, loop_now()
 * @sources_at: when the kernel was last asked about sources, 0 for never
 * @server: for a BM-SC on another host, else NULL
 */
struct mbstf {
	struct daemon *daemon;
	struct mbstf_settings settings;
	struct mbstf_stream_list flows[MBSTF_BUCKETS];
	int64_t sources_at;
	int64_t quiet;
	mbstf_callback callback;
	void *argument;
	struct mbstf_server *server;
};

struct mbstf_stream *mbstf_stream_find(const struct mbstf *mbstf, int64_t id);
/* The stream that is this group of the kernel, NULL if there is none. */
struct mbstf_stream *mbstf_stream_of_group(struct mbstf *mbstf,
					   const struct kernel_group *group);
/* -1: there is no such stream. */
int mbstf_stream_unknown(int64_t flow, struct fault *fault);
bool mbstf_kernel_here(const struct mbstf *mbstf);
void mbstf_complain(const char *event, const struct mbstf_stream *flow,
		    const struct fault *fault);

/* MTKs (mbstf_keys.c). */
struct mbstf_mtk *mbstf_mtk_find(const struct mbstf_stream *flow,
				 uint32_t msk_id, uint16_t mtk_id);
/* Gives it to the kernel, once and for all. Returns 0, or -1. */
int mbstf_mtk_install(struct mbstf *mbstf, struct mbstf_stream *flow,
		      struct mbstf_mtk *mtk, struct fault *fault);
void mbstf_mtk_free(struct mbstf_stream *flow, struct mbstf_mtk *mtk);
/* Those of an earlier process go. */
void mbstf_leftovers_drop(struct mbstf *mbstf, struct mbstf_stream *flow);

/* Sources of SRTP (mbstf_sources.c): a module that was loaded anew is told where
 * they stand, so that receivers do not lose them.
 */
void mbstf_sources_restore(struct mbstf *mbstf, struct mbstf_stream *flow);

#endif
