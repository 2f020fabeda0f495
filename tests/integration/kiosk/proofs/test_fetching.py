"""A proof from the platform to the paper, under a real CUPS; and who gets none."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from contract.proofs import ProofAnswer, ProofRequest
from drivers.document_printer.driver import CupsPrinter
from drivers.document_printer.emulator import DocumentPrinterEmulator
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.types import Deadline
from kiosk.services import proofs
from kiosk.services.proofs import HeldProof, NoProof, Proofs
from tests.helpers.documents import HASTY, needs_cups
from tests.helpers.terminal import new_case_id
from tests.integration.kiosk.proofs.conftest import NAME, NUMBER, World, now_ms

pytestmark = pytest.mark.xdist_group("proofs")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"kind": "fund", "id_number": "330302195801010005", "name": "测试·陈小温"}, "proof.not_held"),
        ({"kind": "tax", "id_number": "330302195801010005", "name": "测试·陈小温"}, "proof.not_yet"),
        ({"name": "测试·别人"}, "proof.not_held"),
        ({"id_number": "420102199202141230"}, "proof.refused"),
        ({"purpose": "长" * 61}, "proof.refused"),
        ({"case_id": "x"}, "proof.refused"),
    ],
)
def test_what_cannot_be_proved_is_told_in_one_line(world: World, changes: dict[str, object], outcome: str) -> None:
    found = world.proofs.fetch(world.asks(**changes), Deadline(30))
    assert isinstance(found, NoProof)
    assert found.reason == outcome
    assert found.detail
    assert "\n" not in found.detail


def test_nobody_gets_a_proof_on_somebody_else_s_case_or_on_one_that_is_not_held(world: World) -> None:
    theirs, their_number = world.hands_in("330302195801010005", "测试·陈小温")
    own = world.asks()
    for case_id, number in ((theirs, their_number), (own.case_id, their_number), (new_case_id(), own.receipt_number)):
        found = world.proofs.fetch(msgspec.structs.replace(own, case_id=case_id, receipt_number=number), Deadline(30))
        assert isinstance(found, NoProof)
        assert (found.reason, found.detail) == ("proof.no_case", "您的办件还没有送到平台，请稍后再打印")


def test_a_case_has_so_many_proofs_and_no_more(world: World) -> None:
    request = world.asks(kind="tax", language="en")
    for _ in range(5):
        found = world.proofs.fetch(request, Deadline(60))
        assert isinstance(found, HeldProof)
        found.close()
    refused = world.proofs.fetch(request, Deadline(60))
    assert isinstance(refused, NoProof)
    assert refused.reason == "proof.refused"


def test_after_the_deadline_nothing_is_asked(world: World) -> None:
    over = Deadline(10)
    over.cancel()
    assert world.proofs.fetch(world.asks(), over) == NoProof("proof.offline")


class _BentLine:
    def __init__(self, answer: ProofAnswer) -> None:
        self.answer = answer

    def request_proof(self, request: ProofRequest) -> ProofAnswer:
        return self.answer


@pytest.mark.expects_warnings
@pytest.mark.parametrize(
    ("changes", "detail"),
    [({"sha256": "0" * 64}, "wrong_digest"), ({"verification_code": "P00000000000"}, "wrong_code"), ({"pdf": b"x"}, "not_a_pdf")],
)
def test_an_answer_that_does_not_fit_its_document_is_not_printed(
    world: World, issued: ProofAnswer, changes: dict[str, object], detail: str
) -> None:
    own = bytes(bytearray(issued.pdf))  # a copy: it is overwritten
    bent = msgspec.structs.replace(issued, **({"pdf": own} | changes))
    assert Proofs(_BentLine(bent), world.identity, now_ms).fetch(world.asks(), Deadline(9)) == NoProof("proof.unsound", detail)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("changes", [{"kind": "fund"}, {"receipt_number": "330304261123A01700044Y"}])
def test_a_genuine_proof_of_another_request_is_not_printed(
    world: World, issued: ProofAnswer, request_of: ProofRequest, changes: dict[str, str]
) -> None:
    own = msgspec.structs.replace(issued, pdf=bytes(bytearray(issued.pdf)))
    asked = msgspec.structs.replace(request_of, **changes)
    found = Proofs(_BentLine(own), world.identity, now_ms).fetch(asked, Deadline(9))
    assert found == NoProof("proof.unsound", "of_another_request")
    assert not any(own.pdf)


@pytest.mark.expects_warnings
def test_a_proof_whose_time_is_over_is_not_printed(world: World, issued: ProofAnswer, request_of: ProofRequest) -> None:
    own = msgspec.structs.replace(issued, pdf=bytes(bytearray(issued.pdf)))
    later = Proofs(_BentLine(own), world.identity, lambda: issued.valid_to_ms)
    assert later.fetch(request_of, Deadline(9)) == NoProof("proof.unsound", "expired")


def test_a_proof_that_a_hung_printer_holds_is_overwritten_when_it_lets_go(
    issued: ProofAnswer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(proofs, "_CLOSE_S", 0.05)
    own = bytes(bytearray(issued.pdf))
    held = HeldProof(own, issued.verification_code, 1, issued.valid_to_ms)
    printing, release = threading.Event(), threading.Event()

    class Hung(SimulatedDocumentPrinter):
        def print_document(
            self,
            pdf: bytes,
            deadline: Deadline,
            *,
            copies: int = 1,
            title: str = "document",
            before_bytes: Callable[[], None] | None = None,
        ) -> DocumentOutcome:
            printing.set()
            assert release.wait(30)
            return super().print_document(pdf, deadline, copies=copies, title=title, before_bytes=before_bytes)

    thread = threading.Thread(target=lambda: held.print_on(Hung(), Deadline(30)))
    thread.start()
    assert printing.wait(30)
    with caplog.at_level(logging.CRITICAL + 1, logger="kiosk.services.proofs"):
        held.close()
    assert any(own), "the printer still has it"
    release.set()
    thread.join(30)
    assert not any(own)


def test_the_document_is_overwritten_when_it_is_let_go_of(issued: ProofAnswer) -> None:
    own = bytes(bytearray(issued.pdf))
    with HeldProof(own, issued.verification_code, 1, issued.valid_to_ms):
        assert own.startswith(b"%PDF")
    assert not any(own)


@needs_cups
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed (Debian: poppler-utils)")
def test_from_the_platform_to_the_paper(world: World, tmp_path: Path) -> None:
    with DocumentPrinterEmulator() as emulator:
        printer = CupsPrinter(emulator.url, user="oueban-test", patience=HASTY)
        found = world.proofs.fetch(world.asks(), Deadline(60))
        assert isinstance(found, HeldProof)
        with found:
            outcome = found.print_on(printer, Deadline(60))
        assert (outcome.result, outcome.is_purged) == (PrintResult.PRINTED, True)
        (paper,) = [document.pdf for document in emulator.documents if document.is_whole]
        printer.close()
    printed = tmp_path / "printed.pdf"
    printed.write_bytes(paper)
    text = subprocess.run(["pdftotext", "-raw", printed, "-"], capture_output=True, text=True, check=True, timeout=60).stdout
    for said in ("社会保险参保证明", NAME, NUMBER, "购房资格审核", "SAMPLE", found.verification_code[:4]):
        assert said in text
    assert not [path for path in world.terminal.rglob("*") if path.is_file() and b"%PDF" in path.read_bytes()]
