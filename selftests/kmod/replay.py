#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Replays, the window, and what a forgery must not change."""

import errno
import sys

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from client import Key
from ktap import check, equal
from netlink import NetlinkError
from topology import Lan, Session, nothing_left, receive_all

BASE = sframe.COUNTER_FIRST + 100000
# Integrity-only costs the reference least; the window does not know the suite.
SUITE = sframe.NULL_80


def body(counter):
    return b"counter %16d" % counter


def feed(session, counters):
    """Datagrams with these counters from the outsider."""
    for counter in counters:
        session.forge(counter, body(counter))


def expect(session, counters):
    receive_all(session.receiver, [body(counter) for counter in counters])


def from_the_wire(lan, family):
    """Frames caught at the outsider and sent again, at once and later."""
    session = Session(lan, family)
    payloads = [pattern_payload(200, number) for number in range(5)] + [pattern_payload(4000)]
    session.exchange(*payloads)
    lan.wire.fence()
    caught = list(lan.tap.frames)
    raw = lan.outsider.frame_socket()
    for _ in range(2):
        for frame in caught:
            raw.send(frame)
    session.dropped("replayed", 12)
    nothing_left(session.receiver)
    equal(lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)["replays"], 12, "replays")
    session.exchange(pattern_payload(100))


def window_edges(lan, family, window):
    """The last counter inside the window is taken, the first outside is not."""
    lan.wire.expect_nothing()
    session = Session(lan, family, suite=SUITE, rx={"window": window} if window else None)
    window = window or uapi.WINDOW_DEFAULT
    shown = lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)
    equal(shown["window"], window, "window as shown")
    top = BASE + window + 5
    feed(session, [top, top - window + 1])
    expect(session, [top, top - window + 1])
    feed(session, [top - window, top - window - 1, BASE - 100000])
    session.dropped("too-old", 3)
    feed(session, [top, top - window + 1])
    ktap.wait_for(lambda: session.drops() == {"rx-drop-too-old": 3, "rx-drop-replayed": 2},
                  "replays at both edges")
    feed(session, [top - 1, top + 1])
    expect(session, [top - 1, top + 1])
    feed(session, [top - window + 1, top - window + 2])
    expect(session, [top - window + 2])
    nothing_left(session.receiver)


def random_order(lan, family, window):
    """Against a model of the window: reordering, duplicates, and jumps."""
    lan.wire.expect_nothing()
    session = Session(lan, family, suite=SUITE, rx={"window": window})
    top, seen, expected, counter = 0, set(), [], BASE
    drops = {"rx-drop-too-old": 0, "rx-drop-replayed": 0}
    for _ in range(1200):
        counter += lan.random.choice((1, 1, 1, 2, 7, 64, window // 2, window - 1, window,
                                      window + 1))
        sent = counter - lan.random.choice((0, 0, 0, 1, 2, 63, 64, window // 2, window - 1, window,
                                            window + 64, 3 * window))
        feed(session, [sent])
        if sent + window <= top:
            drops["rx-drop-too-old"] += 1
        elif sent in seen:
            drops["rx-drop-replayed"] += 1
        else:
            expected.append(sent)
            seen.add(sent)
        top = max(top, sent) if sent in seen else top
        counter = max(BASE, min(counter, top + 2 * window))
    expect(session, expected)
    equal(session.drops(), {name: count for name, count in drops.items() if count}, "drops")


def large_jump(lan, family):
    """A jump over many windows forgets everything that is old, and nothing else."""
    lan.wire.expect_nothing()
    session = Session(lan, family, suite=SUITE, rx={"window": 64})
    feed(session, [BASE, BASE + 1, (1 << 39), (1 << 39) - 63, (1 << 39) - 64, BASE + 2])
    expect(session, [BASE, BASE + 1, (1 << 39), (1 << 39) - 63])
    session.dropped("too-old", 2)


def forgery(lan, family):
    """A forged tag moves nothing: not the window, not the counter, no sender appears."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    feed(session, [BASE])
    expect(session, [BASE])
    before = lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)
    for counter in (BASE + 1, BASE + 100000, (1 << 64) - 1, BASE - 1):
        forged = session.key.protect(counter, body(counter))
        session.inject(forged[:-1] + bytes([forged[-1] ^ 1]))
        session.inject(forged[:20] + bytes([forged[20] ^ 1]) + forged[21:])
        session.inject(forged[:-1])
        session.inject(forged + b"\0")
    session.dropped("auth-failed", 16)
    after = lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)
    equal(after["auth-failures"], 16, "forgeries of the key")
    equal(after | {"auth-failures": 0, "age-seconds": 0}, before | {"age-seconds": 0}, "the key")
    feed(session, [BASE + 1, BASE - 1])
    expect(session, [BASE + 1, BASE - 1])


def no_state(lan, family):
    """Unknown senders and keys leave no trace but a count."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    def state():
        keys = [key | {"age-seconds": 0} for key in lan.member.mbsec.keys(session.group)]
        return keys, lan.member.mbsec.stats()["keys"]
    before = state()
    for number in range(100):
        stranger = lan.key(sender_id=0x200 + number)
        session.inject(stranger.protect(BASE, b"stranger"))
    session.dropped("unknown-key", 100)
    equal(state(), before, "keys")
    equal(lan.member.mbsec.group(session.group)["group"]["senders"], 1, "senders")


def wrong_group(lan, family):
    """A ciphertext of one group is not one of another, whose key has another KID."""
    lan.wire.expect_nothing()
    session, other = Session(lan, family), Session(lan, family)
    other.inject(session.key.protect(BASE, b"of the first group"))
    other.dropped("unknown-key")
    same = Key(lan.random.randbytes(16), session.key.msk_id, session.key.mtk_id)
    lan.member.mbsec.rx_add(other.group, same)
    other.inject(session.key.protect(BASE, b"of the first group"))
    ktap.wait_for(lambda: other.drops().get("rx-drop-auth-failed") == 1, "one forgery")
    nothing_left(other.receiver)


def receive_key_again(lan, family):
    """A receive key that comes back goes on with its window."""
    session = Session(lan, family)
    session.exchange(pattern_payload(100, 1), pattern_payload(100, 2))
    lan.wire.fence()
    caught = list(lan.tap.frames)
    raw = lan.outsider.frame_socket()
    for again in ("deleted", "group deleted", "flushed"):
        if again == "deleted":
            lan.member.mbsec.key_del(session.group, session.key)
        else:
            (lan.member.mbsec.flush if again == "flushed"
             else lambda: lan.member.mbsec.group_del(session.group))()
            lan.member.mbsec.group_add(session.group)
        lan.member.mbsec.rx_add(session.group, session.key)
        for frame in caught:
            raw.send(frame)
        ktap.wait_for(lambda: sum(session.drops().values()) == 2, f"replays after {again}")
        nothing_left(session.receiver)
        session.exchange(pattern_payload(100, 3))


def refuse_transmit(host, group, key, what, **options):
    try:
        host.mbsec.tx_add(group, key, **options)
    except NetlinkError as failure:
        equal(failure.errno, errno.EKEYREJECTED, f"errno: {what}")
        check(failure.message, f"sentence: {what}")
        return
    raise AssertionError(f"transmit key is taken again: {what}")


def transmit_key_again(lan, family):
    """A transmit key has one life: no other identity, group, namespace or start helps."""
    lan.wire.expect_nothing()
    group, other, key = lan.group(family), lan.group(family), lan.key()
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(group)
        host.mbsec.group_add(other)
    lan.sender.mbsec.tx_add(group, key)
    refuse_transmit(lan.sender, other, key, "in another group")
    refuse_transmit(lan.member, group, key, "in another namespace")
    lan.sender.mbsec.key_del(group, key)
    refuse_transmit(lan.sender, group, key, "after deletion")
    refuse_transmit(lan.sender, group, key, "with a higher counter", counter_start=1 << 39)
    lan.sender.mbsec.flush()
    lan.sender.mbsec.group_add(group)
    refuse_transmit(lan.sender, group, key, "after flush")
    same_identity = Key(lan.random.randbytes(16), key.msk_id, key.mtk_id)
    refuse_transmit(lan.sender, group, same_identity, "the same identity with another MTK")


def session_key_again(lan, family):
    """Nor may session keys come back under another identity."""
    lan.wire.expect_nothing()
    for suite, kept in ((sframe.AES_CTR_80, ("cipher-key", "auth-key", "salt")),
                        (sframe.AES_CTR_80, ("cipher-key",)), (sframe.AES_CTR_80, ()),
                        (sframe.AES_GCM, ("cipher-key",)),
                        (sframe.NULL_80, ("auth-key",)), (sframe.NULL_80, ())):
        group, key, other = lan.group(family), lan.key(suite=suite), lan.key(suite=suite)
        lan.sender.mbsec.group_add(group, suite=suite)
        lan.sender.mbsec.tx_add(group, key)
        material = other.material() | {name: key.material()[name] for name in kept}
        values = other.identity() | {"role": uapi.ROLE_TX} | material
        request = {"group": group.attributes(), "key": values}
        try:
            lan.sender.mbsec.netlink.do(uapi.CMD_KEY_ADD, request)
        except NetlinkError as failure:
            equal((failure.errno, bool(kept)), (errno.EKEYREJECTED, True), f"with old {kept}")
        else:
            check(not kept, f"{kept} of suite {suite} is taken again")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    plan.families("frames of the wire sent again", lambda family: from_the_wire(lan, family))
    for window in (None, 64, 128, 1024, 8192):
        plan.add(f"edges of the window {window or 'by default'}",
                 lambda window=window: window_edges(lan, 4, window))
    for window in (64, 1024, 8192):
        plan.add(f"random order, window {window}",
                 lambda window=window: random_order(lan, 4, window))
    plan.add("large jump", lambda: large_jump(lan, 6))
    for name, case in (("forged tags", forgery), ("strangers leave no state", no_state),
                       ("another group", wrong_group), ("receive key again", receive_key_again),
                       ("transmit key again", transmit_key_again),
                       ("session key again", session_key_again)):
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
