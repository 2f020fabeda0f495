"""How well the default face engine tells people apart, on the pairs of a folder with ``pairs.csv`` (probe, reference, same).

Each picture is encoded once per condition; then every pair is compared. Prints one JSON object. With ``n`` impostor pairs and no
false match the false match rate is below ``3/n`` (rule of three), no better. ``cannot_enrol`` pictures take part in no pair.

    PYTHONPATH=. python benchmarks/face_pairs.py ../shared/faces
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from drivers.face.engine import DlibFaceEngine
from drivers.face.templates import EmbeddingTemplate
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

Change = Callable[[Image], Image]


def as_card_photo(picture: Image) -> Image:
    """102x126, grey, JPEG quality 40."""
    grey = cv2.cvtColor(cv2.resize(picture, (102, 126), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    _, stored = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)


def blurred(picture: Image) -> Image:
    """Out of focus: Gaussian blur of 2.5 pixels on a face of about 110."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.5), np.uint8)


def dim(picture: Image) -> Image:
    """15 % of the light, with the noise of a small sensor."""
    noise = np.random.default_rng(1).normal(0, 3, picture.shape)
    return np.clip(picture * 0.15 + noise, 0, 255).astype(np.uint8)


def swung(picture: Image) -> Image:
    """Seen from the side: perspective that narrows one half."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0, 0], [width * 0.8, height * 0.12], [width * 0.8, height * 0.88], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


CONDITIONS: dict[str, tuple[Change | None, Change | None]] = {
    "plain": (None, None),
    "card": (None, as_card_photo),
    "card, blurred probe": (blurred, as_card_photo),
    "card, dim probe": (dim, as_card_photo),
    "card, swung probe": (swung, as_card_photo),
}


class Encoder:
    """Encodes each picture once per change."""

    def __init__(self, engine: DlibFaceEngine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._known: dict[tuple[str, Change | None], EmbeddingTemplate | None] = {}
        self.seconds = 0.0

    def template(self, name: str, change: Change | None) -> EmbeddingTemplate | None:
        """Template of the picture after ``change``; ``None`` when it has not exactly one usable face."""
        key = (name, change)
        if key not in self._known:
            picture = read_picture(self._folder / name)
            if isinstance(picture, UnreadablePicture):
                raise SystemExit(f"{name} {picture.reason}")
            began_s = time.perf_counter()
            template = self._engine.template(change(picture) if change else picture)
            self.seconds += time.perf_counter() - began_s
            self._known[key] = template if isinstance(template, EmbeddingTemplate) else None
        return self._known[key]

    @property
    def encoded(self) -> int:
        """How many pictures were encoded."""
        return len(self._known)


def measure(
    engine: DlibFaceEngine, encoder: Encoder, pairs: list[dict[str, str]], probe: Change | None, card: Change | None
) -> dict:
    """Error rates of all pairs under one condition."""
    genuine: list[float] = []
    impostor: list[float] = []
    without = 0
    for pair in pairs:
        one, other = encoder.template(pair["probe"], probe), encoder.template(pair["reference"], card)
        if one is None or other is None:
            without += 1
            continue
        (genuine if pair["same"] == "1" else impostor).append(engine.compare(one, other).distance)
    false_non_matches = sum(distance > engine.threshold for distance in genuine)
    false_matches = sum(distance <= engine.threshold for distance in impostor)
    compared = len(genuine) + len(impostor)
    return {
        "genuine_pairs": len(genuine),
        "impostor_pairs": len(impostor),
        "pairs_without_template": without,
        "fnmr": round(false_non_matches / len(genuine), 4),
        "fmr": round(false_matches / len(impostor), 4),
        "accuracy": round(1 - (false_non_matches + false_matches) / compared, 4),
        "largest_genuine": round(max(genuine), 3),
        "smallest_impostor": round(min(impostor), 3),
    }


def main() -> None:
    """Run all conditions and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    engine = DlibFaceEngine()
    engine.warm_up()
    with (folder / "pairs.csv").open(newline="", encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    encoder = Encoder(engine, folder)
    results = {name: measure(engine, encoder, pairs, probe, card) for name, (probe, card) in CONDITIONS.items()}
    ms = encoder.seconds / encoder.encoded * 1000
    print(
        json.dumps(
            {"engine": engine.name, "threshold": engine.threshold, "ms_a_picture": round(ms, 1), "conditions": results}, indent=1
        )
    )


if __name__ == "__main__":
    main()
