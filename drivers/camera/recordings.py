"""Pictures kept in files: a video file, or a folder of pictures. They are played at their own speed and have an end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drivers.camera.capture import Capture, as_bgr
from drivers.camera.opencv import cv2
from drivers.camera.picture_files import picture_paths
from drivers.camera.presence import PathPresence
from drivers.camera.source import DEFAULT_FRAMES_PER_S, MAX_FRAMES_PER_S, OpenedSource
from drivers.camera.types import CameraCapabilities
from drivers.errors import Disconnected
from drivers.pictures import UnreadablePicture, read_picture
from drivers.status import DeviceStatus
from drivers.types import Image


@dataclass(frozen=True, slots=True)
class FileSource:
    """A video file."""

    path: Path

    @property
    def is_recording(self) -> bool:
        """True: it has an end."""
        return True

    def open(self) -> OpenedSource:
        """Open the file; raises ``Disconnected``."""
        if not self.path.is_file():
            raise Disconnected(str(self.path), "no such file")
        # Left to choose, OpenCV also tries its own AVI reader, which writes to stderr past every log level.
        return Capture.open(str(self.path), cv2.CAP_FFMPEG, [])

    def presence(self) -> DeviceStatus:
        """Whether the file is there."""
        return PathPresence(self.path)()


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of pictures, played in the order of their names. Unreadable pictures are passed over."""

    path: Path
    frames_per_s: float = DEFAULT_FRAMES_PER_S

    @property
    def is_recording(self) -> bool:
        """True: it has an end."""
        return True

    def open(self) -> OpenedSource:
        """List the folder; raises ``Disconnected`` when nothing in it is a picture."""
        return _Pictures.open(self.path, picture_paths(self.path), self.frames_per_s)

    def presence(self) -> DeviceStatus:
        """Whether the folder is there."""
        return PathPresence(self.path)()


class _Pictures:
    """An opened folder."""

    def __init__(self, paths: list[Path], first: Image, frames_per_s: float) -> None:
        self._paths = iter(paths)
        self.capabilities = CameraCapabilities(first.shape[1], first.shape[0], min(frames_per_s, MAX_FRAMES_PER_S))

    @classmethod
    def open(cls, folder: Path, paths: list[Path], frames_per_s: float) -> _Pictures:
        """Find the first readable picture; it fixes the size."""
        for position, path in enumerate(paths):
            first = _read_picture(path)
            if first is not None:
                return cls(paths[position:], first, frames_per_s)
        raise Disconnected(str(folder), "no picture in this folder can be read")

    def read(self) -> Image | None:
        for path in self._paths:
            picture = _read_picture(path)
            if picture is not None:
                return self._in_size(picture)
        return None

    def _in_size(self, picture: Image) -> Image:
        size = (self.capabilities.width_px, self.capabilities.height_px)
        if (picture.shape[1], picture.shape[0]) == size:
            return picture
        return as_bgr(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))

    def skip(self) -> bool:
        return self.read() is not None

    def close(self) -> None:
        self._paths = iter(())


def _read_picture(path: Path) -> Image | None:
    picture = read_picture(path)
    return None if isinstance(picture, UnreadablePicture) else picture
