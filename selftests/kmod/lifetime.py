#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lifetimes in packets, bytes and seconds, the end of the counter, and their events."""

import collections
import contextlib
import errno
import multiprocessing
import os
import sys

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from ktap import check, equal
from topology import PORT, Lan, Session, nothing_left, refused
from watch import Watch

SOFT, HARD = uapi.EVENT_TYPE_SOFT_EXPIRE, uapi.EVENT_TYPE_HARD_EXPIRE


def expired(session, what):
    refused(errno.EKEYEXPIRED, session.send, pattern_payload(100), what=what)


def transmit_packets(lan, family):
    """Soft 7, hard 10: the seventh tells, the tenth is the last."""
    watch = Watch(lan.sender)
    session = Session(lan, family, tx={"soft_packets": 7, "hard_packets": 10})
    payloads = [pattern_payload(100, number) for number in range(10)]
    session.exchange(*payloads[:6])
    equal(lan.sender.mbsec.stats()["keys"], 1, "keys of the namespace")
    session.exchange(payloads[6])
    watch.expire(session, SOFT, uapi.LIMIT_PACKETS, uapi.ROLE_TX)
    session.exchange(*payloads[7:])
    expired(session, "the eleventh send")
    expired(session, "the twelfth send")
    watch.expire(session, HARD, uapi.LIMIT_PACKETS, uapi.ROLE_TX)
    ktap.wait_for(lambda: lan.sender.mbsec.keys(session.group) == [], "the key is removed")
    expired(session, "send after the key is gone")
    equal(session.drops(lan.sender), {"tx-drop-key-expired": 3}, "drops")
    lan.wire.fence()
    equal(len(lan.tap.datagrams(PORT)), 10, "datagrams on the wire")


def transmit_bytes(lan, family):
    """The datagram that crosses the soft limit tells; none is sent past the hard one."""
    watch = Watch(lan.sender)
    session = Session(lan, family, tx={"soft_bytes": 500, "hard_bytes": 1000})
    sent = 0
    while sent + 90 <= 1000:
        session.exchange(pattern_payload(90, sent))
        sent += 90
        if sent - 90 < 500 <= sent:
            watch.expire(session, SOFT, uapi.LIMIT_BYTES, uapi.ROLE_TX)
    equal(sent, 990, "octets sent")
    expired(session, "send past the limit")
    watch.expire(session, HARD, uapi.LIMIT_BYTES, uapi.ROLE_TX)
    lan.wire.fence()
    octets = sum(len(one.payload) - 24 for one in lan.tap.datagrams(PORT))
    check(octets <= 1000, f"{octets} octets protected with a limit of 1000")


def hammer(session, stop):
    """Sends on any CPU until told to stop; refusals are part of it."""
    os.nice(19)
    os.sched_setaffinity(0, range(os.cpu_count()))
    payload = pattern_payload(64, 1)
    while not stop.is_set():
        try:
            session.send(payload)
        except OSError as failure:
            if failure.errno not in (errno.EKEYEXPIRED, errno.ENOKEY):
                raise


@contextlib.contextmanager
def senders(session, count):
    """Processes that send as fast as they can."""
    stop = multiprocessing.Event()
    processes = [multiprocessing.Process(target=hammer, args=(session, stop), daemon=True)
                 for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        stop.set()
        for process in processes:
            process.join(ktap.PATIENCE)
    equal([process.exitcode for process in processes], [0] * count, "exit codes of the senders")


def several_processors(lan, family):
    """The limit is exact when several processors send at once, for counters too."""
    session = Session(lan, family, tx={"hard_packets": 100})
    kids = [session.key.kid]
    with senders(session, 3):
        for number in range(30):
            ktap.wait_for(lambda: lan.sender.mbsec.keys(session.group) == [], "the key ends")
            key = lan.key()
            kids.append(key.kid)
            limit = {"hard_packets": 100} if number % 2 else {
                "counter_start": sframe.COUNTER_END - 100}
            lan.sender.mbsec.tx_add(session.group, key, **limit)
        ktap.wait_for(lambda: lan.sender.mbsec.keys(session.group) == [], "the last key ends")
    lan.wire.fence()
    headers = [sframe.decode_header(one.payload)[:2] for one in lan.tap.datagrams(PORT)]
    sent = collections.Counter(kid for kid, _ in headers)
    equal(sent, collections.Counter({kid: 100 for kid in kids}), "datagrams of each key")
    equal(len(set(headers)), len(headers), "different counters")


def transmit_seconds(lan, family):
    watch = Watch(lan.sender)
    session = Session(lan, family, tx={"soft_seconds": 1, "hard_seconds": 2})
    session.exchange(pattern_payload(100))
    watch.expire(session, SOFT, uapi.LIMIT_TIME, uapi.ROLE_TX)
    session.exchange(pattern_payload(100))
    watch.expire(session, HARD, uapi.LIMIT_TIME, uapi.ROLE_TX)
    expired(session, "send after two seconds")
    equal(lan.sender.mbsec.keys(session.group), [], "keys")


def receive_limits(lan, family, limit):
    """A receive key ends too: later datagrams are not delivered."""
    options = {uapi.LIMIT_PACKETS: {"soft_packets": 2, "hard_packets": 4},
               uapi.LIMIT_BYTES: {"soft_bytes": 200, "hard_bytes": 400},
               uapi.LIMIT_TIME: {"soft_seconds": 1, "hard_seconds": 2}}[limit]
    watch = Watch(lan.member)
    session = Session(lan, family, rx=options)
    session.exchange(pattern_payload(100, 1), pattern_payload(100, 2))
    watch.expire(session, SOFT, limit, uapi.ROLE_RX)
    if limit != uapi.LIMIT_TIME:
        session.exchange(pattern_payload(100, 3), pattern_payload(100, 4))
        session.send(pattern_payload(100, 5))
    watch.expire(session, HARD, limit, uapi.ROLE_RX)
    ktap.wait_for(lambda: lan.member.mbsec.keys(session.group) == [], "the key is removed")
    session.send(pattern_payload(100, 6))
    count = 1 if limit == uapi.LIMIT_TIME else 2
    drops = ktap.wait_for(lambda: sum(session.drops().values()) == count and session.drops(),
                          "drops")
    # The last one was of an unknown key, and it is the only further event.
    equal(watch.next("unknown key")["event"]["type"], uapi.EVENT_TYPE_UNKNOWN_KEY, "next event")
    check(set(drops) <= {"rx-drop-key-expired", "rx-drop-unknown-key"}, f"reasons {drops}")
    nothing_left(session.receiver)


def counter_end(lan, family):
    """Three counters are left: three datagrams, and not one more."""
    session = Session(lan, family, tx={"counter_start": sframe.COUNTER_END - 3})
    session.exchange(*(pattern_payload(100, number) for number in range(3)))
    expired(session, "the fourth send")
    expired(session, "the fifth send")
    lan.wire.fence()
    counters = [sframe.decode_header(one.payload)[1] for one in lan.tap.datagrams(PORT)]
    equal(counters, list(range(sframe.COUNTER_END - 3, sframe.COUNTER_END)), "counters")
    equal(session.drops(lan.sender), {"tx-drop-counter-exhausted": 2}, "drops")
    other = lan.key()
    lan.member.mbsec.rx_add(session.group, other)
    lan.sender.mbsec.tx_add(session.group, other)
    session.exchange(pattern_payload(100, 5))


def counter_start(lan, family):
    session = Session(lan, family, tx={"counter_start": 0x8877665544})
    session.exchange(pattern_payload(100, 1))
    equal(lan.sender.mbsec.key(session.group, session.key, uapi.ROLE_TX)["counter"],
          0x8877665545, "next counter")
    equal(lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)["counter"],
          0x8877665544, "highest counter")


def limits_shown(lan):
    """The dump shows the limits, and the use that counts against them."""
    lan.wire.expect_nothing()
    group, key = lan.group(4), lan.key()
    limits = {"soft-packets": 1 << 60, "hard-packets": (1 << 64) - 1, "soft-bytes": 5,
              "hard-bytes": 1 << 40, "soft-seconds": 4000000000, "hard-seconds": 0xffffffff}
    lan.member.mbsec.group_add(group)
    lan.member.mbsec.rx_add(group, key, **{name.replace("-", "_"): value
                                           for name, value in limits.items()})
    shown = lan.member.mbsec.key(group, key, uapi.ROLE_RX)
    equal({name: shown[name] for name in limits}, limits, "limits")
    equal((shown["packets"], shown["bytes"], shown["age-seconds"] < 60), (0, 0, True), "use")
    check("counter" not in shown, "no counter before the first datagram")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    plan.families("transmit, packets", lambda family: transmit_packets(lan, family))
    plan.families("transmit, bytes", lambda family: transmit_bytes(lan, family))
    plan.families("several processors", lambda family: several_processors(lan, family))
    plan.add("transmit, seconds", lambda: transmit_seconds(lan, 4))
    for name, limit in (("packets", 1), ("bytes", 2), ("seconds", 3)):
        plan.add(f"receive, {name}", lambda limit=limit: receive_limits(lan, 6, limit))
    plan.families("end of the counter", lambda family: counter_end(lan, family))
    plan.families("start of the counter", lambda family: counter_start(lan, family))
    plan.add("limits are shown", lambda: limits_shown(lan))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
