"""Captures one page under a document camera (高拍仪): waits until it lies still and can be read, then straightens it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np

from drivers.camera.page_detection import detect_page
from drivers.camera.page_quality import quality_of, trouble_of
from drivers.camera.page_rectify import rectified
from drivers.camera.page_types import CaptureTrouble, DocumentCapture, NotCaptured, Page, PageLook, PageShape
from drivers.overwritten import overwritten_copy
from drivers.types import Deadline, Frame, Image

LOOKS_PER_S = 15.0
_SMALL_COPY_PX = 640
_SMALL_SHARE = 0.2
"""Of the picture: a page that takes less could lie nearer."""
OnLook = Callable[[PageLook], None]
_STILL_FRAMES = 5
_STILL_S = 0.3
_STILL_OF_DIAGONAL = 0.004
"""How far a corner may wander between two frames; noise moves it a tenth of that."""
_FIRST_FRAME_S = 8.0
"""A camera may need so long to open."""
_SILENCE_S = 3.0
_POLL_S = 0.05


class Frames(Protocol):
    """What is needed of a camera; it must have been started."""

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first."""
        ...


def capture_document(
    camera: Frames,
    deadline: Deadline,
    shape: PageShape = PageShape.A4,
    on_look: OnLook | None = None,
) -> DocumentCapture | NotCaptured:
    """Take the picture when the page lies still and is good enough to read; otherwise say what last stood in the way.

    Blocks on the caller's thread until there is a result, ``deadline`` is over or cancelled, or the camera falls silent.
    ``on_look`` is shown what the camera sees, from this thread, at most ``LOOKS_PER_S`` times a second. The camera stays the
    caller's.
    """
    return _Capture(camera, deadline, shape, on_look).run()


class _Capture:
    def __init__(self, camera: Frames, deadline: Deadline, shape: PageShape, on_look: OnLook | None) -> None:
        self._camera = camera
        self._deadline = deadline
        self._shape = shape
        self._on_look = on_look
        self._told_s = -math.inf
        self._trouble = CaptureTrouble.NO_CAMERA
        self._steadiness = Steadiness()
        self._longest_work_s = 0.0

    def run(self) -> DocumentCapture | NotCaptured:
        frame: Frame | None = None
        while True:
            frame = self._next(frame)
            if self._deadline.is_cancelled:
                return NotCaptured(CaptureTrouble.CANCELLED)
            if frame is None:
                return NotCaptured(self._trouble)
            began_s = time.monotonic()
            captured = self._look(frame)
            self._longest_work_s = max(self._longest_work_s, time.monotonic() - began_s)
            if captured is not None:
                return captured

    def _next(self, than: Frame | None) -> Frame | None:
        """A newer frame; ``None`` when the time is too short to work on one, and when the camera is silent."""
        patience = Deadline(_FIRST_FRAME_S if than is None else _SILENCE_S)
        while self._deadline.remaining_s > self._longest_work_s:
            if patience.is_over:
                self._trouble = CaptureTrouble.NO_CAMERA
                return None
            asked_s = time.monotonic()
            poll_s = min(_POLL_S, self._deadline.remaining_s)
            newer = self._camera.wait_newer(than, Deadline(poll_s))
            if newer is not None:
                return newer
            self._deadline.sleep(poll_s - (time.monotonic() - asked_s))  # a stopped camera answers at once
        self._deadline.sleep(self._longest_work_s)
        return None

    def _look(self, frame: Frame) -> DocumentCapture | None:
        page = detect_page(frame.image)
        captured = self._take(frame, page)
        if self._on_look is not None and (captured or frame.taken_at_s - self._told_s >= 1.0 / LOOKS_PER_S):
            self._told_s = frame.taken_at_s
            self._on_look(_look_at(frame.image, page, None if captured else self._trouble))
        return captured

    def _take(self, frame: Frame, page: Page | None) -> DocumentCapture | None:
        is_still = self._steadiness.offer(page, frame)
        if page is None:
            self._trouble = CaptureTrouble.NO_PAGE
        elif page.is_cut_off:
            self._trouble = CaptureTrouble.PAGE_CUT_OFF
        elif not is_still:
            # While it settles after a picture that could not be read, the reason for that one is still the better answer.
            if self._trouble in _ABOUT_THE_PLACE:
                self._trouble = CaptureTrouble.MOVING
        else:
            return self._judge(frame, page)
        return None

    def _judge(self, frame: Frame, page: Page) -> DocumentCapture | None:
        straight = rectified(frame.image, page.corners, self._shape)
        quality = quality_of(frame.image, page.corners, straight, self._shape)
        trouble = trouble_of(quality)
        if trouble is None:
            return DocumentCapture(straight, page.corners, quality)
        self._trouble = trouble
        return None


def _look_at(image: Image, page: Page | None, trouble: CaptureTrouble | None) -> PageLook:
    height, width = image.shape[:2]
    scale = min(1.0, _SMALL_COPY_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resized = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = overwritten_copy(resized)
    resized.fill(0)
    if page is None:
        return PageLook(small, (), trouble, is_small=False)
    corners = tuple((float(x) / width, float(y) / height) for x, y in page.corners)
    return PageLook(small, corners, trouble, is_small=cv2.contourArea(page.corners) < _SMALL_SHARE * width * height)


_ABOUT_THE_PLACE = frozenset(
    {
        CaptureTrouble.NO_CAMERA,
        CaptureTrouble.NO_PAGE,
        CaptureTrouble.PAGE_CUT_OFF,
        CaptureTrouble.MOVING,
    }
)


class Steadiness:
    """Knows when a page has lain still: for so many frames and so long."""

    def __init__(self, frames: int = _STILL_FRAMES, seconds: float = _STILL_S) -> None:
        self._frames = frames
        self._seconds = seconds
        self._last: Page | None = None
        self._still = 0
        self._since_s = 0.0

    def offer(self, page: Page | None, frame: Frame) -> bool:
        """Take in the page of a frame; True when it has lain still by now."""
        before, self._last = self._last, page
        if page is None or before is None or not _is_same_place(before, page, frame):
            self._still, self._since_s = 1, frame.taken_at_s
            return False
        self._still += 1
        return self._still >= self._frames and frame.taken_at_s - self._since_s >= self._seconds


def _is_same_place(before: Page, page: Page, frame: Frame) -> bool:
    diagonal = float(np.hypot(*frame.image.shape[:2]))
    return float(np.linalg.norm(page.corners - before.corners, axis=1).max()) < _STILL_OF_DIAGONAL * diagonal
