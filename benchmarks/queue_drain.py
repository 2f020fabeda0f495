"""How fast a backlog drains: 10,000 cases of 4 KiB to a platform that acknowledges, on loopback and over a line of 100 ms round
trip.

Beside it, in the same run, what one would write first: one case a request over a kept connection (httpx). The terminal's whole
work is in it: claiming under a lease, reading, compressing, the signed token, checking each receipt, storing it, the audit
trail, syncing the disk. The other end is a process of its own (``ack_server``), and so is the long line (``delay_proxy``).
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from benchmarks import harness
from benchmarks.queue_world import draft, enrol, fresh_receipt_key
from contract.cases import Accepted, SealedCase, SubmitAnswer, SubmitCases
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient

ROUND_TRIP_S = 0.1


@contextlib.contextmanager
def process(module: str, *arguments: str, stdin: str = "") -> Iterator[int]:
    """A helper process that tells its port on stdout, and ends with its stdin."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        if running.stdin is None or running.stdout is None:
            raise SystemExit("a helper process has no pipes")
        running.stdin.write(stdin)
        running.stdin.flush()
        try:
            yield int(running.stdout.readline())
        finally:
            running.stdin.close()
            running.wait(10)


def drain(folder: Path, identities: IdentityStore, port: int, cases: int) -> float:
    """Cases a second from a full queue to an empty one."""
    with Outbox.open(folder / "queue.sqlite", identities, settings=QueueSettings(max_pending=10**9)) as outbox:
        for _ in range(cases):
            taken = outbox.accept(draft())
            if not isinstance(taken, CaseCommitted):
                raise SystemExit(f"not taken: {taken}")
        with PlatformClient(f"http://127.0.0.1:{port}", identities, outbox.platform_time) as line:
            begin = time.perf_counter()
            report = Syncer(outbox, line, identities).run_once()
            taken_s = time.perf_counter() - begin
        if report.delivered != cases or outbox.counts()[CaseState.ACCEPTED] != cases:
            raise SystemExit(f"not drained: {report}")
    return cases / taken_s


def sequential(folder: Path, identities: IdentityStore, port: int, cases: int) -> float:
    """Cases a second, one a request over one kept connection; receipts are read but not checked, nothing is stored."""
    with Outbox.open(folder / "sequential.sqlite", identities) as outbox:
        for _ in range(cases):
            outbox.accept(draft())
        sealed: list[SealedCase] = [
            claimed.case for claimed in outbox.claim("sequential", after_position=0, max_cases=cases, max_bytes=10**9)
        ]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        begin = time.perf_counter()
        for case in sealed:
            told = client.post("/v1/cases", content=msgspec.msgpack.encode(SubmitCases((case,))))
            answer = msgspec.msgpack.decode(told.content, type=SubmitAnswer)
            if not isinstance(answer.outcomes[0], Accepted):
                raise SystemExit("not acknowledged")
        return len(sealed) / (time.perf_counter() - begin)


def run(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All of it, as one JSON object."""
    cases = 1_000 if asked.quick else 10_000
    key = fresh_receipt_key()
    identities = enrol(folder / "identity", key.public_key().public_bytes_raw())
    secret = key.private_bytes_raw().hex() + "\n"
    with (
        process("benchmarks.ack_server", stdin=secret) as near,
        process("benchmarks.delay_proxy", str(near), str(ROUND_TRIP_S / 2)) as far,
    ):
        result: dict[str, Any] = {}
        for name, port, few in (("loopback", near, 400), ("rtt100", far, 40)):
            harness.say(asked, f"{name}: one at a time …")
            result[f"sequential_{name}_per_s"] = sequential(_new(folder / f"{name}-1"), identities, port, few)
            harness.say(asked, f"{name}: {cases} cases …")
            result[f"{name}_per_s"] = drain(_new(folder / name), identities, port, cases)
    return result | {
        "cases": cases,
        "ratio_loopback": result["loopback_per_s"] / result["sequential_loopback_per_s"],
        "ratio_rtt100": result["rtt100_per_s"] / result["sequential_rtt100_per_s"],
        "machine": harness.machine(),
    }


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    return [
        f"loopback       {result['loopback_per_s']:8.0f} cases/s   one at a time {result['sequential_loopback_per_s']:6.0f}"
        f"   {result['ratio_loopback']:.0f} x",
        f"100 ms away    {result['rtt100_per_s']:8.0f} cases/s   one at a time {result['sequential_rtt100_per_s']:6.1f}"
        f"   {result['ratio_rtt100']:.0f} x",
    ]


def plot(result: dict[str, Any], path: Path | None) -> None:
    """Four bars on a logarithmic scale."""
    with harness.figure(path, f"Draining {result['cases']} cases of 4 KiB, cases a second (log scale)") as axes:
        if axes is not None:
            names = ["100 ms away, one at a time", "100 ms away, this queue", "loopback, one at a time", "loopback, this queue"]
            keys = ["sequential_rtt100_per_s", "rtt100_per_s", "sequential_loopback_per_s", "loopback_per_s"]
            drawn = axes.barh(names, [result[key] for key in keys], color=["#7a8aa0", "#1f5a96"] * 2)
            axes.bar_label(drawn, fmt="%.0f", padding=4)
            axes.set_xscale("log")


def main() -> None:
    """Command line."""
    asked = harness.arguments(__doc__).parse_args()
    with harness.work_folder(asked.dir) as folder:
        result = run(folder, asked)
    plot(result, asked.plot)
    harness.report(result, words(result), asked)


if __name__ == "__main__":
    main()
