"""A technician's tool: ``python -m drivers.camera status|snapshot-size --url URL [--json]``. It writes no picture anywhere."""

from __future__ import annotations

import argparse
import json
import sys

from drivers.camera.factory import open_camera
from drivers.errors import DeviceError
from drivers.types import Deadline

_OPEN_S = 15.0
_MEASURE_S = 2.0


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; 0 when the camera delivers, 1 when it does not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m drivers.camera", description="Look at a camera without keeping a picture.")
    parser.add_argument("command", choices=("status", "snapshot-size"))
    parser.add_argument("--url", required=True, help="/dev/video0, a file, a folder, http(s)://, rtsp://, sim://portrait")
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    options = parser.parse_args(arguments)
    try:
        facts = _look(options.url, _MEASURE_S if options.command == "status" else 0.0)
    except DeviceError as error:
        print(f"camera: {error}", file=sys.stderr)
        return 2
    print(json.dumps(facts) if options.json else "  ".join(f"{name}: {value}" for name, value in facts.items()))
    return 0 if facts["code"] in ("ok", "ended") and facts["width_px"] else 1


def _look(url: str, measure_s: float) -> dict[str, str | int | float]:
    camera = open_camera(url)
    camera.start()
    try:
        first = camera.wait_newer(None, Deadline(_OPEN_S))
        last, deadline = first, Deadline(measure_s)
        while last is not None and (newer := camera.wait_newer(last, deadline)) is not None:
            last = newer
        status = camera.status()
        height, width = first.image.shape[:2] if first is not None else (0, 0)
        rate = 0.0
        if first is not None and last is not None and last.sequence > first.sequence:
            rate = (last.sequence - first.sequence) / (last.taken_at_s - first.taken_at_s)
    finally:
        camera.stop()
    facts: dict[str, str | int | float] = {"state": status.state.value, "code": status.code, "detail": status.detail}
    facts |= {"width_px": width, "height_px": height}
    return facts | ({"frames_per_s": round(rate, 1)} if measure_s else {})


if __name__ == "__main__":
    sys.exit(main())
