"""The use cases that the workers call: what may block is called on a thread of its own, and what comes of it is an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.camera.document import OnLook
from drivers.presence.abstract import PresenceSensor
from drivers.types import Deadline, Image
from kiosk.domain.identity import Person, Portrait
from kiosk.flow.events import (
    CardFailed,
    CardWasRead,
    CredentialFailed,
    CredentialShown,
    Event,
    FaceAsks,
    GuardianCardRead,
    SmsFailed,
    SmsSent,
)
from kiosk.flow.gathering_events import CertificateFailed, CertificateRead, PaperScanned, ScanFailed, SharedFetched
from kiosk.flow.progress_events import ProgressTold, SlipNotRead, SlipRead
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted
from kiosk.flow.session import ConsentRecord
from kiosk.readiness import StoreHealth
from kiosk.services.cases import CaseDesk
from kiosk.services.papers import CertificateShown, SharedQuestion
from kiosk.services.proof_desk import ProofFacts
from kiosk.services.slips import SlipFacts


class Identifying(Protocol):
    """The ways to identify; ``kiosk.services.identify`` is the real one."""

    def read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it."""
        ...

    def read_guardian_card(self, child: Person, deadline: Deadline) -> GuardianCardRead | CardFailed:
        """Wait for a card that is not the child's."""
        ...

    def read_credential(self, deadline: Deadline) -> CredentialShown | CredentialFailed:
        """Wait for a code before the scanner, and check it."""
        ...

    def prepare_camera(self) -> None:
        """Open the camera ahead of a face check."""
        ...

    def release_camera(self) -> None:
        """Close the camera, whether it is open or not."""
        ...

    def prove_by_face(self, person: Person, portrait: Portrait, deadline: Deadline, tell: Callable[[FaceAsks], None]) -> Event:
        """One face check."""
        ...

    def prove_by_platform_photo(
        self, person: Person, consent: ConsentRecord | None, deadline: Deadline, tell: Callable[[FaceAsks], None]
    ) -> Event:
        """One face check against the platform's photo."""
        ...

    def check_staff(self, person: Person, staff_id: str, pin: str) -> Event:
        """Check badge and PIN."""
        ...

    def request_sms(self, person: Person, deadline: Deadline) -> SmsSent | SmsFailed:
        """Have a code sent."""
        ...

    def confirm_sms(self, person: Person, request_id: str, code: str, deadline: Deadline) -> Event:
        """Check the code."""
        ...


class Gathering(Protocol):
    """Shared data and papers; ``kiosk.services.papers`` is the real one."""

    def fetch_shared(self, person: Person, question: SharedQuestion, deadline: Deadline) -> SharedFetched:
        """Ask the authorities that keep these elements."""
        ...

    def read_certificate(self, shown: CertificateShown, deadline: Deadline) -> CertificateRead | CertificateFailed:
        """Wait for the code of a certificate, and check it."""
        ...

    def scan(self, material: str, deadline: Deadline, on_look: OnLook | None = None) -> PaperScanned | ScanFailed:
        """Capture one page under the document camera."""
        ...


class Progressing(Protocol):
    """Progress queries; ``kiosk.services.progress`` is the real one."""

    def read_slip(self, deadline: Deadline) -> SlipRead | SlipNotRead:
        """Wait for the code of a slip before the scanner."""
        ...

    def ask(self, person: Person, number: str, deadline: Deadline, *, identified: bool) -> ProgressTold:
        """Where the cases are."""
        ...


class Documents(Protocol):
    """Proofs on paper; ``kiosk.services.proof_desk`` is the real one."""

    def print(self, facts: ProofFacts, deadline: Deadline) -> ProofPrinted | ProofNotPrinted:
        """Fetch, check and print one proof."""
        ...


@dataclass(frozen=True)
class Services:
    """The use cases, as plain calls that may block; each is only ever called on its own thread."""

    identity: Identifying
    print_slip: Callable[[SlipFacts, Deadline], Event]
    draw_slip: Callable[[SlipFacts], Image | None]
    cases: CaseDesk
    papers: Gathering | None = None
    """Authorities, scanner and document camera; ``None`` where none of them is set up."""
    documents: Documents | None = None
    """Who prints proofs; ``None`` where nobody does."""
    progress: Progressing | None = None
    """Who is asked where cases are; ``None`` where nobody is."""
    presence: PresenceSensor | None = None
    """Who tells that nobody is there any more; ``None`` where nobody does."""
    look_for_card: Callable[[Deadline], bool | None] = lambda _deadline: None
    """Whether a card lies on the reader; ``None`` where nobody can tell."""
    store_health: Callable[[], StoreHealth] = StoreHealth
    """How to ask the queue; on the store's thread, because a disk may take its time."""
