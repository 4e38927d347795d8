/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of packets that are dropped, at a bounded rate. */
#ifndef _MBSEC_REPORT_H
#define _MBSEC_REPORT_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_key;

int mbsec_report_outcome(const struct mbsec_group_id *flow,
			 const struct mbsec_group *group, int reason);
int mbsec_report_unknown_key(struct mbsec_group *group, u64 kid);
int mbsec_report_forged(struct mbsec_group *group, struct mbsec_key *key);
int mbsec_report_replayed(struct mbsec_group *group, struct mbsec_key *key,
			  int reason);
void mbsec_report_packet(struct mbsec_group *group, struct mbsec_key *key,
			 u32 ssrc, int reason);
void mbsec_report_collision(struct mbsec_group *group,
			    const struct mbsec_key *key, u32 ssrc,
			    atomic_t *told);
void mbsec_report_ssrc(struct mbsec_group *group, const struct mbsec_key *key,
		       u32 ssrc, int reason);

#endif /* _MBSEC_REPORT_H */
