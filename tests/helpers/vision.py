"""A simulated person without a clock, and the true face engine, each made once for a test run."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from drivers.camera.animation import PortraitAnimation, Stance
from drivers.camera.people.person import SimulatedPerson as LivePerson
from drivers.camera.people.staged import Composer, StagedScene, Staging
from drivers.camera.people.tempo import CALM
from drivers.camera.portrait import compose_card_photo, packaged_portrait
from drivers.camera.types import Movement
from drivers.face.engine import DlibFaceEngine
from drivers.face.types import Action, FaceBox, FaceMeasurement, LivenessProgress
from drivers.types import Frame, Image

FACES = Path(os.environ.get("OUEBAN_FACES", Path(__file__).parents[3] / "shared" / "faces"))
"""Photographs of other people, kept beside the repository and not in it; tests that need them are skipped without."""

FRAMES_PER_S = 12.0


@functools.cache
def true_engine() -> DlibFaceEngine:
    return DlibFaceEngine()


@functools.cache
def portrait() -> Image:
    return packaged_portrait()


@functools.cache
def card_photo() -> Image:
    return compose_card_photo(portrait())


@functools.cache
def composer() -> Composer:
    """Takes each face apart once for a test run."""
    return Composer()


@functools.cache
def animation() -> PortraitAnimation:
    return PortraitAnimation(composer()(portrait(), (640, 480)))


def _unaltered(image: Image, now_s: float) -> Image:
    return image


class SimulatedPerson:
    """Frames of a person, or of an attack, in time of its own, so that tests need not wait."""

    def __init__(
        self,
        answer: Callable[[Action], Movement | None] = Movement,
        stage: StagedScene | None = None,
        frames_per_s: float = FRAMES_PER_S,
    ) -> None:
        """``stage`` is what stands there; ``None``: the packaged portrait, calm, which blinks only when asked."""
        self._answer = answer
        self._stage = stage or LivePerson(portrait(), Staging(tempo=CALM, compose=composer()), stance=Stance(), blinks=False)
        self._frames_per_s = frames_per_s
        self._asked: tuple[int, Action] | None = None
        self._light: tuple[int, int, int] | None = None
        self.now_s = 100.0

    def frames(self, alter: Callable[[Image, float], Image] = _unaltered) -> Iterator[Frame]:
        """Endless; ``alter`` may change each picture, as a hand that holds a photograph would."""
        for sequence in range(1, 10_000):
            yield Frame(alter(self._stage.at(self.now_s), self.now_s), self.now_s, sequence)
            self.now_s += 1.0 / self._frames_per_s

    def hear(self, progress: LivenessProgress) -> None:
        """Do what is asked, once, and stand in the light that the screen shows.

        The packaged person begins half a second later, whatever the chance; another stage at its own tempo.
        """
        light: tuple[int, int, int] | None = getattr(progress, "light", None)
        if light != self._light:
            self._light = light
            self._stage.illuminate(light, self.now_s)
        if progress.current is None or self._asked == (progress.done, progress.current):
            return
        self._asked = (progress.done, progress.current)
        movement = self._answer(progress.current)
        if movement is None:
            return
        if isinstance(self._stage, LivePerson) and self._stage.tempo is CALM:
            self._stage.perform(movement, self.now_s + 0.5)
        else:
            self._stage.ask(movement, self.now_s)

    def leave(self) -> None:
        if isinstance(self._stage, LivePerson):
            self._stage.walk(is_here=False, now_s=self.now_s)


def measurement(
    *,
    eyes: float = 0.32,
    mouth: float = 0.05,
    yaw: float = 0.0,
    pitch: float = 0.65,
    darkness: float = 0.15,
    others: int = 0,
    eye_distance_px: float = 80.0,
    box: FaceBox | None = None,
    sharpness: float = 300.0,
) -> FaceMeasurement:
    """A face at rest unless told otherwise; heights follow the ratios as on a true head."""
    return FaceMeasurement(
        box=box or FaceBox(200, 100, 400, 300),
        other_faces=others,
        eye_openness=eyes,
        mouth_openness=mouth,
        eye_height=eyes / 2,
        mouth_height=mouth * 1.2,
        yaw=yaw,
        roll_degrees=0.0,
        eye_distance_px=eye_distance_px,
        sharpness=sharpness,
        pitch=pitch,
        eye_darkness=darkness,
    )


def plain_picture(brightness: int, size_px: tuple[int, int] = (64, 48)) -> Image:
    return np.full((size_px[1], size_px[0], 3), brightness, np.uint8)


def gradient(brightness: int, size_px: tuple[int, int] = (64, 48)) -> Image:
    """Something to be seen: from dark at the left to twice ``brightness`` at the right."""
    row = np.linspace(0, min(255, 2 * brightness), size_px[0], dtype=np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (size_px[1], size_px[0], 3)))
