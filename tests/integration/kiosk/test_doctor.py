"""``kiosk doctor`` on emulated devices, hurt in writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.transport.opening import open_port
from kiosk.__main__ import main


@dataclass
class World:
    reader: IdReaderEmulator
    reader_host: TcpHost
    printer: PrinterEmulator
    settings: Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    reader = IdReaderEmulator()
    with (
        PrinterEmulator(paper_dir=tmp_path / "slips") as printer,
        TcpHost(reader) as reader_host,
        PtyHost(printer) as printer_host,
    ):
        settings = tmp_path / "kiosk.toml"
        settings.write_text(
            f'[devices]\nid_card_reader = "{reader_host.url}"\nreceipt_printer = "{printer_host.url}"\n'
            'camera = "sim://portrait?width=320&height=240"\n'
        )
        yield World(reader, reader_host, printer, settings)


def _examined(world: World, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--settings", str(world.settings), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_a_whole_machine_can_serve(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.reader.put_card(sample_card(packaged_portrait()))
    code, report = _examined(world, capsys, "--print-test")
    assert code == 0
    assert report["can_serve"] is True
    devices = report["devices"]
    assert devices["id_card_reader"]["capabilities"]["sam_id"].startswith("05.01-")
    tests = {test["name"]: test["passed"] for test in devices["id_card_reader"]["tests"]}
    assert tests == {"sam_id": True, "find": True, "photo": True}
    assert {test["name"]: test["passed"] for test in devices["camera"]["tests"]} == {"brightness": True, "sharpness": True}
    assert devices["receipt_printer"]["tests"] == [{"name": "test_slip", "passed": True, "words": "printed", "measured": {}}]
    assert len(world.printer.slips) == 1
    assert devices["camera"]["seconds"] > 1, "a camera is looked through for two seconds"
    assert report["seconds"] >= devices["camera"]["seconds"] - 0.01


def test_nothing_of_a_card_that_lies_there_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    card = sample_card(packaged_portrait())
    world.reader.put_card(card)
    main(["doctor", "--settings", str(world.settings)])
    told = capsys.readouterr().out
    assert "测试" not in told
    assert "330302" not in told


@pytest.mark.parametrize("library", ["", "vendor.so"])
def test_a_photo_that_nobody_can_decode_is_no_fit_reader(
    world: World, capsys: pytest.CaptureFixture[str], library: str, tmp_path: Path
) -> None:
    if library:
        words = world.settings.read_text("utf-8")
        world.settings.write_text(words.replace("[devices]", f'[devices]\nphoto_library = "{tmp_path / library}"'), "utf-8")
    world.reader.put_card(replace(sample_card(), photo=b"WLf" + b"\x01" * 1021))
    _, report = _examined(world, capsys)
    reader = report["devices"]["id_card_reader"]
    failed = {test["name"] for test in reader["tests"] if not test["passed"]}
    assert failed == ({"photo", "photo_library"} if library else {"photo"})
    assert (reader["verdict"], reader["capabilities"]["decodes_wlt"]) == ("limited", False)


def test_a_silent_reader_ends_the_service(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.reader_host.unplug()
    code, report = _examined(world, capsys)
    reader = report["devices"]["id_card_reader"]
    assert code == 1
    assert (reader["verdict"], reader["code"], reader["state"]) == ("broken", "disconnected", "no_device")
    assert "cable" in reader["advice"]
    assert "candidates" in report


def test_a_reader_whose_answers_come_late_is_not_taken_for_silent(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.reader.slow_down(0.55)
    code, report = _examined(world, capsys)
    reader = report["devices"]["id_card_reader"]
    assert (code, reader["verdict"], reader["code"]) == (0, "fit", "ok"), reader


def test_without_paper_it_serves_and_says_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.printer.open_cover()
    code, report = _examined(world, capsys)
    assert code == 0
    assert report["prints_paper"] is False
    assert report["devices"]["receipt_printer"]["code"] == "cover_open"
    assert report["devices"]["receipt_printer"]["advice"] == "close the cover"


def test_a_test_slip_that_fails_says_why_and_what_to_do(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.printer.cutter_jam()
    code, report = _examined(world, capsys, "--print-test")
    printer = report["devices"]["receipt_printer"]
    assert code == 0
    assert report["prints_paper"] is False
    assert (printer["verdict"], printer["code"]) == ("broken", "cutter_error")
    assert [test["passed"] for test in printer["tests"]] == [False]
    assert "cutter is jammed" in printer["tests"][0]["words"]
    assert "blade" in printer["advice"]


def test_an_address_that_is_none_is_a_mistake_in_the_settings(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    text = world.settings.read_text().replace("sim://portrait?width=320&height=240", "http://04b8:0e15/")
    world.settings.write_text(text + 'document_printer = "lpt1:"\n')
    _, report = _examined(world, capsys)
    for name in ("camera", "document_printer"):
        device = report["devices"][name]
        assert (device["verdict"], device["code"]) == ("broken", "unsupported")
        assert "settings" in device["advice"]


def test_the_words_for_people_name_every_device_and_the_conclusion(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--settings", str(world.settings), "--candidates"]) == 0
    told = capsys.readouterr().out
    for name in ("id_card_reader", "camera", "receipt_printer", "barcode_scanner", "document_printer"):
        assert name in told
    assert "this machine can serve" in told.splitlines()[-1]


def test_settings_that_cannot_be_read_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--settings", str(tmp_path / "none.toml")]) != 0
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_device_that_a_terminal_holds_is_not_called_unplugged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with PtyHost.in_own_folder(IdReaderEmulator(), "reader") as host:
        text = world.settings.read_text().replace(world.reader_host.url, host.url)
        world.settings.write_text(text)
        held = open_port(host.url)
        code, report = _examined(world, capsys)
        held.close()
    reader = report["devices"]["id_card_reader"]
    assert code == 1
    assert (reader["code"], reader["state"]) == ("held_by_another", "offline")
    assert "terminal" in reader["advice"]
