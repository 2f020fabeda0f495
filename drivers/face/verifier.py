"""Where a check is computed: in this process, or in a process of its own. Callers know only ``FaceVerifier``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.face.abstract import FrameSource, LiveFaceEngine
from drivers.face.following import FollowingEngine, WorkBetween
from drivers.face.liveness import LivenessChallenge
from drivers.face.screen_light import LightShow
from drivers.face.types import FaceVerification, LivenessProgress
from drivers.face.verify import verify_person
from drivers.face.worker.client import WorkerVerifier
from drivers.types import Deadline, Image

__all__ = ["FaceVerifier", "LocalVerifier", "WorkerVerifier"]


class FaceVerifier(Protocol):
    """Checks one person at a time. All calls but ``close`` come from one thread and may take long."""

    @property
    def engine(self) -> str:
        """Engine and version, as written to the case; may be empty before ``warm_up``."""
        ...

    @property
    def calibration(self) -> str:
        """Identity of the calibration file in force, empty without one."""
        ...

    @property
    def is_demonstration(self) -> bool:
        """True while the engine has no calibration: its threshold is then nobody's promise."""
        ...

    def warm_up(self) -> None:
        """Do now what takes long the first time."""
        ...

    def verify(
        self,
        camera: FrameSource,
        reference: Image,
        deadline: Deadline,
        on_progress: Callable[[LivenessProgress], None],
        infrared: FrameSource | None = None,
    ) -> FaceVerification:
        """Lead the person before ``camera`` through a new challenge and compare with ``reference`` (BGR or grey).

        As ``verify_person`` promises: blocks until there is a result; nothing taken of the person is left on return.
        """
        ...

    def close(self) -> None:
        """Let go of everything; a check that runs ends soon. From any thread, may be called twice."""
        ...


class LocalVerifier:
    """Computes on the caller's thread."""

    def __init__(
        self,
        engine: LiveFaceEngine,
        new_challenge: Callable[[], LivenessChallenge] = LivenessChallenge.random,
        new_show: Callable[[], LightShow | None] = lambda: None,
    ) -> None:
        """``new_challenge`` and ``new_show`` give the movements and the colours of each check; no colours for ``None``."""
        self._engine = engine
        self._new_challenge = new_challenge
        self._new_show = new_show

    @property
    def engine(self) -> str:
        """Engine and version."""
        return self._engine.name

    @property
    def calibration(self) -> str:
        """Identity of the calibration file in force."""
        return str(getattr(self._engine, "calibration", ""))

    @property
    def is_demonstration(self) -> bool:
        """True while the engine has no calibration."""
        return bool(getattr(self._engine, "is_demonstration", True))

    def warm_up(self) -> None:
        """Load the models of an engine that has any."""
        warm_up = getattr(self._engine, "warm_up", None)
        if warm_up is not None:
            warm_up()

    def verify(
        self,
        camera: FrameSource,
        reference: Image,
        deadline: Deadline,
        on_progress: Callable[[LivenessProgress], None],
        infrared: FrameSource | None = None,
    ) -> FaceVerification:
        """As ``FaceVerifier.verify``."""
        challenge, show, engine = self._new_challenge(), self._new_show(), FollowingEngine(self._engine)
        camera = WorkBetween(camera, engine)
        return verify_person(camera, reference, engine, challenge, deadline, on_progress, show=show, infrared=infrared)

    def close(self) -> None:
        """Nothing is held."""
