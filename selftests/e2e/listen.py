#!/usr/bin/python3 -BEsS
# SPDX-License-Identifier: GPL-2.0-or-later
"""An ordinary program that knows of no encryption: listen.py GROUP PORT

Joins the group and prints each datagram that it gets as a line of text, with a
dot for what cannot be printed.
"""

import socket
import sys

PRINTABLE = bytes(octet if 32 <= octet < 127 else ord(".") for octet in range(256))


def main(group, port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((group, int(port)))
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton(group) + socket.inet_aton("0.0.0.0"))
    while True:
        text = listener.recv(1 << 16).removesuffix(b"\n").translate(PRINTABLE)
        print(text.decode("ascii"), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
