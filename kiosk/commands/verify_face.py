"""Compare the faces of two pictures. Exit code 0: compared, match or not; 2: a picture has not exactly one usable face."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from drivers.face.factory import FaceSettings, make_engine
from drivers.face.model_runner import ModelUnusable
from drivers.face.verify_files import UnusableFile, verify_files
from kiosk.commands import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk verify-face``."""
    parser.add_argument("probe", type=Path, metavar="PROBE")
    parser.add_argument("reference", type=Path, metavar="REFERENCE")
    parser.add_argument("--engine", choices=("auto", "dlib", "model", "fused"), default="auto", help="auto: model if there")
    parser.add_argument("--model", type=Path, metavar="FILE", help="ArcFace-style, .onnx or .tflite")
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="made by kiosk face calibrate; gives the threshold")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Compare, and say how it went. ``ms`` is the time for both pictures, without loading the models."""
    try:
        engine = make_engine(FaceSettings(arguments.engine, arguments.model, arguments.calibration))
        outcome = verify_files(arguments.probe, arguments.reference, engine)
    except ModelUnusable as error:
        raise CommandError(str(error), exit_code=2) from error
    if isinstance(outcome, UnusableFile):
        raise CommandError(outcome.reason, exit_code=2)
    if arguments.json:
        result = {
            "distance": round(outcome.distance, 4),
            "threshold": outcome.threshold,
            "match": outcome.match,
            "engine": outcome.engine,
            "ms": round(outcome.elapsed_ms, 1),
        }
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    else:
        words = "match" if outcome.match else "no match"
        basis = "demonstration only, not calibrated" if outcome.demonstration_only else f"calibration {outcome.calibration}"
        said = f"{words}: distance {outcome.distance:.3f}, threshold {outcome.threshold:.3f} ({outcome.engine}; {basis})"
        sys.stdout.write(said + "\n")
    return 0
