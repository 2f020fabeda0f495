"""办件进度: where cases are, as a resident is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Told(StrEnum):
    """Who tells where a case is."""

    PLATFORM = "platform"
    """The platform, now."""
    MACHINE = "machine"
    """This machine, as it last heard: the platform could not be asked, or does not have the case yet."""


@dataclass(frozen=True, slots=True)
class StandingStep:
    """One state that a case reached, and who brought it there."""

    state: str
    """A word of ``contract.progress.State``."""
    at_ms: int
    actor: str
    words: str = ""

    def __repr__(self) -> str:
        return f"StandingStep({self.state!r})"


@dataclass(frozen=True, slots=True)
class Standing:
    """One case. The ``repr`` shows nothing of it."""

    receipt_number: str
    item_code: str
    """Empty where only this machine tells: without the platform nobody knows whose the number is."""
    steps: tuple[StandingStep, ...]
    next_step: str
    case_id: str = ""
    """Empty where only this machine tells."""
    lacking: tuple[tuple[str, str], ...] = ()
    """容缺: material and its last day, ISO 8601 or empty."""

    def __repr__(self) -> str:
        return f"Standing(steps={len(self.steps)}, <redacted>)"


@dataclass(frozen=True, slots=True)
class Standings:
    """The answer to one query. No case: there is none under this number for this person, and which of both is not told."""

    cases: tuple[Standing, ...]
    told_by: Told = Told.PLATFORM
    known_at_ms: int = 0
    """When this was true, in milliseconds since 1970; 0 where nothing is known."""
    age_s: float = 0.0
    """How long ago that was."""
    reason: str = ""
    """``progress.offline`` where nobody could be asked; empty when all is well."""
