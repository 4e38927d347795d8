# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # here, work and the hosts are of the script that sources this
# The hosts, which are network namespaces on one bridge, and commands on them. The
# demonstration says which ones there are: hosts, their address and mac, and in
# hosts_of names for some together.

declare -A input=() pids=()
namespace=mbsec-demo-$$
loaded=no

need() {
	local command
	for command in "$@"; do
		type -P "$command" >/dev/null || die "needs $command"
	done
}

say_how_to_read() {
	say "Each host is a network namespace of this machine (kernel $(uname -r)) with" \
		"the kernel module mbsec. A line such as \"sender# ...\" is a command that" \
		"is run on that host just as it stands there (\"members#\": on both" \
		"members), and a line with [ok] is a claim that was checked."
}

# What every demonstration begins with.
set_up() {
	shopt -s extglob
	choose_colours
	[ "$(id -u)" = 0 ] || die "needs root, for network namespaces"
	export PATH=$here:$here/../../build:$PATH:/usr/sbin:/sbin LC_ALL=C
	need ip iperf tcpdump mbsec modprobe insmod /usr/bin/python3
	work=$(mktemp -d)
	trap clean_up EXIT
	trap 'exit 130' INT TERM HUP
	umask 077
}

# A pipe that nobody writes to: a pause without starting a program.
open_pipes() {
	mkfifo "$work/never" "$work/answers"
	exec {never}<>"$work/never" {answers}<>"$work/answers"
}

# holds_within SECONDS COMMAND...: until the command succeeds; else 1.
holds_within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -le $end ] || return 1
		read -rt 0.05 -u "$never" || true
	done
}

wait_for() {
	local what=$1
	shift
	holds_within 60 "$@" || die "waited too long for $what"
}

load_module() {
	if [ -d /sys/module/mbsec ]; then
		say "The module is loaded already."
		return
	fi
	[ -n "${MBSEC_KO:-}" ] || die "the module mbsec is not loaded, and MBSEC_KO does not name it"
	on_machine "modprobe -a nf_defrag_ipv4 nf_defrag_ipv6"
	loaded=yes
	on_machine "insmod $MBSEC_KO"
}

on_machine() {
	show_command machine "$1"
	bash -c "$1" || die "that command failed"
}

# The bridge is in a namespace of its own and floods, as most switches do.
make_lan() {
	local host
	open_pipes
	printf "netns add $namespace-%s\n" switch "${hosts[@]}" | ip -batch -
	{
		echo "link add br0 type bridge mcast_snooping 0"
		echo "link set br0 up"
		for host in "${hosts[@]}"; do
			echo "link add $host type veth peer name eth0 address ${mac[$host]} netns $namespace-$host"
			echo "link set $host master br0 up"
		done
	} | ip -n "$namespace-switch" -batch -
	mkdir "$work/switch"
	open_shell switch
	for host in "${hosts[@]}"; do
		configure "$host"
		open_shell "$host"
	done
	wait_for "the switch to forward" forwards
}

configure() {
	mkdir "$work/$1"
	ip -n "$namespace-$1" -batch - <<-END
		address add ${address[$1]}/24 dev eth0
		link set lo up
		link set eth0 up
		route add 224.0.0.0/4 dev eth0
	END
}

forwards() {
	[ "$(ip -n "$namespace-switch" -d link show | grep -c 'state forwarding')" = ${#hosts[@]} ]
}

# The shell of a host evaluates what comes by a pipe and answers with the status;
# what was printed is then in $work/reply.
open_shell() {
	local fd
	mkfifo "$work/$1.input"
	exec {fd}<>"$work/$1.input"
	input[$1]=$fd
	{
		cd "$work/$1" || exit
		# shellcheck disable=SC2016 # that shell expands it
		exec ip netns exec "$namespace-$1" bash -c \
			'while IFS= read -rd "" code; do eval "$code" >../reply 2>&1 </dev/null; echo $? >../answers; done'
	} <"$work/$1.input" &
	pids[$1-shell]=$!
	# Bash would have a word to say when it is killed.
	disown $!
}

# tell HOST CODE
tell() {
	local result
	printf '%s\0' "$2" >&"${input[$1]}"
	read -rt 60 -u "$answers" result || die "no answer from the shell of $1"
	return "$result"
}

# as HOST COMMAND: show the command and run what is shown.
as() {
	local host text
	show_command "$1" "$2"
	text=$filled
	for host in ${hosts_of[$1]:-$1}; do
		tell "$host" "($text)" || {
			indent "$work/reply"
			die "that command failed on $host"
		}
		indent "$work/reply"
	done
}

# as_refused HOST COMMAND: the same for one that has to fail.
as_refused() {
	local text
	show_command "$1" "$2"
	tell "$1" "($2)" || true
	read -rd '' text <"$work/reply" || true
	# It begins with the place in the code of the host's shell.
	printf '%s\n' "${text#*line +([0-9]): }" >"$work/refusal"
	indent "$work/refusal"
}

# start HOST NAME COMMAND: the same in the background, with its output in a file.
start() {
	local host
	show_command "$1" "$3 &"
	for host in ${hosts_of[$1]:-$1}; do
		# Of one that is killed the shell has nothing to say.
		tell "$host" "exec $3 >../$host-$2.out 2>&1 & echo \$!; disown"
		read -r "pids[$host-$2]" <"$work/reply"
	done
}

running() {
	local text=''
	read -r text 2>/dev/null <"/proc/${pids[$1-$2]}/stat" || return
	[[ $text != *') Z '* ]]
}

ended() {
	! running "$@"
}

stop() {
	local host
	for host in ${hosts_of[$1]:-$1}; do
		kill -"${3:-TERM}" "${pids[$host-$2]}" 2>/dev/null || true
		holds_within 5 ended "$host" "$2" || kill -KILL "${pids[$host-$2]}"
		unset "pids[$host-$2]"
	done
}

# Leaves the machine as it was.
clean_up() {
	local name
	for name in "${pids[@]}"; do
		kill -KILL "$name" 2>/dev/null || true
	done
	for name in "${hosts[@]}" switch; do
		[ ! -e "/run/netns/$namespace-$name" ] || ip netns del "$namespace-$name"
	done
	[ $loaded = no ] || [ ! -d /sys/module/mbsec ] || rmmod mbsec
	rm -rf "$work"
}
