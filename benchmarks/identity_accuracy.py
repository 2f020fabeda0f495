"""How well each face engine tells people apart on a list of pairs, by the terminal's own ``drivers.face.evaluation``.

Every engine is measured on references as they are and reduced to card photos (102x126, grey, JPEG quality 40), against probes as
they are, out of focus, in dim light, seen from the side, from a fifth of the resolution, full of noise, and with the mouth
covered as by a mask. ``fnmr`` is that at the loosest threshold whose false match rate on these very pairs is 0.1 % at most.
Bounds are those of Clopper and Pearson at 95 % (none of n gives about 3/n, the rule of three); they take pairs as independent,
which pairs of a few people's pictures are not. ``d_prime`` is the decidability (Daugman 2000): the distance of the two means by
the root of the mean of the two variances; a picture without a usable face is not in it, and matches nobody in the rates. ``own``
are the rates at the threshold that the terminal uses without a calibration.

    python -m benchmarks.identity_accuracy [--faces ../shared/faces] [--plot FILE]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from benchmarks import harness
from benchmarks.face_pairs import Change, blurred, dim, swung
from drivers.face.calibration import DEFAULT_FMR, Reference
from drivers.face.det_plot import plot_det
from drivers.face.engine import EmbeddingEngine
from drivers.face.error_rates import Distances, OperatingPoint, at_threshold, curve, threshold_for
from drivers.face.evaluation import Scores, compare_pairs
from drivers.face.factory import EngineKind, FaceSettings, make_engine
from drivers.face.model_files import default_model
from drivers.face.pairs import PairList, read_pairs
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

FACES = Path(os.environ.get("OUEBAN_FACES", Path(__file__).parents[2] / "shared" / "faces"))
"""Photographs of other people, kept beside the repository and not in it."""
REFERENCES: tuple[Reference, ...] = ("as-is", "card-photo")
_MODEL_ENGINES: tuple[EngineKind, ...] = ("model", "fused")


def coarse(picture: Image) -> Image:
    """A fifth of the resolution: some eight pixels between the eyes."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 5, height // 5), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def noisy(picture: Image) -> Image:
    """Noise with a standard deviation of 40 of 255 levels."""
    noise = np.random.default_rng(2).normal(0, 40, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def covered(picture: Image) -> Image:
    """The lower 38 % of the picture covered in one light colour, where a mask would be."""
    changed = picture.copy()
    changed[round(picture.shape[0] * 0.62) :] = (200, 190, 180)
    return changed


PROBES: Mapping[str, Change | None] = MappingProxyType(
    {"plain": None, "blurred": blurred, "dim": dim, "swung": swung, "coarse": coarse, "noisy": noisy, "covered": covered}
)


def engines() -> tuple[EngineKind, ...]:
    """What can be measured here: the model and the fusion need the file that ``make models`` fetches."""
    return ("dlib", *(_MODEL_ENGINES if default_model() is not None else ()))


def decidability(genuine: Distances, impostor: Distances) -> float:
    """d' of the pairs that could be compared."""
    own, others = genuine[np.isfinite(genuine)], impostor[np.isfinite(impostor)]
    return float(abs(others.mean() - own.mean()) / np.sqrt((own.var() + others.var()) / 2))


def degraded(listed: PairList, change: Change | None, folder: Path) -> PairList:
    """The same pairs with changed probes, which are written to ``folder`` without loss."""
    if change is None:
        return listed
    made: dict[Path, Path] = {}
    for number, path in enumerate(sorted({pair.probe for pair in listed.pairs})):
        picture = read_picture(path)
        if isinstance(picture, UnreadablePicture):
            raise SystemExit(f"{path} {picture.reason}")
        made[path] = folder / f"{number:04d}.png"
        if not cv2.imwrite(str(made[path]), change(picture)):
            raise SystemExit(f"{made[path]}: cannot be written")
    return PairList(listed.name, tuple(replace(pair, probe=made[pair.probe]) for pair in listed.pairs))


def row(kind: str, probe: str, scores: Scores, engine: EmbeddingEngine) -> dict[str, Any]:
    """One line of the table."""
    strict, own = scores.at_fmr(DEFAULT_FMR), scores.at(engine.threshold)
    return {
        "kind": kind,
        "engine": scores.engine,
        "probe": probe,
        "reference": scores.reference,
        "genuine_pairs": len(scores.genuine),
        "impostor_pairs": len(scores.impostor),
        "failed_to_acquire": len(scores.unusable),
        **_rates(strict),
        "d_prime": round(decidability(scores.genuine, scores.impostor), 2),
        "accuracy": round(scores.accuracy, 4),
        "own": _rates(own),
        "ms_median": round(scores.ms_median, 1),
    }


def pooled(scores: list[Scores]) -> dict[str, Any]:
    """All probes of one engine and kind of reference under one threshold, as a terminal must do it."""
    genuine = np.concatenate([one.genuine for one in scores])
    impostor = np.concatenate([one.impostor for one in scores])
    point = at_threshold(genuine, impostor, threshold_for(impostor, DEFAULT_FMR))
    return {
        "engine": scores[0].engine,
        "reference": scores[0].reference,
        "genuine_pairs": len(genuine),
        "impostor_pairs": len(impostor),
        **_rates(point),
        "d_prime": round(decidability(genuine, impostor), 2),
    }


def _rates(point: OperatingPoint) -> dict[str, float]:
    names = ("threshold", "fmr", "fmr_upper", "fnmr", "fnmr_upper")
    return {name if "upper" not in name else f"{name}_95": round(getattr(point, name), 5) for name in names}


def measure(faces: Path, plot: Path | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything; draws the pooled curves against card photos to ``plot``."""
    listed = read_pairs(faces / "pairs.csv")
    rows, together = [], []
    curves = {}
    with tempfile.TemporaryDirectory(prefix="probes-") as name:
        lists = {}
        for probe, change in PROBES.items():
            (Path(name) / probe).mkdir()
            lists[probe] = degraded(listed, change, Path(name) / probe)
        for kind in engines():
            engine = make_engine(FaceSettings(kind))
            engine.warm_up()
            for reference in REFERENCES:
                scores = {}
                for probe, pairs in lists.items():
                    say(f"{kind}, reference {reference}, probe {probe}")
                    scores[probe] = compare_pairs(engine, pairs, reference, lambda _done, _all: None)
                    rows.append(row(kind, probe, scores[probe], engine))
                together.append({"kind": kind, **pooled(list(scores.values()))})
                if reference == "card-photo":
                    curves[f"{kind}: {engine.name}"] = _curve(list(scores.values()))
    if plot is not None:
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot_det(curves, _caption(listed, together[0]), plot, DEFAULT_FMR)
    return {"data_set": listed.name, "pairs": len(listed.pairs), "wanted_fmr": DEFAULT_FMR, "rows": rows, "pooled": together}


def _curve(scores: list[Scores]) -> tuple[OperatingPoint, ...]:
    return curve(np.concatenate([one.genuine for one in scores]), np.concatenate([one.impostor for one in scores]))


def _caption(listed: PairList, one: dict[str, Any]) -> str:
    return (
        f"{listed.name}, references as card photos, {len(PROBES)} kinds of probes together\n"
        f"{one['genuine_pairs']} genuine, {one['impostor_pairs']} impostor pairs of a few people: not independent"
    )


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = [
        f"{result['data_set']}: {result['pairs']} pairs; at the loosest threshold with FMR <= {100 * result['wanted_fmr']:g} %",
        "engine  reference   probe    genuine impostor  FTA    FMR (at most)     FNMR (at most)     d'    ms",
    ]
    for one in (*result["rows"], *({"probe": "all", "failed_to_acquire": "", "ms_median": ""} | one for one in result["pooled"])):
        lines.append(
            f"{one['kind']:<7} {one['reference']:<11} {one['probe']:<8} {one['genuine_pairs']:>7} {one['impostor_pairs']:>8}"
            f" {one['failed_to_acquire']:>4} {_rate(one, 'fmr')} {_rate(one, 'fnmr')} {one['d_prime']:>5} {one['ms_median']:>5}"
        )
    return lines


def _rate(one: dict[str, Any], name: str) -> str:
    return f"{100 * one[name]:6.2f} % ({100 * one[f'{name}_upper_95']:5.2f} %)"


def main() -> int:
    """Command line."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--faces", type=Path, default=FACES, metavar="DIR", help="folder with pairs.csv")
    asked = parser.parse_args()
    if not (asked.faces / "pairs.csv").exists():
        raise SystemExit(f"{asked.faces} holds no pairs.csv: name a folder with --faces")
    result = measure(asked.faces, asked.plot, lambda line: print(line, file=sys.stderr, flush=True))
    harness.report(result | {"machine": harness.machine()}, words(result), asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
