"""Where the verbs of ``kiosk queue`` find queue and identity, and how they tell that something is in the way."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.commands import CommandError
from kiosk.domain.china_time import CHINA_TIME
from kiosk.services.platform import queue_path
from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from offline_queue.inspection import Inspection

_HOUR_S = 3600


def check_folder(data: Path) -> Path:
    """The queue's path; ``CommandError`` when there is no data folder."""
    if not data.is_dir():
        raise CommandError(f"{data}: there is no such folder; name the terminal's data folder by --data")
    return queue_path(data)


@contextlib.contextmanager
def told(about: Path) -> Iterator[None]:
    """Turn what is wrong with ``about`` into one line for the operator."""
    try:
        yield
    except KnownError as error:
        raise CommandError(f"{about}: {error}") from error


def look_at_identity(data: Path) -> IdentityStore:
    """The machine's identity, its folder untouched; one that says "none" before enrolment."""
    folder = data / "identity"
    with told(folder):
        return IdentityStore(folder, read_only=True)


@contextlib.contextmanager
def look(data: Path) -> Iterator[Inspection]:
    """The queue, to be read only."""
    path = check_folder(data)
    with told(path), Inspection(path) as inspection:
        yield inspection


def tell_json(told_facts: dict[str, Any]) -> None:
    """One JSON object on a line."""
    sys.stdout.write(json.dumps(told_facts, ensure_ascii=False) + "\n")


def tell(*lines: str) -> None:
    """Lines for people."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def shown(at_ms: int | None) -> str:
    """Date and time to the second, China time; a time that no calendar knows is told as it is."""
    if at_ms is None:
        return "never"
    try:
        return f"{datetime.fromtimestamp(at_ms / 1000, CHINA_TIME):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{at_ms} ms"


def shown_age(seconds: float) -> str:
    """A length of time in the largest unit that tells enough."""
    if seconds < 2 * 60:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR_S:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / _HOUR_S:.0f} h" if seconds < 48 * _HOUR_S else f"{seconds / _HOUR_S / 24:.0f} days"


def shown_size(size_bytes: int) -> str:
    """A size in MiB."""
    return f"{size_bytes / 1024 / 1024:.1f} MiB"
