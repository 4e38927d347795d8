#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation that loading the module makes fails once: it is loaded or it leaves nothing."""

import ctypes
import errno
import os
import sys

import client
import faults
import ktap
import netns
from client import Group
from ktap import check, equal

SYS_FINIT_MODULE = 313      # x86_64
# What its initialization answers for a cipher that cannot be allocated is not ENOMEM.
EXPECTED = (errno.ENOMEM, errno.ENOBUFS, errno.ENOENT)
# Less than this is the kernel's own work.
LEAST = 20


def load(descriptor, parameters=b""):
    if netns.LIBC.syscall(SYS_FINIT_MODULE, descriptor, parameters, 0):
        raise OSError(ctypes.get_errno(), "finit_module")


def allocations_before(failing, descriptor):
    """How many allocations the kernel makes until it looks at parameters: they are not ours."""
    failing.arm(faults.MANY)
    try:
        load(descriptor, b"history_max=many")
    except OSError as failure:
        equal(failure.errno, errno.EINVAL, "errno of a wrong parameter")
    return failing.left()


def module_loads(failing):
    path = netns.module_path()
    if not os.path.exists(path):
        raise ktap.Skip("the module is not a file")
    netns.module_remove()
    file = os.open(path, os.O_RDONLY)
    loaded = failed = 0
    try:
        first = faults.MANY - allocations_before(failing, file) + 1
        for _, failure in faults.each(failing, lambda: load(file), first=first):
            equal(netns.module_loaded(), failure is None, f"the module is there after {failure!r}")
            if failure is None:
                works()
                netns.module_remove()
                loaded += 1
            else:
                check(failure.errno in EXPECTED, f"errno: {failure!r}")
                failed += 1
    finally:
        os.close(file)
        if not netns.module_loaded():
            netns.module_insert()
    ktap.diagnostic(f"{failed} times it was not loaded, {loaded} times it was")
    check(failed > LEAST, "its initialization has failed")


def works():
    kernel = client.Client()
    kernel.group_add(Group("239.13.1.1", 5000))
    equal(len(kernel.groups()), 1, "groups")
    kernel.close()


def build(plan):
    failing = faults.Failing()
    plan.add("the module is loaded", module_loads, failing)


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
