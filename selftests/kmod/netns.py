# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces, the module, and commands."""

import atexit
import ctypes
import os
import subprocess
import sys

import ktap

CLONE_NEWNET = 0x40000000
TAINT_DIE, TAINT_WARN = 1 << 7, 1 << 9
HERE = os.path.dirname(os.path.abspath(__file__))
LIBC = ctypes.CDLL(None, use_errno=True)
NAMESPACE_DEFAULTS = {
    "net/ipv6/conf/default/accept_dad": 0,
    "net/ipv6/conf/all/accept_dad": 0,
    "net/ipv6/conf/default/router_solicitations": 0,
    "net/ipv6/conf/default/keep_addr_on_down": 1,
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
}


def run(*command, stdin=None, fails=False):
    """Run a command and return what it prints; an unexpected status is an error."""
    done = subprocess.run(command, input=stdin, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if (done.returncode != 0) != fails:
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}: {done.stdout}")
    return done.stdout


def setns(descriptor):
    if LIBC.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Namespace:
    """A named network namespace; `with` runs the block inside it."""

    def __init__(self, name):
        self.name = name
        self.stack = []
        self.descriptor = None
        run("ip", "netns", "add", name)
        atexit.register(self.close)
        self.descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
        for path, value in NAMESPACE_DEFAULTS.items():
            self.sysctl(path, value)

    def __enter__(self):
        self.stack.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY))
        setns(self.descriptor)
        return self

    def __exit__(self, *_):
        previous = self.stack.pop()
        setns(previous)
        os.close(previous)

    def close(self):
        atexit.unregister(self.close)
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    def ip(self, commands):
        """One `ip` command a line."""
        run("ip", "-n", self.name, "-batch", "-", stdin=commands)

    def sysctl(self, path, value):
        with self, open("/proc/sys/" + path, "w") as control:
            control.write(str(value))

    def read_sysctl(self, path):
        with self, open("/proc/sys/" + path) as control:
            return control.read().strip()

    def nft(self, rules):
        run("ip", "netns", "exec", self.name, "nft", "-f", "-", stdin=rules)

    def command(self, *command, **options):
        return run("ip", "netns", "exec", self.name, *command, **options)


def module_loaded():
    return os.path.isdir("/sys/module/mbsec")


def module_path():
    """MBSEC_KO, else what the repository built for the running kernel."""
    path = os.environ.get("MBSEC_KO")
    return path or os.path.join(HERE, "../../build", os.uname().release, "mbsec.ko")


def module_insert():
    """Load the module with what it depends on; in a kernel tree modprobe does all."""
    for name in ("nf_defrag_ipv4", "nf_defrag_ipv6", "aesni_intel", "sha256_ssse3"):
        subprocess.run(["modprobe", "-q", name], check=False)
    if os.path.exists(module_path()):
        run("insmod", module_path())
    else:
        run("modprobe", "mbsec")


def module_remove():
    run("rmmod", "mbsec")


def module_fresh():
    """Make the module forget which keys it has seen, where it can be unloaded."""
    if module_loaded() and os.path.exists(module_path()):
        module_remove()
        module_insert()


def require_module():
    """Stop the program when the tests cannot run at all."""
    if os.geteuid() != 0:
        ktap.skip_all("needs root")
    if module_loaded():
        return
    try:
        module_insert()
    except AssertionError as failure:
        ktap.skip_all(f"module mbsec cannot be loaded: {failure}".replace("\n", " "))


def warnings():
    """Whether the kernel has oopsed or warned, as its taint flags say."""
    with open("/proc/sys/kernel/tainted") as flags:
        return int(flags.read()) & (TAINT_DIE | TAINT_WARN)


def run_plan(build):
    """The main program of a test: build(plan) adds the cases and returns what to close."""
    require_module()
    plan = ktap.Plan()
    before = warnings()
    plan.after.append(lambda: ktap.equal(warnings(), before, "the kernel's taint by warnings"))
    topology = build(plan)
    try:
        return plan.run()
    finally:
        sys.stdout.flush()
        if topology is not None:
            topology.close()
