"""House rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("kiosk", "drivers", "ui", "offline_queue", "contract", "fleet", "assets")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
DEVICE_FILES = {
    *("abstract.py", "types.py", "driver.py", "simulator.py", "emulator.py", "emulate.py", "factory.py", "conformance.py"),
    "__main__.py",
}
DEVICES = ("id_card_reader", "camera", "receipt_printer", "document_printer", "barcode_scanner")


def _sources() -> list[Path]:
    return sorted(path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py"))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_within_the_budget(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LINES, f"{node.name} is too long"


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_products_do_not_lean_on_assert(path: Path) -> None:
    """``assert`` vanishes under ``-O`` and in optimised bundles."""
    asserts = [node.lineno for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Assert)]
    assert not asserts


@pytest.mark.parametrize("device", DEVICES)
def test_every_device_folder_has_the_same_files(device: str) -> None:
    assert {path.name for path in (ROOT / "drivers" / device).glob("*.py")} >= DEVICE_FILES


def test_no_address_of_a_package_registry_stands_in_the_tree() -> None:
    option = b"index" + b"-url"  # in two parts: this file is looked through like every other
    pattern = re.compile(rb"(--|^|[^a-z])(extra-)?" + option + rb"|https?://[a-z0-9.-]+/(simple|packages)/", re.MULTILINE)
    assert pattern.search(b"--" + option)
    assert not [path for path in _tracked() if pattern.search(path.read_bytes())]


def test_the_lock_names_every_package_with_version_and_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock.split("\n", 1)[1])
    assert len(entries) > 50
    for entry in entries:
        if entry.strip() and not entry.startswith("#"):
            assert re.match(r"[a-z0-9._-]+==[^ ]+", entry), entry
            assert "--hash=sha256:" in entry, entry


SEARCH_FROM_OUTSIDE = ("ui/gallery/", "ui/audit/", "ui/devdock/", "kiosk/demo/")
"""Tools that stand beside the terminal: they search between two turns of the event loop, never within a destructor."""


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_searches_with_what_ends_the_process(path: Path) -> None:
    """``ui/widgets/tree.py`` says why, and what to use."""
    if path.relative_to(ROOT).as_posix().startswith(SEARCH_FROM_OUTSIDE):
        return
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("findChild", "findChildren")
    ]
    assert not calls
