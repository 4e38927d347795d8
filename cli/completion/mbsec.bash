# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of mbsec(8): objects, verbs, then the keywords of the verb.

_mbsec() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local group='port src' key='port src msk-id mtk-id sender' words=
	case $COMP_CWORD:${COMP_WORDS[1]-}:${COMP_WORDS[2]-} in
	1:*)
		words='group key sender flush stats monitor service ue usim member msk mtk status
			explain keylog version help'
		;;
	2:group:*) words='add del show' ;;
	2:key:*) words='add activate del show' ;;
	2:sender:*) words='add del show' ;;
	2:explain:*) words='mikey nas5g naseps sframe srtp digest' ;;
	*:explain:*) words='- keys -j' ;;
	2:service:*) words='add show del join leave joined' ;;
	2:ue:* | 2:usim:*) words='add show del' ;;
	2:member:*) words='list evict admit' ;;
	2:msk:*) words='show rotate solicit' ;;
	2:mtk:*) words=rotate ;;
	*:service:add)
		words="$group dev mtk-port key-group key-domain format confidentiality integrity
			uicc open allow msk-lifetime msk-lead msk-overlap mtk-lifetime mtk-lead
			mtk-overlap mtk-repeat batch"
		words="group $words"
		;;
	*:service:join) words='announcement bm-sc imsi count' ;;
	*:service:leave) words='imsi count' ;;
	*:ue:add) words='k-file opc-file op-file amf gba-u count' ;;
	*:ue:show) words='after -j' ;;
	*:usim:add) words='k-file opc-file op-file mnc-digits count' ;;
	*:usim:del) words=count ;;
	*:member:list) words='ue limit -j' ;;
	*:member:evict | *:member:admit) words=service ;;
	*:msk:rotate) words='key-group nowait' ;;
	*:msk:solicit) words='key-group ue' ;;
	*:mtk:rotate) words=key-group ;;
	*:service:* | *:usim:* | *:msk:*) words=-j ;;
	*:group:add)
		words="$group dev format suite policy dir rtcp-port no-mki roc-rate roc-mode
			allow-no-integrity"
		;;
	*:group:del) words=$group ;;
	*:key:add)
		words="$key tx rx key-file window activate soft-packets hard-packets
			soft-bytes hard-bytes soft-time hard-time"
		;;
	*:key:activate | *:key:del) words=$key ;;
	*:sender:add) words="$group ssrc roc seq tx rx" ;;
	*:sender:del) words="$group ssrc tx rx" ;;
	2:keylog:*)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	*:keylog:*) words='key-file suite msk-id mtk-id ssrc roc --write-secret-keys' ;;
	*:*:show) words="$group -s -j" ;;
	*:stats:* | *:monitor:* | *:status:*) words='-j --socket' ;;
	esac
	case $before in
	format) words='sframe srtp' ;;
	policy) words='require permit' ;;
	dir) words='in out both forward' ;;
	suite)
		words='aes128-ctr-hmac-sha256-80 aes128-ctr-hmac-sha256-64
			aes128-ctr-hmac-sha256-32 aes128-gcm-128 null-hmac-sha256-80
			aes128-cm-hmac-sha1-80 aes128-cm-hmac-sha1-32
			aes256-cm-hmac-sha1-80 null-hmac-sha1-80'
		;;
	roc-mode) words='1 2 3' ;;
	rtcp-port) words=none ;;
	confidentiality | integrity | uicc | open | gba-u) words='on off' ;;
	key-file | keys | k-file | opc-file | op-file | --socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	dev) words=$(cd /sys/class/net && echo *) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _mbsec mbsec
