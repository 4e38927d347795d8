#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make before break: keys change under load and nothing is lost or doubled."""

import errno
import os
import sys
import time

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from client import Key
from ktap import check, equal
from netlink import NetlinkError
from topology import PORT, Lan, Session, receive_all, refused

LOAD = 6000
REKEYS = 8


def kid_on_wire(lan):
    return [sframe.decode_header(one.payload)[0] for one in lan.tap.datagrams(PORT)]


def exact_active_key(lan, family):
    """TX uses the activated key and no other; RX takes every live one."""
    session = Session(lan, family)
    keys = [session.key, lan.key(), lan.key()]
    for key in keys[1:]:
        lan.sender.mbsec.tx_add(session.group, key, activate=False)
        lan.member.mbsec.rx_add(session.group, key)
    order = [0, 2, 1, 0, 1]
    for number, index in enumerate(order):
        lan.sender.mbsec.key_activate(session.group, keys[index])
        shown = {entry["mtk-id"]: entry["state"] for entry in lan.sender.mbsec.keys(session.group)}
        equal(shown, {key.mtk_id: int(key is keys[index]) for key in keys}, "states")
        session.exchange(pattern_payload(100, number))
    lan.wire.fence()
    equal(kid_on_wire(lan), [keys[index].kid for index in order], "KIDs on the wire")
    for key, count in zip(keys, (2, 2, 1)):
        for host, role in ((lan.sender, uapi.ROLE_TX), (lan.member, uapi.ROLE_RX)):
            equal(host.mbsec.key(session.group, key, role)["packets"], count, "packets of the key")


def deleted_key(lan, family):
    """Deleting a standby key changes nothing, deleting a receive key stops it at once."""
    session = Session(lan, family)
    other = lan.key()
    lan.sender.mbsec.tx_add(session.group, other, activate=False)
    lan.member.mbsec.rx_add(session.group, other)
    lan.sender.mbsec.key_del(session.group, other)
    session.exchange(pattern_payload(100, 1))
    lan.member.mbsec.key_del(session.group, session.key)
    session.send(pattern_payload(100, 2))
    session.dropped("unknown-key")
    lan.sender.mbsec.key_del(session.group, session.key)
    refused(errno.ENOKEY, session.send, pattern_payload(100, 3), what="send without keys")


def two_senders(lan, family):
    """One MTK, two sender ids: both are read, each with its own counter."""
    session = Session(lan, family)
    second = Key(session.key.mtk, session.key.msk_id, session.key.mtk_id, sender_id=0xffff)
    lan.member.mbsec.rx_add(session.group, second)
    lan.outsider.mbsec.group_add(session.group)
    lan.outsider.mbsec.tx_add(session.group, second)
    for number in range(3):
        session.exchange(pattern_payload(100, number))
        session.inject(pattern_payload(100, 10 + number))
        receive_all(session.receiver, [pattern_payload(100, 10 + number)])
    for key in (session.key, second):
        equal(lan.member.mbsec.key(session.group, key, uapi.ROLE_RX)["counter"],
              sframe.COUNTER_FIRST + 2, "highest counter")
    equal(lan.member.mbsec.group(session.group)["group"]["senders"], 2, "senders")
    lan.member.mbsec.netlink.do(uapi.CMD_KEY_DEL, {
        "group": session.group.attributes(),
        "key": {"msk-id": session.key.msk_id, "mtk-id": session.key.mtk_id}})
    equal(lan.member.mbsec.keys(session.group), [], "keys after deleting those of all senders")


def activate_unnamed(lan, family):
    """Without a sender id the only transmit key of the ids is meant, if it is one."""
    session = Session(lan, family)
    first, second = lan.key(), lan.key()
    second = Key(second.mtk, first.msk_id, first.mtk_id, sender_id=0x101)
    lan.sender.mbsec.tx_add(session.group, first, activate=False)
    lan.sender.mbsec.key_activate(session.group, first, sender_id=None)
    session_key = lan.sender.mbsec.key(session.group, first, uapi.ROLE_TX)
    equal(session_key["state"], uapi.KEY_STATE_ACTIVE, "state")
    lan.sender.mbsec.tx_add(session.group, second, activate=False)
    try:
        lan.sender.mbsec.key_activate(session.group, first, sender_id=None)
    except NetlinkError as failure:
        equal(failure.errno, errno.ENOTUNIQ, "errno")
        check("sender" in failure.message, f"sentence: {failure.message}")
    else:
        raise AssertionError("an ambiguous activation is taken")
    lan.sender.mbsec.key_activate(session.group, session.key)
    session.exchange(pattern_payload(100, 1))


def load(session, cpus):
    """A child that sends numbered datagrams as fast as it can."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.sched_setaffinity(0, cpus)
        for number in range(LOAD):
            session.send(pattern_payload(120, number))
        status = 0
    finally:
        os._exit(status)


def rekey_once(lan, session, previous):
    """Receivers first, then the sender; the old keys go last."""
    key = lan.key()
    lan.member.mbsec.rx_add(session.group, key)
    lan.sender.mbsec.rx_add(session.group, key)
    lan.sender.mbsec.tx_add(session.group, key, activate=False)
    lan.sender.mbsec.key_activate(session.group, key)
    before = lan.sender.mbsec.key(session.group, key, uapi.ROLE_TX)["packets"]
    ktap.wait_for(lambda: lan.sender.mbsec.key(session.group, key, uapi.ROLE_TX)["packets"]
                  > before + 20 or lan.sender.mbsec.counters(session.group)["tx-packets"] == LOAD,
                  "traffic with the new key")
    for host in (lan.sender, lan.member):
        host.mbsec.key_del(session.group, previous)
    return key


def under_load(lan, family):
    """Zero loss and zero duplicates, at the member and at the local member."""
    cpus = os.sched_getaffinity(0)
    session = Session(lan, family, loop=True)
    lan.sender.mbsec.rx_add(session.group, session.key)
    local = lan.sender.receiver(session.group)
    key = session.key
    started = time.monotonic()
    child = load(session, set(range(os.cpu_count())))
    changes = 0
    for _ in range(REKEYS):
        key = rekey_once(lan, session, key)
        changes += lan.sender.mbsec.counters(session.group)["tx-packets"] < LOAD
    equal(os.waitpid(child, 0)[1], 0, "status of the load")
    ktap.diagnostic(f"{LOAD} datagrams in {time.monotonic() - started:.1f} s, {changes} rekeys")
    check(changes >= 3, "rekeys while traffic flows")
    for host in (lan.sender, lan.member):
        equal(session.drops(host), {}, f"drops of {host.name}")
    lan.nothing_lost()
    for listener in (session.receiver, local):
        numbers = [int.from_bytes(listener.recv(500)[:8], "big") for _ in range(LOAD)]
        check(sorted(numbers) == list(range(LOAD)), "each datagram arrives once")
        receive_all(listener, [])
    os.sched_setaffinity(0, cpus)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for name, case in (("exactly the active key", exact_active_key), ("deleted keys", deleted_key),
                       ("two senders", two_senders),
                       ("activation without sender", activate_unnamed),
                       ("rekeys under load", under_load)):
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
