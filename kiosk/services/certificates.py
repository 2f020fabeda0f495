"""电子证照 at the terminal: the check character is looked at here; holder and validity are the platform's word, if reached."""

from __future__ import annotations

from typing import Protocol

from contract.certificates import (
    CertificateAnswer,
    CertificateQuestion,
    CheckCertificate,
    certificate_info,
    open_state,
)
from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.services.sealed_questions import Exchange
from offline_queue.identity import IdentitySource
from offline_queue.policy import Failure

_EXCHANGE = Exchange("word on a certificate", certificate_info, CheckCertificate, open_state)
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
        if deadline.is_over:
            return ""
        found = _EXCHANGE.ask(
            self._identity,
            lambda answer_key: CertificateQuestion(
                id_type=person.card_kind,
                id_number=person.id_number,
                identifier=identifier,
                purpose=purpose,
                answer_key=answer_key,
            ),
            self._line.check_certificate,
        )
        if found is None or found[0].outcome == "valid":
            return ""
        return _REASONS.get(found[0].outcome, _UNKNOWN)
