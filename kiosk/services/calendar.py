"""The calendar of working days that came with the program."""

from __future__ import annotations

from datetime import date
from functools import cache

import msgspec
import yaml

import assets
from kiosk.catalogue.models import Catalogue
from kiosk.domain.working_days import WorkingDays


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    valid_from: date
    valid_to: date
    holidays: tuple[date, ...]
    worked: tuple[date, ...]


def calendar_of(catalogue: Catalogue) -> WorkingDays:
    """The table in force: that of the catalogue, which the platform signs, or else the one that came with the program."""
    return catalogue.working_days or packaged_calendar()


@cache
def packaged_calendar() -> WorkingDays:
    """State Council's calendar of 2025 and 2026; beyond it nothing is known."""
    with (assets.ROOT / "catalogue" / "working-days.yaml").open(encoding="utf-8") as file:
        table = msgspec.convert(yaml.safe_load(file), _Table)
    return WorkingDays(table.valid_from, table.valid_to, frozenset(table.holidays), frozenset(table.worked))
