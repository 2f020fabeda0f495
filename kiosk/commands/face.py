"""How well a face engine tells people apart, on pairs of pictures whose truth is known.

evaluate: error rates and, with --plot, the DET curve. calibrate: the same, kept in a file that gives a terminal its threshold.
The CSV has the columns probe, reference, same (1 or 0); paths are relative to it. A picture without a face matches nobody.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from drivers.face.calibration import DEFAULT_FMR, save_calibration
from drivers.face.det_plot import NoPlotLibrary, plot_det
from drivers.face.engine import EmbeddingEngine
from drivers.face.error_rates import curve
from drivers.face.evaluation import Scores, compare_pairs
from drivers.face.factory import FaceSettings, make_engine
from drivers.face.model_runner import ModelUnusable
from drivers.face.pairs import PairsUnusable, read_pairs
from kiosk.commands import CommandError
from kiosk.domain.china_time import CHINA_TIME

_SHOWN_UNUSABLE = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk face``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=("evaluate", "calibrate"))
    parser.add_argument("--pairs", type=Path, required=True, metavar="CSV", help="columns probe, reference, same")
    parser.add_argument(
        "--engine", choices=("auto", "dlib", "model", "fused"), default="auto", help="auto: the model if it is there"
    )
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="ArcFace-style model, .onnx or .tflite; else that of make models"
    )
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="evaluate: also the rates at the threshold of this file")
    parser.add_argument("--reference-as", choices=("as-is", "card-photo"), default="as-is", help="reduce the references first")
    parser.add_argument("--out", type=Path, metavar="FILE", help="calibrate: where the calibration goes")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw the DET curve")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Compare all pairs; 0 when that could be done."""
    if arguments.what == "calibrate" and arguments.out is None:
        raise CommandError("calibrate needs --out FILE", exit_code=2)
    try:
        engine = make_engine(FaceSettings(arguments.engine, arguments.model, arguments.calibration))
        listed = read_pairs(arguments.pairs)
        engine.warm_up()
        scores = compare_pairs(engine, listed, arguments.reference_as, _progress)
        if arguments.plot is not None:
            plot_det({scores.engine: curve(scores.genuine, scores.impostor)}, _caption(scores), arguments.plot, DEFAULT_FMR)
        said = _facts(scores, engine)
        if arguments.what == "calibrate":
            said |= _calibrate(scores, arguments.out)
    except (PairsUnusable, ModelUnusable, NoPlotLibrary) as error:
        raise CommandError(str(error), exit_code=2) from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", exit_code=2) from error
    sys.stdout.write((json.dumps(said, ensure_ascii=False) if arguments.json else _words(said, scores)) + "\n")
    return 0


def _calibrate(scores: Scores, out: Path) -> dict[str, object]:
    calibration = save_calibration(scores.as_calibration(datetime.now(CHINA_TIME).date().isoformat()), out)
    point = calibration.operating_point(DEFAULT_FMR)
    return {
        "out": str(out),
        "calibration": calibration.identity,
        "calibrated_threshold": None if point is None else round(point.threshold, 4),
        "supports_fmr_1e-3": calibration.supports(DEFAULT_FMR),
    }


def _facts(scores: Scores, engine: EmbeddingEngine) -> dict[str, object]:
    strict, present = scores.at_fmr(DEFAULT_FMR), scores.at(engine.threshold)
    return {
        "pairs": len(scores.genuine) + len(scores.impostor),
        "fmr": round(present.fmr, 6),
        "fnmr_at_fmr_1e-3": round(strict.fnmr, 6),
        "accuracy": round(scores.accuracy, 6),
        "ms_median": round(scores.ms_median, 1),
        "engine": scores.engine,
        "genuine_pairs": len(scores.genuine),
        "impostor_pairs": len(scores.impostor),
        "fnmr": round(present.fnmr, 6),
        "threshold": round(engine.threshold, 4),
        "threshold_at_fmr_1e-3": round(strict.threshold, 4),
        "fmr_upper_95": round(present.fmr_upper, 6),
        "fnmr_at_fmr_1e-3_upper_95": round(strict.fnmr_upper, 6),
        "fmr_at_fmr_1e-3_upper_95": round(strict.fmr_upper, 6),
        "reference_as": scores.reference,
        "pictures": scores.pictures,
        "failed_to_acquire": [f"{one.path.name}: {one.why}" for one in scores.unusable],
        "demonstration_only": engine.is_demonstration,
    }


def _words(said: dict[str, object], scores: Scores) -> str:
    strict = scores.at_fmr(DEFAULT_FMR)
    lines = [
        f"{scores.engine}, references {scores.reference}: {len(scores.genuine)} genuine, {len(scores.impostor)} impostor pairs",
        f"at a false match rate of 0.1 %: {100 * strict.fnmr:.2f} % false non-matches (at most {100 * strict.fnmr_upper:.2f} %), "
        f"threshold {strict.threshold:.3f}; the false match rate itself is at most {100 * strict.fmr_upper:.2f} %",
        f"{scores.pictures} pictures, {scores.ms_median:.0f} ms each; {len(scores.unusable)} without one usable face",
        *(f"  {one.path.name}: {one.why}" for one in scores.unusable[:_SHOWN_UNUSABLE]),
    ]
    if "out" in said:
        enough = "" if said["supports_fmr_1e-3"] else "; too few impostor pairs for 0.1 %: the engine stays a demonstration"
        lines.append(f"{said['out']}: calibration {said['calibration']}{enough}")
    return "\n".join(lines)


def _caption(scores: Scores) -> str:
    return (
        f"{scores.data_set}, references {scores.reference}\n{len(scores.genuine)} genuine, {len(scores.impostor)} impostor pairs"
        f", {len(scores.unusable)} pictures without a face"
    )


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and done % 10 == 0:
        sys.stderr.write(f"\r{done} of {total} pictures")
        sys.stderr.flush()
