# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts on one switch, with names, programs, and links that can be bad."""

import os

import netns
import process
import recorder
import topology

DOMAIN_SWITCH = 250


class Host(topology.Host):
    """A network namespace with eth0 on the switch; 10.9.0.N and fd00:9:0::N."""

    def __init__(self, lab, name, number):
        super().__init__(name, number)
        self.lab = lab
        self.port = f"{name[:10]}-{number}"

    @property
    def address(self):
        return self.addresses[4]

    @property
    def address6(self):
        return self.addresses[6]

    def run(self, *command, status=0, stdin=None, environment=None, seconds=60):
        """Run a command to its end; see process.run()."""
        return process.run(self, command, self.lab.folder, status, stdin, environment, seconds)

    def start(self, name, *command, environment=None):
        """Start a program; its log is FOLDER/HOST-NAME.log. See process.Process."""
        started = process.Process(self, name, command, self.lab.folder, environment)
        self.lab.processes.append(started)
        return started

    def impair(self, what, direction="both"):
        """tc netem on what the host sends, receives, or both: "loss 20%", "duplicate 50%",
        "delay 50ms reorder 25%", "corrupt 5%". The change itself may lose a packet."""
        for namespace, device in self.ends(direction):
            netns.run("tc", "-n", namespace.name, "qdisc", "replace", "dev", device, "root",
                      "netem", *what.split())

    def repair(self, direction="both"):
        """The end of impair()."""
        for namespace, device in self.ends(direction):
            netns.run("tc", "-n", namespace.name, "qdisc", "delete", "dev", device, "root")

    def ends(self, direction):
        switch = self.lab.network.switch
        return [end for name, end in (("send", (self.namespace, "eth0")),
                                      ("receive", (switch.namespace, self.port)))
                if direction in (name, "both")]

    def unplug(self):
        """Nothing comes and goes, though the host's own link stays up."""
        self.lab.network.switch.namespace.ip(f"link set {self.port} nomaster\n")

    def plug(self):
        self.lab.network.switch.namespace.ip(f"link set {self.port} master br0\n")
        self.wait_ready()


class Network:
    """The switch, which floods multicast, and a file of names that all hosts share."""

    def __init__(self, lab):
        self.lab = lab
        self.hosts = {}
        self.switch = topology.Host("switch", DOMAIN_SWITCH)
        self.switch.namespace.ip("link add name br0 type bridge mcast_snooping 0 forward_delay 0\n"
                                 "link set br0 up\n")
        self.names = lab.write("hosts", "127.0.0.1 localhost\n::1 localhost\n")
        # The guest's, in the mount namespace of this scenario.
        netns.run("mount", "--bind", self.names, "/etc/hosts")

    def host(self, name, *aliases):
        """A new host, known by its name and these others."""
        host = Host(self.lab, name, len(self.hosts) + 1)
        self.hosts[name] = host
        self.switch.namespace.ip(
            f"link add name {host.port} mtu 1500 type veth peer name eth0 mtu 1500 "
            f"netns {host.namespace.name}\nlink set {host.port} master br0 up\n")
        host.configure()
        self.name(host, name, *aliases)
        host.wait_ready()
        return host

    def name(self, host, *names):
        """Names of a host in /etc/hosts, IPv4 only."""
        with open(self.names, "a", encoding="utf-8") as table:
            table.write(f"{host.address} {' '.join(names)}\n")

    def record(self, name="wire"):
        """Everything that passes the switch, into FOLDER/NAME.pcap, once a frame."""
        path = os.path.join(self.lab.folder, name + ".pcap")
        return recorder.Recorder(self.switch.namespace, "br0", path)

    def disconnect(self):
        for host in self.hosts.values():
            host.disconnect()

    def close(self):
        for host in [self.switch, *self.hosts.values()]:
            host.close()
