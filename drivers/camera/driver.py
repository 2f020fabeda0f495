"""Camera driver over OpenCV: a reader thread of its own, newest frame wins, lost and frozen sources are noticed."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from drivers.camera.newest import NewestFrame
from drivers.camera.source import OpenedSource, VideoSource
from drivers.camera.types import CameraCapabilities
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline, Frame

_log = logging.getLogger(__name__)

_JOIN_LIMIT_S = 10.0
"""Above the read time-out of every source; a thread that outlives it hangs inside a kernel driver."""

_STARTING = DeviceStatus(DeviceState.OFFLINE, "starting")
_STOPPED = DeviceStatus(DeviceState.OFFLINE, "stopped")
_OK = DeviceStatus(DeviceState.ONLINE, "ok")
_ENDED = DeviceStatus(DeviceState.NO_DEVICE, "ended", "the recording has come to its end")


@dataclass(frozen=True, slots=True)
class CameraTimes:
    """When a camera counts as broken, and how patiently it is opened again."""

    frozen_after_s: float = 3.0
    """No new, or only byte-identical pictures for this long; a real sensor always has noise."""
    black_after_s: float = 3.0
    first_retry_s: float = 0.5
    longest_retry_s: float = 10.0


class OpenCvCamera:
    """A device, stream, file or folder. Every method may be called from any thread; only ``stop`` waits."""

    def __init__(self, url: str, source: VideoSource, *, is_looped: bool = False, times: CameraTimes | None = None) -> None:
        """``is_looped`` starts a file or folder again at its end; ``url`` names the camera in log and status."""
        self.url = url
        self._source = source
        self._is_looped = is_looped
        self._times = times or CameraTimes()
        self._newest = NewestFrame()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = _STOPPED
        self._capabilities: CameraCapabilities | None = None

    def start(self) -> None:
        """Begin to open and read, in the background; does nothing when already started."""
        with self._lock:
            if self._thread is not None:
                return
            self._ended = threading.Event()
            self._status = _STARTING
            self._newest.open()
            self._thread = threading.Thread(target=self._run, args=(self._ended,), name=f"camera {self.url}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop reading, overwrite the frame held, release the source; may be called twice."""
        with self._lock:
            thread, self._thread = self._thread, None
        self._ended.set()
        if thread is not None:
            thread.join(_JOIN_LIMIT_S)
            if thread.is_alive():
                _log.warning("camera %s does not return from a read; its thread is left behind", self.url)
        self._newest.close()
        self._status = _STOPPED

    def newest(self) -> Frame | None:
        """The newest frame; ``None`` before the first one and after the source was lost."""
        return self._newest.get()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first or the camera is stopped."""
        return self._newest.wait_newer(than, deadline)

    def capabilities(self) -> CameraCapabilities | None:
        """What the source delivers, known from the first picture on."""
        return self._capabilities

    def status(self) -> DeviceStatus:
        """``ok``, ``starting``, ``stopped``, ``lost``, ``ended`` (recordings), ``frozen`` or ``black`` (covered lens)."""
        status = self._status
        if status is not _OK:
            return status
        if self._newest.unchanged_for_s > self._times.frozen_after_s:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "frozen", "the picture no longer changes")
        if self._newest.black_for_s > self._times.black_after_s:
            return DeviceStatus(DeviceState.USER_ERROR, "black", "nothing can be seen; is the lens covered?")
        return status

    def _run(self, ended: threading.Event) -> None:
        retry_s = self._times.first_retry_s
        while not ended.is_set():
            try:
                opened = self._source.open()
            except Disconnected as error:
                self._lose(error.message)
                ended.wait(retry_s)
                retry_s = min(retry_s * 2, self._times.longest_retry_s)
                continue
            retry_s = self._times.first_retry_s
            self._capabilities = opened.capabilities
            try:
                self._read_all(opened, ended)
            finally:
                opened.close()
            if not ended.is_set() and not self._goes_on_after_end():
                self._status = _ENDED
                self._newest.drop()
                return
            if not self._source.is_recording:
                ended.wait(retry_s)

    def _read_all(self, opened: OpenedSource, ended: threading.Event) -> None:
        """Read until the source gives nothing more. Recordings are played at their own speed, cameras set their own pace."""
        interval_s = 1.0 / opened.capabilities.frames_per_s if self._source.is_recording else 0.0
        due_s = time.monotonic()
        while not ended.wait(max(0.0, due_s - time.monotonic())):
            picture = opened.read()
            if picture is None or ended.is_set():
                return
            if self._status is not _OK:
                self._newest.open()  # the ages of "frozen" and "black" count from here
            self._newest.put(picture)
            self._status = _OK
            due_s = max(due_s + interval_s, time.monotonic() - 0.5)

    def _goes_on_after_end(self) -> bool:
        if self._source.is_recording:
            return self._is_looped
        self._lose("gives no more pictures")
        return True

    def _lose(self, why: str) -> None:
        if self._status.code != "lost":
            _log.info("camera %s is lost: %s", self.url, why)
        self._status = DeviceStatus(DeviceState.NO_DEVICE, "lost", why)
        self._newest.drop()
