"""On which screens, and in which looks, everything is drawn and checked."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.aids import PLAIN, Aids, Voice
from ui.window import DEFAULT_HELP_PHONE, KioskWindow


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of screen: pixels, and how large one is."""

    width: int
    height: int
    mm_per_px: float

    def window(self) -> KioskWindow:
        """A window of this size, shown. One at a time: there is one keyboard in an application."""
        window = KioskWindow(DEFAULT_HELP_PHONE, self.mm_per_px, moves=False)
        window.resize(self.width, self.height)
        window.show()
        return window


FORMATS = {
    "21.5in": Format(1080, 1920, 0.248),
    "27in": Format(1080, 1920, 0.311),
    "32in": Format(1080, 1920, 0.369),
    "43in": Format(1080, 1920, 0.496),
    "21.5in-wide": Format(1920, 1080, 0.248),
}
SHEET_FORMATS = ("21.5in", "27in", "21.5in-wide")
"""Of which contact sheets are drawn: the smallest, the usual, the one that lies."""

MODES = {
    "normal": PLAIN,
    "elder": Aids(elder=True, voice=Voice.ALOUD),
    "contrast": Aids(high_contrast=True),
    "large": Aids(large_text=True),
    "low": Aids(low_position=True),
}
SHEET_MODES = ("normal", "elder", "contrast")
