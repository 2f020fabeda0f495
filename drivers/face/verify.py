"""The whole use case: is the person before the camera alive, and the one of the reference picture?"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from drivers.face import covering
from drivers.face.abstract import FaceTemplate, FrameSource, LiveFaceEngine
from drivers.face.attack_detection import AttackDetector
from drivers.face.infrared import InfraredWatch
from drivers.face.liveness import LivenessChallenge
from drivers.face.screen_light import LightShow
from drivers.face.session import LivenessSession
from drivers.face.types import (
    CameraSilent,
    Comparison,
    FaceTrouble,
    FaceVerification,
    LivenessProgress,
    LivenessResult,
    NotLive,
    NotMatching,
    NoUsableFace,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.types import Deadline, Frame, Image

_FIRST_FRAME_S = 8.0
"""A camera may need so long to open."""
_SILENCE_S = 3.0
_POLL_S = 0.2
"""Longest single wait, so that a cancelled deadline is noticed soon."""

_TROUBLE_BY_HINT = {
    "many_faces": FaceTrouble.MANY_FACES,
    "too_far": FaceTrouble.TOO_SMALL,
    "turned_away": FaceTrouble.TURNED_AWAY,
    covering.TOO_DARK: FaceTrouble.TOO_DARK,
    covering.TOO_BRIGHT: FaceTrouble.TOO_BRIGHT,
    covering.BACK_LIGHT: FaceTrouble.BACK_LIGHT,
    covering.EYES_COVERED: FaceTrouble.EYES_COVERED,
    covering.MOUTH_COVERED: FaceTrouble.MOUTH_COVERED,
}


def verify_person(
    camera: FrameSource,
    reference: Image,
    engine: LiveFaceEngine,
    challenge: LivenessChallenge,
    deadline: Deadline,
    on_progress: Callable[[LivenessProgress], None],
    *,
    show: LightShow | None = None,
    infrared: FrameSource | None = None,
) -> FaceVerification:
    """Lead one person through ``challenge`` and compare the face with ``reference`` (BGR or grey, e.g. the card photo).

    ``show`` holds the colours for the screen while the person moves; without it there is no screen-light challenge. ``infrared``
    is a second camera beside the first that sees near infrared; it is the caller's to start and stop.

    Blocks on the caller's thread until there is a result, ``deadline`` is over or cancelled, or the camera falls silent.
    ``on_progress`` is called from this thread on each change. On return, and on any exception, everything taken of the person
    here is overwritten; ``reference`` and the camera's own frame stay the caller's.
    """
    held = engine.template(reference)
    if isinstance(held, NoUsableFace):
        return UnusablePicture(PictureRole.REFERENCE, held)
    detector = AttackDetector(InfraredWatch(engine, infrared) if infrared is not None else None)
    session = LivenessSession(engine, challenge, show, detector)
    try:
        verdict = _run(camera, session, deadline, on_progress)
        if not isinstance(verdict, LivenessResult):
            return verdict
        return _outcome(verdict, session, held, engine, challenge)
    finally:
        session.forget()
        held.forget()


def _run(
    camera: FrameSource, session: LivenessSession, deadline: Deadline, on_progress: Callable[[LivenessProgress], None]
) -> LivenessResult | CameraSilent | VerificationStopped:
    frame: Frame | None = None
    told: LivenessProgress | None = None
    while True:
        frame = _next_frame(camera, frame, deadline)
        if deadline.is_over:
            return VerificationStopped(deadline.is_cancelled)
        if frame is None:
            return CameraSilent()
        state = session.offer(frame)
        if isinstance(state, LivenessResult):
            return state
        if state != told:
            told = state
            on_progress(state)


def _next_frame(camera: FrameSource, than: Frame | None, deadline: Deadline) -> Frame | None:
    """A newer frame; ``None`` when the camera gave none for too long, or the deadline is over."""
    patience = Deadline(_FIRST_FRAME_S if than is None else _SILENCE_S)
    while not deadline.is_over and not patience.is_over:
        poll_s = min(_POLL_S, deadline.remaining_s)
        asked_s = time.monotonic()
        newer = camera.wait_newer(than, Deadline(poll_s))
        if newer is not None:
            return newer
        deadline.sleep(poll_s - (time.monotonic() - asked_s))  # a stopped camera answers at once
    return None


def _outcome(
    verdict: LivenessResult, session: LivenessSession, held: FaceTemplate, engine: LiveFaceEngine, challenge: LivenessChallenge
) -> FaceVerification:
    probes, judgement = session.take_templates(), session.judgement
    if verdict is not LivenessResult.LIVE or not probes or judgement is None:
        hint = "many_faces" if session.is_crowded else session.obstacle or challenge.hint
        is_hindered = hint == "many_faces" or session.obstacle or (hint and not challenge.has_begun)
        if verdict is LivenessResult.TIMED_OUT and is_hindered:
            trouble = _TROUBLE_BY_HINT.get(hint, FaceTrouble.NO_FACE)  # what has no word of its own is not seen well enough
            return UnusablePicture(PictureRole.LIVE, NoUsableFace(trouble))
        return NotLive(verdict, judgement.cue if judgement is not None and verdict is LivenessResult.ATTACK else "")
    try:
        comparison = _averaged([engine.compare(probe, held) for probe in probes])
    finally:
        for probe in probes:
            probe.forget()
    summary = judgement.summary(challenge.actions)
    return Verified(comparison, summary) if comparison.match else NotMatching(comparison, summary)


def _averaged(comparisons: list[Comparison]) -> Comparison:
    """One comparison of several pictures of the same face: mean distance against the same threshold."""
    first = comparisons[0]
    distance = sum(one.distance for one in comparisons) / len(comparisons)
    elapsed_ms = sum(one.elapsed_ms for one in comparisons)
    return dataclasses.replace(first, distance=distance, match=distance <= first.threshold, elapsed_ms=elapsed_ms)
