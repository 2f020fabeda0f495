"""Everything measured about identification: accuracy of the engines, attacks, and how long a person waits.

    python -m benchmarks.identity --json                 # all; a quarter of an hour on two cores
    python -m benchmarks.identity --only accuracy --plot docs/pictures/det-card-photo.png

Times count only on a machine that does nothing else. The parts can be run by themselves: ``benchmarks.identity_accuracy``,
``benchmarks.identity_attacks``, ``benchmarks.identity_speed``. What is left of a visit on the machine is looked for by
``benchmarks.nothing_kept``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import harness, identity_accuracy, identity_attacks, identity_speed

PARTS = ("accuracy", "attacks", "speed")


def accuracy(asked: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Error rates of the engines; says so where there are no photographs to measure on."""
    if not (identity_accuracy.FACES / "pairs.csv").exists():
        why = f"{identity_accuracy.FACES} holds no pairs.csv"
        return {"not_measured": why}, [f"accuracy not measured: {why}"]
    result = identity_accuracy.measure(identity_accuracy.FACES, asked.plot, _say)
    return result, identity_accuracy.words(result)


def attacks(asked: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Whom the face check lets pass."""
    quick = asked.quick
    result = identity_attacks.measure(
        identity_attacks.QUICK_ATTACKS if quick else identity_attacks.ATTACKS,
        identity_attacks.QUICK_LIVE if quick else identity_attacks.LIVE,
        say=_say,
    )
    return result, identity_attacks.words(result)


def speed(asked: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """How long a person waits."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    result = identity_speed.measure(identity_speed.QUICK_RUNS if asked.quick else identity_speed.RUNS)
    return result, identity_speed.words(result)


_RUN: dict[str, Callable[[argparse.Namespace], tuple[dict[str, Any], list[str]]]] = {
    "accuracy": accuracy,
    "attacks": attacks,
    "speed": speed,
}


def failures(result: dict[str, Any]) -> list[str]:
    """Every limit that was not kept, in words."""
    broken = []
    if (seen := result.get("attacks")) is not None:
        if seen["accepted"]:
            broken.append(f"{seen['accepted']} attacks were accepted")
        if seen["bpcer"] > identity_attacks.LARGEST_BPCER:
            broken.append(f"{100 * seen['bpcer']:.1f} % of living people were refused")
    if (timed := result.get("speed")) is not None:
        for name, limit in identity_speed.LIMITS.items():
            is_kept = timed[name] >= limit if name == "preview_fps" else timed[name] <= limit
            if not is_kept:
                broken.append(f"{name} is {timed[name]:g}, limit {limit:g}")
    return broken


def main() -> int:
    """Command line; 1 when a limit was not kept."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", default=None, help="this part; may stand several times")
    asked = parser.parse_args()
    result: dict[str, Any] = {}
    lines: list[str] = []
    for part in asked.only or PARTS:
        result[part], told = _RUN[part](asked)
        lines += [f"-- {part}", *told]
    broken = failures(result)
    lines += [f"not kept: {one}" for one in broken]
    harness.report(result | {"not_kept": broken, "machine": harness.machine()}, lines, asked)
    return 1 if broken else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
