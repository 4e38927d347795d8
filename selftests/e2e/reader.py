#!/usr/bin/python3 -BEsS
# SPDX-License-Identifier: GPL-2.0-or-later
"""An ordinary program that gets what iperf sends: reader.py GROUP PORT

It knows of no encryption. iperf numbers its datagrams and fills them with digits;
what has none is noise. At SIGUSR1 it prints how many datagrams were noise and the
numbers of the others, such as "noise 7 numbers 3-840 902-1200".
"""

import signal
import socket
import sys

DIGITS = b"0123456789"
# As much as a default kernel allows.
BUFFER = 212992


class Reader:
    """What has come so far: runs of numbers without a gap."""

    def __init__(self, group, port):
        self.noise, self.runs = 0, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.bind((group, port))
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                               socket.inet_aton(group) + socket.inet_aton("0.0.0.0"))

    def take(self, datagram):
        # The last one, when iperf ends, has a negative number.
        number = int.from_bytes(datagram[:4], "big", signed=True)
        if DIGITS not in datagram[-32:]:
            self.noise += 1
        elif self.runs and number == self.runs[-1][1] + 1:
            self.runs[-1][1] = number
        elif number > 0:
            self.runs.append([number, number])

    def report(self, *_):
        print("noise", self.noise, "numbers",
              *(f"{first}-{last}" for first, last in self.runs), flush=True)

    def read(self):
        signal.signal(signal.SIGUSR1, self.report)
        print("ready", flush=True)
        while True:
            self.take(self.socket.recv(1 << 16))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Reader(sys.argv[1], int(sys.argv[2])).read()
