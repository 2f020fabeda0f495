"""All findings of all screens."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kiosk.domain.language import Language
from ui.audit import findings
from ui.gallery.formats import FORMATS, MODES
from ui.gallery.longest import longest_plates
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.theme.palettes import LEAST_TEXT_CONTRAST, PALETTES, TEXT_PAIRS, contrast
from ui.window import KioskWindow

_OVERLAID = "warning"
"""The overlay of the idle warning lies upon a screen on purpose."""

_CHECKS: dict[str, Callable[[KioskWindow], list[str]]] = {
    "cut text": findings.cut_texts,
    "outside": findings.outside,
    "below the fold": findings.below_the_fold,
    "small target": findings.small_targets,
    "no name": findings.unnamed,
    "out of reach of keys": findings.out_of_reach,
    "low capitals": findings.low_capitals,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong on one screen."""

    size: str
    mode: str
    language: str
    screen: str
    kind: str
    what: str


def audit(
    sizes: Iterable[str] = FORMATS, modes: Iterable[str] = MODES, languages: Iterable[Language] = Language
) -> Iterator[Violation]:
    """Every violation, screen by screen; needs a ``QApplication`` and its keyboard's environment."""
    yield from _contrasts()
    modes, languages = tuple(modes), tuple(languages)
    for size in sizes:
        window = FORMATS[size].window()
        try:
            for mode, language in itertools.product(modes, languages):
                for plate in (*plates(language, MODES[mode]), *longest_plates(language, MODES[mode])):
                    show(window, plate)
                    for kind, what in violations_of(window, plate):
                        yield Violation(size, mode, language.value, plate.name, kind, what)
        finally:
            window.close()


def violations_of(window: KioskWindow, plate: Plate) -> Iterator[tuple[str, str]]:
    """(kind, what) of all that is wrong with the screen that ``window`` shows."""
    for kind, check in _CHECKS.items():
        yield from ((kind, what) for what in check(window))
    if _OVERLAID not in plate.name:
        yield from (("overlap", what) for what in findings.overlaps(window))


def _contrasts() -> Iterator[Violation]:
    for palette in PALETTES:
        least = LEAST_TEXT_CONTRAST[palette.name]
        for ink, paper in TEXT_PAIRS:
            if (measured := contrast(palette[ink], palette[paper])) < least:
                yield Violation("", palette.name, "", "theme", "contrast", f"{ink} on {paper}: {measured:.2f}, least {least}")
