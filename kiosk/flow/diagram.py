"""``docs/flow.md`` from the machine's table: ``python -m kiosk.flow.diagram > docs/flow.md``."""

from __future__ import annotations

import sys

from kiosk.flow.machine import ROWS
from kiosk.flow.states import Step

_EVERYWHERE = 5
"""A row with more source steps than this is told in words below the picture, not drawn."""


def document() -> str:
    """The page: a picture of the way through, then the whole table."""
    return "\n".join((_HEAD, "```mermaid", "stateDiagram-v2", *_arrows(), "```", "", _TABLE_HEAD, *_table_lines(), ""))


_HEAD = """# The visit

Made from the table in `kiosk/flow/machine.py` by `python -m kiosk.flow.diagram`; a check fails when it is out of date.
Events that no row names for the present step are ignored: late answers of devices and double touches are a fact of life.
"""

_TABLE_HEAD = "| in step | on | may lead to |\n|---|---|---|"


def _arrows() -> list[str]:
    lines = ["    [*] --> idle"]
    for row in ROWS:
        if len(row.steps) > _EVERYWHERE or row.event.__name__ == "Back":
            continue
        for source in sorted(row.steps):
            lines += [f"    {source} --> {to}: {row.event.__name__}" for to in sorted(row.to) if to is not source]
    return lines


def _table_lines() -> list[str]:
    return [f"| {_names(row.steps)} | {row.event.__name__} | {_names(row.to)} |" for row in ROWS]


def _names(steps: frozenset[Step]) -> str:
    if not steps:
        return "(stays)"
    if len(steps) <= len(Step) - _EVERYWHERE:
        return ", ".join(step.value for step in Step if step in steps)
    missing = ", ".join(step.value for step in Step if step not in steps)
    return f"every step but {missing}"


if __name__ == "__main__":
    sys.stdout.write(document())
