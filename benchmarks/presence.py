"""What it costs to know that somebody is still there: CPU of the terminal's process, as a share of one core.

A network camera in a process of its own (640x480, motion JPEG) is looked at as during a visit, two pictures a second; for
comparison the same with every picture decoded. ``detector_ms`` is the comparison of two pictures alone.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import Any

import numpy as np

from benchmarks import harness
from benchmarks.idle import emulated
from drivers.camera.factory import open_camera
from drivers.presence.motion import PICTURES_PER_S, MotionSensor, has_moved, mosaic_of
from drivers.types import Deadline

MEASURED_S, QUICK_S = 20.0, 5.0
LIMIT_PCT = 3.0
_SIZES = {"640x480": (480, 640, 3), "1920x1080": (1080, 1920, 3)}
_ROUNDS = 200


def share_pct(url: str, pictures_per_s: float, seconds: float) -> float:
    """CPU of this process while it looks, after the camera has come up."""
    camera = open_camera(url)
    sensor = MotionSensor(camera, pictures_per_s)
    sensor.start()
    sensor.look(Deadline(30.0))
    ends, cpu_s, begun_s = Deadline(seconds), time.process_time(), time.monotonic()
    while not ends.is_over:
        sensor.look(Deadline(2.0))
        ends.sleep(1.0 / PICTURES_PER_S)
    pct = 100.0 * (time.process_time() - cpu_s) / (time.monotonic() - begun_s)
    sensor.stop()
    return round(pct, 2)


def detector_ms(shape: tuple[int, ...]) -> float:
    """To reduce one picture and compare it, median."""
    noise = np.random.default_rng(1)
    pictures = [noise.integers(40, 200, shape, np.uint8) for _ in range(4)]
    before, took = mosaic_of(pictures[0]), []
    for number in range(_ROUNDS):
        begun_s = time.perf_counter()
        now = mosaic_of(pictures[number % 4])
        has_moved(before, now)
        took.append(time.perf_counter() - begun_s)
        before = now
    return round(1000.0 * float(np.median(took)), 3)


def measure(seconds: float) -> dict[str, Any]:
    """All of it."""
    with ExitStack() as stack:
        url = stack.enter_context(emulated("camera"))
        return {
            "cpu_pct": share_pct(url, PICTURES_PER_S, seconds),
            "cpu_pct_all_pictures": share_pct(url, 0.0, seconds),
            "detector_ms": {name: detector_ms(shape) for name, shape in _SIZES.items()},
            "pictures_per_s": PICTURES_PER_S,
            "seconds": seconds,
        }


def main() -> int:
    """Command line; exit code 0 when it stays below the limit."""
    asked = harness.arguments(__doc__).parse_args()
    result = measure(QUICK_S if asked.quick else MEASURED_S)
    words = [
        f"{result['cpu_pct']} % of a core at {PICTURES_PER_S:g} pictures a second (limit {LIMIT_PCT} %)",
        f"{result['cpu_pct_all_pictures']} % with every picture decoded; detector alone {result['detector_ms']} ms a picture",
    ]
    harness.report(result | {"machine": harness.machine()}, words, asked)
    return 0 if result["cpu_pct"] < LIMIT_PCT else 1


if __name__ == "__main__":
    sys.exit(main())
