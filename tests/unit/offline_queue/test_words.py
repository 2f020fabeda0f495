"""No code that the queue can store or tell is without words. The codes are read out of the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.statements import Flaw
from offline_queue.errors import _KNOWN_ERRNOS, _KNOWN_SQLITE_CODES
from offline_queue.models import RefusalCode
from offline_queue.reconcile import AlarmKind
from offline_queue.words import WORDS, words_for

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "offline_queue").glob("*.py"))
PLACES = {
    "Failure": 1,
    "AskStaff": 1,
    "WaitFor": 2,
    "PutBack": 1,
    "Move": 2,
    "move": 4,
    "_wait": 2,
    "_decide": 3,
    "write_entry": 5,
    "add": 4,
    "row": 4,
    "note": 3,
    "_Unusable": 0,
    "KnownError": 0,
    "KeyWrapError": 0,
    "EnrolFailed": 0,
    "Damage": 0,
    "Unsendable": 0,
}
"""Calls that carry a code, and where it stands among the arguments."""
RETURNING = {"check_receipt", "_code_of"}
"""Functions that return codes."""
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def constants(node: ast.AST) -> Iterator[str]:
    """Texts that an expression may come to; parts of a composed text are tried apart."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def codes_in(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = PLACES.get(name)
            given = [node.args[place]] if place is not None and len(node.args) > place else []
            given += [keyword.value for keyword in node.keywords if name in PLACES and keyword.arg == "code"]
            found.update(text for value in given for text in constants(value))
        elif isinstance(node, ast.FunctionDef) and node.name in RETURNING:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    found.update(constants(inner.value))
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in ("wrong", "code") for t in node.targets):
            found.update(constants(node.value))
    return {text for text in found if _CODE.fullmatch(text)}


def test_the_search_finds_codes_of_every_kind() -> None:
    found = set().union(*(codes_in(path) for path in SOURCES))
    assert {"unreachable", "timeout", "held_already", "receipt_key_unknown", "damaged_on_disk", "conflict"} <= found
    assert {"retry", "void", "committed", "salvaged", "not_sent", "no_outcome", "newer_schema", "key_refused"} <= found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_code_is_without_words(path: Path) -> None:
    assert sorted(code for code in codes_in(path) if code not in WORDS) == []


def test_no_code_of_a_table_is_without_words() -> None:
    tables = {*RefusalCode, *AlarmKind, *_KNOWN_SQLITE_CODES.values(), *_KNOWN_ERRNOS.values()}
    composed = {"platform_received", "platform_needs_staff", "platform_processed", "queue_damaged", "queue_vanished"}
    assert sorted((tables | composed) - WORDS.keys()) == []


def test_no_refusal_of_the_reference_platform_is_without_words() -> None:
    pattern = re.compile(r'(?:Refusal|Refused|NotTaken|Problem|Defect)\(\s*"([a-z_]+)"|Rejected\([a-z_]+, "([a-z_]+)"')
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "fleet").rglob("*.py"))
    told = {code for found in pattern.findall(text) for code in found if code} - set(Flaw)
    assert "foreign_kiosk" in told
    assert sorted(told - WORDS.keys()) == []


def test_words_are_plain_lines() -> None:
    assert all(words == words.strip() and words.isprintable() and len(words) < 120 for words in WORDS.values())
    assert not any("_" in words for words in WORDS.values())


def test_codes_nobody_knows_are_told_as_they_are() -> None:
    assert words_for("") == ""
    assert words_for("http_502") == "something answered with HTTP status 502 and nothing more"
    assert words_for("material_busy") == "a photo or scan of it was refused: the platform is busy"
    assert words_for("store_locked").startswith("the queue could not be used: another program")
    assert words_for("mars_attacks") == "the platform's code mars_attacks"
