"""The one loop that keeps an emulated device standing: its line, its control socket, and commands on standard input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from drivers.emulation.control import ControlServer
from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.language import FaultLanguage
from drivers.emulation.line import Host, Peer
from drivers.emulation.lines import LineSource, standard_input

_ANY_FREE_PORT = ("127.0.0.1", 0)
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device stands. Loopback only."""

    listen: tuple[str, int] | None = None
    """TCP address of the line; port 0 or ``None``: any free one."""
    use_pty: bool = False
    """A pseudo terminal instead."""
    control: tuple[str, int] | None = None
    """TCP address on which the fault language is taken; ``None``: nowhere."""


def stand(
    peer: Peer,
    language_of: Callable[[Host], FaultLanguage],
    place: Place,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    name: str,
    obey_line: Callable[[FaultLanguage, str], None] | None = None,
    lines: LineSource | None = None,
) -> None:
    """Serve until ``stop`` is set. ``on_ready`` gets the URL for the driver once line and control socket are open.

    ``lines`` (standard input) are given to ``obey_line``, else to the language, whose answers are then dropped.
    Raises ``OSError`` for a taken port.
    """
    source = standard_input() if lines is None else lines
    with ExitStack() as stack:
        host = _host(peer, place, name)
        stack.callback(host.stop)
        language = language_of(host)
        if place.control is not None:
            stack.enter_context(ControlServer(language.obey, *place.control))
        on_ready(host.url)
        while not stop.wait(_POLL_S):
            for line in source.take():
                text = line.decode("utf-8", "replace")
                if obey_line is None:
                    language.obey(text)
                else:
                    obey_line(language, text)


def _host(peer: Peer, place: Place, name: str) -> TcpHost | PtyHost:
    return PtyHost.in_own_folder(peer, name) if place.use_pty else TcpHost(peer, *(place.listen or _ANY_FREE_PORT))
