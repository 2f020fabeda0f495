"""All screens in chosen combinations of size, look and language; ``make audit`` goes through every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from kiosk.catalogue.deciding import From
from kiosk.domain.language import Language
from kiosk.flow.views import FormView, GuideMaterial, GuideView, ReviewView, SlipView, StaffView
from tests.ui.conftest import MakeWindow
from ui.audit import findings as layout
from ui.audit.report import violations_of
from ui.gallery.formats import FORMATS, MODES, Format
from ui.gallery.longest import longest_plates
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.theme.tokens import MIN_CAPITAL_MM, Type
from ui.widgets.river import River
from ui.window import KioskWindow

EVIL = "<b>x</b>" + "W" * 500 + "\u202e" + "🀄" * 20


@pytest.fixture(params=FORMATS.values(), ids=FORMATS.keys())
def sized(request: pytest.FixtureRequest, make_window: MakeWindow) -> KioskWindow:
    return _window(make_window, request.param)


CHOSEN = (
    ("21.5in", "normal", Language.ZH),
    ("21.5in", "elder", Language.EN),
    ("21.5in", "large", Language.ZH_HANT),
    ("27in", "normal", Language.EN),
    ("27in", "contrast", Language.ZH),
    ("27in", "low", Language.ZH_HANT),
    ("32in", "elder", Language.ZH_HANT),
    ("32in", "large", Language.EN),
    ("43in", "normal", Language.ZH_HANT),
    ("43in", "low", Language.EN),
    ("21.5in-wide", "normal", Language.EN),
    ("21.5in-wide", "elder", Language.ZH),
    ("21.5in-wide", "contrast", Language.ZH_HANT),
    ("21.5in-wide", "large", Language.ZH),
)
"""The tightest ones, and every size, look and language in company with several of the others."""


def test_every_size_look_and_language_is_chosen() -> None:
    sizes, modes, languages = (set(kind) for kind in zip(*CHOSEN, strict=True))
    assert (sizes, modes, languages) == (set(FORMATS), set(MODES), set(Language))


@pytest.mark.parametrize(("size", "mode", "language"), CHOSEN)
def test_every_screen_is_whole(make_window: MakeWindow, size: str, mode: str, language: Language) -> None:
    """In 14 of the 75 combinations, for a few seconds each: all of them are looked at by ``make audit``."""
    assert _broken(_window(make_window, FORMATS[size]), plates(language, MODES[mode])) == {}


@pytest.mark.parametrize(("size", "mode", "language"), [("21.5in", "elder", Language.ZH), ("21.5in-wide", "normal", Language.EN)])
def test_the_longest_contents_have_room(make_window: MakeWindow, size: str, mode: str, language: Language) -> None:
    """In the two tightest combinations; ``make audit`` looks at them in all."""
    assert _broken(_window(make_window, FORMATS[size]), longest_plates(language, MODES[mode])) == {}


def _window(make_window: MakeWindow, format_: Format) -> KioskWindow:
    window = make_window(mm_per_px=format_.mm_per_px)
    window.resize(format_.width, format_.height)
    return window


def _broken(window: KioskWindow, shown: Iterable[Plate]) -> dict[str, list[tuple[str, str]]]:
    broken: dict[str, list[tuple[str, str]]] = {}
    before = window.size()
    for plate in shown:
        show(window, plate)
        if found := list(violations_of(window, plate)):
            broken[plate.name] = found
        assert window.size() == before, f"{plate.name} has pushed the window"
    return broken


def test_capitals_are_as_high_as_promised(sized: KioskWindow) -> None:
    show(sized, plates(Language.EN)[2])
    for label in layout.visible(sized, QWidget):
        if label.metaObject().className() == "Words":
            assert label.fontMetrics().capHeight() / sized.metrics.px_per_mm >= MIN_CAPITAL_MM - 0.3  # whole pixels
    assert min(size.value for size in Type) >= MIN_CAPITAL_MM


def _named(name: str, language: Language = Language.ZH) -> Plate:
    return next(plate for plate in plates(language) if plate.name == name)


def test_the_chinese_typeface_is_really_there(sized: KioskWindow) -> None:
    show(sized, _named("home"))
    assert "CJK" in sized.fontInfo().family() or "CJK" in next(layout.visible(sized, QWidget)).fontInfo().family()


def test_the_checker_sees_what_is_cut_small_and_unnamed(sized: KioskWindow) -> None:
    show(sized, _named("guide"))
    back = sized.findChild(QWidget, "back")
    assert back is not None
    back.setFixedSize(20, 20)
    back.setAccessibleName("")
    back.setProperty("text", "")
    assert layout.small_targets(sized)
    assert layout.unnamed(sized)
    title = next(label for label in layout.visible(sized, QWidget) if label.property("role") == "title")
    title.setFixedSize(60, 10)
    assert layout.cut_texts(sized)


class _Flashes(QObject):
    """Notes every widget that is shown as a window of its own, were it for a moment."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched is not self._window
        ):
            self.seen.append(repr(watched))
        return False


@pytest.mark.parametrize("mode", ["normal", "elder"])
def test_no_part_of_a_screen_flashes_up_as_a_window_of_its_own(make_window: MakeWindow, qapp: QApplication, mode: str) -> None:
    """It would take the focus with it, and nobody could write any more."""
    window = make_window()
    watch = _Flashes(window)
    qapp.installEventFilter(watch)
    for plate in plates(Language.ZH, MODES[mode]):
        show(window, plate)
    qapp.removeEventFilter(watch)
    assert watch.seen == []
    assert window.isActiveWindow()


@pytest.mark.parametrize("name", ["review", "form", "staff", "slip-stored", "guide"])
def test_hostile_values_do_not_break_the_screen(make_window: MakeWindow, name: str) -> None:
    window = make_window()
    show(window, _spoilt(_named(name)))
    assert window.size().toTuple() == (1080, 1920)
    assert layout.outside(window) == []
    shown = [str(widget.property("text")) for widget in (*layout.visible(window, QLabel), *layout.visible(window, QLineEdit))]
    assert any("<" in text for text in shown), "markup is shown as it is, not obeyed"
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in window.findChildren(QLabel))


def _spoilt(plate: Plate) -> Plate:
    model = plate.screen.model
    match model:
        case StaffView():
            model = replace(model, holder_name=EVIL, holder_number=EVIL)
        case ReviewView():
            model = replace(model, item_name=EVIL, lines=tuple((label, EVIL) for label, _ in model.lines))
        case SlipView():
            model = replace(model, item_name=EVIL, stored_at=EVIL, receipt_number=EVIL)
        case FormView():
            model = replace(model, fields=tuple(replace(field, value=EVIL) for field in model.fields if not field.choices))
        case GuideView():
            model = replace(
                model, name=EVIL, summary=EVIL, output=EVIL, materials=(GuideMaterial(EVIL, From.CARD, may_apply=True),)
            )
    return replace(plate, screen=replace(plate.screen, model=model))


def test_the_landings_of_the_river_have_room_for_their_names(make_window: MakeWindow) -> None:
    sized = make_window()
    for language in Language:
        show(sized, _named("sign", language))
        river = sized.findChild(River)
        assert river is not None
        assert river.names_fit()
