"""The page names tests and files for each line of the checklist: they exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "lockdown.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:tests|deploy|docs|ui|kiosk)/[\w./-]+?)(?:::(\w+))?`", PAGE)


def test_every_test_and_file_that_the_page_names_exists() -> None:
    assert len(NAMED) > 30
    for path, test in NAMED:
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"


def test_every_line_of_the_checklist_is_answered() -> None:
    lines = [line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    assert {"Keyboard", "Dialogs", "Touch", "QR", "USB", "Network", "Boot", "App", "Way out"} <= set(lines)
    for line in PAGE.splitlines():
        if line.startswith(("| Key", "| Dia", "| Tou", "| QR", "| USB", "| Net", "| Boo", "| App", "| Way")):
            answer = line.rsplit("|", 2)[1]
            assert "`" in answer or "system" in answer or "**open**" in answer or "as HID" in answer, line
