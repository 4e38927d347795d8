#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""planted.py MODULE BUG...: a kernel that checks itself finds the bugs of the module.

Each is found by that which looks for the bugs of ours: selftests/vm/console-check in the kernel's
log, and selftests/kmod/sanitizers.py.
"""

import contextlib
import io
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CONSOLE_CHECK = os.path.join(HERE, "../console-check")
sys.path.insert(0, os.path.join(HERE, "../../kmod"))

import ktap  # noqa: E402
import netns  # noqa: E402
import sanitizers  # noqa: E402

# What the log says. After the last three lockdep looks no more.
COMPLAINTS = {
    "rcu": "suspicious RCU usage",
    "sleep": "sleeping function called from invalid context",
    "shift": "UBSAN: shift-out-of-bounds",
    "list": "list_del corruption",
    "timer": "ODEBUG: free active",
    "lock-order": "possible circular locking dependency",
    "overflow": "KASAN: slab-out-of-bounds",
    "use-after-free": "KASAN: use-after-free",
}


class Log:
    """The kernel's log from now on."""

    def __init__(self):
        self.log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.log, 0, os.SEEK_END)

    def lines(self):
        """What has come, as on the console: without the heads and tails of records."""
        found = []
        while True:
            try:
                record = os.read(self.log, 8192)
            except BlockingIOError:
                os.close(self.log)
                return found
            found.append(record.decode(errors="replace").split(";", 1)[1].split("\n", 1)[0])


def console_check(lines):
    """Its answer, None if it is content."""
    with tempfile.NamedTemporaryFile("w") as console:
        console.write("".join(line + "\n" for line in lines))
        console.flush()
        done = subprocess.run([CONSOLE_CHECK, console.name], capture_output=True, text=True,
                              check=False)
    return done.stdout if done.returncode else None


def plant(module, bug):
    """The log of it."""
    log = Log()
    netns.run("insmod", module, f"bug={bug}")
    netns.run("rmmod", "planted")
    return log.lines()


def complaint(module, bug):
    lines = plant(module, bug)
    answer = console_check(lines)
    ktap.check(answer, f"console-check finds nothing in {lines}")
    ktap.check(COMPLAINTS[bug] in answer, f"console-check finds something else: {answer}")


def lost(module, bug):
    """The leak is one of those that sanitizers.py counts, with the module gone."""
    ktap.equal(console_check(plant(module, bug)), None, "complaint of the log")
    sanitizers_fail(sanitizers.leaks, "objects are lost")
    forget()


def packet_lost(module, bug):
    """A packet counts whoever has lost it: this module is there, and is not ours."""
    netns.run("insmod", module, f"bug={bug}")
    sanitizers_fail(sanitizers.leaks, "objects are lost")
    netns.run("rmmod", "planted")
    forget()


def forget():
    """kmemleak tells of it no more."""
    with open(sanitizers.KMEMLEAK, "w") as control:
        control.write("clear")


def lockdep_off(module, bug):
    """After its first complaint."""
    complaint(module, bug)
    sanitizers_fail(sanitizers.lockdep_looks, "debug_locks")


def sanitizers_fail(function, text):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            function()
    except AssertionError as failure:
        ktap.check(text in str(failure), f"another failure: {failure}")
        return
    raise AssertionError(f"{function.__name__} of sanitizers.py does not fail")


def nothing(module):
    """What is found is not what is always there."""
    sanitizers.leaks()
    sanitizers.lockdep_looks()
    log = Log()
    netns.run("insmod", module, "bug=none", fails=True)
    ktap.equal(console_check(log.lines()), None, "complaint of the log")


CASES = {"leak": lost, "leak-packet": packet_lost, "lock-order": lockdep_off}


def main():
    module, *bugs = sys.argv[1:]
    plan = ktap.Plan()
    plan.add("no bug", nothing, module)
    for bug in bugs:
        plan.add(bug, CASES.get(bug, complaint), module, bug)
    return plan.run()


if __name__ == "__main__":
    sys.exit(main())
