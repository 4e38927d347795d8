// SPDX-License-Identifier: GPL-2.0-only
/* What only SRTP groups have. */
#include <net/genetlink.h>

#include "netlink.h"
#include "srtp.h"
#include "suite.h"

/*
 * Where only packets with a ROC say where the index stands, others are told from
 * the last one of these: with this rate one of them may be lost.
 */
#define ROC_RATE_MAX 16384

/**
 * mbsec_nl_srtp_refuse - refuse what only SRTP groups have
 * @info: request
 * @group: its attributes of the group
 */
int mbsec_nl_srtp_refuse(struct genl_info *info, struct nlattr **group)
{
	static const int types[] = { MBSEC_A_GROUP_RTCP_PORT,
				     MBSEC_A_GROUP_NO_MKI,
				     MBSEC_A_GROUP_ROC_RATE,
				     MBSEC_A_GROUP_ROC_MODE,
				     MBSEC_A_GROUP_ALLOW_NO_INTEGRITY };
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (!group[types[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, group[types[i]],
				    "only SRTP groups have this attribute");
		return -EINVAL;
	}
	return 0;
}

/* Packets without a MAC: only where the group says so, and can. */
static int mbsec_nl_srtp_check_integrity(struct genl_info *info,
					 struct nlattr **group,
					 const struct mbsec_group_config *cfg)
{
	const struct mbsec_srtp_form *form = &cfg->form;

	if (mbsec_srtp_form_is_authentic(form))
		return 0;
	if (!group[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY]) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, group[MBSEC_A_GROUP_ROC_MODE],
			"the roc-mode has packets without a MAC; only with allow-no-integrity");
		return -EINVAL;
	}
	if (!form->mki_size) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, group[MBSEC_A_GROUP_NO_MKI],
			"a packet without a MAC must name its key by an MKI");
		return -EINVAL;
	}
	if (form->roc_mode == 3 && !cfg->suite->cipher_key_size) {
		NL_SET_ERR_MSG_ATTR(
			info->extack, group[MBSEC_A_GROUP_SUITE],
			"with roc-mode 3 the suite must encrypt, or nothing is protected");
		return -EINVAL;
	}
	if (form->roc_rate <= ROC_RATE_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, group[MBSEC_A_GROUP_ROC_RATE],
			    "with this roc-mode the roc-rate is above 16384");
	return -ERANGE;
}

/* How packets look, and where in them a ROC is. */
static int mbsec_nl_srtp_form_parse(struct genl_info *info,
				    struct nlattr **group,
				    struct mbsec_group_config *config)
{
	struct nlattr *rate = group[MBSEC_A_GROUP_ROC_RATE];
	struct nlattr *mode = group[MBSEC_A_GROUP_ROC_MODE];
	struct mbsec_srtp_form *form = &config->form;

	if (!group[MBSEC_A_GROUP_NO_MKI])
		form->mki_size = MBSEC_SRTP_MKI_SIZE;
	form->tag_size = config->suite->tag_size;
	form->rtcp_tag_size = MBSEC_TAG_MAX;
	form->roc_rate = rate ? nla_get_u16(rate) : 1;
	if (rate || mode) {
		form->roc_mode = mode ? nla_get_u32(mode) : 2;
		form->tag_size += MBSEC_SRTP_ROC_SIZE;
	}
	if (form->roc_mode == 3)
		form->tag_size = MBSEC_SRTP_ROC_SIZE;
	config->no_integrity = group[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY];
	config->overhead = mbsec_srtp_form_overhead(form);
	return mbsec_nl_srtp_check_integrity(info, group, config);
}

/**
 * mbsec_nl_srtp_parse - read what only SRTP groups have
 * @info: request
 * @group: its attributes of the group
 * @config: result, of which format, suite and identity are read already
 */
int mbsec_nl_srtp_parse(struct genl_info *info, struct nlattr **group,
			struct mbsec_group_config *config)
{
	struct nlattr *port = group[MBSEC_A_GROUP_RTCP_PORT];
	int err;

	err = mbsec_nl_srtp_form_parse(info, group, config);
	if (err)
		return err;
	/* With any port there is none to count from. */
	if (port)
		config->rtcp_port = nla_get_u16(port);
	else if (config->id.port && config->id.port < U16_MAX)
		config->rtcp_port = config->id.port + 1;
	if (!port || !config->rtcp_port ||
	    (config->id.port && config->rtcp_port != config->id.port))
		return 0;
	NL_SET_ERR_MSG_ATTR(
		info->extack, port,
		"the port of RTCP must differ from that of the group, which must have one");
	return -EINVAL;
}
