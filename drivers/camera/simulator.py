"""A camera with a simulated person in front of it: a still portrait that sways, blinks, turns and opens its mouth.

It gives the true vision code something true to see: the pictures are warped photographs with sensor noise, nothing in the
face code knows of it, and a portrait that is not asked to move is refused as the still picture it is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from drivers.camera.animation import Choreography, PortraitAnimation
from drivers.camera.newest import NewestFrame
from drivers.camera.portrait import UnusablePortrait, compose_card_photo, compose_portrait, packaged_portrait
from drivers.camera.types import CameraCapabilities, Movement
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Frame, Image

_log = logging.getLogger(__name__)

_FROZEN_AFTER_S = 1.5


class PortraitCamera:
    """Simulated camera. Every method may be called from any thread and returns at once, except ``stop``, which joins."""

    def __init__(
        self,
        size_px: tuple[int, int] = (640, 480),
        frames_per_s: float = 15.0,
        load_portrait: Callable[[], Image] = packaged_portrait,
    ) -> None:
        self._size_px = size_px
        self._frames_per_s = frames_per_s
        self._load_portrait = load_portrait
        self._newest = NewestFrame()
        self._lock = threading.Lock()
        self._choreography = Choreography()
        self._portrait: Image | None = None
        self._animation: PortraitAnimation | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._is_frozen = False
        self._is_plugged_in = True
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

    def newest(self) -> Frame | None:
        """The newest frame, or ``None`` before the first one."""
        return self._newest.get()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first or the camera is stopped."""
        return self._newest.wait_newer(than, deadline)

    def status(self) -> DeviceStatus:
        """As the contract says; a simulated camera is ``lost`` while unplugged and ``frozen`` after ``freeze``."""
        if self._thread is None:
            return DeviceStatus(DeviceState.OFFLINE, "stopped")
        if self._trouble:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "no_portrait", self._trouble)
        if not self._is_plugged_in:
            return DeviceStatus(DeviceState.NO_DEVICE, "lost", "simulated camera is unplugged")
        if self._newest.get() is None:
            return DeviceStatus(DeviceState.OFFLINE, "starting")
        if self._newest.unchanged_for_s > _FROZEN_AFTER_S:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "frozen", "the picture no longer changes")
        return DeviceStatus(DeviceState.ONLINE, "ok")

    def capabilities(self) -> CameraCapabilities | None:
        """Size and rate as given; ``None`` before the first frame."""
        if self._newest.get() is None:
            return None
        return CameraCapabilities(*self._size_px, self._frames_per_s)

    def perform(self, movement: Movement | str) -> None:
        """Let the person do something, after what was asked for before; takes about a second."""
        with self._lock:
            self._choreography.add(Movement(movement), time.monotonic())

    def leave(self) -> None:
        """The person walks out of the picture."""
        with self._lock:
            self._choreography.walk(is_here=False, now_s=time.monotonic())

    def return_(self) -> None:
        """The person comes back."""
        with self._lock:
            self._choreography.walk(is_here=True, now_s=time.monotonic())

    def set_portrait(self, picture: Image) -> None:
        """Put another person (BGR picture of head and shoulders) before the camera; raises ``UnusablePortrait``."""
        animation = PortraitAnimation(compose_portrait(picture, self._size_px))
        with self._lock:
            self._portrait, self._animation, self._trouble = picture.copy(), animation, ""

    def portrait(self) -> Image:
        """The picture of the person now before the camera, BGR."""
        with self._lock:
            if self._portrait is None:
                self._portrait = self._load_portrait()
            return self._portrait.copy()

    def card_photo(self) -> Image:
        """The person's photo as an ID card holds it: 102x126, grey."""
        return compose_card_photo(self.portrait())

    def freeze(self) -> None:
        """Repeat the same picture for ever, as a hung camera does; ends with ``plug_in``."""
        self._is_frozen = True

    def unplug(self) -> None:
        """Deliver nothing more; the frame held is dropped."""
        with self._lock:
            self._is_plugged_in = False
            self._newest.drop()

    def plug_in(self) -> None:
        """End ``unplug`` and ``freeze``."""
        self._is_frozen = False
        self._is_plugged_in = True

    def _run(self) -> None:
        try:
            self._prepare()
        except UnusablePortrait as error:
            self._trouble = str(error)
            _log.warning("simulated camera has no person: %s", error)
            return
        self._newest.open()
        due_s = time.monotonic()
        while not self._ended.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + 1.0 / self._frames_per_s, time.monotonic() - 0.5)
            self._deliver()

    def _prepare(self) -> None:
        if self._animation is None:
            self.set_portrait(self.portrait())

    def _deliver(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            strengths, absence = self._choreography.at(now_s), self._choreography.absence(now_s)
            animation, held = self._animation, self._newest.get()
        if animation is None or not self._is_plugged_in:
            return
        picture = held.image if self._is_frozen and held is not None else animation.render(now_s, strengths, absence)
        with self._lock:
            if self._is_plugged_in:  # it may have been pulled out while the picture was drawn
                self._newest.put(picture)
