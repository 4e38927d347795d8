// SPDX-License-Identifier: GPL-2.0-or-later
/* Wire format of a service: what "service add" may say of it, and what fits. */
#include <string.h>

#include "bmsc_ctl.h"
#include "core/srtp_suite.h"

static int read_srtp(const json_t *arguments, struct service_record *record,
		     struct fault *fault)
{
	bool said = json_object_get(arguments, "confidentiality");
	const char *suite = record->confidentiality ? "aes128-cm-hmac-sha1-80" :
						      "null-hmac-sha1-80";
	uint64_t rate = 0;

	if (ctl_value_text_or(arguments, "suite", &suite, fault) ||
	    ctl_value_number_or(arguments, "roc-rate", 1, UINT16_MAX, &rate,
				fault))
		return -1;
	record->srtp.suite = srtp_suite_find(suite);
	record->srtp.roc_rate = (uint16_t)rate;
	if (!record->srtp.suite)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "suite is not aes128-cm-hmac-sha1-80, "
				 "aes128-cm-hmac-sha1-32, "
				 "aes256-cm-hmac-sha1-80 or null-hmac-sha1-80");
	if (said &&
	    record->confidentiality != srtp_suite_encrypts(record->srtp.suite))
		return fault_set(fault, FAULT_ARGUMENT,
				 "suite: %s does not fit confidentiality %s",
				 suite, record->confidentiality ? "on" : "off");
	record->confidentiality = srtp_suite_encrypts(record->srtp.suite);
	return 0;
}

static int read_sframe(const json_t *arguments, struct fault *fault)
{
	static const char *const names[] = { "suite", "roc-rate" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(arguments, names[i]))
			return fault_set(fault, FAULT_ARGUMENT,
					 "%s is for the format srtp", names[i]);
	return 0;
}

int bmsc_format_read(const json_t *arguments, struct service_record *record,
		     struct fault *fault)
{
	const char *format = "sframe";

	record->confidentiality = true;
	record->integrity = true;
	if (ctl_value_text_or(arguments, "format", &format, fault) ||
	    ctl_value_boolean_or(arguments, "confidentiality",
				 &record->confidentiality, fault) ||
	    ctl_value_boolean_or(arguments, "integrity", &record->integrity,
				 fault))
		return -1;
	if (!record->integrity)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "integrity cannot be off: SFrame always "
				 "authenticates (RFC 9605), and so does each "
				 "suite of SRTP that we have");
	record->format = SERVICE_FORMAT_SRTP;
	if (!strcmp(format, "srtp"))
		return read_srtp(arguments, record, fault);
	record->format = SERVICE_FORMAT_SFRAME;
	if (!strcmp(format, "sframe"))
		return read_sframe(arguments, fault);
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "format is not \"sframe\" or \"srtp\"");
}

int bmsc_rtcp_port_read(const json_t *arguments,
			const struct service_record *record,
			struct service_flow *flow, struct fault *fault)
{
	uint16_t port = address_port(&flow->group);
	bool said = json_object_get(arguments, "rtcp-port");
	uint64_t rtcp_port = port + 1U;

	if (record->format != SERVICE_FORMAT_SRTP)
		return said ? fault_set(fault, FAULT_ARGUMENT,
					"rtcp-port is for the format srtp") :
			      0;
	if (!said && port % 2)
		return fault_set(fault, FAULT_ARGUMENT,
				 "port %u is odd, and RTP has even ones with "
				 "RTCP on the next (RFC 3550, 11); say "
				 "rtcp-port, 0 for none",
				 port);
	if (ctl_value_number_or(arguments, "rtcp-port", 0, UINT16_MAX,
				&rtcp_port, fault))
		return -1;
	flow->rtcp_port = (uint16_t)rtcp_port;
	if (flow->rtcp_port == port)
		return fault_set(fault, FAULT_ARGUMENT,
				 "rtcp-port is the port of the stream, where "
				 "RTCP is understood anyway (RFC 5761); say 0");
	if (flow->rtcp_port == flow->mtk_port)
		return fault_set(fault, FAULT_ARGUMENT,
				 "rtcp-port is the mtk-port, %u",
				 flow->mtk_port);
	return 0;
}

/* What @one receives on its ports that is meant for @other, or NULL. */
static const char *clash(const struct service_flow *one,
			 const struct service_flow *other)
{
	uint16_t port = address_port(&other->group);

	if (!address_host_equal(&one->group, &other->group))
		return NULL;
	if (one->rtcp_port && one->rtcp_port == port)
		return "rtcp-port of a stream is the port of another one";
	if (one->rtcp_port && one->rtcp_port == other->rtcp_port)
		return "two streams have the same rtcp-port";
	if (one->mtk_port == port || one->mtk_port == other->rtcp_port)
		return "mtk-port of a stream is a port of another one";
	return NULL;
}

int bmsc_flows_check(const struct service_record *record, struct fault *fault)
{
	const char *sentence;
	unsigned int i, j;

	if (record->format != SERVICE_FORMAT_SRTP)
		return 0;
	for (i = 0; i < record->flow_count; i++)
		for (j = 0; j < record->flow_count; j++) {
			sentence = i == j ? NULL :
					    clash(&record->flows[i],
						  &record->flows[j]);
			if (sentence)
				return fault_set(fault, FAULT_ARGUMENT, "%s",
						 sentence);
		}
	return 0;
}

void bmsc_format_show(const struct service_record *record, json_t *shown)
{
	bool srtp = record->format == SERVICE_FORMAT_SRTP;

	json_object_set_new(shown, "format",
			    json_string(srtp ? "srtp" : "sframe"));
	if (!srtp)
		return;
	json_object_set_new(shown, "suite",
			    json_string(srtp_suite_name(record->srtp.suite)));
	if (record->srtp.roc_rate)
		json_object_set_new(shown, "roc-rate",
				    json_integer(record->srtp.roc_rate));
}
