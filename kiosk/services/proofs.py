"""Proofs 证明 at the terminal: fetched from the platform, checked, printed on A4, gone.

The document is only ever held in memory: no file is written here, and the printer's spool is purged. The copy held
here is overwritten when the visit lets go of it; copies that the HTTP library and the interpreter made on the way are only freed.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from contract.proofs import ProofAnswer, ProofRequest
from drivers.document_printer.abstract import DocumentPrinter
from drivers.document_printer.types import DocumentOutcome
from drivers.types import Deadline
from kiosk.services.proof_check import ProofFlaw, check_proof
from offline_queue.identity import IdentitySource
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)
_OFFLINE = "proof.offline"
_CLOSE_S = 20.0
"""A driver that hangs must not hold up whoever lets go of the proof for ever."""


class ProofLine(Protocol):
    """The line to the platform. Calls come back by themselves (``TransportSettings.request_limit_s``)."""

    def request_proof(self, request: ProofRequest) -> ProofAnswer | Failure:
        """Have a proof made."""
        ...


@dataclass(frozen=True, slots=True)
class NoProof:
    """Why there is none.

    ``reason``: ``proof.offline``, ``proof.not_held``, ``proof.not_yet``, ``proof.refused``, ``proof.no_root`` (the terminal
    knows no root certificate: enrol it again) or ``proof.unsound`` (the file did not pass; ``detail`` is the flaw).
    """

    reason: str
    detail: str = ""
    """The platform's line for the resident, or a code for the technician."""


class HeldProof:
    """A checked proof in memory. Use as a context manager, or ``close``: the document is overwritten then."""

    def __init__(self, pdf: bytes, verification_code: str, pages: int, valid_to_ms: int) -> None:
        """Takes ``pdf`` over: nobody else may hold it, for it is overwritten in place."""
        self._pdf: bytes | None = pdf
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.verification_code = verification_code
        self.pages = pages
        self.valid_to_ms = valid_to_ms

    def __repr__(self) -> str:
        return f"HeldProof(pages={self.pages}, <redacted>)"

    def print_on(
        self, printer: DocumentPrinter, deadline: Deadline, *, before_bytes: Callable[[], None] | None = None
    ) -> DocumentOutcome:
        """Print one copy and follow it to its end. ``ValueError`` once closed: a mistake of the caller."""
        with self._lock:
            if self._pdf is None or self._closed.is_set():
                raise ValueError("this proof was let go of")
            try:
                return printer.print_document(self._pdf, deadline, title="proof", before_bytes=before_bytes)
            finally:
                if self._closed.is_set():  # whoever closed it did not wait for a driver that hung
                    self._let_go()

    def close(self) -> None:
        """Overwrite and forget the document; waits a while for a print that is under way, and may be called twice."""
        self._closed.set()
        if not self._lock.acquire(timeout=_CLOSE_S):
            _log.error("a document printer that hangs holds a proof: it is overwritten as soon as the printer lets go")
            return
        try:
            self._let_go()
        finally:
            self._lock.release()

    def _let_go(self) -> None:
        pdf, self._pdf = self._pdf, None
        if pdf is not None:
            _overwrite(pdf)

    def __enter__(self) -> HeldProof:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Proofs:
    """Fetches proofs. Blocks; run it on a worker thread."""

    def __init__(self, line: ProofLine, identity: IdentitySource, now_ms: Callable[[], int]) -> None:
        """``now_ms``: the platform's time as the terminal knows it."""
        self._line = line
        self._identity = identity
        self._now_ms = now_ms

    def fetch(self, request: ProofRequest, deadline: Deadline) -> HeldProof | NoProof:
        """The proof, checked; or why there is none. What comes after the deadline is thrown away."""
        identity = self._identity.current()
        if identity is None or not identity.proof_root:
            return NoProof("proof.no_root")
        if deadline.is_over:
            return NoProof(_OFFLINE)
        answer = self._line.request_proof(request)
        if isinstance(answer, Failure):
            _log.info("no proof was fetched: %s", answer.code)
            return NoProof(_OFFLINE, answer.code)
        if answer.outcome != "issued":
            return NoProof(f"proof.{answer.outcome}", answer.reason[:200])
        if deadline.remaining_s <= 0.0:
            _overwrite(answer.pdf)
            return NoProof(_OFFLINE)
        return self._checked(request, answer, identity.proof_root)

    def _checked(self, request: ProofRequest, answer: ProofAnswer, root: bytes) -> HeldProof | NoProof:
        now_ms = self._now_ms()
        found = check_proof(answer.pdf, root, now_ms)
        if isinstance(found, ProofFlaw):
            flaw = found.value
        elif found.sha256 != answer.sha256:
            flaw = "wrong_digest"
        elif found.verification_code != answer.verification_code:
            flaw = "wrong_code"
        elif (found.kind, found.receipt_number) != (request.kind, request.receipt_number):
            flaw = "of_another_request"
        elif now_ms >= found.valid_to_ms:
            flaw = "expired"
        else:
            return HeldProof(answer.pdf, found.verification_code, found.pages, found.valid_to_ms)
        _log.error("a proof of the platform did not pass and is not printed: %s", flaw)
        _overwrite(answer.pdf)
        return NoProof("proof.unsound", flaw)


def _overwrite(data: bytes) -> None:
    """Zero the bytes in place. CPython keeps them behind a header of known size, and shares those of length 0 and 1."""
    if len(data) > 1:
        ctypes.memset(id(data) + bytes.__basicsize__ - 1, 0, len(data))
