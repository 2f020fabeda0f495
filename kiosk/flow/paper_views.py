"""What the screens of shared data and papers show; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.catalogue.deciding import From, Status
from kiosk.domain.papers import ScannedPage


@dataclass(frozen=True, slots=True)
class GatheringView:
    """Authorities are being asked; their names, so that everybody knows who is asked."""

    authorities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper that this person needs."""

    material: str
    name: str
    help: str
    why: str
    source: From
    status: Status
    ways: tuple[From, ...]
    lack_days: int
    barred: str = ""
    """容缺: why it may not be handed in later by this person, where others may; empty otherwise."""


@dataclass(frozen=True, slots=True)
class PapersView:
    """All papers with what, why, from where and how far; and what is being done about one of them."""

    lines: tuple[PaperLine, ...]
    in_hand: PaperLine | None
    """The paper that is being shown, laid down, declared or promised."""
    way: From | None
    """How it is handed in; for ``declare`` and ``promise`` the words to be agreed to are on the screen."""
    statement: str
    """The sentence to be agreed to."""
    due: str
    """Last day for handing it in later; empty where that cannot be told."""
    busy: bool
    reason: str
    taken: ScannedPage | None = field(default=None, repr=False)
    """The page that was just taken, to be looked at before it is handed in."""
    left: int = 0
    """How many papers something must still be done about; one at a time stands on the screen in elder mode."""
