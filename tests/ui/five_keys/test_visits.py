"""Whole visits by five keys and by ear, with the true window, flow and voice; devices are played by the test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.domain.aids import Voice
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.workers.headset_watch import HeadsetWatch
from tests.helpers.by_ear import CONFIRM
from tests.helpers.listening import Recorder
from tests.helpers.people import FACE, STAFF, sample_person, sample_portrait
from tests.helpers.visitor import proof_by
from tests.ui.conftest import Visitor
from tests.ui.five_keys.blind_resident import BlindResident
from tests.ui.live_visit import LiveVisit
from ui.five_keys.keys import DOWN, LEFT, RIGHT, UP
from ui.voice.hearing import Hearing

NEWCOMER = sample_person(name="测试·王小江", id_number="42010219920214123X", birth=date(1992, 2, 14))


class Booth:
    """A machine with headphones, and somebody blind before it."""

    def __init__(self, visitor: Visitor) -> None:
        self.live = LiveVisit(visitor)
        self.recorder = Recorder()
        self.watch = HeadsetWatch(tuple)
        self.hearing = Hearing(visitor.window, self.recorder, self.watch)
        self.hearing.happened.connect(self.live.handle)
        self.resident = BlindResident(visitor.window, self.hearing, self.recorder)

    def plug_in(self) -> None:
        self.watch._plugged = True
        self.watch.headset_changed.emit(True)

    @property
    def step(self) -> Step:
        return self.live.step


@pytest.fixture
def booth(with_keyboard: Visitor) -> Iterator[Booth]:
    made = Booth(with_keyboard)
    yield made
    made.resident.window.windowHandle().removeEventFilter(made.resident.keys)
    made.hearing.stop()


def _identify_by_staff(booth: Booth, person: object) -> None:
    booth.resident.choose("请工作人员看一看")
    assert booth.step is Step.CARD
    booth.live.does(ev.CardWasRead(person, sample_portrait()))  # type: ignore[arg-type]
    assert booth.step is Step.STAFF
    booth.resident.write("工号", "1001")
    booth.resident.write("密码", "246810")
    booth.resident.go_on()
    booth.live.does(ev.PersonProved(proof_by(STAFF)))


def _hand_in(booth: Booth) -> None:
    assert booth.step is Step.REVIEW
    booth.resident.go_on()
    assert booth.step is Step.SIGN
    booth.resident.choose("不方便写字")
    assert booth.step is Step.COMMITTING
    signature = booth.live.machine.session.signature
    assert signature is not None
    assert (signature.is_stated, signature.strokes) == (True, ())
    booth.live.does(ev.CaseStored("id", "3303042611270001000017", "now"), ev.DeliveryKnown(True), ev.SlipPrinted("id"))
    assert booth.step is Step.SLIP


def _leave(booth: Booth) -> None:
    booth.resident.go_on()
    if booth.step is Step.PROOF:
        booth.resident.go_on()
    assert booth.step is Step.RATING
    booth.resident.choose("非常满意")
    assert booth.step is Step.ANOTHER
    booth.resident.choose("办完了")
    assert booth.step is Step.FAREWELL


def test_the_first_key_at_rest_begins_and_speaks(booth: Booth) -> None:
    booth.resident.press(DOWN)
    assert booth.step is Step.HOME
    assert booth.live.machine.state.aids.voice is Voice.ALOUD


@pytest.mark.timeout(120)
def test_a_proof_of_insurance_from_rest_to_rest(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    booth.resident.choose("个人参保证明")
    assert booth.step is Step.GUIDE
    booth.resident.go_on()
    booth.resident.choose("同意，继续")
    assert booth.step is Step.ROUTE
    _identify_by_staff(booth, sample_person())
    assert booth.step is Step.FORM
    booth.resident.choose("最近一年")
    if "phone" not in booth.live.machine.session.prefilled:
        booth.resident.write("手机", "13800000000")
    booth.resident.go_on()
    _hand_in(booth)
    _leave(booth)


@pytest.mark.timeout(180)
def test_a_residence_permit_with_an_address_in_chinese_and_a_telephone_number(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    booth.resident.choose("居住证申领")
    booth.resident.go_on()
    booth.resident.choose("同意，继续")
    _identify_by_staff(booth, NEWCOMER)
    assert booth.step is Step.FORM
    values = booth.live.machine.session.values
    booth.resident.write_chinese("现在住在哪里", {"ni": "你", "hao": "好"})
    assert "你好" in values["current_address"]
    booth.resident.choose("工作")
    assert values["reason"] == "work"
    booth.resident.write("手机", "13800000000")
    assert values["phone"] == "13800000000"
    booth.resident.go_on()
    if booth.step is Step.HANDLING:
        booth.resident.choose("窗口")
        booth.resident.go_on()
    _hand_in(booth)


def test_left_goes_back_and_says_where_it_cannot(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    assert booth.resident.press(LEFT), "said"
    assert booth.step is Step.HOME
    booth.resident.choose("个人参保证明")
    booth.resident.go_back()
    assert booth.step is Step.HOME


def test_right_does_nothing_before_the_main_action_is_there(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    assert "不能" in booth.resident.press(RIGHT)
    assert booth.step is Step.HOME


def test_aloud_nothing_that_is_written_is_said(booth: Booth) -> None:
    booth.live.does(ev.Touched())
    booth.resident.press(DOWN)
    booth.live.machine.identifies("11330304MB0TEAT21B4330709001001", STAFF, NEWCOMER)
    booth.live._show()
    booth.resident.write("手机", "139")
    assert booth.live.machine.session.values["phone"] == "139"
    assert not any("139" in said.replace(" ", "") for said in booth.recorder.said)


def test_a_touch_ends_the_going_by_keys(booth: Booth) -> None:
    booth.resident.press(DOWN)
    booth.resident.press(DOWN)
    assert booth.resident.keys.is_used
    booth.live.visitor.touch("help")
    assert not booth.resident.keys.is_used


def test_a_sheet_is_gone_through_and_closed_by_left(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    booth.resident.choose("帮助")
    assert booth.live.visitor.sees("sheet")
    booth.resident.find("好了")
    booth.resident.go_back()
    assert not booth.live.visitor.sees("sheet")
    assert booth.step is Step.HOME


def test_confirm_says_the_last_thing_again_where_nothing_is_reached(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    booth.live.does(ev.ItemChosen("11330304MB0TEAT13G4332014001001"))
    assert booth.step is Step.GUIDE
    QTest.qWait(150)
    assert booth.resident.press(CONFIRM)


def test_up_from_the_first_is_told(booth: Booth) -> None:
    booth.plug_in()
    booth.resident.press(DOWN)
    booth.resident.press(DOWN)
    first = booth.resident.press(UP)
    assert first
    assert "到头" in booth.resident.press(UP)


def test_the_keys_of_a_full_keyboard_stay_with_whoever_types(with_keyboard: Visitor, booth: Booth) -> None:
    booth.live.machine.identifies("11330304MB0TEAT21B4330709001001", FACE, NEWCOMER)
    booth.live._show()
    QTest.qWait(50)
    with_keyboard.touch("field:phone")
    booth.resident.press(Qt.Key.Key_Left)
    assert not booth.resident.keys.is_used
