"""Runs in a network namespace of its own, changes its network for real, and says what the watch noticed. Prints one JSON object."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable

from offline_queue.network_watch import NetworkWatch, Settling, _drain, open_netlink

PATIENCE_S = 30.0


def ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], check=False, stderr=subprocess.DEVNULL).returncode == 0


def forge(port: int) -> None:
    """What another program of the machine could send us."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as other:
        other.bind((0, 0))
        other.sendto(struct.pack("=IHHII", 16, 20, 0, 0, 0), (port, 0))


def noticed_at_once() -> dict[str, bool]:
    """What one look at the socket says after each change."""
    seen: dict[str, bool] = {}
    with open_netlink() as netlink:

        def after(name: str, change: Callable[[], object]) -> None:
            change()
            seen[name] = _drain(netlink)

        after("nothing", lambda: None)
        after("link_up", lambda: ip("link", "set", "lo", "up"))
        after("address", lambda: ip("addr", "add", "127.0.0.77/8", "dev", "lo"))
        after("address_gone", lambda: ip("addr", "del", "127.0.0.77/8", "dev", "lo"))
        after("address_v6", lambda: ip("addr", "add", "fd00::77/128", "dev", "lo", "nodad"))
        after("route", lambda: ip("route", "add", "192.0.2.0/24", "dev", "lo"))
        after("route_gone", lambda: ip("route", "del", "192.0.2.0/24", "dev", "lo"))
        after("forged", lambda: forge(netlink.getsockname()[0]))
        if ip("link", "add", "sample0", "type", "dummy"):
            _drain(netlink)
            ip("link", "del", "sample0")
            _drain(netlink)
            after("new_link", lambda: ip("link", "add", "sample1", "type", "dummy"))
        netlink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        after("more_than_fits", lambda: [ip("addr", "add", f"127.0.1.{last}/8", "dev", "lo") for last in range(1, 60)])
    return seen


def watched() -> dict[str, object]:
    """The thread: called after a change, once for a burst, and gone when told."""
    calls: list[int] = []
    called = threading.Condition()

    def callback() -> None:
        with called:
            calls.append(1)
            called.notify_all()

    watch = NetworkWatch(callback, settling=Settling(settle_s=1.0, longest_s=60.0, gap_s=0.0))
    started = watch.start()
    with called:
        for last in range(1, 20):
            ip("addr", "add", f"127.0.2.{last}/8", "dev", "lo")
        woken = called.wait_for(lambda: calls, PATIENCE_S)
    return {"started": started, "woken": bool(woken), "calls": len(calls), "stopped": watch.stop()}


if __name__ == "__main__":
    json.dump({"seen": noticed_at_once(), "watched": watched()}, sys.stdout)
