"""Is the table of working days one that promises can be counted by?"""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.catalogue.files import WorkingDaysTable

_SATURDAY = 5
_LONGEST_DAYS = 5 * 366


def calendar_problems(table: WorkingDaysTable | None) -> Iterator[str]:
    """Defects, one text each; none for a catalogue without a table."""
    if table is None:
        return
    if not 0 <= (table.valid_to - table.valid_from).days <= _LONGEST_DAYS:
        yield f"it is valid from {table.valid_from} to {table.valid_to}"
    for name, days, on_weekend in (("holiday", table.holidays, False), ("worked day", table.worked, True)):
        yield from (f"the {name} {day} stands twice" for day in sorted({day for day in days if days.count(day) > 1}))
        outside = (day for day in days if not table.valid_from <= day <= table.valid_to)
        yield from (f"the {name} {day} lies outside the table's time" for day in outside)
        wrong = (day for day in days if (day.weekday() >= _SATURDAY) is not on_weekend)
        kind = "a Saturday or Sunday" if on_weekend else "a week day"
        yield from (f"the {name} {day} is not {kind}" for day in wrong)
