#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What subscribers are told about forgeries, replays and missing keys."""

import os
import sys
import time

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from ktap import check, equal
from topology import Lan, Session
from watch import Watch

UNKNOWN_A_SECOND = 8
STORM = 100
TRACING = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
BASE = sframe.COUNTER_FIRST
# Integrity-only costs the reference least; events do not know the suite.
SUITE = sframe.NULL_80


def timed(function, count):
    """Call the function so often; the seconds that it took."""
    started = time.monotonic()
    for number in range(count):
        function(number)
    return time.monotonic() - started


class Marker:
    """A group whose unknown keys mark a place in the stream of events."""

    def __init__(self, lan, family):
        self.session = Session(lan, family, suite=SUITE)

    def events_before(self, watch):
        """The events that were under way when this is called."""
        self.session.inject(self.session.lan.key(suite=SUITE).protect(BASE, b"marker"))
        events = []
        while True:
            event = watch.next("the marker")
            if same_group(event, self.session.group):
                return events
            events.append(event)


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
    watch, marker = Watch(lan.member), Marker(lan, family)
    session = Session(lan, family, suite=SUITE)
    ciphertexts = [lan.key(suite=SUITE).protect(BASE, b"stranger") for _ in range(150)]
    seconds = timed(lambda number: session.inject(ciphertexts[number]), len(ciphertexts))
    session.dropped("unknown-key", len(ciphertexts))
    events = marker.events_before(watch)
    check(all(same_group(event, session.group) for event in events), "group of the events")
    limit = UNKNOWN_A_SECOND * (int(seconds) + 2)
    check(UNKNOWN_A_SECOND <= len(events) <= limit,
          f"{len(events)} events of {len(ciphertexts)} in {seconds:.2f} s")


def same_group(event, group):
    name = "address-v6" if group.family == 6 else "address-v4"
    return event["group"][name] == group.attributes()[name]


def storm(lan, family, kind, data):
    """One event for a hundred in a second, at most one a second, none for fewer."""
    lan.wire.expect_nothing()
    watch, marker = Watch(lan.member), Marker(lan, family)
    session = Session(lan, family, suite=SUITE)
    authentic = session.key.protect(BASE, b"first")
    session.inject(authentic)
    equal(session.receiver.recv(100), b"first", "authentic datagram")
    bad = data(session, authentic)
    timed(lambda _: session.inject(bad), STORM // 2)
    equal(marker.events_before(watch), [], "events before the storm")
    seconds, events = 0, []
    # A slow guest may need more than a second for a hundred; then it has no storm.
    while not events and seconds < 2 * ktap.PATIENCE:
        seconds += timed(lambda _: session.inject(bad), 3 * STORM)
        events = marker.events_before(watch)
    check(events, f"an event within {seconds:.2f} s")
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
    watch, elsewhere = Watch(lan.member), Watch(lan.outsider)
    session = Session(lan, family, suite=SUITE)
    session.inject(lan.key(suite=SUITE).protect(BASE, b"stranger"))
    watch.next("unknown key")
    other = lan.group(family)
    lan.outsider.mbsec.group_add(other)
    listener = lan.outsider.receiver(other)
    lan.member.transmitter(family).sendto(lan.key().protect(BASE, b""), (other.address, other.port))
    event = elsewhere.next("unknown key of the outsider")
    check(same_group(event, other), "its own event is the first")
    listener.close()


def counted(lan, family):
    """The statistics know how many events were sent."""
    lan.wire.expect_nothing()
    watch, marker = Watch(lan.member), Marker(lan, family)
    session = Session(lan, family, suite=SUITE)
    before = lan.member.mbsec.stats()
    for _ in range(30):
        session.inject(lan.key(suite=SUITE).protect(BASE, b"stranger"))
    session.dropped("unknown-key", 30)
    told = len(marker.events_before(watch)) + 1
    after = lan.member.mbsec.stats()
    equal(after["events-sent"] - before["events-sent"], told, "events sent")
    equal(after["events-lost"], before["events-lost"], "events lost")


def tracing(lan, family):
    """Tracepoints name key, counter and the reason of a drop, and nothing secret."""
    lan.wire.expect_plaintext()
    folder = next((path for path in TRACING if os.path.isdir(path + "/events/mbsec")), None)
    if folder is None:
        raise ktap.Skip("no tracepoints of mbsec")
    session = Session(lan, family, suite=SUITE, tx={"hard_packets": 2})
    write(folder + "/trace", "")
    write(folder + "/events/mbsec/enable", "1")
    try:
        session.exchange(pattern_payload(70, 1), pattern_payload(71, 2))
        session.inject(b"x")
        session.dropped("header")
        ktap.wait_for(lambda: lan.sender.mbsec.keys(session.group) == [], "the key ends")
    finally:
        write(folder + "/events/mbsec/enable", "0")
    with open(folder + "/trace") as trace:
        text = trace.read()
    kid = f"kid={session.key.kid:016x}"
    for point in ("mbsec_tx", "mbsec_rx"):
        check(f"{point}: {kid} counter={BASE + 1} size=71" in text, f"{point} in {text}")
    check(f"port={session.group.port} " in text and "reason=rx-drop-header" in text, "mbsec_drop")
    check(f"mbsec_key: {kid} role=tx event=hard-expire limit=packets" in text, "mbsec_key")
    for secret in (session.key.session.auth, session.key.session.salt, session.key.mtk):
        check(secret.hex()[:16] not in text, "no key in the trace")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for name, case in (("unknown key", unknown_key), ("rate of unknown keys", unknown_key_rate),
                       ("other namespace", other_namespace), ("events are counted", counted),
                       ("tracepoints", tracing)):
        plan.families(name, lambda family, case=case: case(lan, family))
    plan.families("auth-storm", lambda family: storm(
        lan, family, uapi.EVENT_TYPE_AUTH_STORM, auth_storm))
    plan.families("replay-storm", lambda family: storm(
        lan, family, uapi.EVENT_TYPE_REPLAY_STORM, replay_storm))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
