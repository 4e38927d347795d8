#!/usr/bin/python3 -BEsS
# SPDX-License-Identifier: GPL-2.0-or-later
"""Attack a group with what was captured of it: forge.py INTERFACE CAPTURE

The packets carry the IP address of the sender.
"""

import os
import socket
import sys

import pcap

REPLAYED, ALTERED, INVENTED = 10, 20, 30
# The counter in the header of a datagram.
COUNTER, COUNTER_END = 9, 14
FLIPPED_BIT = 0x02


def with_payload(frame, payload):
    """The frame with another payload of the same length, without UDP checksum."""
    start = pcap.payload_offset(frame)
    return frame[:start - 2] + bytes(2) + payload + frame[start + len(payload):]


def replayed(captured):
    return [with_payload(frame, payload) for frame, payload in captured[-REPLAYED:]]


def altered(captured):
    """One flipped bit; in the counter, so that it looks like one of the future."""
    frames = []
    for frame, payload in captured[-ALTERED:]:
        changed = bytearray(payload)
        changed[COUNTER] ^= FLIPPED_BIT
        frames.append(with_payload(frame, bytes(changed)))
    return frames


def invented(captured):
    """The headers that the next datagrams will have, and noise behind them."""
    frame, payload = captured[-1]
    frames = []
    for ahead in range(1, INVENTED + 1):
        counter = int.from_bytes(payload[COUNTER:COUNTER_END], "big") + ahead
        noise = os.urandom(len(payload) - COUNTER_END)
        forged = payload[:COUNTER] + counter.to_bytes(COUNTER_END - COUNTER, "big") + noise
        frames.append(with_payload(frame, forged))
    return frames


def main(interface, capture):
    captured = pcap.datagrams(capture)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((interface, 0))
        own_address = link.getsockname()[4]
        for name, make in (("replayed: genuine ones, sent again as they are", replayed),
                           ("altered: genuine ones with one bit flipped", altered),
                           ("invented: the next counters, noise behind them", invented)):
            frames = make(captured)
            for frame in frames:
                link.send(frame[:6] + own_address + frame[12:])
            print(f"{len(frames)} {name}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
