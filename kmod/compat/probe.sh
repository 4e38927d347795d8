#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probe.sh COMPILER [FLAGS...]: compiles a few lines for each feature against
# the kernel headers that the flags name, and prints a header that says which
# features are there. Distributions backport, so a version number tells nothing.
set -eu

compiles() { # HEADER STATEMENT COMPILER...
	header=$1 statement=$2
	shift 2
	printf '#include <%s>\nvoid probe(void);\nvoid probe(void)\n{\n\t%s;\n}\n' \
		"$header" "$statement" |
		"$@" -x c -c -o /dev/null - >/dev/null 2>&1
}

feature() { # NAME HEADER STATEMENT COMPILER...
	name=$1
	shift
	if compiles "$@"; then
		echo "#define MBSEC_HAVE_$name 1"
	fi
}

echo "/* Made by kmod/compat/probe.sh for the kernel in use. */"
# If not even this compiles, no answer is worth anything.
if ! compiles linux/module.h "(void)THIS_MODULE" "$@"; then
	echo "probe.sh: the kernel headers do not compile:" >&2
	printf '#include <linux/module.h>\n' | "$@" -x c -c -o /dev/null - >&2
	exit 1
fi

feature CRYPTO_UTILS_H crypto/utils.h "" "$@"
feature LINUX_UNALIGNED_H linux/unaligned.h "" "$@"
feature NET_GSO_H net/gso.h "" "$@"
feature GENL_SPLIT_OPS net/genetlink.h \
	"struct genl_split_ops ops = { .cmd = 1 }; (void)ops" "$@"
feature SHA256_FINUP_2X crypto/sha2.h \
	"struct sha256_ctx c = {}; u8 d[2][32]; c.ctx.bytecount = c.ctx.state.h[0]; sha256_finup_2x(&c, d[0], d[1], 0, d[0], d[1])" "$@"
