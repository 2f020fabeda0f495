"""电子证照 at the terminal: the check character is looked at here; holder and validity are the platform's word, if reached."""

from __future__ import annotations

import logging
import os
from typing import Protocol

from contract.certificates import (
    CertificateAnswer,
    CertificateQuestion,
    CheckCertificate,
    certificate_info,
    open_state,
)
from contract.sealed_answers import ANSWER_KEY_BYTES
from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.services.sealed_questions import seal_question
from offline_queue.identity import IdentitySource
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)
_REASONS = {
    "expired": "papers.certificate_expired",
    "not_yet_valid": "papers.certificate_not_yet",
    "revoked": "papers.certificate_revoked",
}
_UNKNOWN = "papers.certificate_unknown"


class CertificateLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def check_certificate(self, request: CheckCertificate) -> CertificateAnswer | Failure:
        """Have a certificate checked."""
        ...


class CertificateDesk:
    """Blocks; run it on a worker thread."""

    def __init__(self, line: CertificateLine, identity: IdentitySource) -> None:
        self._line = line
        self._identity = identity

    def reason_against(self, person: Person, identifier: str, purpose: str, deadline: Deadline) -> str:
        """Why this certificate does not count; empty when it is ``person``'s and valid, and when the platform cannot be asked.

        Offline its check character has to do: the platform looks again when the case arrives, as with every certificate.
        """
        key = bytearray(os.urandom(ANSWER_KEY_BYTES))
        try:
            question = CertificateQuestion(
                id_type=person.card_kind,
                id_number=person.id_number,
                identifier=identifier,
                purpose=purpose,
                answer_key=bytes(key),
            )
            asked = None if deadline.is_over else seal_question(self._identity, certificate_info, question)
            if asked is None:
                return ""
            answer = self._line.check_certificate(
                CheckCertificate(suite=asked.suite, sealing_key_id=asked.sealing_key_id, sealed=asked.sealed)
            )
            if isinstance(answer, Failure):
                _log.info("no certificate was checked: %s", answer.code)
                return ""
            state = open_state(answer.sealed, bytes(key), asked.sealed)
        finally:
            key[:] = bytes(len(key))
        if state is None:
            _log.warning("an answer that does not belong to the certificate was thrown away")
            return ""
        return "" if state.outcome == "valid" else _REASONS.get(state.outcome, _UNKNOWN)
