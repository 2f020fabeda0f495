"""Bad input: hasty and wild touches, impossible texts, codes nobody asked for, cards pulled away, a screen that turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.identity import Person
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow.presenter import present
from kiosk.flow.states import Step
from kiosk.flow.views import FormView, ReviewView
from tests.helpers.people import PERMIT, STAFF, sample_person
from tests.helpers.visitor import proof_by
from tests.ui.conftest import Visitor
from tests.ui.live_visit import LiveVisit, type_text
from ui.audit.findings import place
from ui.double_touch import WITHIN_S, DoubleTouchGuard
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show

PLATES = {plate.name: plate for plate in plates(Language.ZH)}
NAMES = sorted(PLATES)
TEXTS = {
    "500 characters": "鼠" * 500,
    "500 letters without a space": "W" * 500,
    "right to left": "שלום مرحبا",
    "turned around": "\u202emoc.elgoog\u202c 测试",
    "isolates": "\u2066abc\u2069",
    "emoji": "😀👩‍👩‍👧🏳️‍🌈👍🏽",
    "control characters": "a\tb\nc\x00d\x1b[2Je\x7f",
    "markup": "<a href='http://planted.example'>x</a><img src=x>",
    "zalgo": "t" + "\u0335\u0336" * 40,
    "lone surrogate": "\ud800",
    "private use": "\ue000\uf8ff",
    "line separator": "a\u2028b\u2029c",
}


def plate(name: str) -> Plate:
    return PLATES[name]


def at_the_form(visitor: Visitor) -> LiveVisit:
    live = LiveVisit(visitor)
    live.does(ev.Touched(), ev.ItemChosen(PERMIT), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF))
    live.does(ev.CardWasRead(newcomer(), None), ev.StaffCodeEntered("1001", "246810"))
    live.does(ev.PersonProved(proof_by(STAFF)))
    assert live.step is Step.FORM
    return live


def newcomer() -> Person:
    """From elsewhere, as the residence permit wants it."""
    return sample_person(address="湖北省武汉市测试区样例路 8 号", id_number="42010219920214123X", birth=date(1992, 2, 14))


def entry(visitor: Visitor, name: str) -> QLineEdit:
    found = visitor.find(f"field:{name}")
    assert isinstance(found, QLineEdit)
    return found


# Touches


@pytest.mark.parametrize("name", NAMES)
def test_ten_touches_a_second_everywhere_are_ten_touches(subject: Visitor, finger: QPointingDevice, name: str) -> None:
    source, window = Random(name), subject.window
    show(window, plate(name))
    size = window.size()
    for _ in range(20):
        point = QPoint(source.randrange(window.width()), source.randrange(window.height()))
        QTest.touchEvent(window, finger).press(0, point, window).commit()
        QTest.touchEvent(window, finger).release(0, point, window).commit()
    QTest.qWait(20)
    assert len(subject.events) <= 20
    assert window.size() == size
    assert subject.sees(f"screen:{plate(name).screen.chrome.step.value}")


def test_touches_while_screens_change_are_heard_once_each(subject: Visitor, finger: QPointingDevice) -> None:
    """The finger comes down on one screen and is lifted on the next."""
    window = subject.window
    names = ["guide", "consent", "route", "form", "review", "sign", "rating", "farewell"]
    for before, after in pairwise(names):
        show(window, plate(before))
        for name in ("main_action", "consent_yes", "quit"):
            if not subject.sees(name):
                continue
            point = subject.find(name).mapTo(window, subject.find(name).rect().center())
            QTest.touchEvent(window, finger).press(0, point, window).commit()
            window.show_screen(plate(after).screen)
            QTest.touchEvent(window, finger).release(0, point, window).commit()
            QTest.qWait(5)
            assert subject.events == [], f"{name} of {before} was let go of on {after}"
            show(window, plate(before))


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def guarded(subject: Visitor) -> tuple[LiveVisit, Seconds, DoubleTouchGuard]:
    clock = Seconds()
    guard = DoubleTouchGuard(subject.window.metrics.px(12.0), clock, parent=subject.window)
    QApplication.instance().installEventFilter(guard)  # type: ignore[union-attr]
    live = at_the_form(subject)
    steps = [live.step]

    def tell(_event: object) -> None:
        if live.step is not steps[-1]:
            steps.append(live.step)
            guard.new_screen(live.step)

    subject.window.happened.connect(tell)
    return live, clock, guard


def fill_in(live: LiveVisit) -> None:
    values = {
        "current_address": "测试路1号",
        "phone": "13800000000",
        "reason": "work",
        "residence_registered_since": "2024-03-15",
    }
    live.does(*(ev.FieldEntered(name, value) for name, value in values.items()))


def test_the_second_of_two_quick_touches_does_not_answer_the_next_screen(
    guarded: tuple[LiveVisit, Seconds, DoubleTouchGuard],
) -> None:
    live, clock, _ = guarded
    live.does(ev.Quit(), ev.Touched(), ev.FarewellOver(), ev.Touched())
    assert live.step is Step.HOME
    card = live.visitor.find(f"item:{PERMIT}")
    point = card.mapTo(live.visitor.window, card.rect().center())
    live.does(ev.Quit(), ev.FarewellOver())
    assert live.step is Step.IDLE
    live.visitor.touch_at(point)
    assert live.step is Step.HOME
    clock.now += 0.12
    live.visitor.touch_at(point)
    assert live.step is Step.HOME, "nobody has read it yet"
    clock.now += WITHIN_S
    live.visitor.touch_at(point)
    assert live.step is Step.GUIDE, "whoever has looked is heard"


def test_quick_touches_on_one_screen_are_all_heard(guarded: tuple[LiveVisit, Seconds, DoubleTouchGuard]) -> None:
    live, clock, _ = guarded
    live.visitor.touch("field:phone")
    for _ in range(8):
        clock.now += 0.02
        live.visitor.touch("key:1")
    assert live.machine.session.values["phone"] == "1" * 8


def test_a_quick_touch_elsewhere_on_the_next_screen_is_heard(guarded: tuple[LiveVisit, Seconds, DoubleTouchGuard]) -> None:
    live, clock, _ = guarded
    fill_in(live)
    live.visitor.touch("main_action")
    heard = len(live.visitor.events)
    clock.now += 0.05
    live.visitor.touch("quit")
    assert len(live.visitor.events) == heard + 1


# Texts


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_cannot_be_a_name_neither_breaks_the_form_nor_is_handed_in_unseen(subject: Visitor, name: str) -> None:
    live = at_the_form(subject)
    fill_in(live)
    field = entry(subject, "current_address")
    field.setFocus()
    field.selectAll()
    size = subject.window.size()
    type_text(field, TEXTS[name])
    QTest.qWait(20)
    written = live.machine.session.values["current_address"]
    assert len(written) <= 120
    assert written == field.text(), "what is seen is what is handed in"
    assert subject.window.size() == size
    live.does(ev.Continue())
    model = live.machine.shown()
    if live.step is Step.FORM:
        assert isinstance(model, FormView)
        problem = next(view.problem for view in model.fields if view.name == "current_address")
        assert problem in {"field.characters", "field.too_long", "field.missing"}
    else:
        assert all(sign.isprintable() for sign in written)


@pytest.mark.parametrize(
    "name", [name for name in TEXTS if name not in {"control characters", "lone surrogate", "line separator"}]
)
def test_a_wild_name_from_a_card_does_not_widen_any_screen(subject: Visitor, name: str) -> None:
    """A card may hold anything its chip has room for."""
    live = at_the_form(subject)
    person = replace(sample_person(), name=TEXTS[name][:120], address=TEXTS[name])
    live.machine.session.person = person
    fill_in(live)
    live.machine.session.values |= {"name": person.name, "address": person.address}
    for step in (Step.FORM, Step.REVIEW, Step.STAFF, Step.ANOTHER, Step.HOME):
        live.machine.state = replace(live.machine.state, step=step)
        subject.window.show_screen(present(live.machine.state, live.machine.context))
        QTest.qWait(20)
        ours = subject.window.rect()
        for widget in subject.window.findChildren(QLabel) + subject.window.findChildren(QLineEdit):
            if widget.isVisible():
                assert place(widget, subject.window).right() <= ours.right(), (step, widget.objectName())
    assert subject.window.width() == 1080


@pytest.mark.parametrize("name", ["turned around", "isolates", "control characters", "private use", "line separator"])
def test_signs_that_nobody_sees_are_refused_by_the_form(subject: Visitor, name: str) -> None:
    """Else the slip could say something else than what was signed."""
    live = at_the_form(subject)
    fill_in(live)
    live.does(ev.FieldEntered("current_address", TEXTS[name]), ev.Continue())
    assert live.step is Step.FORM
    assert ("current_address", "field.characters") in live.machine.state.invalid_fields


# Languages


def test_another_language_in_the_middle_of_the_form_keeps_what_was_written(subject: Visitor) -> None:
    live = at_the_form(subject)
    fill_in(live)
    field = entry(subject, "phone")
    field.setFocus()
    field.selectAll()
    type_text(field, "139123")
    for language in (Language.EN, Language.ZH, Language.EN):
        live.does(ev.LanguageChosen(language))
        assert live.step is Step.FORM
        assert live.machine.session.values["phone"] == "139123"
        assert entry(subject, "phone").text()
        assert entry(subject, "current_address").text() == "测试路1号"
        assert subject.find("choice:reason:work").property("checked") is True
    assert live.machine.session.values["phone"] == "139123"


def test_languages_changed_ten_times_a_second_end_in_one_form(subject: Visitor) -> None:
    live = at_the_form(subject)
    fill_in(live)
    for number in range(20):
        subject.touch("language")
        subject.touch("language:en" if number % 2 else "language:zh-Hant")
    QTest.qWait(50)
    assert len([w for w in subject.window.findChildren(QWidget, "screen:form") if w.isVisible()]) == 1
    assert live.machine.session.values["phone"] == "13800000000"
    assert entry(subject, "phone").text()


# Codes, cards, screens


@pytest.mark.parametrize(
    "step", [step for step in Step if step not in {Step.CARD, Step.CREDENTIAL, Step.GATHERING}], ids=lambda step: step.value
)
def test_a_code_on_a_screen_that_wants_none_changes_nothing(subject: Visitor, step: Step) -> None:
    """The scanner is asked only where a code is wanted; what comes late all the same finds nobody waiting."""
    live = at_the_form(subject)
    live.machine.state = replace(live.machine.state, step=step)
    before, values = live.machine.state, dict(live.machine.session.values)
    live.handle(ev.CredentialFailed("credential.unreadable"))
    if step is not Step.PROGRESS:
        assert live.machine.state == before
    assert live.machine.session.values == values


@pytest.mark.parametrize(
    "reason", ["card.removed_too_soon", "card.no_card", "card.too_slow", "card.reader_lost", "card.unreadable"]
)
def test_a_card_that_is_pulled_away_leads_to_another_try(subject: Visitor, reason: str) -> None:
    live = LiveVisit(subject)
    live.does(ev.Touched(), ev.ItemChosen(PERMIT), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF))
    live.does(ev.CardFailed(reason))
    assert live.step in {Step.CARD, Step.ROUTE}
    assert subject.find(f"screen:{live.step.value}")
    if live.step is Step.CARD:
        live.does(ev.TryAgain(), ev.CardWasRead(newcomer(), None))
        assert live.step is Step.STAFF


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_that_is_turned_and_resized_in_the_middle_stays_whole(subject: Visitor, name: str) -> None:
    show(subject.window, plate(name))
    for width, height in ((1920, 1080), (1200, 1600), (1080, 1920)):
        subject.window.resize(width, height)
        QTest.qWait(20)
        assert (subject.window.width(), subject.window.height()) == (width, height)
    whole = subject.window.rect()
    for widget in subject.window.findChildren(QWidget):
        inside_page = any(isinstance(one, QScrollArea) for one in ancestors(widget))
        if widget.isVisible() and widget.objectName() in {"main_action", "quit", "back"} and not inside_page:
            assert whole.contains(place(widget, subject.window)), widget.objectName()


def ancestors(widget: QWidget) -> list[QObject]:
    found: list[QObject] = []
    parent = widget.parent()
    while parent is not None:
        found.append(parent)
        parent = parent.parent()
    return found


def test_a_form_that_is_turned_keeps_what_was_written(subject: Visitor, qtbot: QtBot) -> None:
    live = at_the_form(subject)
    field = entry(subject, "current_address")
    field.setFocus()
    type_text(field, "鼠标记")
    for width, height in ((1920, 1080), (1080, 1920)):
        subject.window.resize(width, height)
        qtbot.waitUntil(lambda: subject.sees("field:current_address"), timeout=5000)
        assert "鼠标记" in entry(subject, "current_address").text()
    assert "鼠标记" in live.machine.session.values["current_address"]


def test_a_screen_turned_while_somebody_signs_takes_a_whole_signature_afterwards(subject: Visitor, qtbot: QtBot) -> None:
    """The half drawn one is gone: it would be of another shape."""
    show(subject.window, plate("sign-short"))

    def draw() -> None:
        pad = subject.find("signature_pad")
        start = pad.mapTo(subject.window, QPoint(20, pad.height() // 2))
        subject.swipe(start, start + QPoint(pad.width() - 60, 0), steps=20)

    draw()
    for width, height in ((1920, 1080), (1080, 1920)):
        subject.window.resize(width, height)
        QTest.qWait(50)
    qtbot.waitUntil(lambda: subject.sees("signature_pad") and subject.sees("main_action"), timeout=5000)
    draw()
    subject.touch("main_action")
    (event,) = subject.events
    assert isinstance(event, ev.SignatureDrawn)
    assert event.signature.is_enough


def test_review_shows_the_text_as_it_will_be_printed(subject: Visitor) -> None:
    live = at_the_form(subject)
    fill_in(live)
    live.does(ev.Continue())
    for _ in range(3):
        if live.step is Step.REVIEW:
            break
        live.does(ev.Continue())
    model = live.machine.shown()
    if isinstance(model, ReviewView):
        assert any("测试路1号" in value for _, value in model.lines)
