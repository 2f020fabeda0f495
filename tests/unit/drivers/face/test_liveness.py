"""The challenge as a pure machine: by table, and by property."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.liveness import LivenessChallenge, LivenessSettings, random_actions
from drivers.face.types import Action, FaceMeasurement, LivenessProgress, LivenessResult
from tests.helpers.vision import measurement

REST = measurement()
SEEN = {
    Action.BLINK: measurement(eyes=0.12),
    Action.TURN_LEFT: measurement(yaw=0.32, eyes=0.40),
    Action.TURN_RIGHT: measurement(yaw=-0.32, eyes=0.40),
    Action.NOD: measurement(pitch=0.77, eyes=0.20),
    Action.OPEN_MOUTH: measurement(mouth=0.45),
}
FRAME_S = 0.08


class Player:
    """Feeds measurements at a steady rate."""

    def __init__(self, *actions: Action, settings: LivenessSettings | None = None) -> None:
        self.subject = LivenessChallenge(actions, settings)
        self.now_s = 1000.0
        self.state: LivenessProgress | LivenessResult | None = None

    def see(self, seen: FaceMeasurement | None, frames: int = 1) -> LivenessProgress | LivenessResult | None:
        for _ in range(frames):
            self.state = self.subject.step(seen, self.now_s)
            self.now_s += FRAME_S
        return self.state

    def begin(self) -> Player:
        self.see(REST, 10)
        assert self.subject.has_begun
        return self

    def do(self, action: Action) -> LivenessProgress | LivenessResult | None:
        self.see(SEEN[action], 4)
        return self.see(REST, 4)


@pytest.mark.parametrize("order", [tuple(Action), tuple(reversed(Action))])
def test_all_actions_in_their_order_are_live(order: tuple[Action, ...]) -> None:
    player = Player(*order).begin()
    for number, action in enumerate(order):
        assert player.state == LivenessProgress(action, number, len(order), face_visible=True)
        player.do(action)
    assert player.state is LivenessResult.LIVE
    assert player.subject.result is LivenessResult.LIVE


def test_nothing_is_asked_before_the_face_at_rest_is_known() -> None:
    player = Player(Action.BLINK)
    assert player.see(REST, 3) == LivenessProgress(None, 0, 1, face_visible=True, hint="hold_still")


def test_actions_done_while_looking_straight_is_asked_do_not_count() -> None:
    player = Player(Action.TURN_LEFT)
    player.see(REST, 2)
    player.see(SEEN[Action.TURN_LEFT], 6)
    assert not player.subject.has_begun
    player.begin()
    assert isinstance(player.state, LivenessProgress)
    assert player.state.done == 0


def test_a_still_face_times_out() -> None:
    player = Player(Action.BLINK).begin()
    player.see(REST, int(9 / FRAME_S))
    assert player.state is LivenessResult.TIMED_OUT


@pytest.mark.parametrize("asked", list(Action))
@pytest.mark.parametrize("shown", list(Action))
def test_another_movement_than_the_one_asked_for_is_refused(asked: Action, shown: Action) -> None:
    player = Player(asked).begin()
    state = player.do(shown)
    if shown is asked:
        assert state is LivenessResult.LIVE
    elif shown is Action.BLINK:
        assert isinstance(state, LivenessProgress), "everybody blinks now and then"
        assert state.done == 0
    else:
        assert state is LivenessResult.WRONG_ACTION


def test_the_right_actions_in_the_wrong_order_are_refused() -> None:
    player = Player(Action.OPEN_MOUTH, Action.TURN_LEFT).begin()
    player.do(Action.TURN_LEFT)
    assert player.state is LivenessResult.WRONG_ACTION


def test_one_misplaced_landmark_decides_nothing() -> None:
    player = Player(Action.OPEN_MOUTH, Action.BLINK).begin()
    for spike in (SEEN[Action.TURN_RIGHT], SEEN[Action.OPEN_MOUTH], SEEN[Action.BLINK]):
        player.see(spike)
        state = player.see(REST, 3)
        assert isinstance(state, LivenessProgress)
        assert state.done == 0


def test_eyes_that_stay_shut_are_no_blink_until_they_open() -> None:
    player = Player(Action.BLINK).begin()
    assert isinstance(player.see(SEEN[Action.BLINK], 20), LivenessProgress)
    assert player.subject.done == 0
    player.see(REST, 4)
    assert player.state is LivenessResult.LIVE


@pytest.mark.parametrize(
    ("asked", "fake"),
    [
        (Action.BLINK, FaceMeasurement(REST.box, 0, 0.12, 0.03, REST.eye_height, REST.mouth_height, 0.0, 0.0, 80.0, 300.0)),
        (Action.OPEN_MOUTH, FaceMeasurement(REST.box, 0, 0.5, 0.45, REST.eye_height, REST.mouth_height, 0.0, 0.0, 80.0, 300.0)),
    ],
)
def test_tilting_or_swinging_a_print_is_no_movement(asked: Action, fake: FaceMeasurement) -> None:
    player = Player(asked).begin()
    for _ in range(4):
        player.see(fake, 5)
        player.see(REST, 5)
    assert player.subject.done == 0


def test_the_next_action_is_asked_for_at_once_and_judged_when_the_face_is_back() -> None:
    player = Player(Action.TURN_LEFT, Action.TURN_RIGHT).begin()
    player.see(SEEN[Action.TURN_LEFT], 2)
    assert player.state == LivenessProgress(Action.TURN_RIGHT, 1, 2, face_visible=True)
    player.see(SEEN[Action.TURN_LEFT], 4)
    player.see(REST)
    assert player.see(SEEN[Action.TURN_RIGHT], 2) is LivenessResult.LIVE


def test_a_face_that_does_not_come_back_is_asked_to_hold_still() -> None:
    player = Player(Action.TURN_LEFT, Action.TURN_RIGHT).begin()
    player.see(SEEN[Action.TURN_LEFT], 2)
    player.see(SEEN[Action.TURN_RIGHT], 14)
    assert player.state == LivenessProgress(None, 1, 2, face_visible=True, hint="hold_still")
    player.see(REST, 2)
    assert player.state == LivenessProgress(Action.TURN_RIGHT, 1, 2, face_visible=True)
    assert player.see(SEEN[Action.TURN_RIGHT], 2) is LivenessResult.LIVE


def test_a_face_that_never_comes_back_times_out() -> None:
    player = Player(Action.TURN_LEFT, Action.TURN_RIGHT).begin()
    player.see(SEEN[Action.TURN_LEFT], int(13 / FRAME_S))
    assert player.state is LivenessResult.TIMED_OUT


def test_chin_up_is_no_nod_and_nothing_wrong() -> None:
    player = Player(Action.NOD).begin()
    state = player.see(measurement(pitch=0.50), 5)
    assert isinstance(state, LivenessProgress)
    assert state.done == 0


def test_whoever_needs_more_time_gets_twice_of_it() -> None:
    player = Player(Action.BLINK, settings=LivenessSettings().unhurried()).begin()
    player.see(REST, int(12 / FRAME_S))
    player.see(SEEN[Action.BLINK], 3)
    assert player.see(REST, 2) is LivenessResult.LIVE


def test_a_short_gap_is_forgiven_and_a_long_one_is_not() -> None:
    player = Player(Action.BLINK).begin()
    gap = player.see(None, 5)
    assert gap == LivenessProgress(Action.BLINK, 0, 1, face_visible=False, hint="no_face")
    player.see(REST, 2)
    player.see(None, 15)
    assert player.state is LivenessResult.FACE_LOST


def test_nobody_at_all_times_out_and_is_not_lost() -> None:
    player = Player(Action.BLINK)
    player.see(None, int(5 / FRAME_S))
    assert isinstance(player.state, LivenessProgress)
    player.see(None, int(6 / FRAME_S))
    assert player.state is LivenessResult.TIMED_OUT
    assert player.subject.hint == "no_face"


@pytest.mark.parametrize(
    ("seen", "hint"), [(measurement(others=1), "many_faces"), (measurement(eye_distance_px=20.0), "too_far"), (None, "no_face")]
)
def test_hindrances_are_named_and_stop_all_progress(seen: FaceMeasurement | None, hint: str) -> None:
    player = Player(Action.BLINK)
    player.see(seen, 20)
    assert isinstance(player.state, LivenessProgress)
    assert player.state.hint == hint
    assert not player.subject.has_begun


def test_a_second_face_is_forgiven_for_a_moment_and_ends_the_challenge_when_it_stays() -> None:
    player = Player(Action.BLINK).begin()
    player.see(measurement(others=1), 15)
    assert isinstance(player.state, LivenessProgress)
    player.see(REST, 2)
    player.see(measurement(others=1), 30)
    assert player.state is LivenessResult.TIMED_OUT
    assert player.subject.hint == "many_faces"


def test_narrow_eyes_blink_as_well_as_wide_ones() -> None:
    player = Player(Action.BLINK)
    narrow = measurement(eyes=0.19)
    player.see(narrow, 10)
    player.see(measurement(eyes=0.09), 3)
    player.see(narrow, 4)
    assert player.state is LivenessResult.LIVE


def test_eyes_whose_lids_move_little_blink_when_the_iris_goes() -> None:
    player = Player(Action.BLINK).begin()
    player.see(measurement(eyes=0.26), 3)
    player.see(REST, 3)
    assert player.subject.done == 0
    player.see(measurement(eyes=0.26, darkness=0.03), 3)
    assert player.see(REST, 3) is LivenessResult.LIVE


def test_a_glare_over_open_eyes_is_no_blink() -> None:
    player = Player(Action.BLINK).begin()
    player.see(measurement(darkness=0.0), 5)
    player.see(REST, 3)
    assert player.subject.done == 0


def test_a_verdict_is_final() -> None:
    player = Player(Action.BLINK).begin()
    assert player.subject.cancel() is LivenessResult.CANCELLED
    assert player.see(SEEN[Action.BLINK], 5) is LivenessResult.CANCELLED
    assert player.subject.cancel() is LivenessResult.CANCELLED
    done = Player(Action.BLINK).begin()
    done.do(Action.BLINK)
    assert done.subject.cancel() is LivenessResult.LIVE


def test_a_challenge_without_actions_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        LivenessChallenge(())


@given(st.integers(), st.integers(1, 4))
def test_random_actions_are_of_different_kinds(seed: int, count: int) -> None:
    actions = random_actions(count, random.Random(seed))
    assert len(actions) == count
    assert sum(action in (Action.TURN_LEFT, Action.TURN_RIGHT) for action in actions) <= 1
    assert len(set(actions)) == count


def test_every_order_comes_up() -> None:
    source = random.Random(7)
    assert len({random_actions(3, source) for _ in range(2000)}) == 42
    assert len({LivenessChallenge.random().actions for _ in range(200)}) > 6


_ANYTHING = st.one_of(
    st.none(),
    st.just(REST),
    st.sampled_from(list(SEEN.values())),
    st.builds(
        measurement,
        eyes=st.floats(0.0, 0.6),
        mouth=st.floats(0.0, 1.0),
        yaw=st.floats(-1.0, 1.0),
        pitch=st.floats(0.0, 1.0),
        darkness=st.floats(0.0, 0.3),
        others=st.integers(0, 2),
        eye_distance_px=st.floats(1.0, 300.0),
    ),
)


def _shows(seen: Iterable[FaceMeasurement | None], action: Action) -> bool:
    """A generous oracle: something in there is at least half of what the action needs."""
    faces = [one for one in seen if one is not None]
    return {
        Action.BLINK: lambda: max(one.eye_openness for one in faces) > 1.1 * min(one.eye_openness for one in faces),
        Action.TURN_LEFT: lambda: max(one.yaw for one in faces) - min(one.yaw for one in faces) > 0.1,
        Action.TURN_RIGHT: lambda: max(one.yaw for one in faces) - min(one.yaw for one in faces) > 0.1,
        Action.NOD: lambda: max(one.pitch for one in faces) - min(one.pitch for one in faces) > 0.04,
        Action.OPEN_MOUTH: lambda: max(one.mouth_openness for one in faces) > 0.1,
    }[action]()


@given(
    st.permutations(list(Action)),
    st.lists(st.tuples(_ANYTHING, st.integers(1, 14), st.floats(0.0, 0.3)), min_size=1, max_size=30),
)
def test_whatever_is_seen_the_rules_hold(order: list[Action], script: list[tuple[FaceMeasurement | None, int, float]]) -> None:
    subject = LivenessChallenge(order[:2])
    now_s, done, fed, verdict = 0.0, 0, [], None
    for seen, frames, pause_s in script:
        for _ in range(frames):
            state = subject.step(seen, now_s)
            fed.append(seen)
            now_s += pause_s
            if verdict is not None:
                assert state is verdict
            elif isinstance(state, LivenessResult):
                verdict = state
            else:
                assert done <= state.done <= done + 1
                done = state.done
                assert state.current in (None, subject.actions[done] if done < 2 else None)
    if verdict is LivenessResult.LIVE:
        assert all(_shows(fed, action) for action in subject.actions)
        assert len(fed) >= 4 + 2 + 1 + 2
