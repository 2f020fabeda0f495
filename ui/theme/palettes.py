"""Colours by what they are for, in the three looks of the terminal: plain, elder mode, high contrast."""

from __future__ import annotations

from enum import StrEnum


class Colour(StrEnum):
    """What a colour is for; which one it is says the ``Palette``."""

    PAGE = "page"
    CARD = "card"
    """Ground of cards and keys, and what stands on the deep colour."""
    HAIRLINE = "hairline"
    OUTLINE = "outline"
    """Edge of what can be touched or filled in; 3:1 against page and card."""
    CELADON = "celadon"
    """For pictures, never for text."""
    CELADON_LIGHT = "celadon_light"
    CELADON_PALE = "celadon_pale"
    HILLS_FAR = "hills_far"
    HILLS = "hills"
    WATER = "water"
    DEEP = "deep"
    """The one main action, and links to it."""
    DEEP_PRESSED = "deep_pressed"
    INK = "ink"
    INK_SOFT = "ink_soft"
    SEAL_RED = "seal_red"
    """Only for what must not be missed."""
    RED_PALE = "red_pale"
    AMBER = "amber"
    """Waiting, and what does not work just now."""
    AMBER_PALE = "amber_pale"
    FOCUS = "focus"
    DISABLED = "disabled"
    DISABLED_INK = "disabled_ink"
    SCRIM = "scrim"


class Palette:
    """One colour, ``#RRGGBB``, for every purpose."""

    def __init__(self, name: str, colours: dict[Colour, str]) -> None:
        """``ValueError`` when a purpose is left out."""
        if missing := set(Colour) - set(colours):
            raise ValueError(f"palette {name} lacks {sorted(missing)}")
        self.name = name
        self._colours = colours

    def __getitem__(self, colour: Colour) -> str:
        return self._colours[colour]

    def __repr__(self) -> str:
        return f"Palette({self.name!r})"

    @property
    def values(self) -> frozenset[str]:
        """All its colours."""
        return frozenset(self._colours.values())


_CELADON = {
    Colour.PAGE: "#F3F8F5",
    Colour.CARD: "#FFFFFF",
    Colour.HAIRLINE: "#D5E4DD",
    Colour.OUTLINE: "#6B8F81",
    Colour.CELADON: "#5E9E88",
    Colour.CELADON_LIGHT: "#BBD8CC",
    Colour.CELADON_PALE: "#E3F0EA",
    Colour.HILLS_FAR: "#D3E6DD",
    Colour.HILLS: "#8FC0AE",
    Colour.WATER: "#7FB5A2",
    Colour.DEEP: "#2F6B5A",
    Colour.DEEP_PRESSED: "#235244",
    Colour.INK: "#1B2724",
    Colour.INK_SOFT: "#46554F",
    Colour.SEAL_RED: "#B3261E",
    Colour.RED_PALE: "#FBEDEB",
    Colour.AMBER: "#8A5A00",
    Colour.AMBER_PALE: "#FBF3E0",
    Colour.FOCUS: "#0B57D0",
    Colour.DISABLED: "#DDE6E2",
    Colour.DISABLED_INK: "#55635D",
    Colour.SCRIM: "#1B2724",
}

PLAIN = Palette("plain", _CELADON)
"""The celadon of Wenzhou's Ou kilns."""

ELDER = Palette(
    "elder",
    _CELADON
    | {
        Colour.OUTLINE: "#4B6C5F",
        Colour.DEEP: "#1F5546",
        Colour.DEEP_PRESSED: "#153C31",
        Colour.INK: "#101A17",
        Colour.INK_SOFT: "#33403B",
        Colour.SEAL_RED: "#8F1710",
        Colour.AMBER: "#684300",
        Colour.FOCUS: "#0842A0",
        Colour.DISABLED_INK: "#3A4742",
    },
)
"""The same, darker where it is read: 7:1."""

HIGH_CONTRAST = Palette(
    "high_contrast",
    {
        Colour.PAGE: "#000000",
        Colour.CARD: "#0A0F0D",
        Colour.HAIRLINE: "#6F7F78",
        Colour.OUTLINE: "#FFFFFF",
        Colour.CELADON: "#8FE3C6",
        Colour.CELADON_LIGHT: "#3F6658",
        Colour.CELADON_PALE: "#13241E",
        Colour.HILLS_FAR: "#101C18",
        Colour.HILLS: "#1C332B",
        Colour.WATER: "#27493E",
        Colour.DEEP: "#FFD84D",
        Colour.DEEP_PRESSED: "#FFEDA8",
        Colour.INK: "#FFFFFF",
        Colour.INK_SOFT: "#E4ECE8",
        Colour.SEAL_RED: "#FFA79C",
        Colour.RED_PALE: "#2E0B08",
        Colour.AMBER: "#FFC46B",
        Colour.AMBER_PALE: "#2A1D05",
        Colour.FOCUS: "#6FB1FF",
        Colour.DISABLED: "#2B322F",
        Colour.DISABLED_INK: "#C9D2CE",
        Colour.SCRIM: "#000000",
    },
)
"""Light on black, and yellow for what is to be done: for eyes that are blinded by white."""

PALETTES = (PLAIN, ELDER, HIGH_CONTRAST)
LEAST_TEXT_CONTRAST = {PLAIN.name: 4.5, ELDER.name: 7.0, HIGH_CONTRAST.name: 7.0}
LEAST_GRAPHIC_CONTRAST = 3.0


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#RRGGBB`` colours by WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TEXT_PAIRS: tuple[tuple[Colour, Colour], ...] = (
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
"""Every pair of text on ground that the style sheet uses; each must reach the palette's least contrast."""

GRAPHIC_PAIRS: tuple[tuple[Colour, Colour], ...] = (
    (Colour.OUTLINE, Colour.CARD),
    (Colour.OUTLINE, Colour.PAGE),
    (Colour.CELADON, Colour.CARD),
    (Colour.DEEP, Colour.CELADON_PALE),
    (Colour.FOCUS, Colour.PAGE),
    (Colour.FOCUS, Colour.CARD),
)
"""Edges and pictures that carry meaning; each must reach 3:1."""
