"""``kiosk-fleet`` as a process: its lines and its exit codes."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from contract.cases import Accepted, Duplicate
from tests.helpers.bundles import read_receipts, write_bundle
from tests.helpers.platform_process import PlatformProcess, fleet
from tests.helpers.terminal import Terminal, basic, new_case_id, queue_digest


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def running(data: Path) -> Iterator[PlatformProcess]:
    process = PlatformProcess(data, "--process-after", "0")
    yield process
    process.stop()


def _token(data: Path, *words: str) -> str:
    ended = fleet("enrol-token", "--region", "330304", "--json", "--data", data, *words)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["token"]


def _report(data: Path, subject: str) -> list[dict[str, object]]:
    ended = fleet("report", subject, "--json", "--data", data)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)[subject]


def test_a_case_goes_all_the_way_over_a_socket(running: PlatformProcess, data: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        assert terminal.enrol(_token(data, "--name", "测试 9 号机")).status_code == 200
        header = terminal.header()
        (outcome,) = terminal.submit(terminal.case(header)).outcomes
        assert isinstance(outcome, Accepted)
        terminal.check_receipt(outcome.receipt)
        cursor, states = "", []
        ends = time.monotonic() + 30
        while "processed" not in states and time.monotonic() < ends:
            page = terminal.feed(cursor)
            cursor, states = page.cursor, states + [change.state for change in page.changes]
            time.sleep(0.05)
        assert states == ["received", "processed"]
        assert http.get("/").status_code == 200
        assert "测试 9 号机" in http.get("/").text
    (record,) = _report(data, "cases")
    assert (record["case_id"], record["state"], record["copies"]) == (header.case_id, "processed", 1)
    (kiosk,) = _report(data, "kiosks")
    assert (kiosk["name"], kiosk["cases_held"], kiosk["missing_sequences"]) == ("测试 9 号机", 1, 0)
    assert _report(data, "ratings") == []
    assert running.stop() == 0
    assert running.log == ""
    assert not list(data.glob("*-wal")), "the write-ahead log was not folded in"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_it_cleanly(data: Path, number: signal.Signals) -> None:
    process = PlatformProcess(data)
    assert process.stop(number) == 0
    assert process.log == ""


def test_an_address_can_be_used_again_at_once(data: Path) -> None:
    first = PlatformProcess(data)
    with httpx.Client(base_url=first.url) as http:
        http.get("/v1/health")
        first.stop()
    second = PlatformProcess(data, listen=first.url.removeprefix("http://"))
    assert second.url == first.url
    second.stop()


def test_processing_can_be_left_to_a_command(data: Path) -> None:
    process = PlatformProcess(data, "--no-process")
    try:
        with httpx.Client(base_url=process.url) as http:
            terminal = Terminal(http)
            terminal.enrol(_token(data))
            terminal.submit(terminal.case(), terminal.case())
            assert {record["state"] for record in _report(data, "cases")} == {"received"}
            assert json.loads(fleet("process", "--json", "--data", data).stdout) == {"processed": 2, "needs_staff": 0}
            assert fleet("process", "--data", data).stdout == "0 processed, 0 need staff\n"
            assert [change.state for change in terminal.feed().changes] == ["received", "received", "processed", "processed"]
    finally:
        process.stop()


def test_a_token_is_printed_alone_for_people(data: Path) -> None:
    ended = fleet("enrol-token", "--region", "330304", "--data", data)
    assert ended.returncode == 0
    assert len(ended.stdout.strip().split("-")) == 5
    assert "valid once" in ended.stderr


def test_a_password_opens_the_console_without_a_restart(running: PlatformProcess, data: Path) -> None:
    assert httpx.get(running.url + "/").status_code == 200
    ended = fleet("operators", "set-password", "--data", data, text_in="a long sample password\n")
    assert (ended.returncode, ended.stdout) == (0, "the password of operator is set\n")
    assert httpx.get(running.url + "/").status_code == 401
    assert httpx.get(running.url + "/", headers=basic("operator", "a long sample password")).status_code == 200
    assert (data / "operators.json").stat().st_mode & 0o777 == 0o600
    assert b"sample password" not in (data / "operators.json").read_bytes()


# What bad surroundings get: one clear line, no traceback


def _fails(code: int, *words: str | Path, text_in: str = "") -> str:
    ended = fleet(*words, text_in=text_in)
    assert ended.returncode == code, (ended.stdout, ended.stderr)
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    last = ended.stderr.strip().splitlines()[-1]
    if code == 1:
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert last.startswith("kiosk-fleet: ")
    return last


def test_a_port_in_use_is_told(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = _fails(1, "serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--data", data)
    assert "cannot listen on 127.0.0.1" in line


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:http", ":8000", "127.0.0.1:70000", "::1:8000"])
def test_an_address_that_is_none_is_told(data: Path, listen: str) -> None:
    assert "HOST:PORT" in _fails(2, "serve", "--listen", listen, "--data", data) or listen == "::1:8000"


def test_unusable_data_folders_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert str(file) in _fails(1, "serve", "--listen", "127.0.0.1:0", "--data", file)
    assert "holds no platform" in _fails(1, "report", "cases", "--data", tmp_path / "nowhere")
    assert "holds no platform" in _fails(1, "process", "--data", tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "platform.sqlite3").write_bytes(b"no database" * 1000)
    assert "not a database" in _fails(1, "serve", "--listen", "127.0.0.1:0", "--data", broken)


@pytest.mark.parametrize(
    "words",
    [
        ("enrol-token", "--region", "x"),
        ("enrol-token",),
        ("enrol-token", "--kiosk", "330304-0001"),
        ("enrol-token", "--region", "330304", "--name", "a\u202eb"),
    ],
)
def test_a_token_for_nothing_is_told(data: Path, words: tuple[str, ...]) -> None:
    _fails(1, *words, "--data", data)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("fly",),
        ("report", "people"),
        ("serve", "--process-after", "-1"),
        ("serve", "--process-after", "nan"),
        ("enrol-token", "--region", "330304", "--valid-hours", "0"),
    ],
)
def test_bad_arguments_end_with_2(words: tuple[str, ...]) -> None:
    _fails(2, *words)


def test_a_short_password_is_told(data: Path) -> None:
    assert "10 to" in _fails(1, "operators", "set-password", "--data", data, text_in="short\n")


# Bundles, keys, alarms


def test_a_bundle_goes_in_while_the_platform_serves(running: PlatformProcess, data: Path, tmp_path: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
        packed, material = terminal.seal_material(b"sample picture SAMPLE" * 1000)
        carried = [terminal.case_with(material), *(terminal.case() for _ in range(30))]
        write_bundle(tmp_path / "stick", terminal, [carried[:20], carried[20:]], [packed])
        ended: list[subprocess.CompletedProcess[str]] = []
        thread = threading.Thread(target=lambda: ended.append(fleet("import", tmp_path / "stick", "--json", "--data", data)))
        thread.start()
        delivered = [terminal.case() for _ in range(40)]
        for start in range(0, 40, 4):
            assert {type(outcome) for outcome in terminal.submit(*delivered[start : start + 4]).outcomes} == {Accepted}
        thread.join()
        assert ended[0].returncode == 0, ended[0].stderr
        told = json.loads(ended[0].stdout)
        assert (told["accepted"], told["materials"], told["faults"], told["receipts_written"]) == (31, 1, [], True)
        assert {type(outcome) for outcome in terminal.submit(*carried).outcomes} == {Duplicate}
        for outcome in read_receipts(tmp_path / "stick").outcomes:
            assert isinstance(outcome, Accepted)
            terminal.check_receipt(outcome.receipt)
    assert len(_report(data, "cases")) == 71
    assert running.stop() == 0
    assert running.log == ""


def test_an_import_tells_people_what_was_not_taken(running: PlatformProcess, data: Path, tmp_path: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
    write_bundle(tmp_path / "stick", terminal, [[terminal.case()], [terminal.case()]])
    (tmp_path / "stick" / "cases-00001.msgpack").write_bytes(b"x")
    ended = fleet("import", tmp_path / "stick", "--data", data)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines() == [
        "330304-0001: 1 accepted, 0 duplicate, 0 conflict, 0 rejected, 0 later; 0 materials",
        "not taken: cases-00001.msgpack is damaged: it is not what the terminal wrote",
    ]
    assert "manifest.json" in _fails(1, "import", data, "--data", data)
    assert "holds no platform" in _fails(1, "import", tmp_path / "stick", "--data", tmp_path / "nowhere")


def test_keys_are_rotated_while_the_platform_serves(running: PlatformProcess, data: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
        old = terminal.identity.sealing_keys[0].key_id
        before = terminal.case()
        (made,) = json.loads(fleet("keys", "rotate", "--json", "--data", data).stdout)["made"]
        answer = terminal.beat()
        assert [key.key_id for key in answer.sealing_keys] == [made, old]
        terminal.enrolment = msgspec.structs.replace(terminal.identity, sealing_keys=answer.sealing_keys)
        assert {type(outcome) for outcome in terminal.submit(before, terminal.case()).outcomes} == {Accepted}
    listed = json.loads(fleet("keys", "list", "--json", "--data", data).stdout)["keys"]
    assert [(key["key_id"], key["use"], key["in_use"]) for key in listed[:2]] == [
        (made, "sealing", True),
        (old, "sealing", False),
    ]
    assert [key["use"] for key in listed] == ["sealing", "sealing", "receipt"]
    ended = fleet("keys", "rotate", "--receipt", "--data", data)
    assert (ended.returncode, len(ended.stdout.split())) == (0, 2)
    assert "back up" in ended.stderr
    lines = fleet("keys", "list", "--data", data).stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["sealing"] * 3 + ["receipt"] * 2
    assert sum("in use" in line for line in lines) == 2
    assert "holds no platform" in _fails(1, "keys", "rotate", "--data", data / "nowhere")


def test_an_operator_closes_an_audit_alarm(running: PlatformProcess, data: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
        for entry in (9, 4):
            terminal.beat(audit_entry=entry, audit_chain="1" * 64)
    assert [alarm["kind"] for alarm in _report(data, "kiosks")[0]["audit_alarms"]] == ["cut"]  # type: ignore[attr-defined]
    kiosk_id = terminal.identity.kiosk_id
    assert "audit_alarms=" in fleet("report", "kiosks", "--data", data).stdout
    assert fleet("alarms", "close", "--kiosk", kiosk_id, "--note", "disk exchanged", "--data", data).stdout == "1 alarms closed\n"
    assert _report(data, "kiosks")[0]["audit_alarms"] == []
    assert "no terminal" in _fails(1, "alarms", "close", "--kiosk", "330304-9999", "--data", data)
    assert "note" in _fails(1, "alarms", "close", "--kiosk", kiosk_id, "--note", "a\u202eb", "--data", data)


def test_differences_are_reported(running: PlatformProcess, data: Path) -> None:
    with httpx.Client(base_url=running.url) as http:
        terminal = Terminal(http)
        terminal.enrol(_token(data))
        terminal.beat(queue_digest=queue_digest(new_case_id(days_ago=1)))
    (record,) = _report(data, "reconciliation")
    assert (record["told_count"], record["held_count"], record["closed_at_ms"]) == (1, 0, None)
    assert "told_count=1" in fleet("report", "reconciliation", "--data", data).stdout
