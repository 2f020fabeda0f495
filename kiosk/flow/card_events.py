"""What the reader tells of a card that was read and may still lie there."""

from __future__ import annotations

from dataclasses import dataclass

LEFT_BEHIND = "card.left_behind"
"""Reason of ``CardFailed``: a card of an earlier visit lies there, and must be lifted first."""


@dataclass(frozen=True, slots=True)
class CardLifted:
    """The card that lay on the reader has gone."""


@dataclass(frozen=True, slots=True)
class CardAbandoned:
    """It lay there through a long farewell, and nobody came for it."""
