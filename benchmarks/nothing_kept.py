"""Is anything of a resident left in memory or on disk one second after the decision? Looks for a planted face after many checks.

A terminal in a process of its own (``kept_nothing_terminal``: true window, preview, camera memory, face check and worker process)
serves one simulated person after the other. In every picture beside the face there is a patch of noise that no chance brings
about again; it is searched, in all orders of channels, mirrored, grey and reduced as the code uses it, together with rows of the
face, the card photo and the numbers of its template, in every page of the terminal and its children and in every file of the
working, temporary and memory file systems. The same search must find all of that in the middle of a check, and a picture that
is kept on purpose; else the search proves nothing. A second part does the same with the true driver on a network camera (JPEG).
Needs the right to read the memory of other processes.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from benchmarks import harness
from benchmarks.memory_search import Search, may_read_others, tree
from drivers.camera.emulator import CameraEmulator
from drivers.camera.factory import open_camera
from drivers.camera.simulator import PortraitCamera
from drivers.camera.types import Movement
from drivers.face.types import Action, LivenessProgress
from drivers.types import Deadline, Frame, Image
from tests.helpers.vision import SimulatedPerson, card_photo, true_engine

VISITS, QUICK_VISITS = 200, 10
WHOLE_EVERY = 5
"""Every fifth check runs to its end, with three movements and a match; the others end with a wrong movement."""
AFTER_S = 1.0
CHECK_S = 120.0
NETWORK_S = 2.0
_ROOT = Path(__file__).parents[1]
_PATCH = (slice(150, 174), slice(122, 194))
"""Rows and columns of the noise: on the wall, within what is cut out around a face."""
_PIECE = 40


def stamped(picture: Image, _now_s: float = 0.0) -> Image:
    """With the patch of noise beside the face."""
    picture = picture.copy()
    picture[_PATCH] = np.random.default_rng(20261126).integers(0, 256, picture[_PATCH].shape, np.uint8)
    return picture


def needles(picture: Image, card: Image) -> dict[str, bytes]:
    """What to search: everything that the code makes of a picture and a card photo, a piece of each."""
    engine = true_engine()
    template = engine.template(card)
    numbers = template._embedding.mixed  # type: ignore[union-attr]
    rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    reduced = cv2.resize(rgb, (480, 360), interpolation=cv2.INTER_AREA)
    row, columns = 160, slice(130, 186)
    found = {
        "picture, BGR": picture[row, columns],
        "picture, RGB": rgb[row, columns],
        "picture, BGRA": cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)[row, columns],
        "picture, grey": cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[row, columns],
        "picture, mirrored BGR": picture[row, columns][::-1],
        "picture, mirrored RGB": rgb[row, columns][::-1],
        "picture, reduced RGB": reduced[120, 100:138],
        "face, BGR": picture[250, 310:330],
        "face, RGB": rgb[250, 310:330],
        "card, grey": card[60, 30:72],
        "card, RGB": cv2.cvtColor(card, cv2.COLOR_GRAY2RGB)[60, 30:50],
        "template, float64": numbers[10:15],
        "template, float32": numbers[10:20].astype(np.float32),
    }
    return {what: np.ascontiguousarray(piece).tobytes()[:_PIECE] for what, piece in found.items()}


@dataclass
class World:
    """The people before the terminal, and the one who searches it afterwards."""

    folder: Path
    card: Image = field(default_factory=card_photo)
    last: Image | None = None
    _since_s: float = field(default_factory=time.time)

    def __enter__(self) -> World:
        self._line, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read, self._pipe = os.pipe()
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(self.folder), "HOME": str(self.folder)}
        with (
            there,
            (self.folder / "stdout.log").open("wb") as out,
            (self.folder / "stderr.log").open("wb") as errors,
        ):
            self._terminal = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.kept_nothing_terminal", str(there.fileno()), str(read)],
                pass_fds=(there.fileno(), read),
                env=environment,
                cwd=_ROOT,
                stdout=out,
                stderr=errors,
            )
        os.close(read)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.send(b"null")
        try:
            self._terminal.wait(20.0)
        except subprocess.TimeoutExpired:
            self._terminal.kill()
        self._line.close()
        os.close(self._pipe)

    def visit(
        self,
        *,
        obeys: bool,
        plant: bool = False,
        url: str = "",
        seconds: float = CHECK_S,
        at_first_action: Callable[[], None] = lambda: None,
    ) -> str:
        """One check; returns what it came to."""
        self._order({"card_shape": self.card.shape, "plant": plant, "url": url, "seconds": seconds})
        person = SimulatedPerson(Movement if obeys else _wrong)
        frames = person.frames(stamped)
        told: list[str] = []
        while True:
            message = json.loads(self._line.recv(10_000) or b'{"decided": "the terminal is gone"}')
            if "decided" in message:
                return str(message["decided"])
            if "asks" in message:
                action, done = message["asks"]
                if action:
                    if not told:
                        at_first_action()
                    told.append(action)
                    person.hear(LivenessProgress(Action(action), done, 3, face_visible=True))
            else:
                self._give(next(frames))

    def search(self, wanted: dict[str, bytes]) -> Search:
        """Everything of the terminal, standing still, and all files it could have written."""
        search = Search(wanted)
        pids = tree(self._terminal.pid)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            for number, pid in enumerate(pids):
                search.memory(pid, "terminal" if number == 0 else "worker" if number == 1 else "check")
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        search.folders({self.folder, Path("/dev/shm"), Path("/tmp"), Path("/var/tmp")}, self._since_s)  # noqa: S108
        return search

    def _order(self, order: dict[str, Any]) -> None:
        self._line.send(json.dumps(order).encode())
        self._write(self.card)

    def _give(self, frame: Frame) -> None:
        self.last = frame.image
        self._line.send(json.dumps({"shape": frame.image.shape, "now_s": frame.taken_at_s}).encode())
        self._write(frame.image)

    def _write(self, picture: Image) -> None:
        room = memoryview(np.ascontiguousarray(picture).reshape(-1))
        while room:
            room = room[os.write(self._pipe, room) :]


def _wrong(asked: Action) -> Movement:
    return Movement.TURN_LEFT if asked is not Action.TURN_LEFT else Movement.TURN_RIGHT


class _Still:
    """A scene that is the same in every byte."""

    def __init__(self, picture: Image) -> None:
        self._picture = picture

    def prepare(self) -> None:
        """It is there."""

    def render(self) -> Image:
        """The same picture."""
        return self._picture.copy()


@contextmanager
def network_camera() -> Iterator[tuple[str, dict[str, bytes]]]:
    """URL of a camera that shows the planted face as JPEG, and what the driver and its decoder make of it."""
    still = stamped(next(SimulatedPerson().frames()).image)
    with CameraEmulator(PortraitCamera(scene=_Still(still))) as emulator:
        camera = open_camera(emulator.url)
        camera.start()
        frame = None
        while frame is None:
            frame = camera.wait_newer(None, Deadline(5.0))
        rows = frame.image[160, 130:186].copy(), frame.image[250, 310:330].copy()
        camera.stop()
        jpeg = emulator._encoded[1]
        yield (
            emulator.url,
            {
                "picture, JPEG": jpeg[len(jpeg) // 2 :][:_PIECE],
                "picture, decoded JPEG": rows[0].tobytes()[:_PIECE],
                "face, decoded JPEG": rows[1].tobytes()[:_PIECE],
            },
        )


def measure(visits: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """All of it; ``findings`` is what was left, ``control`` what the same search found where something had to be."""
    with World(folder) as world:
        during: list[Search] = []
        card = world.card

        def look() -> None:
            if world.last is not None:
                during.append(world.search(needles(world.last, card)))

        outcomes = [world.visit(obeys=True, at_first_action=look)]
        for number in range(1, visits):
            outcomes.append(world.visit(obeys=number % WHOLE_EVERY == 0))
            say(f"{number + 1} of {visits}: {outcomes[-1]}")
        Deadline(AFTER_S).sleep(AFTER_S)
        after = world.search(needles(_known(world.last), card))
        with network_camera() as (url, wanted):
            outcomes.append(world.visit(obeys=False, url=url, seconds=NETWORK_S))
            Deadline(AFTER_S).sleep(AFTER_S)
            after_network = world.search(wanted)
        world.visit(obeys=False, plant=True)
        Deadline(AFTER_S).sleep(AFTER_S)
        planted = world.search(needles(_known(world.last), card))
    return {
        "visits": len(outcomes),
        "proved": sum(outcome == "PersonProved" for outcome in outcomes),
        "findings": sorted({*after.findings, *after_network.findings}),
        "searched_mb": round((after.searched_bytes + after_network.searched_bytes) / 1e6),
        "control_during": sorted({finding for search in during for finding in search.findings}),
        "control_planted": sorted(set(planted.findings)),
        "outcomes": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
    }


def _known(picture: Image | None) -> Image:
    if picture is None:
        raise SystemExit("no picture was asked for")
    return picture


def main() -> int:
    """Command line; exit code 0 when nothing was left and the controls were found."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--visits", type=int, default=None, help=f"how many checks (default {VISITS}, quick {QUICK_VISITS})")
    asked = parser.parse_args()
    if not may_read_others():
        raise SystemExit("the memory of other processes cannot be read: run as root")
    visits = asked.visits or (QUICK_VISITS if asked.quick else VISITS)
    with tempfile.TemporaryDirectory(prefix="nothing-kept-", dir=asked.dir) as folder:
        result = measure(visits, Path(folder), lambda words: harness.say(asked, words))
    harness.report(result | {"machine": harness.machine()}, words(result), asked)
    return 0 if not result["findings"] and result["control_during"] and result["control_planted"] else 1


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    return [
        f"{result['visits']} face checks, {result['proved']} to a match; {result['searched_mb']} MB searched {AFTER_S:g} s after",
        f"found: {len(result['findings'])} {result['findings'] or ''}",
        f"control, in the middle of a check: {len(result['control_during'])} findings",
        f"control, one picture kept on purpose: {len(result['control_planted'])} findings",
    ]


if __name__ == "__main__":
    sys.exit(main())
