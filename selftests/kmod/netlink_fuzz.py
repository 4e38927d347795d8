#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random and damaged netlink messages, made from the tables of the specification.

Whatever is refused says why and changes nothing; nothing that the kernel says
ever has a key in it.
"""

import collections
import errno
import os
import struct
import sys
import time

import client
import ktap
import netns
import uapi
from ktap import check, equal
from netlink import (GENERIC_HEADER, NLA_F_NESTED, NLM_F_ACK, NLM_F_DUMP, NUMBERS, attribute,
                     split_attributes)

MESSAGES = int(os.environ.get("MBSEC_FUZZ_MESSAGES", "21000"))
BATCH = 16
# Every session key has it; no message of the kernel may.
SECRET = b"\xa5\x5aSECRET"
SRTP_GROUP = 0xEF0A0009

INTERESTING = {
    uapi.U16: (0, 1, 7, 0xff, 0x100, 0x101, 5000, 0x7fff, 0x8000, 0xffff),
    uapi.U32: (0, 1, 2, 3, 4, 7, 8, 63, 64, 65, 1024, 8192, 8193, 0x7fffffff, 0x80000000,
               0xf001, 0xf101, 0xf103, 0xffffffff),
    uapi.U64: (0, 1, 2, 100, (1 << 32) - 1, 1 << 32, (1 << 40) - 1, 1 << 40, 1 << 63,
               (1 << 64) - 1),
    uapi.BE32: (0, 0xEF0A0001, 0xEF0A0002, 0xE0000001, 0xEFFFFFFF, 0x0A000001, 0x7F000001,
                0xFFFFFFFF),
}
ADDRESSES_V6 = (bytes(16), bytes.fromhex("ff15" + "00" * 13 + "01"), b"\xff" * 16,
                bytes.fromhex("fe80" + "00" * 13 + "01"), b"\0" * 10 + b"\xff\xff\xef\x0a\0\1")
REQUESTS = [number for number in range(uapi.CMD_GROUP_ADD, uapi.CMD_SENDER_DEL + 1)
            if number not in (uapi.CMD_GROUP_GET, uapi.CMD_KEY_GET, uapi.CMD_EVENT)]


class Generator:
    """Messages; each is the command and the octets after the generic header."""

    def __init__(self, random):
        self.random = random
        self.sound = 0.04       # share of messages that are left as they are

    def key_octets(self, length):
        return (SECRET + self.random.randbytes(64))[:length]

    def value(self, name, kind):
        """Octets for an attribute of the kind, sometimes sensible."""
        random = self.random
        if kind in NUMBERS:
            size = NUMBERS[kind].size
            number = random.choice(INTERESTING[kind]) if random.random() < 0.8 else (
                random.getrandbits(8 * size))
            return NUMBERS[kind].pack(number)
        if kind in (uapi.FLAG, uapi.PAD):
            return b""
        if kind == uapi.STRING:
            return b"text\0"
        if name.endswith("-v6"):
            return random.choice(ADDRESSES_V6)
        return self.key_octets(kind)

    def known_group(self):
        """Attributes of a group that may exist: a small universe."""
        random = self.random
        attributes = [("address-v4", struct.pack(">I", 0xEF0A0000 + random.randrange(1, 4)))]
        if random.random() < 0.7:
            attributes.append(("port", struct.pack("=H", random.choice((0, 5000, 5001)))))
        if random.random() < 0.25:
            attributes.append(("source-v4", struct.pack(">I", 0x0A000001)))
        return attributes

    def srtp_group(self):
        """One that packets of SRTP are of, whatever they look like."""
        random = self.random
        attributes = [("address-v4", struct.pack(">I", SRTP_GROUP)),
                      ("format", struct.pack("=I", uapi.FORMAT_SRTP))]
        for name, form, values in (("suite", "=I", (0xf101, 0xf102, 0xf103, 0xf104)),
                                   ("roc-mode", "=I", (1, 2, 3)), ("roc-rate", "=H", (1, 2, 20000)),
                                   ("allow-no-integrity", "", ()), ("no-mki", "", ())):
            if random.random() < 0.3:
                attributes.append((name, struct.pack(form, random.choice(values)) if form else b""))
        return attributes

    def srtp_key(self, command):
        random = self.random
        attributes = [("msk-id", struct.pack("=I", random.randrange(2))),
                      ("mtk-id", struct.pack("=H", random.randrange(2)))]
        if command == uapi.CMD_KEY_ADD:
            attributes.append(("role", struct.pack("=I", random.choice((1, 2)))))
            for prefix in ("", "rtcp-"):
                attributes += [(prefix + "cipher-key", self.key_octets(16)),
                               (prefix + "auth-key", self.key_octets(20)),
                               (prefix + "salt", self.key_octets(14))]
        return attributes

    def sender(self, command):
        random = self.random
        attributes = [("ssrc", struct.pack("=I", random.randrange(4)))]
        if random.random() < 0.5:
            attributes.append(("role", struct.pack("=I", random.choice((1, 2)))))
        if command == uapi.CMD_SENDER_ADD:
            attributes.append(("roc", struct.pack("=I", random.choice((0, 7, 0xffffffff)))))
        return attributes

    def of_srtp(self, command):
        group = self.srtp_group()
        nests = {"group": group if command == uapi.CMD_GROUP_ADD else group[:1]}
        if command in (uapi.CMD_KEY_ADD, uapi.CMD_KEY_ACTIVATE, uapi.CMD_KEY_DEL):
            nests["key"] = self.srtp_key(command)
        elif command in (uapi.CMD_SENDER_ADD, uapi.CMD_SENDER_DEL):
            nests["sender"] = self.sender(command)
        return nests

    def known_key(self, command):
        random = self.random
        attributes = [("msk-id", struct.pack("=I", random.randrange(2))),
                      ("mtk-id", struct.pack("=H", random.randrange(2))),
                      ("sender-id", struct.pack("=H", 0x100 + random.randrange(2)))]
        if command == uapi.CMD_KEY_ADD:
            role = random.choice((uapi.ROLE_TX, uapi.ROLE_RX))
            attributes += [("role", struct.pack("=I", role)),
                           ("cipher-key", self.key_octets(16)),
                           ("auth-key", self.key_octets(32)), ("salt", self.key_octets(12))]
            if role == uapi.ROLE_TX and random.random() < 0.5:
                attributes.append(("activate", b""))
        return attributes

    def sensible(self, command):
        """A request that may well be taken: {set: [(name, octets)]}."""
        if command in (uapi.CMD_FLUSH, uapi.CMD_STATS_GET):
            return {}
        if command >= uapi.CMD_SENDER_ADD or self.random.random() < 0.2:
            return self.of_srtp(command)
        nests = {"group": self.known_group()}
        if command in (uapi.CMD_KEY_ADD, uapi.CMD_KEY_ACTIVATE, uapi.CMD_KEY_DEL):
            nests["key"] = self.known_key(command)
        return nests

    def random_nests(self):
        nests = {}
        for table in self.random.sample(list(uapi.SETS["message"]), self.random.randrange(4)):
            members = uapi.SETS[table]
            names = self.random.choices(list(members), k=self.random.randrange(12))
            nests[table] = [(name, self.value(name, members[name][1])) for name in names]
        return nests

    def spoil(self, nests):
        """One change to the attributes of a request."""
        random = self.random
        table = random.choice(list(nests)) if nests else "group"
        attributes = nests.setdefault(table, [])
        members = uapi.SETS[table]
        choice = random.randrange(6)
        if attributes and choice == 0:
            attributes.pop(random.randrange(len(attributes)))
        elif attributes and choice == 1:
            attributes.append(random.choice(attributes))
        elif attributes and choice == 2:
            place = random.randrange(len(attributes))
            name, octets = attributes[place]
            attributes[place] = (name, octets[:-1] if random.random() < 0.5
                                 else octets + random.randbytes(random.choice((1, 4, 200))))
        elif choice == 3:
            attributes.append((random.choice((0, 26, 63, 64, 200, 0x3fff)), random.randbytes(4)))
        elif choice == 4:
            nests.pop(table)
        else:
            name = random.choice(list(members))
            attributes.append((name, self.value(name, members[name][1])))

    def encode(self, nests):
        random = self.random
        output = b""
        for table, attributes in nests.items():
            body = b"".join(attribute(name if isinstance(name, int) else uapi.SETS[table][name][0],
                                      octets) for name, octets in attributes)
            number = uapi.SETS["message"][table][0]
            flag = NLA_F_NESTED if random.random() < 0.97 else random.choice((0, 0x4000, 0xC000))
            output += attribute(number | flag, body)
        return output

    def damage(self, octets):
        """Octets that are no list of attributes any more, perhaps."""
        random = self.random
        octets = bytearray(octets)
        choice = random.randrange(4)
        if octets and choice == 0:
            for _ in range(random.randrange(1, 6)):
                octets[random.randrange(len(octets))] ^= 1 << random.randrange(8)
        elif octets and choice == 1:
            del octets[random.randrange(len(octets)):]
        elif choice == 2:
            octets += random.randbytes(random.randrange(60))
        else:
            place = random.randrange(len(octets) + 1)
            octets[place:place] = random.randbytes(random.choice((1, 2, 4, 8, 1000)))
        return bytes(octets)

    def message(self):
        random = self.random
        if random.random() < 0.02:
            return random.choice((0, 10, 11, 77, 255)), random.randbytes(random.randrange(40))
        command = random.choice(REQUESTS)
        if command == uapi.CMD_FLUSH and random.random() < 0.9:
            command = uapi.CMD_KEY_ADD
        choice = random.random()
        if choice < 0.03:
            return command, random.randbytes(random.randrange(300))
        if random.random() < self.sound:
            return command, self.encode(self.sensible(command))
        nests = self.random_nests() if choice < 0.2 else self.sensible(command)
        for _ in range(random.randrange(1, 3)):
            self.spoil(nests)
        octets = self.encode(nests)
        return command, self.damage(octets) if random.random() < 0.2 else octets


class Target:
    """A namespace that is fuzzed; its state as the dumps show it."""

    def __init__(self):
        self.namespace = netns.Namespace("mbsec-fuzz")
        with self.namespace:
            self.client, self.events = client.Client(), client.Client()
        self.events.netlink.subscribe()
        self.client.netlink.recording = self.events.netlink.recording = True
        self.tally = collections.Counter()

    def close(self):
        self.client.close()
        self.events.close()
        self.namespace.close()

    def raw_state(self):
        return (self.client.netlink.dump_raw(uapi.CMD_GROUP_GET),
                self.client.netlink.dump_raw(uapi.CMD_KEY_GET),
                self.client.netlink.dump_raw(uapi.CMD_SENDER_GET))

    def same_state(self, before, after):
        """Equal but for the age of the keys."""
        if before == after:
            return True
        return before[0] == after[0] and before[2] == after[2] and (
            without_age(before[1]) == without_age(after[1]))

    def send(self, messages):
        """Error numbers and sentences, in order."""
        kernel = self.client.netlink
        first = kernel.sequence + 1
        kernel.socket.send(b"".join(
            kernel.message(kernel.family, GENERIC_HEADER.pack(command, uapi.VERSION, 0) + octets,
                           NLM_F_ACK | flags) for command, octets, flags in messages))
        return kernel.acknowledgements(range(first, kernel.sequence + 1))

    def no_secret(self):
        for source in (self.client.netlink, self.events.netlink):
            for data in source.received:
                check(SECRET not in data, f"a key in a message of the kernel: {data.hex()}")
            source.received.clear()


def without_age(messages):
    return [client.netlink.decode("message", message[4:])["key"] | {"age-seconds": 0}
            for message in messages]


def known_command(command):
    return command in REQUESTS


def fuzz(target, random, count):
    generator = Generator(random)
    before = target.raw_state()
    while target.tally["messages"] < count:
        # Some batches change a lot, in the others most have only bad messages.
        generator.sound = random.choice((0.005, 0.005, 0.5))
        messages = [generator.message() + (0,) for _ in range(BATCH)]
        answers = target.send(messages)
        for (command, octets, _), answer in zip(messages, answers):
            target.tally["messages"] += 1
            target.tally[errno.errorcode[answer.errno] if answer else "taken"] += 1
            if answer and known_command(command):
                check(answer.message, f"no sentence: command {command}, errno {answer.errno}, "
                      f"attributes {octets.hex()}")
        after = target.raw_state()
        if all(answers):
            check(target.same_state(before, after), "refused messages changed the state: "
                  + " ".join(f"{command}:{octets.hex()}" for command, octets, _ in messages))
            target.tally["batches compared"] += 1
            target.tally["batches with senders"] += bool(after[2])
        before = after
        target.no_secret()


def all_kinds(target, random):
    started = time.monotonic()
    fuzz(target, random, MESSAGES)
    seconds = time.monotonic() - started
    ktap.diagnostic(f"{target.tally['messages']} messages in {seconds:.1f} s: "
                    f"{dict(target.tally)}")
    for name in ("taken", "EINVAL", "ERANGE", "EEXIST", "ENOENT", "ENOKEY", "ENOTSUP",
                 "EKEYREJECTED"):
        check(target.tally[name], f"the messages reach {name}")
    check(target.tally["batches compared"] > MESSAGES // BATCH // 10, "enough batches compared")
    check(target.tally["batches with senders"], "senders of SRTP are among what is compared")


def dumps(target, random):
    """Requests to dump with attributes, and dumps of commands that only do."""
    generator = Generator(random)
    for _ in range(150):
        command, octets = generator.message()
        kernel = target.client.netlink
        payload = GENERIC_HEADER.pack(command, uapi.VERSION, 0) + octets
        try:
            kernel.exchange(kernel.family, payload, NLM_F_DUMP | NLM_F_ACK)
        except client.netlink.NetlinkError as failure:
            check(failure.errno in (errno.EOPNOTSUPP, errno.EINVAL), f"errno {failure.errno}")
    target.no_secret()


def headers(target, random):
    """The generic header cut short, versions, and messages without family payload."""
    kernel = target.client.netlink
    for payload in (b"", b"\1", b"\1\1\0", b"\1\0\0\0", b"\4\xff\0\0", b"\1\1\xff\xff"):
        kernel.socket.send(kernel.message(kernel.family, payload, NLM_F_ACK))
        answer = kernel.acknowledgements([kernel.sequence])[0]
        check(answer, f"payload {payload.hex()} is taken")
    kernel.socket.send(random.randbytes(64))
    kernel.socket.send(kernel.message(kernel.family, bytes(65000), NLM_F_ACK))
    check(kernel.acknowledgements([kernel.sequence])[0], "a huge message is taken")


def two_at_once(target, random):
    """Two processes on the same objects; the state is whole afterwards."""
    child = os.fork()
    if not child:
        status = 1
        try:
            os.sched_setaffinity(0, range(os.cpu_count()))
            netns.setns(target.namespace.descriptor)
            target.client = client.Client()
            random.seed(random.getrandbits(32) ^ 1)
            generator = Generator(random)
            generator.sound = 0.5
            for _ in range(150):
                target.send([generator.message() + (0,) for _ in range(BATCH)])
            status = 0
        finally:
            os._exit(status)
    generator = Generator(random)
    interrupted = 0
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        target.send([generator.message() + (0,) for _ in range(BATCH)])
        try:
            for message in target.client.netlink.dump_raw(uapi.CMD_KEY_GET):
                split_attributes(message[4:])
        except client.netlink.InterruptedDump:
            interrupted += 1
    ktap.diagnostic(f"{interrupted} dumps were interrupted")
    target.client.flush()
    equal((target.client.groups(), target.client.keys()), ([], []), "state after flush")
    equal([target.client.stats()[name] for name in ("groups", "keys")], [0, 0], "numbers")
    target.no_secret()


def events_clean(target):
    """Nothing in the events either; there is no traffic, so only expiries."""
    for _ in target.events.netlink.events(0.1):
        pass
    target.no_secret()


def build(plan):
    random = ktap.seeded_random()
    target = Target()
    plan.add(f"{MESSAGES} messages", all_kinds, target, random)
    plan.add("dumps", dumps, target, random)
    plan.add("headers", headers, target, random)
    plan.add("two processes", two_at_once, target, random)
    plan.add("events", events_clean, target)
    return target


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
