#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The message that docs/vectors.rst explains is that of the vector, its offsets are
# right, and the openssl command computes the page's keys, key data and MAC.
set -eu
cd "$(dirname "$0")/../.."

page=docs/vectors.rst
csb_id=0a0b0c0d
rand=000102030405060708090a0b0c0d0e0f

bytes() { printf '%b' "$(fold -w 2 <<<"$1" | sed 's/^/\\x/' | tr -d '\n')"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

# "OFFSET  OCTETS  words" in literal blocks. The key data starts again at 0.
octets_of_page() { # FIRST-BLOCK-OR-SECOND
	awk -v wanted="$1" '
		/^ +[0-9]+  [0-9a-f]+( |$)/ {
			if ($1 == 0) { block++; at = 0 }
			if (block != wanted) next
			if ($1 != at) { print "offset " $1 " should be " at; exit }
			at += length($2) / 2
			printf "%s", $2
		}' "$page"
}

value_of_page() { # NAME
	sed -n "s/^    $1  *\([0-9a-f]*\)\$/\1/p" "$page"
}

# P() of RFC 3830 is the PRF of TLS 1 with SHA-1 alone; one block for 256 bits.
derive() { # CONSTANT OCTETS
	openssl kdf -binary -keylen "$2" -kdfopt digest:SHA1 \
		-kdfopt "hexsecret:$(value_of_page MUK)" \
		-kdfopt "hexseed:${1}ff$csb_id$rand" TLS1-PRF | hex
}

vector_value() { # NAME
	/usr/bin/python3 -c '
import json, sys
with open("selftests/vectors/mikey.json", encoding="utf-8") as source:
    for vector in json.load(source):
        if vector["name"] == "MSK delivery, download":
            print(vector[sys.argv[1]])' "$1"
}

message=$(octets_of_page 1)
plain=$(octets_of_page 2)
covered=${message:0:280}
mac=$(bytes "$covered" | openssl dgst -sha1 -mac HMAC -binary \
	-macopt "hexkey:$(value_of_page authentication)" | hex)
decrypted=$(bytes "${message:226:52}" | openssl enc -d -aes-128-ctr \
	-K "$(value_of_page encryption)" -iv "$(value_of_page 'initial value')" | hex)

status=0 number=0
check() { # NAME WANTED FOUND
	number=$((number + 1))
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		echo "# wanted $2"
		echo "# found  $3"
		status=1
	fi
}

echo "TAP version 13"
echo "1..9"
check "message of the page" "$(vector_value message)" "$message"
check "key data of the page" "$(vector_value plain)" "$plain"
check "MUK of the page" "$(vector_value muk)" "$(value_of_page MUK)"
check "initial value of the page" "$(vector_value iv)" "$(value_of_page 'initial value')"
check "encryption key" "$(derive 150533e1 16)" "$(value_of_page encryption)"
check "salt" "$(derive 29b88916 14)" "$(value_of_page salt)"
check "authentication key" "$(derive 2d22ac75 20)" "$(value_of_page authentication)"
check "decrypted key data" "$plain" "$decrypted"
check "MAC" "$mac" "${message:280}"
exit $status
