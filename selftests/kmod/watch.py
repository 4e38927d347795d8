# SPDX-License-Identifier: GPL-2.0-or-later
"""A subscriber to the events of a host."""

import socket

import capture
import client
import ktap
import uapi
from ktap import equal


class Watch:
    """Hears what happens in the host's namespace from now on.

    It may be read long after; then the socket holds what a flood has caused. Would it hold it no
    more, next() fails with ENOBUFS: the events are part of what is tested.
    """

    def __init__(self, host):
        with host.namespace:
            self.client = client.Client()
        self.client.netlink.socket.setsockopt(socket.SOL_SOCKET, capture.SO_RCVBUFFORCE,
                                              capture.RECEIVE_BUFFER)
        self.client.netlink.subscribe()

    def next(self, what, seconds=ktap.PATIENCE):
        for event in self.client.netlink.events(seconds):
            return event
        raise AssertionError(f"no event: {what}")

    def expire(self, session, kind, limit, role):
        """The next event says that this key of the session has come to this limit."""
        event = self.next(f"type {kind}, limit {limit}")
        equal((event["event"]["type"], event["event"]["limit"]), (kind, limit), "event")
        named = {name: event["key"][name] for name in ("msk-id", "mtk-id", "sender-id", "role")}
        equal(named, session.key.identity() | {"role": role}, "key of the event")
        shown = {name: value for name, value in event["group"].items()
                 if name.startswith(("address", "port", "source"))}
        wanted = {name: value for name, value in session.group.attributes().items() if value}
        equal(shown, wanted, "group of the event")

    def nothing_else(self, session):
        """No event is under way: one that is caused now comes first."""
        session.inject(session.lan.key().protect(1, b"stranger"))
        equal(self.next("unknown key")["event"]["type"], uapi.EVENT_TYPE_UNKNOWN_KEY, "next event")
