"""Scanners lose commands that follow each other faster than 50 ms."""

from __future__ import annotations

import time

import pytest

from drivers.barcode_scanner.profiles import PROFILES, ProfileName
from drivers.barcode_scanner.trigger import Trigger
from drivers.types import Deadline

LEAST_PAUSE_S = 0.05


class Line:
    url, baudrate = "line", 9600

    def __init__(self) -> None:
        self.written_at_s: list[float] = []

    def write(self, data: bytes) -> None:
        assert data
        self.written_at_s.append(time.monotonic())


@pytest.mark.parametrize("name", [ProfileName.NEWLAND, ProfileName.HONEYWELL, ProfileName.GM65])
def test_commands_keep_their_distance(name: ProfileName) -> None:
    line = Line()
    subject = Trigger(line, PROFILES[name])  # type: ignore[arg-type]
    for _ in range(3):
        subject.keep_lit(Deadline(5.0))
        subject.switch_off()
        subject.ask()
    pauses = [after - before for before, after in zip(line.written_at_s, line.written_at_s[1:], strict=False)]
    assert len(pauses) >= 8
    assert min(pauses) >= LEAST_PAUSE_S
