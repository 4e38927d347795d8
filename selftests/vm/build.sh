# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How kernels of our own are configured and built. Sourced after lib.sh, by
# scripts that set $source, $build, $fragments and $architecture.

run_make() {
	nice -n 5 make -s -C "$source" O="$build" ARCH="$architecture" "$@"
}

logged() {
	"$@" >>"$build/log" 2>&1 || {
		tail -20 "$build/log" >&2
		die "the kernel does not build, see $build/log"
	}
}

# Says which lines of the fragments did not come through; of two the later one counts.
check_config() {
	local line
	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%n}" "$build/.config" || note "cannot turn off ${line%=n}" ;;
		CONFIG_*) grep -qxF "$line" "$build/.config" || note "cannot have $line" ;;
		esac
	done < <(tac "$build/fragments" | awk -F= '!seen[$1]++')
}

# build_kernel TARGET...: nothing but the fragments on top of allnoconfig.
build_kernel() {
	note "building a kernel in $build: some minutes"
	mkdir -p "$build"
	cat "${fragments[@]}" >"$build/fragments"
	: >"$build/log"
	logged run_make KCONFIG_ALLCONFIG="$build/fragments" allnoconfig
	check_config
	logged run_make -j2 "$@"
	: >"$build/done"
}

# build_digest FILE...: names a build by what it is made of.
build_digest() {
	cat "$@" "$source/Makefile" | sha256sum | cut -c 1-16
}
