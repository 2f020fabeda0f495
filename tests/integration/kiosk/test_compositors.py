"""The true terminal, started as a program, on true displays: touched and looked at from outside, by nothing of our own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.helpers.cage import cage, missing_packages
from tests.helpers.x_display import Area, XDisplay, virtual_display

PATIENCE_S = 60.0
LEAST_COLOURS = 8

pytestmark = [
    pytest.mark.skipif(bool(missing_packages()), reason=f"these Debian packages are missing: {missing_packages()}"),
    pytest.mark.xdist_group("displays"),
]


def await_true(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, f"waited {PATIENCE_S:.0f} s for {what}"
        time.sleep(0.05)


class Onlooker:
    """Sees one window, or the whole display, and touches it."""

    def __init__(self, display: XDisplay) -> None:
        self._display = display
        self._window = 0
        self._area = Area(0, 0, display.width, display.height)

    def look_at_window(self) -> None:
        """A window as large as the display is all that is looked at: some X servers have no picture of the whole."""
        await_true(lambda: bool(self._large_windows()), "a window")
        self._window = self._large_windows()[-1]

    def _large_windows(self) -> list[int]:
        return [window for window, area in self._display.windows().items() if area == self._area]

    def column(self) -> bytes:
        """A strip from top to bottom, a third from the left."""
        return self._display.grab(Area(self._area.width // 3, 0, 8, self._area.height), self._window)

    def sees_picture(self) -> bool:
        """More than one ground."""
        pixels = self.column()
        return len({pixels[at : at + 3] for at in range(0, len(pixels), 4)}) >= LEAST_COLOURS

    def touch_until_changed(self) -> bytes:
        """Touch the middle until something else is shown, and wait until that stands still."""
        before = self.column()
        ends = time.monotonic() + PATIENCE_S
        while share(before, self.column()) < 0.05:
            assert time.monotonic() < ends, "no touch is answered"
            x, y = self._area.centre
            self._display.press(self._area.x + x, self._area.y + y)
            time.sleep(0.1)
            self._display.lift()
            time.sleep(1.0)
        return self.column()


def share(one: bytes, other: bytes) -> float:
    """How much of two pictures differs."""
    return sum(a != b for a, b in zip(one[::4], other[::4], strict=True)) / len(one[::4])


@contextmanager
def running_terminal(**variables: str) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QUICK_BACKEND")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "run", "--simulate", "--no-drawer"], env=kept | variables, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def begin_a_visit(onlooker: Onlooker, process: subprocess.Popen[bytes]) -> None:
    """Rest, all matters, one matter."""
    await_true(onlooker.sees_picture, "the first picture")
    home = onlooker.touch_until_changed()
    guide = onlooker.touch_until_changed()
    assert share(home, guide) >= 0.05
    assert process.poll() is None


def test_an_x_server() -> None:
    with virtual_display(1080, 1920) as display, running_terminal(DISPLAY=f":{display.number}", QT_QPA_PLATFORM="xcb") as process:
        begin_a_visit(Onlooker(display), process)


def test_a_wayland_compositor_without_a_screen_through_xwayland() -> None:
    with cage() as compositor:
        display = XDisplay(compositor.x_number)
        try:
            with running_terminal(DISPLAY=f":{compositor.x_number}", QT_QPA_PLATFORM="xcb") as process:
                onlooker = Onlooker(display)
                onlooker.look_at_window()
                begin_a_visit(onlooker, process)
        finally:
            display.close()


def test_a_wayland_compositor_without_x_in_between() -> None:
    """The compositor's own window lies on an X display: there its one pointer can be moved."""
    with (
        virtual_display(1024, 768) as display,
        cage(inside=display) as compositor,
        running_terminal(WAYLAND_DISPLAY=compositor.wayland, QT_QPA_PLATFORM="wayland") as process,
    ):
        onlooker = Onlooker(display)
        onlooker.look_at_window()
        begin_a_visit(onlooker, process)
