# SPDX-License-Identifier: GPL-2.0-or-later
"""Daemons on the loopback interface: one with the BM-SC and all that it needs, one with the UEs."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
PROGRAM = os.environ.get("MBSECD", os.path.join(TOP, "build/mbsecd"))

BSF, BMSC = "bsf.mnc001.mcc001.pub.3gppnetwork.org", "bmsc.example.org"
SERVICE = "urn:example:bench"
IMSI = "001010000000001"
# Of the test algorithm set of TS 35.207.
KEYS = {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"}
TICKS = os.sysconf("SC_CLK_TCK")

# For what ought to take a moment, and for commands about all UEs.
PATIENCE = 30
LONG = 1800


class Refused(Exception):
    """The daemon's problem object."""


def wait_for(condition, what, seconds=PATIENCE, pause=0.01):
    """The condition's value as soon as it is true."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)
    return value


def free_ports(count):
    """Ports of UDP and TCP that nobody uses at the moment, and that the system gives to nobody who
    does not name one."""
    ports = []
    for port in random.sample(range(10000, 32768), 1000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError("there are not enough free ports")


def dashed(members):
    return {name.replace("_", "-"): value for name, value in members.items()}


class Usage:
    """What a process has used of the processors, in seconds."""

    def __init__(self, user=0.0, system=0.0):
        self.user, self.system = user, system

    def __sub__(self, other):
        return Usage(self.user - other.user, self.system - other.system)

    @classmethod
    def of(cls, pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return cls(int(fields[11]) / TICKS, int(fields[12]) / TICKS)


class Daemon:
    """An mbsecd with a configuration (YAML, which JSON is a part of)."""

    def __init__(self, folder, name, secure_memory, sections):
        self.name, self.folder = name, folder
        self.socket = os.path.join(folder, name + ".sock")
        self.log = os.path.join(folder, name + ".log")
        self.config = os.path.join(folder, name + ".yaml")
        self.child = None
        key = os.path.join(folder, name + ".kek")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")
        self.common = {"control-socket": self.socket, "key-file": key, "log-level": "warning",
                       "database": os.path.join(folder, name + ".sqlite"),
                       "secure-memory": str(secure_memory)}
        self.sections = sections
        self.write()

    def write(self):
        with open(self.config, "w", encoding="ascii") as file:
            json.dump({"daemon": self.common, "roles": list(self.sections)} | self.sections,
                      file, indent=1)

    def reload(self, section, **changes):
        """New values for keys that a running daemon takes over, with _ for - in the names."""
        self.sections[section] |= dashed(changes)
        # So that it says when it has them.
        self.common["log-level"] = "info"
        self.write()
        before = self.reloads()
        self.child.send_signal(signal.SIGHUP)
        wait_for(lambda: self.reloads() > before, f"new configuration of {self.name}")

    def reloads(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read().count("reloaded")

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen([PROGRAM, "-c", self.config], stdout=log, stderr=log)
        wait_for(self.is_ready, f"mbsecd for {self.name}")
        return self

    def is_ready(self):
        if self.child.poll() is not None:
            with open(self.log, encoding="utf-8") as log:
                raise RuntimeError(f"mbsecd for {self.name} has ended: {log.read()[-2000:]}")
        try:
            return self.command("status")
        except OSError:
            return None

    def lines(self, name, arguments, seconds):
        """What the daemon answers to a command, line by line."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(self.socket)
            line = {"version": 1, "id": 1, "command": name, "arguments": arguments}
            connection.sendall(json.dumps(line).encode() + b"\n")
            with connection.makefile("rb") as file:
                for line in file:
                    yield json.loads(line)

    def command(self, name, seconds=LONG, **arguments):
        """The result of a command; names of arguments have _ for -."""
        for answer in self.lines(name, dashed(arguments), seconds):
            if "problem" in answer:
                raise Refused(f"{name}: {answer['problem']['detail']}")
            if "result" in answer:
                return answer["result"]
        raise ConnectionError(f"{name}: {self.name} has closed the connection")

    def status(self, role):
        return self.command("status", role=role)[role]

    def usage(self):
        return Usage.of(self.child.pid)

    def memory(self):
        """Octets that the process has in memory."""
        with open(f"/proc/{self.child.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def locked(self):
        """Octets of the locked memory that keys take."""
        return self.command("status")["secure-memory-used"]

    def freeze(self):
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.child.send_signal(signal.SIGCONT)

    def end(self, number=signal.SIGTERM):
        if self.child:
            self.thaw()
            self.child.send_signal(number)
            self.child.wait(PATIENCE)
            self.child = None


# Times of the group's keys: a rekey follows a rekey, and not much else is sent.
TIMES = {"msk-lifetime": "1d", "msk-lead": "5m", "msk-overlap": "500ms", "mtk-lifetime": "1h",
         "mtk-lead": "200ms", "mtk-overlap": "200ms", "mtk-repeat": "10s"}


class Pair:
    """The two daemons, in a folder that goes away with them. MIKEY messages to UEs go to the port
    `relay` instead of theirs if there is one."""

    def __init__(self, count, relay=None, **bmsc):
        self.count = count
        self.folder = tempfile.mkdtemp(prefix="mbsec-bench-")
        bsf_port, bmsc_port, self.ue_port = free_ports(3)
        self.url = f"http://127.0.0.1:{bmsc_port}"
        self.core = Daemon(self.folder, "core", secure_memory(count), {
            "hss": {"network": "001-01"},
            "bsf": {"listen": f"127.0.0.1:{bsf_port}", "name": BSF, "nafs": [{"name": BMSC}]},
            "mbstf": {},
            "bmsc": {"listen": f"127.0.0.1:{bmsc_port}", "url": self.url, "fqdn": BMSC,
                     "key-domain": "001-01", "mikey-port": str(relay or self.ue_port)}
            | TIMES | dashed(bmsc)})
        self.ues = Daemon(self.folder, "ues", secure_memory(count), {
            "ue": {"bsf": f"http://127.0.0.1:{bsf_port}", "address": "127.0.0.1",
                   "mikey-port": str(self.ue_port), "install": "no"}})

    def __enter__(self):
        try:
            self.core.start()
            self.ues.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.ues.end()
        self.core.end()
        shutil.rmtree(self.folder)

    def subscribe(self):
        """All UEs have a USIM, the HSS knows them, and there is a service."""
        self.core.command("ue add", imsi=IMSI, count=self.count, **KEYS)
        self.ues.command("usim add", imsi=IMSI, count=self.count, mnc_digits=2, **KEYS)
        # Not the one of a benchmark beside this one: groups are everybody's.
        group = f"239.255.{random.randrange(256)}.{random.randrange(1, 255)}:5004"
        self.core.command("service add", service=SERVICE, group=group, open=True)

    def join(self):
        """All UEs join; how many are ready then."""
        joined = self.ues.command("service join", service=SERVICE, imsi=IMSI, count=self.count,
                                  bm_sc=BMSC, announcement=f"{self.url}/announcement/{SERVICE}")
        return joined["good"]

    def rekey(self, **arguments):
        """A new MSK for all."""
        return self.core.command("msk rotate", service=SERVICE, **arguments)

    def settle(self, seconds=LONG):
        """Nothing is on its way, and the group has one MSK."""
        wait_for(self.is_settled, "the end of a rekey", seconds)

    def is_settled(self):
        group = self.core.command("msk show", service=SERVICE)["key-groups"][0]
        return [msk["state"] for msk in group["msks"]] == ["in-use"] and \
            not group["waiting"] and not self.core.status("bmsc")["messages-outstanding"]


def secure_memory(count):
    """Octets of locked memory that the keys of so many UEs need, and some more."""
    return 16 << 20 if count < 16384 else 1024 * count
