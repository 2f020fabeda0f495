"""A terminal shows tens of thousands of screens between two starts: whatever one leaves behind, all leave behind."""

from __future__ import annotations

import gc

from kiosk.domain.language import Language
from tests.ui.conftest import Visitor
from ui.gallery.plates import plates
from ui.gallery.render import show


def test_screens_leave_nothing_behind(subject: Visitor) -> None:
    shown = plates(Language.ZH)[:30]

    def held_after_all() -> int:
        for plate in shown:
            show(subject.window, plate)
        gc.collect()
        return len(gc.get_objects())

    held_after_all()
    before = held_after_all()
    # One object a screen was enough to be found; each page that can be pushed by a finger left eleven.
    assert held_after_all() - before < len(shown)
