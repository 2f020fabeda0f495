"""A resident in front of a display: touches it through the X server, looks at its pixels, and carries whole matters out."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.ui.plan import SIGN, Wish
from benchmarks.ui.terminal import PACKET_BYTES
from benchmarks.ui.world import World, rest
from kiosk.flow.states import Step
from tests.helpers.x_display import Area, XDisplay

PAUSE_S = 0.3
"""A person looks before they touch."""
SETTLE_S = 5.0
_ANSWER_S = 20.0
_FEEDBACK_S = 0.3
_HELD_S = 0.06
_STUCK_S = 60.0
_AGAIN_S = 2.0
_STOP_S = 20.0
_FETCHES_CARD_S = 0.25
"""Nobody's card lies there at once; the reader is seen empty, and the card is not taken for one that was left behind."""
_LOOK_S = 0.02
_STRIP_PX = 3


class GaveUp(Exception):
    """What the resident waited for did not come; the message says what."""


@dataclass
class Visited:
    """One matter, from the first touch to rest."""

    item: str
    holder: str
    touches_to_slip: int = 0
    """From the home screen to the slip's."""
    to_slip_s: float = 0.0
    seconds: float = 0.0
    feedback: list[tuple[str, float]] = field(default_factory=list)
    """(what was touched, milliseconds until its pixels changed)."""
    no_feedback: list[str] = field(default_factory=list)
    """What was touched and did not show it."""
    releases_s: list[float] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    begun_s: float = 0.0
    home_s: float = 0.0


class Resident:
    """Uses the terminal at the other end of ``line``, on ``display``; one matter after the other."""

    def __init__(self, line: socket.socket, display: XDisplay, world: World) -> None:
        self._line = line
        self._display = display
        self._world = world
        self.step = ""
        self._asked: list[Any] = []
        self._visit = Visited("", "")
        self._done: tuple[str, list[str]] = ("", [])
        self._moved_s = 0.0

    def settle(self, seconds: float = SETTLE_S) -> None:
        """Let the terminal load what it loads after its start."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self._listen(_LOOK_S)

    def carry_out(self, wish: Wish, holder: str, name: str = "") -> Visited:
        """From rest to rest; raises ``GaveUp``."""
        self.await_step(Step.IDLE)
        begun_s = self._moved_s = time.monotonic()
        self._visit = Visited(name or wish.item, holder, begun_s=begun_s)
        self._done = ("", [])
        while names := self._next(wish):
            rest(PAUSE_S)
            for touched in names:
                self._sign() if touched == SIGN else self.touch(touched)
            self._moved_s = time.monotonic()
        self._visit.seconds = time.monotonic() - begun_s
        return self._visit

    def await_step(self, step: Step) -> None:
        """Wait until the terminal is there; raises ``GaveUp``."""
        ends = time.monotonic() + _STUCK_S
        while self.step != step.value:
            if time.monotonic() > ends:
                raise GaveUp(f"waited {_STUCK_S:.0f} s for {step} (still in {self.step or 'nothing'})")
            self._listen(_LOOK_S)

    def ask(self, **question: Any) -> Any:
        """What the terminal answers; steps and requests that come meanwhile are taken."""
        self._line.send(json.dumps(question).encode())
        ends = time.monotonic() + _ANSWER_S
        while time.monotonic() < ends:
            packet = self._packet(_LOOK_S)
            if packet is not None and "answer" in packet:
                return packet["answer"]
        raise GaveUp(f"no answer to {next(iter(question))}")

    def watch_stroll(self, matters: list[list[str]], visits: int, every: int) -> dict[int, float]:
        """Lay down and lift cards while the terminal plays visits by itself; its memory in MiB after so many each."""
        self._visit = Visited("", "elder")
        self.ask(stroll=[matters, visits, every])
        points: dict[int, float] = {}
        while visits not in points:
            packet = self._packet(_STUCK_S)
            if packet is None:
                raise GaveUp(f"nothing happens in {self.step} after {max(points, default=0)} visits")
            if "memory" in packet:
                made, mib = packet["memory"]
                points[made] = mib
            self._visit.steps.clear()
        return points

    def touch(self, name: str) -> None:
        """Touch a widget in its middle, and see how soon it shows that."""
        area = self._find(name)
        strip = Area(area.x + area.width // 10, area.centre[1], max(1, area.width * 8 // 10), _STRIP_PX)
        before = self._display.grab(strip)
        pressed_s = time.monotonic()
        self._display.press(*area.centre)
        shown_s = self._await_pixels(strip, before)
        if shown_s is None:
            self._visit.no_feedback.append(f"{self.step} {name}")
        else:
            self._visit.feedback.append((f"{self.step} {name}", (shown_s - pressed_s) * 1000))
        rest(max(0.0, _HELD_S - (time.monotonic() - pressed_s)))
        self._display.lift()
        self._visit.releases_s.append(time.monotonic())
        self._count()
        self._listen(_LOOK_S)

    def _await_pixels(self, area: Area, before: bytes) -> float | None:
        ends = time.monotonic() + _FEEDBACK_S
        while (now_s := time.monotonic()) < ends:
            if self._display.grab(area) != before:
                return time.monotonic()
            rest(max(0.0, now_s + 0.0005 - time.monotonic()))
        return None

    def _next(self, wish: Wish) -> list[str]:
        """What to touch next, once there is something; nothing when the terminal has come to rest."""
        while True:
            self._listen(_LOOK_S)
            names = self.ask(touches=[wish.item, wish.route.value, wish.shelf])
            if self._visit.steps and self.step == Step.IDLE.value:
                return []
            if isinstance(names, str):
                raise GaveUp(f"{wish.item} does not go on: {names}")
            waited_s = time.monotonic() - self._moved_s
            if names and ((self.step, names) != self._done or waited_s > _AGAIN_S):
                self._done = (self.step, names)
                return list(names)
            if waited_s > _STUCK_S:
                raise GaveUp(f"{wish.item}: waited {_STUCK_S:.0f} s in {self.step}")

    def _find(self, name: str) -> Area:
        ends = time.monotonic() + _ANSWER_S
        while time.monotonic() < ends:
            place = self.ask(where=name)
            if place is not None:
                *area, pushed = place
                if pushed:
                    self._count()
                    rest(PAUSE_S)
                return Area(*area)
            self._listen(_LOOK_S)
        raise GaveUp(f"{name!r} is not to be seen in {self.step}")

    def _sign(self) -> None:
        """Two strokes, which count as one touch."""
        pad = self._find(SIGN)
        for row in (0.35, 0.6):
            self._display.press(pad.x + pad.width // 5, pad.y + round(pad.height * row))
            for number in range(1, 25):
                rest(0.01)
                bend = 0.05 * (number % 4)
                self._display.move(pad.x + pad.width // 5 + pad.width * number // 40, pad.y + round(pad.height * (row + bend)))
            self._display.lift()
            rest(0.05)
        self._count()

    def _count(self) -> None:
        """Touches between the home screen and the slip."""
        if Step.HOME.value in self._visit.steps and not self._visit.to_slip_s:
            self._visit.touches_to_slip += 1

    def _listen(self, seconds: float) -> None:
        """Take what comes within so long, and all that has come."""
        while self._packet(seconds) is not None:
            seconds = 0.0

    def _packet(self, seconds: float) -> dict[str, Any] | None:
        ready, _, _ = select.select([self._line], [], [], seconds)
        if not ready:
            return None
        packet: dict[str, Any] | None = json.loads(self._line.recv(PACKET_BYTES) or b"null")
        if packet is None:
            raise GaveUp(f"the terminal has ended in {self.step or 'its start'}")
        if "step" in packet:
            self._on_step(packet["step"])
        elif "asks" in packet:
            self._on_asks(packet["asks"], packet["light"])
        return packet

    def _on_step(self, step: str) -> None:
        now_s = self._moved_s = time.monotonic()
        visit, self.step = self._visit, step
        visit.steps.append(step)
        self._world.shine(None)
        if step == Step.HOME.value:
            visit.home_s = now_s
        elif step == Step.CARD.value:
            rest(_FETCHES_CARD_S)
            self._world.put_card(visit.holder)
        elif step == Step.SLIP.value:
            visit.to_slip_s = now_s - visit.home_s
        elif step == Step.FAREWELL.value:
            self._world.lift_card()
            self._world.tear_slip()

    def _on_asks(self, asked: list[Any], light: list[int] | None) -> None:
        self._world.shine((light[0], light[1], light[2]) if light else None)
        if asked[0] and asked != self._asked:
            self._asked = asked
            self._world.move_face(asked[0])


@contextmanager
def at_terminal(world: World, display: XDisplay, *words: str) -> Iterator[Resident]:
    """A terminal on the display, and a resident before it."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "benchmarks.ui.terminal", str(world.settings), str(there.fileno()), *words]
    process = subprocess.Popen(command, env=environment(display), pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL)
    there.close()
    try:
        with here:
            yield Resident(here, display, world)
    finally:
        process.terminate()
        process.wait(_STOP_S)


def environment(display: XDisplay) -> dict[str, str]:
    """With the true platform plug-in."""
    kept = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
    return kept | {"DISPLAY": f":{display.number}", "QT_QPA_PLATFORM": "xcb"}
