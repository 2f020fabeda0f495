"""Decode rate and time of the path from pictures to codes, with zxing-cpp alone beside it in the same run.

    PYTHONPATH=. python -m benchmarks.codes [--dir DIR] [--json]

DIR holds folders of pictures with their expected text beside them (``7.png``, ``7.txt``); of a folder named ``falsepositives*``
nothing may be read. Files are read as ``kiosk read-code`` reads them (``read_codes``, thorough). Times are those of
``read_codes_live``, what a camera's frames go through, for drawn frames of 1920 x 1080 with and without a code, whose Chinese
texts in UTF-8 and GB18030 must come out exact on both paths.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import zxingcpp

from benchmarks.code_frames import chinese_texts, frame_with_code, frame_without_code
from benchmarks.harness import machine, median, percentile, say, timed
from drivers.barcode_scanner.image_codes import UnreadablePicture, read_codes, read_codes_file, read_codes_live
from drivers.types import Image

SAMPLES = Path(__file__).parents[2] / "shared" / "qr"
_PICTURES = {".png", ".webp", ".jpg", ".jpeg", ".bmp"}
_NOTHING_IN_IT = "falsepositives"
Read = tuple[bytes, str]
Reader = Callable[[Image], list[Read]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when something that must hold does not, 2 when there are no pictures where ``--dir`` says."""
    asked = _parse(arguments)
    folder = asked.dir or SAMPLES
    sets = [path for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    if not sets:
        print(f"no sets of pictures in {folder}", file=sys.stderr)
        if asked.dir:
            return 2
    result: dict[str, Any] = {"sets": {path.name: _count_set(path, asked) for path in sets}}
    result |= _measure_frames(6 if asked.quick else 60, asked)
    result["machine"] = machine()
    result["shortfalls"] = shortfalls(result)
    _report(result, asked)
    return 1 if result["shortfalls"] else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=None, help="folder of sets of pictures (default: the shared samples)")
    parser.add_argument("--quick", action="store_true", help="few drawn frames, to see that it works")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return parser.parse_args(arguments)


def shortfalls(result: dict[str, Any]) -> list[str]:
    """What must hold and does not, whatever the machine's speed; times are judged by who reads them."""
    found = []
    for name, counts in {**result["sets"], **result["frames"]}.items():
        if counts["exact"] < counts["zxing_exact"]:
            found.append(f"{name}: {counts['zxing_exact'] - counts['exact']} fewer than zxing-cpp alone")
        if name.startswith(_NOTHING_IN_IT) and (counts["false_hits"] or counts.get("live_false_hits")):
            found.append(f"{name}: something was read where nothing is")
    for name, counts in result["frames"].items():
        if not name.startswith(_NOTHING_IN_IT) and min(counts["exact"], counts["live_exact"]) < counts["images"]:
            found.append(f"{name}: not all exact")
    return found


def _count_set(folder: Path, asked: argparse.Namespace) -> dict[str, int]:
    """``false_hits``: codes read where there are none; in other sets, pictures of which only something else was read."""
    say(asked, f"{folder.name} …")
    counts = {"images": 0, "exact": 0, "false_hits": 0, "zxing_exact": 0, "zxing_false_hits": 0}
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES):
        expected = _expected(path)
        counts["images"] += 1
        for prefix, found in (("", _read_file(path)), ("zxing_", _read_file_with_zxing(path))):
            if folder.name.startswith(_NOTHING_IN_IT):
                counts[f"{prefix}false_hits"] += len(found)
            elif expected is not None:
                is_exact = any(expected in both for both in found)
                counts[f"{prefix}exact"] += is_exact
                counts[f"{prefix}false_hits"] += bool(found) and not is_exact
    return counts


def _expected(picture: Path) -> str | bytes | None:
    """The text beside a picture, or the bytes (``7.bin``); ``None`` where nothing says what is in it."""
    text, raw = picture.with_suffix(".txt"), picture.with_suffix(".bin")
    if text.exists():
        data = text.read_bytes()
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data
    return raw.read_bytes() if raw.exists() else None


def _read_file(path: Path) -> list[Read]:
    found = read_codes_file(path)
    return [] if isinstance(found, UnreadablePicture) else [(code.raw, code.text) for code in found]


def _read_file_with_zxing(path: Path) -> list[Read]:
    """The peer gets the picture on white paper, as we do: most of what is transparent would be lost to it otherwise."""
    try:
        with PIL.Image.open(path) as picture:
            paper = PIL.Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            return _zxing_alone(np.asarray(paper.convert("L"), np.uint8))
    except (OSError, SyntaxError, ValueError):
        return []


def _zxing_alone(image: Image) -> list[Read]:
    return [(barcode.bytes, barcode.text) for barcode in zxingcpp.read_barcodes(image) if barcode.valid]


def _measure_frames(count: int, asked: argparse.Namespace) -> dict[str, Any]:
    readers: dict[str, Reader] = {
        "": lambda frame: [(code.raw, code.text) for code in read_codes(frame)],
        "live_": lambda frame: [(code.raw, code.text) for code in read_codes_live(frame)],
        "zxing_": _zxing_alone,
    }
    sets: dict[str, dict[str, int]] = {}
    times: dict[tuple[str, str], list[float]] = {}
    for kind in ("utf-8", "gb18030", None):
        name = f"chinese-{kind}" if kind else f"{_NOTHING_IN_IT}-drawn"
        say(asked, f"{name} …")
        counts = {"images": 0} | {f"{prefix}{what}": 0 for prefix in readers for what in ("exact", "false_hits")}
        for seed, text in enumerate(chinese_texts(count, seed=len(sets))):
            frame = frame_with_code(text.encode(kind), seed) if kind else frame_without_code(seed)
            counts["images"] += 1
            for prefix, reader in readers.items():
                _read_frame(reader, frame, text if kind else None, counts, prefix, times)
        sets[name] = counts
    return {"frames": sets} | _times(times)


def _read_frame(
    reader: Reader,
    frame: Image,
    expected: str | None,
    counts: dict[str, int],
    prefix: str,
    times: dict[tuple[str, str], list[float]],
) -> None:
    found: list[Read] = []
    took_us = timed(lambda: found.extend(reader(frame)))
    texts = [text for _, text in found]
    times.setdefault((prefix, "without" if expected is None else "with"), []).append(took_us / 1000)
    counts[f"{prefix}exact"] += expected in texts
    counts[f"{prefix}false_hits"] += len([text for text in texts if text != expected])


def _times(times: dict[tuple[str, str], list[float]]) -> dict[str, float]:
    """``ms_with`` and ``ms_without`` are those of the live path; medians, and the 95th percentile of it."""
    found = {}
    for (prefix, kind), values in times.items():
        name = {"": "thorough_ms_", "live_": "ms_", "zxing_": "zxing_ms_"}[prefix] + kind
        found[name] = round(median(values), 2)
        if prefix == "live_":
            found[f"{name}_p95"] = round(percentile(values, 95), 2)
    return found


def _report(result: dict[str, Any], asked: argparse.Namespace) -> None:
    if asked.json:
        print(json.dumps(result))
        return
    for name, counts in {**result["sets"], **result["frames"]}.items():
        live = f", live {counts['live_exact']}" if "live_exact" in counts else ""
        print(
            f"{name}: {counts['exact']} of {counts['images']} exact{live}, zxing-cpp alone {counts['zxing_exact']}; "
            f"false hits {counts['false_hits']}, zxing-cpp alone {counts['zxing_false_hits']}"
        )
    for kind in ("with", "without"):
        print(
            f"1080p frame {kind} a code: live {result[f'ms_{kind}']} ms (95 % within {result[f'ms_{kind}_p95']}), "
            f"thorough {result[f'thorough_ms_{kind}']} ms, zxing-cpp alone {result[f'zxing_ms_{kind}']} ms"
        )
    for words in result["shortfalls"]:
        print(f"SHORTFALL: {words}")


if __name__ == "__main__":
    sys.exit(main())
