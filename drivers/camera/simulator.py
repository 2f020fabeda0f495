"""A camera with a simulated person in front of it: a still portrait that sways, blinks, turns and opens its mouth.

It gives the true vision code something true to see: the pictures are warped photographs with sensor noise, nothing in the
face code knows of it, and a portrait that is not asked to move is refused as the still picture it is. It can also look at a page
on a desk, as a document camera does, and it can be hurt in every way that the driver must notice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import numpy as np

from drivers.camera.faults import black_picture, covered_picture
from drivers.camera.newest import NewestFrame
from drivers.camera.noise import SensorNoise
from drivers.camera.people.screen_light import Rgb
from drivers.camera.people.tempo import CALM, Tempo
from drivers.camera.portrait import UnusablePortrait, compose_card_photo, packaged_portrait
from drivers.camera.presence import AT_REST, lost
from drivers.camera.reader import CameraTimes
from drivers.camera.scenes import DocumentScene, PersonScene, Scene
from drivers.camera.trouble import trouble_of
from drivers.camera.types import CameraCapabilities, Movement
from drivers.errors import Disconnected
from drivers.overwritten import overwritten_copy
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Frame, Image

_log = logging.getLogger(__name__)

SCENES = ("portrait", "document")
_POLL_S = 0.2
"""Longest rest between two frames without a look at what was asked for."""


class PortraitCamera:
    """Simulated camera. Every method may be called from any thread and returns at once, except ``stop``, which joins."""

    def __init__(
        self,
        size_px: tuple[int, int] = (640, 480),
        frames_per_s: float = 15.0,
        load_portrait: Callable[[], Image] = packaged_portrait,
        *,
        scene: str | Scene = "portrait",
        times: CameraTimes | None = None,
        species: str = "live",
        tempo: Tempo = CALM,
    ) -> None:
        """``scene`` is one of ``SCENES``, or something else to look at; ``species`` who stands there at first, as in
        ``set_scene``; ``tempo`` how quickly the person moves."""
        self._size_px = size_px
        self._frames_per_s = self._full_rate = frames_per_s
        self._times = times or CameraTimes()
        self._newest = NewestFrame()
        self._lock = threading.Lock()
        self._person = PersonScene(size_px, load_portrait, tempo, species)
        self._document = DocumentScene(size_px)
        self._scene: Scene = self._scene_named(scene) if isinstance(scene, str) else scene
        self._noise = SensorNoise(size_px, np.random.default_rng(3))
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._is_frozen = False
        self._is_silent = False
        self._shows_instead: Image | None = None
        self._unplugged_until_s = 0.0
        self._trouble = ""

    def start(self) -> None:
        """Begin to deliver frames, in the background; loading the portrait takes about two seconds the first time."""
        with self._lock:
            if self._thread is not None:
                return
            self._ended.clear()
            self._newest.open()
            self._thread = threading.Thread(target=self._run, name="portrait-camera", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop, overwrite the frame held, join the thread; may be called twice."""
        with self._lock:
            thread, self._thread = self._thread, None
        self._ended.set()
        if thread is not None:
            thread.join()
        self._newest.close()

    def pace(self, pictures_per_s: float) -> None:
        """Deliver no more pictures than this; 0: as many as it was made for."""
        self._frames_per_s = min(self._full_rate, pictures_per_s or self._full_rate)

    def newest(self) -> Frame | None:
        """The newest frame, or ``None`` before the first one."""
        return self._newest.get()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first or the camera is stopped."""
        return self._newest.wait_newer(than, deadline)

    def status(self) -> DeviceStatus:
        """As the contract says; also ``no_portrait`` when the picture given shows nobody."""
        if self._thread is None:
            return DeviceStatus(DeviceState.OFFLINE, "stopped")
        if self._trouble:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "no_portrait", self._trouble)
        if not self._is_plugged_in():
            return lost("simulated camera is unplugged")
        if self._newest.get() is None:
            return DeviceStatus(DeviceState.OFFLINE, "starting")
        trouble = trouble_of(self._newest, self._times.frozen_after_s, self._times.dark_after_s)
        return trouble or DeviceStatus(DeviceState.ONLINE, "ok")

    def presence(self) -> DeviceStatus:
        """At rest whether it is plugged in (``at_rest`` or ``lost``), otherwise ``status``."""
        if self._thread is not None:
            return self.status()
        return AT_REST if self._is_plugged_in() else lost("simulated camera is unplugged")

    def capabilities(self) -> CameraCapabilities | None:
        """Size and rate as given; ``None`` before the first frame."""
        if self._newest.get() is None:
            return None
        return CameraCapabilities(*self._size_px, self._full_rate)

    def perform(self, movement: Movement | str) -> None:
        """Let the person do something, after what was asked for before; takes about a second."""
        self._person.perform(Movement(movement))

    def ask(self, movement: Movement | str) -> None:
        """Tell the person what the kiosk asks for; they react after a human delay, an attack does what it can."""
        self._person.ask(Movement(movement))

    def illuminate(self, rgb: Rgb | None) -> None:
        """The kiosk's screen shines on the scene in this colour (0 to 255 each); ``None``: its page as always."""
        self._person.illuminate(rgb)

    def set_scene(self, species: str) -> None:
        """Put a presentation attack with the person's face before the camera, or ``live`` again; one of ``SPECIES``.

        Raises ``ValueError`` and ``UnusablePortrait``; takes up to two seconds.
        """
        self._person.set_species(species)

    @property
    def species(self) -> str:
        """Who or what stands before the camera."""
        return self._person.species

    def leave(self) -> None:
        """The person walks out of the picture."""
        self._person.walk(is_here=False)

    def return_(self) -> None:
        """The person comes back."""
        self._person.walk(is_here=True)

    def set_portrait(self, picture: Image) -> None:
        """Put another person (BGR picture of head and shoulders) before the camera; raises ``UnusablePortrait``."""
        self._person.set_portrait(picture)
        self._trouble = ""

    def portrait(self) -> Image:
        """The picture of the person before the camera, BGR."""
        return self._person.portrait()

    def card_photo(self) -> Image:
        """The person's photo as an ID card holds it: 102x126, grey."""
        return compose_card_photo(self.portrait())

    def show(self, scene: str) -> None:
        """Look at something else, one of ``SCENES``; raises ``ValueError``."""
        self._scene = self._scene_named(scene)

    def freeze(self) -> None:
        """Repeat the same picture for ever, as a hung camera does."""
        self._is_frozen = True

    def black(self) -> None:
        """Put the cap on the lens."""
        self._shows_instead = black_picture(self._size_px)

    def cover(self) -> None:
        """Lay a hand on the lens."""
        self._shows_instead = covered_picture(self._size_px)

    def awol(self) -> None:
        """Stay plugged in and deliver nothing more."""
        self._is_silent = True

    def slow(self, frames_per_s: float) -> None:
        """Deliver fewer frames."""
        self._frames_per_s = frames_per_s

    def unplug(self, seconds: float | None = None) -> None:
        """Deliver nothing more, for so long or until ``plug_in``; the frame held is dropped."""
        with self._lock:
            self._unplugged_until_s = float("inf") if seconds is None else time.monotonic() + seconds
            self._newest.drop()

    def plug_in(self) -> None:
        """End ``unplug`` and ``freeze``, as a replug does."""
        self._is_frozen = False
        self._unplugged_until_s = 0.0

    def clear(self) -> None:
        """End every fault."""
        self._shows_instead, self._is_silent, self._frames_per_s = None, False, self._full_rate
        self.plug_in()

    def _is_plugged_in(self) -> bool:
        return time.monotonic() >= self._unplugged_until_s

    def _scene_named(self, name: str) -> Scene:
        if name not in SCENES:
            raise ValueError(f"known scenes are {', '.join(SCENES)}")
        return self._person if name == "portrait" else self._document

    def _run(self) -> None:
        try:
            self._scene.prepare()
        except (UnusablePortrait, Disconnected) as error:
            self._trouble = str(error)
            _log.warning("simulated camera has nothing to show: %s", error)
            return
        self._newest.open()
        due_s = time.monotonic()
        while not self._ended.wait(min(_POLL_S, max(0.0, due_s - time.monotonic()))):
            if time.monotonic() >= due_s:
                due_s = max(due_s + 1.0 / self._frames_per_s, time.monotonic() - 0.5)
                self._deliver()

    def _deliver(self) -> None:
        if not self._is_plugged_in() or self._is_silent:
            return
        picture = self._picture()
        with self._lock:
            if not self._is_plugged_in():  # it may have been pulled out while the picture was drawn
                return
            if self._newest.get() is None:
                self._newest.open()  # the ages of "frozen" and "black" count from here
            self._newest.put(picture)

    def _picture(self) -> Image:
        held, instead = self._newest.get(), self._shows_instead
        if self._is_frozen and held is not None:
            return held.image
        if instead is not None:
            return overwritten_copy(self._noise.over(instead))
        return self._scene.render()
