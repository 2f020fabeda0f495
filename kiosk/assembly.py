"""Parts of the terminal, each made of the settings: the other half of the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer

import assets
from drivers.face.factory import FaceSettings, make_embedder
from drivers.face.verifier import WorkerVerifier
from drivers.face.worker.messages import ChallengeSettings
from kiosk.catalogue.models import Catalogue
from kiosk.config import Identity, Settings
from kiosk.domain.china_time import CHINA_TIME
from kiosk.readiness import Means
from kiosk.services.bench import Bench, OpenDocuments
from kiosk.services.calendar import calendar_of
from kiosk.services.catalogue_store import InForce
from kiosk.services.certificates import CertificateDesk
from kiosk.services.faces import FaceCheck
from kiosk.services.finding import Finder
from kiosk.services.identify import Ways
from kiosk.services.issuers import IssuedCredentials, PlatformMessages
from kiosk.services.papers import PaperDesk
from kiosk.services.print_journal import PrintJournal
from kiosk.services.progress import number_in
from kiosk.services.sharing import SharedDataDesk
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipWriter
from kiosk.services.staff import StaffBook
from kiosk.workers.hands import Hands
from kiosk.workers.platform_link import PlatformLink
from kiosk.workers.visit import Clock, Surroundings
from offline_queue.clock import Clock as MachineClock
from offline_queue.clock import SystemClock

WARM_UP_AFTER_MS = 500
CARD_NOTE = "card-on-reader"
"""An empty file: a card was read and has not been seen lifted since."""


@dataclass(frozen=True)
class Instead:
    """What a simulation puts in the place of the machine's own."""

    clock: MachineClock = field(default_factory=SystemClock)
    open_documents: OpenDocuments | None = None

    def monotonic_s(self) -> float:
        """Seconds that nobody can set, by this clock."""
        return self.clock.now().monotonic_ms / 1000

    def clock_of_visits(self, now_ms: Callable[[], int]) -> Clock:
        """The same clock as the flow sees it. ``now_ms``: the platform's time, as far as known here.

        Consents and forms go to the platform, which takes no date from a wall clock that runs ahead.
        """
        return Clock(lambda: datetime.fromtimestamp(now_ms() / 1000, CHINA_TIME).date(), now_ms, self.monotonic_s)


def bench(settings: Settings, instead: Instead) -> Bench:
    """All devices, and what stands beside them on the disk."""
    data_dir = settings.machine.data_dir
    slips = SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), PrintJournal(data_dir / "prints.db"))
    return Bench(settings.devices, slips, data_dir / CARD_NOTE, instead.open_documents)


def papers(link: PlatformLink, bench: Bench, in_force: InForce) -> PaperDesk:
    """Papers from authorities, certificates and the document camera."""
    authorities = SharedDataDesk(link.identifying, link.identity, in_force.get)
    return PaperDesk(bench, authorities, CertificateDesk(link.identifying, link.identity))


def surroundings(catalogue: Catalogue, hands: Hands, link: PlatformLink, sample: bool) -> Surroundings:
    """What the flow looks at besides devices and store."""
    finder = Finder(catalogue)
    warm_up_later(hands, finder.warm_up)
    return Surroundings(finder.find, number_in, partial(calendar_of, catalogue), sample, link.neighbours.known)


def warm_up_later(hands: Hands, *jobs: Callable[[], None]) -> None:
    """Not at once: the first picture needs the processor."""
    for job in jobs:
        QTimer.singleShot(WARM_UP_AFTER_MS, hands, partial(hands.warm_up, job))


def means(settings: Settings, staff: StaffBook, verifier: WorkerVerifier) -> Callable[[], Means]:
    """Asked anew each time: the face engine knows whether it is calibrated only when it is loaded."""
    return lambda: Means(
        staff=not staff.is_empty,
        credentials=bool(settings.identity.credential_issuers),
        face_is_demonstration=verifier.is_demonstration,
        document_camera=bool(settings.devices.document_camera),
        documents=bool(settings.devices.document_printer),
        presence=settings.devices.presence == "camera",
        platform_portraits=settings.identity.platform_portraits,
    )


def verifier(identity: Identity) -> WorkerVerifier:
    """Raises ``ModelUnusable``: a model that is asked for and is not there must be heard of at the start."""
    make_embedder(identity.face_engine, identity.face_model)
    settings = FaceSettings(
        engine=identity.face_engine,
        model=identity.face_model,
        calibration=identity.face_calibration,
        attack_model=identity.attack_model,
    )
    return WorkerVerifier(settings, ChallengeSettings(screen_light=identity.screen_light))


def ways(settings: Settings, link: PlatformLink, bench: Bench, face: FaceCheck, staff: StaffBook, in_force: InForce) -> Ways:
    """Credentials are set up when an issuer is; text messages always, for the platform says whom it can reach."""
    credentials = IssuedCredentials(link.credentials) if settings.identity.credential_issuers else None
    references = None
    if settings.identity.platform_portraits:
        references = link.reference_photos(lambda: in_force.get().consent_version)
    return Ways(bench, face, staff, credentials, PlatformMessages(link.text_messages), references)
