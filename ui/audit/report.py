"""All findings of all screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.domain.language import Language
from ui.audit import findings
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.theme.tokens import TEXT_PAIRS, contrast
from ui.window import DEFAULT_HELP_PHONE, KioskWindow

PITCHES = {"21.5in": 0.248, "27in": 0.311, "32in": 0.369}
"""Pixel pitch in millimetres of portrait screens of 1080 by 1920."""
QUIET = "qt.*=false\ndefault.warning=false"
"""Rules for Qt's log: its remarks on bindings in its own keyboard would drown the findings."""
LEAST_CONTRAST = 4.5
_OVERLAID = "warning"
"""The overlay of the idle warning lies upon a screen on purpose."""

_CHECKS: dict[str, Callable[[KioskWindow], list[str]]] = {
    "cut text": findings.cut_texts,
    "outside": findings.outside,
    "small target": lambda window: findings.small_targets(window, window.metrics),
    "no name": findings.unnamed,
    "out of reach of keys": findings.out_of_reach,
    "low capitals": lambda window: findings.low_capitals(window, window.metrics),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong on one screen."""

    size: str
    language: str
    screen: str
    kind: str
    what: str


def audit(sizes: dict[str, float] | None = None) -> Iterator[Violation]:
    """Every violation, screen by screen; needs a ``QApplication`` and its keyboard's environment."""
    yield from _contrasts()
    for size, pitch in (PITCHES if sizes is None else sizes).items():
        window = KioskWindow(DEFAULT_HELP_PHONE, pitch)
        window.show()
        try:
            for language in Language:
                for plate in plates(language):
                    show(window, plate)
                    for kind, what in violations_of(window, plate):
                        yield Violation(size, language.value, plate.name, kind, what)
        finally:
            window.close()


def violations_of(window: KioskWindow, plate: Plate) -> Iterator[tuple[str, str]]:
    """(kind, what) of all that is wrong with the screen that ``window`` shows."""
    for kind, check in _CHECKS.items():
        yield from ((kind, what) for what in check(window))
    if _OVERLAID not in plate.name:
        yield from (("overlap", what) for what in findings.overlaps(window))


def _contrasts() -> Iterator[Violation]:
    for ink, paper in TEXT_PAIRS:
        if (measured := contrast(ink, paper)) < LEAST_CONTRAST:
            yield Violation("", "", "theme", "contrast", f"{ink} on {paper}: {measured:.2f}, least {LEAST_CONTRAST}")
