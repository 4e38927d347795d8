# SPDX-License-Identifier: GPL-2.0-or-later
"""What iperf makes of it: with system calls, processes, and a sender that is as fast as it can."""

import os
import subprocess

from contenders import PORT
from ktap import wait_for

SIZE = 1400
# Every processor; measure binds itself to one.
PROCESSORS = os.sched_getaffinity(0)


def start(host, *arguments):
    command = ("ip", "netns", "exec", host.name, "iperf", "-u", "-p", str(PORT), "-l", str(SIZE),
               "-y", "C", *arguments)
    return subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            preexec_fn=lambda: os.sched_setaffinity(0, PROCESSORS))


def is_listening(host):
    with host, open("/proc/thread-self/net/udp", encoding="ascii") as sockets:
        return any(f":{PORT:04X} " in line.split(" rem")[0][:40] for line in sockets)


def datagrams_read(host):
    """By applications, since the namespace is there; the server's own report is lost with the last
    datagram, when its buffer is full."""
    with host, open("/proc/thread-self/net/snmp", encoding="ascii") as counters:
        names, values = (line.split() for line in counters if line.startswith("Udp: "))
    return int(values[names.index("InDatagrams")])


def run(contender, seconds):
    """Mbit/s of payload that were sent, and that the receiver read."""
    sender, member = contender.hosts["a"], contender.hosts["b"]
    before = datagrams_read(member)
    with start(member, "-s", "-B", contender.address) as server:
        try:
            wait_for(lambda: is_listening(member), "iperf listens")
            with start(sender, "-c", contender.address, "-b", "100G", "-T", "4",
                       "-t", str(seconds)) as client:
                report = client.stdout.readline().split(",")
        finally:
            server.kill()
    begin, end = map(float, report[6].split("-"))
    scale = 8e-6 / (end - begin)
    received = (datagrams_read(member) - before) * SIZE
    return {"sent": round(int(report[7]) * scale), "received": round(received * scale)}
