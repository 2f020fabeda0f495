"""From the platform to paper: every end of the printer is an event, and the document is overwritten whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.proofs import ProofRequest
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.types import Deadline
from kiosk.domain.language import Language
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted
from kiosk.services.proof_desk import ProofDesk, ProofFacts, facts_of
from kiosk.services.proofs import HeldProof, NoProof
from tests.helpers.people import INSURANCE, sample_person
from tests.helpers.visitor import Visitor

CODE = "P7K29QXM4TRA"
FACTS = ProofFacts("insurance", INSURANCE, "id", "number", Language.EN, id_number="330302195801010005", name="测试·林小瓯")


class Source:
    """Gives what the test says, and remembers the bytes to look at them afterwards."""

    def __init__(self, answer: NoProof | None = None) -> None:
        self.answer = answer
        self.requests: list[ProofRequest] = []
        self.pdf = bytes(bytearray(b"%PDF-1.7 SAMPLE " + b"x" * 64))

    def fetch(self, request: ProofRequest, deadline: Deadline) -> HeldProof | NoProof:
        assert not deadline.is_over
        self.requests.append(request)
        return self.answer or HeldProof(self.pdf, CODE, 2, 0)


def _outcome(result: PrintResult, code: str = "paper_out") -> DocumentOutcome:
    status = SimulatedDocumentPrinter().status()
    return DocumentOutcome(result, replace(status, device=replace(status.device, code=code)))


def test_a_printed_proof_tells_its_code_and_is_overwritten() -> None:
    source = Source()
    event = ProofDesk(source, lambda _proof, _deadline: _outcome(PrintResult.PRINTED)).print(FACTS, Deadline(5.0))
    assert event == ProofPrinted("id", CODE, 2)
    assert not any(source.pdf)
    (asked,) = source.requests
    assert (asked.kind, asked.case_id, asked.receipt_number, asked.language) == ("insurance", "id", "number", "en")
    assert (asked.name, asked.id_number) == (FACTS.name, FACTS.id_number)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (_outcome(PrintResult.NOT_PRINTED), "document.paper_out"),
        (_outcome(PrintResult.NOT_PRINTED, "time_is_up"), "document.time_is_up"),
        (_outcome(PrintResult.PARTLY_PRINTED), "document.partly_printed"),
        (_outcome(PrintResult.UNKNOWN), "document.unknown"),
        (None, "document.disconnected"),
    ],
)
def test_every_other_end_says_why_and_leaves_nothing(outcome: DocumentOutcome | None, reason: str) -> None:
    source = Source()
    event = ProofDesk(source, lambda _proof, _deadline: outcome).print(FACTS, Deadline(5.0))
    assert event == ProofNotPrinted("id", reason)
    assert not any(source.pdf)


def test_a_printer_that_fails_by_a_bug_leaves_nothing_either() -> None:
    source = Source()

    def broken(_proof: HeldProof, _deadline: Deadline) -> DocumentOutcome:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        ProofDesk(source, broken).print(FACTS, Deadline(5.0))
    assert not any(source.pdf)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (NoProof("proof.not_held", "登记簿上没有"), "登记簿上没有"),
        (NoProof("proof.offline", "unreachable"), ""),
        (NoProof("proof.unsound", "wrong_digest"), ""),
    ],
)
def test_only_the_platforms_own_line_is_shown_to_the_resident(answer: NoProof, words: str) -> None:
    def never(_proof: HeldProof, _deadline: Deadline) -> DocumentOutcome:
        raise AssertionError("nothing to print")

    event = ProofDesk(Source(answer), never).print(FACTS, Deadline(5.0))
    assert event == ProofNotPrinted("id", answer.reason, words)


def test_the_facts_are_those_of_the_visit_and_show_nobody() -> None:
    visitor = Visitor()
    visitor.session.person = sample_person()
    visitor.session.case_id, visitor.session.receipt_number = "id", "number"
    facts = facts_of(visitor.context, INSURANCE, Language.ZH)
    assert (facts.kind, facts.case_id, facts.id_number) == ("insurance", "id", sample_person().id_number)
    assert sample_person().id_number not in repr(facts)
    assert sample_person().name not in repr(facts)
    visitor.session.person = None
    with pytest.raises(ValueError, match="nobody"):
        facts_of(visitor.context, INSURANCE, Language.ZH)
