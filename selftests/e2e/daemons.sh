# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # of the scripts that source this
# The key managers of the hosts, and the programs that read the traffic.

bsf_port=8081
bmsc_port=8080
bmsc=bmsc.example.org
service=urn:example:news
ues=(ue1 ue2 ue3)
declare -A imsi=([ue1]=001010000000001 [ue2]=001010000000002 [ue3]=001010000000003)
declare -A noise=() runs=() last=() seen=() status=() kept=()
msks=() mtks=() ends=()

# The pauses are short, so that much can be shown in a minute, but not so short that
# a busy and emulated machine does not keep up.
write_core() {
	cat >"$work/core/core.yaml" <<-END
		daemon: { database: core.db, key-file: core.kek }
		roles: [hss, bsf, mbstf, bmsc]
		hss: { network: 001-01 }
		bsf:
		  listen: ${address[core]}:$bsf_port
		  name: bsf.mnc001.mcc001.pub.3gppnetwork.org
		  nafs: [{ name: $bmsc }]
		bmsc:
		  listen: ${address[core]}:$bmsc_port
		  url: http://${address[core]}:$bmsc_port
		  fqdn: $bmsc
		  key-domain: 001-01
		  msk-lead: 10s           # most that a new MSK waits for those who are silent
		  retry-first: 500ms
		  retry-most: 2s
		  retry-attempts: 4
		  mtk-lead: 3s            # an MTK is announced so long before it is used
		  mtk-overlap: 2s         # and kept so long afterwards
		  mtk-repeat: 500ms
	END
}

write_ue() {
	cat >"$work/$1/ue.yaml" <<-END
		daemon: { database: ue.db, key-file: ue.kek }
		roles: [ue]
		ue: { bsf: "http://${address[core]}:$bsf_port", retry-first: 500ms }
	END
}

# A machine of its own has a /run of its own, with the control socket in it.
prepare_hosts() {
	local host
	for host; do
		tell "$host" "mount -t tmpfs tmpfs /run && mkdir /run/mbsec" ||
			die "no /run for $host"
	done
}

# start_daemon HOST FILE
start_daemon() {
	start "$1" mbsecd "mbsecd -c $2"
}

is_ready() {
	says "$work/$1-mbsecd.out" 'event=ready' || ended "$1" mbsecd
}

wait_ready() {
	local host
	for host in ${hosts_of[$1]:-$1}; do
		wait_for "mbsecd on $host" is_ready "$host"
		running "$host" mbsecd || {
			indent "$work/$host-mbsecd.out"
			die "mbsecd ended on $host"
		}
	done
}

# kill_daemon HOST: as the kernel does it when memory is short.
kill_daemon() {
	as "$1" "kill -9 ${pids[$1-mbsecd]}"
	wait_for "mbsecd to end" ended "$1" mbsecd
	unset "pids[$1-mbsecd]"
}

# ---- What a daemon says of itself ----

# read_status HOST: the numbers of "mbsec status", into status[HOST NAME].
read_status() {
	local line
	tell "$1" "mbsec -j status" || die "no status of $1"
	while read -r line; do
		[[ ! $line =~ ^\"([a-z-]+)\":\ ([0-9]+) ]] ||
			status[$1 ${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done <"$work/reply"
}

# keep_status HOST: for grown and has_grown.
keep_status() {
	local name
	read_status "$1"
	for name in "${!status[@]}"; do
		kept[$name]=${status[$name]}
	done
}

# grown HOST NAME: from keep_status to read_status.
grown() {
	local now=${status[$1 $2]} before=${kept[$1 $2]}
	echo $((now - before))
}

has_grown() {
	read_status "$1"
	[ "$(grown "$1" "$2")" -gt 0 ]
}

# state_of HOST: of its wish for the service.
state_of() {
	local text
	tell "$1" "mbsec -j service show" || die "$1 does not know the service"
	read -rd '' text <"$work/reply" || true
	state=''
	[[ ! $text =~ \"state\":\ ?\"([a-z-]+)\" ]] || state=${BASH_REMATCH[1]}
}

has_state() {
	state_of "$1"
	[ "$state" = "$2" ]
}

# held HOST: the MSKs that the USIM of a UE holds.
held() {
	local line ids=''
	tell "$1" "mbsec -j usim show" || die "$1 has no USIM"
	while read -r line; do
		[[ ! $line =~ ^\"msk-id\":\ \"([0-9a-f]+)\" ]] || ids+=${ids:+,}${BASH_REMATCH[1]}
	done <"$work/reply"
	echo "$ids"
}

# active_key: MSK ID and MTK ID of the key that core sends with, into $key.
active_key() {
	local line id=''
	key=''
	tell core "mbsec -j key show $group port $port" || die "the keys of core cannot be shown"
	while read -r line; do
		if [[ $line =~ ^\"msk-id\":\ \"([0-9a-f]+)\" ]]; then
			id=${BASH_REMATCH[1]}
		elif [[ $line =~ ^\"mtk-id\":\ ([0-9]+) ]]; then
			id+=:${BASH_REMATCH[1]}
		elif [[ $line =~ ^\"state\":\ \"active\" ]]; then
			key=$id
		fi
	done <"$work/reply"
}

is_active_after() {
	active_key
	[ -n "$key" ] && [ "$key" != "$1" ]
}

# ---- Who reads what ----

start_readers() {
	local host
	for host; do
		start "$host" reader "reader.py $group $port"
	done
	for host; do
		wait_for "reader.py of $host" says "$work/$host-reader.out" ready
	done
}

has_line() {
	local lines
	mapfile -t lines <"$work/$1-reader.out"
	[ ${#lines[@]} -gt "$2" ]
}

# ask_reader HOST: what it has read by now.
ask_reader() {
	local lines
	mapfile -t lines <"$work/$1-reader.out"
	kill -USR1 "${pids[$1-reader]}"
	wait_for "reader.py of $1 to answer" has_line "$1" "${#lines[@]}"
	mapfile -t lines <"$work/$1-reader.out"
	read -r _ "noise[$1]" _ "runs[$1]" <<<"${lines[-1]}"
	seen[$1]=${runs[$1]%%-*}
	last[$1]=${runs[$1]##*-}
}

# mark: the number of the datagram that was sent last, into $now.
mark() {
	ask_reader core
	now=${last[core]:-0}
}

has_read() {
	ask_reader "$1"
	[ "${last[$1]:-0}" -ge "$2" ]
}

# Waits until so many more were sent, and sets $now.
let_pass() {
	mark
	wait_for "$1 more datagrams" has_read core $((now + $1))
	mark
}

# missing HOST FIRST LAST: how many of those it has not read, into $missing.
missing() {
	local run first end
	missing=$(($3 - $2 + 1))
	for run in ${runs[$1]}; do
		first=${run%-*} end=${run#*-}
		[ "$first" -ge "$2" ] || first=$2
		[ "$end" -le "$3" ] || end=$3
		[ "$end" -lt "$first" ] || missing=$((missing - end + first - 1))
	done
}

# claim_all HOST FIRST LAST: it has read them all.
claim_all() {
	holds_within 10 has_read "$1" "$3" || true
	missing "$@"
	claim "$1 has lost none of $(($3 - $2 + 1)) (number $2 to $3)" equal "$missing" 0
}

# read_order: which keys the datagrams on the wire name up to $now, into msks, mtks
# and ends, where ends are the numbers of the last of them.
read_order() {
	local msk_id mtk_id count end=$((begin - 1))
	wire order wire.pcap 0 $((now - end))
	msks=() mtks=() ends=()
	while read -r msk_id mtk_id count; do
		end=$((end + count))
		msks+=("$msk_id")
		mtks+=("$mtk_id")
		ends+=("$end")
	done <"$work/reply"
}

# phase WHAT FIRST LAST: for the summary, who has read how many of these numbers.
phase() {
	local host row
	printf -v row '%-20s %7s' "$1" $(($3 - $2 + 1))
	for host in "${ues[@]}" outsider; do
		ask_reader "$host"
		missing "$host" "$2" "$3"
		printf -v row '%s %9s' "$row" $(($3 - $2 + 1 - missing))
	done
	rows+=("$row")
}
