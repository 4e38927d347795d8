# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # work, pids and mac are of the scripts that source this
# Traffic of the group, what the hosts report about it, and the tap on the wire.

group=239.1.1.1
port=5001
group_in_proc=010101EF
declare -A lost=() total=() rate=() mbits_of=() measured=() counter=() earlier=() used=()
rows=()

# joined HOST NAME: the program has joined the group.
joined() {
	says "/proc/${pids[$1-$2]}/net/igmp" "$group_in_proc"
}

wait_joined() {
	local host
	for host in ${hosts_of[$1]:-$1}; do
		wait_for "$2 of $host to join the group" joined "$host" "$2"
	done
}

# monitors HOST: mbsec monitor is a member of a netlink multicast group.
monitors() {
	says "/proc/${pids[$1-monitor]}/net/netlink" $'\n[^ ]+ +16 +[0-9]+ +0*[1-9a-f]'
}

start_monitor() {
	start "$1" monitor "mbsec monitor"
	wait_for "mbsec monitor to listen" monitors "$1"
}

start_listener() {
	start "$1" listen "listen.py $group $port"
	wait_joined "$1" listen
}

# start_receivers [OPTIONS]: iperf servers at both members, with the largest socket
# buffer that a default kernel allows.
start_receivers() {
	start members iperf "iperf -s -u -B $group${1:+ $1} -w 208K -i 1"
	wait_joined members iperf
}

start_sender() {
	start sender iperf "iperf -c $group -u -T 4 -l 1400 $1"
}

wait_sender() {
	wait_for "iperf to have sent" ended sender iperf
	stop sender iperf
}

# read_report HOST: the line over the whole time, such as
# "[  1] 0.0000-3.3 sec  2.00 MBytes  5.07 Mbits/sec   0.000 ms 0/1501 (0%)".
# That of the first second, which begins at 0 too, ends at 1.0000.
read_report() {
	local line found=no
	local pattern=' 0\.0000-([0-9.]+) sec .* ([0-9.]+) ([KMG]?)bits/sec .* ([0-9]+)/ *([0-9]+) \('
	while read -r line; do
		[[ $line =~ $pattern && ${BASH_REMATCH[1]} != 1.0000 ]] || continue
		lost[$1]=${BASH_REMATCH[4]}
		total[$1]=${BASH_REMATCH[5]}
		rate[$1]="${BASH_REMATCH[2]} ${BASH_REMATCH[3]}bit/s"
		in_mbit "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
		# shellcheck disable=SC2034 # not every demonstration uses it
		mbits_of[$1]=$mbit
		found=yes
	done <"$work/$1-iperf.out"
	[ $found = yes ]
}

# in_mbit RATE UNIT: of iperf, into $mbit with two decimals.
in_mbit() {
	local digits=${1/./} fraction='' power
	[[ $1 != *.* ]] || fraction=${1#*.}
	case $2 in G) power=5 ;; M) power=2 ;; K) power=-1 ;; *) power=-4 ;; esac
	power=$((power - ${#fraction}))
	digits=$((10#$digits))
	if [ $power -ge 0 ]; then
		digits=$((digits * 10 ** power))
	else
		digits=$((digits / 10 ** -power))
	fi
	printf -v mbit %d.%02d $((digits / 100)) $((digits % 100))
}

# The last datagram ends the report. If just that one was lost, stopping iperf
# ends it.
finish_receivers() {
	local host
	for host in member1 member2; do
		holds_within 3 read_report "$host" || true
		stop "$host" iperf
		read_report "$host" || die "iperf of $host reported nothing"
	done
}

# What the iperf server of a host printed, without its banner.
show_report() {
	local line
	say "The iperf server of $1 reports:"
	while IFS= read -r line; do
		[[ $line != '[ ID]'* && $line != *bits/sec* ]] || printf '    %s\n' "${line:6}"
	done <"$work/$1-iperf.out"
	echo
}

show_totals() {
	local host
	for host in member1 member2; do
		printf '    %s: %s, %s of %s datagrams lost\n' \
			"$host" "${rate[$host]}" "${lost[$host]}" "${total[$host]}"
	done
	echo
}

# What the listening program of a host printed.
show_heard() {
	say "listen.py on $1 has printed:"
	indent "$work/$1-listen.out"
	echo
}

# What mbsec monitor printed, without the time.
show_events() {
	local line
	while read -r _ line; do
		fill "$line" $((width - 4)) '' '    '
		printf '    %s\n' "$filled"
	done <"$work/$1-monitor.out"
	echo
}

# heard HOST TEXT: the listening program has printed that and nothing else.
heard() {
	local text
	read -rd '' text <"$work/$1-listen.out" || true
	equal "${text//$'\n'/; }" "$2"
}

# lines FILE [PATTERN]: how many lines have the pattern.
lines() {
	grep -cE "${2:-}" "$1" || true
}

# table_row WHAT SENT GOT GOT READ
table_row() {
	local row
	printf -v row '%-22s %7s %13s %13s %16s' "$@"
	rows+=("$row")
}

# traffic_row WHAT: of the last run of iperf.
traffic_row() {
	table_row "$1" "${total[member1]}" $((total[member1] - lost[member1])) \
		$((total[member2] - lost[member2])) "${measured[readable]}"
}

# read_counters HOST: of the group, into counter[HOST NAME].
read_counters() {
	local line
	tell "$1" "mbsec group show $group port $port -s -j" || die "$1 does not know the group"
	while read -r line; do
		[[ ! $line =~ ^\"([rt]x-[a-z-]+)\":\ ([0-9]+) ]] ||
			counter[$1 ${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done <"$work/reply"
}

# read_keys HOST: datagrams sent or received with each key, into used[HOST MTK-ID].
read_keys() {
	local line id
	tell "$1" "mbsec key show $group -s -j" || die "the keys of $1 cannot be shown"
	while read -r line; do
		if [[ $line =~ ^\"mtk-id\":\ ([0-9]+) ]]; then
			id=${BASH_REMATCH[1]}
		elif [[ $line =~ ^\"packets\":\ ([0-9]+) ]]; then
			# shellcheck disable=SC2034
			used[$1 $id]=${BASH_REMATCH[1]}
		fi
	done <"$work/reply"
}

# Keeps the counters of the members for show_changes and change.
keep_counters() {
	local name
	read_counters member1
	read_counters member2
	for name in "${!counter[@]}"; do
		earlier[$name]=${counter[$name]}
	done
}

# change HOST NAME: from keep_counters to read_counters.
change() {
	echo $((${counter[$1 $2]} - ${earlier[$1 $2]}))
}

# changes NAME: at both members.
changes() {
	echo "$(change member1 "$1") $(change member2 "$1")"
}

# drops HOST: the same for all drops of received datagrams.
drops() {
	local name sum=0
	for name in "${!counter[@]}"; do
		[[ $name != "$1 rx-drop-"* ]] || sum=$((sum + ${counter[$name]} - ${earlier[$name]}))
	done
	echo $sum
}

show_changes() {
	local name
	printf '    %-22s%18s%20s\n' '' member1 member2
	for name in rx-packets rx-drop-replayed rx-drop-auth-failed rx-drop-unknown-key; do
		printf '    %-22s %8d -> %5d   %8d -> %5d\n' $name \
			"${earlier[member1 $name]}" "${counter[member1 $name]}" \
			"${earlier[member2 $name]}" "${counter[member2 $name]}"
	done
	echo
}

# start_tap FILE: the outsider's tcpdump.
start_tap() {
	start outsider tcpdump "tcpdump -i eth0 -U -B 16384 -w $1 udp dst port $port"
	wait_for "tcpdump to listen" says "$work/outsider-tcpdump.out" 'listening on'
}

stop_tap() {
	stop outsider tcpdump INT
}

# wire VERB FILE ARGUMENT...: look into what the tap has of the sender; the answer
# is in $work/reply.
wire() {
	local verb=$1 file=$2
	shift 2
	tell outsider "wire.py $verb $file ${mac[${hosts[0]}]} $*" || {
		indent "$work/reply"
		die "wire.py $verb failed"
	}
}

# measure FILE FIRST END: figures of the sender's datagrams in the file, from
# number FIRST up to END, which it waits for, but not for ever.
measure() {
	local name value
	wire measure "$@"
	measured=()
	while read -r name value; do
		measured[$name]=$value
	done <"$work/reply"
}

# The files of a guest go with it, but for those in VM_OUT, which the host then
# puts where its user wants them.
save_capture() {
	local file=${VM_OUT:+$VM_OUT/demo.pcap}
	[ -n "$file" ] || saved=${DEMO_PCAP:-}
	file=${file:-$saved}
	[ -n "$file" ] || return 0
	cp "$work/outsider/wire.pcap" "$file"
	chmod 644 "$file"
}
