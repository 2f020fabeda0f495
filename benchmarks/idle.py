"""What it costs to keep five idle devices in service: CPU of the process that supervises them, as a share of one core.

The emulated devices run in processes of their own, the supervisors in this one, as the terminal has them: reader, printer and
scanner on pseudo terminals (``--tcp``: on TCP ports), a network camera at rest, a document printer behind a real CUPS where there
is one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import assets
from benchmarks import harness
from drivers.types import Deadline
from kiosk.config import Devices
from kiosk.services.bench import Bench
from kiosk.services.print_journal import PrintJournal
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipWriter

MEASURED_S, QUICK_S = 30.0, 5.0
LIMIT_PCT = 1.5
_ALL_ONLINE_S = 30.0
_STOP_S = 10.0


@contextmanager
def emulated(*words: str) -> Iterator[str]:
    """URL of a device emulated in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "emulate", *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    try:
        if process.stdout is None:
            raise SystemExit("no output to read the address from")
        line = process.stdout.readline()
        if not line.startswith("ready "):
            raise SystemExit(f"kiosk emulate {words[0]} does not come up")
        yield line.split()[1]
    finally:
        process.terminate()
        process.wait(_STOP_S)


def main() -> int:
    """Run as asked."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--tcp", action="store_true", help="serial devices on TCP ports")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        result = measure(_devices(stack, folder, use_tcp=asked.tcp), folder, asked)
    names = ", ".join(result["devices"])
    words = f"{result['cpu_pct']} % of a core for {names}, idle, over {result['seconds']} s (limit {LIMIT_PCT} %)"
    harness.report(result, [words], asked)
    return 0 if result["cpu_pct"] < LIMIT_PCT else 1


def _devices(stack: ExitStack, folder: Path, *, use_tcp: bool) -> Devices:
    line = () if use_tcp else ("--pty",)
    has_cups = any(Path(place, "cupsd").exists() for place in ("/usr/sbin", "/usr/local/sbin", "/usr/bin"))
    return Devices(
        id_card_reader=stack.enter_context(emulated("id-reader", *line)),
        receipt_printer=stack.enter_context(emulated("printer", "--paper-dir", str(folder / "slips"), *line)),
        barcode_scanner=stack.enter_context(emulated("scanner", *line)),
        camera=stack.enter_context(emulated("camera")),
        document_printer=stack.enter_context(emulated("document-printer", "--out-dir", str(folder / "a4"))) if has_cups else "",
    )


def measure(devices: Devices, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """CPU of this process while all devices are online and nobody uses them."""
    slips = SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), PrintJournal(folder / "prints.db"))
    bench = Bench(devices, slips)
    bench.start()
    try:
        patience = Deadline(_ALL_ONLINE_S)
        while not all(one.status.is_online for one in bench.supervisors.values()):
            if patience.is_over:
                raise SystemExit("not all devices came up")
            patience.sleep(0.1)
        Deadline(2.0).sleep(2.0)
        seconds = QUICK_S if asked.quick else MEASURED_S
        begun_cpu_s, begun_s = time.process_time(), time.monotonic()
        Deadline(seconds).sleep(seconds)
        share = (time.process_time() - begun_cpu_s) / (time.monotonic() - begun_s)
    finally:
        bench.close()
    return {
        "cpu_pct": round(share * 100, 3),
        "limit_pct": LIMIT_PCT,
        "seconds": seconds,
        "devices": sorted(bench.supervisors),
        "machine": harness.machine(),
    }


if __name__ == "__main__":
    sys.exit(main())
