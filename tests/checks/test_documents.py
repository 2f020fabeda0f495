"""Documents that are made from the code are up to date."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow.diagram import document

ROOT = Path(__file__).parents[2]


def test_the_page_of_the_flow_is_made_from_the_present_table() -> None:
    assert (ROOT / "docs" / "flow.md").read_text(encoding="utf-8") == document(), (
        "run: python -m kiosk.flow.diagram > docs/flow.md"
    )
