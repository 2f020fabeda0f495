"""A technician's tool: ``python -m drivers.face verify PROBE REFERENCE [--json]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from drivers.face.types import Comparison
from drivers.face.verify_files import verify_files


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; 0 when the faces match, 1 when they do not, 2 when a picture cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m drivers.face", description="Compare the faces of two pictures.")
    parser.add_argument("command", choices=("verify",))
    parser.add_argument("probe", type=Path, help="picture of the person")
    parser.add_argument("reference", type=Path, help="picture to compare with, e.g. a card photo")
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    options = parser.parse_args(arguments)
    outcome = verify_files(options.probe, options.reference)
    if not isinstance(outcome, Comparison):
        print(f"face: {outcome.reason}", file=sys.stderr)
        return 2
    print(json.dumps(_as_json(outcome)) if options.json else _as_text(outcome))
    return 0 if outcome.match else 1


def _as_json(outcome: Comparison) -> dict[str, float | bool | str]:
    return {
        "distance": round(outcome.distance, 4),
        "threshold": outcome.threshold,
        "match": outcome.match,
        "engine": outcome.engine,
        "ms": round(outcome.elapsed_ms, 1),
        "demonstration_only": outcome.demonstration_only,
    }


def _as_text(outcome: Comparison) -> str:
    verdict = "match" if outcome.match else "no match"
    note = " (demonstration only: no calibration)" if outcome.demonstration_only else ""
    return f"{verdict}: distance {outcome.distance:.3f}, threshold {outcome.threshold:.2f}, {outcome.elapsed_ms:.0f} ms{note}"


if __name__ == "__main__":
    sys.exit(main())
