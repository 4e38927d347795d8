// SPDX-License-Identifier: GPL-2.0-or-later
/* Cipher suites: what their keys are made of. */
#include <linux/mbsec.h>

#include "suite.h"

#define SFRAME(name, cipher_key_size)                                 \
	{                                                             \
		MBSEC_SUITE_##name, MBSEC_FORMAT_SFRAME, MTK_SIZE, 0, \
			cipher_key_size                               \
	}
#define SRTP(name, mtk_size, cipher_key_size)                    \
	{                                                        \
		MBSEC_SUITE_##name, MBSEC_FORMAT_SRTP, mtk_size, \
			MASTER_SALT_SIZE, cipher_key_size        \
	}

static const struct suite suites[] = {
	SFRAME(AES128_CTR_HMAC_SHA256_80, 16),
	SFRAME(AES128_CTR_HMAC_SHA256_64, 16),
	SFRAME(AES128_CTR_HMAC_SHA256_32, 16),
	SFRAME(AES128_GCM_128, 16),
	SFRAME(NULL_HMAC_SHA256_80, 0),
	SRTP(AES128_CM_HMAC_SHA1_80, 16, 16),
	SRTP(AES128_CM_HMAC_SHA1_32, 16, 16),
	SRTP(AES256_CM_HMAC_SHA1_80, 32, 32),
	SRTP(NULL_HMAC_SHA1_80, 16, 0),
};

const struct suite *suite_find(uint32_t id)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (suites[i].id == id)
			return &suites[i];
	return NULL;
}
