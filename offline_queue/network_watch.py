"""Notices at once that a network may have come: listens to the kernel (rtnetlink(7)) instead of asking again and again.

Only headers of messages are read. A new link, address or route is a reason to try the line, not a proof that it works. Where
there is no netlink, everything goes on by the pauses of the sync.
"""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)

# linux/netlink.h: struct nlmsghdr is length (with header), type, flags, sequence, port; messages begin at multiples of 4.
_HEADER = struct.Struct("=IHHII")
_ALIGNED = 4
# linux/rtnetlink.h
_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
"""RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE."""
_RTM_NEWLINK, _RTM_NEWADDR, _RTM_NEWROUTE = 16, 20, 24
_APPEARANCES = frozenset({_RTM_NEWLINK, _RTM_NEWADDR, _RTM_NEWROUTE})
_KERNEL = 0
_MAX_DATAGRAM = 64 * 1024
_MAX_BURST = 64
"""Datagrams read before the clock is looked at again."""


def message_types(datagram: bytes) -> Iterator[int]:
    """Types of the messages in a datagram, up to the first that is not whole."""
    offset = 0
    while offset + _HEADER.size <= len(datagram):
        length, kind, _, _, _ = _HEADER.unpack_from(datagram, offset)
        if not _HEADER.size <= length <= len(datagram) - offset:
            return
        yield kind
        offset += (length + _ALIGNED - 1) // _ALIGNED * _ALIGNED


def tells_of_network(datagram: bytes) -> bool:
    """True when a link, an address or a route has appeared or changed."""
    return any(kind in _APPEARANCES for kind in message_types(datagram))


class Settling:
    """When to pass news on: once they have settled, at the latest after a while, and never too often. Times in seconds."""

    def __init__(self, settle_s: float = 1.0, longest_s: float = 5.0, gap_s: float = 10.0) -> None:
        self._settle_s, self._longest_s, self._gap_s = settle_s, longest_s, gap_s
        self._first_s: float | None = None
        self._last_s = 0.0
        self._free_from_s = float("-inf")

    def news(self, now_s: float) -> None:
        """Something has changed."""
        self._first_s = now_s if self._first_s is None else self._first_s
        self._last_s = now_s

    def due_s(self) -> float | None:
        """The moment to pass the news on; ``None`` when there are none."""
        if self._first_s is None:
            return None
        return max(self._free_from_s, min(self._last_s + self._settle_s, self._first_s + self._longest_s))

    def passed_on(self, now_s: float) -> None:
        """The news were passed on."""
        self._first_s = None
        self._free_from_s = now_s + self._gap_s


def open_netlink() -> socket.socket:
    """A socket on which the kernel tells of links, addresses and routes. Raises ``OSError``."""
    if not hasattr(socket, "AF_NETLINK"):
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    try:
        opened.bind((0, _GROUPS))
    except OSError:
        opened.close()
        raise
    return opened


class NetworkWatch:
    """Owns the thread. ``callback`` is called on it, and must neither block nor raise."""

    def __init__(
        self,
        callback: Callable[[], None],
        *,
        settling: Settling | None = None,
        open_socket: Callable[[], socket.socket] = open_netlink,
    ) -> None:
        self._callback = callback
        self._settling = settling or Settling()
        self._open_socket = open_socket
        self._waker: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Begin; False, with one line in the log, where the kernel does not tell. A watch runs once in its life."""
        try:
            netlink = self._open_socket()
        except OSError as error:
            _log.info("the return of the network is not watched: %s", error.strerror or error)
            return False
        awake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(netlink, awake), name="network-watch")
        self._thread.start()
        return True

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End at once; True when the thread is gone. Safe to repeat."""
        if self._waker is not None:
            self._waker.close()  # the other end becomes readable
        if self._thread is not None:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def _run(self, netlink: socket.socket, awake: socket.socket) -> None:
        with netlink, awake:
            poll = select.poll()
            poll.register(netlink, select.POLLIN)
            poll.register(awake, select.POLLIN)
            while True:
                ready = {descriptor for descriptor, _ in poll.poll(self._wait_ms())}
                if awake.fileno() in ready:
                    return
                try:
                    if netlink.fileno() in ready and _drain(netlink):
                        self._settling.news(time.monotonic())
                except OSError as error:
                    _log.warning("the return of the network is no longer watched: %s", error.strerror or error)
                    return
                due_s, now_s = self._settling.due_s(), time.monotonic()
                if due_s is not None and now_s >= due_s:
                    self._settling.passed_on(now_s)
                    self._callback()

    def _wait_ms(self) -> int | None:
        due_s = self._settling.due_s()
        return None if due_s is None else max(0, round((due_s - time.monotonic()) * 1000) + 1)


def _drain(netlink: socket.socket) -> bool:
    """Read what is there, within bounds; True when it tells of a network. Raises ``OSError``."""
    found = False
    for _ in range(_MAX_BURST):
        try:
            datagram, (sender, _groups) = netlink.recvfrom(_MAX_DATAGRAM)
        except BlockingIOError:
            break
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            found = True  # more was told than we could take: something has changed
            continue
        # Other programs of this machine can send to this socket too.
        found = found or (sender == _KERNEL and tells_of_network(datagram))
    return found
