"""What the review shows: all that will be handed in, where each value comes from, and what the resident says is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.catalogue.deciding import From


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from that the resident has not given, and what can be done when it is wrong (信息不对)."""

    name: str
    """Of the field."""
    source: str
    """``card`` or ``shared``."""
    keeper: str
    """The authority that keeps it, and puts it right; empty where it is that which has issued the card."""
    is_disputed: bool = False
    """The resident says that it is wrong: the case will carry that."""
    may_change: bool = False
    """The resident may give another value here."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """All that will be handed in, for a last look."""

    item_name: str
    lines: tuple[tuple[str, str], ...] = field(repr=False)
    """(label, value); numbers masked."""
    origins: tuple[Origin | None, ...] = ()
    """Of each line; ``None`` for what the resident has entered."""
    papers: tuple[tuple[str, From], ...] = ()
    """(paper, from where)."""
    promised: tuple[tuple[str, str], ...] = ()
    """容缺: (paper, last day)."""
    parts: tuple[str, ...] = ()
    """Matters of a bundle that are part of it for this person."""
    handling: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(label, value): where it is decided and how the outcome comes, where that was chosen."""
    may_choose_region: bool = False
    """跨省通办: authorities of other provinces decide it as well."""
