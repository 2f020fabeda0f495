"""The technician's command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from drivers.emulation.host import TcpHost
from drivers.receipt_printer.__main__ import main
from drivers.receipt_printer.emulator import PrinterEmulator


def test_status_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        assert main(["status", "--url", host.url]) == 0
        out, err = capsys.readouterr()
        assert dict(line.split(maxsplit=1) for line in out.splitlines()) == {
            "can_print": "yes",
            "code": "ok",
            "state": "online",
            "detail": "-",
            "paper": "full",
            "cover_open": "no",
            "cutter_error": "no",
        }
        assert err == ""


def test_status_as_json_with_the_cover_open(capsys: pytest.CaptureFixture[str]) -> None:
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        emulator.open_cover()
        assert main(["status", "--url", host.url, "--json"]) == 1
    out, err = capsys.readouterr()
    status = json.loads(out)
    assert (status["can_print"], status["code"], status["cover_open"]) == (False, "cover_open", True)
    assert err == "the printer cannot print: the cover is open\n"


@pytest.mark.parametrize("width", ["80mm", "58mm"])
def test_a_test_page_comes_out(capsys: pytest.CaptureFixture[str], width: str) -> None:
    with PrinterEmulator(width) as emulator, TcpHost(emulator) as host:  # type: ignore[arg-type]
        assert main(["test", "--url", host.url, "--width", width, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "printed"
    (slip,) = emulator.slips
    assert "测试 TEST" in slip.text
    assert {code.text for code in slip.codes} == {"TEST-PRINTER-QR-0123456789", "TEST-0123456789"}


def test_a_test_page_that_cannot_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    with PrinterEmulator() as emulator, TcpHost(emulator) as host:
        emulator.set_paper_mm(0)
        assert main(["test", "--url", host.url]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "the test page was not printed (the paper is used up)\n")


def test_without_json_success_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--url", "sim://"]) == 0
    assert capsys.readouterr().out == "the test page was printed\n"


def test_a_missing_printer_costs_one_line_and_starts_no_qt() -> None:
    code = (
        "import sys; from drivers.receipt_printer.__main__ import main;"
        "result = main(['status', '--url', '/dev/no-such-printer', '--json']);"
        "assert not any(name.startswith(('PySide6', 'escpos')) for name in sys.modules); sys.exit(result)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "disconnected"
    assert len(done.stderr.splitlines()) == 1
    assert "/dev/no-such-printer" in done.stderr


@pytest.mark.parametrize("width", ["80mm", "58mm"])
def test_the_test_page_can_be_drawn(tmp_path: Path, width: str) -> None:
    out = tmp_path / "page.png"
    assert main(["picture", "--width", width, "--out", str(out)]) == 0
    with Image.open(out) as image:
        found = zxingcpp.read_barcodes(np.asarray(image))
    assert {code.text for code in found} == {"TEST-PRINTER-QR-0123456789", "TEST-0123456789"}


def test_a_picture_that_cannot_be_written_costs_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["picture", "--out", str(tmp_path / "no" / "page.png")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
