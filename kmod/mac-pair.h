/* SPDX-License-Identifier: GPL-2.0-only */
/* Two HMACs of SHA-256 at once, where the kernel can: since linux 6.18. */
#ifndef _MBSEC_MAC_PAIR_H
#define _MBSEC_MAC_PAIR_H

#include <linux/types.h>

#include "mac.h"

#ifdef MBSEC_HAVE_SHA256_FINUP_2X
bool mbsec_mac_pair_usable(const struct mbsec_mac *mac);
void mbsec_mac_pair_compute(const struct mbsec_mac *mac,
			    const u8 *const *messages, size_t size,
			    u8 *results);
bool mbsec_mac_pair_setup(const struct mbsec_mac *states,
			  const struct mbsec_mac *keyed, const u8 *data,
			  size_t size);
#else
static inline bool mbsec_mac_pair_usable(const struct mbsec_mac *mac)
{
	return false;
}

static inline void mbsec_mac_pair_compute(const struct mbsec_mac *mac,
					  const u8 *const *messages,
					  size_t size, u8 *results)
{
}

static inline bool mbsec_mac_pair_setup(const struct mbsec_mac *states,
					const struct mbsec_mac *keyed,
					const u8 *data, size_t size)
{
	return false;
}
#endif

#endif /* _MBSEC_MAC_PAIR_H */
