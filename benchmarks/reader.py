"""From the card on the reader to its typed record, against what the frames alone take on the line; and what watching it costs.

The true driver reads over a pseudo terminal that lets bytes pass at 115200 baud, as a UART does. ``wire_ms`` is the pure time of
all frames of that read in both directions, ten bits a byte: find, select, read, 1,359 bytes in all. The card lies there before
the driver is asked, so no waiting for a person is in it. The emulated module stands in a process of its own and thinks for no
time: what is left over is the driver's, the operating system's and the emulator's.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import harness
from drivers.emulation.host import PtyHost
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.id_card_reader.protocol import Command, build_request, longest_answer_bytes
from drivers.id_card_reader.types import CardRead
from drivers.types import Deadline

BAUDRATE = 115200
BITS_PER_BYTE = 10
LIMIT_PCT = 8.0
POLL_EVERY_S = 1.0
COMMANDS = (Command.FIND, Command.SELECT, Command.READ)


def wire_ms() -> float:
    """Time of the frames of one read on the line."""
    count = sum(len(build_request(command)) + longest_answer_bytes(command) for command in COMMANDS)
    return count * BITS_PER_BYTE / BAUDRATE * 1000


def module(control: Connection) -> None:
    """The emulated module, in its own process: lays a fresh card down when told, ends at the end of the control line."""
    emulator = IdReaderEmulator()
    card = sample_card(packaged_portrait())
    with PtyHost(emulator, paced_baudrate=BAUDRATE) as host:
        control.send(host.url)
        while control.recv():
            emulator.put_card(card)
            control.send(True)


@contextmanager
def reader_with_cards() -> Iterator[tuple[SamVIdCardReader, Connection]]:
    """The driver on that module; sending ``True`` lays a fresh card down, and is answered when it lies there."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=module, args=(there,), daemon=True)
    process.start()
    reader = SamVIdCardReader.create(here.recv(), BAUDRATE)
    try:
        yield reader, here
    finally:
        reader.close()
        here.send(False)
        process.join(10.0)


def measure_reads(reader: SamVIdCardReader, cards: Connection, count: int) -> list[float]:
    """Milliseconds of each read; the first two warm up and do not count."""
    times = []
    for _ in range(count + 2):
        cards.send(True)
        cards.recv()
        begun_s = time.perf_counter()
        outcome = reader.read(Deadline(10.0))
        times.append((time.perf_counter() - begun_s) * 1000)
        if not isinstance(outcome, CardRead) or outcome.photo is None:
            raise SystemExit(f"not read: {outcome}")
        Deadline(0.05).sleep(0.05)  # the find that is sent behind a read is answered before the next one begins
    return times[2:]


def measure_idle(reader: SamVIdCardReader, seconds: float) -> float:
    """Percent of one core while the reader is asked for its state once a second, as the terminal does."""
    ends = Deadline(seconds)
    begun_cpu_s, begun_s = time.process_time(), time.monotonic()
    while not ends.is_over:
        if not reader.status().is_online:
            raise SystemExit("the reader went offline")
        ends.sleep(POLL_EVERY_S)
    return (time.process_time() - begun_cpu_s) / (time.monotonic() - begun_s) * 100


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """All of it, as one JSON object."""
    with reader_with_cards() as (reader, cards):
        harness.say(asked, "reads …")
        times = measure_reads(reader, cards, 10 if asked.quick else 200)
        harness.say(asked, "idle …")
        idle_pct = measure_idle(reader, 3.0 if asked.quick else 30.0)
    limit, middle = wire_ms(), harness.median(times)
    return {
        "wire_ms": round(limit, 3),
        "read_ms": round(middle, 3),
        "overhead_pct": round((middle / limit - 1) * 100, 2),
        "limit_pct": LIMIT_PCT,
        "read_p99_ms": round(harness.percentile(times, 99), 3),
        "reads": len(times),
        "idle_cpu_pct": round(idle_pct, 3),
        "machine": harness.machine(),
    }


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    return [
        f"frames alone at {BAUDRATE} baud   {result['wire_ms']:8.2f} ms",
        f"card to typed record         {result['read_ms']:8.2f} ms    ({result['reads']} reads, p99 {result['read_p99_ms']:.2f})",
        f"over the wire                {result['overhead_pct']:8.2f} %    (limit {LIMIT_PCT:g} %)",
        f"asked once a second          {result['idle_cpu_pct']:8.3f} %    of one core",
    ]


def plot(result: dict[str, Any], path: Path | None) -> None:
    """Two bars: the line alone, and the whole read."""
    with harness.figure(
        path, f"Card to typed record at {BAUDRATE} baud, ms ({result['overhead_pct']:.1f} % over the wire)"
    ) as axes:
        if axes is not None:
            drawn = axes.barh(
                ["whole read", "frames alone"], [result["read_ms"], result["wire_ms"]], color=["#1f5a96", "#7a8aa0"]
            )
            axes.bar_label(drawn, fmt="%.1f", padding=4)


def main() -> None:
    """Command line."""
    asked = harness.arguments(__doc__).parse_args()
    result = run(asked)
    plot(result, asked.plot)
    harness.report(result, words(result), asked)


if __name__ == "__main__":
    main()
