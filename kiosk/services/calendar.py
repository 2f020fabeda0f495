"""The calendar of working days that came with the program."""

from __future__ import annotations

from datetime import date
from functools import cache

import msgspec
import yaml

import assets
from kiosk.domain.working_days import WorkingDays


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    valid_from: date
    valid_to: date
    holidays: tuple[date, ...]
    worked: tuple[date, ...]


@cache
def packaged_calendar() -> WorkingDays:
    """State Council's calendar of 2025 and 2026; beyond it nothing is known."""
    with (assets.ROOT / "calendar" / "working-days.yaml").open(encoding="utf-8") as file:
        table = msgspec.convert(yaml.safe_load(file), _Table)
    return WorkingDays(table.valid_from, table.valid_to, frozenset(table.holidays), frozenset(table.worked))
