"""What can happen while somebody asks where a case is (办件进度查询)."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.progress import Standings


@dataclass(frozen=True, slots=True)
class ProgressOpened:
    """Where is my case?"""


@dataclass(frozen=True, slots=True)
class NumberGiven:
    """A receipt number was typed in and confirmed."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlipRead:
    """The scanner read a code with a sound receipt number."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlipNotRead:
    """Why not: ``progress.not_a_slip``, ``progress.timed_out`` (nothing was shown for a while) or ``progress.no_scanner``."""

    reason: str


@dataclass(frozen=True, slots=True)
class AllMineWanted:
    """All my cases; whoever is not identified yet is first."""


@dataclass(frozen=True, slots=True)
class ProgressTold:
    """The answer."""

    standings: Standings
