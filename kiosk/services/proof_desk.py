"""证明打印: a proof of one case from the platform to paper, and gone again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from contract.proofs import ProofRequest
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.types import Deadline
from kiosk.domain.language import Language
from kiosk.flow.context import Context
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted
from kiosk.services.proofs import HeldProof, NoProof

_UNSURE = {PrintResult.PARTLY_PRINTED: "document.partly_printed", PrintResult.UNKNOWN: "document.unknown"}


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """Whose proof, and for which case."""

    kind: str
    item_code: str
    case_id: str
    receipt_number: str
    language: Language
    id_number: str = field(repr=False)
    name: str = field(repr=False)


def facts_of(context: Context, item_code: str, language: Language) -> ProofFacts:
    """The facts of this visit's case; ``ValueError`` when nobody is known: a mistake of the caller."""
    session, item = context.session, context.item(item_code)
    if session.person is None:
        raise ValueError("nobody is known")
    return ProofFacts(
        kind=item.proof,
        item_code=item.code,
        case_id=session.case_id,
        receipt_number=session.receipt_number,
        language=language,
        id_number=session.person.id_number,
        name=session.person.name,
    )


class ProofSource(Protocol):
    """Where proofs come from; ``kiosk.services.proofs.Proofs`` is the true one."""

    def fetch(self, request: ProofRequest, deadline: Deadline) -> HeldProof | NoProof:
        """The proof, checked; or why there is none."""
        ...


class ProofDesk:
    """Blocks; run it on a worker thread."""

    def __init__(self, source: ProofSource, print_document: Callable[[HeldProof, Deadline], DocumentOutcome | None]) -> None:
        """``print_document``: prints and follows the job to its end; ``None`` when the printer is not there."""
        self._source = source
        self._print_document = print_document

    def print(self, facts: ProofFacts, deadline: Deadline) -> ProofPrinted | ProofNotPrinted:
        """Fetch, check, print, forget. A job that is cancelled leaves nothing in the printer for the next person."""
        request = ProofRequest(
            kind=facts.kind,
            item_code=facts.item_code,
            case_id=facts.case_id,
            receipt_number=facts.receipt_number,
            id_number=facts.id_number,
            name=facts.name,
            language="en" if facts.language is Language.EN else "zh",
        )
        proof = self._source.fetch(request, deadline)
        if isinstance(proof, NoProof):
            words = proof.detail if proof.reason in ("proof.not_held", "proof.not_yet", "proof.refused") else ""
            return ProofNotPrinted(facts.case_id, proof.reason, words)
        with proof:
            outcome = self._print_document(proof, deadline)
            return _event(facts.case_id, proof, outcome)


def _event(case_id: str, proof: HeldProof, outcome: DocumentOutcome | None) -> ProofPrinted | ProofNotPrinted:
    if outcome is None:
        return ProofNotPrinted(case_id, "document.disconnected")
    if outcome.result is PrintResult.PRINTED:
        return ProofPrinted(case_id, proof.verification_code, proof.pages)
    return ProofNotPrinted(case_id, _UNSURE.get(outcome.result, f"document.{outcome.status.device.code}"))
