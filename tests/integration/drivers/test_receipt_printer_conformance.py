"""A vendor proves a printer, and proves it again from the recording."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.receipt_printer.__main__ import main
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_state import Model
from drivers.types import Deadline

PAGES = {"cut", "chinese", "rare_characters", "qr", "code128"}
HANDS = {"cover_open", "cover_closed", "paper_out", "paper_in"}


@contextmanager
def hands(emulator: PrinterEmulator) -> Iterator[None]:
    """Somebody who does what is asked for once the pages are out."""
    gone = threading.Event()
    steps: list[Callable[[], None]] = [
        emulator.open_cover, emulator.close_cover, lambda: emulator.set_paper_mm(0), emulator.load_paper,
    ]  # fmt: skip

    def work() -> None:
        while len(emulator.slips) < len(PAGES) + 1 and not gone.wait(0.05):
            continue
        for step in steps:
            Deadline(5).sleep(0.6)
            step()

    person = threading.Thread(target=work)
    person.start()
    try:
        yield
    finally:
        gone.set()
        person.join(20)


def conform(url: str, report: Path, *more: str) -> tuple[int, dict[str, str]]:
    code = main(["conform", "--url", url, "--report", str(report), *more])
    return code, {check["name"]: check["verdict"] for check in json.loads(report.read_text(encoding="utf-8"))["checks"]}


@pytest.mark.parametrize("host_class", [TcpHost, PtyHost])
def test_a_sound_printer_conforms_and_its_recording_too(host_class: type[TcpHost] | type[PtyHost], tmp_path: Path) -> None:
    with PrinterEmulator() as emulator, host_class(emulator) as host:
        with hands(emulator):
            code, verdicts = conform(host.url, tmp_path / "live.json", "--record", str(tmp_path / "line.txt"), "--patience", "20")
        assert code == 0
        assert set(verdicts.values()) == {"passed"}
        assert set(verdicts) > PAGES | HANDS
        texts = "".join(slip.text for slip in emulator.slips)
        assert all(part in texts for part in ("瓯江潮起", "[QR] CONFORM-QR-0123456789", "[CODE128] CONFORM-0123456789"))
    code, replayed = conform(f"replay://{tmp_path / 'line.txt'}", tmp_path / "replay.json", "--patience", "20")
    assert (code, replayed) == (0, verdicts)


def test_what_nobody_does_is_skipped(tmp_path: Path) -> None:
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        code, verdicts = conform(host.url, tmp_path / "report.json", "--patience", "0.1")
    assert code == 0
    assert {name for name, verdict in verdicts.items() if verdict == "skipped"} == HANDS


def test_a_printer_that_can_do_less_conforms_and_the_report_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.receipt_printer.job._PATIENCE_S", 0.3)
    monkeypatch.setattr("drivers.receipt_printer.job._NO_PATIENCE_S", 0.05)
    monkeypatch.setattr("drivers.receipt_printer.conformance._QUEUED_S", 0.3)
    with (
        PrinterEmulator(model=Model(answers_queued_status=False, clears_on_request=False)) as emulator,
        TcpHost(emulator) as host,
    ):
        code, verdicts = conform(host.url, tmp_path / "report.json", "--patience", "0")
    assert (verdicts["queued_status"], verdicts["clear_buffers"]) == ("failed", "failed")
    assert {verdicts[page] for page in PAGES} == {"skipped"}
    assert code == 0


def test_a_printer_with_a_fault_does_not_conform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.receipt_printer.conformance._QUEUED_S", 0.3)
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        emulator.set_paper_mm(0)
        code, verdicts = conform(host.url, tmp_path / "report.json", "--patience", "0.5")
    assert code == 1
    assert {verdicts[page] for page in ("real_time_status", *PAGES)} == {"failed"}
    assert verdicts["paper_out"] == "passed"


def test_a_silent_device_costs_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        emulator.mute()
        assert main(["conform", "--url", host.url, "--report", str(tmp_path / "report.md")]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert main(["conform", "--url", "/dev/no-such-printer", "--report", str(tmp_path / "report.md")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
