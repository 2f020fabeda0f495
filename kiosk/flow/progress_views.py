"""What the screens of a progress query (办件进度查询) show; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.progress import Told


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Type the number, show the slip, or ask for all cases."""

    reason: str
    scanner: bool
    """The slip can be shown to the scanner."""
    known_as: str = field(default="", repr=False)
    """Masked name of the resident, once identified: then no card is asked for."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One state that a case reached."""

    state: str
    at: str
    actor: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case, its newest state first."""

    number: str = field(repr=False)
    item_name: str = field(repr=False)
    """Empty where only this machine tells, and for a matter that this catalogue does not know."""
    steps: tuple[StepLine, ...]
    next_step: str
    may_print: bool = False
    """The proof that it ended in can be printed here."""
    lacking: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """容缺: name of a promised paper and its last day, or empty."""


@dataclass(frozen=True, slots=True)
class ProgressAnswerView:
    """Where the cases are, who says so, and since when that is known."""

    cases: tuple[CaseLine, ...]
    told_by: Told
    known_at: str
    age_minutes: int
    reason: str
