// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the modules leave out of the kernel's code: its tables are addressed in a
 * way that only works in the lowest 2 GiB. cpu_has_xfeatures() says that there
 * is no AVX, so none of this is called.
 */
#include <linux/bug.h>
#include <linux/linkage.h>
#include <linux/types.h>

struct sha1_state;
struct sha256_state;

asmlinkage void sha1_transform_avx2(struct sha1_state *state, const u8 *data,
				    int blocks);
asmlinkage void sha256_transform_avx(struct sha256_state *state, const u8 *data,
				     int blocks);
asmlinkage void sha256_transform_rorx(struct sha256_state *state,
				      const u8 *data, int blocks);

asmlinkage void sha1_transform_avx2(struct sha1_state *state, const u8 *data,
				    int blocks)
{
	WARN_ON_ONCE(1);
}

asmlinkage void sha256_transform_avx(struct sha256_state *state, const u8 *data,
				     int blocks)
{
	WARN_ON_ONCE(1);
}

asmlinkage void sha256_transform_rorx(struct sha256_state *state,
				      const u8 *data, int blocks)
{
	WARN_ON_ONCE(1);
}
