#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad SFrame headers: each is a drop under the right counter, and nothing else."""

import sys

import ktap
import netns
import sframe_reference as sframe
from client import Key
from ktap import equal
from topology import Lan, Session, nothing_left, receive_all

COUNTER = sframe.COUNTER_FIRST + 5
BODY = b"body of a datagram"


class Injector:
    """Counts what each injected datagram should be counted as."""

    def __init__(self, lan, family, **options):
        lan.wire.expect_nothing()
        self.session = Session(lan, family, **options)
        self.key = self.session.key
        self.expected = {}

    def drop(self, reason, data):
        self.session.inject(data)
        name = "rx-drop-" + reason
        self.expected[name] = self.expected.get(name, 0) + 1

    def verify(self):
        total = sum(self.expected.values())
        ktap.wait_for(lambda: sum(self.session.drops().values()) >= total,
                      f"{total} drops: {self.session.drops()}")
        equal(self.session.drops(), self.expected, "drops")
        nothing_left(self.session.receiver)
        self.session.forge(COUNTER + 1000, BODY)
        receive_all(self.session.receiver, [BODY])


def truncated(lan, family, suite):
    """Cut at every length."""
    test = Injector(lan, family, suite=suite)
    whole = test.key.protect(COUNTER, BODY)
    for length in range(len(whole)):
        if length < sframe.HEADER_LENGTH:
            test.drop("header", whole[:length])
        elif length < sframe.HEADER_LENGTH + sframe.TAG_LENGTH[suite]:
            test.drop("too-short", whole[:length])
        else:
            test.drop("auth-failed", whole[:length])
    test.verify()


def past_the_end(lan, family):
    """Every config octet, with fewer octets after it than it announces."""
    test = Injector(lan, family)
    for config in range(256):
        kid_length = (config >> 4 & 7) + 1 if config & 0x80 else 0
        ctr_length = (config & 7) + 1 if config & 8 else 0
        announced = kid_length + ctr_length
        for length in {0, kid_length - 1, announced - 1} & set(range(announced)):
            test.drop("header", bytes([config]) + b"\x77" * length)
    test.verify()


def every_config(lan, family):
    """Every config octet with a minimal KID and CTR: no such key is here."""
    test = Injector(lan, family)
    for config in range(256):
        kid_length = (config >> 4 & 7) + 1 if config & 0x80 else 0
        ctr_length = (config & 7) + 1 if config & 8 else 0
        header = bytes([config]) + b"\x77" * (kid_length + ctr_length)
        test.drop("unknown-key", header + bytes(40))
    test.verify()


def not_minimal(lan, family):
    """Longer encodings of the right KID and CTR, correctly authenticated over them."""
    test = Injector(lan, family)
    for ctr in (0, 7, 8, 0xff, 0x100, COUNTER, (1 << 56) - 1):
        minimal = max(1, (ctr.bit_length() + 7) // 8)
        for length in range(minimal + (ctr >= 8), 9):
            header = sframe.encode_header(test.key.kid, ctr, ctr_length=length)
            test.drop("header", test.key.protect(ctr, BODY, header=header))
    for kid in (0, 5, 7, 8, 0xff, 0xffff, (1 << 48) - 1):
        minimal = max(1, (kid.bit_length() + 7) // 8)
        for length in range(minimal + (kid >= 8), 9):
            header = sframe.encode_header(kid, COUNTER, kid_length=length)
            test.drop("header", test.key.protect(COUNTER, BODY, header=header))
    test.verify()


def short_identifiers(lan, family):
    """Key identifiers that other SFrame users have, down to three bits."""
    test = Injector(lan, family)
    for kid in (0, 1, 7, 8, 0x123, 0xffffffff, sframe.key_id(0xff, 1, 1),
                test.key.kid ^ 1, test.key.kid ^ 1 << 63):
        for ctr in (0, 7, COUNTER):
            keys = test.key.session
            test.drop("unknown-key", sframe.protect(keys, kid, ctr, BODY))
    test.verify()


def wrong_suite(lan, family):
    """The same MTK and identity, but keys and tag length of another suite."""
    test = Injector(lan, family)
    for suite in sframe.SUITES[1:]:
        other = Key(test.key.mtk, test.key.msk_id, test.key.mtk_id, suite=suite)
        test.drop("auth-failed", other.protect(COUNTER, BODY))
        if suite == sframe.NULL_80:
            continue
        # Not even with the right session keys: the tag covers its own length, and is not that
        # of another cipher.
        keys = sframe.SessionKeys(suite, *(getattr(test.key.session, name)
                                           for name in ("cipher", "auth", "salt")))
        test.drop("auth-failed", sframe.protect(keys, test.key.kid, COUNTER, BODY))
    metadata = sframe.protect(test.key.session, test.key.kid, COUNTER, BODY, b"metadata")
    test.drop("auth-failed", metadata)
    test.verify()


def no_plaintext(lan, family):
    """An authentic ciphertext of nothing is an empty datagram; a bare tag is not one."""
    test = Injector(lan, family)
    test.session.forge(COUNTER, b"")
    receive_all(test.session.receiver, [b""])
    empty = test.key.protect(COUNTER + 1, b"")
    test.drop("too-short", empty[:sframe.HEADER_LENGTH])
    test.drop("too-short", empty[:-1])
    test.drop("auth-failed", empty[:-1] + bytes([empty[-1] ^ 0x80]))
    test.drop("header", b"")
    test.verify()


def random_octets(lan, family):
    """Noise; the sum of the drops is what was sent."""
    test = Injector(lan, family)
    for _ in range(300):
        test.session.inject(lan.random.randbytes(lan.random.randrange(80)))
    ktap.wait_for(lambda: sum(test.session.drops().values()) == 300, "300 drops")
    ktap.check(set(test.session.drops()) <= {"rx-drop-header", "rx-drop-unknown-key"},
               f"reasons {test.session.drops()}")
    nothing_left(test.session.receiver)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for suite in sframe.SUITES:
        plan.add(f"cut at every length, suite {suite:#06x}",
                 lambda suite=suite: truncated(lan, 4, suite))
    plan.add("cut at every length, IPv6", lambda: truncated(lan, 6, 1))
    for name, case in (("lengths past the end", past_the_end), ("every config octet", every_config),
                       ("encodings that are not minimal", not_minimal),
                       ("short key identifiers", short_identifiers), ("wrong suite", wrong_suite),
                       ("empty plaintext", no_plaintext), ("random octets", random_octets)):
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
