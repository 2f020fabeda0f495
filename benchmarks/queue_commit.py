"""What it costs to take a case: one of 4 KiB, sealed, signed and durable, against a raw append of 4 KiB and against peers.

Everything runs in turn, a few of each at a time, so that all see the same disk. ``ratio`` leaves sealing and signing out, for
these are processor time the append does not have; ``commit_us`` includes them. A material of 300 KiB is held against write,
fsync and rename of the same bytes, its sealing left out too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import harness, queue_peers
from benchmarks.queue_world import draft, enrol, fresh_receipt_key
from offline_queue import acceptance, materials
from offline_queue.models import CaseCommitted, MaterialDraft, MaterialKept
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox

BLOCK = 20
MATERIAL_BYTES = 300 * 1024


class SealingWatch:
    """Takes the time of every sealing: encoding, sealing, signing and wiping the plain copy, none of which an append has."""

    def __init__(self) -> None:
        self.times: list[float] = []
        acceptance.Acceptance._seal = self._watched(acceptance.Acceptance._seal)  # type: ignore[method-assign]
        materials.MaterialStore.seal = self._watched(materials.MaterialStore.seal)  # type: ignore[method-assign,assignment]

    def _watched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any) -> Any:
            result: list[Any] = []
            self.times.append(harness.timed(lambda: result.append(original(*given))))
            return result[0]

        return watched


class RawFile:
    """4 KiB at a time, each followed by fdatasync: appended, or written over a file that has its blocks already."""

    def __init__(self, path: Path, *, blocks: int = 0) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._blocks, self._next = blocks, 0
        self._body = os.urandom(4096)
        for _ in range(blocks):
            os.write(self._file, self._body)
        os.fsync(self._file)

    def put(self, _: bytes = b"") -> None:
        """Write the next block and sync it."""
        os.pwrite(self._file, self._body, (self._next % self._blocks if self._blocks else self._next) * 4096)
        self._next += 1
        os.fdatasync(self._file)


def put_raw_material(folder: Path, content: bytes, number: int) -> None:
    """Write, fsync, rename."""
    path = folder / f"raw-{number}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(file, content)
    os.fsync(file)
    os.close(file)
    path.rename(folder / f"raw-{number}.done")


def measure_commits(outbox: Outbox, folder: Path, watch: SealingWatch, rounds: int) -> dict[str, list[float]]:
    """Times in microseconds of everything that is compared, by name. The first round of each warms up and does not count."""
    case = draft()
    append, overwrite = RawFile(folder / "append"), RawFile(folder / "overwrite", blocks=1000)
    body = os.urandom(4096)
    puts: dict[str, Callable[[bytes], object]] = {"append": append.put, "overwrite": overwrite.put}
    puts |= {name: make(folder) for name, make in queue_peers.PEERS.items()}
    times: dict[str, list[float]] = {name: [] for name in (*puts, "commit", "seal", "net")}
    for number in range(rounds + 1):
        for name, put in puts.items():
            block = [harness.timed(lambda put=put: put(body)) for _ in range(BLOCK)]  # type: ignore[misc]
            times[name] += block if number else []
        watch.times.clear()
        block = [harness.timed(lambda: _taken(outbox.accept(case))) for _ in range(BLOCK)]
        if number:
            times["commit"] += block
            times["seal"] += watch.times
            times["net"] += [whole - seal for whole, seal in zip(block, watch.times, strict=True)]
    return times


def _taken(outcome: object) -> None:
    if not isinstance(outcome, CaseCommitted | MaterialKept):
        raise SystemExit(f"not taken: {outcome}")


def measure_materials(outbox: Outbox, folder: Path, watch: SealingWatch, count: int) -> tuple[list[float], list[float]]:
    """Microseconds of a raw file and of a material without its sealing, in turn."""
    content = os.urandom(MATERIAL_BYTES)
    raw, net = [], []
    for number in range(count):
        raw.append(harness.timed(lambda number=number: put_raw_material(folder, content, number)))  # type: ignore[misc]
        watch.times.clear()
        kept = MaterialDraft(kind="scan", name="测试", media_type="image/jpeg", content=bytearray(content))
        whole = harness.timed(lambda kept=kept: _taken(outbox.materials.keep(kept)))  # type: ignore[misc]
        net.append(whole - watch.times[0])
    return raw, net


def run(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All of it, as one JSON object."""
    watch = SealingWatch()
    identities = enrol(folder / "identity", fresh_receipt_key().public_key().public_bytes_raw())
    with Outbox.open(folder / "queue.sqlite", identities, settings=QueueSettings(max_pending=10**9)) as outbox:
        for _ in range(20 if asked.quick else 600):  # the log has been written once and is written over from now on
            _taken(outbox.accept(draft()))
        harness.say(asked, "commits …")
        times = measure_commits(outbox, folder, watch, 5 if asked.quick else 60)
        harness.say(asked, "materials …")
        raw, material = measure_materials(outbox, folder, watch, 40 if asked.quick else 400)
    middle = {name: harness.median(values) for name, values in times.items()}
    append = middle["append"]
    return {
        "append_us": append,
        "append_p99_us": harness.percentile(times["append"], 99),
        "overwrite_us": middle["overwrite"],
        "seal_us": middle["seal"],
        "commit_us": middle["commit"],
        "p99_us": harness.percentile(times["commit"], 99),
        "p99_ratio": harness.percentile(times["commit"], 99) / middle["commit"],
        "net_us": middle["net"],
        "ratio": (middle["commit"] - middle["seal"]) / append,
        "ratio_to_overwrite": (middle["commit"] - middle["seal"]) / middle["overwrite"],
        "raw_material_us": harness.median(raw),
        "material_us": harness.median(material),
        "material_p99_ratio": harness.percentile(material, 99) / harness.median(material),
        "material_ratio": harness.median(material) / harness.median(raw),
        "peers": {
            name: {"us": middle[name], "ratio": middle[name] / append, "durable": queue_peers.is_durable(name)}
            for name in queue_peers.PEERS
        },
        "commits": len(times["commit"]),
        "file_system": harness.file_system(folder),
        "machine": harness.machine(),
    }


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = [
        f"append 4 KiB + fdatasync   {result['append_us']:7.0f} µs   (p99 {result['append_p99_us']:.0f})",
        f"overwrite + fdatasync      {result['overwrite_us']:7.0f} µs",
        f"case committed             {result['commit_us']:7.0f} µs   (p99 {result['p99_us']:.0f}, {result['p99_ratio']:.1f}x)",
        f"  of it sealing, signing   {result['seal_us']:7.0f} µs",
        f"  without it, to append    {result['ratio']:7.2f} x    to overwrite {result['ratio_to_overwrite']:.2f} x",
        f"300 KiB material, to raw   {result['material_ratio']:7.2f} x    (p99 {result['material_p99_ratio']:.1f}x its median)",
    ]
    for name, peer in result["peers"].items():
        durable = {True: "durable", False: "NOT durable", None: "durability not checked"}[peer["durable"]]
        lines.append(f"{name:<30} {peer['us']:7.0f} µs   {peer['ratio']:.2f} x   {durable}")
    return lines


def plot(result: dict[str, Any], path: Path | None) -> None:
    """Bars in microseconds; what is not durable is pale."""
    bars = [("append 4 KiB + fdatasync", result["append_us"], True), ("overwrite + fdatasync", result["overwrite_us"], True)]
    bars += [
        ("this queue, without sealing", result["net_us"], True),
        ("this queue, sealed and signed", result["commit_us"], True),
    ]
    bars += [(name, peer["us"], peer["durable"] is not False) for name, peer in result["peers"].items()]
    with harness.figure(path, "Making one record of 4 KiB durable, median µs (pale: not durable)") as axes:
        if axes is not None:
            bars.sort(key=lambda bar: -float(bar[1]))
            colours = [("#1f5a96" if "this queue" in name else "#7a8aa0") if durable else "#d5dbe3" for name, _, durable in bars]
            drawn = axes.barh([name for name, _, _ in bars], [us for _, us, _ in bars], color=colours)
            axes.bar_label(drawn, fmt="%.0f", padding=4)


def main() -> None:
    """Command line."""
    asked = harness.arguments(__doc__).parse_args()
    with harness.work_folder(asked.dir) as folder:
        result = run(folder, asked)
    plot(result, asked.plot)
    harness.report(result, words(result), asked)


if __name__ == "__main__":
    main()
