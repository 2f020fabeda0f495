"""The form: prefilled fields, all defects at once, and nothing overwritten while somebody writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea

from kiosk.domain.language import Language
from kiosk.flow.events import Continue, FieldEntered
from kiosk.flow.form import problems
from kiosk.flow.states import Step
from kiosk.flow.views import FormView, Screen
from tests.ui.conftest import MakeWindow, Visitor
from tests.ui.live_form import LiveForm, entry
from ui.audit.findings import place
from ui.gallery import sample
from ui.gallery.plates import plates
from ui.gallery.render import show

FORM = next(plate for plate in plates(Language.ZH) if plate.name == "form")


def test_values_from_the_card_are_there_with_their_source(subject: Visitor) -> None:
    show(subject.window, FORM)
    assert entry(subject, "name").text() == "测试·林小瓯"
    assert entry(subject, "name").property("known") == "true"
    assert entry(subject, "phone").property("known") == "false"


def test_the_masked_number_cannot_be_written_into(subject: Visitor) -> None:
    show(subject.window, FORM)
    number = entry(subject, "id_number")
    assert number.isReadOnly()
    assert sample.person().id_number not in number.text()
    subject.touch("field:id_number")
    assert not subject.sees("dock")
    QTest.keyClicks(number, "9")
    assert subject.events == []


def test_a_value_from_the_card_can_be_corrected_and_then_is_the_residents(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    name = entry(subject, "name")
    name.setFocus()
    name.setCursorPosition(len(name.text()))
    QTest.keyClicks(name, "2")
    assert live.session.values["name"] == "测试·林小瓯2"
    assert name.property("known") == "false"


def test_a_whole_form_is_filled_in_by_touch_and_leads_to_the_review(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    subject.touch("choice:period:all")
    subject.touch("field:phone")
    for key in "13800000000":
        subject.touch(f"key:{key}")
    subject.touch("main_action")
    assert live.state.step is Step.REVIEW
    assert live.session.values["period"] == "all"
    assert live.session.values["phone"] == "13800000000"


def test_all_defects_are_shown_at_once_and_each_goes_when_it_is_mended(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    subject.touch("main_action")
    assert live.state.invalid_fields == problems(sample.catalogue().items[0].fields, live.session.values, sample.TODAY)
    assert len(live.state.invalid_fields) == 2
    assert entry(subject, "phone").property("wrong") == "true"
    assert "11" not in entry(subject, "name").accessibleDescription()
    assert entry(subject, "phone").accessibleDescription()
    subject.touch("choice:period:all")
    assert [name for name, _ in live.state.invalid_fields] == ["phone"]
    assert subject.find("choice:period:all").property("wrong") == "false"
    assert entry(subject, "phone").property("wrong") == "true"


def test_the_first_defect_is_brought_into_view(make_window: MakeWindow, finger: object) -> None:
    visitor = Visitor(make_window(mm_per_px=0.2), finger)  # type: ignore[arg-type]
    live = LiveForm(visitor, sample.PERMIT)
    area = visitor.window.findChild(QScrollArea)
    assert area is not None
    QTest.qWait(20)
    area.verticalScrollBar().setValue(0)
    live.session.values |= {"address": "x", "residence_registered_since": "2024-01-01", "current_address": "y", "reason": "work"}
    visitor.touch("main_action")
    QTest.qWait(20)
    assert place(area, visitor.window).contains(place(entry(visitor, "phone"), visitor.window))


def test_a_date_is_set_out_as_year_month_day(subject: Visitor) -> None:
    live = LiveForm(subject, sample.PERMIT)
    subject.touch("field:residence_registered_since")
    for key in "19580131":
        subject.touch(f"key:{key}")
    assert entry(subject, "residence_registered_since").text() == "1958-01-31"
    assert live.session.values["residence_registered_since"] == "1958-01-31"
    subject.touch("key:delete")
    subject.touch("key:delete")
    assert live.session.values["residence_registered_since"] == "1958-01"
    subject.touch("key:9")
    assert entry(subject, "residence_registered_since").text() == "1958-01-9"


def test_no_choice_is_made_beforehand_and_another_touch_changes_it(subject: Visitor) -> None:
    live = LiveForm(subject, sample.PERMIT)
    chosen = [b for b in subject.window.findChildren(QAbstractButton) if b.isCheckable() and b.isChecked()]
    assert chosen == []
    subject.touch("choice:reason:work")
    subject.touch("choice:reason:family")
    assert live.session.values["reason"] == "family"
    assert subject.events == [FieldEntered("reason", "work"), FieldEntered("reason", "family")]


def test_a_late_answer_does_not_overwrite_what_is_being_written(subject: Visitor) -> None:
    show(subject.window, FORM)
    phone = entry(subject, "phone")
    phone.setFocus()
    QTest.keyClicks(phone, "138")
    model = FORM.screen.model
    assert isinstance(model, FormView)
    stale = tuple(replace(field, value="13") if field.name == "phone" else field for field in model.fields)
    subject.window.show_screen(Screen(FORM.screen.chrome, replace(model, fields=stale)))
    assert phone.text() == "138"


def test_only_digits_get_into_number_fields_and_nothing_onto_the_clipboard(subject: Visitor) -> None:
    show(subject.window, FORM)
    QApplication.clipboard().setText("粘贴")
    phone = entry(subject, "phone")
    phone.setFocus()
    QTest.keyClicks(phone, "1a3 8-x")
    QTest.keyClick(phone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert phone.text() == "138"
    phone.selectAll()
    QTest.keyClick(phone, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "粘贴"


def test_switching_the_language_keeps_what_was_entered(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    subject.touch("field:phone")
    for key in "138":
        subject.touch(f"key:{key}")
    subject.touch("language")
    subject.touch("language:zh-Hant")
    assert live.state.language is Language.ZH_HANT
    assert entry(subject, "phone").text() == "138"
    subject.touch("language")
    subject.touch("language:en")
    assert live.state.language is Language.EN
    assert entry(subject, "phone").text() == "138"
    assert subject.find("main_action").property("text") == "Next"


@pytest.mark.parametrize("times", [1, 5])
def test_next_on_an_empty_form_is_one_event_a_touch(subject: Visitor, times: int) -> None:
    show(subject.window, FORM)
    for _ in range(times):
        subject.touch("main_action")
    assert subject.events == [Continue()] * times
