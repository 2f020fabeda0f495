"""The technician's command: exit codes, one line on failure, numbers masked unless asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulation.host import TcpHost
from drivers.id_card_reader.__main__ import main, mask_number
from drivers.id_card_reader.cards import make_card, sample_card
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator

FIELDS = {"name": "测试", "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}


@pytest.fixture
def emulator() -> IdReaderEmulator:
    return IdReaderEmulator()


@pytest.fixture
def url(emulator: IdReaderEmulator) -> Iterator[str]:
    with TcpHost(emulator) as host:
        yield host.url


@pytest.mark.parametrize(
    ("number", "masked"),
    [("330302195803081234", "330302********1234"), ("", ""), ("H12345678", "*********"), ("USA330190010112", "USA330*****0112")],
)
def test_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_number(number) == masked


def test_a_card_is_shown_with_its_number_masked(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.put_card(sample_card(packaged_portrait()))
    assert main(["read", "--url", url, "--timeout", "10"]) == 0
    shown = capsys.readouterr().out
    assert "330304********0026" in shown
    assert "330304195803080026" not in shown
    assert "测试·林小瓯" in shown
    assert "102x126" in shown


def test_json_is_masked_too(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.put_card(sample_card())
    assert main(["read", "--url", url, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is True
    assert facts["id_number"] == "330304********0026"
    assert (facts["name"], facts["sex"], facts["ethnicity"]) == ("测试·林小瓯", "女", "汉")
    assert (facts["birth"], facts["valid_to"]) == ("1958-03-08", "长期")
    assert (facts["photo"], facts["photo_problem"]) == (None, "absent")


def test_the_whole_number_on_request(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.put_card(sample_card())
    assert main(["read", "--url", url, "--json", "--unmasked"]) == 0
    assert json.loads(capsys.readouterr().out)["id_number"] == "330304195803080026"


def test_no_card_is_one_line_and_exit_code_1(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--url", url, "--timeout", "0.2"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "no card was put down in time" in captured.err


def test_a_bad_card_is_told_with_its_fault(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.put_card(make_card({"name": "测试", "id_number": "110101197608056896"}))
    assert main(["read", "--url", url, "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["code"] == "bad_record:bad_check_digit"
    assert "110101" not in captured.out + captured.err


def test_a_refusing_module_is_told_with_its_code(
    emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.put_card(sample_card())
    emulator.inject(Fault.READ_FAILED)
    assert main(["read", "--url", url, "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["sam_code"] == 0x41
    assert "module says 41" in captured.err


def test_status_names_the_module(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", url]) == 0
    assert capsys.readouterr().out == "online: ok, module 05.01-20130727-0000123456-0000788980\n"
    assert main(["status", "--url", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sam_id"] == "05.01-20130727-0000123456-0000788980"


def test_a_broken_module_is_exit_code_3(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.inject(Fault.SELF_TEST_FAILED)
    assert main(["status", "--url", url]) == 3
    assert "out of order" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["read", "status"])
def test_a_missing_reader_is_one_line_and_exit_code_3(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--url", "/dev/no-such-reader", "--json"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["code"] == "disconnected"
    assert captured.err.count("\n") == 1


def test_a_simulated_reader_takes_its_card_from_the_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "card.json"
    path.write_text(json.dumps({"name": "测试", "id_number": "330304195803080026", "birth": "19580308"}), encoding="utf-8")
    assert main(["read", "--url", f"sim://{path}"]) == 1
    assert "bad_date" in capsys.readouterr().err
    assert main(["read", "--url", f"sim://{tmp_path}/none.json"]) == 3
    assert "cannot be read" in capsys.readouterr().err
    assert main(["status", "--url", "sim://"]) == 0


def test_no_qt_is_started_for_a_technician() -> None:
    import subprocess
    import sys

    script = "import sys, drivers.id_card_reader.__main__, drivers.barcode_scanner.__main__; print([m for m in sys.modules if 'PySide6' in m])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4]
    )
    assert done.stdout.strip() == "[]"


def test_what_was_asked_for_beside_the_record_is_shown(
    emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.put_card(make_card({**FIELDS, "newest_address": "测试新路4号", "fingers": "2"}))
    also = ["--also", "newest_address", "--also", "fingerprint", "--also", "body_number"]
    assert main(["read", "--url", url, "--json", *also]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["newest_address"] == "测试新路4号"
    assert facts["fingerprint"] == "2 finger(s)"
    assert facts["body_number"] == "00 11 22 33 44 55 66 77"


def test_what_is_not_on_the_card_is_said_and_what_was_not_asked_for_is_not(
    emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.put_card(make_card(FIELDS))
    assert main(["read", "--url", url, "--json", "--also", "newest_address"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["newest_address"] == "not_on_card"
    assert "fingerprint" not in facts


def test_what_does_not_fit_together_is_named(emulator: IdReaderEmulator, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.put_card(make_card({**FIELDS, "sex_code": "1", "ethnicity_code": "01", "valid_to": "20200101"}))
    assert main(["read", "--url", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == "expired, sex_contradicts_number"
