# SPDX-License-Identifier: GPL-2.0-or-later
"""The frame of a scenario: its folder, its hosts, its steps, and what is checked after each."""

import base64
import os
import signal
import sys
import tempfile
import time
import traceback

import ktap
import netns
import traffic
from network import Network


class TimeIsOver(BaseException):
    """The runner ends us; not an Exception, so that no step takes it for its own."""


class Lab:
    """What a scenario works with. Steps run in order; after one that failed the others are not
    tried, as they build on it. Cases are independent of each other."""

    def __init__(self):
        self.folder = os.environ.get("E2E_OUT") or tempfile.mkdtemp(prefix="mbsec-e2e-")
        self.plan = ktap.Plan()
        self.plan.after += [self.check_kernel, self.check_processes, self.check_secrets]
        self.processes, self.workers, self.secrets = [], [], []
        self.broken = None
        self.tainted = netns.warnings()
        self.network = Network(self)

    # Steps

    def step(self, name, function, *args, **kwargs):
        self.plan.add(name, self.attempt, name, function, *args, **kwargs)

    def case(self, name, function, *args, **kwargs):
        self.plan.add(name, self.tell, function, *args, **kwargs)

    def attempt(self, name, function, *args, **kwargs):
        if self.broken:
            raise AssertionError(f"not tried after the failure of '{self.broken}'")
        self.broken = name
        self.tell(function, *args, **kwargs)
        self.broken = None

    def tell(self, function, *args, **kwargs):
        """What failed is seen together with what the programs said last."""
        try:
            function(*args, **kwargs)
        except Exception:
            for one in self.processes:
                ktap.diagnostic(f"the end of {one.name}.log:\n{one.tail()}")
            raise

    # What scenarios make

    def host(self, name, *aliases):
        return self.network.host(name, *aliases)

    def record(self, name="wire"):
        """A capture of the switch; see recorder.Recorder."""
        return self.kept(self.network.record(name))

    def stream(self, *args, **kwargs):
        return self.kept(traffic.Stream(*args, **kwargs))

    def listener(self, *args, **kwargs):
        return self.kept(traffic.Listener(*args, **kwargs))

    def kept(self, worker):
        self.workers.append(worker)
        return worker

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        """A file in the scenario's folder; its path."""
        path = self.path(name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "wb" if isinstance(text, bytes) else "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def filesystem(self, name, size="1M"):
        """A file system of its own, to be filled; its mount point."""
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        netns.run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path)
        return path

    @staticmethod
    def read_only(path, yes=True):
        """Make a filesystem() read-only, or writable again."""
        netns.run("mount", "-o", f"remount,{'ro' if yes else 'rw'}", path)

    @staticmethod
    def step_clock(seconds):
        """Set the machine's clock forward, or back; the runner sets it right afterwards."""
        time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)

    def module_remove(self):
        self.network.disconnect()
        ktap.wait_for(self.try_remove, "the module can be removed")

    @staticmethod
    def try_remove():
        netns.subprocess.run(["rmmod", "mbsec"], stderr=netns.subprocess.DEVNULL, check=False)
        return not netns.module_loaded()

    @staticmethod
    def module_insert():
        netns.module_insert()

    # What holds after each step

    def secret(self, octets):
        """A key that no log may show, in hex or in base64."""
        self.secrets.append(octets)
        return octets

    def check_kernel(self):
        ktap.equal(netns.warnings(), self.tainted, "the kernel's taint by warnings")

    def check_processes(self):
        for one in self.processes:
            one.check()

    def check_secrets(self):
        for one in self.processes:
            text = one.text().lower()
            for octets in self.secrets:
                # The last character of base64 depends on what follows the key.
                whole = octets[:len(octets) // 3 * 3]
                for shown in (octets.hex(), base64.b64encode(whole).decode().lower()):
                    ktap.check(shown not in text, f"{one.name}.log shows a secret")

    def finish(self):
        """All workers end and every daemon that still runs obeys a SIGTERM."""
        for worker in self.workers:
            worker.stop()
        for one in self.processes:
            if not one.over:
                one.stop()

    def close(self):
        for worker in self.workers:
            worker.ending.set()
        for one in self.processes:
            one.close()
        self.network.close()


def end(*_):
    raise TimeIsOver("the time is over")


def run(build):
    """The main program of a scenario: build(lab) makes the hosts and adds the steps."""
    signal.signal(signal.SIGTERM, end)
    netns.require_module()
    lab = Lab()
    try:
        build(lab)
        lab.plan.add("everything ends as it should", lab.tell, lab.finish)
        return lab.plan.run()
    except (Exception, TimeIsOver) as failure:
        ktap.diagnostic(traceback.format_exc())
        print(f"Bail out! {failure}")
        return ktap.FAIL
    finally:
        sys.stdout.flush()
        lab.close()
