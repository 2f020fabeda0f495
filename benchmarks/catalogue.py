"""A catalogue of 2,000 items: read, searched, decided, and what it takes in memory.

The items are generated from the packaged ones and read as the platform publishes large catalogues: one JSON file an item. Beside
the reading stands the time that decoding the same bytes takes by itself. ``python -m benchmarks.catalogue [--items N] [--json]``
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import yaml
from stdnum.cn import uscc

import assets
from benchmarks.harness import machine

FOLDER = assets.ROOT / "catalogue"
LIMITS = {"read_s": 1.5, "search_p95_ms": 30.0, "decide_p95_ms": 10.0, "memory_mib": 80.0}
_SEARCHES = 400
_DECISIONS = 2_000


def generated(count: int) -> dict[str, str]:
    """``count`` items as JSON files by path, each with names, codes and words of its own."""
    source = random.Random(7)
    files = {}
    for path in FOLDER.rglob("*.yaml"):
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        files[path.relative_to(FOLDER).with_suffix(".json").as_posix()] = content
    base = [content for path, content in files.items() if path.startswith("items/")]
    parts = "证明登记补贴查询变更许可备案申领年审转移预约缴费核验公示招标培训补办注销续期"
    for number in range(count - len(base)):
        item = json.loads(json.dumps(source.choice(base), default=str))
        name = "".join(source.choice(parts) for _ in range(6)) + str(number)
        base_code = item["code"][:19] + f"33{source.choice(('01', '05', '20'))}{number % 100_000:05d}{2 + number // 100_000:03d}"
        uscc.validate(base_code[:18])
        item |= {"id": f"generated_{number}", "number": 1000 + number, "code": base_code, "task_handle_item": base_code + "01"}
        item["name"] = {"zh": name, "en": f"Generated matter {number}"}
        item["short_name"] = {"zh": name[:4] + str(number), "en": f"Matter {number}"}
        item["aliases"] = [name[2:5] + str(number), f"别名{number}"]
        files[f"items/generated-{number}.json"] = item
    return {path: json.dumps(content, ensure_ascii=False, default=str) for path, content in files.items()}


def _memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path) -> dict[str, float]:
    """In a process of its own, so that the memory is the catalogue's."""
    from kiosk.catalogue.deciding import Gathered, Handed, Means, material_lines
    from kiosk.catalogue.reading import read
    from kiosk.catalogue.search import SearchIndex

    texts = msgspec.json.decode((folder / "files.json").read_bytes(), type=dict[str, str])
    began = time.perf_counter()
    for text in texts.values():
        msgspec.json.decode(text)
    decode_s = time.perf_counter() - began
    before = _memory_mib()
    began = time.perf_counter()
    catalogue = read(texts)
    read_s = time.perf_counter() - began
    catalogue_mib = _memory_mib() - before
    began = time.perf_counter()
    index = SearchIndex(catalogue)
    index_s = time.perf_counter() - began
    memory_mib = _memory_mib() - before
    source = random.Random(3)
    searches = []
    for _ in range(_SEARCHES):
        item = source.choice(catalogue.items)
        words = source.choice((item.name.zh, item.name.zh[1:4], item.name.en, item.aliases[0], "sbzm", "老人政", "jvzhuzheng"))
        began = time.perf_counter()
        index.search(words)
        searches.append(time.perf_counter() - began)
    decisions = []
    for _ in range(_DECISIONS):
        item = source.choice(catalogue.items)
        facts = catalogue.rules.complete({"household": source.choice(("local", "other")), "age": source.randrange(100)})
        began = time.perf_counter()
        material_lines(item, catalogue.rules, facts, Handed(), Means(), Gathered())
        decisions.append(time.perf_counter() - began)
    return {
        "items": float(len(catalogue.items)),
        "read_s": round(read_s, 3),
        "decode_alone_s": round(decode_s, 3),
        "read_to_decode": round(read_s / decode_s, 1),
        "index_s": round(index_s, 3),
        "search_p95_ms": round(1000 * statistics.quantiles(searches, n=20)[18], 2),
        "search_median_ms": round(1000 * statistics.median(searches), 2),
        "decide_p95_ms": round(1000 * statistics.quantiles(decisions, n=20)[18], 3),
        "catalogue_mib": round(catalogue_mib, 1),
        "memory_mib": round(memory_mib, 1),
    }


def main() -> int:
    """Generate, measure in a fresh process, and hold against the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure)))
        return 0
    import tempfile

    with tempfile.TemporaryDirectory(prefix="oueban-catalogue-") as folder:
        Path(folder, "files.json").write_bytes(msgspec.json.encode(generated(asked.items)))
        command = [sys.executable, "-m", "benchmarks.catalogue", "--measure", folder]
        told: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    failed = [name for name, limit in LIMITS.items() if told[name] > limit]
    if asked.json:
        print(json.dumps(told | {"limits": LIMITS, "failed": failed, "machine": machine()}))
    else:
        for name, value in told.items():
            print(f"{name:<18} {value:>9}  {'limit ' + str(LIMITS[name]) if name in LIMITS else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
