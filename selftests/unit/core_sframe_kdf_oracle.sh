#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Derives the keys of sframe.json with the openssl command, in the two steps of
# RFC 9605, 4.4.2, and prints KTAP.
set -eu
vectors=$(dirname "$0")/../vectors/sframe.json

hex() { od -An -v -tx1 | tr -d ' \n'; }

# One line a vector: suite, kid, base key, key, salt, name.
list() {
	python3 - "$vectors" <<'END'
import json, sys
for v in json.load(open(sys.argv[1])):
    print(v["suite"], v["kid"], v["base-key"], v["sframe-key"],
          v["sframe-salt"], v["name"])
END
}

hkdf() { # MODE KEY LENGTH OPTION...
	local mode=$1 key=$2 size=$3
	shift 3
	openssl kdf -binary -keylen "$size" -kdfopt "mode:$mode" \
		-kdfopt "digest:$digest" -kdfopt "hexkey:$key" "$@" HKDF | hex
}

expand() { # LABEL LENGTH
	local info
	info=$(printf %s "$1" | hex)$(printf '%016x%04x' "$kid" "$suite")
	hkdf EXPAND_ONLY "$secret" "$2" -kdfopt "hexinfo:$info"
}

mapfile -t lines < <(list)
echo "KTAP version 1"
echo "1..${#lines[@]}"
number=0 failed=0
for line in "${lines[@]}"; do
	read -r suite kid base key salt name <<<"$line"
	number=$((number + 1))
	digest=SHA256 size=32
	if [ $((suite)) -eq 5 ]; then
		digest=SHA512 size=64
	fi
	# HKDF takes an empty salt as one zero octet would be (RFC 5869, 2.2).
	secret=$(hkdf EXTRACT_ONLY "$base" "$size" -kdfopt hexsalt:00)
	if [ "$(expand 'SFrame 1.0 Secret key ' $((${#key} / 2)))" = "$key" ] &&
		[ "$(expand 'SFrame 1.0 Secret salt ' 12)" = "$salt" ]; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		failed=1
	fi
done
exit "$failed"
