"""Shared data and papers, as the plain calls that the workers make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.camera.document import OnLook
from drivers.camera.page_types import CaptureTrouble, PageLook
from drivers.types import Deadline
from kiosk.catalogue.certificates import read_identifier
from kiosk.domain.identity import Person
from kiosk.domain.papers import PageSight, ScannedPage
from kiosk.flow.events import CredentialFailed
from kiosk.flow.gathering_events import CertificateFailed, CertificateRead, PaperScanned, ScanFailed, SharedFetched
from kiosk.flow.moves import PURPOSE_DATA, PURPOSE_POLICIES
from kiosk.flow.session import SessionContext

_CODE_REASONS = {
    "credential.timed_out": "papers.timed_out",
    "credential.cancelled": "papers.timed_out",
    "credential.scanner_lost": "papers.no_scanner",
}
_SCAN_REASONS = {
    CaptureTrouble.NO_CAMERA: "papers.no_camera",
    CaptureTrouble.NO_PAGE: "papers.no_page",
    CaptureTrouble.CANCELLED: "papers.timed_out",
}


@dataclass(frozen=True, slots=True)
class SharedQuestion:
    """What is asked of authorities, and what allows it."""

    elements: tuple[str, ...]
    purpose: str
    """The matter's code."""
    consented_at_ms: int
    """When the resident consented to it; 0: never, and then nothing is asked."""


def question_for(elements: tuple[str, ...], session: SessionContext, item_code: str) -> SharedQuestion:
    """The question of this visit, resting on the consent that stands in its session. Without a matter it is about policies."""
    consent = session.consent_to(PURPOSE_DATA if item_code else PURPOSE_POLICIES)
    return SharedQuestion(
        elements, item_code or PURPOSE_POLICIES, consent.at_ms if consent is not None and consent.granted else 0
    )


class Authorities(Protocol):
    """Where shared data comes from."""

    def fetch(self, person: Person, question: SharedQuestion, deadline: Deadline) -> SharedFetched:
        """What authorities know of ``person``."""
        ...


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """Who shows which certificate, and for what."""

    material: str
    type_code: str
    person: Person
    purpose: str
    """Code of the matter."""


class Certificates(Protocol):
    """Who knows of certificates; ``kiosk.services.certificates`` is the true one."""

    def reason_against(self, person: Person, identifier: str, purpose: str, deadline: Deadline) -> str:
        """Why it does not count; empty when it does."""
        ...


class PaperDevices(Protocol):
    """Scanner and document camera, as ``kiosk.services.bench`` keeps them."""

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        """Wait for a code and read it."""
        ...

    def scan_page(self, deadline: Deadline, on_look: OnLook | None = None) -> bytearray | CaptureTrouble:
        """Capture one page as JPEG, showing ``on_look`` what the camera sees meanwhile."""
        ...


def sight_of(look: PageLook) -> PageSight:
    """What the resident is told of it."""
    if look.trouble is CaptureTrouble.TOO_BLURRED and look.is_small:
        return PageSight(look.corners, "closer")
    return PageSight(look.corners, look.trouble.value if look.trouble is not None else "taken")


class PaperDesk:
    """Each method may be called on a thread of its own."""

    def __init__(self, devices: PaperDevices, authorities: Authorities, certificates: Certificates) -> None:
        self._devices = devices
        self._authorities = authorities
        self._certificates = certificates

    def fetch_shared(self, person: Person, question: SharedQuestion, deadline: Deadline) -> SharedFetched:
        """Ask the authorities that keep these elements."""
        return self._authorities.fetch(person, question, deadline)

    def read_certificate(self, shown: CertificateShown, deadline: Deadline) -> CertificateRead | CertificateFailed:
        """Wait for the code of a certificate of this type. Whose it is the platform tells: the code itself names nobody."""
        material = shown.material
        text = self._devices.read_code(deadline)
        if isinstance(text, CredentialFailed):
            return CertificateFailed(material, _CODE_REASONS.get(text.reason, "papers.bad_certificate"))
        identifier = read_identifier(text.strip())
        if identifier is None or identifier.type_code != shown.type_code:
            return CertificateFailed(material, "papers.bad_certificate")
        if reason := self._certificates.reason_against(shown.person, text.strip(), shown.purpose, deadline):
            return CertificateFailed(material, reason)
        return CertificateRead(material, text.strip())

    def scan(self, material: str, deadline: Deadline, on_look: OnLook | None = None) -> PaperScanned | ScanFailed:
        """Capture one page under the document camera; ``on_look`` is shown on this thread what it sees meanwhile."""
        page = self._devices.scan_page(deadline, on_look)
        if isinstance(page, CaptureTrouble):
            return ScanFailed(material, _SCAN_REASONS.get(page, "papers.blurred"))
        return PaperScanned(material, ScannedPage(material, page))
