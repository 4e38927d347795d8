#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Interoperability with Wireshark: tshark dissects every message of
# selftests/vectors/mikey.json, which core_mikey_crypt_test builds octet by octet
# the same, and finds in it what the vector says went in. tshark 4.0 knows the Key
# ID extension and the empty map by number only, and shows no counter.
set -eu
cd "$(dirname "$0")/../.."

vectors=selftests/vectors/mikey.json
fields=(mikey.type mikey.v.set mikey.csb_id mikey.cs_id_map_type mikey.srtp_id.ssrc
	mikey.ext.type mikey.ext.data mikey.t.ts_type mikey.rand.data mikey.id.type
	mikey.id.data mikey.sp.no mikey.kemac.encr_alg mikey.kemac.key_data_len
	mikey.kemac.mac_alg mikey.v.auth_alg mikey.err.no _ws.malformed _ws.expert)

for program in tshark text2pcap; do
	command -v "$program" >/dev/null || {
		echo "Bail out! $program is missing (package tshark)"
		exit 1
	}
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# One line a message: name, octets, and the values of the fields as they should
# be, made of the vector's inputs.
expect() {
	/usr/bin/python3 - "$vectors" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as source:
    vectors = json.load(source)
named = {vector["name"]: vector for vector in vectors}
TYPES = {"verification": 1, "error": 6}


# The Ua protocol in an IDi that is a whole NAF_Id is no text for tshark.
STRAY = "Expert Info (Warning/Undecoded): Trailing stray characters"


def text(octets):
    """tshark takes an ID as text that ends with a zero."""
    return octets.split(b"\0")[0].decode()


def key_ids(vector):
    """Contents of the extension."""
    ids = "0003" + vector["key-domain"] + "0104" + f"{int(vector['msk-id'], 0):08x}"
    return ids + (f"0202{vector['mtk-id']:04x}" if "mtk-id" in vector else "")


def key_size(vector):
    """Octets of the key data sub-payload."""
    sizes = {"msk-delivery": 26, "solicited-pull": 0}
    return sizes.get(vector["kind"], 36 if "salt" in vector else 20)


def fields(vector):
    """In the order of the script's list."""
    kind = vector["kind"]
    about = named[vector["request"]] if kind == "verification" else vector
    initial = kind not in TYPES
    unicast = kind in ("msk-delivery", "solicited-pull")
    streams = vector.get("streams", []) if unicast else []
    ids = [(about["initiator-type"], about["initiator"])] if unicast else []
    ids += [(0, about["responder"])] if unicast or kind == "verification" else []
    rand = unicast or vector.get("send-rand")
    signed = kind == "verification" or (kind == "error" and "muk" in vector)
    return [
        TYPES.get(kind, 0),
        int(bool(unicast and vector["verify"])),
        f"0x{int(about['csb-id'], 0):08x}",
        0 if streams else 1,
        ",".join(f"0x{int(s['ssrc'], 0):08x}" for s in streams),
        3 if initial else "",
        key_ids(vector) if initial else "",
        2,
        vector["rand"] if rand else "",
        ",".join(str(i[0]) for i in ids),
        ",".join(text(bytes.fromhex(i[1])) for i in ids),
        ",".join(str(p["number"]) for p in vector.get("policies", [])),
        1 if initial else "",
        key_size(vector) if initial else "",
        1 if initial else "",
        1 if signed else "",
        ",".join(str(e) for e in vector.get("errors", [])),
        "",
        STRAY if any(0 in bytes.fromhex(i[1]) for i in ids) else "",
    ]


for vector in vectors:
    if "message" in vector:
        print(vector["name"], vector["message"], *fields(vector), sep="|")
PYTHON
}

dissect() { # FILE-OF-OCTETS
	local options=() field
	for field in "${fields[@]}"; do
		options+=(-e "$field")
	done
	sed 's/../& /g; s/^/000000 /' "$1" >"$folder/dump"
	text2pcap -q -u 2269,2269 "$folder/dump" "$folder/capture" >/dev/null 2>&1
	tshark -r "$folder/capture" -T fields -E separator='|' "${options[@]}" \
		2>"$folder/complaints" || cat "$folder/complaints" >&2
}

expect >"$folder/expected"
cut -d'|' -f2 "$folder/expected" >"$folder/octets"
dissect "$folder/octets" >"$folder/found"
count=$(wc -l <"$folder/expected")

echo "TAP version 13"
echo "1..$((count + 1))"
status=0 number=0
while IFS='|' read -r name _ wanted && IFS= read -r found <&3; do
	number=$((number + 1))
	if [ "$found" = "$wanted" ]; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		echo "# wanted $wanted"
		echo "# found  $found"
		status=1
	fi
done <"$folder/expected" 3<"$folder/found"

# The comparison can fail: a message without its last octets is malformed.
number=$((number + 1))
head -1 "$folder/octets" | sed 's/.\{8\}$//' >"$folder/short"
dissect "$folder/short" >"$folder/found"
if grep -qi malformed "$folder/found"; then
	echo "ok $number a truncated message is malformed for tshark"
else
	echo "not ok $number a truncated message is malformed for tshark"
	sed 's/^/# found /' "$folder/found"
	status=1
fi
exit $status
