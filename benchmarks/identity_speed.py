"""How long an obedient person waits from the card on the reader to the decision, and what the screen does meanwhile.

Everything is true but the devices and the person: the driver reads the card over a pseudo terminal that lets bytes pass at 115200
baud; the camera is a network camera (JPEG, 30 pictures a second) with a brisk simulated person before it who reads the requests
with a human delay and reflects the colours of the screen; the check runs on the terminal's face thread and in its worker
process; the terminal's window shows the preview. Reader, camera and person are processes of their own, on the same cores, and
their computing slows the terminal down.

The camera is started when the card lies down, as consent to the face check would have done before. People need time to read,
react and move: ``person_alone_ms`` is what the same check takes in a time of its own in which computing takes none. What is left
of the wait is ``waited_for_computing_ms``; ``worker_cpu_ms`` is all the worker computed, most of it while the person moved.
A timer of 5 ms on the GUI thread records its longest gap.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from benchmarks import harness
from benchmarks.reader import reader_with_cards
from drivers.camera.abstract import Camera
from drivers.camera.emulator import CameraEmulator
from drivers.camera.factory import open_camera
from drivers.camera.people.person import SimulatedPerson
from drivers.camera.people.staged import Staging
from drivers.camera.people.tempo import BRISK
from drivers.camera.portrait import compose_card_photo, packaged_portrait
from drivers.camera.simulator import PortraitCamera
from drivers.face.factory import FaceSettings, make_engine
from drivers.face.screen_light import LightShow
from drivers.face.types import Action, LivenessProgress, Verified
from drivers.face.verifier import LocalVerifier, WorkerVerifier
from drivers.face.worker.messages import ChallengeSettings
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.types import CardRead
from drivers.types import Deadline, Frame, Image
from kiosk.app import make_application
from kiosk.domain.identity import Portrait
from kiosk.domain.language import Language
from kiosk.flow.events import FaceAsks, PersonProved
from kiosk.flow.states import Step
from kiosk.flow.views import Chrome, FaceView, Screen
from kiosk.hardening import harden
from kiosk.services.faces import FaceCheck
from kiosk.workers.job_thread import JobThread
from kiosk.workers.preview import Preview
from ui.window import KioskWindow

RUNS, QUICK_RUNS = 30, 4
CAMERA_FPS = 30.0
TICK_MS = 5
REPEAT_S = 1.8
PICTURE_S = 0.05
REST_S = 0.4
"""Between two people: the screens of consent and result take longer."""
LIMITS = {"decision_ms": 3000.0, "waited_for_computing_ms": 1200.0, "preview_fps": 15.0, "longest_stall_ms": 50.0}
CHROME = Chrome(Step.FACE, Language.ZH, "", 0, 0, can_go_back=True, can_quit=True, idle_warning=False)


def stage(control: Connection, frames_per_s: float) -> None:
    """The camera and the person before it, in their own process; does what comes until ``None``."""
    with CameraEmulator(PortraitCamera(frames_per_s=frames_per_s, tempo=BRISK)) as emulator:
        while emulator.camera.newest() is None:
            Deadline(0.05).sleep(0.05)
        control.send((emulator.url, emulator.camera.portrait()))
        while (order := control.recv()) is not None:
            what, value = order
            if what == "ask":
                emulator.camera.ask(value)
            else:
                emulator.camera.illuminate(value)


@contextmanager
def person_before_a_camera(frames_per_s: float) -> Iterator[tuple[Camera, Connection]]:
    """The true driver on that camera, and the line to the person."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=stage, args=(there, frames_per_s), daemon=True)
    process.start()
    url, _ = here.recv()
    camera = open_camera(url)
    try:
        yield camera, here
    finally:
        camera.stop()
        here.send(None)
        process.join(10.0)


class Watch(QObject):
    """Measures the GUI thread: its longest gap, and the previews it showed."""

    def __init__(self, window: KioskWindow) -> None:
        super().__init__()
        self._window = window
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last_s = 0.0
        self.longest_gap_s = 0.0
        self.pictures_s: list[float] = []

    def begin(self) -> None:
        """Measure from now on."""
        self.longest_gap_s, self.pictures_s = 0.0, []
        self._last_s = time.perf_counter()
        self._timer.start()

    def end(self) -> None:
        """Measure no longer."""
        self._tick()
        self._timer.stop()

    def show(self, picture: QImage) -> None:
        """A preview has come."""
        self.pictures_s.append(time.perf_counter())
        self._window.show_preview(picture)

    @property
    def pictures_per_s(self) -> float:
        """Of the previews, from the first to the last."""
        times = self.pictures_s
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.longest_gap_s = max(self.longest_gap_s, now_s - self._last_s)
        self._last_s = now_s


class TimelessCamera:
    """The same person before a camera, in a time in which computing takes none."""

    def __init__(self, seed: int, portrait: Image) -> None:
        self._scene = SimulatedPerson(portrait, Staging(tempo=BRISK, seed=seed))
        self._asked: tuple[Action | None, int] = (None, -1)
        self._sequence = 0
        self.now_s = 100.0

    @property
    def passed_ms(self) -> float:
        """Since the first picture."""
        return (self.now_s - 100.0) * 1000

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:  # noqa: ARG002 - it is there at once
        """The picture after the last, as often as the worker looks."""
        self._sequence += 1
        self.now_s = 100.0 + (self._sequence - 1) * PICTURE_S
        return Frame(self._scene.at(self.now_s), self.now_s, self._sequence)

    def hear(self, progress: LivenessProgress) -> None:
        """What the screen shows."""
        self._scene.illuminate(progress.light, self.now_s)
        if progress.current is not None and (progress.current, progress.done) != self._asked:
            self._asked = (progress.current, progress.done)
            self._scene.ask(progress.current.value, self.now_s)


def person_alone_ms(count: int, *, has_light: bool) -> float:
    """Median time that people need by themselves, from the first picture to the decision: what no computer can shorten."""
    portrait, times = packaged_portrait(), []
    new_show = LightShow.random if has_light else lambda: None
    verifier = LocalVerifier(make_engine(FaceSettings()), new_show=new_show)
    card = compose_card_photo(portrait)
    for seed in range(count):
        camera = TimelessCamera(seed, portrait)
        outcome = verifier.verify(camera, card, Deadline(120.0), camera.hear)
        if isinstance(outcome, Verified):
            times.append(camera.passed_ms)
    return statistics.median(times)


@dataclass(frozen=True)
class Run:
    """One person."""

    outcome: str
    card_ms: float
    decision_ms: float
    worker_cpu_ms: float
    verdict_ms: float
    """From the last request to the decision: the person's movement is in it."""
    preview_fps: float
    longest_stall_ms: float
    terminal_cpu_ms: float


@dataclass
class Bench:
    """The terminal's parts, as the composition root puts them together."""

    reader: SamVIdCardReader
    cards: Connection
    camera: Camera
    person: Connection
    has_light: bool
    window: KioskWindow = field(default_factory=lambda: KioskWindow(with_keyboard=False))

    def __post_init__(self) -> None:
        self.verifier = WorkerVerifier(FaceSettings(), ChallengeSettings(screen_light=self.has_light))
        self.verifier.warm_up()
        self._check = FaceCheck(self.camera, self.verifier)
        self._thread = JobThread("face")
        self._preview = Preview(self.camera.newest)
        self._watch = Watch(self.window)
        self._preview.picture.connect(self._watch.show)
        self._asked: tuple[str, int] = ("", -1)
        self._last_asked_s = 0.0
        self._light = ""
        self._again = QTimer()
        self._again.setInterval(round(REPEAT_S * 1000))
        self._again.timeout.connect(self._ask_person)
        self._relay = _Relay()
        self._relay.asked.connect(self._on_asked)
        self.window.show()

    def run(self) -> Run:
        """One person, from the card to the decision."""
        self.window.show_screen(Screen(CHROME, FaceView(True, "", 3)))
        self._asked, self._light = ("", -1), ""
        self.cards.send(True)
        self.cards.recv()
        self.camera.start()
        _turn_for(REST_S)
        worker_ms, own_ms = self._worker_cpu_ms(), time.process_time() * 1000
        self._watch.begin()
        begun_s = time.perf_counter()
        card = self._on_thread(self.reader.read)
        if not isinstance(card, CardRead) or card.photo is None:
            raise SystemExit(f"not read: {card}")
        portrait = Portrait(card.photo)
        read_s = time.perf_counter()
        self._preview.set_running(True)
        outcome = self._on_thread(lambda deadline: self._check.prove(portrait, deadline, self._relay.asked.emit))
        decided_s = time.perf_counter()
        self._watch.end()
        self._preview.set_running(False)
        portrait.forget()
        self.window.wipe()
        self._turn_off()
        return Run(
            outcome="proved" if isinstance(outcome, PersonProved) else str(getattr(outcome, "reason", outcome)),
            card_ms=(read_s - begun_s) * 1000,
            decision_ms=(decided_s - begun_s) * 1000,
            worker_cpu_ms=self._worker_cpu_ms() - worker_ms,
            verdict_ms=(decided_s - self._last_asked_s) * 1000,
            preview_fps=self._watch.pictures_per_s,
            longest_stall_ms=self._watch.longest_gap_s * 1000,
            terminal_cpu_ms=time.process_time() * 1000 - own_ms,
        )

    def close(self) -> None:
        """Let go of all."""
        self._thread.stop()
        self.verifier.close()
        self.window.close()

    def _on_asked(self, asks: FaceAsks) -> None:
        self.window.show_face_request(asks)
        if asks.action and (asks.action, asks.done) != self._asked:
            self._asked, self._last_asked_s = (asks.action, asks.done), time.perf_counter()
            self._ask_person()
        if asks.light != self._light:
            self._light = asks.light
            self.person.send(("light", _rgb(asks.light)))

    def _ask_person(self) -> None:
        """People who see that they are still asked do it again."""
        self.person.send(("ask", self._asked[0]))
        self._again.start()

    def _turn_off(self) -> None:
        self._again.stop()
        self.person.send(("light", None))

    def _on_thread(self, job: Callable[[Deadline], object]) -> object:
        """Do it on the terminal's thread while the GUI turns."""
        loop, found = QEventLoop(), []

        def take(result: object) -> None:
            found.append(result)
            loop.quit()

        self._thread.done.connect(take)
        self._thread.failed.connect(take)
        self._thread.submit(job, 60.0)
        loop.exec()
        self._thread.done.disconnect(take)
        self._thread.failed.disconnect(take)
        return found[0]

    def _worker_cpu_ms(self) -> float:
        """CPU of the worker and of all its forks, once the last one has ended."""
        pid = self.verifier.pid
        if pid is None:
            raise SystemExit("the worker is gone")
        while Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii"):
            Deadline(0.002).sleep(0.002)
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK") * 1000


class _Relay(QObject):
    """Brings requests from the face thread to the GUI thread."""

    asked = Signal(object)


def _rgb(light: str) -> tuple[int, int, int] | None:
    return (int(light[1:3], 16), int(light[3:5], 16), int(light[5:7], 16)) if light else None


def _turn_for(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def measure(runs: int, *, has_light: bool = True, frames_per_s: float = CAMERA_FPS) -> dict[str, Any]:
    """Medians over ``runs`` people, the first not counted; the longest stall of all."""
    harden()
    make_application()
    with reader_with_cards() as (reader, cards), person_before_a_camera(frames_per_s) as (camera, person):
        bench = Bench(reader, cards, camera, person, has_light)
        try:
            done = [bench.run() for _ in range(runs + 1)][1:]
        finally:
            bench.close()
    alone_ms = person_alone_ms(max(3, runs // 3), has_light=has_light)
    proved = [run for run in done if run.outcome == "proved"]
    if not proved:
        raise SystemExit(f"nobody was proved: {sorted({run.outcome for run in done})}")

    def middle(name: str) -> float:
        return round(statistics.median(getattr(run, name) for run in proved), 1)

    return {
        "runs": len(done),
        "proved": len(proved),
        "outcomes": {outcome: sum(run.outcome == outcome for run in done) for outcome in sorted({run.outcome for run in done})},
        "decision_ms": middle("decision_ms"),
        "decision_p90_ms": round(harness.percentile([run.decision_ms for run in proved], 90), 1),
        "card_ms": middle("card_ms"),
        "person_alone_ms": round(alone_ms, 1),
        "waited_for_computing_ms": round(middle("decision_ms") - middle("card_ms") - alone_ms, 1),
        "worker_cpu_ms": middle("worker_cpu_ms"),
        "last_request_to_decision_ms": middle("verdict_ms"),
        "preview_fps": middle("preview_fps"),
        "longest_stall_ms": round(max(run.longest_stall_ms for run in done), 1),
        "median_stall_ms": middle("longest_stall_ms"),
        "terminal_cpu_ms": middle("terminal_cpu_ms"),
        "screen_light": has_light,
        "camera_fps": frames_per_s,
        "limits": LIMITS,
    }


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    return [
        f"card to decision      {result['decision_ms']:7.0f} ms   (median of {result['proved']} of {result['runs']} runs,"
        f" p90 {result['decision_p90_ms']:.0f}; limit {LIMITS['decision_ms']:.0f})",
        f"of which the card     {result['card_ms']:7.0f} ms",
        f"of which the person   {result['person_alone_ms']:7.0f} ms   (median in a time in which computing takes none)",
        f"of which computing    {result['waited_for_computing_ms']:7.0f} ms   (the rest;"
        f" limit {LIMITS['waited_for_computing_ms']:.0f})",
        f"CPU of the worker     {result['worker_cpu_ms']:7.0f} ms   (most of it while the person moves)",
        f"preview               {result['preview_fps']:7.1f} /s   (limit {LIMITS['preview_fps']:.0f})",
        f"longest stall of GUI  {result['longest_stall_ms']:7.1f} ms   (limit {LIMITS['longest_stall_ms']:.0f})",
    ]


def main() -> int:
    """Command line."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--runs", type=int, default=None, help=f"people (default {RUNS}, quick {QUICK_RUNS})")
    parser.add_argument("--no-light", action="store_true", help="without the screen-light challenge")
    parser.add_argument("--camera-fps", type=float, default=CAMERA_FPS, help=f"pictures a second (default {CAMERA_FPS:g})")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    runs = asked.runs or (QUICK_RUNS if asked.quick else RUNS)
    result = measure(runs, has_light=not asked.no_light, frames_per_s=asked.camera_fps)
    harness.report(result | {"machine": harness.machine()}, words(result), asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
