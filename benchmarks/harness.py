"""What all benchmarks share: percentiles, a folder on a real disk, the machine's description, output and plots."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

PLOTS = Path("docs/pictures")


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """The options every benchmark has."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument(
        "--dir", type=Path, default=None, help="work in this folder (default: a new one where the program stands)"
    )
    parser.add_argument("--plot", type=Path, default=None, metavar="FILE", help="write a picture of the result")
    return parser


@contextlib.contextmanager
def work_folder(asked: Path | None) -> Iterator[Path]:
    """A new folder on a disk, removed afterwards. Memory file systems are refused: their sync costs nothing and keeps nothing."""
    base = asked or Path.cwd()
    base.mkdir(parents=True, exist_ok=True)
    if file_system(base) in {"tmpfs", "ramfs"}:
        raise SystemExit(f"{base} is no disk ({file_system(base)}); name a folder on one with --dir")
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=base) as name:
        yield Path(name)


def file_system(folder: Path) -> str:
    """Kind of the file system that ``folder`` lies on, as the kernel names it."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [(len(fields[1]), fields[2]) for fields in mounts if _holds(Path(fields[1]), folder.resolve())]
    return max(holding)[1] if holding else "unknown"


def _holds(mount: Path, folder: Path) -> bool:
    return mount == folder or mount in folder.parents


def timed(work: Callable[[], object]) -> float:
    """Microseconds that ``work`` took."""
    begin = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begin) / 1000


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which ``percent`` of all lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def machine() -> dict[str, Any]:
    """What the figures were measured on, without a name of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {"cores": os.cpu_count(), "memory_gib": memory, "python": platform.python_version(), "kernel": platform.release()}


def report(result: dict[str, Any], lines: Sequence[str], asked: argparse.Namespace) -> None:
    """Print the result, for a program or for people."""
    if asked.json:
        print(json.dumps(result))
        return
    for line in lines:
        print(line)


def say(asked: argparse.Namespace, words: str) -> None:
    """Progress, on stderr, when a person watches."""
    if not asked.json:
        print(words, file=sys.stderr)


@contextlib.contextmanager
def figure(path: Path | None, title: str) -> Iterator[Any]:
    """A matplotlib figure that is written to ``path``; nothing is drawn without one."""
    if path is None:
        yield None
        return
    import matplotlib as mpl  # only needed for pictures, and slow to load

    mpl.use("Agg")
    from matplotlib import pyplot

    canvas, axes = pyplot.subplots(figsize=(9, 4.5), dpi=120)
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    yield axes
    canvas.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.savefig(path)
    pyplot.close(canvas)
