# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of mbsec(8): objects, verbs, then the keywords of the verb.

_mbsec() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local group='port src' key='port src msk-id mtk-id sender' words=
	case $COMP_CWORD:${COMP_WORDS[1]-}:${COMP_WORDS[2]-} in
	1:*) words='group key flush stats monitor explain version help' ;;
	2:group:*) words='add del show' ;;
	2:key:*) words='add activate del show' ;;
	2:explain:*) words='mikey nas5g naseps sframe srtp digest' ;;
	*:explain:*) words='- keys -j' ;;
	*:group:add) words="$group dev format suite policy dir" ;;
	*:group:del) words=$group ;;
	*:key:add)
		words="$key tx rx key-file window activate soft-packets hard-packets
			soft-bytes hard-bytes soft-time hard-time"
		;;
	*:key:activate | *:key:del) words=$key ;;
	*:*:show) words="$group -s -j" ;;
	*:stats:* | *:monitor:*) words=-j ;;
	esac
	case $before in
	format) words='sframe srtp' ;;
	policy) words='require permit' ;;
	dir) words='in out both forward' ;;
	suite)
		words='aes128-ctr-hmac-sha256-80 aes128-ctr-hmac-sha256-64
			aes128-ctr-hmac-sha256-32 null-hmac-sha256-80'
		;;
	key-file | keys)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	dev) words=$(cd /sys/class/net && echo *) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _mbsec mbsec
