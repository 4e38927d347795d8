#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Beside netfilter: rules, connection tracking, bridges."""

import errno
import subprocess
import sys

import ktap
import netns
import uapi
from capture import pattern_payload
from ktap import Skip, check, equal
from topology import PORT, Lan, Session, nothing_left, receive_all, refused

PAYLOAD = pattern_payload(300, 1)


def rules(host, family, text):
    """A table with these chains; `delete` first, so that each case begins anew."""
    table = f"{'ip6' if family == 6 else 'ip'} mbsec_test"
    host.namespace.nft(f"add table {table}\ndelete table {table}\n"
                       + (f"table {table} {{\n{text}\n}}\n" if text else ""))


def drop_in(lan, family):
    """INPUT drops for free: the module never sees the datagram."""
    session = Session(lan, family)
    rules(lan.member, family, "chain i { type filter hook input priority 0;\n"
          f"udp dport {PORT} udp length 308-400 drop;\n}}")
    session.send(PAYLOAD)
    session.exchange(PAYLOAD[:100])
    equal(lan.member.mbsec.counters(session.group)["rx-packets"], 1, "datagrams")
    rules(lan.member, family, "")
    session.exchange(PAYLOAD)


def drop_out(lan, family):
    """OUTPUT drops what it would have dropped without the module, and sees plaintext."""
    session = Session(lan, family)
    # The first octets of the payload are its number, 1.
    rules(lan.sender, family, "chain o { type filter hook output priority 0;\n"
          f"udp dport {PORT} @th,64,64 1 drop;\n}}")
    refused(errno.EPERM, session.send, PAYLOAD, what="send that OUTPUT drops")
    session.exchange(pattern_payload(300, 2))
    equal(lan.sender.mbsec.counters(session.group)["tx-packets"], 1, "protected datagrams")
    rules(lan.sender, family, "")


def tracking(lan, family):
    """Tracked hosts: traffic passes, and a forgery confirms no connection."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    chains = "\n".join(f"chain {hook} {{ type filter hook {hook} priority 0;\n"
                       "ct state new,established counter accept;\n}"
                       for hook in ("input", "output"))
    # Reports of memberships come when they like, and would be counted.
    chains += "".join(f"\nchain {hook}_raw {{ type filter hook {hook} priority -300;\n"
                      "meta l4proto igmp notrack;\n}" for hook in ("prerouting", "output"))
    for host in (lan.sender, lan.member):
        rules(host, family, chains)
    payloads = [PAYLOAD, pattern_payload(4000, 2), pattern_payload(60000, 3)]
    session.exchange(*payloads)
    receive_all(local, payloads)
    def count():
        return int(lan.member.namespace.read_sysctl("net/netfilter/nf_conntrack_count"))
    before = count()
    check(before >= 1, "the authentic flow is tracked")
    for _ in range(5):
        session.inject(b"\xfc" + bytes(range(60)), lan.outsider.transmitter(family))
    ktap.wait_for(lambda: sum(session.drops().values()) == 5, "five drops")
    ktap.wait_for(lambda: count() == before, "no connection of a forgery")
    for host in (lan.sender, lan.member):
        rules(host, family, "")


def queue_rules_see_ciphertext(lan, family):
    """INPUT at priority 0 sees ciphertext: a rule on the plaintext never matches."""
    session = Session(lan, family)
    rules(lan.member, family, "chain i { type filter hook input priority 0;\n"
          f"udp dport {PORT} @th,64,64 1 drop;\n}}")
    session.exchange(PAYLOAD)
    rules(lan.member, family, "chain i { type filter hook input priority 300;\n"
          f"udp dport {PORT} @th,64,64 1 drop;\n}}")
    session.send(PAYLOAD)
    session.exchange(pattern_payload(300, 2))
    rules(lan.member, family, "")


def bridged(lan, family):
    """With br_netfilter a bridge shows its frames to FORWARD: they are not ours."""
    loaded = subprocess.run(["modprobe", "br_netfilter"], check=False, capture_output=True)
    if loaded.returncode:
        raise Skip("br_netfilter is not available")
    session = Session(lan, family)
    for name in ("iptables", "ip6tables"):
        lan.switch.namespace.sysctl(f"net/bridge/bridge-nf-call-{name}", 1)
    rules(lan.switch, family, "chain f { type filter hook forward priority 0; counter accept;\n}")
    everything = uapi.DIRECTION_OUT | uapi.DIRECTION_IN | uapi.DIRECTION_FORWARD
    lan.switch.mbsec.group_add(session.group, direction=everything)
    lan.switch.mbsec.tx_add(session.group, lan.key())
    try:
        session.exchange(PAYLOAD, pattern_payload(4000, 2))
        table = "ip6" if family == 6 else "ip"
        listing = lan.switch.namespace.nft(f"list table {table} mbsec_test")
        check("packets 0 " not in listing, "FORWARD saw the bridged frames")
        equal(sum(lan.switch.mbsec.counters(session.group).values()), 0, "counters of the bridge")
    finally:
        for name in ("iptables", "ip6tables"):
            lan.switch.namespace.sysctl(f"net/bridge/bridge-nf-call-{name}", 0)
        rules(lan.switch, family, "")


def after_last_group(lan, family):
    """When the last group is gone, hooks and defragmentation are too."""
    lan.wire.expect_plaintext()
    session = Session(lan, family)
    session.exchange(PAYLOAD)
    lan.sender.mbsec.group_del(session.group)
    lan.member.mbsec.flush()
    session.exchange(PAYLOAD, pattern_payload(4000, 2))
    nothing_left(session.receiver)


CASES = {
    "INPUT drops": drop_in, "OUTPUT drops": drop_out, "connection tracking": tracking,
    "INPUT sees ciphertext": queue_rules_see_ciphertext, "bridge netfilter": bridged,
    "after the last group": after_last_group,
}


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for name, case in CASES.items():
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
