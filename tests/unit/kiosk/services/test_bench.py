"""Devices that come and go, as the visit sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import assets
from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.camera.simulator import PortraitCamera
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus, PrintResult
from drivers.emulation.host import TcpHost
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.types import PrinterStatus
from drivers.status import DeviceState, DeviceStatus, SupplyState
from drivers.types import Deadline
from kiosk.config import Devices
from kiosk.domain.language import Language
from kiosk.flow.events import CardFailed, CardWasRead, CredentialFailed, SlipFailed, SlipPrinted
from kiosk.services import bench as bench_module
from kiosk.services.bench import Bench
from kiosk.services.print_journal import PrintJournal
from kiosk.services.probes import of_printer, trouble_of
from kiosk.services.proofs import HeldProof
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipFacts, SlipWriter
from tests.helpers.people import SENIOR, sample_catalogue
from tests.helpers.waiting import until

CASE = "019abc00-1234-7abc-8def-0123456789ab"


class HungDocuments:
    """A document printer whose driver does not come back from a job until it is let go of."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self._printer = SimulatedDocumentPrinter()

    def status(self) -> DocumentPrinterStatus:
        return self._printer.status()

    def print_document(
        self,
        pdf: bytes,
        deadline: Deadline,
        *,
        copies: int = 1,
        title: str = "document",
        before_bytes: Callable[[], None] | None = None,
    ) -> DocumentOutcome:
        assert self.let_go.wait(60)
        return self._printer.print_document(pdf, deadline, copies=copies, title=title, before_bytes=before_bytes)

    def close(self) -> None:
        self._printer.close()


@pytest.mark.expects_warnings
def test_a_document_printer_that_hangs_may_have_printed_and_nobody_is_told_otherwise(
    reader: IdReaderEmulator, printer: PrinterEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = HungDocuments()
    monkeypatch.setattr("drivers.document_printer.factory.open_document_printer", lambda _url: hung)
    monkeypatch.setattr(bench_module, "DOCUMENTS", replace(bench_module.DOCUMENTS, grace_s=0.3))
    with TcpHost(reader) as reader_host, TcpHost(printer) as printer_host:
        devices = Devices(id_card_reader=reader_host.url, receipt_printer=printer_host.url, document_printer="sim://")
        bench = Bench(devices, desk(tmp_path))
        bench.start()
        until(lambda: bench.supervisors["document_printer"].status.is_online)
        proof = HeldProof(bytes(bytearray(b"%PDF-1.7 SAMPLE")), "P7K29QXM4TRA", 1, 0)
        outcome = bench.print_document(proof, Deadline(0.3))
        hung.let_go.set()
        bench.close()
        proof.close()
    assert outcome is not None
    assert outcome.result is PrintResult.UNKNOWN


def test_without_a_document_printer_there_is_no_outcome(subject: Bench) -> None:
    proof = HeldProof(bytes(bytearray(b"%PDF-1.7 SAMPLE")), "P7K29QXM4TRA", 1, 0)
    assert subject.print_document(proof, Deadline(1.0)) is None
    proof.close()


def desk(folder: Path) -> SlipDesk:
    return SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), PrintJournal(folder / "prints.db"))


@pytest.fixture
def reader() -> IdReaderEmulator:
    return IdReaderEmulator()


@pytest.fixture
def printer() -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as printer:
        yield printer


@pytest.fixture
def subject(reader: IdReaderEmulator, printer: PrinterEmulator, tmp_path: Path) -> Iterator[Bench]:
    with TcpHost(reader) as reader_host, TcpHost(printer) as printer_host:
        devices = Devices(id_card_reader=reader_host.url, receipt_printer=printer_host.url)
        bench = Bench(devices, desk(tmp_path))
        bench.start()
        yield bench
        bench.close()


@pytest.fixture
def facts() -> SlipFacts:
    item = sample_catalogue().item(SENIOR)
    assert item is not None
    return SlipFacts(
        language=Language.ZH,
        item=item,
        case_id=CASE,
        receipt_number="330304261123A00100001D",
        stored_at="2026-11-23 20:00",
        delivered=False,
        holder_name="**瓯",
        holder_number="330304********0026",
        machine="一号机",
        hotline="0577-12345",
        check_at="https://platform.example/verify",
        copy=False,
        sample=True,
    )


def test_a_card_becomes_a_person(subject: Bench, reader: IdReaderEmulator) -> None:
    reader.put_card(sample_card())
    event = subject.read_card(Deadline(20))
    assert isinstance(event, CardWasRead)
    assert event.person.name == "测试·林小瓯"
    assert event.portrait is None


def test_nobody_and_a_lost_reader_are_told_apart(subject: Bench, tmp_path: Path) -> None:
    assert subject.read_card(Deadline(0.5)) == CardFailed("card.no_card")
    bench = Bench(Devices(id_card_reader="socket://127.0.0.1:9"), desk(tmp_path / "other"))
    bench.start()
    assert bench.read_card(Deadline(0.5)) == CardFailed("card.reader_lost")
    assert trouble_of(bench.supervisors["id_card_reader"].status) == "disconnected"
    bench.close()


def test_the_slip_that_is_printed_says_what_the_screen_shows(subject: Bench, printer: PrinterEmulator, facts: SlipFacts) -> None:
    assert subject.print_slip(facts, Deadline(40)) == SlipPrinted(CASE)
    text = printer.slips[-1].text
    assert "已保存在本机，尚未送达" in text
    assert facts.receipt_number in text
    assert subject.draw_slip(facts).ndim == 2


def test_an_empty_roll_is_a_reason_and_prints_again_when_full(subject: Bench, printer: PrinterEmulator, facts: SlipFacts) -> None:
    printer.set_paper_mm(0)
    assert subject.print_slip(facts, Deadline(40)) == SlipFailed(CASE, "paper.paper_out")
    assert until(lambda: trouble_of(subject.supervisors["receipt_printer"].status) == "paper_out")
    printer.load_paper()
    assert subject.print_slip(facts, Deadline(40)) == SlipPrinted(CASE)


def test_low_paper_is_no_trouble_and_a_camera_at_rest_neither(subject: Bench) -> None:
    low = PrinterStatus(DeviceStatus(DeviceState.ONLINE, "near_end"), SupplyState.LOW, cover_open=False, cutter_error=False)
    assert not trouble_of(of_printer(low))
    assert until(lambda: subject.supervisors["camera"].status.is_online)
    assert trouble_of(DeviceStatus(DeviceState.NO_DEVICE, "lost")) == "lost"


def test_a_document_printer_is_kept_in_service_where_the_settings_name_one(tmp_path: Path) -> None:
    slips = desk(tmp_path)
    assert "document_printer" not in Bench(Devices(), slips).supervisors
    bench = Bench(Devices(document_printer="sim://"), slips)
    bench.start()
    assert until(lambda: bench.supervisors["document_printer"].status.is_online)
    bench.close()


def test_a_lost_camera_at_rest_is_known_and_known_again_when_it_is_back(subject: Bench) -> None:
    camera = subject.camera
    assert isinstance(camera, PortraitCamera)
    camera.unplug()
    assert until(lambda: trouble_of(subject.supervisors["camera"].status) == "lost")
    camera.plug_in()
    assert until(lambda: subject.supervisors["camera"].status.is_online)


def test_everyone_is_told_of_every_device_until_they_have_heard_enough(subject: Bench) -> None:
    told: dict[str, str] = {}
    end = subject.subscribe(lambda name, status: told.update({name: status.code}))
    assert until(lambda: set(told) == set(subject.supervisors) and "starting" not in told.values())
    end()
    told.clear()
    subject.close()
    assert not told


def test_a_document_printer_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ipp://HOST"):
        Bench(Devices(document_printer="http://192.0.2.7/"), desk(tmp_path))


def test_a_code_is_read_and_a_scanner_that_is_gone_is_told(tmp_path: Path) -> None:
    scanner = ScannerEmulator()
    with TcpHost(scanner) as host:
        bench = Bench(Devices(barcode_scanner=host.url, scanner_framing="cr"), desk(tmp_path))
        bench.start()
        try:
            until(lambda: bench.supervisors["barcode_scanner"].status.is_online, 10.0)
            answers: list[object] = []
            reader = threading.Thread(target=lambda: answers.append(bench.read_code(Deadline(10.0))))
            reader.start()
            until(lambda: bench.supervisors["barcode_scanner"].status.code == "busy", 5.0)
            scanner.scan(b"a credential")
            reader.join(10.0)
            assert answers == ["a credential"]
            assert bench.read_code(Deadline(0.1)) == CredentialFailed("credential.timed_out")
            host.unplug()
            assert bench.read_code(Deadline(5.0)) == CredentialFailed("credential.scanner_lost")
        finally:
            bench.close()


def test_the_camera_is_opened_ahead_and_closed_for_good(subject: Bench) -> None:
    assert isinstance(subject.camera, PortraitCamera)
    subject.open_camera()
    subject.open_camera()
    until(lambda: subject.camera.newest() is not None, 10.0)
    subject.close_camera()
    subject.close_camera()
    assert subject.camera.newest() is None
