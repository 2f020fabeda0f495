"""The contract of a face engine. Templates and pictures stay in memory and are overwritten by ``forget``."""

from __future__ import annotations

from typing import Protocol

from drivers.face.types import Comparison, NoUsableFace
from drivers.types import Image


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
