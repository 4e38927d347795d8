# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel module of the benchmark: what it is asked and what it answers."""

import contextlib
import os
import re
import subprocess

import netns
from contenders import LIMITS

CONTROL = "/sys/kernel/debug/mbsec-bench/run"
# Whose code the contenders use; udev loads them on a machine that has one.
CIPHERS = ("aesni_intel", "ghash_clmulni_intel", "sha256_ssse3", "sha1_ssse3")
CIPHERS_UML = ("aesni-intel", "sha1-ssse3", "sha256-ssse3")


def load_ciphers():
    """Before any algorithm is asked for, as what was once found is kept."""
    folder = os.environ.get("UML_CRYPTO")
    if folder:
        for name in CIPHERS_UML:
            netns.run("insmod", os.path.join(folder, name + ".ko"))
        return
    for name in CIPHERS:
        subprocess.run(["modprobe", "-q", name], check=False)


@contextlib.contextmanager
def loaded(bench_module):
    """The modules are there; those that were not before go again."""
    load_ciphers()
    ours = not netns.module_loaded()
    if ours:
        netns.module_insert()
    try:
        netns.run("insmod", bench_module)
        try:
            if not os.path.exists(CONTROL):
                netns.run("mount", "-t", "debugfs", "debugfs", "/sys/kernel/debug")
            yield
        finally:
            netns.run("rmmod", "mbsec_bench")
    finally:
        if ours:
            netns.module_remove()


def crypto_drivers():
    """What the contenders got, of all that /proc/crypto has: templates and internal drivers."""
    with open("/proc/crypto", encoding="ascii") as crypto:
        text = crypto.read()
    wanted = re.compile(r"authenc|rfc3686|rfc4106|gcm|hmac\(sha(1|256)|^__ctr|^ctr\(")
    return sorted({name for name in re.findall(r"^driver\s*: (.*)$", text, re.M)
                   if wanted.search(name)})


def require_fast(drivers):
    """A processor that has AES must be seen to use it, or figures compare nothing."""
    with open("/proc/cpuinfo", encoding="ascii") as information:
        flags = re.search(r"^flags\s*:(.*)$", information.read(), re.M)
    if flags is None or "aes" not in flags[1].split():
        return
    slow = [name for name in drivers if not re.search(r"aesni|vaes", name)]
    if slow:
        raise AssertionError(f"slow cipher drivers: {', '.join(slow)}")


class Bench:
    """Runs of the module."""

    WARM_UP = 2  # batches that are sent and not timed

    def __init__(self):
        self.control = os.open(CONTROL, os.O_RDWR)
        self.drivers = {}

    def close(self):
        os.close(self.control)

    def ask(self, line):
        """The answer's lines."""
        os.write(self.control, line.encode())
        os.lseek(self.control, 0, os.SEEK_SET)
        answer = b""
        while chunk := os.read(self.control, 1 << 20):
            answer += chunk
        return answer.decode().splitlines()

    def flow(self, contender, size, segments=1, batch=32, rounds=20, apart=True):
        """Pairs of nanoseconds, of sending and receiving, for each batch."""
        hosts = contender.hosts
        lines = self.ask(f"flow {hosts['a'].descriptor} {hosts['b'].descriptor} "
                         f"{contender.address_hex()} {size} {segments} {batch} {rounds} "
                         f"{contender.sequence} {int(apart)}")
        contender.sequence += (rounds + self.WARM_UP) * batch * segments
        contender.sequence %= 1 << 16
        return [tuple(map(int, line.split())) for line in lines]

    def parallel(self, contender, size, lanes, batch=32, milliseconds=200, split=False):
        """Calls a second of all processors together."""
        hosts = contender.hosts
        lines = self.ask(f"parallel {hosts['a'].descriptor} {hosts['b'].descriptor} "
                         f"{contender.address_hex()} {size} 1 {batch} {lanes} {milliseconds} "
                         f"{int(split)}")
        rates = [int(calls) * 1e9 / int(time) for time, calls in map(str.split, lines)]
        return rates[-1] if split else sum(rates)

    def limit(self, name, size, segments=1, batch=32, rounds=20):
        """The same of cipher and MAC alone."""
        lines = self.ask(f"limit {LIMITS.index(name)} {size} {segments} {batch} {rounds}")
        self.drivers[name] = lines[0]
        return [tuple(map(int, line.split())) for line in lines[1:]]
