"""What the drawer shows and asks for. Whoever stands behind it may see devices; the drawer does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Tone(StrEnum):
    """How a line is to be taken."""

    FINE = "fine"
    QUIET = "quiet"
    """Neither good nor bad."""
    WAITING = "waiting"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that can be said now."""

    name: str
    value: str
    detail: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Action:
    """Something a developer can do; ``name`` is ``group.what`` and never changes."""

    name: str
    label: str
    hint: str
    """One sentence: what happens."""
    impossible: str = ""
    """Why it cannot be done here at all; empty when it can."""


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that belong together. ``key`` begins their two-key shortcuts."""

    key: str
    title: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an action."""

    at: str
    """Time of day by the machine's own clock, for reading only."""
    words: str
    went_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is known at one moment."""

    facts: tuple[Line, ...] = ()
    """Visit, network, queue, time."""
    devices: tuple[Line, ...] = ()
    in_force: frozenset[str] = frozenset()
    """Actions that stand now, and end when they are asked for again."""
    busy: tuple[str, ...] = ()
    """Labels of what is still under way."""
    said: tuple[Said, ...] = ()
    """Newest last."""


class Deck(Protocol):
    """What stands behind the drawer. Both calls come on the GUI thread and return at once."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """Everything that can be done; the same for the deck's whole life."""
        ...

    def begin(self, name: str) -> None:
        """Do this; what comes of it stands in a later ``look``. ``KeyError`` for a name no group has."""
        ...

    def look(self) -> Reading:
        """What is known now."""
        ...
