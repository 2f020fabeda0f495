"""The queue's promises under fault injection: kill -9, power cuts, full disks, a hostile line, a damaged file.

True queue, true platform, each in a process of its own. After every run the same invariants (``tests.helpers.queue_invariants``):
what was acknowledged is here or on the platform, once; nothing is claimed that the platform does not hold; the audit chain holds;
everything drains; no file tells who the resident is. Each part can be had alone with ``--only``; ``--seed`` repeats a run.

Two things that no program can know are counted by name and are no violation: a case whose own sync failed and whose process ended
before any further write (``kept_though_refused``), and a log that was cut off (``log cut off, nothing told``).

Exit code 1 when anything was violated, 2 when this machine does not allow a part (power cuts need root and loop devices).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

from benchmarks import harness
from tests.helpers import call_faults, loop_disk
from tests.helpers.canaries import traces_in
from tests.helpers.fault_runs.corruption import Corruption
from tests.helpers.fault_runs.full_disks import FullDisks
from tests.helpers.fault_runs.hostile_lines import CERTIFICATES, HostileLines
from tests.helpers.fault_runs.kills import Kills
from tests.helpers.fault_runs.power_cuts import PowerCuts
from tests.helpers.fault_world import materials_are_sent
from tests.helpers.loop_disk import LoopDisk

FULL = {"kill": 300, "power_cut": 100, "line": 200, "corruption": 200}
QUICK = {"kill": 5, "power_cut": 4, "line": 10, "corruption": 10}
_CONTROL_TRIES = 5
_MOST_CALLS = 2000
_SMALL_DISK_MIB = 64
Part = dict[str, Any]


class NotAllowed(Exception):
    """This machine does not allow a part; the message says why."""


class _Lives(Protocol):
    def close(self) -> None:
        """End what it started."""
        ...


_Lived = TypeVar("_Lived", bound=_Lives)


@contextlib.contextmanager
def closing(lives: _Lived) -> Iterator[_Lived]:
    """Close it whatever happens."""
    try:
        yield lives
    finally:
        lives.close()


def repeat(run: Callable[[int], list[str]], seeds: range, asked: argparse.Namespace, words: str) -> list[str]:
    """All violations of these seeds."""
    wrong: list[str] = []
    for seed in seeds:
        try:
            wrong += run(seed)
        except Exception as error:  # noqa: BLE001 - what must never be raised is what these runs look for
            wrong.append(f"seed {seed} raised {error!r}")
        if (seed - seeds.start) % 20 == 19:
            harness.say(asked, f"{words} {seed - seeds.start + 1} of {len(seeds)}, {len(wrong)} violations")
    return wrong


def kill(folder: Path, asked: argparse.Namespace, count: int) -> Part:
    """kill -9 of the terminal, and now and then of the platform."""
    with closing(Kills(folder)) as subject:
        wrong = repeat(subject.run, range(asked.seed, asked.seed + count), asked, "kill")
        return {
            "runs": count,
            "violations": wrong,
            "at_named_points": subject.at_points,
            "platform_killed": subject.platform_deaths,
            "cases": len(subject.acknowledged),
        }


def power_cut(folder: Path, asked: argparse.Namespace, count: int) -> Part:
    """The power goes on ext4 and on xfs, in turn; and a control without syncs, which must lose cases."""
    if why := loop_disk.why_not():
        raise NotAllowed(f"power cuts cannot be tried here: {why}")
    kinds = [kind for kind in ("ext4", "xfs") if not loop_disk.why_not(kind)]
    part: Part = {"runs": 0, "violations": [], "control_lost": 0, "cases": 0, "by_file_system": {}}
    for place, kind in enumerate(kinds):
        mine = len(range(place, count, len(kinds)))
        (folder / kind).mkdir()
        (folder / f"{kind}-control").mkdir()
        with closing(PowerCuts(folder / kind, kind)) as subject:
            wrong = repeat(subject.run, range(asked.seed, asked.seed + mine), asked, f"power cut, {kind}")
            wrong += subject.raw_traces()
            part["cases"] += len(subject.acknowledged)
        with closing(PowerCuts(folder / f"{kind}-control", kind, reckless=True)) as control:
            lost = sum(control.lost_after_cut(asked.seed + number) for number in range(_CONTROL_TRIES))
        part["by_file_system"][kind] = {"runs": mine, "violations": len(wrong), "control_lost": lost}
        part["runs"] += mine
        part["violations"] += wrong
        part["control_lost"] += lost
    if not part["control_lost"]:
        part["violations"].append("the control without syncs lost nothing: these runs could not have failed")
    return part


def disk_full(folder: Path, asked: argparse.Namespace, _: int) -> Part:
    """Every single call that writes fails, alone or with all that follow; then a true disk with its last pages left."""
    if why := call_faults.why_not():
        raise NotAllowed(f"calls cannot be made to fail here: {why}")
    (folder / "calls").mkdir()
    with closing(FullDisks(folder / "calls")) as subject:
        part = _every_call(subject, asked)
    part["last_pages"] = f"not tried: {loop_disk.why_not()}" if loop_disk.why_not() else 0
    if loop_disk.why_not():
        return part
    (folder / "pages").mkdir()
    with LoopDisk(folder / "pages", "ext4", _SMALL_DISK_MIB) as disk, closing(FullDisks(folder / "pages", disk)) as subject:
        pages, suffered = 0, True
        while suffered and pages < _MOST_CALLS:
            suffered, wrong = subject.run_with_pages_left(pages)
            pages += 10 if asked.quick else 1
            part["last_pages"] += 1
            part["violations"] += wrong
        part["refused"] += subject.refused
        part["ended_by_sigbus"] = subject.bus_errors
    part["runs"] += part["last_pages"]
    return part


def _every_call(subject: FullDisks, asked: argparse.Namespace) -> Part:
    part: Part = {"runs": 0, "violations": []}
    for stays_full in (False, True):
        for dies in (False, True):
            call, failed = 1, True
            while failed and call < _MOST_CALLS:
                failed, wrong = subject.run(call, stays_full=stays_full, dies=dies)
                part["violations"] += wrong
                part["runs"] += 1
                call += 20 if asked.quick else 1
            harness.say(asked, f"disk full, stays full: {stays_full}, dies: {dies}: up to call {call}")
    return part | {"refused": subject.refused, "kept_though_refused": subject.kept_though_refused}


def line(folder: Path, asked: argparse.Namespace, count: int) -> Part:
    """A line with every fault it can have, wrong certificates, and a clock that jumps by ten years."""
    with closing(HostileLines(folder)) as subject:
        wrong = [one for kind in ("right", *CERTIFICATES) for one in subject.show_certificate(kind)]
        wrong += repeat(subject.run, range(asked.seed, asked.seed + count), asked, "line")
        return {
            "runs": count + 1 + len(CERTIFICATES),
            "violations": wrong,
            "faults": dict(sorted(subject.faults.items())),
            "clock_jumps": subject.jumps,
            "cases": len(subject.acknowledged),
        }


def corruption(folder: Path, asked: argparse.Namespace, count: int) -> Part:
    """A damaged queue file or log at start."""
    with closing(Corruption(folder)) as subject:
        wrong = repeat(subject.run, range(asked.seed, asked.seed + count), asked, "corruption")
        return {"runs": count, "violations": wrong, "outcomes": dict(sorted(subject.outcomes.items()))}


PARTS: dict[str, Callable[[Path, argparse.Namespace, int], Part]] = {
    "kill": kill,
    "power_cut": power_cut,
    "disk_full": disk_full,
    "line": line,
    "corruption": corruption,
}


def run(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All that was asked for, as one JSON object."""
    log = folder / "runs.log"
    logging.basicConfig(filename=log, level=logging.INFO)
    result: dict[str, Any] = {"seed": asked.seed}
    for name in [asked.only] if asked.only else PARTS:
        place = folder / name
        place.mkdir()
        begin = time.monotonic()
        try:
            part = PARTS[name](place, asked, (QUICK if asked.quick else FULL).get(name, 0))
        except NotAllowed as error:
            part = {"runs": 0, "violations": [], "not_allowed": str(error)}
            sys.stderr.write(f"{error}\n")
        result[name] = part | {"seconds": round(time.monotonic() - begin)}
    leaks = [one for name in PARTS for one in result.get(name, {}).get("violations", ()) if "gives away" in one]
    result["control_lost"] = result.get("power_cut", {}).get("control_lost")
    result["canaries_found"] = len(leaks) + len(traces_in(log))
    result["materials"] = "sent with their cases" if materials_are_sent() else "not tried: this version does not send them"
    return result | {"file_system": harness.file_system(folder), "machine": harness.machine()}


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = []
    for name in PARTS:
        if name in result:
            part = result[name]
            told = part.get("not_allowed") or f"{len(part['violations'])} violations"
            lines.append(f"{name:<12} {part['runs']:5d} runs  {told}")
            lines += [f"    {one}" for one in part["violations"]]
    return [*lines, f"canaries found: {result['canaries_found']}", f"materials: {result['materials']}"]


def counted(result: dict[str, Any]) -> dict[str, Any]:
    """For programs: ``violations`` is their number, and ``described`` tells each in words."""
    told = dict(result)
    for name in PARTS:
        if name in told:
            told[name] = told[name] | {"violations": len(told[name]["violations"]), "described": told[name]["violations"]}
    return told


def plot(result: dict[str, Any], path: Path | None) -> None:
    """Runs of each part, and how many of them violated anything."""
    with harness.figure(path, "Fault runs of each kind (blue), and violations (red)") as axes:
        if axes is not None:
            parts = [name for name in PARTS if name in result]
            drawn = axes.barh(parts, [result[name]["runs"] for name in parts], color="#1f5a96")
            violations = [len(result[name]["violations"]) for name in parts]
            axes.bar_label(
                drawn, [f"{bar.get_width():.0f} runs, {n} violations" for bar, n in zip(drawn, violations, strict=True)]
            )
            axes.barh(parts, violations, color="#b3261e")
            axes.margins(x=0.25)


def exit_code(result: dict[str, Any]) -> int:
    """1 for a violation, 2 for a part that this machine does not allow, else 0."""
    parts = [result[name] for name in PARTS if name in result]
    if result["canaries_found"] or any(part["violations"] for part in parts):
        return 1
    return 2 if any("not_allowed" in part for part in parts) else 0


def main() -> None:
    """Command line."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others follow")
    asked = parser.parse_args()
    # Ends like Ctrl-C: mounts, loop devices and processes are taken down on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with harness.work_folder(asked.dir) as folder:
        result = run(folder, asked)
    plot(result, asked.plot)
    harness.report(counted(result), words(result), asked)
    sys.exit(exit_code(result))


if __name__ == "__main__":
    main()
