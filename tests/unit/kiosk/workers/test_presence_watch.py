"""Who walks away is noticed; who cannot be seen loses nothing; and the camera is left to the face check."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from drivers.types import Deadline
from kiosk.config import Times
from kiosk.domain.identity import Proof
from kiosk.domain.language import Language
from kiosk.flow.moves import PURPOSE_PRESENCE
from kiosk.flow.session import ConsentRecord, SessionContext
from kiosk.flow.states import Step
from kiosk.workers.hands import Hands
from kiosk.workers.presence_watch import PresenceWatch
from kiosk.workers.use_cases import Services
from tests.helpers.identifying import ScriptedWays
from tests.helpers.people import FACE


class Eyes(QObject):
    """The part of ``Hands`` that looks."""

    presence_seen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bool] = []
        self.looks = 0

    def watch_presence(self, watching: bool) -> None:
        self.told.append(watching)

    def look_for_people(self) -> None:
        self.looks += 1


class Scene:
    """A resident who is proved and has consented, a clock, and how often nobody was told."""

    def __init__(self) -> None:
        self.eyes, self.session, self.now_s, self.warnings = Eyes(), SessionContext(), 0.0, 0
        self.session.proof = Proof(FACE, FACE.level)
        self.answers(True)
        self.subject = PresenceWatch(self.eyes, self.session, monotonic_s=lambda: self.now_s)  # type: ignore[arg-type]
        self.subject.nobody.connect(self._on_nobody)

    def answers(self, granted: bool) -> None:
        self.session.consents = [ConsentRecord(PURPOSE_PRESENCE, granted, Language.ZH, 1)]

    def _on_nobody(self) -> None:
        self.warnings += 1

    def sees(self, somebody: bool | None, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.now_s += 0.5
            self.eyes.presence_seen.emit(somebody)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    scene = Scene()
    scene.subject.enter(Step.FORM)
    return scene


def test_who_was_seen_and_is_gone_for_ten_seconds_is_asked_for_once(scene: Scene) -> None:
    scene.sees(True, 5.0)
    scene.sees(False, 9.5)
    assert scene.warnings == 0
    scene.sees(False, 30.0)
    assert scene.warnings == 1


def test_a_touch_counts_as_much_as_being_seen(scene: Scene) -> None:
    scene.sees(True, 2.0)
    for _ in range(5):
        scene.sees(False, 8.0)
        scene.subject.touched()
    assert scene.warnings == 0


def test_who_never_stood_in_the_picture_is_never_missed(scene: Scene) -> None:
    scene.sees(False, 300.0)
    assert scene.warnings == 0


def test_who_has_answered_is_left_alone_until_they_are_seen_again(scene: Scene) -> None:
    scene.sees(True, 2.0)
    scene.sees(False, 11.0)
    scene.subject.touched()
    scene.sees(False, 100.0)
    assert scene.warnings == 1
    scene.sees(True, 1.0)
    scene.sees(False, 11.0)
    assert scene.warnings == 2


def test_a_blind_camera_claims_nothing(scene: Scene) -> None:
    scene.sees(True, 2.0)
    scene.sees(False, 6.0)
    scene.sees(None, 0.5)
    scene.sees(False, 9.5)
    assert scene.warnings == 0


def test_who_needs_more_time_gets_it_here_too(scene: Scene) -> None:
    scene.subject.set_patience(2)
    scene.sees(True, 2.0)
    scene.sees(False, 19.5)
    assert scene.warnings == 0
    scene.sees(False, 1.0)
    assert scene.warnings == 1


@pytest.mark.parametrize("step", [Step.ROUTE, Step.FACE_CONSENT, Step.CARD, Step.FACE, Step.FAREWELL, Step.IDLE])
def test_the_camera_is_let_go_of_for_a_check_and_at_the_end(scene: Scene, step: Step) -> None:
    scene.subject.enter(step)
    assert scene.eyes.told == [True, False]
    scene.sees(True, 1.0)
    scene.sees(False, 20.0)
    assert scene.warnings == 0


def test_without_consent_or_before_anybody_is_proved_the_lens_stays_closed(qtbot: QtBot) -> None:
    scene = Scene()
    scene.answers(False)
    scene.subject.enter(Step.FORM)
    scene.session.consents = []
    scene.subject.enter(Step.PAPERS)
    scene.answers(True)
    scene.session.proof = None
    scene.subject.enter(Step.GUIDE)
    assert scene.eyes.told == []


class Sensor:
    """Notes on which thread of the terminal it is used, and in which order."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def start(self) -> None:
        self._told.append("presence opens")

    def look(self, deadline: Deadline) -> bool | None:
        self._told.append("looks")
        deadline.sleep(5.0)
        return True

    def stop(self) -> None:
        self._told.append("presence closes")


def test_on_the_camera_s_thread_a_check_comes_after_the_sensor_has_let_go(qtbot: QtBot) -> None:
    from kiosk.flow.effects import PrepareCamera

    ways = ScriptedWays()
    services = Services(ways, None, None, None, presence=Sensor(ways.asked))  # type: ignore[arg-type]
    hands = Hands(services, Times())
    hands.watch_presence(True)
    hands.look_for_people()
    qtbot.waitUntil(lambda: "looks" in ways.asked or hands.face.is_busy, timeout=5000)
    hands.face.cancel()
    hands.watch_presence(False)
    hands.device(PrepareCamera(), SessionContext())
    qtbot.waitUntil(lambda: "camera opens" in ways.asked, timeout=5000)
    hands.stop()
    assert [word for word in ways.asked if word != "looks"] == ["presence opens", "presence closes", "camera opens"]
