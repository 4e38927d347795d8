# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands between the BM-SC and the UEs, passes their MIKEY messages on, and writes down which counter
each UE was sent. It parses them by itself (RFC 3830, 6)."""

import select
import socket
import struct
import threading

PSK, COUNTER = 0, 2
LAST, T, ID, SP, RAND, EXT = 0, 5, 6, 10, 11, 21


def payloads(message):
    """(type, octets behind the next payload's type) of all up to KEMAC or V."""
    kind, at = message[2], 10
    if message[9] == 0:
        at += 9 * message[8]
    while kind in (T, ID, SP, RAND, EXT):
        following, body = message[at], at + 1
        if kind == T:
            size = 1 + (4 if message[body] == COUNTER else 8)
        elif kind == RAND:
            size = 1 + message[body]
        elif kind == SP:
            size = 4 + struct.unpack_from("!H", message, body + 2)[0]
        else:
            size = 3 + struct.unpack_from("!H", message, body + 1)[0]
        yield kind, message[body:body + size]
        kind, at = following, body + size


class Relay(threading.Thread):
    """From its start until stop(); `to` is where the UEs are. `counters` has, for each B-TID, the
    counters in their order."""

    def __init__(self):
        super().__init__()
        self.north, self.south = self.open(), self.open()
        self.port = self.north.getsockname()[1]
        self.to = self.bmsc = None
        self.ending = threading.Event()
        self.counters = {}
        self.failure = None

    @staticmethod
    def open():
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        one.bind(("127.0.0.1", 0))
        return one

    def run(self):
        try:
            while not self.ending.is_set():
                for one in select.select([self.north, self.south], [], [], 0.1)[0]:
                    self.pass_on(one)
        except (OSError, ValueError, IndexError, struct.error) as failure:
            self.failure = failure

    def pass_on(self, one):
        message, source = one.recvfrom(65536)
        if one is self.north:
            # The answers go back to whom the UEs take for the BM-SC: this relay.
            self.bmsc = source
            self.note(message)
            self.south.sendto(message, self.to)
        else:
            self.north.sendto(message, self.bmsc)

    def note(self, message):
        counter, identities = None, []
        for kind, body in payloads(message):
            if kind == T:
                counter = struct.unpack_from("!I", body, 1)[0]
            elif kind == ID:
                identities.append(body[3:])
        if message[1] != PSK or len(identities) != 2:
            raise ValueError("a message to a UE that is not an initiator's, or without IDi and IDr")
        self.counters.setdefault(identities[1], []).append(counter)

    def stop(self):
        self.ending.set()
        self.join()
        self.north.close()
        self.south.close()
        if self.failure:
            raise self.failure
