"""The contract of a face engine. Templates and pictures stay in memory and are overwritten by ``forget``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from drivers.face.types import Comparison, FaceBox, FaceMeasurement, NoUsableFace
from drivers.types import Deadline, Frame, Image


class FaceTemplate(Protocol):
    """An embedding. Never serialised; its ``repr`` shows nothing."""

    def forget(self) -> None:
        """Overwrite the numbers with zeros; may be called twice."""
        ...


class FaceEngine(Protocol):
    """Turns pictures into templates and compares them. Thread-safe."""

    @property
    def name(self) -> str:
        """Engine and version, as written to the case."""
        ...

    def template(self, image: Image) -> FaceTemplate | NoUsableFace:
        """Template of the one usable face in the picture (BGR or grey)."""
        ...

    def compare(self, probe: FaceTemplate, reference: FaceTemplate) -> Comparison:
        """Distance of the two templates against the engine's threshold."""
        ...


class LiveFaceEngine(FaceEngine, Protocol):
    """An engine that can also follow a face in front of a camera."""

    def measure(self, image: Image) -> FaceMeasurement | None:
        """The largest face of a camera picture (BGR), ``None`` when there is none; fast enough for ten pictures a second."""
        ...

    def template_at(self, image: Image, box: FaceBox) -> FaceTemplate:
        """Template of the face that ``measure`` found at ``box`` in the same picture."""
        ...


@runtime_checkable
class SearchingEngine(Protocol):
    """An engine whose ``measure`` may look at a part of the picture only, and can be made to look at all of it."""

    def measure_fully(self, image: Image) -> FaceMeasurement | None:
        """As ``measure``, after a search of the whole picture."""
        ...


class FrameSource(Protocol):
    """The part of a camera that a verification needs."""

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first."""
        ...
