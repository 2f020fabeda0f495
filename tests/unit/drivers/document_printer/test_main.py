"""The technician's commands, and the conformance checks behind one of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.document_printer.__main__ import main
from drivers.document_printer.emulator import DocumentPrinterEmulator
from tests.helpers.documents import needs_cups

pytestmark = needs_cups


@pytest.fixture
def emulator() -> Iterator[DocumentPrinterEmulator]:
    with DocumentPrinterEmulator() as emulator:
        yield emulator


def test_status_in_words(emulator: DocumentPrinterEmulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", emulator.url]) == 0
    out, err = capsys.readouterr()
    assert dict(line.split(maxsplit=1) for line in out.splitlines()) == {
        "can_print": "yes",
        "code": "ok",
        "state": "online",
        "detail": "-",
        "paper": "full",
        "toner": "full",
        "cover_open": "no",
        "queued_jobs": "0",
        "reasons": "-",
    }
    assert err == ""


def test_status_as_json_of_a_paused_queue(emulator: DocumentPrinterEmulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.stop_queue()
    assert main(["status", "--url", emulator.url, "--json"]) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out)["code"], json.loads(out)["can_print"]) == ("paused", False)
    assert err == "the printer cannot print: the queue is paused in CUPS: cupsenable\n"


def test_a_test_page(emulator: DocumentPrinterEmulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--url", emulator.url, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["result"], found["pages"], found["is_purged"], found["status"]["code"]) == ("printed", 1, True, "ok")
    assert main(["test", "--url", "sim://"]) == 0
    assert capsys.readouterr().out == "the test page was printed\n"


def test_a_test_page_that_cannot_come_out(emulator: DocumentPrinterEmulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.reject_jobs()
    assert main(["test", "--url", emulator.url]) == 1
    assert capsys.readouterr().err == "the test page was not printed (the queue takes no jobs: cupsaccept)\n"


def test_the_emulated_printer_conforms(
    emulator: DocumentPrinterEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conform", "--url", emulator.url, "--report", str(tmp_path / "report.json"), "--patience", "0"]) == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert verdicts.pop("paper_out") == "skipped", "nobody took the paper out"
    assert set(verdicts.values()) == {"passed"}
    assert verdicts.keys() == {"answers", "prints", "purges", "counts_pages", "copies", "cancels", "prints_again"}
    assert "take all paper out" in capsys.readouterr().err


def test_a_printer_without_paper_does_not_conform_and_the_report_says_so(
    emulator: DocumentPrinterEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.set_fault("fail")
    assert main(["conform", "--url", emulator.url, "--report", str(tmp_path / "report.md"), "--json", "--patience", "0"]) == 1
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "does not conform" in report
    assert "does not take the data" in report
    checks = {check["name"]: check["verdict"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert (checks["answers"], checks["prints"], checks["purges"]) == ("passed", "failed", "skipped")


def test_a_hand_that_needs_its_time_has_it(
    emulator: DocumentPrinterEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands: list[threading.Timer] = []

    def say(line: str) -> None:
        if "take all paper out" in line:
            hands.append(threading.Timer(0.5, emulator.set_fault, ("paper_out",)))
        elif "put the paper back" in line:
            hands.append(threading.Timer(1.0, emulator.clear_fault, ("paper_out",)))
        else:
            return
        hands[-1].start()

    monkeypatch.setattr("drivers.conformance._say", say)
    assert main(["conform", "--url", emulator.url, "--report", str(tmp_path / "r.json"), "--patience", "2"]) == 0
    for hand in hands:
        hand.join()
    checks = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["checks"]
    verdicts = {check["name"]: check["verdict"] for check in checks}
    assert len(hands) == 2
    assert verdicts["paper_out"] != "skipped", "the paper was out when the page was sent"
    assert verdicts["prints_again"] == "passed", "the paper came back while it was waited for"


def test_no_cups_does_not_conform(tmp_path: Path) -> None:
    assert main(["conform", "--url", "ipp://127.0.0.1:1/printers/a4", "--report", str(tmp_path / "report.json")]) == 1


def test_what_cannot_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", "lpt1:"]) == 2
    assert "ipp://HOST" in capsys.readouterr().err
    record = ["--record", str(tmp_path / "line.txt")]
    assert main(["conform", "--url", "sim://", "--report", str(tmp_path / "r.md"), *record]) == 2
    assert "through CUPS" in capsys.readouterr().err
