"""Every code a driver can give has words, once."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import drivers
from drivers.document_printer.attributes import Attributes
from drivers.document_printer.checks import fault_in
from drivers.document_printer.states import MEANINGS, status_of
from drivers.status import DeviceState, DeviceStatus
from drivers.status_words import CODE_WORDS, words_of

DRIVERS = Path(drivers.__file__).parent


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "DeviceState"


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _codes_of(tree: ast.AST) -> Iterator[str]:
    """Texts that stand behind a state in a call or a table, and the codes of errors."""
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
        found = [_text(code) for state, code in itertools.pairwise(parts) if _is_state(state)]
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["code"]:
            found.append(_text(node.value))
        yield from (code for code in found if code is not None)


def test_every_code_that_stands_in_a_driver_has_words() -> None:
    found = {code for path in DRIVERS.rglob("*.py") for code in _codes_of(ast.parse(path.read_text(encoding="utf-8")))}
    assert {"ok", "no_answer", "disconnected", "driver_bug", "busy", "paper_out", "unsupported"} <= found
    assert sorted(found - set(CODE_WORDS)) == []


def test_every_meaning_of_a_print_queue_has_words_of_its_own() -> None:
    codes = {meaning.code for meaning in MEANINGS.values()}
    codes |= {fault[0] for pdf in (b"", b"%PDF-", b"%PDF- /Encrypt %%EOF") if (fault := fault_in(pdf)) is not None}
    for state, is_accepting in itertools.product((3, 4, 5), (True, False)):
        attributes: Attributes = {"printer-state": (state,), "printer-is-accepting-jobs": (is_accepting,)}
        codes.add(status_of(attributes).device.code)
    assert sorted(codes - set(CODE_WORDS)) == []
    assert "stopped" not in codes, "a device that is not in use is something else"


def test_a_status_in_one_line() -> None:
    assert words_of(DeviceStatus(DeviceState.USER_ERROR, "paper_out")) == "user error: the paper is used up"
    assert words_of(DeviceStatus(DeviceState.NO_DEVICE, "lost", "no /dev/video0")).endswith("(no /dev/video0)")
    assert words_of(DeviceStatus(DeviceState.OFFLINE, "some_new_code")) == "offline: some new code"
    assert words_of(DeviceStatus(DeviceState.ONLINE, "was_paper_jam")) == "online: at the end of the last job: paper is jammed"
