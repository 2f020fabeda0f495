"""An opened ``cv2.VideoCapture``: used by one thread, pictures in memory that zeroes itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.camera.opencv import cv2
from drivers.camera.source import DEFAULT_FRAMES_PER_S, MAX_FRAMES_PER_S
from drivers.camera.types import CameraCapabilities, CameraMode
from drivers.errors import Disconnected
from drivers.overwritten import overwritten_picture
from drivers.types import Image


class Capture:
    """An opened device, stream or file."""

    def __init__(self, capture: cv2.VideoCapture, first: Image, offered: tuple[CameraMode, ...] = ()) -> None:
        self._capture = capture
        self._first: Image | None = first
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        self.capabilities = CameraCapabilities(
            first.shape[1],
            first.shape[0],
            rate if 0.0 < rate <= MAX_FRAMES_PER_S else DEFAULT_FRAMES_PER_S,
            _fourcc(int(capture.get(cv2.CAP_PROP_FOURCC))),
            offered,
        )

    @classmethod
    def open(
        cls,
        name: str,
        backend: int,
        settings: Sequence[int],
        *,
        shown: str = "",
        offered: tuple[CameraMode, ...] = (),
        patience: int = 1,
    ) -> Capture:
        """Open and read one picture: a source that opens but gives nothing is as good as absent.

        ``shown`` is the name for errors. ``patience`` is how many reads may come back empty before that is believed: a USB
        camera can take longer than one read time-out to its first picture. Raises ``Disconnected``.
        """
        capture: cv2.VideoCapture | None = None
        first: NDArray[np.uint8] | None = None
        try:
            capture = cv2.VideoCapture(name, backend, list(settings))
            while capture.isOpened() and first is None and patience > 0:
                _, first = capture.read()
                patience -= 1
        except cv2.error as error:
            _release(capture)
            raise Disconnected(shown or name, f"cannot be opened ({error.err})") from error
        if first is None:
            _release(capture)
            raise Disconnected(shown or name, "cannot be opened, or gives no picture")
        return cls(capture, as_bgr(first), offered)

    def read(self) -> Image | None:
        """The next picture, ``None`` when there is none."""
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
        return target if np.may_share_memory(picture, target) else as_bgr(picture)

    def skip(self) -> bool:
        """Take the next picture without decoding it, where the backend can."""
        self._first = None
        try:
            return bool(self._capture.grab())
        except cv2.error:
            return False  # as above

    def close(self) -> None:
        """Release the source."""
        self._first = None
        _release(self._capture)


def as_bgr(picture: NDArray[np.uint8]) -> Image:
    """In three channels, in memory that zeroes itself."""
    kept = overwritten_picture((*picture.shape[:2], 3))
    kept[...] = picture[..., None] if picture.ndim == 2 else picture[:, :, :3]
    return kept


def _release(capture: cv2.VideoCapture | None) -> None:
    try:
        if capture is not None:
            capture.release()
    except cv2.error:
        return  # the device is gone; there is nothing left to release


def _fourcc(code: int) -> str:
    """``MJPG`` for its number; empty for numbers that are no four characters."""
    letters = (code & 0xFFFFFFFF).to_bytes(4, "little")
    return letters.decode("ascii").rstrip() if all(32 <= letter < 127 for letter in letters) else ""
