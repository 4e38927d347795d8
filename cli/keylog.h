/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An SRTP key in the words of other programs. */
#ifndef _CLI_KEYLOG_H
#define _CLI_KEYLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "derive.h"
#include "objects.h"

#define KEYLOG_TEXT_SIZE 4096

/**
 * struct keylog_entry - a master key and how packets look
 * @suite: of SRTP
 * @master: MTK and salt
 * @has_mki: packets have an MKI, of MSK ID and MTK ID
 * @msk_id: MSK ID
 * @mtk_id: MTK ID
 * @ssrc: of the sender, if it was said
 * @roc: its roll-over counter
 */
struct keylog_entry {
	const struct suite *suite;
	struct master_key master;
	bool has_mki;
	uint32_t msk_id;
	uint16_t mtk_id;
	struct maybe ssrc;
	uint32_t roc;
};

/*
 * A key file of "mbsec explain" whose comments are for other programs. Returns
 * the length; the caller wipes the text.
 */
size_t keylog_format(const struct keylog_entry *entry,
		     char text[static KEYLOG_TEXT_SIZE]);

#endif /* _CLI_KEYLOG_H */
