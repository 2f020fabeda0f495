"""Every screen speaks, in every language, and says nothing personal aloud."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.domain.aids import Aids
from kiosk.domain.language import Language
from kiosk.flow.states import Step
from tests.ui.conftest import Visitor
from ui.frame import takes_focus
from ui.gallery.plates import Plate, plates
from ui.gallery.render import settle, show
from ui.gallery.sample import RECEIPT_NUMBER, person
from ui.sheets.display import DisplaySheet
from ui.voice.narrator import Narrator, told
from ui.widgets.buttons import Button
from ui.window import KioskWindow

BY_LANGUAGE = {language: {plate.name: plate for plate in plates(language)} for language in Language}
ALL = [(language, name) for language in Language for name in BY_LANGUAGE[language]]
ZH, EN = Language.ZH, Language.EN
PERSONAL = (
    "林小瓯",
    "林小小",
    "测*****",
    person().id_number,
    "330302",
    person().address,
    "测试路 1 号（",
    "测试路 8 号",
    "娄桥街道测试路",
    "13800000000",
    "138",
    "2024年3月15日",
    "15 March 2024",
    RECEIPT_NUMBER,
    RECEIPT_NUMBER[-6:],
    "P7K29QXM4TRA",
    "204816",
    "246810",
    "1001",
    "canbao",
    "飞机票",
    "照片太暗",
    "登记簿上没有",
    "我承诺：在本地",
)


def _heard(window: KioskWindow, *, private: bool) -> str:
    """All of a screen, and everything the keys can reach on it."""
    scene = window.scene
    assert scene is not None
    said = [told(scene.look, Narrator().of_scene(scene).pieces, private=private)]
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and takes_focus(widget):
            said.append(told(scene.look, Narrator.of_widget(scene.look, widget), private=private))
    return "\n".join(said)


def _plain(text: str) -> str:
    return re.sub("[ ,，]", "", text)


def _personal_in(text: str) -> list[str]:
    plain = _plain(text)
    # Digits of a number are said one by one: they stand in the plain text as the number.
    return [canary for canary in PERSONAL if _plain(canary) in plain]


@pytest.mark.parametrize(("language", "name"), ALL)
def test_every_plate_is_told_nothing_of_it_is_empty_and_nothing_personal_is_said_aloud(
    window: KioskWindow, language: Language, name: str
) -> None:
    show(window, BY_LANGUAGE[language][name])
    scene = window.scene
    assert scene is not None
    narration = Narrator().of_scene(scene)
    assert narration.is_new
    for private in (True, False):
        text = told(scene.look, narration.pieces, private=private)
        assert len(text) > 8
        assert "{" not in text
        assert "\u200b" not in text
        for piece in narration.pieces:
            assert piece.to(private=private).strip()
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and takes_focus(widget):
            assert told(scene.look, Narrator.of_widget(scene.look, widget), private=False), widget.objectName()
    assert _personal_in(_heard(window, private=False)) == []


def test_through_headphones_all_of_it_is_said(window: KioskWindow) -> None:
    """The test above must be able to fail: everything it looks for is said on some plate, to its owner."""
    heard = ""
    for language in Language:
        for plate in BY_LANGUAGE[language].values():
            show(window, plate)
            heard += _heard(window, private=True)
    unheard = set(PERSONAL) - set(_personal_in(heard))
    # What no screen shows is never said, not even to its owner: whole numbers of card and telephone, PIN and names in full.
    assert unheard <= {person().id_number, "13800000000", "246810", "测*****"}


def test_a_screen_is_told_title_first_then_trouble_then_what_can_be_done(window: KioskWindow) -> None:
    show(window, BY_LANGUAGE[ZH]["card-failed"])
    text = _heard(window, private=False).split("\n")[0]
    order = ("请放身份证", "拿走得太早", "平放在读卡处", "可以选择：换一种方式", "共 5 步", "主按钮：再读一次")
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_receipt_number_is_said_digit_by_digit(window: KioskWindow) -> None:
    show(window, BY_LANGUAGE[EN]["slip-stored"])
    assert "3 3 0 3, 0 4, 2 6 1 1, 2 3, A 0 1 7, 0 0 0 4, 4 Y" in _heard(window, private=True)


def _say_plates(window: KioskWindow, first: Plate, then: Plate) -> str:
    narrator = Narrator()
    window.wipe()
    window.show_screen(first.screen)
    assert window.scene is not None
    assert narrator.of_scene(window.scene).is_new
    assert narrator.of_scene(window.scene).pieces == ()
    window.show_screen(then.screen)
    narration = narrator.of_scene(window.scene)
    assert not narration.is_new
    return told(window.scene.look, narration.pieces, private=False)


def test_of_a_change_only_what_is_new_is_said(window: KioskWindow) -> None:
    zh = BY_LANGUAGE[ZH]
    assert _say_plates(window, zh["slip-printing"], zh["slip-delivered"]) == "凭条已打印，请取走。"
    failed = _say_plates(window, zh["face"], zh["face-failed"])
    assert failed.startswith("和照片没有对上。")
    assert "请看镜头" not in failed
    problems = _say_plates(window, zh["form"], zh["form-problems"])
    assert problems.startswith("还有 3 处要补充")
    assert "手机号码：已填写，请看屏幕。手机号码应是 1 开头的 11 位数字" in problems


def test_a_movement_of_the_face_check_is_said(window: KioskWindow) -> None:
    plate = BY_LANGUAGE[EN]["face"]
    narrator = Narrator()
    window.show_screen(plate.screen)
    assert window.scene is not None
    narrator.of_scene(window.scene)
    assert plate.asks is not None
    window.show_face_request(plate.asks)
    said = told(window.scene.look, narrator.of_scene(window.scene).pieces, private=False)
    assert said == "Movement 2 of 3. Turn your head slowly to the left."


def test_a_choice_tells_how_it_stands_and_its_place(subject: Visitor) -> None:
    show(subject.window, BY_LANGUAGE[EN]["rating-why"])
    look = subject.window.scene.look  # type: ignore[union-attr]
    button = next(b for b in subject.window.findChildren(Button) if b.objectName().startswith("reason:"))
    before = told(look, Narrator.of_widget(look, button), private=False)
    assert before.endswith("not chosen. 1 of 5.")
    button.setChecked(True)
    assert told(look, Narrator.of_widget(look, button), private=False).endswith(" chosen. 1 of 5.")
    assert "not chosen" not in told(look, Narrator.of_widget(look, button), private=False)


def test_a_closed_matter_tells_why(subject: Visitor) -> None:
    show(subject.window, BY_LANGUAGE[EN]["home-limited"])
    look = subject.window.scene.look  # type: ignore[union-attr]
    closed = next(b for b in subject.window.findChildren(Button) if b.property("closed") == "true")
    said = told(look, Narrator.of_widget(look, closed), private=False)
    assert "not possible now" in said
    assert "clock is wrong" in said


def test_which_answer_is_chosen_is_the_residents_own_business(subject: Visitor) -> None:
    show(subject.window, BY_LANGUAGE[EN]["handling-courier"])
    look = subject.window.scene.look  # type: ignore[union-attr]
    chosen = next(b for b in subject.window.findChildren(Button) if b.isCheckable() and b.isChecked())
    assert "chosen" in told(look, Narrator.of_widget(look, chosen), private=True)
    assert "chosen" not in told(look, Narrator.of_widget(look, chosen), private=False)


def test_answers_are_not_told_aloud_on_the_last_look(window: KioskWindow) -> None:
    show(window, BY_LANGUAGE[ZH]["review"])
    assert "跟家人" in _heard(window, private=True)
    assert "跟家人" not in _heard(window, private=False)


def test_a_pin_is_said_to_nobody(subject: Visitor) -> None:
    show(subject.window, BY_LANGUAGE[EN]["staff"])
    look = subject.window.scene.look  # type: ignore[union-attr]
    pin = subject.window.findChild(QLineEdit, "staff_pin")
    said = told(look, Narrator.of_widget(look, pin), private=True)
    assert said == "PIN: 6 characters written. to be written."


def test_a_sheet_is_told_and_its_changes_alone(window: KioskWindow) -> None:
    plate = BY_LANGUAGE[EN]["home"]
    show(window, plate)
    narrator = Narrator()
    assert window.scene is not None
    narrator.of_scene(window.scene)
    window._open(DisplaySheet)
    settle()
    assert isinstance(window.scene.top, DisplaySheet)
    assert told(window.scene.look, narrator.of_scene(window.scene).pieces, private=False).startswith("Display and sound.")
    assert window.scene_beneath is not None
    assert window.scene_beneath.step is Step.HOME


def test_elder_screens_speak_too(window: KioskWindow) -> None:
    for plate in plates(ZH, Aids(elder=True)):
        show(window, plate)
        assert _personal_in(_heard(window, private=False)) == [], plate.name


def test_after_a_wipe_there_is_nothing_to_tell(window: KioskWindow) -> None:
    show(window, BY_LANGUAGE[ZH]["review"])
    window.wipe()
    assert window.scene is None
