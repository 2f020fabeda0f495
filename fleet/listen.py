"""Where the platform listens; apart from the server, which takes long to import and which most commands do without."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen. Port 0 picks a free one."""

    host: str
    port: int


def parse_listen(text: str) -> Listen:
    """``HOST:PORT`` or ``[IPV6]:PORT``; ``ValueError`` for anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError(f"not HOST:PORT: {text!r}")
    if host.startswith("[") != (":" in host):
        raise ValueError(f"an IPv6 address stands in brackets: {text!r}")
    return Listen(host.strip("[]"), int(port))
