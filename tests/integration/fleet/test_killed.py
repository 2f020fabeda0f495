"""The platform as a process that is killed (kill -9): what it had promised is held, whole and once."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from pathlib import Path

import httpx
import msgspec
import pytest

from contract.cases import Accepted, Duplicate, SealedCase, SubmitAnswer, SubmitCases
from tests.helpers.platform_process import PlatformProcess, fleet
from tests.helpers.terminal import Terminal


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def _token(data: Path, *words: str) -> str:
    ended = fleet("enrol-token", "--region", "330304", "--json", "--data", data, *words)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["token"]


def _report(data: Path, subject: str) -> list[dict[str, object]]:
    ended = fleet("report", subject, "--json", "--data", data)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)[subject]


_DIE_AFTER_COMMIT = """
import os, signal
from fleet.intake import Intake
submit = Intake.submit
def submit_and_die(*arguments):
    submit(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
Intake.submit = submit_and_die
"""
_DIE_WITHIN_TRANSACTION = """
import os, signal
from fleet import case_register
store = case_register.store
def store_and_die(connection, case, *arguments):
    store(connection, case, *arguments)
    if case.header.sequence == 4:
        os.kill(os.getpid(), signal.SIGKILL)
case_register.store = store_and_die
"""


@pytest.mark.parametrize(
    ("fault", "held", "outcome"),
    [(_DIE_AFTER_COMMIT, 5, Duplicate), (_DIE_WITHIN_TRANSACTION, 0, Accepted)],
    ids=["between commit and answer", "within the transaction"],
)
def test_killed_at_the_worst_moment_a_delivery_is_held_whole_or_not_at_all(
    data: Path, fault: str, held: int, outcome: type
) -> None:
    process = PlatformProcess(data, "--no-process", before=fault)
    with httpx.Client(base_url=process.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
        cases = [terminal.case() for _ in range(5)]
        with pytest.raises(httpx.TransportError):
            terminal.submit(*cases)
    assert process.stop() == -signal.SIGKILL
    assert len(_report(data, "cases")) == held

    process = PlatformProcess(data, "--no-process")
    with httpx.Client(base_url=process.url) as http:
        terminal.http = http
        assert {type(answer) for answer in terminal.submit(*cases).outcomes} == {outcome}
    process.stop()
    assert sorted(str(record["digest"]) for record in _report(data, "cases")) == sorted(case.digest for case in cases)


def test_killed_in_the_middle_of_deliveries_every_case_is_held_exactly_once(data: Path) -> None:
    """The terminal sees only broken lines and sends again what it has no receipt for; receipts it has stay true."""
    process = PlatformProcess(data, "--process-after", "0")
    with httpx.Client(base_url=process.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
    cases = [terminal.case() for _ in range(240)]
    batches = [tuple(cases[start : start + 8]) for start in range(0, len(cases), 8)]
    receipts: dict[str, str] = {}
    kills = 0
    for round_number in range(12):
        if kills < 3:
            killer = threading.Timer(0.02 + 0.03 * round_number, process.process.kill)
            killer.start()
        unsettled = [batch for batch in batches if any(case.digest not in receipts for case in batch)]
        _deliver_until_broken(process.url, terminal, unsettled, receipts)
        if kills < 3:
            killer.join()
            assert process.stop() == -signal.SIGKILL
            kills += 1
            process = PlatformProcess(data, "--process-after", "0")
        elif len(receipts) == len(cases):
            break
    assert kills == 3
    try:
        with httpx.Client(base_url=process.url) as http:
            terminal.http = http
            for batch in batches:
                for case, outcome in zip(batch, terminal.submit(*batch).outcomes, strict=True):
                    assert isinstance(outcome, Duplicate)
                    assert terminal.check_receipt(outcome.receipt).digest == case.digest
                    assert outcome.receipt.body.decode() == receipts[case.digest]
    finally:
        process.stop()
    records = _report(data, "cases")
    assert sorted(str(record["digest"]) for record in records) == sorted(case.digest for case in cases)
    assert {record["copies"] for record in records} == {1}
    connection = sqlite3.connect(data / "platform.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM case_changes WHERE state = 'received'").fetchone() == (len(cases),)
    connection.close()


def _deliver_until_broken(url: str, terminal: Terminal, batches: list[tuple[SealedCase, ...]], receipts: dict[str, str]) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        terminal.http = http
        for batch in batches:
            try:
                response = terminal.send("POST", "/v1/cases", msgspec.msgpack.encode(SubmitCases(batch)))
            except httpx.HTTPError:
                return
            assert response.status_code == 200, response.text
            answer = msgspec.msgpack.decode(response.content, type=SubmitAnswer)
            for case, outcome in zip(batch, answer.outcomes, strict=True):
                assert isinstance(outcome, Accepted | Duplicate)
                body = outcome.receipt.body.decode()
                assert receipts.setdefault(case.digest, body) == body


def _bring_without_end(terminal: Terminal, materials: list[bytes]) -> None:
    """So that the kill always comes in between."""
    while True:
        for packed in materials:
            terminal.bring(packed, chunk_bytes=30_000)


def test_killed_in_the_middle_of_materials_they_are_finished_and_whole(data: Path) -> None:
    """The terminal sees only broken lines, asks how far it had come, and goes on from there."""
    process = PlatformProcess(data, "--no-process")
    with httpx.Client(base_url=process.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
    brought = [terminal.seal_material(bytes([number]) * 400_000) for number in range(6)]
    for round_number in range(4):
        killer = threading.Timer(0.05 + 0.04 * round_number, process.process.kill)
        killer.start()
        with httpx.Client(base_url=process.url, timeout=30) as http:
            terminal.http = http
            with pytest.raises(httpx.HTTPError):
                _bring_without_end(terminal, [packed for packed, _ in brought])
        killer.join()
        assert process.stop() == -signal.SIGKILL
        process = PlatformProcess(data, "--no-process")
    try:
        with httpx.Client(base_url=process.url) as http:
            terminal.http = http
            for packed, _ in brought:
                assert terminal.bring(packed).complete
            (outcome,) = terminal.submit(terminal.case_with(*(material for _, material in brought))).outcomes
            assert isinstance(outcome, Accepted)
        assert json.loads(fleet("process", "--json", "--data", data).stdout) == {"processed": 1, "needs_staff": 0}
    finally:
        process.stop()
