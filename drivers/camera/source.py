"""Where pictures come from: a device or stream, a video file, or a folder of pictures. Used by one thread each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.camera.opencv import OPEN_TIMEOUT_MS, READ_TIMEOUT_MS, cv2
from drivers.camera.types import CameraCapabilities
from drivers.errors import Disconnected
from drivers.overwritten import overwritten_picture
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

_PICTURE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})
_DEFAULT_FRAMES_PER_S = 15.0
_MAX_FRAMES_PER_S = 120.0


class OpenedSource(Protocol):
    """A source that is delivering."""

    @property
    def capabilities(self) -> CameraCapabilities:
        """Size and rate, as far as the source tells."""
        ...

    def read(self) -> Image | None:
        """The next picture (BGR, in memory that zeroes itself), ``None`` when there is none: lost, or at the end."""
        ...

    def close(self) -> None:
        """Release the source."""
        ...


class VideoSource(Protocol):
    """A source by its settings."""

    @property
    def is_recording(self) -> bool:
        """True for files and folders: they are played at their own speed and have an end, which is not a fault."""
        ...

    def open(self) -> OpenedSource:
        """Open it now; raises ``Disconnected``."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceSource:
    """A V4L2 device by path or index, or a stream by URL, read by OpenCV."""

    device: str | int
    width_px: int | None = None
    height_px: int | None = None

    @property
    def is_recording(self) -> bool:
        """False: a camera is expected to go on for ever."""
        return False

    def open(self) -> OpenedSource:
        """Open the device; raises ``Disconnected``."""
        settings: list[int] = []
        if isinstance(self.device, str) and "://" in self.device:
            settings += [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
            return _VideoCapture.open(self.device, cv2.CAP_FFMPEG, settings)
        if self.width_px and self.height_px:
            settings += [cv2.CAP_PROP_FRAME_WIDTH, self.width_px, cv2.CAP_PROP_FRAME_HEIGHT, self.height_px]
        return _VideoCapture.open(self.device, cv2.CAP_V4L2, settings)


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
        return _VideoCapture.open(str(self.path), cv2.CAP_FFMPEG, [])


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of pictures, played in the order of their names. Unreadable pictures are passed over."""

    path: Path
    frames_per_s: float = _DEFAULT_FRAMES_PER_S

    @property
    def is_recording(self) -> bool:
        """True: it has an end."""
        return True

    def open(self) -> OpenedSource:
        """List the folder; raises ``Disconnected`` when nothing in it is a picture."""
        try:
            paths = sorted(path for path in self.path.iterdir() if path.suffix.lower() in _PICTURE_SUFFIXES)
        except OSError as error:
            raise Disconnected(str(self.path), f"folder cannot be read ({error.strerror})") from error
        return _Pictures.open(self.path, paths, self.frames_per_s)


class _VideoCapture:
    """An opened ``cv2.VideoCapture``."""

    def __init__(self, capture: cv2.VideoCapture, first: Image) -> None:
        self._capture = capture
        self._first: Image | None = first
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        is_plausible = 0.0 < rate <= _MAX_FRAMES_PER_S
        self.capabilities = CameraCapabilities(first.shape[1], first.shape[0], rate if is_plausible else _DEFAULT_FRAMES_PER_S)

    @classmethod
    def open(cls, name: str | int, backend: int, settings: Sequence[int]) -> _VideoCapture:
        """Open and read one picture: a source that opens but gives nothing is as good as absent."""
        try:
            capture = cv2.VideoCapture(name, backend, list(settings))
            ok, first = capture.read() if capture.isOpened() else (False, None)
        except cv2.error as error:
            raise Disconnected(str(name), f"cannot be opened ({error.err})") from error
        if not ok or first is None:
            capture.release()
            raise Disconnected(str(name), "cannot be opened, or gives no picture")
        return cls(capture, _as_bgr(first))

    def read(self) -> Image | None:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        target = overwritten_picture((self.capabilities.height_px, self.capabilities.width_px, 3))
        try:
            ok, picture = self._capture.read(target)
        except cv2.error:
            return None  # V4L2 raises here when the device was pulled out while reading
        if not ok or picture is None:
            return None
        return target if np.may_share_memory(picture, target) else _as_bgr(picture)

    def close(self) -> None:
        self._capture.release()


class _Pictures:
    """An opened folder."""

    def __init__(self, paths: list[Path], first: Image, frames_per_s: float) -> None:
        self._paths = iter(paths)
        self.capabilities = CameraCapabilities(first.shape[1], first.shape[0], min(frames_per_s, _MAX_FRAMES_PER_S))

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
        return _as_bgr(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))

    def close(self) -> None:
        self._paths = iter(())


def _read_picture(path: Path) -> Image | None:
    picture = read_picture(path)
    return None if isinstance(picture, UnreadablePicture) else picture


def _as_bgr(picture: NDArray[np.uint8]) -> Image:
    """In three channels, in memory that zeroes itself."""
    kept = overwritten_picture((*picture.shape[:2], 3))
    kept[...] = picture[..., None] if picture.ndim == 2 else picture[:, :, :3]
    return kept
