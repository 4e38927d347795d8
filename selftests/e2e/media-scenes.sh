# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # of the scripts that source this
# The scenes of the demonstration with pictures, in their order.

# shellcheck disable=SC2034 # traffic.sh uses it
port=5004
msk="msk-id~00010001"
# The picture, its rate in frames a second and for how many seconds: so few as
# emulated processors can show.
width_of=320
height_of=240
rate_of=2
seconds_of=4
last=$((rate_of * seconds_of - 1))
declare -A likeness=() buffers=()

# Looking at all plugins of GStreamer takes long in an emulated CPU.
few_plugins() {
	local name folder=/usr/lib/x86_64-linux-gnu/gstreamer-1.0
	[ -d "$folder" ] || return 0
	mkdir "$work/plugins"
	for name in coreelements udp rtp videoconvertscale png multifile; do
		ln -s "$folder/libgst$name.so" "$work/plugins/"
	done
	export GST_PLUGIN_SYSTEM_PATH_1_0=$work/plugins GST_REGISTRY_1_0=$work/registry
	export GST_REGISTRY_FORK=no
	gst-inspect-1.0 udp >/dev/null || die "GStreamer cannot use its plugins"
}

scene_picture() {
	printf '\n%smbsec: pictures that only those with the key can see%s\n' "$title" "$plain"
	scene "Who is who"
	say "A sender multicasts video to $group, UDP port $port, as plain RTP:" \
		"its program knows of no encryption, and nor do the players of the members." \
		"The kernels of these three make SRTP (RFC 3711) of it."
	cat <<-END
	       sender           member1           member2           outsider
	      ${address[sender]}         ${address[member1]}         ${address[member2]}         ${address[outsider]}
	       ffmpeg            ffmpeg           GStreamer      ffmpeg, tcpdump
	    key to send       key to read       key to read           no key
	         |                 |                 |                 |
	    =====+=================+=================+=================+===== switch

	END
	say_how_to_read
	load_module
	make_lan
	enlarge_buffers
}

# A frame of uncompressed video comes at once.
enlarge_buffers() {
	local name
	for name in rmem_max rmem_default; do
		read -r "buffers[$name]" <"/proc/sys/net/core/$name"
		on_machine "sysctl -qw net.core.$name=4194304"
	done
	echo
}

restore_buffers() {
	local name
	for name in "${!buffers[@]}"; do
		sysctl -qw "net.core.$name=${buffers[$name]}" || true
	done
}

# What every player has to know, and everybody may.
describe() {
	local host
	cat >"$work/sender/picture.sdp" <<-END
	v=0
	o=- 0 0 IN IP4 ${address[sender]}
	s=test picture
	c=IN IP4 $group/8
	t=0 0
	m=video $port RTP/AVP 96
	a=rtpmap:96 raw/90000
	a=fmtp:96 sampling=YCbCr-4:2:2; width=$width_of; height=$height_of; depth=8
	END
	for host in member1 member2 outsider; do
		cp "$work/sender/picture.sdp" "$work/$host/"
	done
	as sender "cat picture.sdp"
	echo
}

# tap FILE: the outsider's tcpdump, of what the sender sends.
tap() {
	start outsider tcpdump "tcpdump -i eth0 -U -B 16384 -w $1 src ${address[sender]} and dst $group"
	wait_for "tcpdump to listen" says "$work/outsider-tcpdump.out" 'listening on'
}

# send SECONDS: with a packet for each line of the picture.
send() {
	start sender player "ffmpeg -v error -nostdin -re -f lavfi -i testsrc2=size=${width_of}x$height_of:rate=$rate_of:duration=$1,format=uyvy422 -c:v rawvideo -f rtp -rtpflags send_bye 'rtp://$group:$port?pkt_size=$((2 * width_of + 20))&ttl=8' -y -update 1 sent.png"
	wait_for "the sender to have played" ended sender player
}

# recorded FILE COUNT: so many packets are in the outsider's file.
recorded() {
	measure "$1" 0 "$2"
	[ "${measured[datagrams]}" -ge "$2" ]
}

scene_clear() {
	scene "Without mbsec: everybody sees it"
	say "This is what is played, and the outsider may know that: uncompressed video, so" \
		"that each octet on the wire is a piece of the picture."
	describe
	say "First a second of it as multicast is on any network. The outsider's tcpdump" \
		"records it, and still.py draws the last frame: the octets of each packet as a" \
		"line of the picture."
	tap clear.pcap
	send 1
	wait_for "tcpdump to have a frame" recorded clear.pcap $((rate_of * height_of))
	stop outsider tcpdump INT
	as outsider "still.py clear.pcap $width_of $height_of clear.png"
	compare clear "$work/outsider/clear.png"
	clear_entropy=${measured[entropy]}
	echo
	claim "the outsider has the picture: ${likeness[clear]} dB (PSNR; above 25 is a good copy)" \
		alike "${likeness[clear]}"
}

scene_keys() {
	scene "A key for the members"
	say "The key file has a traffic key (MTK) and a salt. The members get it in a safe" \
		"way, here simply by cp; mbsecd does it as 3GPP TS 33.246 says."
	as sender "mbsec group add $group port $port format srtp"
	as members "mbsec group add $group port $port format srtp"
	as sender "tr -dc 0-9a-f </dev/urandom | head -c 60 | sed 's/./&:/32' >mtk-1"
	as sender "mbsec key add $group port~$port $msk mtk-id~1 tx key-file~mtk-1 activate"
	cp "$work/sender/mtk-1" "$work/member1/"
	cp "$work/sender/mtk-1" "$work/member2/"
	as members "mbsec key add $group port~$port $msk mtk-id~1 rx key-file~mtk-1"
	echo
	as member1 "mbsec group show"
	echo
}

scene_play() {
	local host ffmpeg="ffmpeg -v error -nostdin -protocol_whitelist file,rtp,udp -i picture.sdp"
	local caps="application/x-rtp, media=video, clock-rate=90000, encoding-name=RAW,"
	caps+=" sampling=YCbCr-4:2:2, depth=(string)8, width=(string)$width_of,"
	caps+=" height=(string)$height_of, payload=96"
	scene "Play it"
	say "Ordinary players at the members: ffmpeg writes each frame over the one before," \
		"GStreamer each into a file. The outsider tries the same, and records again."
	tap wire.pcap
	start member1 player "$ffmpeg -update 1 still.png"
	start member2 player "gst-launch-1.0 -q udpsrc address=$group port=$port caps=\"$caps\" ! rtpvrawdepay ! videoconvert ! pngenc ! multifilesink async=false location=still-%d.png"
	start outsider player "$ffmpeg -update 1 still.png"
	for host in member1 member2 outsider; do
		wait_joined $host player
	done
	send $seconds_of
	wait_for "member1 to have heard the end" ended member1 player
	wait_for "member2 to have the last frame" [ -e "$work/member2/still-$last.png" ]
	stop member2 player INT
	stop outsider player INT
	for host in sender member1 member2; do
		read_counters $host
	done
	wait_for "tcpdump to have everything" recorded wire.pcap "${counter[sender tx-packets]}"
	stop outsider tcpdump INT
	cp "$work/member2/still-$last.png" "$work/member2/still.png"
	echo
}

# dropped HOST: of all that came in.
dropped() {
	local name sum=0
	for name in "${!counter[@]}"; do
		[[ $name != "$1 rx-drop-"* ]] || sum=$((sum + ${counter[$name]}))
	done
	echo $sum
}

# compare HOST PICTURE: how like the picture that was sent it is, in dB, "inf" if
# they are equal.
compare() {
	local text pattern='average:([0-9]+|inf)'
	text=$(ffmpeg -nostdin -v info -i "$2" -i "$work/sender/sent.png" -lavfi psnr -f null - 2>&1) ||
		die "ffmpeg cannot compare the picture of $1"
	[[ $text =~ $pattern ]] || die "ffmpeg does not say how like the picture of $1 is"
	likeness[$1]=${BASH_REMATCH[1]}
}

alike() {
	why="the likeness is '$1' dB"
	[ "$1" = inf ] || [ "$1" -ge 25 ]
}

unlike() {
	why="the likeness is '$1' dB"
	[ "$1" != inf ] && [ "$1" -lt 12 ]
}

scene_members() {
	local host
	scene "What the members see"
	say "The last frame of each player, beside the one that was sent:"
	for host in member1 member2; do
		compare $host "$work/$host/still.png"
		printf '    %s: %s dB\n' $host "${likeness[$host]}"
	done
	echo
	for host in member1 member2; do
		claim "$host's module unprotected all ${counter[sender tx-packets]} packets" \
			equal "${counter[$host rx-packets]}" "${counter[sender tx-packets]}"
		claim "$host's player shows the picture that was sent" alike "${likeness[$host]}"
	done
	claim "member1's player has ended, as RTCP said BYE" ended member1 player
}

scene_outsider() {
	scene "What the outsider sees"
	say "Its player prints:"
	head -3 "$work/outsider-player.out" | cut -c1-72 >"$work/reply"
	indent "$work/reply"
	echo
	say "So it draws what tcpdump has, as in scene 2:"
	as outsider "still.py wire.pcap $width_of $height_of still-of-wire.png"
	compare outsider "$work/outsider/still-of-wire.png"
	printf '\n    outsider: %s dB\n\n' "${likeness[outsider]}"
	claim "the outsider got all ${counter[sender tx-packets]} packets, too" \
		equal "${measured[datagrams]}" "${counter[sender tx-packets]}"
	claim "its player could not decode a single frame" \
		nothing "$(ls "$work/outsider/still.png" 2>/dev/null)"
	claim "their entropy is ${measured[entropy]} bits an octet (8 is noise)" \
		below 7.90 "${measured[entropy]}"
	claim "in scene 2 it was $clear_entropy" below "$clear_entropy" 6.00
	claim "what is drawn of them has nothing of the picture" unlike "${likeness[outsider]}"
}

scene_summary() {
	local host lost row='    %-9s %6s %9s %12s %8s   %s\n'
	scene "Summary"
	# shellcheck disable=SC2059 # one format for all lines
	{
		printf "$row" packets sent received unprotected dropped "saw"
		printf "$row" sender "${counter[sender tx-packets]}" - - - "plays the test picture"
		for host in member1 member2; do
			lost=$(dropped $host)
			printf "$row" $host - $((${counter[$host rx-packets]} + lost)) \
				"${counter[$host rx-packets]}" "$lost" "the picture: ${host/member/member-}.png"
		done
		printf "$row" outsider - "${measured[datagrams]}" 0 - "noise: outsider.png"
	} | tee "$work/table"
	echo
	save_stills
}

# The files of a guest go with it, but for those in VM_OUT.
save_stills() {
	local folder=${VM_OUT:-${DEMO_STILLS:-}}
	[ -n "$folder" ] || return 0
	mkdir -p "$folder"
	cp "$work/member1/still.png" "$folder/member-1.png"
	cp "$work/member2/still.png" "$folder/member-2.png"
	cp "$work/outsider/still-of-wire.png" "$folder/outsider.png"
	cp "$work/table" "$folder/table.txt"
	chmod 644 "$folder"/{member-1,member-2,outsider}.png "$folder/table.txt"
	[ -n "${VM_OUT:-}" ] || say "The stills are in $folder."
}
