from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.conformance import Check, Finding, Verdict, add_conform_arguments, as_markdown, conform, run_conform
from drivers.emulation.host import TcpHost
from drivers.errors import Disconnected, NoResponse
from drivers.transport.opening import OpenPort
from drivers.transport.transcript import read_transcript
from drivers.types import Deadline
from tests.unit.drivers.emulation.test_host import Echo


def _check(verdict: Verdict, *, is_required: bool = True) -> Check:
    return Check(
        f"is_{verdict}", "to be tried", lambda: Finding(verdict, "seen | so", {"answer_ms": 1.5}), is_required=is_required
    )


@pytest.mark.parametrize(
    ("checks", "conforms"),
    [
        ([_check(Verdict.PASSED)], True),
        ([_check(Verdict.PASSED), _check(Verdict.SKIPPED)], True),
        ([_check(Verdict.PASSED), _check(Verdict.FAILED, is_required=False)], True),
        ([_check(Verdict.PASSED), _check(Verdict.FAILED)], False),
        ([_check(Verdict.SKIPPED)], False),
        ([], False),
    ],
)
def test_a_device_conforms_when_nothing_it_must_do_failed(checks: list[Check], conforms: bool) -> None:
    assert conform("echo", "sim://", checks, say=lambda _line: None).conforms is conforms


def test_what_was_not_tried_is_named_beside_the_verdict() -> None:
    checks = [_check(Verdict.PASSED), _check(Verdict.SKIPPED), _check(Verdict.SKIPPED, is_required=False)]
    report = conform("echo", "sim://", checks, say=lambda _line: None)
    assert report.conclusion == "conforms, not tried: is_skipped"
    assert "conforms, not tried: is_skipped" in as_markdown(report)


def test_a_link_that_fails_fails_the_check_and_the_next_is_tried() -> None:
    def silent() -> Finding:
        raise NoResponse("sim://", "does not answer")

    report = conform("echo", "sim://", [Check("a", "b", silent), _check(Verdict.PASSED)], say=lambda _line: None)
    assert [result.finding.verdict for result in report.results] == [Verdict.FAILED, Verdict.PASSED]
    assert "no_response" in as_markdown(report)


def test_what_must_be_done_is_said_before_the_check() -> None:
    said: list[str] = []
    check = Check("a", "b", lambda: Finding(Verdict.PASSED, "lay there"), ask="lay a card down")
    conform("echo", "sim://", [check], say=said.append)
    assert "lay a card down" in said[0]
    assert "passed" in said[1]


def _options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    add_conform_arguments(parser)
    return parser.parse_args(arguments)


def test_the_command_writes_report_and_transcript(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with TcpHost(Echo()) as host:

        def checks_of(open_port: OpenPort) -> Sequence[Check]:
            def echoes() -> Finding:
                port = open_port(host.url, 9600)
                port.write(b"hello")
                answer = port.read(5, Deadline(2.0))
                port.close()
                return Finding(Verdict.PASSED if answer == b"hello" else Verdict.FAILED, "it answered")

            return [Check("echo", "says what it hears", echoes)]

        options = _options("--url", host.url, "--report", f"{tmp_path}/r.json", "--record", f"{tmp_path}/t", "--json")
        assert run_conform("echo", options, checks_of) == 0
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["conforms"] is True
    assert report["checks"][0]["verdict"] == "passed"
    assert json.loads(capsys.readouterr().out) == report
    assert [entry.data for entry in read_transcript(tmp_path / "t")] == [b"hello", b"hello"]


def test_a_device_that_cannot_be_opened_is_one_line_and_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def checks_of(_open_port: OpenPort) -> Sequence[Check]:
        raise Disconnected("socket://nowhere", "cannot be opened")

    assert run_conform("echo", _options("--url", "x", "--report", f"{tmp_path}/r.md"), checks_of) == 1
    assert capsys.readouterr().err == "socket://nowhere: cannot be opened\n"


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    options = _options("--url", "x", "--report", f"{tmp_path}/no/such/folder/r.md")
    assert run_conform("echo", options, lambda _open_port: [_check(Verdict.PASSED)]) == 2


def test_a_report_that_cannot_be_written_is_told_before_anybody_is_asked_for_anything(tmp_path: Path) -> None:
    tried: list[OpenPort] = []

    def checks_of(open_port: OpenPort) -> Sequence[Check]:
        tried.append(open_port)
        return []

    assert run_conform("echo", _options("--url", "x", "--report", str(tmp_path)), checks_of) == 2
    assert tried == []


def test_an_older_report_stays_until_there_is_a_new_one(tmp_path: Path) -> None:
    def checks_of(_open_port: OpenPort) -> Sequence[Check]:
        raise Disconnected("socket://nowhere", "cannot be opened")

    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text("as it was")
    for path in (old, new):
        assert run_conform("echo", _options("--url", "x", "--report", str(path)), checks_of) == 1
    assert old.read_text() == "as it was"
    assert not new.exists()
