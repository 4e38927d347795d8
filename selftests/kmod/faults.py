# SPDX-License-Identifier: GPL-2.0-or-later
"""Allocations of memory that fail when a test wants them to (CONFIG_FAILSLAB, FAIL_PAGE_ALLOC)."""

import errno
import itertools
import os

import ktap
from netlink import NetlinkError

DEBUG = "/sys/kernel/debug"
KINDS = ("failslab", "fail_page_alloc")
# More than any call that is tested here has.
MANY = 5000
SWEEPS = 5
NO_MEMORY = (errno.ENOMEM, errno.ENOBUFS)


def without_memory(failure):
    """The only reason to refuse what is right."""
    if failure is not None:
        ktap.check(failure.errno in NO_MEMORY, f"errno of a failed allocation: {failure!r}")


def set_option(kind, name, value):
    with open(f"{DEBUG}/{kind}/{name}", "w") as control:
        control.write(str(value))


def require():
    """The kernel can fail: else there is nothing to test."""
    missing = [kind for kind in KINDS if not os.path.isdir(f"{DEBUG}/{kind}")]
    if missing or not os.path.exists("/proc/thread-self/fail-nth"):
        ktap.skip_all(f"the kernel has no {' and '.join(missing) or 'fail-nth'}")
    for kind in KINDS:
        # A report of each failure would look like a complaint.
        for name, value in (("verbose", 0), ("probability", 0), ("times", -1),
                            ("ignore-gfp-wait", "N")):
            set_option(kind, name, value)
    set_option("fail_page_alloc", "ignore-gfp-highmem", "N")
    set_option("fail_page_alloc", "min-order", 0)


class Failing:
    """The allocation number N that a task, this one, makes from now on fails, and no other."""

    def __init__(self, control="/proc/thread-self/fail-nth"):
        self.control = os.open(control, os.O_RDWR)

    def arm(self, number):
        os.pwrite(self.control, b"%d" % number, 0)

    def left(self):
        """Disarm; how many allocations would have come before that one."""
        left = int(os.pread(self.control, 20, 0))
        os.pwrite(self.control, b"0", 0)
        return left

    def disarm(self):
        """Disarm; whether it came to that allocation."""
        return self.left() == 0

    def close(self):
        os.close(self.control)


class FailingThread(Failing):
    """The kernel's thread that receives from the first queue of a device."""

    def __init__(self, device):
        name = f"napi/{device}-"
        threads = {command(number): number for number in os.listdir("/proc") if number.isdigit()}
        first = min(int(one.removeprefix(name)) for one in threads if one.startswith(name))
        number = threads[f"{name}{first}"]
        # One CPU keeps packets in order, as in the topologies.
        os.sched_setaffinity(int(number), os.sched_getaffinity(0))
        self.folder = f"/proc/{number}/task/{number}"
        super().__init__(f"{self.folder}/fail-nth")

    def sleeps(self):
        with open(f"{self.folder}/stat") as line:
            return line.read().rpartition(")")[2].split()[0] == "S"

    def left(self):
        """It has done what there was to do."""
        ktap.wait_for(self.sleeps, "the thread has received all")
        return super().left()


def command(number):
    try:
        with open(f"/proc/{number}/comm") as name:
            return name.read().strip()
    except FileNotFoundError:
        return ""


def each(failing, call, prepare=lambda: (), first=1):
    """call(*prepare()) again and again, each time with the next allocation failing.

    Yields what prepare() returned and the error, or None, of the call: the caller looks at what
    that has left. The last call is one without a failure.
    """
    for number in itertools.count(first):
        ktap.check(number < MANY, "the call ends with all its allocations")
        prepared, failure = prepare(), None
        failing.arm(number)
        try:
            call(*prepared)
        except (OSError, NetlinkError) as error:
            failure = error
        finally:
            failed = failing.disarm()
        yield prepared, failure
        if not failed:
            ktap.equal(failure, None, "error of the call in which no allocation failed")
            ktap.check(number > first, "the call has allocations that can fail")
            ktap.diagnostic(f"{number - first} allocations failed, one at a time")
            return


def insist(sweep, what):
    """sweep() is true in the end: as the number of allocations varies one can be passed over."""
    ktap.check(any(sweep() for _ in range(SWEEPS)), f"in {SWEEPS} times: {what}")


class Scarce:
    """`with`: some of the allocations that cannot wait fail, in softirqs too."""

    def __init__(self, percent):
        self.percent = percent

    def __enter__(self):
        for kind in KINDS:
            set_option(kind, "ignore-gfp-wait", "Y")
            set_option(kind, "probability", self.percent)

    def __exit__(self, *_):
        for kind in KINDS:
            set_option(kind, "probability", 0)
            set_option(kind, "ignore-gfp-wait", "N")
