"""The session ties the challenge to one face. The engine is a fake whose pictures carry what it shall see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from drivers.face.attack_detection import AttackDetector, Judgement
from drivers.face.liveness import LivenessChallenge
from drivers.face.screen_light import Light, LightShow
from drivers.face.session import LivenessSession
from drivers.face.types import Action, Comparison, FaceBox, FaceMeasurement, LivenessProgress, LivenessResult, NoUsableFace
from drivers.types import Frame, Image
from tests.helpers.vision import measurement

REST = measurement()
SHUT = measurement(eyes=0.12)
RED, BLUE = (255, 110, 110), (110, 110, 255)
ELSEWHERE = FaceBox(500, 100, 620, 220)


class FakeTemplate:
    def __init__(self, person: int) -> None:
        self.person: int | None = person

    def forget(self) -> None:
        self.person = None


class FakeEngine:
    """Sees the measurement lined up for it; whose face it is, is the brightness of the picture."""

    name = "fake"

    def __init__(self) -> None:
        self.seen: FaceMeasurement | None = None
        self.templates: list[FakeTemplate] = []
        self.usable = True

    def measure(self, image: Image) -> FaceMeasurement | None:
        return self.seen

    def template_at(self, image: Image, box: FaceBox) -> FakeTemplate:
        self.templates.append(FakeTemplate(int(image[(box.top + box.bottom) // 2, (box.left + box.right) // 2, 0])))
        return self.templates[-1]

    def template(self, image: Image) -> FakeTemplate | NoUsableFace:
        raise NotImplementedError

    def compare(self, probe: object, reference: object) -> Comparison:
        assert isinstance(probe, FakeTemplate)
        assert isinstance(reference, FakeTemplate)
        assert None not in (probe.person, reference.person)
        is_same = probe.person == reference.person
        return Comparison(0.2 if is_same else 0.9, 0.6, match=is_same, engine="fake", elapsed_ms=0.0)


class Visit:
    def __init__(self, *actions: Action, show: LightShow | None = None, detector: AttackDetector | None = None) -> None:
        self.engine = FakeEngine()
        self.subject = LivenessSession(self.engine, LivenessChallenge(actions), show, detector)
        self.sequence = 0
        self.state: LivenessProgress | LivenessResult | None = None

    def see(self, seen: FaceMeasurement | None, frames: int = 1, person: int = 80) -> LivenessProgress | LivenessResult | None:
        for _ in range(frames):
            self.engine.seen = seen
            self.sequence += 1
            self.state = self.subject.offer(Frame(np.full((480, 640, 3), person, np.uint8), self.sequence * 0.08, self.sequence))
        return self.state


def test_one_person_all_the_way_is_live_and_leaves_templates_of_the_face_at_rest() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    visit.see(SHUT, 3)
    assert visit.see(REST, 4) is LivenessResult.LIVE
    templates = visit.subject.take_templates()
    assert [getattr(one, "person", None) for one in templates] == [80, 80]
    assert visit.subject.take_templates() == []
    visit.subject.forget()
    assert [one.person for one in visit.engine.templates if one not in templates] == [None]
    assert visit.subject.judgement is not None


def test_anothers_photograph_held_up_between_the_actions_is_noticed() -> None:
    visit = Visit(Action.OPEN_MOUTH, Action.BLINK)
    visit.see(REST, 10)
    visit.see(measurement(mouth=0.5), 3)
    visit.see(replace(REST, sharpness=900.0), 3, person=200)
    visit.see(SHUT, 3)
    assert visit.see(REST, 4) is LivenessResult.FACE_CHANGED
    assert visit.subject.take_templates() == []
    visit.subject.forget()
    assert {template.person for template in visit.engine.templates} == {None}


def test_the_sharpest_straight_face_with_open_eyes_is_kept() -> None:
    visit = Visit(Action.BLINK)
    visit.see(replace(REST, sharpness=100.0), 10, person=80)
    visit.see(replace(REST, sharpness=500.0), 1, person=81)
    visit.see(replace(SHUT, sharpness=9000.0), 3, person=82)
    visit.see(replace(SHUT, sharpness=400.0), 2, person=83)
    best = visit.subject._best
    assert best is not None
    assert best.picture.max() == 81


def test_the_colours_go_on_while_the_person_moves_and_the_verdict_waits_for_them() -> None:
    visit = Visit(Action.OPEN_MOUTH, show=LightShow([RED, BLUE, RED]))
    visit.see(REST, 3)
    assert isinstance(visit.state, LivenessProgress)
    assert visit.state.light is None
    visit.see(REST, 2)
    assert visit.state == LivenessProgress(Action.OPEN_MOUTH, 0, 1, face_visible=True, light=RED)
    visit.see(measurement(mouth=0.5), 4)
    assert visit.state == LivenessProgress(None, 1, 1, face_visible=True, hint="hold_still", light=BLUE)
    visit.see(REST, 4)
    assert visit.state == LivenessProgress(None, 1, 1, face_visible=True, hint="hold_still", light=RED)
    visit.see(REST, 4)
    assert visit.state == LivenessProgress(None, 1, 1, face_visible=True, hint="hold_still")
    assert visit.see(REST, 2) is LivenessResult.LIVE


def test_whoever_leaves_while_the_colours_go_on_is_lost() -> None:
    visit = Visit(Action.OPEN_MOUTH, show=LightShow([RED, BLUE] * 10))
    visit.see(REST, 5)
    visit.see(measurement(mouth=0.5), 2)
    assert visit.see(None, 14) is LivenessResult.FACE_LOST


def test_a_suspected_attack_names_its_cue_and_leaves_no_template() -> None:
    class Suspicious(AttackDetector):
        def judge(self, actions: Sequence[Action], lights: tuple[Light, ...] = ()) -> Judgement:
            return Judgement({"moire": 0.1, "light": 0.9}, 0.2, 0.5, "test", 3)

    visit = Visit(Action.BLINK, detector=Suspicious())
    visit.see(REST, 10)
    visit.see(SHUT, 3)
    assert visit.see(REST, 4) is LivenessResult.ATTACK
    assert visit.subject.judgement is not None
    assert visit.subject.judgement.cue == "moire"
    assert visit.subject.take_templates() == []


def test_a_face_that_jumps_is_another_face() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    visit.see(measurement(box=ELSEWHERE), 20)
    assert visit.state is LivenessResult.FACE_CHANGED


def test_a_second_face_that_comes_first_is_company_and_no_change() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    visit.see(measurement(box=ELSEWHERE, others=1), 12)
    assert isinstance(visit.state, LivenessProgress)
    assert visit.state.hint == "many_faces"
    visit.see(REST, 2)
    visit.see(SHUT, 3)
    assert visit.see(REST, 4) is LivenessResult.LIVE


def test_a_face_that_goes_away_is_lost() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    assert visit.see(None, 20) is LivenessResult.FACE_LOST
    assert visit.subject.take_templates() == []


def test_one_false_detection_elsewhere_is_forgiven() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    visit.see(measurement(box=ELSEWHERE), 2)
    visit.see(REST, 2)
    visit.see(SHUT, 3)
    assert visit.see(REST, 4) is LivenessResult.LIVE


def test_before_it_has_begun_anybody_may_step_in_front() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 3)
    visit.see(measurement(box=ELSEWHERE), 10)
    assert visit.subject._challenge.has_begun


@pytest.mark.parametrize("is_finished", [True, False])
def test_forgetting_overwrites_all_that_was_kept(is_finished: bool) -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 10)
    visit.see(SHUT, 3)
    best = visit.subject._best
    assert best is not None
    assert best.picture.any()
    visit.see(REST, 4 if is_finished else 0)
    visit.subject.forget()
    visit.subject.forget()
    assert not best.picture.any()
    assert all(template.person is None for template in visit.engine.templates)
    assert visit.subject._best is None
    assert visit.subject.take_templates() == []


def test_kept_pictures_are_copies() -> None:
    visit = Visit(Action.BLINK)
    visit.see(REST, 12)
    best = visit.subject._best
    assert best is not None
    assert best.picture.shape == (420, 440, 3)
    visit.subject.forget()
    assert visit.see(REST) is not None


def test_nobody_is_live_while_somebody_else_stands_there_in_the_end() -> None:
    visit = Visit(Action.BLINK, show=LightShow([RED, BLUE, RED]))
    visit.see(REST, 5)
    visit.see(SHUT, 3)
    visit.see(REST, 1)
    joined = replace(REST, other_faces=1)
    waiting = visit.see(joined, 12)
    assert isinstance(waiting, LivenessProgress)
    assert (waiting.current, waiting.hint) == (None, "many_faces")
    assert not visit.subject.is_crowded
    assert visit.see(REST, 1) is LivenessResult.LIVE


def test_a_crowd_that_stays_ends_the_check() -> None:
    visit = Visit(Action.BLINK, show=LightShow([RED, BLUE, RED]))
    visit.see(REST, 5)
    visit.see(SHUT, 3)
    visit.see(REST, 1)
    assert visit.see(replace(REST, other_faces=1), 60) is LivenessResult.TIMED_OUT
    assert visit.subject.is_crowded
    assert visit.subject.take_templates() == []
    visit.subject.forget()


def test_an_engine_that_follows_a_face_is_made_to_search_before_the_verdict() -> None:
    """The second face came after its last search, so what it measures by itself still says that nobody else is there."""
    visit = Visit(Action.BLINK)
    searched = Searching(visit.engine)
    visit.subject = LivenessSession(searched, LivenessChallenge([Action.BLINK]))
    visit.see(REST, 10)
    visit.see(SHUT, 3)
    searched.full = replace(REST, other_faces=1)
    assert isinstance(visit.see(REST, 4), LivenessProgress)
    searched.full = REST
    assert visit.see(REST, 1) is LivenessResult.LIVE


class Searching:
    """The fake engine, whose full search finds what it is told."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.full: FaceMeasurement | None = REST
        self.name = engine.name
        self.measure, self.template, self.template_at, self.compare = (
            engine.measure,
            engine.template,
            engine.template_at,
            engine.compare,
        )

    def measure_fully(self, image: Image) -> FaceMeasurement | None:
        return self.full
