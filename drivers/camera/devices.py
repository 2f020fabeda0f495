"""Live cameras: a V4L2 device by its stable path, and a stream by its URL. Neither ever sets exposure, gain or white balance."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from drivers.camera import v4l2
from drivers.camera.capture import Capture
from drivers.camera.negotiation import DEFAULT_WISHES, choose
from drivers.camera.opencv import OPEN_TIMEOUT_MS, READ_TIMEOUT_MS, cv2
from drivers.camera.presence import DevicePresence, StreamPresence
from drivers.camera.source import OpenedSource
from drivers.camera.types import CameraMode, WantedMode
from drivers.errors import Disconnected
from drivers.status import DeviceStatus

_FIRST_PICTURE_PATIENCE = 4
"""Reads of one second each; some USB cameras take two seconds to their first picture."""


@dataclass(frozen=True, slots=True)
class DeviceSource:
    """A V4L2 device, found anew at each opening: a camera that was replugged is another ``/dev/videoN`` behind the same path."""

    path: Path
    wishes: tuple[WantedMode, ...] = DEFAULT_WISHES
    _presence: DevicePresence = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the question for its presence, which remembers the last answer."""
        object.__setattr__(self, "_presence", DevicePresence(self.path))

    @property
    def is_recording(self) -> bool:
        """False: a camera is expected to go on for ever."""
        return False

    def open(self) -> OpenedSource:
        """Open the device in the best mode it has; raises ``Disconnected``."""
        node = os.path.realpath(self.path)
        try:
            is_capture = v4l2.facts(Path(node)).is_capture
            offered = v4l2.modes(Path(node), self.wishes)
        except OSError as error:
            raise Disconnected(str(self.path), f"does not answer as a camera ({error.strerror})") from error
        if not is_capture:
            raise Disconnected(str(self.path), "delivers no pictures; another node of the same camera does")
        return Capture.open(
            node,
            cv2.CAP_V4L2,
            mode_settings(choose(offered, self.wishes), self.wishes),
            shown=str(self.path),
            offered=offered,
            patience=_FIRST_PICTURE_PATIENCE,
        )

    def presence(self) -> DeviceStatus:
        """Whether the path leads to a device that can deliver pictures."""
        return self._presence()


def mode_settings(mode: CameraMode | None, wishes: tuple[WantedMode, ...]) -> list[int]:
    """What OpenCV is asked for: format, size and rate, and nothing else. The format must come first."""
    if mode is None:
        if not wishes:
            return []
        return [cv2.CAP_PROP_FRAME_WIDTH, wishes[0].width_px, cv2.CAP_PROP_FRAME_HEIGHT, wishes[0].height_px]
    settings = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*mode.pixel_format.ljust(4))]
    settings += [cv2.CAP_PROP_FRAME_WIDTH, mode.width_px, cv2.CAP_PROP_FRAME_HEIGHT, mode.height_px]
    return settings + ([cv2.CAP_PROP_FPS, round(mode.frames_per_s)] if mode.frames_per_s >= 1.0 else [])


@dataclass(frozen=True, slots=True)
class StreamSource:
    """A network camera, read by FFmpeg."""

    url: str = field(repr=False)
    """May hold a password."""
    shown: str = ""
    """The URL without it, for log and errors."""
    _presence: StreamPresence = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the question for its presence."""
        object.__setattr__(self, "_presence", StreamPresence(self.url))

    @property
    def is_recording(self) -> bool:
        """False: a camera is expected to go on for ever."""
        return False

    def open(self) -> OpenedSource:
        """Connect, and wait for the first picture; raises ``Disconnected``."""
        settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
        return Capture.open(self.url, cv2.CAP_FFMPEG, settings, shown=self.shown or "stream")

    def presence(self) -> DeviceStatus:
        """Whether the camera's port takes a connection."""
        return self._presence()
