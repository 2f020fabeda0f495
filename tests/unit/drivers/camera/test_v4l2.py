"""A camera's own words, from a device that answers the requests of ``videodev2.h`` byte for byte."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.camera import v4l2
from drivers.camera.types import CameraMode, WantedMode

_CAPTURE, _METADATA, _STREAMING, _HAS_DEVICE_CAPS = 0x1, 0x00800000, 0x04000000, 0x80000000


def _code(fourcc: str) -> int:
    return int.from_bytes(fourcc.encode(), "little")


@dataclass
class Device:
    """Answers as a kernel driver does. Sizes: (width, height) or a range (least, most, step of each side)."""

    formats: dict[str, list[tuple[int, ...]]]
    intervals: list[tuple[int, ...]] = field(default_factory=lambda: [(1, 30)])
    device_caps: int = _CAPTURE | _STREAMING
    asked: list[int] = field(default_factory=list)

    def __call__(self, descriptor: int, request: int, buffer: bytearray) -> int:
        self.asked.append(request)
        answer = {
            v4l2.QUERYCAP: self._querycap,
            v4l2.ENUM_FMT: self._format,
            v4l2.ENUM_FRAMESIZES: self._size,
            v4l2.ENUM_FRAMEINTERVALS: self._interval,
        }[request]
        assert len(buffer) == request >> 16 & 0x3FFF  # the size stands inside the number of the request
        answer(buffer)
        return 0

    def _querycap(self, buffer: bytearray) -> None:
        buffer[:16], buffer[16:48] = b"uvcvideo".ljust(16, b"\0"), "高清 Camera".encode().ljust(32, b"\0")
        buffer[48:80] = b"usb-0000:00:14.0-3".ljust(32, b"\0")
        buffer[80:92] = struct.pack("=III", 0x060100, _CAPTURE | _METADATA | _HAS_DEVICE_CAPS, self.device_caps)

    def _format(self, buffer: bytearray) -> None:
        index, kind = struct.unpack_from("=II", buffer)
        assert kind == 1
        self._limit(index, len(self.formats))
        struct.pack_into("=I", buffer, 44, _code(list(self.formats)[index]))

    def _size(self, buffer: bytearray) -> None:
        index, code = struct.unpack_from("=II", buffer)
        sizes = self.formats[code.to_bytes(4, "little").decode()]
        self._limit(index, len(sizes))
        size = sizes[index]
        struct.pack_into(f"=I{len(size)}I", buffer, 8, 1 if len(size) == 2 else 3, *size)

    def _interval(self, buffer: bytearray) -> None:
        (index,) = struct.unpack_from("=I", buffer)
        self._limit(index, len(self.intervals))
        interval = self.intervals[index]
        struct.pack_into(f"=I{len(interval)}I", buffer, 16, 1 if len(interval) == 2 else 3, *interval)

    def _limit(self, index: int, count: int) -> None:
        if index >= count:
            raise OSError(errno.EINVAL, "Invalid argument")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    path = tmp_path / "video0"
    path.touch()
    return path


def test_who_it_is(node: Path) -> None:
    assert v4l2.facts(node, Device({})) == v4l2.V4l2Facts("uvcvideo", "高清 Camera", "usb-0000:00:14.0-3", is_capture=True)


def test_the_node_for_metadata_is_no_camera(node: Path) -> None:
    assert not v4l2.facts(node, Device({}, device_caps=_METADATA | _STREAMING)).is_capture


def test_all_formats_sizes_and_their_highest_rates(node: Path) -> None:
    device = Device({"MJPG": [(1280, 720), (640, 480)], "YUYV": [(640, 480)]}, [(1, 15), (1, 30), (1001, 30000)])
    assert v4l2.modes(node, (), device) == (
        CameraMode("MJPG", 1280, 720, 30.0),
        CameraMode("MJPG", 640, 480, 30.0),
        CameraMode("YUYV", 640, 480, 30.0),
    )


def test_ranges_of_sizes_and_rates_are_brought_to_what_is_wanted(node: Path) -> None:
    device = Device({"YUYV": [(160, 1920, 16, 120, 1080, 8)]}, [(1, 60, 1, 1, 1, 1)])
    assert v4l2.modes(node, (WantedMode(1285, 723),), device) == (
        CameraMode("YUYV", 1280, 720, 60.0),
        CameraMode("YUYV", 1920, 1080, 60.0),
    )


def test_a_driver_that_never_ends_its_lists_does_not_hold_us(node: Path) -> None:
    device = Device({"YUYV": [(640, 480)]})
    device._limit = lambda _index, _count: None  # type: ignore[method-assign]
    device.formats = {f"Y{number:03}": [(640, 480)] * 99 for number in range(99)}
    device.intervals = [(1, 30)] * 99
    assert len(v4l2.modes(node, (), device)) <= 64 * 64


@pytest.mark.parametrize("ask", [v4l2.facts, v4l2.modes])
def test_what_is_no_video_device_is_an_os_error_or_offers_nothing(node: Path, ask: Callable[[Path], object]) -> None:
    if ask is v4l2.facts:
        with pytest.raises(OSError, match="ioctl"):
            ask(node)
    else:
        assert ask(node) == ()
    with pytest.raises(OSError, match="No such file"):
        ask(node.with_name("none"))


def test_only_questions_are_asked(node: Path) -> None:
    """Every request reads; none of those that set something (S_CTRL, S_EXT_CTRLS, S_FMT, S_PARM) is known here."""
    device = Device({"MJPG": [(640, 480)]})
    v4l2.facts(node, device)
    v4l2.modes(node, (), device)
    assert set(device.asked) == {v4l2.QUERYCAP, v4l2.ENUM_FMT, v4l2.ENUM_FRAMESIZES, v4l2.ENUM_FRAMEINTERVALS}
