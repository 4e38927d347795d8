# SPDX-License-Identifier: GPL-2.0-or-later
"""Taps that see the wire, and the proof that it carries no plaintext."""

import socket
import struct

import frames
import ktap

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
PACKET_OUTGOING = 4
ETH_FENCE = 0x88B5          # an ethertype for local experiments
RECEIVE_BUFFER = 64 << 20

# Every payload that the tests send on a protected group is made of it.
PATTERN = b"mbsec-plain-text"
PIECES = (PATTERN[:8], PATTERN[4:12], PATTERN[8:])


def pattern_payload(length, number=None):
    """A recognisable payload, with a number up front where there is room."""
    head = b"" if number is None or length < 8 else struct.pack(">Q", number)
    body = length - len(head)
    return head + (PATTERN * (body // 16 + 1))[:body]


def shows_plaintext(data):
    return any(piece in data for piece in PIECES)


class Tap:
    """An AF_PACKET socket on one interface; sees what comes in by it."""

    def __init__(self, namespace, device, outgoing=False):
        self.device, self.outgoing = device, outgoing
        with namespace:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        with namespace:
            self.socket.bind((device, ETH_P_ALL))
        self.socket.setblocking(False)
        self.frames = []
        self.fences = set()

    def close(self):
        self.socket.close()

    def drain(self):
        while True:
            try:
                frame, address = self.socket.recvfrom(1 << 17)
            except BlockingIOError:
                return
            if (address[2] == PACKET_OUTGOING) != self.outgoing:
                continue
            if frame[12:14] == struct.pack(">H", ETH_FENCE):
                self.fences.add(frame[14:30])
            else:
                self.frames.append(frame)

    def clear(self):
        self.drain()
        self.frames = []

    def reached(self, fence):
        self.drain()
        return fence in self.fences

    def lost(self):
        statistics = self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return struct.unpack("=II", statistics)[1]

    def datagrams(self, port=None):
        """UDP datagrams seen since the last clear(), whole."""
        self.drain()
        return [one for one in frames.datagrams(self.frames) if port in (None, one.dport)]

    def wait_datagrams(self, count, port=None, seconds=ktap.PATIENCE):
        """At least so many datagrams."""
        found = []

        def enough():
            found[:] = self.datagrams(port)
            return len(found) >= count
        ktap.wait_for(enough, f"{count} datagrams on the wire", seconds)
        return found

    def leaks(self):
        return [frame for frame in self.frames if shows_plaintext(frame)]


def multicast_udp(frame):
    """Whether the frame is, from its headers, multicast UDP or a fragment of it."""
    if frame[:3] == b"\x01\x00\x5e":
        return frame[23] == frames.UDP
    return frame[:2] == b"\x33\x33" and frame[20] in (
        frames.UDP, frames.FRAGMENT, frames.HOP_BY_HOP, frames.DESTINATION, frames.ROUTING)


class Wire:
    """All taps of a topology; checked after every case."""

    def __init__(self):
        self.links = []
        self.expected = self.quiet = self.flooded = False
        self.count = 0

    def link(self, namespace, device, taps):
        """Frames that leave the namespace by the device reach these taps."""
        with namespace:
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sender.bind((device, ETH_FENCE))
        self.links.append((sender, taps))

    @property
    def taps(self):
        return [tap for _, taps in self.links for tap in taps]

    def close(self):
        for sender, taps in self.links:
            for end in [sender] + taps:
                end.close()

    def expect_plaintext(self):
        """This case sends cleartext on purpose: the taps must then see it."""
        self.expected = True

    def expect_nothing(self):
        """This case may leave no UDP on the wire at all."""
        self.quiet = True

    def expect_flood(self):
        """This case sends more, in part as cleartext, than the taps can hold."""
        self.flooded = True

    def start(self):
        self.expected = self.quiet = self.flooded = False
        for tap in self.taps:
            tap.clear()
            tap.lost()

    def fence(self):
        """Everything sent until now has reached the taps when this returns."""
        self.count += 1
        for number, (sender, taps) in enumerate(self.links):
            mark = struct.pack(">QQ", self.count, number)
            header = b"\xff" * 6 + b"\x02\x00\x00\x00\x00\x66" + struct.pack(">H", ETH_FENCE)
            sender.send(header + mark + bytes(32))
            for tap in taps:
                ktap.wait_for(lambda tap=tap, mark=mark: tap.outgoing or tap.reached(mark),
                              f"fence reaches tap {tap.device}")
                tap.drain()

    def verify(self):
        """No plaintext anywhere, nothing missed, and something was there to look at."""
        if self.flooded:
            return
        self.fence()
        leaks = [frame for tap in self.taps for frame in tap.leaks()]
        for tap in self.taps:
            ktap.equal(tap.lost(), 0, f"frames that tap {tap.device} missed")
        if self.expected:
            ktap.check(leaks, "the taps see the cleartext that this case sends")
            return
        ktap.check(not leaks, f"{len(leaks)} frames on the wire show plaintext, the first: "
                   + (leaks[0][:96].hex() if leaks else ""))
        seen = any(multicast_udp(frame) for tap in self.taps for frame in tap.frames)
        ktap.check(seen or self.quiet, "the taps saw protected datagrams")
