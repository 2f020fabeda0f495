"""From starting the program to its first picture and to the first touch that is answered; and what it costs at rest.

Nothing of ours runs inside: ``kiosk run`` is started as the service starts it, and looked at through the X server.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import harness
from benchmarks.ui.resident import GaveUp, environment
from benchmarks.ui.world import World, rest
from tests.helpers.x_display import Area, XDisplay

_PATIENCE_S = 60.0
_STOP_S = 20.0
_LOOK_S = 0.004
_TOUCH_EVERY_S = 0.25
_HELD_S = 0.03
_SETTLE_S = 6.0
_ALIKE = 0.98
_LEAST_COLOURS = 8
_ROOT = Path(__file__).parents[2]
_PACKAGES = ("kiosk", "drivers", "ui", "offline_queue", "contract", "assets")


@dataclass(frozen=True, slots=True)
class Start:
    """One start, in seconds since the program was started."""

    first_picture_s: float
    ready_s: float


class Onlooker:
    """Sees what is on the display."""

    def __init__(self, display: XDisplay) -> None:
        self._display = display
        self._column = Area(display.width // 2, 0, 1, display.height)
        self._head = Area(0, display.height // 32, display.width // 2, 8)

    def sees_picture(self) -> bool:
        """The bare display is black, and a window without its contents has one colour; a picture has neither."""
        pixels = self._display.grab(self._column)
        colours = {pixels[at : at + 3] for at in range(0, len(pixels), 4)}
        return b"\0\0\0" not in colours and len(colours) >= _LEAST_COLOURS

    def head(self) -> bytes:
        """The left of the header, which only the screens of a visit have."""
        return self._display.grab(self._head)

    def touch(self) -> None:
        """In the middle."""
        self._display.press(self._display.width // 2, self._display.height // 2)
        rest(_HELD_S)
        self._display.lift()


@contextmanager
def running(command: list[str], world: World, display: XDisplay) -> Iterator[subprocess.Popen[bytes]]:
    """``kiosk run`` on the display."""
    process = subprocess.Popen([*command, "run", "--settings", str(world.settings)], env=environment(display))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _await(lambda: not display.windows(), "the window to go")


def source_command() -> list[str]:
    """The program from its source, compiled as an installation leaves it: no terminal compiles itself at every start."""
    for package in _PACKAGES:
        compileall.compile_dir(_ROOT / package, quiet=1)
    return [sys.executable, "-m", "kiosk"]


def bundle_command(folder: Path) -> list[str]:
    """The program of a frozen bundle; ``SystemExit`` where there is none."""
    program = folder / "kiosk" if folder.is_dir() else folder
    if not program.is_file():
        raise SystemExit(f"{program} is no program; make the bundle with: pyinstaller kiosk.spec")
    return [str(program)]


def summary(prefix: str, command: list[str], world: World, display: XDisplay, starts: int) -> dict[str, float]:
    """Middle of several warm starts, and one with nothing in the machine's caches where that can be had."""
    home = learn_home(command, world, display)
    warm = [measure(command, world, display, home) for _ in range(starts)]
    found = {
        f"{prefix}first_picture_s": round(harness.median([one.first_picture_s for one in warm]), 2),
        f"{prefix}ready_s": round(harness.median([one.ready_s for one in warm]), 2),
    }
    if drop_caches():
        cold = measure(command, world, display, home)
        found |= {
            f"{prefix}cold_first_picture_s": round(cold.first_picture_s, 2),
            f"{prefix}cold_ready_s": round(cold.ready_s, 2),
        }
    return found


def learn_home(command: list[str], world: World, display: XDisplay) -> bytes:
    """What the header of the home screen looks like; it is touched only when everything has settled."""
    onlooker = Onlooker(display)
    with running(command, world, display):
        _await(onlooker.sees_picture, "the first picture")
        rest(_SETTLE_S)
        before = onlooker.head()
        onlooker.touch()
        _await(lambda: not _is_alike(onlooker.head(), before), "the home screen")
        rest(1.0)
        return onlooker.head()


def measure(command: list[str], world: World, display: XDisplay, home: bytes) -> Start:
    """One start; touched from the first picture on until that is answered by the home screen."""
    onlooker = Onlooker(display)
    begun_s = time.monotonic()
    with running(command, world, display):
        _await(onlooker.sees_picture, "the first picture")
        first_s = time.monotonic() - begun_s
        touched_s = 0.0
        ends = time.monotonic() + _PATIENCE_S
        while not _is_alike(onlooker.head(), home):
            if time.monotonic() > ends:
                raise GaveUp("no touch is answered")
            if time.monotonic() - touched_s > _TOUCH_EVERY_S:
                touched_s = time.monotonic()
                onlooker.touch()
            rest(_LOOK_S)
        return Start(first_s, time.monotonic() - begun_s)


def idle_cpu_pct(command: list[str], world: World, display: XDisplay, seconds: float) -> tuple[float, float]:
    """Share of one core that the resting terminal takes, and that of the processes it has started."""
    with running(command, world, display) as process:
        _await(Onlooker(display).sees_picture, "the first picture")
        rest(2 * _SETTLE_S)
        children = _children(process.pid)
        begun_s, own_s, theirs_s = time.monotonic(), _cpu_s(process.pid), sum(map(_cpu_s, children))
        rest(seconds)
        passed_s = time.monotonic() - begun_s
        return (
            (_cpu_s(process.pid) - own_s) / passed_s * 100,
            (sum(map(_cpu_s, children)) - theirs_s) / passed_s * 100,
        )


def drop_caches() -> bool:
    """Let the machine forget the files it has read; only root may."""
    os.sync()
    with suppress(OSError):
        Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")
        return True
    return False


def _is_alike(one: bytes, other: bytes) -> bool:
    same = sum(a == b for a, b in zip(one[::4], other[::4], strict=True))
    return same >= _ALIKE * len(one[::4])


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *_children(int(child))]
    return found


def _await(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > ends:
            raise GaveUp(f"waited {_PATIENCE_S:.0f} s for {what}")
        rest(_LOOK_S)
