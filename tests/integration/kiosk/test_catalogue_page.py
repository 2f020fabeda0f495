"""docs/catalogue.md, followed literally by somebody who knows no Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"<!-- (?P<what>run|file (?P<path>[^ ]+)) -->\n(?P<body>.*?)(?=\n\n[^ `]|\Z)", re.DOTALL)


def _steps() -> list[tuple[str, str]]:
    """(path or nothing, content or commands), in the order of the page."""
    found = []
    for match in _BLOCK.finditer(PAGE):
        body = match["body"]
        if match["path"]:
            fenced = re.search(r"```[a-z]*\n(.*?)```", body, re.DOTALL)
            assert fenced is not None, match["path"]
            found.append((match["path"], fenced[1]))
        else:
            found.append(("", "\n".join(line.strip() for line in body.splitlines() if line.startswith("    "))))
    return found


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = command.split()
    if words[0] == "kiosk":
        words = [sys.executable, "-m", "kiosk", *words[1:]]
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    )


@pytest.mark.timeout(180)
def test_a_clerk_adds_a_matter_by_following_the_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    shutil.copytree(ROOT / "assets" / "catalogue", tmp_path / "assets" / "catalogue")
    told = []
    for path, content in _steps():
        if path:
            (tmp_path / path).write_text(content, encoding="utf-8")
            continue
        for command in content.splitlines():
            ended = _run(command, tmp_path)
            assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
            told.append(ended.stdout)
    words = "".join(told)
    assert "65 items" in words
    assert "no defects" in words
    assert "借书证申领" in words
    assert "外地户籍的人要住满半年" in words
    assert re.search(r"ok +True", words)


def test_the_figures_of_the_page_are_those_of_the_command() -> None:
    ended = _run("kiosk catalogue ratios", ROOT)
    shares = re.findall(r"([0-9]+\.[0-9]) %", ended.stdout)
    assert len(shares) == 4
    for share in shares:
        assert f"| {share} % |" in PAGE
