"""Compares all pairs of a list with an engine. Each picture is looked at once, however many pairs it is in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drivers.face.abstract import FaceEngine, FaceTemplate
from drivers.face.calibration import CalibrationFile, Reference
from drivers.face.error_rates import NEVER, Distances, OperatingPoint, at_threshold, best_accuracy, curve, threshold_for
from drivers.face.pairs import PairList
from drivers.face.references import as_card_photo
from drivers.face.types import NoUsableFace
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

Progress = Callable[[int, int], None]
"""Called with the number of pictures done and that of all."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A picture that shows not exactly one usable face, or is none."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Distances of all pairs; ``NEVER`` where one of the two pictures could not be used."""

    engine: str
    data_set: str
    reference: Reference
    genuine: Distances
    impostor: Distances
    unusable: tuple[Unusable, ...]
    pictures: int
    ms_median: float
    """Time for a picture, from pixels to template."""

    def at_fmr(self, wanted_fmr: float) -> OperatingPoint:
        """Error rates at the loosest threshold that keeps to this false match rate on these very pairs."""
        return at_threshold(self.genuine, self.impostor, threshold_for(self.impostor, wanted_fmr))

    def at(self, threshold: float) -> OperatingPoint:
        """Error rates at a threshold from elsewhere."""
        return at_threshold(self.genuine, self.impostor, threshold)

    @property
    def accuracy(self) -> float:
        """Share of pairs told right at the best threshold for these pairs."""
        return best_accuracy(self.genuine, self.impostor)

    def as_calibration(self, day: str) -> CalibrationFile:
        """What a terminal needs to know of them."""
        return CalibrationFile(
            engine=self.engine,
            created=day,
            data_set=self.data_set,
            reference=self.reference,
            pictures=self.pictures,
            genuine_pairs=len(self.genuine),
            impostor_pairs=len(self.impostor),
            failed_to_acquire=len(self.unusable),
            curve=curve(self.genuine, self.impostor),
        )


def compare_pairs(engine: FaceEngine, listed: PairList, reference: Reference, progress: Progress) -> Scores:
    """All distances; with ``card-photo`` every reference is reduced to a card photo first."""
    gallery = _Gallery(engine, reference == "card-photo")
    wanted = sorted({(pair.probe, False) for pair in listed.pairs} | {(pair.reference, True) for pair in listed.pairs})
    for done, (path, is_reference) in enumerate(wanted):
        progress(done, len(wanted))
        gallery.add(path, is_reference=is_reference)
    progress(len(wanted), len(wanted))
    distances = np.array([gallery.distance(pair.probe, pair.reference) for pair in listed.pairs], np.float64)
    same = np.array([pair.is_same for pair in listed.pairs])
    gallery.forget()
    return Scores(
        engine=engine.name,
        data_set=listed.name,
        reference=reference,
        genuine=distances[same],
        impostor=distances[~same],
        unusable=tuple(gallery.unusable),
        pictures=len(wanted),
        ms_median=statistics.median(gallery.times_ms),
    )


class _Gallery:
    """Templates of all pictures, by path and role."""

    def __init__(self, engine: FaceEngine, is_reduced: bool) -> None:
        self._engine = engine
        self._is_reduced = is_reduced
        self._templates: dict[tuple[Path, bool], FaceTemplate] = {}
        self.unusable: list[Unusable] = []
        self.times_ms: list[float] = [0.0]

    def add(self, path: Path, *, is_reference: bool) -> None:
        key = (path, is_reference and self._is_reduced)
        if key in self._templates:
            return
        read = read_picture(path)
        if isinstance(read, UnreadablePicture):
            self.unusable.append(Unusable(path, read.reason))
            return
        picture = as_card_photo(read) if key[1] else read
        template = picture if isinstance(picture, NoUsableFace) else self._timed(picture)
        if isinstance(template, NoUsableFace):
            self.unusable.append(Unusable(path, template.trouble.value))
        else:
            self._templates[key] = template

    def distance(self, probe: Path, reference: Path) -> float:
        one, other = self._templates.get((probe, False)), self._templates.get((reference, self._is_reduced))
        return NEVER if one is None or other is None else self._engine.compare(one, other).distance

    def forget(self) -> None:
        for template in self._templates.values():
            template.forget()

    def _timed(self, picture: Image) -> FaceTemplate | NoUsableFace:
        began_s = time.perf_counter()
        template = self._engine.template(picture)
        self.times_ms = [one for one in self.times_ms if one] + [(time.perf_counter() - began_s) * 1000]
        return template
