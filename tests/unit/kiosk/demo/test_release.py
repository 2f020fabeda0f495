"""A release holds no simulation, and says so."""

from __future__ import annotations

import sys

import pytest

from kiosk.commands import CommandError
from kiosk.commands.run import _simulate


def test_a_release_that_is_asked_for_a_simulation_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kiosk.demo.simulated", None)  # how Python tells "there is no such module"
    with pytest.raises(CommandError, match="a release holds no simulation"):
        _simulate(None, with_drawer=True)  # type: ignore[arg-type]


def test_another_module_that_is_missing_is_not_taken_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("kiosk.demo.simulated")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ui.devdock.drawer", None)
    with pytest.raises(ModuleNotFoundError, match=r"ui\.devdock\.drawer"):
        _simulate(None, with_drawer=True)  # type: ignore[arg-type]
