# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the scripts of this folder share. Sourced, not run.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the scripts that source this file
top=$(cd "$vm_dir/../.." && pwd)
cache=${MBSEC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mbsec}

# Exit status of our own failures, apart from those of the guest's command.
DIE_STATUS=${DIE_STATUS:-126}

note() {
	echo "${0##*/}: $*" >&2
}

die() {
	note "$@"
	exit "$DIE_STATUS"
}

# lock NAME: wait for the lock and hold it until this (sub)shell ends. It runs
# in a subshell, ( lock x; ... ), so that the file descriptor goes with it.
lock() {
	mkdir -p "$cache/lock"
	exec 9>"$cache/lock/$1"
	flock 9
}

# fresh FILE DAYS: FILE exists and is not older than that.
fresh() {
	[ -n "$(find "$1" -maxdepth 0 -mmin "-$(($2 * 1440))" 2>/dev/null)" ]
}

# replace_dir NEW DIR: put a finished folder in the place of an old one.
replace_dir() {
	rm -rf "$2"
	mkdir -p "$(dirname "$2")"
	mv "$1" "$2"
}

# unpack DEB FOLDER PATTERN...: only the members that match.
unpack() {
	local deb=$1 folder=$2 errors
	shift 2
	# tar complains of patterns without a match: not every kernel has all.
	errors=$(dpkg-deb --fsys-tarfile "$deb" |
		tar -C "$folder" -x --wildcards "$@" 2>&1 |
		grep -Ev 'Not found in archive|Exiting with failure status') || true
	[ -z "$errors" ] || die "cannot unpack $deb: $errors"
}
