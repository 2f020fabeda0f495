"""What a release must not hold, read off ``kiosk.spec`` and the imports of the tree."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

from kiosk.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
DRAWER = "ui.devdock"
SPEC = ast.parse((ROOT / "kiosk.spec").read_text(encoding="utf-8"))


def _strings(name: str) -> list[str]:
    """All texts in the list of this name in the spec."""
    for node in SPEC.body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            return [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    pytest.fail(f"kiosk.spec has no {name}")


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("kiosk", "ui", "drivers", "offline_queue", "contract", "fleet")


def _is_excluded(module: str) -> bool:
    """PyInstaller leaves out a package that is named, and with it everything in it."""
    return any(module == one or module.startswith(f"{one}.") for one in _strings("EXCLUDES"))


def _bundled(imports: grimp.ImportGraph) -> set[str]:
    """What PyInstaller finds from the entry, the commands and the hidden imports, wherever in a file the import stands."""
    waiting = ["kiosk.__main__", *(module for module, _ in COMMANDS.values()), *_strings("HIDDEN")]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in found or _is_excluded(module) or module not in imports.modules:
            continue
        found.add(module)
        parents = [module.rpartition(".")[0]] if "." in module else []
        waiting += [*imports.find_modules_directly_imported_by(module), *parents]
    return found


def test_the_bundle_holds_the_terminal_and_not_the_developers_drawer(imports: grimp.ImportGraph) -> None:
    bundled = _bundled(imports)
    assert {"kiosk.app", "ui.window", "kiosk.commands.run", "drivers.camera.driver"} <= bundled
    assert [module for module in bundled if module.startswith((DRAWER, "kiosk.demo.drawer"))] == []


def test_nothing_in_the_bundle_needs_the_drawer(imports: grimp.ImportGraph) -> None:
    """The one import of a simulation is late, and ``kiosk run`` says so in one line where there is none."""
    needs = {
        (importer, imported)
        for importer in _bundled(imports)
        for imported in imports.find_modules_directly_imported_by(importer)
        if _is_excluded(imported)
    }
    assert needs == {("kiosk.commands.run", "kiosk.demo.simulated")}


def test_only_the_demo_imports_the_drawer(imports: grimp.ImportGraph) -> None:
    drawer = {DRAWER, *imports.find_descendants(DRAWER)}
    importers = {importer for module in drawer for importer in imports.find_modules_that_directly_import(module)} - drawer
    assert importers
    assert [importer for importer in importers if not importer.startswith("kiosk.demo.")] == []


def test_no_data_file_of_the_bundle_lies_in_the_drawer() -> None:
    assert not [text for text in ast.walk(SPEC) if isinstance(text, ast.Constant) and "ui/devdock" in str(text.value)]
    whole_folders = [
        node for node in ast.walk(SPEC) if isinstance(node, ast.Tuple) and ast.unparse(node) == "(str(ROOT / 'ui'), 'ui')"
    ]
    assert not whole_folders
