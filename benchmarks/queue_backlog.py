"""What a backlog costs: opening the queue, taking one more case and sending some, with 0 to 1,000,000 cases of 4 KiB pending.

Each size is measured in a process of its own: time to open, median time to take a case, and the highest memory above that of the
program before it opened anything, while it takes 300 cases, drains 5,000 and makes the daily digest.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import harness
from benchmarks.queue_drain import process
from benchmarks.queue_world import draft, enrol, fresh_receipt_key
from contract.cases import CaseHeader, SealedCase
from offline_queue.case_rows import insert_case
from offline_queue.identity import IdentityStore
from offline_queue.ledger import read_trail
from offline_queue.models import CaseCommitted, CaseDraft
from offline_queue.settings import QueueSettings, SyncSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient

SETTINGS = QueueSettings(max_pending=10**9, disk_reserve_bytes=0, disk_floor_bytes=0)
_FILL_BATCH = 5_000
_DRAINED = 5_000


def memory_mib(field: str) -> float:
    """``VmRSS`` or ``VmHWM`` of this process."""
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def fill(outbox: Outbox, pending: int) -> None:
    """Bring the queue to ``pending`` cases, quickly: the same sealed bytes under ever new ids and numbers."""
    missing = pending - outbox.pending_count()
    if missing <= 0:
        return
    pattern = outbox.accept(draft())
    if not isinstance(pattern, CaseCommitted):
        raise SystemExit(f"not taken: {pattern}")
    database = outbox._database
    with database.read() as connection:
        parts = connection.execute("SELECT header, sealed, signature FROM envelopes ORDER BY position DESC LIMIT 1").fetchone()
    case = SealedCase(*parts)
    header = msgspec.json.decode(case.header, type=CaseHeader)
    ids, done = outbox._acceptance.case_ids, 1
    while done < missing:
        now = outbox._clock.now()
        with database.write() as connection:
            trail = read_trail(connection)
            for _ in range(min(_FILL_BATCH, missing - done)):
                done += 1
                made = msgspec.structs.replace(header, case_id=ids.next(now.wall_ms), sequence=header.sequence + done - 1)
                sealed = SealedCase(msgspec.json.encode(made), case.sealed, case.signature)
                entry = trail.add(now, made.case_id, "", CaseState.COMMITTED, "committed")
                insert_case(connection, made, sealed, sealed.digest, entry, CaseState.COMMITTED)
            trail.write(connection)


def measure(folder: Path, port: int) -> dict[str, float]:
    """In a process of its own: what this queue costs."""
    identities = IdentityStore(folder / "identity")
    case = draft()
    before_mib = memory_mib("VmRSS")
    begin = time.perf_counter()
    outbox = Outbox.open(folder / "queue.sqlite", identities, settings=SETTINGS)
    open_s = time.perf_counter() - begin
    with outbox:
        pending = outbox.pending_count()
        commits = [harness.timed(lambda: outbox.accept(case)) for _ in range(300)]
        after_writes = [_after_another_write(outbox, case, number) for number in range(100)]
        with PlatformClient(f"http://127.0.0.1:{port}", identities, outbox.platform_time) as line:
            syncer = Syncer(outbox, line, identities, settings=SyncSettings())
            target = max(0, outbox.pending_count() - _DRAINED)
            syncer.stop_when(lambda: outbox.pending_count() <= target)
            begin = time.perf_counter()
            report = syncer.run_once()
            drain_per_s = report.delivered / (time.perf_counter() - begin)
        begin = time.perf_counter()
        outbox.reconciliation.digest()
        digest_s = time.perf_counter() - begin
        rss_mib = memory_mib("VmHWM") - before_mib
    return {
        "pending": pending,
        "open_s": open_s,
        "commit_us": harness.median(commits),
        "commit_after_write_us": harness.median(after_writes),
        "rss_mib": rss_mib,
        "drain_per_s": drain_per_s,
        "digest_s": digest_s,
    }


def _after_another_write(outbox: Outbox, case: CaseDraft, number: int) -> float:
    """Microseconds to take a case when something else was written before, so that nothing is known any more from the last one."""
    outbox.rate(f"nobody's case {number}", 5)
    return harness.timed(lambda: outbox.accept(case))


def run(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All sizes, as one JSON object with a list a figure."""
    sizes = [0, 1_000, 10_000] if asked.quick else [0, 10_000, 100_000, 1_000_000]
    key = fresh_receipt_key()
    identities = enrol(folder / "identity", key.public_key().public_bytes_raw())
    rows: list[dict[str, float]] = []
    with process("benchmarks.ack_server", stdin=key.private_bytes_raw().hex() + "\n") as port:
        for size in sizes:
            harness.say(asked, f"{size} pending: filling …")
            with Outbox.open(folder / "queue.sqlite", identities, settings=SETTINGS) as outbox:
                fill(outbox, size)
            harness.say(asked, f"{size} pending: measuring …")
            command = [sys.executable, "-m", "benchmarks.queue_backlog", "--measure", str(folder), str(port)]
            rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    result: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    return result | {
        "file_gib": (folder / "queue.sqlite").stat().st_size / 2**30,
        "machine": harness.machine(),
    }


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = ["   pending    open s   commit µs   memory MiB   drain /s   digest s"]
    columns = ("pending", "open_s", "commit_us", "rss_mib", "drain_per_s", "digest_s")
    for pending, open_s, commit_us, rss_mib, drain_per_s, digest_s in zip(*(result[name] for name in columns), strict=True):
        lines.append(f"{pending:10.0f}  {open_s:8.3f}  {commit_us:10.0f}  {rss_mib:11.1f}  {drain_per_s:9.0f}  {digest_s:9.2f}")
    return [*lines, f"file: {result['file_gib']:.2f} GiB"]


def plot(result: dict[str, Any], path: Path | None) -> None:
    """Commit time and memory over the backlog."""
    with harness.figure(path, "Taking one more case (µs, blue) and memory (MiB, orange) over the backlog") as axes:
        if axes is not None:
            places = [max(1, pending) for pending in result["pending"]]
            axes.plot(places, result["commit_us"], "o-", color="#1f5a96")
            axes.set_xscale("log")
            axes.set_ylim(0, 1.2 * max(result["commit_us"]))
            axes.set_xlabel("cases pending")
            beside = axes.twinx()
            beside.plot(places, result["rss_mib"], "s--", color="#c46a1b")
            beside.set_ylim(0, 80)


def main() -> None:
    """Command line."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(Path(asked.measure[0]), int(asked.measure[1]))))
        return
    with harness.work_folder(asked.dir) as folder:
        result = run(folder, asked)
    plot(result, asked.plot)
    harness.report(result, words(result), asked)


if __name__ == "__main__":
    main()
