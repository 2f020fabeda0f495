"""Days, addresses and numbers, by real touches and by keys."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from kiosk.domain.language import Language
from kiosk.flow.states import Step
from tests.ui.conftest import MakeWindow, Visitor
from tests.ui.live_form import LiveForm, entry
from ui.gallery import sample
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.theme.tokens import Metrics
from ui.widgets import masked_box

SINCE = "residence_registered_since"
PLATES = {plate.name: plate for plate in plates(Language.ZH)}


def bring_into_view(visitor: Visitor, name: str) -> None:
    screen = visitor.window.findChild(QWidget, "screen:form")
    screen.reveal_wanted.emit(visitor.find(name))  # type: ignore[union-attr]
    QTest.qWait(40)


# --- the wheel of days


@pytest.fixture
def permit(subject: Visitor) -> LiveForm:
    live = LiveForm(subject, sample.PERMIT)
    bring_into_view(subject, f"field:{SINCE}")
    return live


def test_a_day_is_chosen_by_touching_and_taken(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"wheel:{SINCE}")
    assert SINCE not in permit.session.values
    subject.touch(f"wheel:{SINCE}:year:down")
    subject.touch(f"wheel:{SINCE}:year:down")
    subject.touch(f"wheel:{SINCE}:month:up")
    assert permit.session.values[SINCE] == "2024-12-23"
    subject.touch(f"wheel:{SINCE}:month:up")
    subject.touch(f"wheel:{SINCE}:day:down")
    assert permit.session.values[SINCE] == entry(subject, SINCE).text() == "2024-01-22"
    subject.touch(f"wheel:{SINCE}:take")
    assert not subject.sees(f"wheel:{SINCE}:year")
    assert permit.session.values[SINCE] == "2024-01-22"


def test_the_day_it_stands_at_can_be_taken_as_it_is(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"wheel:{SINCE}")
    subject.touch(f"wheel:{SINCE}:take")
    assert permit.session.values[SINCE] == sample.TODAY.isoformat()


def test_the_whole_wheel_is_brought_into_view(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"wheel:{SINCE}")
    button = subject.find(f"wheel:{SINCE}:take")
    corner = button.mapTo(subject.window, button.rect().bottomRight())
    assert subject.window.childAt(corner - QPoint(20, 20)) is button


def test_typing_puts_the_wheel_away_and_the_wheel_the_number_pad(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"field:{SINCE}")
    for key in "20240315":
        subject.touch(f"key:{key}")
    subject.touch(f"wheel:{SINCE}")
    assert not subject.sees("dock")
    subject.touch(f"wheel:{SINCE}:day:up")
    assert permit.session.values[SINCE] == "2024-03-16"
    subject.touch(f"field:{SINCE}")
    assert subject.sees("dock")
    assert not subject.sees(f"wheel:{SINCE}:day")


def test_a_column_that_is_held_goes_on_by_itself(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"wheel:{SINCE}")
    button = subject.find(f"wheel:{SINCE}:year:down")
    subject.touch_at(button.mapTo(subject.window, button.rect().center()), held_ms=1200)
    assert int(permit.session.values[SINCE][:4]) < sample.TODAY.year - 3


def test_it_is_operated_by_keys_alone(subject: Visitor, permit: LiveForm) -> None:
    opener = subject.find(f"wheel:{SINCE}")
    opener.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(opener, Qt.Key.Key_Return)
    year = subject.find(f"wheel:{SINCE}:year")
    assert QApplication.focusWidget() is year
    QTest.keyClick(year, Qt.Key.Key_Down)
    assert permit.session.values[SINCE] == "2025-11-23"
    for _ in range(10):
        if QApplication.focusWidget().objectName() == f"wheel:{SINCE}:month":
            break
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert permit.session.values[SINCE] == "2025-12-23"


def test_columns_have_a_name_and_a_value_and_buttons_are_large(subject: Visitor, permit: LiveForm) -> None:
    subject.touch(f"wheel:{SINCE}")
    told = []
    for part in ("year", "month", "day"):
        seen = QAccessible.queryAccessibleInterface(subject.find(f"wheel:{SINCE}:{part}"))
        told.append((seen.text(QAccessible.Text.Name), seen.text(QAccessible.Text.Description)))
        for way in ("up", "down"):
            button = subject.find(f"wheel:{SINCE}:{part}:{way}")
            least = subject.window.metrics.px(19)
            assert button.width() >= least
            assert button.height() >= least
            assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    assert told == [("年", "2026"), ("月", "11"), ("日", "23")]


def test_an_appointment_is_not_in_the_past(subject: Visitor) -> None:
    live = LiveForm(subject, "id_card_renewal")
    bring_into_view(subject, "field:appointment_day")
    subject.touch("wheel:appointment_day")
    subject.touch("wheel:appointment_day:year:down")
    assert live.session.values["appointment_day"] == sample.TODAY.isoformat()
    subject.touch("wheel:appointment_day:month:up")
    assert date.fromisoformat(live.session.values["appointment_day"]) > sample.TODAY


# --- addresses


def test_divisions_are_chosen_and_the_line_is_written(with_keyboard: Visitor) -> None:
    live = LiveForm(with_keyboard, sample.PERMIT)
    with_keyboard.touch("division:current_address")
    with_keyboard.touch("division:current_address:浙江省")
    with_keyboard.touch("division:current_address:温州市")
    with_keyboard.touch("division:current_address:龙港市")
    assert live.session.values["current_address"] == "浙江省温州市龙港市"
    line = entry(with_keyboard, "current_address")
    assert QApplication.focusWidget() is line
    QTest.qWait(300)
    assert with_keyboard.sees("keyboard")
    QTest.keyClicks(line, "8-502")
    assert live.session.values["current_address"] == "浙江省温州市龙港市8-502"
    assert line.text() == "8-502"


def test_the_own_city_is_one_touch_away_and_nothing_is_chosen_beforehand(subject: Visitor) -> None:
    live = LiveForm(subject, sample.PERMIT)
    subject.touch("division:current_address")
    assert "current_address" not in live.session.values
    offered = [b for b in subject.window.findChildren(QAbstractButton) if b.objectName().startswith("division:current_address:")]
    assert offered[0].text() == "温州市"
    assert not any(button.isChecked() for button in offered)
    subject.touch("division:current_address:温州市")
    subject.touch("division:current_address:瓯海区")
    assert live.session.values["current_address"] == "浙江省温州市瓯海区"


def test_a_division_without_a_line_is_not_enough_and_its_complaint_goes_when_it_is_mended(subject: Visitor) -> None:
    live = LiveForm(subject, sample.PERMIT)
    subject.touch("division:current_address")
    subject.touch("division:current_address:温州市")
    subject.touch("division:current_address:瓯海区")
    subject.touch("main_action")
    assert dict(live.state.invalid_fields)["current_address"] == "field.address"
    QTest.keyClicks(entry(subject, "current_address"), "1")
    assert "current_address" not in dict(live.state.invalid_fields)


def test_an_address_that_is_there_is_taken_apart_and_stays_until_it_is_changed(subject: Visitor) -> None:
    show(subject.window, PLATES["form"])
    division = subject.find("division:address")
    assert division.property("text") == "浙江省 温州市 瓯海区"
    assert entry(subject, "address").text() == "测试路 1 号（SAMPLE）"
    assert subject.events == []
    subject.touch("division:address")
    assert subject.find("division:address:瓯海区").property("checked") is True
    subject.touch("division:address:back:温州市")
    subject.touch("division:address:杭州市")
    subject.touch("division:address:西湖区")
    assert subject.events[-1].value == "浙江省杭州市西湖区测试路 1 号（SAMPLE）"  # type: ignore[union-attr]


def test_a_list_that_is_higher_than_the_screen_is_shown_from_its_question_on(make_window: MakeWindow, finger: object) -> None:
    visitor = Visitor(make_window(mm_per_px=0.2), finger)  # type: ignore[arg-type]
    LiveForm(visitor, sample.PERMIT)
    visitor.find("division:current_address").click()  # type: ignore[attr-defined]
    QTest.qWait(60)
    assert not visitor.find("division:current_address").visibleRegion().isEmpty()
    assert not visitor.find("division:current_address:温州市").visibleRegion().isEmpty()


def test_divisions_are_chosen_by_keys(subject: Visitor) -> None:
    live = LiveForm(subject, sample.PERMIT)
    division = subject.find("division:current_address")
    division.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(division, Qt.Key.Key_Return)
    assert QApplication.focusWidget().objectName() == "division:current_address:温州市"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert live.session.values["current_address"] == "浙江省温州市龙湾区"


@pytest.mark.parametrize("mm_per_px", [0.2, 0.248, 0.311, 0.5])
def test_the_longest_names_fit(make_window: MakeWindow, finger: object, mm_per_px: float) -> None:
    visitor = Visitor(make_window(mm_per_px=mm_per_px), finger)  # type: ignore[arg-type]
    LiveForm(visitor, sample.PERMIT)
    visitor.find("division:current_address").click()  # type: ignore[attr-defined]
    for name in ("新疆维吾尔自治区", "克孜勒苏柯尔克孜自治州"):
        QTest.qWait(30)
        for button in visitor.window.findChildren(QAbstractButton):
            if button.isVisible() and button.objectName().startswith("division:"):
                assert button.sizeHint().width() <= button.width(), button.objectName()
                assert button.height() >= Metrics.of_pitch(mm_per_px).px(19)
        visitor.find(f"division:current_address:{name}").click()  # type: ignore[attr-defined]


# --- numbers


def test_a_telephone_number_is_grouped_while_it_is_written_and_masked_afterwards(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    subject.touch("field:phone")
    for key in "13812345678":
        subject.touch(f"key:{key}")
    assert entry(subject, "phone").text() == "138 1234 5678"
    assert live.session.values["phone"] == "13812345678"
    subject.touch("key:done")
    assert entry(subject, "phone").text() == "138****5678"
    assert live.session.values["phone"] == "13812345678"


def test_the_number_is_shown_for_a_moment_only(subject: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_box, "SHOWN_MS", 300)
    live = LiveForm(subject, sample.INSURANCE)
    entry(subject, "phone").setFocus()
    QTest.keyClicks(entry(subject, "phone"), "13812345678")
    entry(subject, "phone").clearFocus()
    subject.touch("show:phone")
    assert entry(subject, "phone").text() == "138 1234 5678"
    QTest.qWait(400)
    assert entry(subject, "phone").text() == "138****5678"
    subject.touch("show:phone")
    subject.touch("show:phone")
    assert entry(subject, "phone").text() == "138****5678"
    assert live.session.values["phone"] == "13812345678"


def test_a_mask_is_never_taken_for_the_number_and_never_undone(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    line = entry(subject, "phone")
    line.setFocus()
    QTest.keyClicks(line, "13812345678")
    line.clearFocus()
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    line.undo()
    assert "1234" not in line.text()
    subject.touch("language")
    assert entry(subject, "phone").text() == "138****5678"
    line = entry(subject, "phone")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    assert live.session.values["phone"] == "1381234567"


def test_a_digit_in_the_middle_is_mended_where_it_stands(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    line = entry(subject, "phone")
    line.setFocus()
    QTest.keyClicks(line, "13812345678")
    line.setCursorPosition(5)
    subject.touch("key:delete")
    subject.touch("key:9")
    assert (line.text(), line.cursorPosition()) == ("138 9234 5678", 5)
    assert live.session.values["phone"] == "13892345678"


def test_what_is_not_whole_or_wrong_is_not_masked(subject: Visitor) -> None:
    live = LiveForm(subject, sample.INSURANCE)
    line = entry(subject, "phone")
    line.setFocus()
    QTest.keyClicks(line, "1381234")
    line.clearFocus()
    assert line.text() == "138 1234"
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Home)
    QTest.keyClicks(line, "0000")
    line.clearFocus()
    assert "*" in line.text()
    subject.touch("main_action")
    assert dict(live.state.invalid_fields)["phone"] == "field.phone"
    assert line.text() == "000 0138 1234"


def test_an_id_number_is_written_with_its_x_and_judged_kindly(subject: Visitor) -> None:
    live = LiveForm(subject, sample.FAMILY)
    bring_into_view(subject, "field:family_member_id")
    subject.touch("field:family_member_id")
    for key in "33030219580101001X":
        subject.touch(f"key:{key}")
    line = entry(subject, "family_member_id")
    assert line.text() == "330302 19580101 001X"
    assert live.session.values["family_member_id"] == "33030219580101001X"
    subject.touch("key:done")
    assert line.text() == "330302********001X"
    assert live.state.step is Step.FORM
    subject.touch("main_action")
    assert dict(live.state.invalid_fields).get("family_member_id") == "field.id_number"


def test_the_x_key_is_there_for_id_numbers_only(subject: Visitor) -> None:
    LiveForm(subject, sample.FAMILY)
    entry(subject, "phone").setFocus()
    assert not subject.sees("key:X")
    entry(subject, "family_member_id").setFocus()
    assert subject.sees("key:X")


def test_a_plugged_in_keyboard_writes_the_same_signs(subject: Visitor) -> None:
    live = LiveForm(subject, sample.FAMILY)
    line = entry(subject, "family_member_id")
    line.setFocus()
    QTest.keyClicks(line, "3303-0219a580101001x")
    assert live.session.values["family_member_id"] == "33030219580101001X"


def test_nothing_of_it_is_left_when_the_window_is_wiped(subject: Visitor) -> None:
    LiveForm(subject, sample.FAMILY)
    line = entry(subject, "family_member_id")
    line.setFocus()
    QTest.keyClicks(line, "330302195801010005")
    boxes = subject.window.findChildren(QLineEdit)
    subject.window.wipe()
    assert all(box.text() == "" for box in boxes)
    for box in boxes:
        box.undo()
    assert all(box.text() == "" for box in boxes)
