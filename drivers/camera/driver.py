"""Camera driver over OpenCV: newest frame wins; lost, frozen, dark and stuck cameras are noticed within two seconds.

Two threads while it is started: the reader, which may hang inside a kernel driver, and the keeper, which never does and replaces
a reader that hangs.
"""

from __future__ import annotations

import atexit
import logging
import threading
import weakref
from dataclasses import replace

from drivers.camera.newest import NewestFrame
from drivers.camera.reader import CameraTimes, Reader
from drivers.camera.source import VideoSource
from drivers.camera.trouble import trouble_of
from drivers.camera.types import CameraCapabilities
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Frame, Image

_log = logging.getLogger(__name__)

_KEEPER_PERIOD_S = 0.1
_KEEPER_JOIN_S = 0.2
_LOOKS_IN_A_ROW = 3
"""How often a call must be seen stuck: when the whole process was asleep, the first look proves nothing."""
MOST_LEFT_BEHIND = 3
"""Readers stuck at the same time; beyond it no further thread is spent until one of them returns."""

_LAST_WAIT_S = 3.0
"""For readers at the end of the process: longer than any read of a network stream, which its own time-out ends."""
_cameras: weakref.WeakSet[OpenCvCamera] = weakref.WeakSet()

_STARTING = DeviceStatus(DeviceState.OFFLINE, "starting")
_STOPPED = DeviceStatus(DeviceState.OFFLINE, "stopped")
_OK = DeviceStatus(DeviceState.ONLINE, "ok")
_ENDED = DeviceStatus(DeviceState.NO_DEVICE, "ended", "the recording has come to its end")


class OpenCvCamera:
    """A device, stream, file or folder. Every method may be called from any thread; only ``stop`` waits, at most a second."""

    def __init__(
        self,
        url: str,
        source: VideoSource,
        *,
        is_looped: bool = False,
        times: CameraTimes | None = None,
        drops_torn: bool = False,
    ) -> None:
        """``is_looped`` starts a file or folder again at its end; ``url`` names the camera in log and status.

        ``drops_torn`` is for sources that code each picture by itself: cut ones are recognised and dropped.
        """
        self.url = url
        self._source = source
        self._is_looped = is_looped
        self._times = times or CameraTimes()
        self._newest = NewestFrame(drops_torn=drops_torn)
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._keeper: threading.Thread | None = None
        self._reader: Reader | None = None
        self._left_behind: list[Reader] = []
        self._status = _STOPPED
        self._interval_s = 0.0
        self._capabilities: CameraCapabilities | None = None
        _cameras.add(self)

    def start(self) -> None:
        """Begin to open and read, in the background; does nothing when already started."""
        with self._lock:
            if self._keeper is not None:
                return
            self._ended = threading.Event()
            self._status = _STARTING
            self._newest.open()
            self._new_reader()
            self._keeper = threading.Thread(target=self._keep, args=(self._ended,), name=f"camera {self.url}", daemon=True)
            self._keeper.start()

    def stop(self) -> None:
        """Stop reading, overwrite the frame held, release the source; may be called twice. Waits at most a second.

        A reader that hangs is left behind; it releases the source when its call returns.
        """
        with self._lock:
            keeper, self._keeper = self._keeper, None
            reader, self._reader = self._reader, None
            self._ended.set()
            self._status = _STOPPED
            self._newest.close()
        if reader is not None:
            reader.end()
            if not reader.join(self._times.stop_limit_s):
                _log.info("camera %s is still busy with a call; its thread ends by itself", self.url)
                self._leave_behind(reader)
        if keeper is not None:
            keeper.join(_KEEPER_JOIN_S)

    def pace(self, pictures_per_s: float) -> None:
        """Deliver no more pictures than this; those between are taken from the source and not decoded."""
        with self._lock:
            self._interval_s = 1.0 / pictures_per_s if pictures_per_s > 0.0 else 0.0
            if self._reader is not None:
                self._reader.interval_s = self._interval_s

    def newest(self) -> Frame | None:
        """The newest frame; ``None`` before the first one and after the source was lost."""
        return self._newest.get()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first or the camera is stopped."""
        return self._newest.wait_newer(than, deadline)

    def capabilities(self) -> CameraCapabilities | None:
        """What was got, known from the first picture on. A live camera's rate is as measured, once ten pictures have come."""
        known, measured = self._capabilities, self._newest.frames_per_s
        if known is None or self._source.is_recording or measured == 0.0:
            return known
        return replace(known, frames_per_s=round(measured, 1))

    def presence(self) -> DeviceStatus:
        """At rest whether the device is there (``at_rest`` or ``lost``), otherwise ``status``."""
        status = self.status()
        return self._source.presence() if status.code == "stopped" else status

    def status(self) -> DeviceStatus:
        """``ok``, ``starting``, ``stopped``, ``lost``, ``ended``, ``frozen``, ``torn``, ``wedged``, ``black`` or ``covered``."""
        status = self._status
        if status is not _OK:
            return status
        return trouble_of(self._newest, self._times.frozen_after_s, self._times.dark_after_s) or status

    @property
    def left_behind(self) -> int:
        """Readers that are still stuck in a call."""
        with self._lock:
            self._left_behind = [reader for reader in self._left_behind if reader.is_alive]
            return len(self._left_behind)

    def wait_left_behind(self, deadline: Deadline) -> None:
        """Wait for the readers that are still stuck in a call, until the deadline at most."""
        with self._lock:
            readers = tuple(self._left_behind)
        for reader in readers:
            reader.join(deadline.remaining_s)

    def was_opened(self, reader: Reader, capabilities: CameraCapabilities) -> None:
        """From the reader: the source delivers."""
        with self._lock:
            if reader is self._reader:
                self._capabilities = capabilities

    def has_read(self, reader: Reader, picture: Image) -> None:
        """From the reader: a new picture."""
        with self._lock:
            if reader is not self._reader:
                return
            if self._status is not _OK:
                self._newest.open()  # the ages of "frozen" and "black" count from here
            self._newest.put(picture)
            self._status = _OK

    def has_lost(self, reader: Reader, why: str) -> None:
        """From the reader: the source is gone or cannot be opened."""
        with self._lock:
            if reader is not self._reader:
                return
            if self._status.code != "lost":
                _log.info("camera %s is lost: %s", self.url, why)
            self._status = DeviceStatus(DeviceState.NO_DEVICE, "lost", why)
            self._newest.drop()

    def has_ended(self, reader: Reader) -> None:
        """From the reader: a recording is over."""
        with self._lock:
            if reader is self._reader:
                self._status = _ENDED
                self._newest.drop()

    def _keep(self, ended: threading.Event) -> None:
        """Replace a stuck reader, and have a frozen camera opened again."""
        looks, frozen_at_s = 0, self._times.reopen_frozen_after_s
        while not ended.wait(_KEEPER_PERIOD_S):
            reader = self._reader
            stuck = reader.stuck_call() if reader is not None else "reader"
            looks = looks + 1 if stuck else 0
            if reader is None or looks >= _LOOKS_IN_A_ROW:
                self._replace(reader, stuck, ended)
                looks = 0
                continue
            unchanged_s = self._newest.unchanged_for_s
            if unchanged_s < self._times.reopen_frozen_after_s:
                frozen_at_s = self._times.reopen_frozen_after_s
            elif unchanged_s > frozen_at_s and self._status is _OK and not self._source.is_recording:
                reader.reopen()
                frozen_at_s = unchanged_s + self._times.reopen_frozen_after_s

    def _replace(self, stuck: Reader | None, call: str, ended: threading.Event) -> None:
        with self._lock:
            if ended.is_set() or self._reader is not stuck:
                return
            if stuck is not None:
                self._reader = None
                self._status = DeviceStatus(DeviceState.HARDWARE_ERROR, "wedged", f"the driver does not return from {call}")
                self._newest.drop()
                stuck.end()
                self._leave_behind(stuck)
                _log.warning("camera %s does not return from %s; %d threads are left behind", self.url, call, self.left_behind)
            if self.left_behind < MOST_LEFT_BEHIND:
                self._new_reader()

    def _new_reader(self) -> None:
        if self.left_behind >= MOST_LEFT_BEHIND:
            self._status = DeviceStatus(DeviceState.HARDWARE_ERROR, "wedged", "too many calls into the driver do not return")
            return
        name = f"camera {self.url} reader"
        self._reader = Reader(name, self._source, self._times, self, is_looped=self._is_looped)
        self._reader.interval_s = self._interval_s
        self._reader.start()

    def _leave_behind(self, reader: Reader) -> None:
        with self._lock:
            self._left_behind.append(reader)


@atexit.register
def _end_readers() -> None:
    """Let readers come back from OpenCV before Python ends: it would tear them out of C++ code, and the process is aborted."""
    cameras, deadline = list(_cameras), Deadline(_LAST_WAIT_S)
    for camera in cameras:
        camera.stop()
    for camera in cameras:
        camera.wait_left_behind(deadline)
