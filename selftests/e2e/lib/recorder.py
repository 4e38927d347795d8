# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture of a device, kept as a pcap file and looked at by tshark or frames.py."""

import select
import socket
import struct
import subprocess
import threading

import capture
import frames
import ktap

SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1
SO_TIMESTAMPNS = 35
PCAP_MAGIC_NANOSECONDS, LINKTYPE_ETHERNET = 0xA1B23C4D, 1
LONGEST = 1 << 17


class Recorder:
    """Records every frame that comes in by the device, from now until stop()."""

    def __init__(self, namespace, device, path):
        self.path, self.device = path, device
        self.frames = []
        self.lock = threading.Lock()
        with namespace:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            index = socket.if_nametoindex(device)
        self.socket.setsockopt(socket.SOL_SOCKET, capture.SO_RCVBUFFORCE, capture.RECEIVE_BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                               struct.pack("=iHH8x", index, PACKET_MR_PROMISC, 0))
        self.socket.bind((device, capture.ETH_P_ALL))
        self.socket.setblocking(False)
        self.file = open(path, "wb")
        self.file.write(struct.pack("=IHHiIII", PCAP_MAGIC_NANOSECONDS, 2, 4, 0, 0, LONGEST,
                                    LINKTYPE_ETHERNET))
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.ending.is_set():
            if select.select([self.socket], [], [], 0.2)[0]:
                self.drain()

    def drain(self):
        """Take what the socket holds."""
        with self.lock:
            while True:
                try:
                    frame, extra, _, address = self.socket.recvmsg(LONGEST, 64)
                except BlockingIOError:
                    break
                if address[2] == capture.PACKET_OUTGOING:
                    continue
                seconds, nanoseconds = struct.unpack("=qq", extra[0][2])
                self.file.write(struct.pack("=IIII", seconds & 0xFFFFFFFF, nanoseconds, len(frame),
                                            len(frame)) + frame)
                self.frames.append(frame)
            self.file.flush()

    def stop(self):
        """The end of the record; nothing may be missing in it."""
        if self.ending.is_set():
            return
        self.ending.set()
        self.thread.join()
        self.drain()
        lost = struct.unpack("=II", self.socket.getsockopt(SOL_PACKET, capture.PACKET_STATISTICS,
                                                           8))[1]
        self.socket.close()
        self.file.close()
        ktap.equal(lost, 0, f"frames that the record of {self.device} misses")

    def snapshot(self):
        """All frames until now."""
        if not self.ending.is_set():
            self.drain()
        return list(self.frames)

    def datagrams(self, port=None, address=None):
        """UDP datagrams until now, whole; see frames.Datagram."""
        return [one for one in frames.datagrams(self.snapshot())
                if port in (None, one.dport) and address in (None, one.destination)]

    def wait_datagrams(self, count, port=None, address=None, seconds=ktap.PATIENCE):
        """At least so many."""
        def enough():
            found = self.datagrams(port, address)
            return len(found) >= count and found
        return ktap.wait_for(enough, f"{count} datagrams in {self.path}", seconds)

    def shows(self, *texts):
        """How many frames contain one of the texts (bytes)."""
        return sum(any(text in frame for text in texts) for frame in self.snapshot())

    def tshark(self, display_filter, *fields, options=(), seconds=120):
        """The fields of the frames that pass the filter: a list of lists of text."""
        self.snapshot()
        command = ["tshark", "-n", "-r", self.path, "-Y", display_filter, *options]
        command += ["-T", "fields"] if fields else []
        for field in fields:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]
