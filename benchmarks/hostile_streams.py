"""A hundred thousand random and mutated byte streams for each parser of the drivers.

Nothing may be raised, nothing may pass for what was not sent, and no parser may hold more than its cap. ``--only NAME`` takes one
parser, ``--seed`` repeats a run. ``--guided SECONDS`` lets atheris look for streams by coverage instead, with ``--only``; it ends
at the first finding and leaves the stream in the present folder.

Exit code 1 when anything was found, or too much memory was taken.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from typing import Any

from benchmarks import harness
from tests.helpers.hostile.mutation import streams
from tests.helpers.hostile.targets import Target, targets

STREAMS = 100_000
QUICK_STREAMS = 2_000
LIMIT_MIB = 256
"""Most memory that all of it may take beyond what the parsers' libraries take when they are loaded."""
_MOST_FINDINGS = 5


def run(target: Target, count: int, seed: int) -> dict[str, Any]:
    """Feed one parser; what was found is told as hexadecimal, cut to its beginning."""
    findings: list[str] = []
    longest_s, begun_s, chance = 0.0, time.perf_counter(), random.Random(seed)
    for stream in streams(target.seeds, count, seed):
        one_s = time.perf_counter()
        try:
            target.check(stream, chance)
        except Exception as error:  # noqa: BLE001 - whatever comes out is the finding
            findings.append(f"{type(error).__name__}: {error}: {stream[:80].hex()}")
            if len(findings) >= _MOST_FINDINGS:
                break
        longest_s = max(longest_s, time.perf_counter() - one_s)
    seconds = time.perf_counter() - begun_s
    return {
        "streams": count,
        "findings": findings,
        "longest_ms": round(longest_s * 1000, 1),
        "streams_per_s": round(count / seconds),
    }


def guided(target: Target, seconds: int) -> int:
    """Let atheris steer by coverage; it ends the process itself at a finding."""
    import atheris  # only for this: it is large, and there is no wheel for every machine

    def one(data: bytes) -> None:
        target.check(data, random.Random(len(data)))

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096"], one)
    atheris.Fuzz()
    return 0


def main() -> int:
    """Run as asked."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--only", metavar="NAME", help="one parser: " + ", ".join(target.name for target in targets()))
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--streams", type=int, default=None, help=f"for each parser (default {STREAMS})")
    parser.add_argument("--guided", type=int, default=None, metavar="SECONDS", help="coverage-guided, with --only")
    asked = parser.parse_args()
    chosen = [target for target in targets() if asked.only in (None, target.name)]
    if not chosen:
        parser.error(f"there is no parser {asked.only}")
    if asked.guided is not None:
        if len(chosen) != 1:
            parser.error("--guided takes one parser: name it with --only")
        return guided(chosen[0], asked.guided)
    return _all(chosen, asked)


def _all(chosen: list[Target], asked: argparse.Namespace) -> int:
    count = asked.streams or (QUICK_STREAMS if asked.quick else STREAMS)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parsers: dict[str, Any] = {}
    for target in chosen:
        harness.say(asked, f"{target.name}: {count} streams")
        parsers[target.name] = run(target, count, asked.seed)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024
    found = sum(len(result["findings"]) for result in parsers.values())
    result = {
        "parsers": parsers,
        "findings": found,
        "grown_mib": round(grown_mib, 1),
        "seed": asked.seed,
        "machine": harness.machine(),
    }
    lines = [
        f"{name:28}{part['streams']:>8} streams {part['streams_per_s']:>8}/s   longest {part['longest_ms']:>6} ms"
        f"   findings {len(part['findings'])}"
        for name, part in parsers.items()
    ]
    lines += [words for part in parsers.values() for words in part["findings"]]
    harness.report(result, [*lines, f"findings {found}, memory grown by {grown_mib:.1f} MiB (limit {LIMIT_MIB})"], asked)
    return 1 if found or grown_mib > LIMIT_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
