# SPDX-License-Identifier: GPL-2.0-or-later
"""The mbsec tool and SRTP: groups, keys with a salt, senders, events, keys for others.

Cases of tool.py.
"""

import os
import signal

import srtp_reference as srtp
from client import Group
from ktap import check, equal
from srtp_session import MediaKey
from tool_command import REFUSED, REUSE, USAGE, key_text, next_event
from topology import receive_all

SSRC = 0xCAFEBABE
IDS = "msk-id 0a0b0c0d mtk-id 7"
MSK_ID, MTK_ID = 0x0a0b0c0d, 7
SUITES = {"aes128-cm-hmac-sha1-80": srtp.AES128_80, "aes256-cm-hmac-sha1-80": srtp.AES256_80}


def new_key(tool, suite=srtp.AES128_80):
    random = tool.lan.random
    return MediaKey(random.randbytes(srtp.MASTER_LENGTH[suite]), random.randbytes(14), MSK_ID,
                    MTK_ID, suite)


def groups(tool):
    """Every word of an SRTP group comes back; what does not fit together is refused."""
    least = {"address": "239.12.1.1", "port": 5000, "source": None, "dev": None,
             "direction": ["out", "in"], "format": "srtp", "suite": "aes128-cm-hmac-sha1-80",
             "policy": "require", "overhead": 14, "keys": 0, "senders": 0, "rtcp-port": 5001,
             "no-mki": True, "roc-rate": None, "roc-mode": None, "allow-no-integrity": False}
    tool.run("group add 239.12.1.1 port 5000 format srtp no-mki")
    tool.run("group add 239.12.1.2 port 5000 format srtp suite aes256-cm-hmac-sha1-80 rtcp-port "
             "none roc-rate 16 roc-mode 1 allow-no-integrity")
    most = least | {"address": "239.12.1.2", "suite": "aes256-cm-hmac-sha1-80", "rtcp-port": None,
                    "overhead": 20, "no-mki": False, "roc-rate": 16, "roc-mode": 1,
                    "allow-no-integrity": True}
    for shown in tool.json("group show -j"):
        wanted = least if shown["address"] == least["address"] else most
        equal(shown, wanted, "group")
    text = tool.run("group show")
    for word in ("rtcp-port: 5001", "rtcp-port: none", "no-mki", "roc-rate: 16", "roc-mode: 1",
                 "without a MAC"):
        check(word in text, f"{word} in the text")
    check("allow-no-integrity" in tool.run("group add 239.12.1.3 format srtp roc-mode 3", REFUSED),
          "sentence of the kernel")
    check("SRTP" in tool.run("group add 239.12.1.3 rtcp-port 7", USAGE), "sentence of the tool")


def keys(tool):
    """Keys have a salt and no sender; a transmit key has one life, which groups may share."""
    tool.run("group add 239.12.2.1 port 5000 format srtp")
    key, other = new_key(tool), new_key(tool)
    line = f"key add 239.12.2.1 port 5000 {IDS} tx key-file -"
    secret = key_text(key.master, key.salt)
    check("sender" in tool.run(f"{line} sender 0x100", USAGE, stdin=secret), "a sender is refused")
    check("salt" in tool.run(line, REFUSED, stdin=key.master.hex()), "a key without a salt")
    tool.run(line, stdin=secret)
    tool.run(line.replace(" tx ", " rx "), stdin=secret)
    for shown in tool.json("key show -j"):
        named = {name: shown[name] for name in ("msk-id", "mtk-id", "sender-id", "suite", "counter")}
        equal(named, {"msk-id": "0a0b0c0d", "mtk-id": 7, "sender-id": None,
                      "suite": "aes128-cm-hmac-sha1-80", "counter": None}, "key")
    for number in (2, 3):
        tool.run(f"group add 239.12.2.{number} format srtp")
    tool.run(f"key add 239.12.2.2 {IDS} tx key-file -", stdin=secret)
    tool.run("group del 239.12.2.2")
    tool.run(f"key del 239.12.2.1 port 5000 {IDS}")
    check("used" in tool.run(f"key add 239.12.2.3 {IDS} tx key-file -", REUSE, stdin=secret),
          "shared with a group that has it no more")
    sentence = tool.run(line, REUSE, stdin=key_text(other.master, other.salt))
    check("MSK ID and MTK ID" in sentence, "the same ids with another key")
    tool.run("group add 239.12.2.4 port 5000")
    sframe = f"key add 239.12.2.4 port 5000 {IDS} rx key-file -"
    check("sender is missing" in tool.run(sframe, USAGE, stdin=secret), "sframe has a sender")
    check("no salt" in tool.run(f"{sframe} sender 0x100", REFUSED, stdin=secret),
          "sframe has no salt")


def stream_open(tool, number, suite_name, hosts):
    """A group on these hosts, given with the words of their key, by the tool."""
    group = Group(f"239.12.3.{number}", 5000)
    key = new_key(tool, SUITES[suite_name])
    file = tool.key_file(key.master, salt=key.salt)
    for host, words in hosts:
        tool.run(f"group add {group.address} port 5000 format srtp suite {suite_name}", host=host)
        tool.run(f"key add {group.address} port 5000 {IDS} {words} key-file {file}", host=host)
    return group, key, file


def caught(lan, group, port):
    """The one datagram to this port of the group that was on the wire."""
    found = [one.payload for one in lan.tap.wait_datagrams(1, port)
             if one.destination == group.address]
    equal(len(found), 1, f"datagrams to port {port}")
    return found[0]


def traffic(tool):
    """RTP and RTCP under keys of the tool, as the reference has them; keylog reads the wire."""
    lan = tool.lan
    lan.wire.quiet = False
    for number, (name, suite) in enumerate(SUITES.items(), 1):
        lan.tap.clear()
        group, key, file = stream_open(tool, number, name, [(lan.sender, "tx activate"),
                                                            (lan.member, "rx")])
        sender = lan.sender.transmitter(4)
        packet, report = srtp.rtp(700, b"picture %d" % number, SSRC), srtp.rtcp(SSRC, 6)
        receiver, control = (lan.member.receiver(group, port=port) for port in (5000, 5001))
        sender.sendto(packet, (group.address, 5000))
        sender.sendto(report, (group.address, 5001))
        receive_all(receiver, [packet])
        receive_all(control, [report])
        on_wire = caught(lan, group, 5000)
        equal(on_wire, srtp.protect_rtp(key.session[0], packet, 700, key.mki,
                                        srtp.TAG_LENGTH[suite]), f"RTP of {name}")
        said = caught(lan, group, 5001)
        index = int.from_bytes(said[-20:-16], "big") & ~srtp.ENCRYPTED
        equal(said, srtp.protect_rtcp(key.session[1], report, index, key.mki), f"RTCP of {name}")
    log = os.path.join(tool.folder.name, "keylog")
    tool.run(f"keylog {log} key-file {file} suite {name} {IDS} --write-secret-keys")
    check("WARNING" in tool.warnings and key.master.hex() not in tool.warnings, "it is loud")
    shown = tool.run(f"explain srtp {on_wire.hex()} keys {log}")
    check("picture 2".encode().hex() in shown.replace(" ", ""), f"cleartext: {shown}")


def senders(tool):
    """Where an SSRC stands: shown, said to who joins late, forgotten."""
    lan = tool.lan
    group, key, _ = stream_open(tool, 9, "aes128-cm-hmac-sha1-80", [(lan.member, "rx")])
    monitor = tool.start_monitor("monitor -j", lan.member)
    receiver, outsider = lan.member.receiver(group), lan.outsider.transmitter(4)
    where = f"{group.address} port 5000"
    late = srtp.rtp(500, b"late", SSRC)
    protected = srtp.protect_rtp(key.session[0], late, 9 << 16 | 500, key.mki, 10)
    lan.wire.expect_nothing()
    outsider.sendto(protected, (group.address, 5000))
    event = next_event(monitor)
    equal((event["type"], event["ssrc"], event["address"]),
          ("roc-needed", "cafebabe", group.address), "event")
    tool.run(f"sender add {where} ssrc cafebabe roc 9 seq 400", host=lan.member)
    outsider.sendto(protected, (group.address, 5000))
    receive_all(receiver, [late])
    equal(tool.json(f"sender show {where} -j", host=lan.member),
          [{"address": group.address, "port": 5000, "source": None, "ssrc": "cafebabe",
            "role": "rx", "roc": 9, "sequence": 500, "rtcp-index": None, "provisioned": True,
            "streams": 1}], "sender")
    check("rx ssrc cafebabe roc 9 sequence 500 streams 1 provisioned" in
          tool.run("sender show", host=lan.member), "as text")
    forget = f"sender del {where} ssrc cafebabe"
    check("key" in tool.run(forget, REFUSED, host=lan.member), "sentence of the kernel")
    tool.run(f"key del {where} {IDS}", host=lan.member)
    tool.run(forget, host=lan.member)
    equal(tool.json("sender show -j", host=lan.member), [], "senders")
    monitor.send_signal(signal.SIGTERM)
    equal(monitor.wait(10), 0, "exit code of the monitor")


CASES = {"SRTP: groups": groups, "SRTP: keys": keys, "SRTP: traffic": traffic,
         "SRTP: senders": senders}
