# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces, the module, and commands."""

import atexit
import ctypes
import os
import subprocess
import sys

import ktap

CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x20000
MS_BIND, MS_REC, MS_SLAVE, MS_SHARED, MNT_DETACH = 0x1000, 0x4000, 0x80000, 0x100000, 2
NAMESPACES = "/run/netns"
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


def call(name, *args):
    """A function of the C library that sets errno."""
    if getattr(LIBC, name)(*args):
        raise OSError(ctypes.get_errno(), name)


def mount(source, target, kind, flags):
    call("mount", source.encode(), target.encode(), kind, flags, None)


def namespaces_shared():
    """As `ip netns` has it: who enters another mount namespace sees names come and go."""
    os.makedirs(NAMESPACES, exist_ok=True)
    try:
        mount("", NAMESPACES, None, MS_SHARED | MS_REC)
    except OSError:
        mount(NAMESPACES, NAMESPACES, None, MS_BIND | MS_REC)
        mount("", NAMESPACES, None, MS_SHARED | MS_REC)


class Namespace:
    """A named network namespace, as of `ip netns`; `with` runs the block inside it.

    Made and left without a command: where the processor is emulated a process costs most.
    """

    def __init__(self, name):
        self.name = name
        self.path = os.path.join(NAMESPACES, name)
        self.stack = []
        self.descriptor = self.nft_context = None
        namespaces_shared()
        with open(self.path, "x"):
            atexit.register(self.close)
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            call("unshare", CLONE_NEWNET)
            mount("/proc/thread-self/ns/net", self.path, None, MS_BIND)
        finally:
            setns(home)
            os.close(home)
        self.descriptor = os.open(self.path, os.O_RDONLY)
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
        if self.nft_context:
            self.nft_context.close()
            self.nft_context = None
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
        if os.path.exists(self.path):
            LIBC.umount2(self.path.encode(), MNT_DETACH)
            os.unlink(self.path)

    def ip(self, commands):
        """One `ip` command a line."""
        run("ip", "-n", self.name, "-batch", "-", stdin=commands)

    def sysctl(self, path, value):
        with self, open("/proc/sys/" + path, "w") as control:
            control.write(str(value))

    def read_sysctl(self, path):
        with self, open("/proc/sys/" + path) as control:
            return control.read().strip()

    def write_sysfs(self, path, value):
        """Its /sys shows the namespace that mounted it, so this takes a process."""
        child = os.fork()
        if not child:
            status = 1
            try:
                setns(self.descriptor)
                call("unshare", CLONE_NEWNS)
                mount("", "/", None, MS_SLAVE | MS_REC)
                mount("sysfs", "/sys", b"sysfs", 0)
                with open("/sys/" + path, "w") as control:
                    control.write(str(value))
                status = 0
            finally:
                os._exit(status)
        ktap.equal(os.waitpid(child, 0)[1], 0, f"status of writing {path}")

    def nft(self, rules):
        """Run rules; returns what they list."""
        if not self.nft_context:
            with self:
                self.nft_context = Nftables()
        return self.nft_context.run(rules)

    def command(self, *command, **options):
        with self:
            return run(*command, **options)


class Nftables:
    """The library below nft(8), in the namespace in which it is made."""

    def __init__(self):
        self.nftables = library = ctypes.CDLL("libnftables.so.1")
        library.nft_ctx_new.restype = ctypes.c_void_p
        for name in ("nft_ctx_get_output_buffer", "nft_ctx_get_error_buffer"):
            getattr(library, name).restype = ctypes.c_char_p
            getattr(library, name).argtypes = [ctypes.c_void_p]
        library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        for name in ("nft_ctx_buffer_output", "nft_ctx_buffer_error", "nft_ctx_free"):
            getattr(library, name).argtypes = [ctypes.c_void_p]
        self.context = library.nft_ctx_new(0)
        library.nft_ctx_buffer_output(self.context)
        library.nft_ctx_buffer_error(self.context)

    def run(self, rules):
        if self.nftables.nft_run_cmd_from_buffer(self.context, rules.encode()):
            error = self.nftables.nft_ctx_get_error_buffer(self.context).decode()
            raise AssertionError(f"nft: {error}")
        return self.nftables.nft_ctx_get_output_buffer(self.context).decode()

    def close(self):
        self.nftables.nft_ctx_free(self.context)


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
    module_reinsert()


def module_reinsert():
    """Load it where it was before."""
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
