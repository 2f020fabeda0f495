"""Type, space, motion and touch sizes. Sizes are millimetres on the glass; ``Metrics`` turns them into pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FONT_FAMILY = "Noto Sans CJK SC"
TRADITIONAL_FONT_FAMILY = "Noto Sans CJK TC"
"""For 繁體: the same drawings of the same characters, but where the two scripts write one character differently."""
CAP_HEIGHT_PER_EM = 0.733
"""Height of a capital in Noto Sans CJK, as a part of the type size."""

MM_PER_PX_27_INCH = 0.311
"""Pixel pitch of a 27-inch portrait screen of 1080 by 1920."""

MIN_TARGET_MM = 15.0
MIN_GAP_MM = 3.0
MIN_CAPITAL_MM = 4.8
ELDER_TARGET_MM = 20.0
ELDER_CAPITAL_MM = 7.0


class Type(Enum):
    """Text sizes, as the height of a capital in millimetres."""

    SMALL = 5.5
    BODY = 6.5
    STRONG = 7.3
    HEADING = 9.4
    TITLE = 12.5
    DISPLAY = 20.0
    NUMERAL = 10.6


@dataclass(frozen=True, slots=True)
class Space:
    """Distances and sizes of parts, in millimetres."""

    gap: float = 4.5
    wide_gap: float = 8.0
    margin: float = 13.0
    padding: float = 7.0
    radius: float = 5.0
    line: float = 0.55
    focus_ring: float = 1.4
    target: float = 20.5
    main_target: float = 27.0
    key: float = 21.0
    field: float = 21.0


SPACE = Space()


@dataclass(frozen=True, slots=True)
class Motion:
    """Time, in milliseconds."""

    change: int = 160
    """From one screen to the next."""
    before_waiting_shows: int = 300
    """What is over sooner needs no word."""
    waiting_frame: int = 66
    waiting_looks: int = 100
    """How often it is looked at whether there is something new to say of a wait."""
    is_allowed: bool = True
    """False: nothing moves by itself; what is waited for is told in words alone."""


MOTION = Motion()


@dataclass(frozen=True, slots=True)
class TextScale:
    """How much larger text is than in the plain look: what is read, and what is large already."""

    reading: float = 1.0
    headings: float = 1.0


PLAIN_TEXT = TextScale()
LARGE_TEXT = TextScale(1.18, 1.1)
ELDER_TEXT = TextScale(1.28, 1.14)
LARGEST_TEXT = TextScale(1.45, 1.22)
_READING = frozenset({Type.SMALL, Type.BODY, Type.STRONG})


@dataclass(frozen=True, slots=True)
class Metrics:
    """Pixels of one real screen."""

    px_per_mm: float
    text: TextScale = PLAIN_TEXT

    @classmethod
    def of_pitch(cls, mm_per_px: float, text: TextScale = PLAIN_TEXT) -> Metrics:
        """From the pixel pitch; ``ValueError`` for one no screen has."""
        if not 0.05 <= mm_per_px <= 2.0:
            raise ValueError(f"no screen has a pixel pitch of {mm_per_px} mm")
        return cls(1.0 / mm_per_px, text)

    def with_text(self, text: TextScale) -> Metrics:
        """The same screen, other sizes of text."""
        return Metrics(self.px_per_mm, text)

    def px(self, millimetres: float) -> int:
        """Whole pixels, at least one."""
        return max(1, round(millimetres * self.px_per_mm))

    def key_px(self, size: Type) -> int:
        """Type size of what is large enough in every look: the letter on a key."""
        return Metrics(self.px_per_mm).type_px(size)

    def type_px(self, size: Type) -> int:
        """Type size in pixels; rounded up so that a capital is never lower than promised."""
        scale = self.text.reading if size in _READING else self.text.headings
        exact = size.value * scale / CAP_HEIGHT_PER_EM * self.px_per_mm
        return int(exact) + (exact > int(exact))
