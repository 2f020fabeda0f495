"""A short look through a camera, in figures: what a technician and the health check want to know. No picture is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass

from drivers.camera.abstract import Camera
from drivers.camera.sight import glance, sharpness
from drivers.status import DeviceState
from drivers.types import Deadline, Frame

_MEASURED_S = 2.0
_LEAST_FRAMES = 3
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen; all figures are 0 when nothing was."""

    brightness: float
    """Mean, 0 to 255."""
    sharpness: float
    """See ``sight.sharpness``: about 5 out of focus, above 30 in focus."""
    width: int
    height: int
    frames_per_s: float
    code: str
    """Code of the camera's status."""
    detail: str = ""
    state: DeviceState = DeviceState.UNKNOWN
    newest_age_s: float = 0.0
    """How old the newest frame was when it was handed over, at the worst."""

    @property
    def has_picture(self) -> bool:
        """True when at least one frame came."""
        return self.width > 0


def examine(camera: Camera, deadline: Deadline, measure_s: float = _MEASURED_S) -> Examination:
    """Start ``camera``, look through it for about ``measure_s`` after its first frame, and stop it; all within ``deadline``.

    A camera that somebody else has started is left running.
    """
    was_started = camera.status().code != "stopped"
    camera.start()
    try:
        return watch(camera, deadline, measure_s)
    finally:
        if not was_started:
            camera.stop()


def watch(camera: Camera, deadline: Deadline, measure_s: float = _MEASURED_S) -> Examination:
    """The same for a camera that is started, and goes on."""
    first = camera.wait_newer(None, deadline)
    if first is None:
        status = camera.status()
        return Examination(0.0, 0.0, 0, 0, 0.0, status.code, status.detail, status.state)
    last, count, oldest_s = first, 1, time.monotonic() - first.taken_at_s
    patience = Deadline(measure_s)
    while not patience.is_over and not deadline.is_over:
        newer = camera.wait_newer(last, Deadline(min(_POLL_S, deadline.remaining_s)))
        if newer is not None:
            last, count = newer, count + 1
            oldest_s = max(oldest_s, time.monotonic() - newer.taken_at_s)
    return _figures(camera, first, last, oldest_s, count)


def _figures(camera: Camera, first: Frame, last: Frame, oldest_s: float, count: int) -> Examination:
    status = camera.status()
    image = last.image
    spent_s = last.taken_at_s - first.taken_at_s
    rate = (last.sequence - first.sequence) / spent_s if spent_s > 0 and count >= _LEAST_FRAMES else 0.0
    return Examination(
        brightness=round(glance(image).brightness, 1),
        sharpness=round(sharpness(image), 1),
        width=image.shape[1],
        height=image.shape[0],
        frames_per_s=round(rate, 1),
        newest_age_s=round(oldest_s, 3),
        code=status.code,
        detail=status.detail,
        state=status.state,
    )
