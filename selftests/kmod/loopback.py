#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The looped-back copy, and payload memory that is not ours.

The copy that a local member reads shares its data with the datagram that is
still to leave, and a spliced payload with the page cache: decrypting the one
or encrypting the other in place would leak plaintext or destroy a file.
"""

import ctypes
import mmap
import os
import select
import socket
import sys
import tempfile

import ktap
import netns
import sframe_reference as sframe
from capture import pattern_payload
from ktap import check, equal
from topology import PORT, Lan, Session, nothing_left, receive_all

SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
LENGTHS = (0, 1, 100, 1400, 1448, 4000, 60000)


def local_and_remote(lan, family):
    """Two local members and a remote one, none of the local ones has a receive key."""
    session = Session(lan, family, loop=True)
    locals_ = [lan.sender.receiver(session.group) for _ in range(2)]
    payloads = [pattern_payload(length, length) for length in LENGTHS]
    session.exchange(*payloads)
    for local in locals_:
        receive_all(local, payloads)
    for datagram, payload in zip(lan.tap.wait_datagrams(len(payloads), PORT), payloads):
        equal(sframe.unprotect(session.key.session, datagram.payload), payload, "on the wire")
    equal(session.drops(lan.sender), {}, "drops of the sender")
    equal(lan.sender.mbsec.counters(session.group)["rx-packets"], len(payloads), "looped copies")


def burst(lan, family):
    """Many datagrams at once, so that copies and originals are in flight together."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    payloads = [pattern_payload(200 + number, number) for number in range(300)]
    for payload in payloads:
        session.send(payload)
    receive_all(session.receiver, payloads)
    receive_all(local, payloads)


def reflected(lan, family):
    """A transmit key opens the looped copy only, not what comes back from the wire."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    session.send(pattern_payload(100, 1))
    receive_all(local, [pattern_payload(100, 1)])
    caught = lan.tap.wait_datagrams(1, PORT)[0].payload
    session.inject(caught)
    fresh = session.key.protect(sframe.COUNTER_FIRST + 100, pattern_payload(100, 2))
    session.inject(fresh)
    ktap.wait_for(lambda: session.drops(lan.sender).get("rx-drop-unknown-key") == 2,
                  f"two drops: {session.drops(lan.sender)}")
    nothing_left(local)
    session.send(pattern_payload(100, 3))
    receive_all(local, [pattern_payload(100, 3)])


def with_receive_key(lan, family):
    """A host that holds the same key for both roles reads its copy once."""
    session = Session(lan, family, loop=True)
    lan.sender.mbsec.rx_add(session.group, session.key)
    local = lan.sender.receiver(session.group)
    payloads = [pattern_payload(100, number) for number in range(3)]
    session.exchange(*payloads)
    receive_all(local, payloads)


def no_loop(lan, family):
    """IP_MULTICAST_LOOP off: the local member hears nothing."""
    session = Session(lan, family, loop=False)
    local = lan.sender.receiver(session.group)
    session.exchange(pattern_payload(100, 1))
    nothing_left(local)


def receive_stream(listener, content):
    """The content, in as many datagrams as the kernel made of it: IPv6 of older
    kernels sends every page by itself."""
    received = b""
    while len(received) < len(content):
        received += listener.recv(1 << 17)
    check(received == content, "what is received is what was sent")
    nothing_left(listener)


def corked(lan, family):
    """A datagram that is written in parts."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    for parts in ((10, 20, 30), (1400, 100), (5000, 1, 3000), (1, 0)):
        content = [pattern_payload(length) for length in parts]
        for part in content[:-1]:
            session.transmitter.sendto(part, socket.MSG_MORE, session.target)
        session.send(content[-1])
        for listener in (session.receiver, local):
            receive_all(listener, [b"".join(content)])


def connect(session):
    session.transmitter.connect(session.target)
    return session.transmitter


def sendfile(lan, family, length):
    """The file is as it was, in the page cache and on the medium."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    content = pattern_payload(length, length)
    with tempfile.TemporaryFile(dir="/dev/shm") as source:
        source.write(content)
        source.flush()
        mapped = mmap.mmap(source.fileno(), 0, prot=mmap.PROT_READ)
        equal(os.sendfile(connect(session).fileno(), source.fileno(), 0, length), length, "sent")
        receive_stream(session.receiver, content)
        receive_stream(local, content)
        check(mapped[:] == content, "the mapped file is unchanged")
        source.seek(0)
        check(source.read() == content, "the file is unchanged")
        mapped.close()


def vmsplice(lan, family, length):
    """Pages that a process gave to a pipe stay as they were."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    content = pattern_payload(length, length)
    memory = mmap.mmap(-1, (length + 4095) // 4096 * 4096)
    memory[:length] = content
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))

    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    reader, writer = os.pipe()
    vector = Vector(address, length)
    given = netns.LIBC.vmsplice(writer, ctypes.byref(vector), ctypes.c_ulong(1), 0)
    equal(given, length, "octets given to the pipe")
    equal(os.splice(reader, connect(session).fileno(), length), length, "octets sent")
    receive_stream(session.receiver, content)
    receive_stream(local, content)
    check(memory[:length] == content, "the memory is unchanged")
    os.close(reader)
    os.close(writer)


def tee(lan, family):
    """Two pipes share the pages: sending one leaves the other as it was."""
    session = Session(lan, family, loop=True)
    content = pattern_payload(1400, 7)
    first, second = os.pipe(), os.pipe()
    os.write(first[1], content)
    copied = netns.LIBC.tee(first[0], second[1], ctypes.c_size_t(1400), 0)
    equal(copied, 1400, "octets in the second pipe")
    os.splice(first[0], connect(session).fileno(), 1400)
    receive_all(session.receiver, [content])
    equal(os.read(second[0], 1400), content, "the other pipe")
    for end in first + second:
        os.close(end)


def zerocopy(lan, family, length):
    """MSG_ZEROCOPY: the buffer of the application stays plaintext."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    sender = session.transmitter
    sender.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    content = pattern_payload(length, length)
    memory = mmap.mmap(-1, (length + 4095) // 4096 * 4096)
    memory[:length] = content
    for _ in range(3):
        sender.sendto(memoryview(memory)[:length], MSG_ZEROCOPY, session.target)
    receive_all(session.receiver, [content] * 3)
    receive_all(local, [content] * 3)
    check(memory[:length] == content, "the memory is unchanged")
    poll = select.poll()
    poll.register(sender, 0)
    done = 0
    while done < 3:
        check(poll.poll(1000 * ktap.PATIENCE), "completions arrive")
        report = sender.recvmsg(1, 512, socket.MSG_ERRQUEUE)[1][0][2]
        first, last = (int.from_bytes(report[at:at + 4], sys.byteorder) for at in (8, 12))
        done += last - first + 1


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    plan.families("local and remote members", lambda family: local_and_remote(lan, family))
    plan.families("burst", lambda family: burst(lan, family))
    plan.families("reflected by an outsider", lambda family: reflected(lan, family))
    plan.families("transmit and receive key", lambda family: with_receive_key(lan, family))
    plan.families("written in parts", lambda family: corked(lan, family))
    plan.families("no loop", lambda family: no_loop(lan, family))
    for length in (1400, 4096, 20000):
        plan.families(f"sendfile, {length} octets",
                      lambda family, length=length: sendfile(lan, family, length))
        plan.families(f"vmsplice, {length} octets",
                      lambda family, length=length: vmsplice(lan, family, length))
        plan.families(f"MSG_ZEROCOPY, {length} octets",
                      lambda family, length=length: zerocopy(lan, family, length))
    plan.families("tee", lambda family: tee(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
