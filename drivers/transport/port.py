"""What a driver needs of a line, whatever the line is made of."""

from __future__ import annotations

from typing import Protocol

from drivers.types import Deadline


class Port(Protocol):
    """An open line. Every failure of the link is ``Disconnected``; silence is an empty or short answer. One thread owns it."""

    @property
    def url(self) -> str:
        """The line as it stands in the settings."""
        ...

    @property
    def baudrate(self) -> int:
        """Bits a second: what time-outs are stretched by. Lines without a speed of their own say a high one."""
        ...

    def write(self, data: bytes) -> None:
        """Hand all bytes over; raises ``Disconnected``."""
        ...

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read ``count`` bytes, fewer when the deadline comes first; raises ``Disconnected``."""
        ...

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Wait at most ``wait_s`` for a byte, then take what is there, at most ``limit`` bytes; raises ``Disconnected``."""
        ...

    def flush_input(self) -> None:
        """Forget everything received so far; raises ``Disconnected``."""
        ...

    def close(self) -> None:
        """Let go of the line; may be called twice."""
        ...
