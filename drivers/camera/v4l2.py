"""What a Linux video device says about itself: a few read-only requests of the V4L2 interface, without a library.

Numbers and layouts are those of ``linux/videodev2.h``. Nothing here changes a setting of the device; exposure, gain and white
balance are the camera's own business.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drivers.camera.types import CameraMode, WantedMode

Ioctl = Callable[[int, int, bytearray], object]
"""As ``fcntl.ioctl``: descriptor, request, buffer that is read and written. Raises ``OSError``."""

QUERYCAP = 0x80685600
ENUM_FMT = 0xC0405602
ENUM_FRAMESIZES = 0xC02C564A
ENUM_FRAMEINTERVALS = 0xC034564B

_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_FORMAT = struct.Struct("=III32sI16x")
_SIZE = struct.Struct("=III6I8x")
_INTERVAL = struct.Struct("=IIIII6I8x")

_VIDEO_CAPTURE = 0x1
_HAS_DEVICE_CAPS = 0x80000000
_BUFFER_VIDEO_CAPTURE = 1
_DISCRETE = 1
_MOST_ENTRIES = 64
"""Of each list; a driver that never says "that was the last one" must not hold us."""


@dataclass(frozen=True, slots=True)
class V4l2Facts:
    """Who the device says it is."""

    driver: str
    card: str
    """The name for people, such as the model of the camera."""
    bus: str
    is_capture: bool
    """False for the second node that many USB cameras have, which carries only data about the pictures."""


def facts(path: Path, ioctl: Ioctl = fcntl.ioctl) -> V4l2Facts:
    """Who ``path`` is; raises ``OSError`` when it is gone or no video device."""
    with _opened(path) as descriptor:
        buffer = bytearray(_CAPABILITY.size)
        ioctl(descriptor, QUERYCAP, buffer)
    driver, card, bus, _version, capabilities, device_caps = _CAPABILITY.unpack(buffer)
    own = device_caps if capabilities & _HAS_DEVICE_CAPS else capabilities
    return V4l2Facts(_text(driver), _text(card), _text(bus), bool(own & _VIDEO_CAPTURE))


def modes(path: Path, wanted: Sequence[WantedMode] = (), ioctl: Ioctl = fcntl.ioctl) -> tuple[CameraMode, ...]:
    """Every format and size offered, each with its highest rate; raises ``OSError``.

    Of a device with continuous sizes: its largest, and those of ``wanted`` as near as it can make them.
    """
    with _opened(path) as descriptor:
        return tuple(
            CameraMode(_fourcc(code), width, height, _highest_rate(descriptor, code, width, height, ioctl))
            for code in _formats(descriptor, ioctl)
            for width, height in _sizes(descriptor, code, wanted, ioctl)
        )


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _entries(descriptor: int, request: int, make: Callable[[int], bytes], ioctl: Ioctl) -> Iterator[bytearray]:
    """A list that the driver ends with an error, as V4L2 lists do."""
    for index in range(_MOST_ENTRIES):
        buffer = bytearray(make(index))
        try:
            ioctl(descriptor, request, buffer)
        except OSError:
            return
        yield buffer


def _formats(descriptor: int, ioctl: Ioctl) -> Iterator[int]:
    for buffer in _entries(descriptor, ENUM_FMT, lambda n: _FORMAT.pack(n, _BUFFER_VIDEO_CAPTURE, 0, b"", 0), ioctl):
        yield _FORMAT.unpack(buffer)[4]


def _sizes(descriptor: int, code: int, wanted: Sequence[WantedMode], ioctl: Ioctl) -> Iterator[tuple[int, int]]:
    for buffer in _entries(descriptor, ENUM_FRAMESIZES, lambda n: _SIZE.pack(n, code, 0, *[0] * 6), ioctl):
        _index, _code, kind, *numbers = _SIZE.unpack(buffer)
        if kind == _DISCRETE:
            yield numbers[0], numbers[1]
            continue
        least_w, most_w, step_w, least_h, most_h, step_h = numbers
        near = {(_snapped(w.width_px, least_w, most_w, step_w), _snapped(w.height_px, least_h, most_h, step_h)) for w in wanted}
        yield from sorted(near | {(most_w, most_h)})
        return


def _highest_rate(descriptor: int, code: int, width: int, height: int, ioctl: Ioctl) -> float:
    """In frames per second; the least interval is always the first two numbers, whether discrete or a range."""
    rates = [0.0]
    pack = _INTERVAL.pack
    for buffer in _entries(descriptor, ENUM_FRAMEINTERVALS, lambda n: pack(n, code, width, height, 0, *[0] * 6), ioctl):
        _index, _code, _width, _height, kind, numerator, denominator, *_rest = _INTERVAL.unpack(buffer)
        if numerator:
            rates.append(denominator / numerator)
        if kind != _DISCRETE:
            break
    return max(rates)


def _snapped(value: int, least: int, most: int, step: int) -> int:
    inside = min(max(value, least), most)
    return least + (inside - least) // max(1, step) * max(1, step)


def _fourcc(code: int) -> str:
    return code.to_bytes(4, "little").decode("latin-1").rstrip()


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")
