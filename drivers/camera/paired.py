"""Two cameras that look at the same face, one in visible light and one in infrared, as one.

The two have no common clock signal, so pictures are paired by when they arrived. A camera that is lost does not stop the other.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.camera.abstract import Camera
from drivers.camera.types import CameraCapabilities
from drivers.status import DeviceStatus
from drivers.types import Deadline, Frame

_KEPT = 4
"""Newest frames of each that are tried; older ones are too far away from anything still to come."""
_POLL_S = 0.02
_INFRARED = "infrared_"


@dataclass(frozen=True, slots=True, eq=False)
class FramePair:
    """Two pictures of one moment."""

    visible: Frame = field(repr=False)
    infrared: Frame = field(repr=False)

    @property
    def skew_s(self) -> float:
        """How far apart they arrived, always positive."""
        return abs(self.visible.taken_at_s - self.infrared.taken_at_s)


class PairedCamera:
    """A camera (the visible one) with a second one beside it. Owns both: starts and stops them together."""

    def __init__(self, visible: Camera, infrared: Camera, max_skew_s: float = 0.05) -> None:
        """Pictures that arrived more than ``max_skew_s`` apart are never a pair."""
        self._visible = visible
        self._infrared = infrared
        self._max_skew_s = max_skew_s

    def start(self) -> None:
        """Start both."""
        self._visible.start()
        self._infrared.start()

    def pace(self, pictures_per_s: float) -> None:
        """Of both."""
        self._visible.pace(pictures_per_s)
        self._infrared.pace(pictures_per_s)

    def stop(self) -> None:
        """Stop both; may be called twice. They stop side by side, so two cameras that hang take no longer than one."""
        other = threading.Thread(target=self._infrared.stop, name="infrared camera stops", daemon=True)
        other.start()
        try:
            self._visible.stop()
        finally:
            other.join()

    def newest(self) -> Frame | None:
        """Of the visible camera."""
        return self._visible.newest()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Of the visible camera."""
        return self._visible.wait_newer(than, deadline)

    def wait_newer_pair(self, than: FramePair | None, deadline: Deadline) -> FramePair | None:
        """Wait for a pair of which both are newer than those of ``than``; ``None`` when the deadline came first.

        Each picture is given its nearest neighbour; those that have none within the skew are passed over.
        """
        visible = _Recent(self._visible, than.visible if than is not None else None)
        infrared = _Recent(self._infrared, than.infrared if than is not None else None)
        while True:
            visible.look()
            infrared.look()
            pair = nearest_pair(visible.frames, infrared.frames, self._max_skew_s, time.monotonic())
            if pair is not None or deadline.is_over:
                return pair
            visible.wait(min(_POLL_S, deadline.remaining_s), deadline)

    def status(self) -> DeviceStatus:
        """The trouble of the visible camera, else that of the infrared one with ``infrared_`` before its code."""
        return _both(self._visible.status(), self._infrared.status())

    def presence(self) -> DeviceStatus:
        """As ``status``, of what is there."""
        return _both(self._visible.presence(), self._infrared.presence())

    def capabilities(self) -> CameraCapabilities | None:
        """Of the visible camera."""
        return self._visible.capabilities()


def nearest_pair(visible: Sequence[Frame], infrared: Sequence[Frame], max_skew_s: float, now_s: float) -> FramePair | None:
    """The newest visible frame whose nearest infrared neighbour is known and within the skew, with that neighbour.

    Known it is when an infrared frame came after the visible one, or when it is too late for one to come.
    """
    for seen in sorted(visible, key=lambda frame: -frame.taken_at_s):
        if now_s - seen.taken_at_s < max_skew_s and all(frame.taken_at_s < seen.taken_at_s for frame in infrared):
            continue
        nearest = min(infrared, key=lambda frame: abs(frame.taken_at_s - seen.taken_at_s), default=None)
        if nearest is not None and abs(nearest.taken_at_s - seen.taken_at_s) <= max_skew_s:
            return FramePair(seen, nearest)
    return None


class _Recent:
    """The newest frames of one camera that have not been given out."""

    def __init__(self, camera: Camera, than: Frame | None) -> None:
        self._camera = camera
        self._last = than
        self.frames: deque[Frame] = deque(maxlen=_KEPT)

    def look(self) -> None:
        frame = self._camera.newest()
        if frame is not None and (self._last is None or frame.sequence > self._last.sequence):
            self._last = frame
            self.frames.append(frame)

    def wait(self, seconds: float, deadline: Deadline) -> None:
        waited = Deadline(seconds)
        if self._camera.wait_newer(self._last, waited) is None:
            deadline.sleep(waited.remaining_s)  # a stopped camera answers at once


def _both(visible: DeviceStatus, infrared: DeviceStatus) -> DeviceStatus:
    if not visible.is_online or infrared.is_online:
        return visible
    return DeviceStatus(infrared.state, _INFRARED + infrared.code, f"infrared camera: {infrared.detail or infrared.code}")
