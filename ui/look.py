"""What every part of the screen needs to know: the real size of a millimetre, the language, the colours, the room there is."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.aids import PLAIN, Aids
from kiosk.domain.language import Language
from ui import strings
from ui.theme import palettes
from ui.theme.palettes import Colour, Palette
from ui.theme.tokens import (
    ELDER_TEXT,
    FONT_FAMILY,
    LARGE_TEXT,
    LARGEST_TEXT,
    PLAIN_TEXT,
    TRADITIONAL_FONT_FAMILY,
    Metrics,
    TextScale,
)

_FULL_HEIGHT_MM = 430.0
"""From this height on pictures are as large as they are meant to be."""
_LEAST_PICTURE = 0.4
_STILL_A_PICTURE_MM = 17.0
_RAIL_MM = 92.0
_SHORT_MM = 520.0
"""All of a 21.5 inch screen, every lying one, and the low position."""


@dataclass(frozen=True, slots=True)
class Look:
    """Metrics, language, help line, aids and room of one screen."""

    metrics: Metrics
    language: Language
    help_phone: str
    aids: Aids = PLAIN
    width_mm: float = 335.0
    height_mm: float = 597.0
    """Of the part of the window that a visit uses."""

    @property
    def palette(self) -> Palette:
        """The colours in which this resident sees."""
        if self.aids.high_contrast:
            return palettes.HIGH_CONTRAST
        return palettes.ELDER if self.aids.elder else palettes.PLAIN

    @property
    def is_short(self) -> bool:
        """Not high enough for a picture, what it is about and what to do to stand one above the other."""
        return self.height_mm < _SHORT_MM

    @property
    def is_wide(self) -> bool:
        """True where the screen lies: header and contents stand side by side."""
        return self.width_mm > self.height_mm * 1.15

    @property
    def rail_mm(self) -> float:
        """Width of the header where it stands beside the contents; 0 where it stands above them."""
        return _RAIL_MM * (1.0 + 0.7 * (self.metrics.text.reading - 1.0)) if self.is_wide else 0.0

    @property
    def font_family(self) -> str:
        """The type in which this language is written."""
        return TRADITIONAL_FONT_FAMILY if self.language is Language.ZH_HANT else FONT_FAMILY

    def px(self, millimetres: float) -> int:
        """Pixels."""
        return self.metrics.px(millimetres)

    def picture_mm(self, millimetres: float) -> float:
        """The side of a big picture: smaller where there is little room, or where large text needs it."""
        room = min(1.0, max(_LEAST_PICTURE, self.height_mm / _FULL_HEIGHT_MM - 0.15))
        smaller = millimetres * room / (1.0 + 0.6 * (self.metrics.text.reading - 1.0))
        return max(smaller, min(millimetres, _STILL_A_PICTURE_MM))

    def colour(self, colour: Colour) -> str:
        """``#RRGGBB``."""
        return self.palette[colour]

    def say(self, key: str, **values: object) -> str:
        """The text of a key in the visit's language."""
        return strings.text(key, self.language, **values)

    def sentence(self, code: str, **values: object) -> str:
        """What a reason code means and what to do, in one line."""
        reason = self.reason(code, **values)
        return self.say("join.sentence", what=reason.what, todo=reason.todo)

    def pair(self, one: str, other: str) -> str:
        """Two short facts in one line."""
        return self.say("join.pair", one=one, other=other)

    def reason(self, code: str, **values: object) -> strings.Reason:
        """A reason code in the resident's words."""
        return strings.reason(code, self.language, **values)


def text_scale(aids: Aids) -> TextScale:
    """How large text is for this resident."""
    if aids.elder:
        return LARGEST_TEXT if aids.large_text else ELDER_TEXT
    return LARGE_TEXT if aids.large_text else PLAIN_TEXT
