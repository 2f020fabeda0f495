"""The worker: loads the models once, then does one check after the other, each in a fork of its own.

The fork is the strongest way to keep nothing: whatever the libraries copied of a person, in the heap, in caches, on stacks,
goes back to the kernel with the process. The process that stays has never seen a picture. Where a library keeps threads, which
a fork does not inherit, the worker does one check itself and ends; the terminal then starts a new one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import cv2

from drivers.face.factory import make_engine
from drivers.face.liveness import LivenessChallenge, LivenessSettings
from drivers.face.screen_light import LightShow
from drivers.face.verifier import LocalVerifier
from drivers.face.worker import messages
from drivers.face.worker.messages import BadMessage, Begin, ChallengeSettings, NoPicture, Picture, Stop, Wanted
from drivers.face.worker.shared_pictures import Room, SharedPictures
from drivers.hardening import die_with_parent, forbid_core_dumps, keep_out_of_swap, overwrite_freed_memory
from drivers.types import Deadline, Frame

_NICE = 5
"""Below the screen: when both want the core, the screen gets it."""
_LONGEST_WAIT_S = 0.2
_INTERVAL_S = 1 / 20
"""Pictures are looked at no more often: three of them see even a quick blink, and the cores are not ours alone."""
_EARLY_S = 0.01
"""Cameras are not that punctual."""


def serve(line: socket.socket, pictures: SharedPictures) -> None:
    """Obey the terminal at the other end of ``line`` until it is gone."""
    forbid_core_dumps()
    overwrite_freed_memory()
    os.nice(_NICE)
    cv2.setNumThreads(1)
    with contextlib.suppress(BadMessage):  # the terminal is gone, or talks nonsense: there is nothing left to do
        verifier = _prepared(messages.receive_in_worker(line))
        gc.collect()
        gc.freeze()  # so that the forks share what is there
        is_for_one = _thread_count() > 1
        messages.send(line, messages.Ready(verifier.engine, verifier.calibration, verifier.is_demonstration, is_for_one))
        if is_for_one:
            _Check(line, pictures, _beginning(line)).run(verifier)
            return
        while True:
            _check_in_fork(_Check(line, pictures, _beginning(line)), line, verifier)


def _prepared(first: messages.ToWorker) -> LocalVerifier:
    if not isinstance(first, messages.Settings):
        raise BadMessage("settings come first")
    challenge = first.challenge
    verifier = LocalVerifier(make_engine(first.face()), _challenges(challenge), _shows(challenge))
    verifier.warm_up()
    return verifier


def _challenges(settings: ChallengeSettings) -> Callable[[], LivenessChallenge]:
    windows = LivenessSettings().unhurried() if settings.unhurried else LivenessSettings()
    return lambda: LivenessChallenge.random(settings.actions, windows)


def _shows(settings: ChallengeSettings) -> Callable[[], LightShow | None]:
    return LightShow.random if settings.screen_light else lambda: None


def _beginning(line: socket.socket) -> Begin:
    begin = messages.receive_in_worker(line)
    if not isinstance(begin, Begin):
        raise BadMessage("a check must begin first")
    return begin


def _check_in_fork(check: _Check, line: socket.socket, verifier: LocalVerifier) -> None:
    pid = os.fork()
    if pid == 0:
        _live_and_end(check, verifier)
    _await(pid, line)


def _live_and_end(check: _Check, verifier: LocalVerifier) -> None:
    """The life of a fork. It leaves by ``_exit``: nothing of the process it came from is cleaned up twice."""
    code = 1
    try:
        die_with_parent()
        check.run(verifier)
        code = 0
    finally:
        os._exit(code)


def _await(pid: int, line: socket.socket) -> None:
    """Wait for the fork. When the terminal goes away first, the fork is killed, even one that hangs."""
    process = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(line, 0)  # only the end of it
    try:
        if process not in dict(poll.poll()):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(process)
    if os.WIFSIGNALED(status):
        messages.send(line, messages.Broken(f"signal {os.WTERMSIG(status)}"))


def _thread_count() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


class _Check:
    """One check, from its beginning to its outcome."""

    def __init__(self, line: socket.socket, pictures: SharedPictures, begin: Begin) -> None:
        self._line = line
        self._pictures = pictures
        self._begin = begin
        self._deadline = Deadline(begin.seconds)

    def run(self, verifier: LocalVerifier) -> None:
        """Come to an outcome, zero the pictures, tell the outcome."""
        keep_out_of_swap()  # here, because a fork does not inherit it
        try:
            outcome: messages.Outcome = self._outcome(verifier)
        except BadMessage:
            raise
        except Exception as error:  # noqa: BLE001 - told by its kind; its words may be personal
            outcome = messages.Broken(type(error).__name__)
        finally:
            self._pictures.wipe()
        messages.send(self._line, outcome)

    def _outcome(self, verifier: LocalVerifier) -> messages.Outcome:
        reference = self._pictures.take(Room.REFERENCE, self._begin.reference)
        infrared = _AskedCamera(self._line, self._pictures, self._deadline, Room.INFRARED) if self._begin.has_infrared else None
        value = verifier.verify(
            _AskedCamera(self._line, self._pictures, self._deadline, Room.CAMERA),
            reference,
            self._deadline,
            lambda progress: messages.send(self._line, messages.Progress.of(progress)),
            infrared,
        )
        return messages.outcome_of(value)


class _AskedCamera:
    """The terminal's camera, a picture at a time."""

    def __init__(self, line: socket.socket, pictures: SharedPictures, check: Deadline, room: Room) -> None:
        self._line = line
        self._pictures = pictures
        self._check = check
        self._room = room
        self._due_s = 0.0

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Ask for a newer picture and wait for the answer. ``Stop`` as the answer cancels the check."""
        seconds = min(_LONGEST_WAIT_S, deadline.remaining_s)
        sequence = than.sequence if than is not None else 0
        wanted = Wanted(sequence, seconds, self._due_s - _EARLY_S, infrared=self._room is Room.INFRARED)
        messages.send(self._line, wanted)
        match messages.receive_in_worker(self._line):
            case Picture(shape, taken_at_s, sequence):
                self._due_s = max(self._due_s, taken_at_s - _INTERVAL_S) + _INTERVAL_S
                return Frame(self._pictures.take(self._room, shape), taken_at_s, sequence)
            case NoPicture():
                return None
            case Stop():
                self._check.cancel()
                return None
            case _:
                raise BadMessage("no answer to what was asked")
