"""The calendar of working days that came with the program."""

from __future__ import annotations

from functools import cache

import yaml

import assets
from kiosk.catalogue.files import WorkingDaysTable
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.resolving import working_days
from kiosk.domain.working_days import WorkingDays


def calendar_of(catalogue: Catalogue) -> WorkingDays:
    """The table in force: that of the catalogue, which the platform signs, or else the one that came with the program."""
    return catalogue.working_days or packaged_calendar()


@cache
def packaged_calendar() -> WorkingDays:
    """State Council's calendar of 2025 and 2026; beyond it nothing is known."""
    with (assets.ROOT / "catalogue" / "working-days.yaml").open(encoding="utf-8") as file:
        return working_days(WorkingDaysTable.model_validate(yaml.load(file, Loader=yaml.CSafeLoader)))
