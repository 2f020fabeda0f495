"""The contract of a presence sensor; a radar or an infrared barrier can stand in for the camera."""

from __future__ import annotations

from typing import Protocol

from drivers.types import Deadline


class PresenceSensor(Protocol):
    """Used by one thread. Nothing but the answer leaves it."""

    def start(self) -> None:
        """Begin to look; does not wait."""
        ...

    def look(self, deadline: Deadline) -> bool | None:
        """Whether somebody moves before the machine; ``None`` when that cannot be told: dark, lost, no time."""
        ...

    def stop(self) -> None:
        """Look no more, and forget what was seen; may be called twice."""
        ...
