"""How a device of the settings was found on this machine, and what else is plugged in."""

from __future__ import annotations

import os
from pathlib import Path

from drivers.discovery import discover

_HOW = {
    "sim": "simulated in memory",
    "socket": "at a network address, from the settings",
    "http": "a network stream, from the settings",
    "https": "a network stream, from the settings",
    "rtsp": "a network stream, from the settings",
    "ipp": "a queue of CUPS, from the settings",
    "ipps": "a queue of CUPS, from the settings",
    "usb": "on USB, by maker and model",
    "replay": "a recording",
}


def how_found(device_class: str, url: str) -> str:
    """One line: by which way, and what it is where the machine knows."""
    scheme, has_scheme, rest = url.partition("://")
    path = Path((rest if scheme in ("input", "file") else url).partition("?")[0])
    if has_scheme and scheme not in ("input", "file"):
        return _HOW.get(scheme, f"by {scheme}://, from the settings")
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises where nobody may look, and for endless names
        return f"{path} is not there"
    if not path.is_relative_to("/dev"):
        return f"{path}, a {'folder' if path.is_dir() else 'file'}"
    real = path.resolve()
    reasons = [
        one.reason
        for one in discover()
        if one.device_class == device_class and Path(one.url.removeprefix("input://")).resolve() == real
    ]
    target = "" if real == path else f", which is {real}"
    return f"{path}{target}" + (f": {reasons[0]}" if reasons else "")


def candidates() -> tuple[dict[str, str], ...]:
    """What could be a device here, as plain texts."""
    return tuple(
        {
            "device_class": str(one.device_class),
            "url": one.url,
            "reason": one.reason,
            "certainty": str(one.certainty),
        }
        for one in discover()
    )
