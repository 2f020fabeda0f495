"""Whole sessions on the true engine before simulated people and presentation attacks, in virtual time."""

from __future__ import annotations

import pytest

from drivers.face.types import Action, LivenessResult
from tests.helpers.liveness import rehearse, simulated


@pytest.mark.parametrize(
    "order",
    [
        (Action.NOD, Action.BLINK, Action.TURN_LEFT),
        (Action.OPEN_MOUTH, Action.TURN_RIGHT, Action.NOD),
        (Action.TURN_LEFT, Action.OPEN_MOUTH, Action.BLINK),
    ],
)
def test_a_brisk_person_is_live_within_three_seconds_and_every_cue_is_clear(order: tuple[Action, ...]) -> None:
    played = rehearse(simulated("live"), order)
    assert played.result is LivenessResult.LIVE
    assert played.seconds <= 3.0
    judgement = played.judgement
    assert judgement is not None
    assert set(judgement.cues) == {"light", "relief", "patch", "moire", "flat", "border"}
    assert min(judgement.cues.values()) > 0.5
    summary = judgement.summary(order)
    assert (summary.lights, summary.method) == (6, "active3+light+passive/1")


def test_without_the_screens_light_the_rest_decides() -> None:
    played = rehearse(simulated("live"), has_lights=False)
    assert played.result is LivenessResult.LIVE
    assert played.judgement is not None
    assert not {"light", "relief", "patch"} & set(played.judgement.cues)
    assert played.judgement.method == "active3+passive/1"


@pytest.mark.parametrize(
    ("species", "cues"),
    [
        ("print", {"relief", "border"}),
        ("replay_still", {"relief", "border", "light"}),
        ("replay_video", {"relief", "border", "light", "moire"}),
    ],
)
def test_a_simulated_attack_is_called_one_and_its_cue_named(species: str, cues: set[str]) -> None:
    played = rehearse(simulated(species))
    assert played.result is LivenessResult.ATTACK
    assert played.judgement is not None
    assert played.judgement.cue in cues


@pytest.mark.parametrize(("species", "result"), [("leaves", LivenessResult.FACE_LOST), ("two_people", LivenessResult.TIMED_OUT)])
def test_whoever_leaves_or_brings_company_is_told_so(species: str, result: LivenessResult) -> None:
    played = rehearse(simulated(species))
    assert played.result is result
    assert played.hint == {"two_people": "many_faces"}.get(species, played.hint)


@pytest.mark.parametrize(
    ("species", "obstacle", "hint"),
    [("sunglasses", "eyes_covered", "eyes_covered"), ("face_mask", "mouth_covered", "mouth_covered")],
)
def test_whoever_is_covered_is_told_so_and_not_let_through(species: str, obstacle: str, hint: str) -> None:
    played = rehearse(simulated(species), stop_after_s=14.0)
    assert (played.result, played.obstacle, played.hint) == (LivenessResult.TIMED_OUT, obstacle, hint)
