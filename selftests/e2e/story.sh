# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How the demonstration speaks: headings, sentences, prompts, claims. Where it
# can it does without other programs: starting one takes long in an emulated CPU.

width=78
held=0
failed=()
number=0
why=''

# CLICOLOR_FORCE is for those who know that a terminal is at the other end.
choose_colours() {
	title='' prompt='' good='' bad='' plain=''
	[ -z "${NO_COLOR:-}" ] || return 0
	if [ -n "${CLICOLOR_FORCE:-}" ] || { [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; }; then
		title=$'\e[1;36m' prompt=$'\e[1m' good=$'\e[1;32m' bad=$'\e[1;31m' plain=$'\e[0m'
	fi
}

# fill TEXT WIDTH END INDENT: break the text into lines of that width; a broken
# line has END behind it and the next one INDENT before. A ~ is a blank where no
# line ends. The result is $filled.
fill() {
	local word line='' words
	filled=''
	read -rd '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		if [ -n "$line" ] && [ $((${#line} + ${#word} + 1)) -gt "$2" ]; then
			filled+="$line$3"$'\n'"$4"
			line=''
		fi
		line+="${line:+ }$word"
	done
	filled+=$line
	filled=${filled//\~/ }
}

say() {
	fill "$*" $((width - 2)) '' ''
	printf '%s\n\n' "$filled"
}

scene() {
	number=$((number + 1))
	printf '\n%s%s\n%s. %s%s\n\n' "$title" \
		------------------------------------------------------------------------------ \
		"$number" "$1" "$plain"
}

# show_command HOST COMMAND: as its user types it. A long one goes on in the next
# line; $filled is what is shown.
show_command() {
	fill "$2" $((width - ${#1} - 6)) ' \' '      '
	printf '  %s%s#%s %s\n' "$prompt" "$1" "$plain" "$filled"
}

# indent FILE
indent() {
	local line
	while IFS= read -r line; do
		printf '    %s\n' "$line"
	done <"$1"
}

# claim SENTENCE TEST...: a test that fails leaves the reason in $why.
claim() {
	local sentence=$1
	shift
	why=''
	if "$@"; then
		held=$((held + 1))
		printf '  %s[ok]%s %s\n' "$good" "$plain" "$sentence"
	else
		sentence+=${why:+, but $why}
		failed+=("$sentence")
		printf '  %s[NOT SO]%s %s\n' "$bad" "$plain" "$sentence"
	fi
}

# What could not be read is equal to nothing.
equal() {
	why="there is '$1' where '$2' should be"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

nothing() {
	why="there is '$1'"
	[ -z "$1" ]
}

positive() {
	why="there is '$1'"
	[ "${1:-0}" -gt 0 ]
}

at_most() {
	why="it is '$1', and the other '$2'"
	[ "$1" -le "$2" ]
}

# below A B: of two numbers with two decimals.
below() {
	why="there are '$1' and '$2'"
	[[ $1 =~ ^[0-9]+\.[0-9][0-9]$ && $2 =~ ^[0-9]+\.[0-9][0-9]$ ]] &&
		[ $((10#${1/./})) -lt $((10#${2/./})) ]
}

# says FILE PATTERN
says() {
	local text=''
	why="nothing says so"
	read -rd '' text 2>/dev/null <"$1" || true
	[[ $text =~ $2 ]]
}

# verdict: the last words, and the exit status.
verdict() {
	if [ ${#failed[@]} -eq 0 ]; then
		printf '%sAll %s claims held.%s\n' "$good" "$held" "$plain"
		return 0
	fi
	printf '%s%s of %s claims did not hold:%s\n' "$bad" "${#failed[@]}" \
		$((held + ${#failed[@]})) "$plain"
	printf '  %s\n' "${failed[@]}"
	return 1
}

die() {
	printf '\n%sdemo: %s%s\n' "$bad" "$*" "$plain" >&2
	exit 1
}
