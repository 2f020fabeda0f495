"""Comparison of two picture files, for the command line."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.face.engine import DlibFaceEngine, EmbeddingEngine
from drivers.face.templates import EmbeddingTemplate
from drivers.face.types import Comparison, FaceTrouble, NoUsableFace
from drivers.pictures import UnreadablePicture, read_picture

_REASONS = {
    FaceTrouble.NO_FACE: "shows no face that can be used",
    FaceTrouble.MANY_FACES: "shows more than one face",
    FaceTrouble.TOO_SMALL: "shows a face that is too small",
    FaceTrouble.TURNED_AWAY: "shows a face that is turned away",
    FaceTrouble.TOO_DARK: "shows a face that is too dark",
    FaceTrouble.TOO_BRIGHT: "shows a face that is too bright",
    FaceTrouble.BLURRED: "shows a face that is too blurred",
}


@dataclass(frozen=True, slots=True)
class UnusableFile:
    """One of the files holds not exactly one usable face."""

    which: Literal["probe", "reference"]
    path: Path
    face: NoUsableFace

    @property
    def reason(self) -> str:
        """One plain sentence without its full stop, naming the file."""
        words = _REASONS.get(self.face.trouble)
        detail = f" ({self.face.detail})" if words and self.face.detail else ""
        return f"{self.which} {self.path} {words or self.face.detail}{detail}"


def verify_files(probe: Path, reference: Path, engine: EmbeddingEngine | None = None) -> Comparison | UnusableFile:
    """Compare the one face of ``probe`` with that of ``reference``; ``elapsed_ms`` covers everything but loading the models.

    Files are bounded JPEG, PNG, WebP or BMP pictures; nothing is written.
    """
    engine = engine or DlibFaceEngine()
    engine.warm_up()
    began_s = time.perf_counter()
    first = _template("probe", probe, engine)
    if isinstance(first, UnusableFile):
        return first
    try:
        second = _template("reference", reference, engine)
        if isinstance(second, UnusableFile):
            return second
        comparison = engine.compare(first, second)
        second.forget()
    finally:
        first.forget()
    return dataclasses.replace(comparison, elapsed_ms=(time.perf_counter() - began_s) * 1000)


def _template(which: Literal["probe", "reference"], path: Path, engine: EmbeddingEngine) -> EmbeddingTemplate | UnusableFile:
    picture = read_picture(path)
    if isinstance(picture, UnreadablePicture):
        return UnusableFile(which, path, NoUsableFace(FaceTrouble.UNREADABLE, picture.reason))
    template = engine.template(picture)
    return UnusableFile(which, path, template) if isinstance(template, NoUsableFace) else template
