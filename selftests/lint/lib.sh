# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the checks of this folder share. Sourced, not run; leaves the caller in
# the top folder. A check prints what is wrong and fails, or prints nothing.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# Made by docs/netlink/generate: looks as the generator likes.
generated='^(kmod/netlink-gen\.[ch]|include/uapi/linux/mbsec\.h|include/mbsec/netlink-names\.h)$'

# Every file of the project, those not yet committed too.
all_files() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard | while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
	else
		find . -type f -not -path './build/*' | sed 's#^\./##'
	fi | sort
}

# files PATTERN: all files whose name matches.
files() {
	all_files | grep -E "$1"
}

# C files that people wrote.
c_files() {
	files '\.[ch]$' | grep -Ev "$generated"
}
