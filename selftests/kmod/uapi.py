# SPDX-License-Identifier: GPL-2.0-or-later
"""The numbers of <linux/mbsec.h>; uapi_constants.py compares them with it."""

FAMILY, VERSION, EVENTS_GROUP = "mbsec", 1, "events"
MAX_GROUPS, MAX_KEYS_PER_GROUP, MAX_SENDERS_PER_GROUP = 16384, 4096, 1024
MAX_KEYS_WITHOUT_MKI = 4
SENDER_ID_MIN = 0x100
WINDOW_MIN, WINDOW_MAX, WINDOW_DEFAULT = 64, 8192, 1024

FORMAT_SFRAME, FORMAT_SRTP = 1, 2
POLICY_REQUIRE, POLICY_PERMIT = 0, 1
DIRECTION_OUT, DIRECTION_IN, DIRECTION_FORWARD = 1, 2, 4
ROLE_TX, ROLE_RX = 1, 2
KEY_STATE_STANDBY, KEY_STATE_ACTIVE = 0, 1
LIMIT_PACKETS, LIMIT_BYTES, LIMIT_TIME = 1, 2, 3
(EVENT_TYPE_SOFT_EXPIRE, EVENT_TYPE_HARD_EXPIRE, EVENT_TYPE_UNKNOWN_KEY, EVENT_TYPE_SENDER_LIMIT,
 EVENT_TYPE_ROC_NEEDED, EVENT_TYPE_AUTH_STORM, EVENT_TYPE_REPLAY_STORM,
 EVENT_TYPE_INDEX_REPEATED, EVENT_TYPE_SSRC_COLLISION) = range(1, 10)
(CMD_GROUP_ADD, CMD_GROUP_DEL, CMD_GROUP_GET, CMD_KEY_ADD, CMD_KEY_ACTIVATE, CMD_KEY_DEL,
 CMD_KEY_GET, CMD_FLUSH, CMD_STATS_GET, CMD_EVENT, CMD_SENDER_ADD, CMD_SENDER_DEL,
 CMD_SENDER_GET) = range(1, 14)
COMMANDS = ("group-add", "group-del", "group-get", "key-add", "key-activate", "key-del",
            "key-get", "flush", "stats-get", "event", "sender-add", "sender-del", "sender-get")

# Kinds of attributes: how to pack them, and how long they must be.
U16, U32, U64, BE32, FLAG, STRING, PAD = "u16", "u32", "u64", "be32", "flag", "string", "pad"


def attribute_set(*members):
    """Names in the order of the header, each "name:kind"; a kind that is a
    number is binary of that length, another is the name of a nested set."""
    table = {}
    for number, member in enumerate(members, 1):
        name, kind = member.split(":")
        table[name] = (number, int(kind) if kind.isdigit() else kind)
    return table


SETS = {
    "message": attribute_set("group:group", "key:key", "stats:stats", "event:event",
                             "counters:counters", "sender:sender"),
    "group": attribute_set(
        "address-v4:be32", "address-v6:16", "port:u16", "source-v4:be32", "source-v6:16",
        "ifindex:u32", "direction:u32", "format:u32", "suite:u32", "policy:u32",
        "overhead:u32", "keys:u32", "senders:u32", "rtcp-port:u16", "no-mki:flag",
        "roc-rate:u16", "roc-mode:u32", "allow-no-integrity:flag"),
    "key": attribute_set(
        "msk-id:u32", "mtk-id:u16", "sender-id:u16", "role:u32", "suite:u32", "cipher-key:16",
        "auth-key:32", "salt:12", "window:u32", "counter-start:u64", "soft-packets:u64",
        "hard-packets:u64", "soft-bytes:u64", "hard-bytes:u64", "soft-seconds:u64",
        "hard-seconds:u64", "activate:flag", "state:u32", "packets:u64", "bytes:u64",
        "counter:u64", "age-seconds:u64", "auth-failures:u64", "replays:u64",
        "rtcp-cipher-key:16", "rtcp-auth-key:32", "rtcp-salt:12", "pad:pad"),
    "counters": attribute_set(
        "tx-packets:u64", "tx-bytes:u64", "rx-packets:u64", "rx-bytes:u64", "tx-cleartext:u64",
        "rx-cleartext:u64", "tx-drop-no-key:u64", "tx-drop-key-expired:u64",
        "tx-drop-counter-exhausted:u64", "tx-drop-too-big:u64", "tx-drop-mtu:u64",
        "tx-drop-malformed:u64", "tx-drop-no-memory:u64", "tx-drop-crypto:u64",
        "rx-drop-malformed:u64", "rx-drop-header:u64", "rx-drop-too-short:u64",
        "rx-drop-unknown-key:u64", "rx-drop-key-expired:u64", "rx-drop-auth-failed:u64",
        "rx-drop-replayed:u64", "rx-drop-too-old:u64", "rx-drop-no-memory:u64",
        "rx-drop-crypto:u64", "tx-drop-header:u64", "tx-drop-repeated:u64",
        "tx-drop-sender-limit:u64", "rx-drop-sender-limit:u64", "rx-drop-roc-unknown:u64",
        "rx-ssrc-collision:u64", "rx-unauthenticated:u64", "pad:pad"),
    "stats": attribute_set(
        "module-version:string", "groups:u32", "keys:u32", "used-keys:u32",
        "cipher-driver:string", "cipher-driver-fallback:string", "mac-driver:string",
        "events-sent:u64", "events-lost:u64", "pad:pad"),
    "event": attribute_set("type:u32", "limit:u32", "count:u64", "ssrc:u32", "pad:pad"),
    "sender": attribute_set("ssrc:u32", "role:u32", "roc:u32", "sequence:u16", "rtcp-index:u32",
                            "provisioned:flag", "streams:u32"),
}
