"""One thing a developer can do, as the deck keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ui.devdock.protocol import Action


@dataclass(frozen=True, slots=True)
class Refused:
    """It could not be done, and why."""

    why: str


Outcome = str | Refused
"""What was done, in one sentence; or why not."""


def never() -> bool:
    """Of moves that leave nothing switched on."""
    return False


@dataclass(frozen=True, slots=True)
class Move:
    """An action and how it is done."""

    action: Action
    do: Callable[[], Outcome]
    is_slow: bool = False
    """Takes longer than a frame of the screen: done beside the GUI thread."""
    is_in_force: Callable[[], bool] = never


class Moves(Protocol):
    """A group."""

    key: str
    title: str

    def all(self) -> Sequence[Move]:
        """Its moves, in the order in which they are shown."""
        ...
