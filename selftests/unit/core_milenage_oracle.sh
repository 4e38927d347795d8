#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Confirms the vectors of milenage.json with osmo-auc-gen (package
# libosmocore-utils), and what that does not show with the openssl command.
# Prints KTAP.
set -eu
vectors=$(dirname "$0")/../vectors/milenage.json

# One vector a line, as words NAME=VALUE without blanks.
list() {
	python3 - "$vectors" <<'END'
import json, sys
for v in json.load(open(sys.argv[1])):
    print(*(k.replace("*", "_star").replace("-", "_") + "=" +
            t.replace(" ", "_") for k, t in v.items()))
END
}

hex() { od -An -v -tx1 | tr -d ' \n'; }
# shellcheck disable=SC2001 # bash before 5.2 has no & in a replacement
bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }

auc() { # OPTION...
	osmo-auc-gen -3 -a milenage -k "${v[k]}" -r "${v[rand]}" "$@" 2>&1
}

# The value of a line "NAME:<tab>VALUE".
field() { sed -n "s/^$1:[[:space:]]*//p" <<<"$report" | head -n 1; }

xor() { # HEX HEX, up to 16 digits
	printf '%0*x' "${#1}" $((0x$1 ^ 0x$2))
}

is() { # WHAT FOUND EXPECTED
	[ "$2" = "$3" ] || {
		echo "# $1 is $2 and not $3"
		return 1
	}
}

check_vector() { # CK IK RES AUTN
	report=$(auc -o "${v[opc]}" -f "${v[amf]}" -s $((0x${v[sqn]})))
	is CK "$(field CK)" "$1" && is IK "$(field IK)" "$2" &&
		is RES "$(field RES)" "$3" && is AUTN "$(field AUTN)" "$4"
}

check_functions() {
	local autn
	autn=$(xor "${v[sqn]}" "${v[f5]}")${v[amf]}${v[f1]}
	check_vector "${v[f3]}" "${v[f4]}" "${v[f2]}" "$autn" || return 1
	check_f1_star "${v[sqn]}" || return 1
	if [ -n "${v[op]:-}" ]; then
		report=$(auc -O "${v[op]}" -f "${v[amf]}" -s $((0x${v[sqn]})))
		is "AUTN by OP" "$(field AUTN)" "$autn"
	fi
}

# E_K of one block.
aes() { bytes "$1" | openssl enc -aes-128-ecb -nopad -K "${v[k]}" | hex; }

xor16() { # HEX HEX of 32 digits
	xor "${1:0:16}" "${2:0:16}"
	xor "${1:16}" "${2:16}"
}

# f1 and f1* with AMF, and f5*, from the formulas of TS 35.206, 4.1.
check_f1_star() { # SQN
	local temp in1 out
	temp=$(aes "$(xor16 "${v[rand]}" "${v[opc]}")")
	in1=$(xor16 "$1${v[amf]}$1${v[amf]}" "${v[opc]}")
	out=$(aes "$(xor16 "$temp" "${in1:16}${in1:0:16}")")
	out=$(xor16 "$out" "${v[opc]}")
	is f1 "${out:0:16}" "${v[f1]}" &&
		is 'f1*' "${out:16}" "${v[f1_star]}" || return 1
	temp=$(xor16 "$temp" "${v[opc]}")
	temp=$(xor16 "${temp:24}${temp:0:24}" 00000000000000000000000000000008)
	out=$(xor16 "$(aes "$temp")" "${v[opc]}")
	is 'f5*' "${out:0:12}" "${v[f5_star]}"
}

check_resynchronisation() {
	report=$(auc -o "${v[opc]}" -f 0000 -A "${v[auts]}")
	is SQN.MS "$(field 'SQN\.MS')" $((0x${v[sqn_ms]}))
}

check_gba_u() {
	local digest mac
	digest=$(bytes "${v[ik]}" | openssl dgst -sha1 -binary | hex)
	mac=$(xor "${v[autn]:16}" "${digest:0:16}")
	is AUTN "${v[autn]:0:16}$mac" "${v[out]}"
}

check() {
	case ${v[kind]} in
	functions) check_functions ;;
	vector) check_vector "${v[ck]}" "${v[ik]}" "${v[res]}" "${v[autn]}" ;;
	resynchronisation) check_resynchronisation ;;
	gba-u) check_gba_u ;;
	*) false ;;
	esac
}

mapfile -t lines < <(list)
echo "KTAP version 1"
echo "1..${#lines[@]}"
number=0 failed=0
for line in "${lines[@]}"; do
	declare -A v=()
	for word in $line; do
		v[${word%%=*}]=${word#*=}
	done
	number=$((number + 1))
	if check; then
		echo "ok $number ${v[name]//_/ }"
	else
		echo "not ok $number ${v[name]//_/ }"
		failed=1
	fi
done
exit "$failed"
