"""Every code a driver can give has words, once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import drivers
from drivers.status import CODE_WORDS, DeviceState, DeviceStatus, words_of

DRIVERS = Path(drivers.__file__).parent


def _codes_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "DeviceStatus"
            and len(node.args) > 1
        ):
            code = node.args[1]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value


def test_every_code_that_stands_in_a_driver_has_words() -> None:
    found = {code for path in DRIVERS.rglob("*.py") for code in _codes_of(ast.parse(path.read_text(encoding="utf-8")))}
    assert {"ok", "no_answer", "disconnected", "driver_bug", "busy"} <= found
    assert not found - set(CODE_WORDS)


def test_a_status_in_one_line() -> None:
    assert words_of(DeviceStatus(DeviceState.USER_ERROR, "paper_out")) == "user error: the paper is used up"
    assert words_of(DeviceStatus(DeviceState.NO_DEVICE, "lost", "no /dev/video0")).endswith("(no /dev/video0)")
    assert words_of(DeviceStatus(DeviceState.OFFLINE, "some_new_code")) == "offline: some new code"
