# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How tests that run one after the other in a guest report, as kselftest does.
# Sourced, not run.

skip_status=4

# Keeps a chain at each hook, in a network namespace of its own. The kernel patches
# its own code when the first hook of a kind is registered and the last one goes;
# QEMU's emulation of several CPUs can then run a breakpoint that is not there any
# more ("Oops: int3" in __ip_local_out()). With these chains nothing is patched.
keep_hooks() {
	local hook
	ip netns add hooks || return
	for hook in prerouting input forward output postrouting; do
		echo "add chain inet hooks $hook { type filter hook $hook priority 0; }"
	done | cat <(echo "add table inet hooks") - | ip netns exec hooks nft -f -
}

# setting FOLDER NAME [DEFAULT]: of FOLDER/settings.
setting() {
	local value
	value=$(sed -n "s/^$2=//p" "$1/settings" 2>/dev/null | tail -1)
	echo "${value:-${3:-}}"
}

# result NUMBER NAME STATUS SECONDS: the line for a test; fails if the test has.
result() {
	local number=$1 name=$2 status=$3 seconds=$4
	case $status in
	0) echo "ok $number $name" ;;
	"$skip_status") echo "ok $number $name # SKIP" ;;
	124 | 137) echo "not ok $number $name # TIMEOUT $seconds seconds" ;;
	*) echo "not ok $number $name # exit=$status" ;;
	esac
	[ "$status" = 0 ] || [ "$status" = "$skip_status" ]
}

# run_all FUNCTION NAME...: calls FUNCTION NAME for each; it runs the test, with
# its output indented, and leaves its exit status in $status and the time that it
# may take in $seconds.
run_all() {
	local run=$1 name number=0 failed=0 start
	shift
	echo "KTAP version 1"
	echo "1..$#"
	for name; do
		number=$((number + 1))
		start=$SECONDS
		"$run" "$name"
		echo "# $name: $((SECONDS - start)) s"
		result "$number" "$name" "$status" "$seconds" || failed=1
	done
	return "$failed"
}
