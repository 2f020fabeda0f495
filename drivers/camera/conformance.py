"""What a camera must be able to do for the terminal, tried on the device itself: ``python -m drivers.camera conform``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drivers.camera.abstract import Camera
from drivers.camera.examination import Examination, watch
from drivers.conformance import Check, Finding, Verdict
from drivers.types import Deadline

_OPEN_S = 12.0
_LOOK_S = 4.0
_LEAST_SIZE_PX = (640, 480)
_LEAST_FRAMES_PER_S = 10.0
_OLDEST_S = 0.3
_BRIGHTNESS = (40.0, 225.0)
_LEAST_SHARPNESS = 12.0
_PATIENCE_S = 20.0
_COVERED = ("black", "covered")
_GONE = ("lost", "frozen", "wedged")
_POLL_S = 0.05


@dataclass(slots=True)
class _Trial:
    """A camera under trial. It is started by the first check and stopped by the last."""

    camera: Camera
    patience_s: float
    has_opened: bool = field(default=False, init=False)
    seen: Examination | None = field(default=None, init=False)

    def look(self) -> Examination:
        """Look through it once for all checks that only read figures."""
        if self.seen is None:
            self.seen = watch(self.camera, Deadline(_OPEN_S), _LOOK_S)
        return self.seen

    def await_code(self, codes: Sequence[str], seconds: float) -> bool:
        """True when the status came to one of ``codes`` in time."""
        deadline = Deadline(seconds)
        while self.camera.status().code not in codes:
            if deadline.is_over:
                return False
            deadline.sleep(_POLL_S)
        return True


def checks(camera: Camera, patience_s: float = _PATIENCE_S) -> Sequence[Check]:
    """The trials in their order; ``patience_s`` is the time for each thing asked. They end with a stopped camera."""
    trial = _Trial(camera, patience_s)
    return (
        Check("presence", "tells at rest that it is there, without being read", lambda: _presence(trial)),
        Check("opens", "delivers pictures after it is started", lambda: _opens(trial)),
        Check("size", "pictures are large enough for a face", lambda: _seen(trial, _size)),
        Check("rate", "pictures come often enough to see a blink", lambda: _seen(trial, _rate)),
        Check("age", "the newest picture is new", lambda: _seen(trial, _age)),
        Check("brightness", "exposes by itself so that a person can be seen", lambda: _seen(trial, _brightness)),
        Check("sharpness", "is in focus", lambda: _seen(trial, _sharpness), is_required=False),
        Check(
            "exposure",
            "goes on by itself; the driver never sets exposure, gain or white balance",
            lambda: _seen(trial, _exposure),
        ),
        Check(
            "covered",
            "a covered lens is noticed, and its end",
            lambda: _seen(trial, lambda _: _change(trial, _COVERED, "covered")),
            ask=f"cover the lens with a hand for 3 s, then take it away (within {patience_s:.0f} s)",
        ),
        Check(
            "unplugged",
            "a pulled plug is noticed, and the same path works again after it is put back",
            lambda: _seen(trial, lambda _: _change(trial, _GONE, "gone")),
            ask=f"pull the camera's plug for 3 s, then put it back (within {patience_s:.0f} s)",
        ),
        Check("stops", "lets go at once, and is there again for the next opening", lambda: _stops(trial)),
    )


def _seen(trial: _Trial, check: Callable[[_Trial], Finding]) -> Finding:
    """Without a picture there is nothing to wait for."""
    return check(trial) if trial.has_opened else Finding(Verdict.SKIPPED, "no picture came")


def _presence(trial: _Trial) -> Finding:
    status = trial.camera.presence()
    return _judged(status.is_online, f"{status.code} {status.detail}".strip(), {})


def _opens(trial: _Trial) -> Finding:
    began = Deadline(_OPEN_S)
    trial.camera.start()
    frame = trial.camera.wait_newer(None, began)
    spent_s = _OPEN_S - began.remaining_s
    trial.has_opened = frame is not None
    status = trial.camera.status()
    words = "first picture" if frame is not None else f"no picture: {status.code} {status.detail}"
    return _judged(frame is not None, words, {"first_picture_s": round(spent_s, 2)})


def _size(trial: _Trial) -> Finding:
    seen, known = trial.look(), trial.camera.capabilities()
    is_enough = seen.width * seen.height >= _LEAST_SIZE_PX[0] * _LEAST_SIZE_PX[1]
    offered = len(known.offered) if known is not None else 0
    measured: dict[str, str | float] = {"width_px": seen.width, "height_px": seen.height, "modes_offered": offered}
    form = known.pixel_format if known is not None and known.pixel_format else "as delivered"
    return _judged(is_enough, f"{form}; at least {_LEAST_SIZE_PX[0]}x{_LEAST_SIZE_PX[1]} is needed", measured)


def _rate(trial: _Trial) -> Finding:
    rate = trial.look().frames_per_s
    return _judged(rate >= _LEAST_FRAMES_PER_S, f"at least {_LEAST_FRAMES_PER_S:.0f} are needed", {"frames_per_s": rate})


def _age(trial: _Trial) -> Finding:
    seen = trial.look()
    return _judged(seen.has_picture and seen.newest_age_s <= _OLDEST_S, "since its arrival", {"newest_age_s": seen.newest_age_s})


def _brightness(trial: _Trial) -> Finding:
    value = trial.look().brightness
    words = f"mean of the picture, from {_BRIGHTNESS[0]:.0f} to {_BRIGHTNESS[1]:.0f} is good"
    return _judged(_BRIGHTNESS[0] <= value <= _BRIGHTNESS[1], words, {"brightness": value})


def _sharpness(trial: _Trial) -> Finding:
    value = trial.look().sharpness
    return _judged(
        value >= _LEAST_SHARPNESS,
        f"at least {_LEAST_SHARPNESS:.0f}; put a face or print before it if this is low",
        {"sharpness": value},
    )


def _exposure(trial: _Trial) -> Finding:
    """Two looks, some time apart: a camera whose exposure runs away gets steadily darker or lighter."""
    before, after = trial.look(), watch(trial.camera, Deadline(_OPEN_S), 1.0)
    drift = abs(after.brightness - before.brightness)
    is_steady = before.has_picture and after.has_picture and drift < 60
    return _judged(is_steady, "brightness holds", {"drift": round(drift, 1)})


def _change(trial: _Trial, codes: Sequence[str], name: str) -> Finding:
    """The trouble must come, whenever the technician was ready for it, and must end."""
    if not trial.await_code(codes, trial.patience_s):
        return Finding(Verdict.SKIPPED, "nobody did it in time, or it was not noticed")
    code = trial.camera.status().code
    if not trial.await_code(("ok",), trial.patience_s):
        return Finding(Verdict.FAILED, f"noticed as {code}, but not well again: {trial.camera.status().code}")
    return Finding(Verdict.PASSED, f"noticed as {code}, and well again", {"code": code, "asked": name})


def _stops(trial: _Trial) -> Finding:
    timer = Deadline(_OPEN_S)
    trial.camera.stop()
    stop_s = _OPEN_S - timer.remaining_s
    there = trial.camera.presence()
    return _judged(stop_s <= 1.0 and there.is_online, f"afterwards: {there.code}", {"stop_s": round(stop_s, 2)})


def _judged(is_good: bool, words: str, measured: dict[str, str | float]) -> Finding:
    return Finding(Verdict.PASSED if is_good else Verdict.FAILED, words, measured)
