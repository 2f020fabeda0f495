"""A proof from end to end: the true platform in a process, the line, the check, the printer under a real CUPS, and the check page."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.id_numbers import is_id_number
from contract.proofs import P256_ORDER, ProofAnswer, ProofRequest, ProofVerdict
from drivers.document_printer.driver import CupsPrinter
from drivers.document_printer.emulator import DocumentPrinterEmulator
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.types import Deadline
from fleet.console.verify import FILES_AT_ONCE
from kiosk.services import proofs
from kiosk.services.proof_check import ProofFlaw, SoundProof, check_proof
from kiosk.services.proofs import HeldProof, NoProof, Proofs
from offline_queue.clock import SystemClock
from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft
from tests.helpers.documents import HASTY, needs_cups
from tests.helpers.platform_process import ROOT, PlatformProcess, fleet
from tests.helpers.terminal import new_case_id

NUMBER, NAME = "42010219920214123X", "测试·王小江"

pytestmark = pytest.mark.xdist_group("proofs")


@dataclass(frozen=True)
class World:
    url: str
    data: Path
    terminal: Path
    identity: IdentityStore
    line: PlatformClient
    proofs: Proofs
    outbox: Outbox

    def hands_in(self, number: str = NUMBER, name: str = NAME) -> tuple[str, str]:
        """A case of this person that the platform holds: its id and receipt number."""
        birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        applicant = msgspec.structs.replace(sample_draft().applicant, id_number=number, name=name, birth_date=birth)
        case = self.outbox.accept(sample_draft(applicant=applicant))
        assert isinstance(case, CaseCommitted), case
        Syncer(self.outbox, self.line, self.identity).run_once()
        assert self.outbox.state_of(case.case_id) in (CaseState.ACCEPTED, CaseState.PROCESSED)
        return case.case_id, case.receipt_number

    def asks(self, **changes: object) -> ProofRequest:
        """A request for a case that was just handed in."""
        whole: dict[str, object] = {"kind": "insurance", "id_number": NUMBER, "name": NAME, "purpose": "购房资格审核"}
        whole |= {"item_code": "11330304MB0TEAT13G4332014001001"}
        owner = (str(changes.get("id_number", NUMBER)), str(changes.get("name", NAME)))
        case_id, number = self.hands_in(*owner) if is_id_number("resident", owner[0]) else self.hands_in()
        return ProofRequest(**({**whole, "case_id": case_id, "receipt_number": number} | changes))  # type: ignore[arg-type]

    @property
    def root(self) -> bytes:
        identity = self.identity.current()
        assert identity is not None
        return identity.proof_root


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("proofs")
    data, terminal = folder / "platform", folder / "terminal"
    platform = PlatformProcess(data)
    token = fleet("enrol-token", "--region", "330304", "--data", data).stdout.split()[0]
    identity = IdentityStore(terminal / "identity")
    time = PlatformTime(SystemClock())
    assert isinstance(enrol(platform.url, token, "测试机", "1", identity, platform_time=time), Enrolled)
    with PlatformClient(platform.url, identity, time) as line, Outbox.open(terminal / "queue" / "cases.db", identity) as outbox:
        yield World(platform.url, data, terminal, identity, line, Proofs(line, identity, time.now_ms), outbox)
    assert platform.stop() == 0
    assert NUMBER not in platform.log
    assert "王小江" not in platform.log


@pytest.fixture(scope="module")
def request_of(world: World) -> ProofRequest:
    return world.asks()


@pytest.fixture(scope="module")
def issued(world: World, request_of: ProofRequest) -> ProofAnswer:
    answer = world.line.request_proof(request_of)
    assert not isinstance(answer, Failure)
    assert answer.outcome == "issued", answer.reason
    return answer


def now_ms() -> int:
    return SystemClock().now().wall_ms


def test_a_proof_is_checked_and_comes_with_its_own_digest(world: World, issued: ProofAnswer) -> None:
    found = check_proof(issued.pdf, world.root, now_ms())
    assert isinstance(found, SoundProof)
    assert (found.verification_code, found.pages, found.sha256) == (issued.verification_code, 1, issued.sha256)
    assert hashlib.sha256(issued.pdf).hexdigest() == issued.sha256
    assert issued.valid_to_ms - issued.issued_at_ms == 90 * 86_400_000


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_passes(world: World, issued: ProofAnswer, data: st.DataObject) -> None:
    pdf = issued.pdf
    gap = pdf.index(b"/Contents <") + 11
    at = data.draw(st.one_of(st.integers(0, len(pdf) - 1), st.integers(gap - 1, gap + 2200)))
    changed = bytearray(pdf)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    assert isinstance(check_proof(bytes(changed), world.root, now_ms()), ProofFlaw)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_file_makes_the_check_stumble(world: World, junk: bytes) -> None:
    assert isinstance(check_proof(b"%PDF-1.7\n" + junk, world.root, now_ms()), ProofFlaw)


def test_another_root_an_expired_certificate_and_what_is_added_are_refused(
    world: World, issued: ProofAnswer, tmp_path: Path
) -> None:
    from fleet.proofs.keys import load_proof_keys

    stranger = load_proof_keys(tmp_path, now_ms()).root
    assert check_proof(issued.pdf, stranger, now_ms()) is ProofFlaw.UNKNOWN_ISSUER
    later = now_ms() + 3 * 365 * 86_400_000
    assert check_proof(issued.pdf, world.root, later) is ProofFlaw.UNKNOWN_ISSUER
    assert isinstance(check_proof(issued.pdf + b"\n%%EOF\n", world.root, now_ms()), ProofFlaw)
    assert check_proof(issued.pdf[: 2**21] + bytes(2**21), world.root, now_ms()) is ProofFlaw.TOO_LARGE


@pytest.mark.parametrize(
    "hostile",
    [
        b"%PDF-1.5\n1 0 obj<</Type/XRef/W[0 0 0]/Index[0 20000000]/Size 20000000/Root 1 0 R/Length 0>>stream\nendstream endobj\n"
        b"startxref\n9\n%%EOF\n",
        b"%PDF-1.5\n" + b"".join(b"%d 0 obj(" % number for number in range(20_000)) + b")" * 20_000,
        b"%PDF-1.5\n/ByteRange [0 9 30 " + b"9" * 9 + b"]\n%%EOF",
        b"%PDF-1.5\n" + b"/ByteRange [0 1 2 3] " * 1000,
    ],
)
def test_a_file_that_nobody_signed_is_not_even_parsed(world: World, hostile: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these keeps the parser busy for minutes, or fills the memory."""
    from pyhanko.pdf_utils import reader

    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(reader, "PdfFileReader", never)
    assert check_proof(hostile, world.root, now_ms()) in (ProofFlaw.NOT_SIGNED, ProofFlaw.CHANGED)


def test_the_other_value_of_the_signature_does_not_pass(world: World, issued: ProofAnswer) -> None:
    """ECDSA has two values of ``s`` that both verify: the file would be another, and hold."""
    gap = issued.pdf.index(b"/Contents <") + len(b"/Contents <")
    written = issued.pdf[gap : issued.pdf.index(b">", gap)]
    whole = cms.ContentInfo.load(bytes.fromhex(written.decode()))
    signer = whole["content"]["signer_infos"][0]
    r, s = decode_dss_signature(signer["signature"].native)
    assert s <= P256_ORDER // 2
    signer["signature"] = encode_dss_signature(r, P256_ORDER - s)
    other = whole.dump(force=True).hex().upper().encode()
    bent = issued.pdf.replace(written, other[: len(written)].ljust(len(written), b"0"))
    assert bent != issued.pdf
    assert check_proof(bent, world.root, now_ms()) is ProofFlaw.CHANGED


def test_signed_but_active_is_refused_all_the_same(tmp_path: Path) -> None:
    """Our own signature does not make a script harmless."""
    import io

    from reportlab.pdfgen.canvas import Canvas

    from fleet.proofs.keys import load_proof_keys
    from fleet.proofs.signing import sign_pdf

    keys = load_proof_keys(tmp_path, now_ms())

    def signed(pages: int, script: bool) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out)
        for _ in range(pages):
            canvas.drawString(50, 50, "SAMPLE")
            canvas.showPage()
        if script:
            from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFString

            canvas._doc.Catalog.OpenAction = PDFDictionary({"S": "/JavaScript", "JS": PDFString("app.alert(1)")})
        canvas.save()
        return sign_pdf(out.getvalue(), keys)

    assert check_proof(signed(1, True), keys.root, now_ms()) is ProofFlaw.ACTIVE_CONTENT
    assert check_proof(signed(5, False), keys.root, now_ms()) is ProofFlaw.TOO_MANY_PAGES
    assert check_proof(signed(1, False), keys.root, now_ms()) is ProofFlaw.NO_CODE


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


def _page_says(world: World, pdf: bytes) -> str:
    answer = httpx.post(f"{world.url}/verify/file", files={"file": ("p.pdf", pdf, "application/pdf")}, timeout=30)
    assert answer.status_code == 200
    return answer.text


def test_uploads_that_never_come_keep_nobody_from_checking_a_code(world: World, issued: ProofAnswer) -> None:
    """Eight connections that promise a megabyte and send three bytes: the pages that read little are open all the same."""
    address = (httpx.URL(world.url).host, httpx.URL(world.url).port or 80)
    lines = [socket.create_connection(address, timeout=10) for _ in range(FILES_AT_ONCE)]
    try:
        for path, line in zip(itertools.cycle(("/verify/file", "/verify", "/v1/proofs/verify", "/v1/receipts/verify")), lines):
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".encode())
        time.sleep(0.3)
        checked = httpx.post(f"{world.url}/v1/proofs/verify", json={"text": issued.verification_code}, timeout=30)
        assert (checked.status_code, checked.json()["code"]) == (200, "valid")
        assert httpx.post(f"{world.url}/verify", data={"text": issued.verification_code}, timeout=30).status_code == 200
    finally:
        for line in lines:
            line.close()


def test_the_check_page_knows_code_and_file(world: World, issued: ProofAnswer) -> None:
    by_code = httpx.post(f"{world.url}/verify", data={"text": issued.verification_code}, timeout=30).text
    for page in (by_code, _page_says(world, issued.pdf)):
        assert "证明是真的" in page
        assert "正常缴费" in page
        assert "测试·王**" in page
        assert NUMBER not in page
        assert "王小江" not in page
    changed = bytearray(issued.pdf)
    changed[len(changed) // 2] ^= 1
    assert "文件被改动过" in _page_says(world, bytes(changed))
    assert "测试·王" not in _page_says(world, bytes(changed))
    assert "没有查到" in _page_says(world, b"%PDF-1.7 nothing")
    verdict = httpx.post(f"{world.url}/v1/proofs/verify", json={"text": issued.verification_code}, timeout=30)
    assert msgspec.json.decode(verdict.content, type=ProofVerdict).code == "valid"


def test_the_record_can_only_be_added_to(world: World, issued: ProofAnswer) -> None:
    import sqlite3

    database = sqlite3.connect(world.data / "platform.sqlite3")
    try:
        for order in ("DELETE FROM proofs", "UPDATE proofs SET sha256 = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                database.execute(order)
        rows = database.execute("SELECT * FROM proofs").fetchall()
    finally:
        database.close()
    assert issued.sha256 in {row[1] for row in rows}
    assert not [value for row in rows for value in row if NUMBER in str(value) or "王小江" in str(value)]


def test_the_command_tells_by_its_exit_code(world: World, issued: ProofAnswer, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(issued.pdf)
    bad.write_bytes(issued.pdf.replace(b"SAMPLE", b"SIMPLE", 1))

    def run(*words: str | Path) -> tuple[int, dict[str, object]]:
        command = [sys.executable, "-m", "kiosk", "verify-proof", "--json", "--data", world.terminal, *words]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout or "{}")

    code, told = run(good)
    assert (code, told["code"], told["verification_code"]) == (0, "genuine", issued.verification_code)
    assert run(bad)[0] == 1
    assert run(issued.verification_code)[1]["code"] == "code_only"
    wrong = issued.verification_code[:-1] + ("0" if issued.verification_code[-1] != "0" else "1")
    assert run(wrong) == (1, run(wrong)[1])
    assert run(tmp_path / "none.pdf")[0] == 2
