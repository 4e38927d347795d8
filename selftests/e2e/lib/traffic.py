# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbered datagrams to a group, and who has got which.

A Stream sends as long as it is not stopped; a Listener collects. Both are
ordinary sockets that know of no protection.
"""

import collections
import errno
import select
import struct
import threading

import capture
import ktap
from client import Group

HEADER = struct.Struct(">8sQ")
MAGIC = b"mbsec-e2"


class Worker:
    """A thread with an end."""

    def __init__(self):
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        raise NotImplementedError

    def stop(self):
        self.ending.set()
        self.thread.join()


class Stream(Worker):
    """Sends numbered datagrams to the group, so many a second."""

    def __init__(self, host, address, port, rate=100, length=200, loop=False):
        self.group = Group(address, port)
        self.socket = host.transmitter(self.group.family, loop=loop)
        self.rate, self.length = rate, length
        self.sent = []
        self.refused = collections.Counter()
        self.paused = threading.Event()
        super().__init__()

    def work(self):
        number = 0
        while not self.ending.wait(1 / self.rate):
            if not self.paused.is_set():
                self.send(number)
                number += 1

    def pause(self):
        """Nothing is sent until resume()."""
        self.paused.set()

    def resume(self):
        self.paused.clear()

    def send(self, number):
        body = capture.pattern_payload(self.length - HEADER.size)
        try:
            self.socket.sendto(HEADER.pack(MAGIC, number) + body,
                               (self.group.address, self.group.port))
            self.sent.append(number)
        except OSError as failure:
            self.refused[errno.errorcode[failure.errno]] += 1

    @property
    def last(self):
        """The number of the datagram that was sent last, or -1."""
        return self.sent[-1] if self.sent else -1

    def wait_more(self, count=20, seconds=ktap.PATIENCE):
        """So many more have been sent; the number of the last."""
        target = len(self.sent) + count
        ktap.wait_for(lambda: len(self.sent) >= target, f"{count} more datagrams sent", seconds)
        return self.last

    def stop(self):
        super().stop()
        self.socket.close()


class Listener(Worker):
    """A member of the group on a host: counts the numbers that it gets."""

    def __init__(self, host, address, port, source=None):
        self.name = host.name
        self.socket = host.receiver(Group(address, port), source=source)
        self.socket.setblocking(False)
        self.numbers = collections.Counter()
        self.noise = 0
        super().__init__()

    def work(self):
        while not self.ending.is_set():
            if select.select([self.socket], [], [], 0.2)[0]:
                self.drain()

    def drain(self):
        while True:
            try:
                data = self.socket.recv(1 << 17)
            except BlockingIOError:
                return
            if data[:8] == MAGIC and len(data) >= HEADER.size:
                self.numbers[HEADER.unpack_from(data)[1]] += 1
            else:
                self.noise += 1

    @property
    def last(self):
        """The highest number so far, or -1."""
        return max(list(self.numbers), default=-1)

    def wait_after(self, number, seconds=ktap.PATIENCE):
        """It has got one with a higher number; which."""
        ktap.wait_for(lambda: self.last > number, f"{self.name} gets a datagram after {number}",
                      seconds)
        return self.last

    def wait_number(self, number, seconds=ktap.PATIENCE):
        """It has got this one; those before it, on one path, have come too."""
        ktap.wait_for(lambda: number in self.numbers, f"{self.name} gets datagram {number}",
                      seconds)

    def missing(self, stream, first=0, last=None):
        """Which of those sent, from first to last, it has not got."""
        last = stream.last if last is None else last
        return [number for number in list(stream.sent)
                if first <= number <= last and number not in self.numbers]

    def got(self, first=0, last=float("inf")):
        """Which numbers in the range it has got."""
        return sorted(number for number in list(self.numbers) if first <= number <= last)

    def check_all(self, stream, first=0, last=None):
        """Each of those sent, once, and nothing unreadable."""
        last = stream.last if last is None else last
        sent = [number for number in stream.sent if first <= number <= last]
        self.wait_number(sent[-1])
        ktap.equal(self.missing(stream, first, last), [], f"datagrams that {self.name} misses")
        twice = [number for number in sent if self.numbers[number] > 1]
        ktap.equal(twice, [], f"datagrams that {self.name} has twice")
        ktap.equal(self.noise, 0, f"unreadable datagrams at {self.name}")
        return len(sent)

    def stop(self):
        super().stop()
        self.drain()
        self.socket.close()
