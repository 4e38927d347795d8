/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace events: key identities and reasons, never payload or keys. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mbsec

#if !defined(_MBSEC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MBSEC_TRACE_H

#include <linux/tracepoint.h>
#include <uapi/linux/mbsec.h>

#include "mbsec.h"

#ifndef MBSEC_TRACE_NAME
#include <mbsec/netlink-names.h>
#define MBSEC_TRACE_NAME(constant, name) { constant, name },
#endif

DECLARE_EVENT_CLASS(mbsec_datagram,
	TP_PROTO(u64 kid, u64 counter, size_t size),
	TP_ARGS(kid, counter, size),
	TP_STRUCT__entry(
		__field(u64, kid)
		__field(u64, counter)
		__field(size_t, size)
	),
	TP_fast_assign(
		__entry->kid = kid;
		__entry->counter = counter;
		__entry->size = size;
	),
	TP_printk("kid=%016llx counter=%llu size=%zu", __entry->kid,
		  __entry->counter, __entry->size)
);

DEFINE_EVENT(mbsec_datagram, mbsec_tx,
	TP_PROTO(u64 kid, u64 counter, size_t size),
	TP_ARGS(kid, counter, size)
);

DEFINE_EVENT(mbsec_datagram, mbsec_rx,
	TP_PROTO(u64 kid, u64 counter, size_t size),
	TP_ARGS(kid, counter, size)
);

TRACE_EVENT(mbsec_drop,
	TP_PROTO(const struct mbsec_group_id *flow, int reason),
	TP_ARGS(flow, reason),
	TP_STRUCT__entry(
		__array(u8, address, 16)
		__array(u8, source, 16)
		__field(u16, port)
		__field(int, reason)
	),
	TP_fast_assign(
		memcpy(__entry->address, &flow->address, 16);
		memcpy(__entry->source, &flow->source, 16);
		__entry->port = flow->port;
		__entry->reason = reason;
	),
	TP_printk("address=%pI6c port=%u source=%pI6c reason=%s",
		  __entry->address, __entry->port, __entry->source,
		  __print_symbolic(__entry->reason,
			MBSEC_COUNTERS_NAMES(MBSEC_TRACE_NAME)
			{ 0, "none" }))
);

TRACE_EVENT(mbsec_key,
	TP_PROTO(u64 kid, u8 role, u8 event, u8 limit),
	TP_ARGS(kid, role, event, limit),
	TP_STRUCT__entry(
		__field(u64, kid)
		__field(u8, role)
		__field(u8, event)
		__field(u8, limit)
	),
	TP_fast_assign(
		__entry->kid = kid;
		__entry->role = role;
		__entry->event = event;
		__entry->limit = limit;
	),
	TP_printk("kid=%016llx role=%s event=%s limit=%s", __entry->kid,
		  __print_symbolic(__entry->role,
			MBSEC_ROLE_NAMES(MBSEC_TRACE_NAME)
			{ 0, "none" }),
		  __print_symbolic(__entry->event,
			MBSEC_EVENT_TYPE_NAMES(MBSEC_TRACE_NAME)
			{ 0, "none" }),
		  __print_symbolic(__entry->limit,
			MBSEC_LIMIT_NAMES(MBSEC_TRACE_NAME)
			{ 0, "none" }))
);

#endif /* _MBSEC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
