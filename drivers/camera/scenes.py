"""What stands before a simulated camera: a person, a page on a desk, or pictures of a folder. Each renders itself at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from drivers.camera.animation import Choreography, PortraitAnimation
from drivers.camera.desk_scene import DeskScene, draw
from drivers.camera.noise import SensorNoise
from drivers.camera.picture_files import picture_paths
from drivers.camera.portrait import compose_portrait
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
    """A person before a wall. ``prepare`` and ``render`` belong to one thread; the rest may be called from any."""

    def __init__(self, size_px: tuple[int, int], load_portrait: Callable[[], Image]) -> None:
        self._size_px = size_px
        self._load_portrait = load_portrait
        self._lock = threading.RLock()
        self._choreography = Choreography()
        self._portrait: Image | None = None
        self._animation: PortraitAnimation | None = None

    def prepare(self) -> None:
        """Load and take apart the portrait; about two seconds the first time."""
        if self._animation is None:
            self.set_portrait(self.portrait())

    def render(self) -> Image:
        """The person as asked for by now."""
        if self._animation is None:
            self.prepare()
        now_s = time.monotonic()
        with self._lock:
            animation = self._animation
            strengths, absence = self._choreography.at(now_s), self._choreography.absence(now_s)
        if animation is None:
            raise RuntimeError("prepare() makes the animation or raises")
        return animation.render(now_s, strengths, absence)

    def perform(self, movement: Movement) -> None:
        """Let the person do something, after what was asked for before."""
        with self._lock:
            self._choreography.add(movement, time.monotonic())

    def walk(self, *, is_here: bool) -> None:
        """Let the person step into the picture or out of it."""
        with self._lock:
            self._choreography.walk(is_here=is_here, now_s=time.monotonic())

    def set_portrait(self, picture: Image) -> None:
        """Another person; raises ``UnusablePortrait``."""
        animation = PortraitAnimation(compose_portrait(picture, self._size_px))
        with self._lock:
            self._portrait, self._animation = picture.copy(), animation

    def portrait(self) -> Image:
        """The picture of the person, BGR."""
        with self._lock:
            if self._portrait is None:
                self._portrait = self._load_portrait()
            return self._portrait.copy()


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
