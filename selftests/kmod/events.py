#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What subscribers are told about forgeries, replays and missing keys."""

import sys
import time

import ktap
import netns
import sframe_reference as sframe
import uapi
from ktap import check, equal
from topology import Lan, Session
from watch import Watch

UNKNOWN_A_SECOND = 8
STORM = 100
BASE = sframe.COUNTER_FIRST
# Integrity-only costs the reference least; events do not know the suite.
SUITE = sframe.NULL_80


def timed(function, count):
    """Call the function so often; the seconds that it took."""
    started = time.monotonic()
    for number in range(count):
        function(number)
    return time.monotonic() - started


def collect(watch, seconds=0.2):
    """The events that are under way."""
    return list(watch.client.netlink.events(seconds))


def unknown_key(lan, family):
    """The event names the key of the datagram, so that it can be asked for."""
    lan.wire.expect_nothing()
    watch = Watch(lan.member)
    session = Session(lan, family, suite=SUITE)
    stranger = lan.key(sender_id=0xabcd, suite=SUITE)
    session.inject(stranger.protect(BASE, b"stranger"))
    event = watch.next("unknown key")
    equal(event["event"], {"type": uapi.EVENT_TYPE_UNKNOWN_KEY, "count": 1}, "event")
    named = {name: event["key"][name] for name in ("msk-id", "mtk-id", "sender-id")}
    equal(named, stranger.identity(), "key")
    session.dropped("unknown-key")


def unknown_key_rate(lan, family):
    """A flood of strangers: eight events a second and group."""
    lan.wire.expect_nothing()
    watch = Watch(lan.member)
    session, other = Session(lan, family, suite=SUITE), Session(lan, family, suite=SUITE)
    ciphertexts = [lan.key(suite=SUITE).protect(BASE, b"stranger") for _ in range(150)]
    seconds = timed(lambda number: session.inject(ciphertexts[number]), len(ciphertexts))
    other.inject(ciphertexts[0])
    session.dropped("unknown-key", len(ciphertexts))
    events = collect(watch)
    flooded = [one for one in events if same_group(one, session.group)]
    limit = UNKNOWN_A_SECOND * (int(seconds) + 2)
    check(UNKNOWN_A_SECOND <= len(flooded) <= limit,
          f"{len(flooded)} events of {len(ciphertexts)} in {seconds:.2f} s")
    equal(len(events) - len(flooded), 1, "events of the other group")


def same_group(event, group):
    name = "address-v6" if group.family == 6 else "address-v4"
    return event["group"][name] == group.attributes()[name]


def storm(lan, family, kind, data):
    """One event for a hundred in a second, at most one a second, none for fewer."""
    lan.wire.expect_nothing()
    watch = Watch(lan.member)
    session = Session(lan, family, suite=SUITE)
    authentic = session.key.protect(BASE, b"first")
    session.inject(authentic)
    equal(session.receiver.recv(100), b"first", "authentic datagram")
    bad = data(session, authentic)
    timed(lambda _: session.inject(bad), STORM // 2)
    equal(collect(watch), [], "events before the storm")
    seconds, events, sent = 0, [], 0
    # A slow guest may need more than a second for a hundred; then send more at a time.
    while not events and seconds < 20:
        seconds += timed(lambda _: session.inject(bad), 3 * STORM)
        sent += 3 * STORM
        events = collect(watch)
    check(events, f"an event within {sent} datagrams")
    check(len(events) <= seconds + 2, f"{len(events)} events in {seconds:.2f} s")
    for event in events:
        equal((event["event"]["type"], event["event"]["count"]), (kind, STORM), "event")
        check(same_group(event, session.group), "group of the event")


def replay_storm(_, authentic):
    return authentic


def auth_storm(session, _):
    fresh = session.key.protect(BASE + 1, b"forged")
    return fresh[:-1] + bytes([fresh[-1] ^ 1])


def other_namespace(lan, family):
    """Events stay in their network namespace."""
    lan.wire.expect_nothing()
    watch, stranger = Watch(lan.member), Watch(lan.outsider)
    session = Session(lan, family, suite=SUITE)
    session.inject(lan.key(suite=SUITE).protect(BASE, b"stranger"))
    watch.next("unknown key")
    equal(collect(stranger, 0.05), [], "events at the outsider")


def counted(lan, family):
    """The statistics know how many events were sent."""
    lan.wire.expect_nothing()
    watch = Watch(lan.member)
    session = Session(lan, family, suite=SUITE)
    before = lan.member.mbsec.stats()
    ciphertexts = [lan.key(suite=SUITE).protect(BASE, b"stranger") for _ in range(30)]
    for ciphertext in ciphertexts:
        session.inject(ciphertext)
    session.dropped("unknown-key", 30)
    told = len(collect(watch))
    after = lan.member.mbsec.stats()
    moved = sum(after[name] - before[name] for name in ("events-sent", "events-lost"))
    check(moved >= told >= UNKNOWN_A_SECOND, f"{told} events read, {moved} counted")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for name, case in (("unknown key", unknown_key), ("rate of unknown keys", unknown_key_rate),
                       ("other namespace", other_namespace), ("events are counted", counted)):
        plan.families(name, lambda family, case=case: case(lan, family))
    plan.families("auth-storm", lambda family: storm(
        lan, family, uapi.EVENT_TYPE_AUTH_STORM, auth_storm))
    plan.families("replay-storm", lambda family: storm(
        lan, family, uapi.EVENT_TYPE_REPLAY_STORM, replay_storm))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
