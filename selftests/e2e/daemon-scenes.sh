# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # of the scripts that source this
# The scenes of the demonstration with mbsecd, in their order. $now is the number of
# the datagram that iperf has sent last.

scene_picture() {
	printf '\n%smbsec: keys for multicast, brought by MBMS key management%s\n' "$title" "$plain"
	scene "Who is who"
	say "Five hosts on a LAN. core sends to the multicast group $group, UDP port" \
		"$port, and the switch floods it to everybody, as switches do. Who can read it" \
		"is up to mbsecd, the key manager. That of core is HSS, BSF, BM-SC and MBSTF" \
		"(3GPP TS 33.220, 33.246) in one; that of a UE has a USIM in it."
	cat <<-END
	      core           ue1           ue2           ue3        outsider
	    ${address[core]}      ${address[ue1]}     ${address[ue2]}     ${address[ue3]}     ${address[outsider]}
	  iperf client    reader.py     reader.py     reader.py     reader.py
	     mbsecd        mbsecd        mbsecd        mbsecd        tcpdump
	       |             |             |             |             |
	   ====+=============+=============+=============+=============+==== switch

	END
	say "Each host is a network namespace of this machine (kernel $(uname -r)) with" \
		"the kernel module mbsec. A line such as \"core# ...\" is a command that is" \
		"run on that host just as it stands there (\"ues#\": on all three), and a line" \
		"with [ok] is a claim that was checked. \"make demo-static\" shows the module" \
		"alone: keys by hand, what is on the wire, forgeries, speed."
	load_module
	make_lan
	prepare_hosts core "${ues[@]}"
}

scene_network() {
	local host
	scene "A network, its subscribers, and a protected service"
	write_core
	as core "cat core.yaml"
	as core "openssl rand -hex 32 >core.kek"
	start_daemon core core.yaml
	echo
	say "A subscriber is an IMSI with the keys K and OPc; the USIM has the same keys." \
		"They are made up here, and reach the UEs by cp."
	for host in "${ues[@]}"; do
		tell core "openssl rand -hex 16 >$host.k && openssl rand -hex 16 >$host.opc" ||
			die "cannot make keys"
	done
	wait_ready core
	for host in "${ues[@]}"; do
		as core "mbsec ue add ${imsi[$host]} k-file~$host.k opc-file~$host.opc"
	done
	as core "mbsec service add $service group~$group port~$port"
	echo
	say "The service has an MSK and an MTK now, and the MTK is in the kernel. So" \
		"traffic can begin. It goes on until the end of this demonstration."
	wait_for "the first key" is_active_after ''
	start_tap wire.pcap
	start_readers core "${ues[@]}" outsider
	start core iperf "iperf -c $group -u -T 4 -l 1400 -b 670K -t 1000"
	let_pass 30
	begin=${seen[core]}
	echo
	say "reader.py is an ordinary program on each host that notes which numbers of" \
		"iperf it gets. On core it hears the host itself."
	for host in "${ues[@]}" outsider; do
		ask_reader "$host"
	done
	claim "nobody but core can read anything" \
		nothing "${runs[ue1]}${runs[ue2]}${runs[ue3]}${runs[outsider]}"
	claim "the outsider got ${noise[outsider]} datagrams of noise" positive "${noise[outsider]}"
	phase "nobody has joined" "$begin" "$now"
}

scene_join() {
	local host from=$((now + 1)) old
	scene "Three UEs join: bootstrapping, registration, keys"
	say "Each bootstraps with the BSF (HTTP Digest AKA), reads the announcement of" \
		"the service, registers at the BM-SC (HTTP Digest, with a key of the" \
		"bootstrapping), gets the MSK by MIKEY in UDP and acknowledges it. Then it" \
		"understands the MTK messages in the multicast, and its kernel gets the MTK."
	for host in "${ues[@]}"; do
		write_ue "$host"
		cp "$work/core/$host.k" "$work/$host/k"
		cp "$work/core/$host.opc" "$work/$host/opc"
	done
	as ue1 "cat ue.yaml"
	as ues "openssl rand -hex 32 >ue.kek"
	start_daemon ues ue.yaml
	wait_ready ues
	start_monitor core
	for host in "${ues[@]}"; do
		as "$host" "mbsec usim add ${imsi[$host]} k-file~k opc-file~opc"
		as "$host" "mbsec service join $service bm-sc~$bmsc announcement~http://${address[core]}:$bmsc_port/announcement/$service"
	done
	for host in "${ues[@]}"; do
		wait_for "$host to read" has_read "$host" 1
	done
	let_pass 30
	active_key
	old=${key%:*}
	stop core monitor
	echo
	say "mbsec monitor on core has printed:"
	show_events core
	for host in "${ues[@]}"; do
		read_status "$host"
		claim "$host has bootstrapped and registered, and holds the MSK" equal \
			"${status[$host bootstrapped]} ${status[$host registered]} $(held "$host")" "1 1 $old"
		claim_all "$host" "${seen[$host]}" "$now"
	done
	phase "three join" "$from" "$now"
}

scene_evict() {
	local old from=$((now + 1)) ordered
	scene "ue3 is evicted"
	say "All others get a new MSK, and an MTK under it. When the sender changes over to" \
		"that, ue3 is out, whatever it does. To show this its mbsecd is stopped here," \
		"so that it does not give up its keys as it should."
	as ue3 "kill -STOP ${pids[ue3-mbsecd]}"
	mark
	ordered=$now
	active_key
	old=$key
	as core "mbsec member evict ${imsi[ue3]}"
	wait_for "the new key" is_active_after "$old"
	let_pass 30
	read_order
	ask_reader ue3
	dark=${last[ue3]}
	echo
	say "The last datagram before that command was number $ordered. The outsider sees" \
		"which keys they name: number ${ends[-2]} is the last with MSK ${msks[-2]} MTK" \
		"${mtks[-2]}, and those since then name MSK ${msks[-1]} MTK ${mtks[-1]}."
	claim "the last that ue3 has read is number ${ends[-2]}, in spite of its keys" \
		equal "$dark" "${ends[-2]}"
	claim_dark
	claim_all ue1 "$from" "$now"
	claim_all ue2 "$from" "$now"
	echo
	as ue3 "kill -CONT ${pids[ue3-mbsecd]}"
	wait_for "ue3 to leave" has_state ue3 left
	as ue3 "mbsec service show $service"
	echo
	read_status ue3
	claim "its mbsecd has asked for the new MSK, was refused, and has left the service" \
		equal "${status[ue3 left]} $(held ue3)" "1 "
	mark
	phase "ue3 is evicted" "$from" "$now"
}

# ue3 has read nothing since it was evicted.
claim_dark() {
	ask_reader ue3
	claim "ue3 has read none of the $((now - dark)) after number $dark" equal "${last[ue3]}" "$dark"
}

scene_asleep() {
	local from=$((now + 1)) old asleep awake resumed
	scene "ue2 sleeps through a rekey"
	say "Its link goes down, and the service gets a new MSK and MTK meanwhile. When" \
		"the link is back nobody tells ue2: its kernel reports datagrams with an" \
		"unknown key, and its mbsecd asks the BM-SC, once and not once a datagram."
	active_key
	old=$key
	as switch "ip link set ue2 down"
	as core "mbsec msk rotate $service"
	wait_for "the new key" is_active_after "$old"
	let_pass 30
	read_order
	ask_reader ue2
	asleep=${last[ue2]}
	awake=$now
	keep_status ue2
	as switch "ip link set ue2 up"
	wait_for "ue2 to read again" has_read ue2 $((awake + 1))
	resumed=${runs[ue2]##* }
	resumed=${resumed%-*}
	let_pass 30
	read_status ue2
	echo
	claim "the traffic went over to the key ${msks[-1]}:${mtks[-1]} while ue2 slept" \
		at_most "$asleep" "${ends[-2]}"
	claim "ue2 reads again from number $resumed on, $((resumed - awake)) after its link was up" \
		at_most "$awake" "$resumed"
	claim "requests for the MSK: $(grown ue2 msk-requests), for $((resumed - awake - 1)) datagrams that it could not read" \
		at_most "$(grown ue2 msk-requests)" 2
	claim_all ue2 "$resumed" "$now"
	claim_all ue1 "$from" "$now"
	claim_dark
	phase "ue2 sleeps" "$from" "$now"
}

scene_solicit() {
	local host from=$((now + 1))
	scene "Solicited pull: the BM-SC has its members ask"
	keep_status ue1
	keep_status ue2
	as core "mbsec msk solicit $service"
	for host in ue1 ue2; do
		wait_for "$host to ask" has_grown $host msk-requests
	done
	let_pass 30
	echo
	for host in ue1 ue2; do
		read_status $host
		claim "$host was solicited, and then asked for the MSK" \
			positive $(($(grown $host solicited) * $(grown $host msk-requests)))
		claim_all $host "$from" "$now"
	done
	phase "solicited pull" "$from" "$now"
}

scene_restart() {
	local from=$((now + 1)) old
	scene "kill -9 under traffic"
	say "Keys that are in the kernel stay there. And mbsecd stores first and acts then," \
		"so that it goes on where it was, with a new MTK, as it never sends with one" \
		"that an earlier process has used."
	active_key
	old=$key
	kill_daemon core
	kill_daemon ue1
	let_pass 30
	claim "iperf sends on, without a key manager" running core iperf
	start_daemon ue1 ue.yaml
	wait_ready ue1
	start_daemon core core.yaml
	wait_ready core
	wait_for "a new key" is_active_after "$old"
	let_pass 30
	read_order
	as core "mbsec member list $service"
	echo
	claim "ue1 and ue2 are members still, and ue3 is banned" equal \
		"$(lines "$work/reply" 'state: inside') $(lines "$work/reply" 'state: banned')" "2 1"
	claim "the sender has gone over from $old to ${msks[-1]}:${mtks[-1]}" \
		equal "${msks[-2]}:${mtks[-2]} ${msks[-1]}:${mtks[-1]}" "$old $key"
	claim_all ue1 "$from" "$now"
	claim_all ue2 "$from" "$now"
	claim_dark
	phase "both are killed" "$from" "$now"
}

scene_wire() {
	local i sent
	scene "What was on the wire"
	stop core iperf INT
	mark
	sent=$((now - begin + 1))
	measure wire.pcap 0 $sent
	read_order
	say "The outsider's tcpdump has $sent datagrams of the sender; in the clear they would" \
		"be nothing but digits. They name these keys, one after the other:"
	for i in "${!msks[@]}"; do
		printf '    MSK %s MTK %-3s up to number %s\n' "${msks[i]}" "${mtks[i]}" "${ends[i]}"
	done
	echo
	ask_reader outsider
	claim "the outsider's program got ${noise[outsider]}, and could read none" \
		nothing "${runs[outsider]}"
	claim "no eight octets of iperf's digits in a row in any of them" \
		equal "${measured[readable]}" 0
	claim "their entropy is ${measured[entropy]} bits an octet (8 is noise)" \
		below 7.90 "${measured[entropy]}"
	claim "no key came back after another one was in use" equal "$(repeated)" 0
}

# How many keys have come twice.
repeated() {
	local i name count=0
	declare -A names=()
	for i in "${!msks[@]}"; do
		name=${msks[i]}:${mtks[i]}
		[ -z "${names[$name]:-}" ] || count=$((count + 1))
		names[$name]=1
	done
	echo $count
}

scene_summary() {
	scene "Summary"
	printf '    %-20s %7s %9s %9s %9s %9s\n' "datagrams" sent "${ues[@]}" outsider
	printf '    %s\n' "${rows[@]}"
	echo
	say "How to do the same on your own hosts: docs/quickstart.rst."
	[ -z "${saved:-}" ] || say "A capture of the wire is in $saved."
}
