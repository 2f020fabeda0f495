"""What became of a terminal's cases, page by page. The cursor names the last change seen, so no page is skipped or shifts."""

from __future__ import annotations

import re

from contract.cases import CaseStatus, StatusFeed
from fleet import registry
from fleet.clock import Clock
from fleet.database import Database

MAX_PAGE = 500
_CURSOR = re.compile(r"c([0-9]{1,18})")


class BadCursor(ValueError):
    """The cursor did not come from this feed."""


def read_feed(database: Database, clock: Clock, kiosk_id: str, after: str, limit: int) -> StatusFeed:
    """Up to ``limit`` changes after the cursor (empty: from the beginning). Raises ``BadCursor``."""
    seen = 0
    if after:
        match = _CURSOR.fullmatch(after)
        if match is None:
            raise BadCursor(after)
        seen = int(match[1])
    with database.reading() as connection:
        line = tuple(registry.line_of(connection, kiosk_id))
        marks = ",".join("?" * len(line))
        rows = connection.execute(
            f"""SELECT change, case_id, state, reason, at_ms FROM case_changes
                WHERE kiosk_id IN ({marks}) AND change > ? ORDER BY change LIMIT ?""",  # noqa: S608 - only question marks
            (*line, seen, limit + 1),
        ).fetchall()
    page = rows[:limit]
    return StatusFeed(
        changes=tuple(CaseStatus(row["case_id"], row["state"], row["reason"], row["at_ms"]) for row in page),
        cursor=f"c{page[-1]['change']}" if page else after,
        more=len(rows) > limit,
        platform_time_ms=clock(),
    )
