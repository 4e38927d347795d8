/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/unaligned.h>. */
#ifndef _SHIM_LINUX_UNALIGNED_H
#define _SHIM_LINUX_UNALIGNED_H

#include <linux/types.h>

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *octets = from;

	return (u16)(octets[0] << 8 | octets[1]);
}

static inline u32 get_unaligned_be32(const void *from)
{
	const u8 *octets = from;

	return (u32)get_unaligned_be16(octets) << 16 |
	       get_unaligned_be16(octets + 2);
}

static inline u64 get_unaligned_be64(const void *from)
{
	const u8 *octets = from;

	return (u64)get_unaligned_be32(octets) << 32 |
	       get_unaligned_be32(octets + 4);
}

static inline void put_unaligned_be16(u16 value, void *to)
{
	u8 *octets = to;

	octets[0] = (u8)(value >> 8);
	octets[1] = (u8)value;
}

static inline void put_unaligned_be32(u32 value, void *to)
{
	u8 *octets = to;

	put_unaligned_be16((u16)(value >> 16), octets);
	put_unaligned_be16((u16)value, octets + 2);
}

static inline void put_unaligned_be64(u64 value, void *to)
{
	u8 *octets = to;

	put_unaligned_be32((u32)(value >> 32), octets);
	put_unaligned_be32((u32)value, octets + 4);
}

#endif /* _SHIM_LINUX_UNALIGNED_H */
