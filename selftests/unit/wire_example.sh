#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Computes the worked example of docs/wire-format.rst with the openssl command
# and looks for every value in the page.
set -eu
cd "$(dirname "$0")/../.."

page=docs/wire-format.rst
mtk=000102030405060708090a0b0c0d0e0f
kid=0100000000010001
counter=0100000000
payload='hello, multicast'

hex() { od -An -v -tx1 | tr -d ' \n'; }
bytes() {
	local i
	for ((i = 0; i < ${#1}; i += 2)); do
		printf '%b' "\\x${1:i:2}"
	done
}
length() { printf '%016x' "$1"; }

hkdf() { # MODE KEY LENGTH OPTION...
	local mode=$1 key=$2 size=$3
	shift 3
	openssl kdf -binary -keylen "$size" -kdfopt "mode:$mode" \
		-kdfopt digest:SHA256 -kdfopt "hexkey:$key" "$@" HKDF | hex
}

expand() { # LABEL LENGTH
	local info
	info=$(printf %s "$1" | hex)${kid}0001
	hkdf EXPAND_ONLY "$secret" "$2" -kdfopt "hexinfo:$info"
}

secret=$(hkdf EXTRACT_ONLY "$mtk" 32 -kdfopt hexsalt:00)
key=$(expand 'SFrame 1.0 Secret key ' 48)
salt=$(expand 'SFrame 1.0 Secret salt ' 12)
cipher_key=${key:0:32} auth_key=${key:32}
# The counter touches the last five octets of the salt.
nonce=${salt:0:14}$(printf '%010x' $((0x${salt:14} ^ 0x$counter)))
header=fc$kid$counter
text=$(printf %s "$payload" |
	openssl enc -aes-128-ctr -K "$cipher_key" -iv "${nonce}00000000" | hex)
message=$(length 14)$(length ${#payload})$(length 10)$nonce$header$text
tag=$(bytes "$message" |
	openssl dgst -sha256 -mac HMAC -macopt "hexkey:$auth_key" -binary | hex)
tag=${tag:0:20}

values=("$kid" "$cipher_key" "$auth_key" "$salt" "$nonce" "$header" "$text"
	"$tag" "$header$text$tag")
echo "TAP version 13"
echo "1..${#values[@]}"
status=0 number=0
for value in "${values[@]}"; do
	number=$((number + 1))
	if grep -q "\b$value\b" "$page"; then
		echo "ok $number $value is in $page"
	else
		echo "not ok $number $value is not in $page"
		status=1
	fi
done
exit $status
