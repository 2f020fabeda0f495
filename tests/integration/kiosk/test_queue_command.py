"""``kiosk queue`` as staff and programs meet it: true processes, beside a terminal that has the queue open."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.bundle import RECEIPTS, BundleReceipts
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from tests.helpers.queues import KIOSK, Built, build, import_stick, open_outbox
from tests.integration.kiosk.test_commands import ENVIRONMENT, kiosk, told


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("pristine") / "data")


@pytest.fixture
def built(pristine: Built, tmp_path: Path) -> Built:
    shutil.copytree(pristine.data, tmp_path / "data")
    return Built(tmp_path / "data", pristine.platform, pristine.identity, dict(pristine.cases), dict(pristine.numbers))


@pytest.fixture
def terminal(built: Built) -> Iterator[Outbox]:
    """The queue as a running terminal holds it."""
    with open_outbox(built) as outbox:
        yield outbox


def ask(built: Built, *words: str) -> dict[str, object]:
    ended = kiosk("queue", "--data", str(built.data), *words, "--json")
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert isinstance(answer, dict)
    return answer


def test_the_status_is_told_in_words_and_json(built: Built, terminal: Outbox) -> None:
    words = kiosk("queue", "--data", str(built.data)).stdout
    assert words.startswith("queue: 2 committed, 1 sending, 2 accepted")
    assert "5 pending" in words
    assert "the platform cannot be reached" in words
    assert kiosk("queue", "status", "--data", str(built.data)).stdout.splitlines()[0] == words.splitlines()[0]
    answer = ask(built, "status")
    assert answer["pending"] == 5
    assert answer["gate"] == {"open": True, "code": "", "words": "", "detail": ""}
    assert answer["cases"] == []
    assert len(ask(built, "--limit", "3")["cases"]) == 3  # type: ignore[arg-type]


def test_a_closed_gate_is_told_in_words(built: Built) -> None:
    shutil.rmtree(built.data / "identity")
    ended = kiosk("queue", "status", "--data", str(built.data))
    assert "no: this machine is not enrolled" in ended.stdout
    assert not (built.data / "identity").exists()


def test_lists_are_read_page_by_page(built: Built) -> None:
    ids: list[str] = []
    after: object = 0
    while after is not None:
        answer = ask(built, "list", "--limit", "4", "--after", str(after))
        ids += [case["case_id"] for case in answer["cases"]]  # type: ignore[attr-defined]
        after = answer["after"]
    assert ids == list(built.cases.values())
    waiting = kiosk("queue", "list", "--state", "waiting", "--data", str(built.data)).stdout
    assert built.numbers["waiting"] in waiting
    assert "asked to come again later" in waiting
    assert len(waiting.splitlines()) == 1


def test_a_case_is_shown_by_number_with_its_history(built: Built) -> None:
    words = kiosk("queue", "show", built.numbers["desk"], "--data", str(built.data)).stdout
    assert built.cases["desk"] in words
    assert "the platform could not read what is in the case (the payload cannot be read)" in words
    assert words.count("material ") == 2
    answer = ask(built, "show", built.cases["purged"])
    assert [step["code"] for step in answer["timeline"]] == ["committed", "claimed", "receipt", "processed", "purged"]  # type: ignore[attr-defined]
    assert "no such case" in told(kiosk("queue", "show", "0" * 22, "--data", str(built.data)))


def test_staff_send_again_and_withdraw_while_the_terminal_runs(built: Built, terminal: Outbox) -> None:
    assert ask(built, "retry", built.numbers["desk"], "--by", "测试员") == {
        "case_id": built.cases["desk"],
        "receipt_number": built.numbers["desk"],
        "before": "needs_staff",
        "state": "committed",
    }
    ended = kiosk("queue", "void", built.cases["waiting"], "--by", "测试员", "--why", "asked for it", "--data", str(built.data))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "withdrawn" in ended.stdout
    assert terminal.state_of(built.cases["waiting"]) is CaseState.VOID
    assert terminal.timeline(built.cases["waiting"])[-1].detail == "by 测试员: asked for it"


@pytest.mark.parametrize(
    ("verb", "name", "reason"),
    [
        ("retry", "accepted", "it was delivered"),
        ("retry", "void", "it was withdrawn"),
        ("retry", "committed", "up for sending already"),
        ("void", "processed", "it was delivered"),
        ("void", "sending", "being sent at this moment"),
        ("void", "void", "withdrawn already"),
    ],
)
def test_what_the_state_does_not_allow_is_refused_with_the_reason(
    built: Built, terminal: Outbox, verb: str, name: str, reason: str
) -> None:
    why = ("--why", "test") if verb == "void" else ()
    before = terminal.state_of(built.cases[name])
    ended = kiosk("queue", verb, built.cases[name], "--by", "x", *why, "--data", str(built.data))
    assert ended.returncode == 1
    assert reason in told(ended)
    assert terminal.state_of(built.cases[name]) is before


@pytest.mark.parametrize(("answer", "state"), [("n", CaseState.NEEDS_STAFF), ("", CaseState.NEEDS_STAFF), ("y", CaseState.VOID)])
def test_on_a_terminal_staff_are_asked_first(built: Built, answer: str, state: CaseState) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "queue", "void", built.cases["desk"], "--by", "x", "--why", "y"]
    with subprocess.Popen(
        [*command, "--data", str(built.data)], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        _, asked = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert "for good?" in asked.decode()
    assert process.returncode == (0 if state is CaseState.VOID else 1)
    with open_outbox(built) as outbox:
        assert outbox.state_of(built.cases["desk"]) is state


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--state", "lost"),
        ("list", "--limit", "0"),
        ("list", "--after", "-1"),
        ("show", "abc"),
        ("retry", "0" * 22),
        ("void", "0" * 22, "--by", "x"),
        ("void", "0" * 22, "--by", "x", "--why", "two\nlines"),
        ("export",),
        ("dance",),
    ],
)
def test_wrong_arguments_give_two(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert kiosk("queue", "--data", str(tmp_path), *words).returncode == 2


def test_verify_tells_a_sound_queue_and_an_unsound_one(built: Built, terminal: Outbox) -> None:
    assert ask(built, "verify")["sound"] is True
    reserve = built.path.with_name("cases.db.reserve")
    reserve.write_bytes(b"{")
    ended = kiosk("queue", "verify", "--data", str(built.data))
    assert ended.returncode == 1
    assert "reserve_unreadable  cases.db.reserve  cannot be read" in ended.stdout
    assert "not sound: 1 findings" in ended.stdout
    answer = json.loads(kiosk("queue", "verify", "--data", str(built.data), "--json").stdout)
    assert "reserve_unreadable" in [finding["kind"] for finding in answer["first"]]
    reserve.write_bytes(b'{"k-330304-0001": 256}')


@pytest.mark.parametrize("words", [("list",), ("verify",), ("show", "0" * 22), ("retry", "0" * 22, "--by", "x")])
def test_no_queue_yet_and_a_foreign_file_are_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = kiosk("queue", *words, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "no queue here yet" in told(ended)
    path = tmp_path / "queue" / "cases.db"
    path.parent.mkdir()
    path.write_bytes(b"something else altogether, which is no database " * 40)
    ended = kiosk("queue", *words, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "no queue, or damaged" in told(ended)
    assert path.read_bytes() == b"something else altogether, which is no database " * 40
    assert [entry.name for entry in tmp_path.iterdir()] == ["queue"]


def test_the_way_out_and_back_while_the_terminal_runs(built: Built, terminal: Outbox, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    answer = ask(built, "export", str(stick))
    assert answer["receipts"] is None
    assert (answer["export"]["cases"], answer["export"]["materials"]) == (5, 4)  # type: ignore[index]
    outcomes = import_stick(built, stick)
    receipts = BundleReceipts(kiosk_id=KIOSK, imported_at_ms=1, outcomes=outcomes[:4])
    (stick / RECEIPTS).write_bytes(msgspec.msgpack.encode(receipts))
    ended = kiosk("queue", "export", str(stick), "--data", str(built.data))
    assert ended.returncode == 0, ended.stderr
    assert "receipts: 4 delivered" in ended.stdout
    assert "export: 1 cases" in ended.stdout
    assert "is the stick mounted there?" in ended.stdout
    assert terminal.pending_count() == 1
    (stick / RECEIPTS).write_bytes(msgspec.msgpack.encode(msgspec.structs.replace(receipts, outcomes=outcomes)))
    assert "export: nothing written: no case is pending" in kiosk("queue", "export", str(stick), "--data", str(built.data)).stdout
    assert terminal.pending_count() == 0
    assert terminal.first_broken_audit_entry() is None
    assert ask(built, "verify")["sound"] is True


def test_an_export_that_cannot_be_is_one_line(built: Built, tmp_path: Path) -> None:
    inside = kiosk("queue", "export", str(built.data / "out"), "--data", str(built.data))
    assert inside.returncode == 1
    assert "own data folder" in told(inside)
    missing = kiosk("queue", "export", "/proc/none/there", "--data", str(built.data))
    assert missing.returncode == 1
    assert "/proc/none" in told(missing)
    (tmp_path / RECEIPTS).write_bytes(b"\xc1")
    damaged = kiosk("queue", "export", str(tmp_path), "--data", str(built.data))
    assert damaged.returncode == 1
    assert "none read" in damaged.stdout
