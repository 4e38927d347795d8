/* SPDX-License-Identifier: GPL-2.0-only */
/* crypto_memneq() lived in algapi.h before it had this header. */
#ifndef _MBSEC_COMPAT_CRYPTO_UTILS_H
#define _MBSEC_COMPAT_CRYPTO_UTILS_H

#ifdef MBSEC_HAVE_CRYPTO_UTILS_H
#include_next <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

#endif /* _MBSEC_COMPAT_CRYPTO_UTILS_H */
