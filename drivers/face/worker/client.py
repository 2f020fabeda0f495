"""The terminal's side: a ``FaceVerifier`` that has everything computed by a worker process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from drivers.face.abstract import FrameSource
from drivers.face.factory import FaceSettings
from drivers.face.types import (
    EngineLost,
    FaceTrouble,
    FaceVerification,
    LivenessProgress,
    NoUsableFace,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
)
from drivers.face.worker import messages
from drivers.face.worker.messages import BadMessage, Begin, ChallengeSettings, NoPicture, Picture, Ready, Settings, Stop, Wanted
from drivers.face.worker.process import WorkerProcess
from drivers.face.worker.shared_pictures import Room, SharedPictures
from drivers.types import Deadline, Frame, Image

_log = logging.getLogger(__name__)

_NOTHING = np.zeros((0, 0, 3), np.uint8)
_POLL_S = 0.05
"""Longest wait for the camera without a look at worker and deadline."""


@dataclass(frozen=True, slots=True)
class WorkerTimes:
    """How patient the terminal is with its worker, in seconds."""

    start_s: float = 60.0
    """Loading the models; a cold disk takes its time."""
    silence_s: float = 6.0
    """Longest time of one step: looking at the reference takes longest."""
    stop_s: float = 1.0
    """To come to an end once the deadline is over."""


class WorkerVerifier:
    """Computes in a child process. Used by one thread, except ``close``."""

    def __init__(
        self, settings: FaceSettings, challenge: ChallengeSettings | None = None, times: WorkerTimes | None = None
    ) -> None:
        """Starts nothing yet; ``warm_up`` does, or the first check."""
        self._settings = Settings.of(settings, challenge or ChallengeSettings())
        self._times = times or WorkerTimes()
        self._pictures = SharedPictures()
        self._turn = threading.Lock()
        """Held by whoever uses line and memory."""
        self._lock = threading.Lock()
        """Held for a moment, around what ``close`` touches."""
        self._process: WorkerProcess | None = None
        self._is_closed = False
        self._known = Ready("", "", is_demonstration=True)

    @property
    def engine(self) -> str:
        """Engine and version, empty before ``warm_up``."""
        return self._known.engine

    @property
    def calibration(self) -> str:
        """Identity of the calibration file in force."""
        return self._known.calibration

    @property
    def is_demonstration(self) -> bool:
        """True while the engine has no calibration."""
        return self._known.is_demonstration

    @property
    def pid(self) -> int | None:
        """Of the worker, ``None`` while there is none."""
        process = self._process
        return process.pid if process is not None and process.is_alive else None

    def warm_up(self) -> None:
        """Start the worker and wait until its models are loaded."""
        with self._turn:
            self._running(Deadline(self._times.start_s))

    def verify(
        self,
        camera: FrameSource,
        reference: Image,
        deadline: Deadline,
        on_progress: Callable[[LivenessProgress], None],
        infrared: FrameSource | None = None,
    ) -> FaceVerification:
        """As ``FaceVerifier.verify``; ``EngineLost`` when the worker ends, falls silent or talks nonsense."""
        sources = {Room.CAMERA: camera} | ({Room.INFRARED: infrared} if infrared is not None else {})
        with self._turn:
            process = self._running(deadline)
            if process is None:
                return VerificationStopped(deadline.is_cancelled) if deadline.is_over else EngineLost()
            outcome = self._checked(process, sources, reference, deadline, on_progress)
            if self._known.is_for_one and process is self._process:
                self._drop(process)
            return outcome

    def close(self) -> None:
        """Kill the worker; a check that runs ends with ``EngineLost``. From any thread, may be called twice."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()
        with self._turn:
            if self._process is not None:
                self._drop(self._process)
            self._pictures.close()

    def _checked(
        self,
        process: WorkerProcess,
        sources: dict[Room, FrameSource],
        reference: Image,
        deadline: Deadline,
        on_progress: Callable[[LivenessProgress], None],
    ) -> FaceVerification:
        try:
            shape = self._pictures.put(Room.REFERENCE, reference)
            if shape is None:
                trouble = NoUsableFace(FaceTrouble.UNREADABLE, "not a picture of a usable size")
                return UnusablePicture(PictureRole.REFERENCE, trouble)
            process.send(Begin(shape, deadline.remaining_s, Room.INFRARED in sources))
            return _Check(process, self._pictures, deadline, self._times).run(sources, on_progress)
        except BadMessage as trouble:
            return self._lost(process, deadline, str(trouble))
        except BaseException:
            self._drop(process)  # it waits for an answer that will never come
            raise
        finally:
            self._pictures.wipe()

    def _running(self, deadline: Deadline) -> WorkerProcess | None:
        """The worker, started where there is none; ``None`` when it does not come up."""
        process = self._process
        if process is not None:
            if process.is_alive and not process.is_talking():
                return process
            self._drop(process)  # ended between two checks, or has something to say that nobody asked
        with self._lock:
            if self._is_closed:
                return None
            try:
                process = self._process = WorkerProcess(self._pictures.descriptor)
            except OSError as error:
                _log.error("the face worker cannot be started: %s", error.strerror)
                return None
        return self._greeted(process, deadline)

    def _greeted(self, process: WorkerProcess, deadline: Deadline) -> WorkerProcess | None:
        patience = deadline.within(self._times.start_s)
        try:
            process.send(self._settings)
            while not process.is_talking(min(_POLL_S, patience.remaining_s)):
                if patience.is_over:
                    raise BadMessage("silent")
            first = process.receive()
            if not isinstance(first, Ready):
                raise BadMessage("not ready")
        except BadMessage as trouble:
            self._lost(process, deadline, str(trouble))
            return None
        self._known = first
        return process

    def _lost(self, process: WorkerProcess, deadline: Deadline, why: str) -> FaceVerification:
        self._drop(process)
        if deadline.is_over:
            return VerificationStopped(deadline.is_cancelled)
        if not self._is_closed:
            _log.warning("the face worker is lost (%s); a new one is started when needed", why)
        return EngineLost()

    def _drop(self, process: WorkerProcess) -> None:
        with self._lock:
            self._process = None
        process.close()


class _Check:
    """One check as the terminal sees it: it answers what the worker asks."""

    def __init__(self, process: WorkerProcess, pictures: SharedPictures, deadline: Deadline, times: WorkerTimes) -> None:
        self._process = process
        self._pictures = pictures
        self._deadline = deadline
        self._times = times

    def run(self, sources: dict[Room, FrameSource], on_progress: Callable[[LivenessProgress], None]) -> FaceVerification:
        """Answer until the outcome comes; raises ``BadMessage``."""
        while True:
            match self._next():
                case Wanted() as wanted:
                    room = Room.INFRARED if wanted.infrared else Room.CAMERA
                    self._answer(room, sources.get(room), wanted)
                case messages.Progress() as progress:
                    on_progress(progress.value())
                case Ready():
                    raise BadMessage("ready in the middle of a check")
                case messages.Broken(kind):
                    raise BadMessage(kind or "broken")
                case messages.Stopped():
                    return VerificationStopped(self._deadline.is_cancelled)
                case outcome:
                    return messages.value_of(outcome)

    def _next(self) -> messages.FromWorker:
        """The next message; once the deadline is over the worker has little time left to tell its outcome."""
        patience = Deadline(self._times.silence_s)
        is_ending = False
        while not self._process.is_talking(min(_POLL_S, patience.remaining_s)):
            if self._deadline.is_over and not is_ending:
                patience, is_ending = Deadline(self._times.stop_s), True
            if patience.is_over:
                raise BadMessage("silent")
        return self._process.receive()

    def _answer(self, room: Room, source: FrameSource | None, wanted: Wanted) -> None:
        """Give the picture asked for, or say why not."""
        if source is None:
            raise BadMessage("asks for a camera that is not there")
        patience = self._deadline.within(wanted.seconds)
        seen = Frame(_NOTHING, 0.0, wanted.than) if wanted.than else None
        while not self._deadline.is_over:
            asked = Deadline(min(_POLL_S, patience.remaining_s))
            frame = source.wait_newer(seen, asked)
            if frame is not None and frame.taken_at_s < wanted.not_before_s:
                seen = Frame(_NOTHING, 0.0, frame.sequence)
                continue
            shape = self._pictures.put(room, frame.image) if frame is not None else None
            if frame is not None and shape is not None:
                self._process.send(Picture(shape, frame.taken_at_s, frame.sequence))
                return
            patience.sleep(asked.remaining_s)  # a stopped camera answers at once
            if patience.is_over or self._process.is_talking():  # what can come now is its end
                break
        self._process.send(Stop() if self._deadline.is_over else NoPicture())
