# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # of the scripts that source this
# The scenes of the demonstration, in their order.

# Slow enough for an emulated and busy machine: what is lost is then our fault.
pace=2M
msk="msk-id~00010001"

scene_picture() {
	printf '\n%smbsec: multicast that only those with the key can read%s\n' "$title" "$plain"
	scene "Who is who"
	say "Four hosts on a LAN. The sender sends to the multicast group $group, UDP" \
		"port $port. The switch floods it to everybody, as switches do."
	cat <<-END
	       sender           member1           member2           outsider
	      ${address[sender]}         ${address[member1]}         ${address[member2]}         ${address[outsider]}
	    iperf client      iperf server      iperf server     tcpdump, forgeries
	    key to send       key to read       key to read           no key
	         |                 |                 |                 |
	    =====+=================+=================+=================+===== switch

	END
	say_how_to_read
	load_module
	make_lan
}

scene_clear() {
	scene "Without mbsec: everybody reads along"
	say "First the group as multicast is on any network. iperf sends datagrams of" \
		"1400 octets, filled with the digits 0123456789."
	start_tap clear.pcap
	start_receivers
	start_sender "-b $pace -n 280000"
	wait_sender
	finish_receivers
	echo
	show_totals
	measure clear.pcap 0 "${total[member1]}"
	stop_tap
	clear_entropy=${measured[entropy]}
	say "And anybody can speak to the group (listen.py prints what comes from it):"
	start_listener member1
	as outsider "echo dinner is cancelled >/dev/udp/$group/$port"
	wait_for "the message" says "$work/member1-listen.out" cancelled
	stop member1 listen
	echo
	show_heard member1
	claims_clear
	traffic_row "in the clear"
}

claims_clear() {
	claim "the members lost no datagram" equal "${lost[member1]}+${lost[member2]}" 0+0
	claim "the outsider's tcpdump has legible digits in all ${total[member1]}" \
		equal "${measured[readable]}" "${total[member1]}"
	claim "member1 got the outsider's message, and cannot know whose it is" \
		heard member1 "dinner is cancelled"
}

scene_keys() {
	local host
	scene "A key for the members"
	say "Now sender and members are told to protect the group. The sender makes a" \
		"traffic key (MTK), and the members get it in a safe way, here simply by cp." \
		"Three numbers name a key: MSK ID and MTK ID, as in 3GPP TS 33.246, and who" \
		"sends with it."
	as sender "mbsec group add $group port $port"
	as members "mbsec group add $group port $port"
	make_key 1
	give_key 1
	as sender "mbsec key add $group port~$port $msk mtk-id~1 sender~0x100 tx key-file~mtk-1 soft-packets~500 activate"
	echo
	as sender "mbsec group show"
	as sender "mbsec key show"
	for host in sender member1 member2; do
		read_keys $host
	done
	echo
	claim "sender, member1 and member2 have key 1, not used yet" \
		equal "${used[sender 1]:-}${used[member1 1]:-}${used[member2 1]:-}" 000
}

# make_key MTK-ID: 128 random bits as 32 hex digits.
make_key() {
	as sender "tr -dc 0-9a-f </dev/urandom | head -c 32 >mtk-$1"
}

give_key() {
	cp "$work/sender/mtk-$1" "$work/member1/"
	cp "$work/sender/mtk-$1" "$work/member2/"
	as members "mbsec key add $group port~$port $msk mtk-id~$1 sender~0x100 rx key-file~mtk-$1"
}

scene_protected() {
	scene "With mbsec: noise for the outsider"
	say "The same programs again, unchanged. The outsider also joins the group."
	start_tap wire.pcap
	start_listener outsider
	start_receivers
	start_sender "-b $pace -n 560000"
	wait_sender
	finish_receivers
	echo
	show_report member1
	show_totals
	local host
	for host in sender member1 member2; do
		read_counters $host
	done
	measure wire.pcap 0 "${counter[sender tx-packets]}"
	show_noise
	claims_protected "${counter[sender tx-packets]}" "$(lines "$work/outsider-listen.out")"
	traffic_row "protected"
}

show_noise() {
	say "A datagram in the outsider's tcpdump; first what iperf needs itself, then" \
		"the digits:"
	echo "          without mbsec (scene 2)           |  with mbsec, now"
	wire compare wire.pcap clear.pcap 0-32 160-224
	cat "$work/reply"
	echo
	say "Only the header can be read, 14 octets; the rest is ciphertext and, at the" \
		"end, a tag of 10 octets that only those with the key can make:"
	wire header wire.pcap
	indent "$work/reply"
	echo
	say "The outsider's program prints (its first three datagrams):"
	head -3 "$work/outsider-listen.out" | cut -c1-72 >"$work/reply"
	indent "$work/reply"
	echo
}

# Datagrams that the sender has sent, and that the outsider's program got.
claims_protected() {
	local host
	for host in member1 member2; do
		claim "$host got all $1 datagrams, says iperf; and so does the module" equal \
			"${lost[$host]} ${total[$host]} ${counter[$host rx-packets]}" "0 $1 $1"
	done
	claim "the outsider's tcpdump has all $1, each of 1424 octets, not 1400" \
		equal "${measured[datagrams]} ${measured[octets]}" "$1 1424"
	claim "no eight octets of iperf's digits in a row in any of them" \
		equal "${measured[readable]}" 0
	claim "their entropy is ${measured[entropy]} bits an octet (8 is noise)" \
		below 7.90 "${measured[entropy]}"
	claim "in scene 2 it was $clear_entropy" below "$clear_entropy" 4.00
	claim "the outsider's program got $2 datagrams ..." positive "$2"
	claim "... and not one with legible digits" equal \
		"$(lines "$work/outsider-listen.out" '01234567|12345678|23456789')" 0
}

# An outsider who has mbsec but not the key.
scene_keyless() {
	local before
	before=$(lines "$work/outsider-listen.out")
	echo
	say "If the outsider uses mbsec too, but without the key, its program gets" \
		"nothing at all: what cannot be verified is not delivered."
	start_listener members
	as outsider "mbsec group add $group port $port"
	start_monitor outsider
	as sender "echo dinner is at eight >/dev/udp/$group/$port"
	wait_for "the message" says "$work/member1-listen.out" eight
	wait_for "the message" says "$work/member2-listen.out" eight
	holds_within 10 says "$work/outsider-monitor.out" unknown-key || true
	stop outsider monitor
	stop outsider listen
	echo
	show_events outsider
	read_counters outsider
	claim "the outsider's module dropped it, as it has no key of that name" \
		equal "${counter[outsider rx-drop-unknown-key]}" 1
	claim "the outsider's program got nothing more" \
		equal "$(lines "$work/outsider-listen.out")" "$before"
	claim "mbsec monitor says which key is missing" \
		says "$work/outsider-monitor.out" "unknown-key .* ${msk/\~/ } mtk-id 1 sender 0x0100"
	echo
	as outsider "mbsec flush"
}

scene_attacks() {
	local host
	scene "Forgeries and replays: dropped"
	say "The members still listen. The outsider attacks with what it has captured," \
		"under the sender's IP address, and tries the trick of scene 2 again. Then" \
		"the sender itself speaks."
	keep_counters
	as outsider "forge.py eth0 wire.pcap"
	as outsider "echo dinner is cancelled >/dev/udp/$group/$port"
	as sender "echo dinner is at nine >/dev/udp/$group/$port"
	wait_for "the message" says "$work/member1-listen.out" nine
	wait_for "the message" says "$work/member2-listen.out" nine
	stop members listen
	read_counters member1
	read_counters member2
	echo
	show_heard member1
	say "What \"mbsec group show -s\" counts at the members, before and after:"
	show_changes
	claims_attacks
	table_row "forged and replayed" 61 $(($(change member1 rx-packets) - 1)) \
		$(($(change member2 rx-packets) - 1)) -
}

claims_attacks() {
	claim "both members dropped the 10 replayed ones: counters used before" \
		equal "$(changes rx-drop-replayed)" "10 10"
	claim "both dropped the 20 altered and 30 invented ones: wrong tags" \
		equal "$(changes rx-drop-auth-failed)" "50 50"
	claim "both dropped the one in cleartext: it names no known key" \
		equal "$(changes rx-drop-unknown-key)" "1 1"
	claim "member1 heard the sender and nobody else" \
		heard member1 "dinner is at eight; dinner is at nine"
	claim "member2 as well" heard member2 "dinner is at eight; dinner is at nine"
}

scene_rekey() {
	local before host
	scene "A new key while the traffic flows"
	say "Key 1 was added with \"soft-packets 500\": after so many datagrams the module" \
		"says that it is time for the next key. First the members get it, then the" \
		"sender, then the sender changes over. So every datagram finds its key," \
		"however long it was on its way."
	read_counters sender
	before=${counter[sender tx-packets]}
	start_monitor sender
	start_receivers
	start_sender "-b $pace -n 1120000"
	wait_for "the soft lifetime to end" says "$work/sender-monitor.out" soft-expire
	echo
	show_events sender
	make_key 2
	give_key 2
	as sender "mbsec key add $group port~$port $msk mtk-id~2 sender~0x100 tx key-file~mtk-2"
	as sender "mbsec key activate $group port $port $msk mtk-id 2"
	echo
	claim "iperf is still sending" running sender iperf
	echo
	wait_sender
	stop sender monitor
	finish_receivers
	show_report member1
	show_totals
	as sender "mbsec key show -s"
	as member1 "mbsec key show -s"
	echo
	for host in sender member1 member2; do
		read_keys $host
	done
	claims_rekey "$before" "${used[sender 1]:-0}" "${used[sender 2]:-0}"
	traffic_row "rekeyed meanwhile"
	echo
	as sender "mbsec key del $group port $port $msk mtk-id 1"
	as members "mbsec key del $group port $port $msk mtk-id 1"
}

# Datagrams sent before the scene, with key 1 in all, with key 2 in all.
claims_rekey() {
	local host old=$(($2 - $1)) new=$3
	claim "of $((old + new)) datagrams $old went with the old key, $new with the new one" \
		positive $((old * new))
	for host in member1 member2; do
		claim "$host lost none of $((old + new))" \
			equal "${lost[$host]} ${total[$host]}" "0 $((old + new))"
		claim "$host read with each key as many as the sender sent with it" \
			equal "${used[$host 1]:-} ${used[$host 2]:-}" "$2 $3"
	done
	measure wire.pcap "$1" $(($2 + $3))
	claim "on the wire: old key, then new key, never mixed; nothing legible" \
		equal "${measured[keys]}, ${measured[readable]}" "1 $old 2 $new, 0"
}

scene_no_key() {
	local sent
	scene "Without a key: silence"
	say "mbsec fails closed. If the sender has no key the datagram is dropped, and the" \
		"program that sends is told so. It never goes out in the clear."
	start_listener member1
	read_counters sender
	sent=${counter[sender tx-packets]}
	as sender "mbsec key del $group port $port $msk mtk-id 2"
	as_refused sender "echo dinner is at ten >/dev/udp/$group/$port"
	echo
	say "With a new key it works again, at once:"
	make_key 3
	give_key 3
	as sender "mbsec key add $group port~$port $msk mtk-id~3 sender~0x100 tx key-file~mtk-3 activate"
	as sender "echo dinner is at eleven >/dev/udp/$group/$port"
	wait_for "the message" says "$work/member1-listen.out" eleven
	stop member1 listen
	echo
	show_heard member1
	measure wire.pcap "$sent" $((sent + 1))
	stop_tap
	read_counters sender
	claims_no_key
	claims_capture $((sent + 1))
	table_row "tried without a key" $((measured[datagrams] - 1)) 0 0 0
}

claims_no_key() {
	claim "sending failed with ENOKEY" says "$work/refusal" 'Required key not available'
	claim "the sender's module counted it" equal "${counter[sender tx-drop-no-key]}" 1
	claim "on the wire is only the one after it, with key 3" equal "${measured[keys]}" "3 1"
	claim "member1 heard only the one after it" heard member1 "dinner is at eleven"
}

claims_capture() {
	local legible=''
	claim "tcpdump missed nothing on the wire since scene 4" \
		says "$work/outsider-tcpdump.out" $'\n0 packets dropped by kernel'
	wire search wire.pcap "'dinner is at '"
	read -r legible <"$work/reply"
	claim "and in the sender's $1 datagrams no message was legible, ever" equal "$legible" 0
}

scene_cost() {
	scene "What it costs"
	say "iperf sends as fast as it can, for two seconds, to port 5002, which is of no" \
		"group and goes in the clear; then to port $port."
	keep_counters
	flood 5002
	clear=${rate[member1]}
	clear_mbits=${mbits_of[member1]}
	flood "$port"
	read_counters member1
	read_counters member2
	say "member1 got ${rate[member1]} protected, which is" \
		"$(percent "${mbits_of[member1]}" "$clear_mbits") % of the $clear in the clear." \
		"What iperf calls lost came faster than the receiver could take it." \
		"$(judge_machine)"
	claim "the protected run was read by member1" \
		below 0.00 "${mbits_of[member1]}"
	claim "the members' modules dropped nothing that reached them" \
		equal "$(drops member1)+$(drops member2)" 0+0
}

flood() {
	start_receivers "-p $1"
	start_sender "-p $1 -b 10000M -t 2"
	wait_sender
	finish_receivers
	echo
	show_totals
}

# Of two numbers with two decimals.
percent() {
	echo $((100 * 10#${1/./} / (10#${2/./} + ! 10#${2/./})))
}

judge_machine() {
	echo "This is no benchmark: one machine does the work of all hosts, it encrypts" \
		"once and decrypts twice."
	! grep -q 'QEMU TCG' /proc/cpuinfo ||
		echo "And its CPUs are emulated in software (QEMU TCG), slowest where real" \
			"ones are fastest, in their instructions for AES."
}

scene_summary() {
	scene "Summary"
	printf '    %-22s %7s %13s %13s %16s\n' datagrams sent "member1 got" "member2 got" \
		"outsider reads"
	printf '    %s\n' "${rows[@]}"
	echo
	say "At full speed member1 got $clear in the clear and ${rate[member1]} protected."
	say "How to do the same on your own hosts: README.rst."
	[ -z "${saved:-}" ] || say "A capture of the wire in scenes 4 to 7 is in $saved."
}
