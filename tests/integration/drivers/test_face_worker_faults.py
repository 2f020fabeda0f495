"""The worker is killed, hangs, talks nonsense, or loses its terminal: always an honest outcome, and the next check goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.face.factory import FaceSettings
from drivers.face.types import EngineLost, FaceVerification, LivenessProgress, PictureRole, UnusablePicture
from drivers.face.verifier import WorkerVerifier
from drivers.face.worker import process
from drivers.face.worker.client import WorkerTimes
from drivers.face.worker.messages import ChallengeSettings
from drivers.types import Deadline, Frame
from tests.helpers.vision import SimulatedPerson, card_photo, plain_picture
from tests.helpers.waiting import until

PATIENCE_S = 60.0
SETTINGS = (FaceSettings("dlib"), ChallengeSettings(screen_light=False))


class Person:
    """Stands still before the camera for ever."""

    def __init__(self) -> None:
        self._frames = SimulatedPerson().frames()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        return next(self._frames, None)


@pytest.fixture(scope="module")
def subject() -> Iterator[WorkerVerifier]:
    verifier = WorkerVerifier(*SETTINGS, WorkerTimes(silence_s=2.0))
    verifier.warm_up()
    yield verifier
    verifier.close()


def _fork_of(pid: int) -> int:
    """The process in which the running check is computed."""
    found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    assert len(found) == 1
    return found[0]


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _pid(subject: WorkerVerifier) -> int:
    assert subject.pid is not None
    return subject.pid


def _check(subject: WorkerVerifier, at_first_progress: Callable[[], None]) -> FaceVerification:
    happened: list[LivenessProgress] = []

    def hear(progress: LivenessProgress) -> None:
        happened.append(progress)
        if len(happened) == 1:
            at_first_progress()

    return subject.verify(Person(), card_photo(), Deadline(PATIENCE_S), hear)


def _works(subject: WorkerVerifier) -> bool:
    """A check that ends at once for want of a face on the card."""
    outcome = subject.verify(Person(), plain_picture(99, (102, 126)), Deadline(PATIENCE_S), lambda _: None)
    return isinstance(outcome, UnusablePicture) and outcome.where is PictureRole.REFERENCE


@pytest.mark.expects_warnings
@pytest.mark.parametrize(("whose", "how"), [("worker", signal.SIGKILL), ("fork", signal.SIGKILL), ("fork", signal.SIGSTOP)])
def test_a_worker_lost_in_the_middle_is_told_and_replaced(subject: WorkerVerifier, whose: str, how: signal.Signals) -> None:
    worker = _pid(subject)
    forks: list[int] = []

    def strike() -> None:
        forks.append(_fork_of(worker))
        os.kill(worker if whose == "worker" else forks[0], how)

    assert _check(subject, strike) == EngineLost()
    assert _works(subject)
    assert subject.pid != worker
    assert until(lambda: not _is_there(worker) and not _is_there(forks[0]))


@pytest.mark.expects_warnings
def test_a_worker_that_hangs_between_two_checks_fails_one_of_them(subject: WorkerVerifier) -> None:
    worker = _pid(subject)
    os.kill(worker, signal.SIGSTOP)
    assert not _works(subject)
    assert not _is_there(worker)
    assert _works(subject)


def test_a_worker_that_ended_between_two_checks_is_replaced_unnoticed(subject: WorkerVerifier) -> None:
    worker = _pid(subject)
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: not _is_there(worker))
    assert _works(subject)
    assert subject.pid != worker


def test_the_worker_stays_for_the_next_check(subject: WorkerVerifier) -> None:
    worker = _pid(subject)
    assert _works(subject)
    assert _works(subject)
    assert subject.pid == worker


def test_closing_ends_a_running_check_and_the_worker() -> None:
    subject = WorkerVerifier(*SETTINGS)
    subject.warm_up()
    worker = _pid(subject)
    closing = threading.Thread(target=subject.close)
    assert _check(subject, closing.start) == EngineLost()
    closing.join()
    assert subject.pid is None
    assert not _is_there(worker)
    assert subject.verify(Person(), card_photo(), Deadline(1.0), lambda _: None) == EngineLost()


RUBBISH = """
import socket, sys
from drivers.face.worker import messages
line = socket.socket(fileno=int(sys.argv[1]))
messages.receive_in_worker(line)
messages.send(line, messages.Ready("stand-in", "", True))
messages.receive_in_worker(line)
line.send({rubbish})
line.recv(1)
"""


@pytest.mark.expects_warnings
@pytest.mark.parametrize(
    "rubbish",
    [
        "b'\\xc1 rubbish'",
        "b'x' * 60_000",
        "messages._encoder.encode(messages.Ready('again', '', True))",
        "messages._encoder.encode(messages.Wanted(0, 0.1, infrared=True))",
        "messages._encoder.encode({'type': 'compared', 'is_verified': True})",
    ],
)
def test_a_worker_that_talks_nonsense_is_no_proof_of_anybody(monkeypatch: pytest.MonkeyPatch, rubbish: str) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", RUBBISH.format(rubbish=rubbish)])
    subject = WorkerVerifier(*SETTINGS)
    try:
        assert subject.verify(Person(), card_photo(), Deadline(PATIENCE_S), lambda _: None) == EngineLost()
        assert subject.engine == "stand-in"
        assert subject.pid is None
    finally:
        subject.close()


@pytest.mark.expects_warnings
@pytest.mark.parametrize("command", [["/no/such/program"], ["true"], ["sleep", "60"]])
def test_a_worker_that_does_not_come_up_is_told(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setattr(process, "_command", lambda: command)
    subject = WorkerVerifier(*SETTINGS, WorkerTimes(start_s=0.3))
    try:
        subject.warm_up()
        assert subject.verify(Person(), card_photo(), Deadline(PATIENCE_S), lambda _: None) == EngineLost()
        assert subject.pid is None
    finally:
        subject.close()


def test_a_bundle_is_its_own_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no Python beside it: the program itself, with a hidden first word, becomes the worker."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    command = process._command()
    assert command == [sys.executable, "--face-worker"]
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-m", "kiosk", *command[1:]])
    subject = WorkerVerifier(*SETTINGS)
    try:
        assert _works(subject)
    finally:
        subject.close()


THREADED = """
import sys, threading
from drivers.face.worker.__main__ import main
threading.Thread(target=threading.Event().wait, daemon=True).start()
main(sys.argv[1:])
"""


def test_a_worker_with_threads_which_no_fork_inherits_does_one_check_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_command", lambda: [sys.executable, "-c", THREADED])
    subject = WorkerVerifier(*SETTINGS)
    try:
        subject.warm_up()
        worker = _pid(subject)
        for _ in range(2):
            assert _works(subject)
            assert subject.pid is None
        assert not _is_there(worker)
    finally:
        subject.close()


TERMINAL = """
import os, signal, sys
from tests.integration.drivers import test_face_worker_faults as faults
subject = faults.WorkerVerifier(*faults.SETTINGS)
subject.warm_up()
def tell():
    fork = faults._fork_of(subject.pid)
    if {is_stopped}:
        os.kill(fork, signal.SIGSTOP)
    print(subject.pid, fork, flush=True)
if {is_checking}:
    faults._check(subject, tell)
print(subject.pid, subject.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("is_checking", "is_stopped"), [(False, False), (True, True)])
def test_the_worker_does_not_outlive_its_terminal(is_checking: bool, is_stopped: bool) -> None:
    program = TERMINAL.format(is_checking=is_checking, is_stopped=is_stopped)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as terminal:
        assert terminal.stdout is not None
        pids = [int(word) for word in terminal.stdout.readline().split()]
        assert len(pids) == 2
        assert all(_is_there(pid) for pid in pids)
        terminal.kill()
    assert until(lambda: not any(_is_there(pid) for pid in pids))


def test_pictures_are_looked_at_no_more_often_than_needed(subject: WorkerVerifier) -> None:
    deadline = Deadline(PATIENCE_S)

    class Quick:
        """Two hundred pictures a second of its own time; the last one is not asked for."""

        def __init__(self) -> None:
            self.picture = plain_picture(90, (640, 480))
            self.given: list[float] = []

        def wait_newer(self, than: Frame | None, deadline_: Deadline) -> Frame | None:
            sequence = than.sequence + 1 if than is not None else 1
            self.given.append(sequence / 200)
            if len(self.given) > 100:
                deadline.cancel()
            return Frame(self.picture, sequence / 200, sequence)

    camera, told = Quick(), []
    subject.verify(camera, card_photo(), deadline, told.append)
    assert told[0].hint == "no_face"
    assert camera.given == sorted(set(camera.given))


def test_its_memory_is_read_by_nobody_else(subject: WorkerVerifier) -> None:
    """A process that is not dumpable belongs to root in /proc, writes no core, and cannot be traced by its own user."""
    limits = Path(f"/proc/{_pid(subject)}/limits").read_text(encoding="ascii")
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]
    assert Path(f"/proc/{_pid(subject)}/environ").stat().st_uid == 0


def test_nothing_waits_for_a_camera_that_is_slow(subject: WorkerVerifier) -> None:
    class Slow(Person):
        def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
            time.sleep(0.1)
            return super().wait_newer(than, deadline)

    deadline = Deadline(PATIENCE_S)
    outcome = subject.verify(Slow(), card_photo(), deadline, lambda _: deadline.cancel())
    assert not isinstance(outcome, EngineLost)
