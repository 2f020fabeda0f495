"""Colour, type, space and touch sizes. Sizes are millimetres on the glass; ``Metrics`` turns them into pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FONT_FAMILY = "Noto Sans CJK SC"
CAP_HEIGHT_PER_EM = 0.733
"""Height of a capital in Noto Sans CJK, as a part of the type size."""

MM_PER_PX_27_INCH = 0.311
"""Pixel pitch of a 27-inch portrait screen of 1080 by 1920."""

MIN_TARGET_MM = 15.0
MIN_GAP_MM = 3.0
MIN_CAPITAL_MM = 4.8


class Colour:
    """Colours by what they are for."""

    PAGE = "#F3F8F5"
    CARD = "#FFFFFF"
    HAIRLINE = "#D5E4DD"
    OUTLINE = "#6B8F81"
    """Edge of what can be touched or filled in; 3:1 against page and card."""
    CELADON = "#5E9E88"
    """For pictures, never for text."""
    CELADON_LIGHT = "#BBD8CC"
    CELADON_PALE = "#E3F0EA"
    DEEP = "#2F6B5A"
    """The one main action, and links to it."""
    DEEP_PRESSED = "#235244"
    INK = "#1B2724"
    INK_SOFT = "#46554F"
    SEAL_RED = "#B3261E"
    """Only for what must not be missed."""
    RED_PALE = "#FBEDEB"
    AMBER = "#8A5A00"
    """Waiting, and what does not work just now."""
    AMBER_PALE = "#FBF3E0"
    FOCUS = "#0B57D0"
    DISABLED = "#DDE6E2"
    DISABLED_INK = "#55635D"
    SCRIM = "#1B2724"


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
    target: float = 19.0
    main_target: float = 27.0
    key: float = 21.0
    field: float = 21.0


SPACE = Space()


@dataclass(frozen=True, slots=True)
class Metrics:
    """Pixels of one real screen."""

    px_per_mm: float

    @classmethod
    def of_pitch(cls, mm_per_px: float) -> Metrics:
        """From the pixel pitch; ``ValueError`` for one no screen has."""
        if not 0.05 <= mm_per_px <= 2.0:
            raise ValueError(f"no screen has a pixel pitch of {mm_per_px} mm")
        return cls(1.0 / mm_per_px)

    def px(self, millimetres: float) -> int:
        """Whole pixels, at least one."""
        return max(1, round(millimetres * self.px_per_mm))

    def type_px(self, size: Type) -> int:
        """Type size in pixels; rounded up so that a capital is never lower than promised."""
        exact = size.value / CAP_HEIGHT_PER_EM * self.px_per_mm
        return int(exact) + (exact > int(exact))


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#RRGGBB`` colours by WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    (Colour.INK, Colour.PAGE),
    (Colour.INK, Colour.CARD),
    (Colour.INK, Colour.CELADON_PALE),
    (Colour.INK, Colour.AMBER_PALE),
    (Colour.INK, Colour.RED_PALE),
    (Colour.INK_SOFT, Colour.PAGE),
    (Colour.INK_SOFT, Colour.CARD),
    (Colour.INK_SOFT, Colour.CELADON_PALE),
    (Colour.DEEP, Colour.CARD),
    (Colour.DEEP, Colour.PAGE),
    (Colour.DEEP, Colour.CELADON_PALE),
    (Colour.CARD, Colour.DEEP),
    (Colour.CARD, Colour.DEEP_PRESSED),
    (Colour.CARD, Colour.SEAL_RED),
    (Colour.SEAL_RED, Colour.CARD),
    (Colour.SEAL_RED, Colour.RED_PALE),
    (Colour.AMBER, Colour.AMBER_PALE),
    (Colour.AMBER, Colour.CARD),
    (Colour.DISABLED_INK, Colour.DISABLED),
)
"""Every pair of text on ground that the stylesheet uses; each must reach 4.5:1."""

GRAPHIC_PAIRS: tuple[tuple[str, str], ...] = (
    (Colour.OUTLINE, Colour.CARD),
    (Colour.OUTLINE, Colour.PAGE),
    (Colour.CELADON, Colour.CARD),
    (Colour.DEEP, Colour.CELADON_PALE),
    (Colour.FOCUS, Colour.PAGE),
    (Colour.FOCUS, Colour.CARD),
)
"""Edges and pictures that carry meaning; each must reach 3:1."""
