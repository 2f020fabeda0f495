"""What every scene with people shares: a time of its own, a screen that lights it, a camera that looks at it."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from drivers.camera.people.screen_light import DARK, Rgb, ScreenLight
from drivers.camera.people.tempo import BRISK, Tempo
from drivers.camera.people.view import Conditions, Optics, View
from drivers.camera.portrait import Portrait, compose_portrait
from drivers.camera.types import Movement
from drivers.types import Image

SIZE_PX = (640, 480)
_USUAL = Conditions()


@dataclass(frozen=True, slots=True)
class Staging:
    """What is the same for every kind of scene."""

    size_px: tuple[int, int] = SIZE_PX
    tempo: Tempo = BRISK
    conditions: Conditions = _USUAL
    seed: int = 1
    compose: Callable[[Image, tuple[int, int]], Portrait] = compose_portrait
    """Takes a portrait apart; a ``Composer`` remembers, for many scenes with few faces."""


class Composer:
    """``compose_portrait`` that keeps what it made, until it is dropped itself. Not for pictures of residents."""

    def __init__(self) -> None:
        self._made: dict[tuple[bytes, tuple[int, int]], Portrait] = {}

    def __call__(self, picture: Image, size_px: tuple[int, int]) -> Portrait:
        """As ``compose_portrait``."""
        key = (hashlib.blake2b(picture.tobytes()).digest(), size_px)
        if key not in self._made:
            self._made[key] = compose_portrait(picture, size_px)
        return self._made[key]


class StagedScene(ABC):
    """Renders at any virtual time and never sleeps. Every method may be called from any thread; one at a time is drawn.

    Times are seconds on any steady clock, the same for all methods, and must not run backwards. The same arguments, seed and
    calls give the same pictures, bit by bit.
    """

    species = "live"
    """What is before the camera: ``live``, or a presentation attack instrument species (ISO/IEC 30107-3)."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
    ) -> None:
        """``portrait`` is a BGR picture of head and shoulders. Takes apart no picture yet; ``prepare`` does."""
        self.staging = staging or Staging()
        self._face = portrait
        self.size_px = self.staging.size_px
        self.tempo = self.staging.tempo
        self.random = random.Random(self.staging.seed)  # noqa: S311 - the same scene in every run
        self.seed = self.staging.seed
        self._light = ScreenLight(delay_s=self.random.uniform(0.03, 0.07))
        self._optics = Optics(self.size_px, self.staging.conditions, self.seed)
        self._lock = threading.RLock()
        self._is_prepared = False

    def prepare(self) -> None:
        """Do what takes long, about two seconds, once. Raises ``UnusablePortrait``."""
        with self._lock:
            if not self._is_prepared:
                self._set_up(self._face)
                self._is_prepared = True

    def render(self) -> Image:
        """The picture of this moment, on the monotonic clock."""
        return self.at(time.monotonic())

    def at(self, now_s: float) -> Image:
        """The picture of ``now_s``, BGR, in memory that zeroes itself."""
        with self._lock:
            self.prepare()
            light = self._light.at(now_s)
            return self._optics.develop(self._view(now_s, is_lit=light != DARK), light)

    def illuminate(self, rgb: Rgb | None, now_s: float) -> None:
        """The kiosk's screen shows this colour from now on; ``None``: its page as always."""
        with self._lock:
            self._light.show(rgb, now_s)

    def ask(self, action: Movement | str, now_s: float) -> None:
        """The kiosk begins to ask for ``action``; the scene answers as far as its kind can. Raises ``ValueError``."""
        with self._lock:
            self._hear(Movement(action), now_s)

    @abstractmethod
    def _set_up(self, portrait: Image) -> None:
        """Make what ``_view`` needs."""

    @abstractmethod
    def _view(self, now_s: float, *, is_lit: bool) -> View:
        """What stands before the camera; ``lit`` and ``glare`` are needed only when ``is_lit``."""

    @abstractmethod
    def _hear(self, action: Movement, now_s: float) -> None:
        """Answer to ``ask``."""
