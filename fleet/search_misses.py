"""Searches on terminals that found nothing: what residents ask for and is not offered.

Stored is the day, never when a report came. What one person asked for shows to nobody: see ``LEAST_TIMES``.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from contract.search_misses import LEAST_TEXT, MAX_COUNT, MOST_TEXT, SearchMiss
from fleet.clock import Clock, in_china
from fleet.database import Database
from fleet.decoding import is_counting, is_plain_text

LEAST_TIMES = 3
"""A text that was asked for less often in all is not shown."""
LEAST_PLACES = 2
"""Nor one that came from a single terminal on a single day: somebody who gives up three times is still one person."""
KEPT_DAYS = 400
"""A year and a month, so that a season can be compared with the last; then they are let go of."""
_REPORT_ID = re.compile(r"[0-9a-f]{32}")


def take_misses(database: Database, clock: Clock, kiosk_id: str, misses: tuple[SearchMiss, ...]) -> tuple[str, ...]:
    """Count each report once, however often it comes; the ids that the terminal may forget.

    A malformed one will never be counted. One from a terminal whose clock is ahead counts as today's.
    """
    today = in_china(clock()).date()
    rows = [
        (miss.report_id, kiosk_id, min(miss.day, today.isoformat()), miss.text, miss.count) for miss in misses if _is_miss(miss)
    ]
    with database.transaction() as connection:
        connection.executemany(
            "INSERT INTO search_misses (report_id, kiosk_id, day, text, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            rows,
        )
        oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
        connection.execute("DELETE FROM search_misses WHERE day < ?", (oldest,))
    return tuple(miss.report_id for miss in misses)


def _is_miss(miss: SearchMiss) -> bool:
    is_text = is_plain_text(miss.text, MOST_TEXT) and len(miss.text) >= LEAST_TEXT
    # A terminal takes digits out; should one fail to, no number of anybody's must lie here.
    is_wordy = not any(sign.isdigit() for sign in miss.text)
    is_counted = is_counting(miss.count, 1) and miss.count <= MAX_COUNT
    return bool(_REPORT_ID.fullmatch(miss.report_id)) and _is_day(miss.day) and is_text and is_wordy and is_counted


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
