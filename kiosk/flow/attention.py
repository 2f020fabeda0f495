"""What a sound should say besides the screen, because whoever it is for may not look."""

from __future__ import annotations

from enum import StrEnum

from kiosk.flow.farewell_views import FarewellView
from kiosk.flow.views import Screen


class Attention(StrEnum):
    """One short sound each; what it means is on the screen at the same time."""

    TAKE_CARD = "take_card"
    """The ID card has done its work: said once."""
    CARD_LEFT = "card_left"
    """The visit is over and the card lies there still: an alarm, again and again until it is lifted."""
    STILL_THERE = "still_there"
    """A countdown has begun."""


class Sounds:
    """Which sound goes with a screen, given those before it."""

    def __init__(self) -> None:
        self._stands: frozenset[Attention] = frozenset()

    def of(self, screen: Screen) -> tuple[Attention, ...]:
        """The sounds of what has come up with this screen and did not stand on the last."""
        chrome = screen.chrome
        left = isinstance(screen.model, FarewellView) and screen.model.card_lies
        stands = frozenset(
            sound
            for sound, is_due in (
                (Attention.CARD_LEFT, left),
                (Attention.TAKE_CARD, chrome.take_card),
                (Attention.STILL_THERE, chrome.idle_warning),
            )
            if is_due
        )
        new, self._stands = stands - self._stands, stands
        return tuple(sound for sound in Attention if sound in new)
