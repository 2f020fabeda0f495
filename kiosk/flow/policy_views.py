"""What the screen of policies (政策通) shows; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.catalogue.rules import Verdict


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """One policy, and what speaks for and against it."""

    id: str
    name: str
    summary: str
    department: str
    until: str
    """Last day, ISO 8601; empty when none is set."""
    conditions: tuple[tuple[str, Verdict], ...] = field(repr=False)
    """(condition in words, whether it holds); open as long as nobody is known."""
    fits: Verdict = field(repr=False)
    item_code: str
    """The matter by which one applies; empty when it is not one of this machine, or cannot be done now."""


@dataclass(frozen=True, slots=True)
class PoliciesView:
    """All policies in force, those that fit first."""

    cards: tuple[PolicyCard, ...]
    known_as: str = field(repr=False)
    """Masked name of the resident; empty: the list is the public one."""
    may_match: bool
    """Something is still open that authorities, or a card, could tell."""
    busy: bool
    reason: str
