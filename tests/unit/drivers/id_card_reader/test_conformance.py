"""The checks a vendor runs: passed by a good reader of either habit, failed by one that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from drivers.conformance import Check, Verdict, conform
from drivers.emulation.host import TcpHost
from drivers.id_card_reader.__main__ import main
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.conformance import Patience, checks
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, RestMode
from drivers.id_card_reader.types import CardRead
from drivers.transport.opening import open_port
from drivers.transport.port import Port
from drivers.types import Deadline
from tests.helpers.serial_devices import InBackground, wait_until

HURRIED = Patience(technician_s=2.0, read_s=5.0, answer_s=0.5)


class Technician:
    """Does what the checks ask for, with the emulated module."""

    def __init__(self, emulator: IdReaderEmulator, card: EmulatedCard) -> None:
        self._emulator = emulator
        self._card = card
        self.said: list[str] = []

    def hear(self, line: str) -> None:
        self.said.append(line)
        if "take every card off" in line:
            self._emulator.lift_card()
        elif "put the test card down" in line:
            self._emulator.put_card(self._card)
        elif "lift the card" in line:
            # A lenient reader must see the card go: it lies there again a moment later.
            self._emulator.lift_card()
            self.back = InBackground(self._put_back)

    def _put_back(self) -> None:
        moment = Deadline(1.0)
        moment.sleep(1.0)
        self._emulator.put_card(self._card)


def card_with_all() -> EmulatedCard:
    fields = {
        "name": "测试",
        "birth": "19580308",
        "id_number": "330304195803080026",
        "valid_from": "20110601",
        "valid_to": "长期",
    }
    return make_card({**fields, "newest_address": "测试新路4号", "fingers": "1"}, packaged_portrait())


@pytest.fixture(params=list(RestMode))
def emulator(request: pytest.FixtureRequest) -> IdReaderEmulator:
    return IdReaderEmulator(RestMode(request.param))


@pytest.fixture
def port(emulator: IdReaderEmulator) -> Iterator[Port]:
    with TcpHost(emulator) as host:
        opened = open_port(host.url, 115200)
        yield opened
        opened.close()
        emulator.clear_faults()


def verdicts(emulator: IdReaderEmulator, tried: list[Check], card: EmulatedCard) -> dict[str, tuple[Verdict, str]]:
    technician = Technician(emulator, card)
    report = conform("id_card_reader", "here", tried, say=technician.hear)
    if hasattr(technician, "back"):
        technician.back.result()
    return {result.check.name: (result.finding.verdict, result.finding.words) for result in report.results}


def test_a_good_reader_passes_every_check(emulator: IdReaderEmulator, port: Port) -> None:
    found = verdicts(emulator, checks(port, patience=Patience(technician_s=10.0)), card_with_all())
    assert {name for name, (verdict, _) in found.items() if verdict is not Verdict.PASSED} == set(), found


def test_the_rest_mode_is_learnt(emulator: IdReaderEmulator, port: Port) -> None:
    report = conform("id_card_reader", "here", checks(port, patience=HURRIED), say=Technician(emulator, sample_card()).hear)
    assert {result.check.name: result for result in report.results}["rest_mode"].finding.measured == {
        "rest_mode": emulator.rest_mode.value
    }
    wait_until(lambda: emulator._card is not None)


def test_without_a_card_nothing_is_claimed(port: Port) -> None:
    report = conform("id_card_reader", "here", checks(port, patience=Patience(0.5, 0.5, 0.5, 0.5)), say=lambda _: None)
    found = {result.check.name: result.finding.verdict for result in report.results}
    assert found["card_found"] is found["full_read"] is Verdict.FAILED
    assert found["newest_address"] is found["rest_mode"] is Verdict.SKIPPED
    assert not report.conforms


@pytest.mark.parametrize(
    ("fault", "failed"),
    [
        (Fault.MUTE, {"status", "sam_id", "no_card", "wrong_checksum", "timing"}),
        (Fault.SELF_TEST_FAILED, {"status", "sam_id", "no_card", "timing"}),
        (Fault.READ_FAILED, {"full_read"}),
    ],
)
def test_a_bad_reader_fails(emulator: IdReaderEmulator, port: Port, fault: Fault, failed: set[str]) -> None:
    emulator.inject(fault)
    emulator.put_card(sample_card())
    tried = [check for check in checks(port, patience=Patience(0.3, 0.5, 0.3, 0.3)) if check.name in failed]
    found = verdicts(emulator, tried, sample_card())
    assert {name for name, (verdict, _) in found.items() if verdict is Verdict.FAILED} == failed, found


def test_the_command_writes_a_report_and_a_recording_that_replays(
    emulator: IdReaderEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    technician = Technician(emulator, card_with_all())
    monkeypatch.setattr("drivers.conformance._say", technician.hear)
    report, recording = tmp_path / "report.json", tmp_path / "reader #1.transcript"
    with TcpHost(emulator) as host:
        arguments = ["conform", "--url", host.url, "--report", str(report), "--record", str(recording), "--test-card"]
        assert main(arguments) == 0, technician.said
    technician.back.result()
    written = json.loads(report.read_text(encoding="utf-8"))
    assert written["conforms"]
    assert {check["name"]: check["verdict"] for check in written["checks"]}["replay"] == "passed"
    assert not any(secret in report.read_text(encoding="utf-8") for secret in ("测试新路", "330304", "1958"))
    assert main(["conform", "--url", f"replay://{quote(str(recording))}", "--report", str(tmp_path / "replayed.json")]) == 0
    replayed = SamVIdCardReader.create(f"replay://{quote(str(recording))}")
    outcome = replayed.read(Deadline(20.0))
    assert isinstance(outcome, CardRead)
    assert outcome.record.id_number == "330304195803080026"


def test_nothing_is_recorded_unless_the_card_is_a_test_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["conform", "--url", "/dev/none", "--report", str(tmp_path / "r.json"), "--record", str(tmp_path / "t")]
    with pytest.raises(SystemExit):
        main(arguments)
    assert "--test-card" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_reader_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", "--url", "/dev/no-such-reader", "--report", str(tmp_path / "r.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
