"""The thread that opens a source and reads it. It may be stuck inside a kernel driver for ever, and is then left behind.

Whatever a left-behind reader still tells is not heard: its camera compares the teller with the reader it now has. When its
native call returns after all, it releases its source and ends.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from drivers.camera.source import OpenedSource, VideoSource
from drivers.camera.types import CameraCapabilities
from drivers.errors import Disconnected
from drivers.types import Image

_log = logging.getLogger(__name__)

_BUG = "the driver ended with an error of its own; see the log"


@dataclass(frozen=True, slots=True)
class CameraTimes:
    """When a camera counts as broken, and how patiently it is opened again. All in seconds."""

    frozen_after_s: float = 1.5
    """No new, or only byte-identical pictures for this long; a real sensor always has noise."""
    dark_after_s: float = 1.5
    """Black or covered for this long."""
    first_retry_s: float = 0.25
    longest_retry_s: float = 1.0
    read_limit_s: float = 1.5
    """A read that takes longer is stuck: every source has a shorter time-out of its own."""
    open_limit_s: float = 8.0
    """Some cameras take seconds to be opened or closed."""
    reopen_frozen_after_s: float = 5.0
    """A camera that repeats one picture is closed and opened again: that wakes some of them."""
    stop_limit_s: float = 0.8
    """How long ``stop`` waits for the reader."""


class ReaderEvents(Protocol):
    """Who hears a reader. All calls come from the reader's thread."""

    def was_opened(self, reader: Reader, capabilities: CameraCapabilities) -> None:
        """The source delivers."""
        ...

    def has_read(self, reader: Reader, picture: Image) -> None:
        """A new picture."""
        ...

    def has_lost(self, reader: Reader, why: str) -> None:
        """The source is gone or cannot be opened; it will be tried again."""
        ...

    def has_ended(self, reader: Reader) -> None:
        """A recording is over."""
        ...


class Reader:
    """One thread with one source."""

    def __init__(self, name: str, source: VideoSource, times: CameraTimes, hearer: ReaderEvents, *, is_looped: bool) -> None:
        self.interval_s = 0.0
        """Least time between two pictures of a live source; those between are passed over."""
        self._source = source
        self._times = times
        self._hearer = hearer
        self._is_looped = is_looped
        self._ended = threading.Event()
        self._reopen = threading.Event()
        self._call: tuple[str, float] | None = None
        self._has_noted_bug = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Tell it to end; does not wait."""
        self._ended.set()

    def join(self, limit_s: float) -> bool:
        """Wait for the end; False when it did not come."""
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """True while the thread runs, stuck or not."""
        return self._thread.is_alive()

    def reopen(self) -> None:
        """Close and open the source after the picture that is now being read."""
        self._reopen.set()

    def stuck_call(self) -> str:
        """The name of the native call that takes longer than it may; empty when there is none."""
        call = self._call
        if call is None:
            return ""
        name, since_s = call
        limit_s = self._times.read_limit_s if name == "read" else self._times.open_limit_s
        return name if time.monotonic() - since_s > limit_s else ""

    def _run(self) -> None:
        retry_s = self._times.first_retry_s
        while not self._ended.is_set():
            opened = self._opened()
            if opened is None:
                self._ended.wait(retry_s)
                retry_s = min(retry_s * 2, self._times.longest_retry_s)
                continue
            retry_s = self._times.first_retry_s
            if not self._used(opened):
                self._ended.wait(self._times.longest_retry_s)
            elif not self._goes_on():
                return

    def _used(self, opened: OpenedSource) -> bool:
        """Read it to its end and close it; False when a bug was the end: nobody but this thread can bring the camera back."""
        try:
            try:
                self._hearer.was_opened(self, opened.capabilities)
                self._read_all(opened)
            finally:
                self._begin("close")
                opened.close()
        except Exception as error:  # noqa: BLE001 - see above
            self._note_bug(error)
            return False
        finally:
            self._call = None
        return True

    def _note_bug(self, error: Exception) -> None:
        if not self._has_noted_bug:  # once, not at every new attempt
            _log.error("%s: ended with %s", self._thread.name, type(error).__name__)
        self._has_noted_bug = True
        self._hearer.has_lost(self, _BUG)

    def _goes_on(self) -> bool:
        """Tell how the reading came to its end; False when that was the end of all."""
        if self._ended.is_set():
            return False
        if self._source.is_recording:
            if not self._is_looped:
                self._hearer.has_ended(self)
            return self._is_looped
        if not self._reopen.is_set():
            self._hearer.has_lost(self, "gives no more pictures")
            self._ended.wait(self._times.first_retry_s)
        self._reopen.clear()
        return True

    def _opened(self) -> OpenedSource | None:
        self._begin("open")
        try:
            opened = self._source.open()
        except Disconnected as error:
            self._hearer.has_lost(self, error.message)
            return None
        except Exception as error:  # noqa: BLE001 - as in ``_used``
            self._note_bug(error)
            return None
        finally:
            self._call = None
        return opened

    def _read_all(self, opened: OpenedSource) -> None:
        """Read until the source gives nothing more. Recordings are played at their own speed, cameras set their own pace."""
        interval_s = 1.0 / opened.capabilities.frames_per_s if self._source.is_recording else 0.0
        due_s = wanted_s = time.monotonic()
        while not self._ended.wait(max(0.0, due_s - time.monotonic())) and not self._reopen.is_set():
            self._begin("read")
            if not self._source.is_recording and time.monotonic() < wanted_s:
                has_more = opened.skip()
                self._call = None
                if not has_more:
                    return
                continue
            picture = opened.read()
            wanted_s = time.monotonic() + self.interval_s
            self._call = None
            if picture is None or self._ended.is_set():
                return
            self._hearer.has_read(self, picture)
            due_s = max(due_s + interval_s, time.monotonic() - 0.5)

    def _begin(self, call: str) -> None:
        self._call = (call, time.monotonic())
