#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mbsecd.yaml(5) has each key of each section and no other; mbsec(8) and the
# completion have each command of the key manager.
set -eu
cd "$(dirname "$0")/../.."
page=docs/man/mbsecd.yaml.5

keys_of_code() { # SECTION
	local file=daemon/roles/$1_config.c
	[ "$1" != daemon ] || file=daemon/config.c
	# Keys of the entries of lists are explained with the list.
	tr -d '\n' <"$file" | grep -oE "cyaml_schema_field_t $1(_config)?_fields\[\] = [^;]*;" |
		grep -oE '(TEXT|FIELD|SEQUENCE)\((struct [a-z_]*, *)?[[:space:]]*"[a-z-]+"' |
		grep -oE '"[a-z-]+"' | tr -d '"' | sort
}

keys_of_page() { # SECTION
	sed -n "/^\.SH SECTION ${1^^}\$/,/^\.SH/p" "$page" |
		sed -n 's/^\.BR \([^ ]*\) ".*/\1/p' | sed 's/\\-/-/g' | sort
}

commands_of_code() {
	tr -d '\n\t' <cli/command.c | grep -oE '\{ "[a-z]+",( "[a-z]+",| NULL,)[^}]*CONTROL\(' |
		sed -n 's/^{ "\([a-z]*\)", *"*\([a-zA-Z]*\)"*,.*/\1 \2/p' | sed 's/ NULL//'
}

sections=(daemon hss bsf mbstf bmsc ue)
echo "TAP version 13"
echo "1..$((${#sections[@]} + 1))"
number=0
failed=0

report() { # WHAT WRONG
	number=$((number + 1))
	if [ "$2" ]; then
		printf '%s\n' "$2" | sed 's/^/# /'
		echo "not ok $number $1"
		failed=1
	else
		echo "ok $number $1"
	fi
}

for section in "${sections[@]}"; do
	code=$(keys_of_code "$section")
	wrong=$(diff <(echo "$code") <(keys_of_page "$section") || true)
	[ "$code" ] || wrong="no keys found in the code"
	report "keys_of_$section" "$wrong"
done

list=$(commands_of_code)
wrong=
[ "$(wc -l <<<"$list")" -ge 20 ] || wrong="only these commands found: $list"
while read -r object verb; do
	grep -qE "mbsec $object\b.*\b$verb" <(sed 's/\\fB\|\\fR//g' docs/man/mbsec.8) ||
		wrong+=" mbsec(8) lacks $object $verb;"
	grep -qw -- "${verb:-$object}" cli/completion/mbsec.bash ||
		wrong+=" the completion lacks $object $verb;"
done <<<"$list"
report commands "$wrong"
exit $failed
