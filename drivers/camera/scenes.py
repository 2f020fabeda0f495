"""What stands before a simulated camera: a person, a page on a desk, or pictures of a folder. Each renders itself at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from drivers.camera.animation import Stance
from drivers.camera.desk_scene import DeskScene, draw
from drivers.camera.noise import SensorNoise
from drivers.camera.people.person import SimulatedPerson
from drivers.camera.people.screen_light import Rgb
from drivers.camera.people.species import SPECIES, Casting, make_scene
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.tempo import CALM, Tempo
from drivers.camera.picture_files import picture_paths
from drivers.camera.types import Movement
from drivers.errors import Disconnected
from drivers.overwritten import overwritten_copy
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

_MOST_PICTURES = 60


class Scene(Protocol):
    """Something to look at."""

    def prepare(self) -> None:
        """Do what takes long, once. Raises ``UnusablePortrait``, or ``Disconnected`` when there is nothing to look at."""
        ...

    def render(self) -> Image:
        """The picture of this moment, in memory that zeroes itself."""
        ...


class PersonScene:
    """A person before a wall, or an attack in the person's place. ``prepare`` and ``render`` belong to one thread; the rest may
    be called from any."""

    def __init__(
        self, size_px: tuple[int, int], load_portrait: Callable[[], Image], tempo: Tempo = CALM, species: str = "live"
    ) -> None:
        """Raises ``ValueError`` for an unknown species."""
        _require_known(species)
        self._size_px = size_px
        self._load_portrait = load_portrait
        self._tempo = tempo
        self._lock = threading.RLock()
        self._species = species
        self._portrait: Image | None = None
        self._stage: StagedScene | None = None
        self._is_here = True

    @property
    def species(self) -> str:
        """What stands there: ``live`` or an attack."""
        return self._species

    def prepare(self) -> None:
        """Load and take apart the portrait; about two seconds the first time."""
        if self._stage is None:
            self.set_portrait(self.portrait())

    def render(self) -> Image:
        """The person as asked for by now."""
        if self._stage is None:
            self.prepare()
        with self._lock:
            stage = self._stage
        if stage is None:
            raise RuntimeError("prepare() makes the stage or raises")
        return stage.render()

    def perform(self, movement: Movement) -> None:
        """Let the person do something at once, after what was asked for before; an attack does what it can."""
        now_s = time.monotonic()
        stage = self._stage
        if isinstance(stage, SimulatedPerson):
            stage.perform(movement, now_s)
        elif stage is not None:
            stage.ask(movement, now_s)

    def ask(self, movement: Movement) -> None:
        """As the kiosk asks: the person reacts after a human delay, an attack does what it can."""
        stage = self._stage
        if stage is not None:
            stage.ask(movement, time.monotonic())

    def illuminate(self, rgb: Rgb | None) -> None:
        """The kiosk's screen shines on the scene in this colour."""
        stage = self._stage
        if stage is not None:
            stage.illuminate(rgb, time.monotonic())

    def walk(self, *, is_here: bool) -> None:
        """Let the person step into the picture or out of it; an attack stays."""
        with self._lock:
            self._is_here = is_here
            if isinstance(self._stage, SimulatedPerson):
                self._stage.walk(is_here=is_here, now_s=time.monotonic())

    def set_portrait(self, picture: Image) -> None:
        """Another person, who stands there in the same way; raises ``UnusablePortrait``."""
        self._put(picture.copy(), self._species)

    def set_species(self, species: str) -> None:
        """Put an attack with the person's face, or the ``live`` person again, before the camera.

        Raises ``ValueError`` for an unknown name, ``UnusablePortrait``; takes up to two seconds.
        """
        _require_known(species)
        self._put(self.portrait(), species)

    def portrait(self) -> Image:
        """The picture of the person, BGR."""
        with self._lock:
            if self._portrait is None:
                self._portrait = self._load_portrait()
            return self._portrait.copy()

    def _put(self, picture: Image, species: str) -> None:
        stage: StagedScene
        if species == "live":
            # Blinks only when asked: it is the still portrait that tests and demonstrations count on.
            stage = SimulatedPerson(picture, Staging(self._size_px, self._tempo), stance=Stance(), blinks=False)
        else:
            stage = make_scene(species, Casting(picture, size_px=self._size_px, tempo=self._tempo, is_plain=True))
        stage.prepare()
        with self._lock:
            if isinstance(stage, SimulatedPerson) and not self._is_here:
                stage.walk(is_here=False, now_s=time.monotonic())
            self._portrait, self._stage, self._species = picture, stage, species


def _require_known(species: str) -> None:
    if species not in SPECIES:
        raise ValueError(f"known species are {', '.join(SPECIES)}")


class DocumentScene:
    """A page that lies still on a desk."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        self._still: Image | None = None
        self._noise = SensorNoise(size_px, np.random.default_rng(2))

    def prepare(self) -> None:
        """Draw the page; about half a second at 1080p."""
        if self._still is None:
            self._still, _ = draw(DeskScene(noise=0.0, rotation_degrees=3.0, tilt_degrees=8.0), self._size_px)

    def render(self) -> Image:
        """The page, with fresh noise."""
        self.prepare()
        if self._still is None:
            raise RuntimeError("prepare() draws the page")
        return overwritten_copy(self._noise.over(self._still))


class FolderScene:
    """Pictures of a folder, one after the other for ever, with the noise of a sensor over them."""

    def __init__(self, folder: Path, size_px: tuple[int, int]) -> None:
        self._folder = folder
        self._size_px = size_px
        self._pictures: list[Image] = []
        self._position = 0
        self._noise = SensorNoise(size_px, np.random.default_rng(4))

    def prepare(self) -> None:
        """Load the pictures; raises ``Disconnected`` when there is none."""
        if self._pictures:
            return
        for path in picture_paths(self._folder)[:_MOST_PICTURES]:
            picture = read_picture(path)
            if not isinstance(picture, UnreadablePicture):
                sized = cv2.resize(picture, self._size_px, interpolation=cv2.INTER_AREA)
                self._pictures.append(np.asarray(sized, np.uint8))
        if not self._pictures:
            raise Disconnected(str(self._folder), "no picture in this folder can be read")

    def render(self) -> Image:
        """The next picture, in the size of the camera."""
        self.prepare()
        self._position = (self._position + 1) % len(self._pictures)
        return overwritten_copy(self._noise.over(self._pictures[self._position]))
