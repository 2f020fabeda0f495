"""Carries out the machine's effects on threads that may wait; what comes of them returns as events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import assert_never

from PySide6.QtCore import QObject, Signal

from drivers.camera.page_types import PageLook
from drivers.types import Deadline, Image
from kiosk.config import Times
from kiosk.domain.identity import Person, Portrait
from kiosk.domain.progress import Standings
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow.effects import (
    CREDENTIAL_WAIT_S,
    AskProgress,
    CancelGathering,
    CancelIdentify,
    CancelProgress,
    CheckSms,
    CheckStaff,
    FetchShared,
    GatherEffect,
    IdentifyEffect,
    MatchFace,
    PrepareCamera,
    ProgressEffect,
    ReadCard,
    ReadCertificate,
    ReadCredential,
    ReadGuardianCard,
    ReadSlip,
    RequestSms,
    ScanPaper,
)
from kiosk.flow.events import (
    CardFailed,
    CardWasRead,
    Event,
    FaceAsks,
)
from kiosk.flow.gathering_events import CertificateFailed, ScanFailed, SharedFetched
from kiosk.flow.moves import PURPOSE_PORTRAIT
from kiosk.flow.progress_events import ProgressTold, SlipNotRead
from kiosk.flow.proof_events import ProofNotPrinted
from kiosk.flow.session import ConsentRecord, SessionContext
from kiosk.readiness import StoreHealth
from kiosk.services.cards import forget_card
from kiosk.services.cases import CaseFacts
from kiosk.services.papers import CertificateShown, SharedQuestion, question_for
from kiosk.services.proof_desk import ProofFacts
from kiosk.services.slips import SlipFacts, stated
from kiosk.workers.job_thread import Job, JobThread
from kiosk.workers.use_cases import Gathering, Services

_log = logging.getLogger(__name__)

_THREADS = ("card", "face", "code", "desk", "paper", "printer", "documents", "store")
PROBE_S = 10.0
LOOK_S = 2.0
WARM_UP_S = 60.0
DESK_S = 20.0
"""Time for a badge, or for the platform to answer."""
SHARING_S = 6.0
"""Time for all authorities together; who has not answered by then is not waited for."""
DOCUMENT_S = 90.0
"""Time for a proof to be made, checked and printed; a laser printer needs half a minute to warm up."""
SCAN_S = 45.0
"""Time to lay a page down and hold still."""
GUARDIAN_WAIT_S = 60.0
"""Time to take one card away and look for another."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSlip:
    """Picture of a slip, as an array of grey or BGR; ``None`` where there is no font. It belongs to one case only."""

    case_id: str
    image: Image | None = field(repr=False)


class Hands(QObject):
    """One thread for each that may have to wait: card reader, camera and face, scanner, staff and platform, printer, store."""

    happened = Signal(object)
    """An event of the flow, on the GUI thread."""
    slip_drawn = Signal(object)
    """``DrawnSlip``: picture of a case's slip."""
    store_seen = Signal(object)
    """``StoreHealth``."""
    delivered = Signal(str)
    """Id of a case whose receipt came after its slip was printed."""
    code_seen = Signal()
    """The scanner has seen a code that was waited for; what it is worth comes later. Emitted on any thread."""
    broke = Signal(object)
    """A bug in one of the jobs: the visit must end."""
    page_seen = Signal(object)
    """``PageLook``: what the document camera sees while a page is captured."""
    presence_seen = Signal(object)
    """Whether somebody is before the machine: True, False, or ``None`` where that cannot be told."""
    card_seen = Signal(object)
    """Whether a card lies on the reader: True, False, or ``None`` where that could not be found out."""
    _asked = Signal(int, object)
    _looked = Signal(int, object)

    def __init__(self, services: Services, times: Times, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._times = times
        self._face_run = self._scan_run = 0
        self._threads = tuple(JobThread(name, self) for name in _THREADS)
        self.card, self.face, self.code, self.desk, self.paper, self.printer, self.documents, self.store = self._threads
        for thread in self._threads:
            thread.done.connect(self._tell)
            thread.failed.connect(self.broke)
        self._asked.connect(self._on_asked)
        self._looked.connect(self._on_looked)

    def stop(self) -> None:
        """Cancel everything and join all threads."""
        for thread in self._threads:
            thread.stop()

    def warm_up(self, load_models: Callable[[], None]) -> None:
        """Load the face models on the face thread before anybody needs them."""
        self.face.submit(_beside(lambda _deadline: load_models()), WARM_UP_S)

    def ask_all(self) -> None:
        """Ask the store, unless it is at work; the answer comes as ``store_seen``."""
        if not self.store.is_busy:
            self.store.submit(_beside(lambda _deadline: self._services.store_health()), PROBE_S)

    def look_for_card(self) -> None:
        """Look whether a card lies on the reader, unless it is at work; the answer comes as ``card_seen``."""
        if not self.card.is_busy:
            self.card.submit(_beside(lambda deadline: _CardSeen(self._services.look_for_card(deadline))), LOOK_S)

    def watch_presence(self, watching: bool) -> None:
        """Open or close the presence sensor, on the thread that owns the camera: a face check never meets it there."""
        sensor = self._services.presence
        if sensor is not None:
            self.face.submit(_beside(lambda _deadline: sensor.start() if watching else sensor.stop()), PROBE_S)

    def look_for_people(self) -> None:
        """Look whether somebody is there, unless the camera's thread is at work; the answer comes as ``presence_seen``."""
        sensor = self._services.presence
        if sensor is not None and not self.face.is_busy:
            self.face.submit(_beside(lambda deadline: _PresenceSeen(sensor.look(deadline))), LOOK_S)

    def device(self, effect: IdentifyEffect, session: SessionContext) -> None:
        """Start, or stop, what the effect asks for."""
        match effect:
            case ReadCard():
                self.card.cancel()
                self.card.submit(self._read_card, self._times.card_wait_s)
            case ReadGuardianCard():
                self._read_guardian_card(_known(session.person))
            case ReadCredential():
                self.code.cancel()
                self.code.submit(self._services.identity.read_credential, CREDENTIAL_WAIT_S)
            case PrepareCamera():
                self.face.submit(_beside(self._prepare_camera), PROBE_S)
            case MatchFace():
                self._match_face(_known(session.person), session.portrait, session.consent_to(PURPOSE_PORTRAIT))
            case CheckStaff() | RequestSms() | CheckSms():
                self._ask_desk(effect, _known(session.person), session.sms_request)
            case CancelIdentify():
                self._cancel_identify()
            case _:
                assert_never(effect)

    def gather(self, effect: GatherEffect, session: SessionContext, item_code: str) -> None:
        """Start, or stop, what the effect asks for."""
        papers = self._services.papers
        match effect:
            case CancelGathering():
                for thread in (self.code, self.desk, self.paper):
                    thread.cancel()
            case FetchShared(elements):
                self._fetch_shared(papers, _known(session.person), question_for(elements, session, item_code))
            case ReadCertificate(material, type_code) if papers is not None:
                shown = CertificateShown(material, type_code, _known(session.person), item_code)
                self.code.submit(lambda deadline: papers.read_certificate(shown, deadline), CREDENTIAL_WAIT_S)
            case ScanPaper(material) if papers is not None:
                self._scan(papers, material)
            case ReadCertificate(material):
                self.happened.emit(CertificateFailed(material, "papers.no_scanner"))
            case ScanPaper(material):
                self.happened.emit(ScanFailed(material, "papers.no_camera"))

    def _scan(self, papers: Gathering, material: str) -> None:
        self._scan_run += 1
        run = self._scan_run

        def tell(look: PageLook) -> None:
            self._looked.emit(run, look)

        self.paper.submit(lambda deadline: papers.scan(material, deadline, tell), SCAN_S)

    def _on_looked(self, run: int, look: PageLook) -> None:
        if run == self._scan_run and self.paper.is_busy:
            self.page_seen.emit(look)

    def ask_progress(self, effect: ProgressEffect, session: SessionContext) -> None:
        """Start, or stop, what the effect asks for."""
        desk = self._services.progress
        match effect:
            case CancelProgress():
                for thread in (self.code, self.card, self.desk):
                    thread.cancel()
            case ReadSlip() if desk is not None:
                self.code.submit(desk.read_slip, CREDENTIAL_WAIT_S)
            case ReadSlip():
                self.happened.emit(SlipNotRead("progress.no_scanner"))
            case AskProgress() if desk is not None:
                person, number, identified = _known(session.person), session.number, session.proof is not None
                self.desk.submit(lambda deadline: desk.ask(person, number, deadline, identified=identified), DESK_S)
            case AskProgress():
                self.happened.emit(ProgressTold(Standings((), reason="progress.offline")))

    def _fetch_shared(self, papers: Gathering | None, person: Person, question: SharedQuestion) -> None:
        if papers is None:
            asked = frozenset(question.elements)
            self.desk.submit(lambda _deadline: SharedFetched({}, asked, "sharing.none_configured"), DESK_S)
        else:
            self.desk.submit(lambda deadline: papers.fetch_shared(person, question, deadline), SHARING_S)

    def _cancel_identify(self) -> None:
        for thread in (self.card, self.face, self.code, self.desk):
            thread.cancel()
        self.face.submit(_beside(lambda _deadline: self._services.identity.release_camera()), PROBE_S)

    def _prepare_camera(self, deadline: Deadline) -> None:
        if not deadline.is_cancelled:
            self._services.identity.prepare_camera()

    def _ask_desk(self, effect: CheckStaff | RequestSms | CheckSms, person: Person, sms_request: str) -> None:
        desk = self._services.identity
        match effect:
            case CheckStaff(staff_id, pin):
                self.desk.submit(lambda _deadline: desk.check_staff(person, staff_id, pin), DESK_S)
            case RequestSms():
                self.desk.submit(lambda deadline: desk.request_sms(person, deadline), DESK_S)
            case CheckSms(code):
                self.desk.submit(lambda deadline: desk.confirm_sms(person, sms_request, code, deadline), DESK_S)
            case _:
                assert_never(effect)

    def _read_guardian_card(self, child: Person) -> None:
        self.card.cancel()
        read = self._services.identity.read_guardian_card
        self.card.submit(lambda deadline: read(child, deadline), GUARDIAN_WAIT_S)

    def commit(self, facts: CaseFacts) -> None:
        """Store the case; no deadline ends this once begun."""
        self.store.submit(lambda _deadline: self._services.cases.commit(facts), 3600.0)

    def await_delivery(self, case_id: str) -> None:
        """Wait a moment for the platform's receipt."""
        self.store.submit(lambda deadline: self._services.cases.await_delivery(case_id, deadline), self._times.delivery_wait_s)

    def look_delivered(self, case_id: str) -> None:
        """Look whether the receipt of this case has come meanwhile; if so, ``delivered`` tells."""

        def look(_deadline: Deadline) -> _Arrived | None:
            return _Arrived(case_id) if self._services.cases.is_delivered(case_id) else None

        self.store.submit(_beside(look), PROBE_S)

    def rate(self, case_id: str, grade: Grade | None, reasons: tuple[RatingReason, ...]) -> None:
        """Keep the rating, or that it was skipped."""
        self.store.submit(_beside(lambda _deadline: self._services.cases.rate(case_id, grade, reasons)), 3600.0)

    def note_miss(self, text: str) -> None:
        """Count that this was looked for and not found."""
        self.store.submit(_beside(lambda _deadline: self._services.cases.note_miss(text)), 3600.0)

    def print_slip(self, facts: SlipFacts) -> None:
        """Print the slip, and draw the same slip for the screen."""
        final = self._with_statement(facts)
        self._draw(facts.case_id, final)
        self.printer.submit(lambda deadline: self._services.print_slip(final(), deadline), self._times.print_s)

    def print_proof(self, facts: ProofFacts) -> None:
        """Have the proof made, and print it."""
        desk = self._services.documents
        if desk is None:
            self.happened.emit(ProofNotPrinted(facts.case_id, "document.missing"))
        else:
            self.documents.submit(lambda deadline: desk.print(facts, deadline), DOCUMENT_S)

    def cancel_proof(self) -> None:
        """Nobody is there any more for whom it is printed."""
        self.documents.cancel()

    def stop_printing(self) -> None:
        """Nobody is there any more: a slip that still waits for its printer must not come out in front of the next person."""
        self.printer.cancel()

    def draw_slip(self, facts: SlipFacts) -> None:
        """Draw the slip for the screen, also where nothing can be printed."""
        self._draw(facts.case_id, self._with_statement(facts))

    def _draw(self, case_id: str, final: Callable[[], SlipFacts]) -> None:
        draw = self._services.draw_slip
        self.printer.submit(_beside(lambda _deadline: DrawnSlip(case_id, draw(final()))), self._times.print_s)

    def _with_statement(self, facts: SlipFacts) -> Callable[[], SlipFacts]:
        """Asks the store once, on the printer's thread: the slip on the screen is the slip on the paper."""
        return cache(lambda: stated(facts, self._services.cases.statement(facts.case_id)))

    def _read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        event = self._services.identity.read_card(deadline)
        if deadline.is_cancelled:
            forget_card(event)  # nobody will get it
        return event

    def _match_face(self, person: Person, portrait: Portrait | None, consent: ConsentRecord | None) -> None:
        self.face.cancel()
        self._face_run += 1
        run = self._face_run

        def tell(asks: FaceAsks) -> None:
            self._asked.emit(run, asks)

        def check(deadline: Deadline) -> Event:
            if portrait is None:
                return self._services.identity.prove_by_platform_photo(person, consent, deadline, tell)
            return self._services.identity.prove_by_face(person, portrait, deadline, tell)

        self.face.submit(check, self._times.face_wait_s)

    def _on_asked(self, run: int, asks: FaceAsks) -> None:
        if run == self._face_run and self.face.is_busy:
            self.happened.emit(asks)

    def _tell(self, result: object) -> None:
        if isinstance(result, DrawnSlip):
            if result.image is not None:
                self.slip_drawn.emit(result)
        elif isinstance(result, StoreHealth):
            self.store_seen.emit(result)
        elif isinstance(result, _PresenceSeen):
            self.presence_seen.emit(result.somebody)
        elif isinstance(result, _CardSeen):
            self.card_seen.emit(result.lies)
        elif isinstance(result, _Arrived):
            self.delivered.emit(result.case_id)
        elif result is not None:
            self.happened.emit(result)


def _known(person: Person | None) -> Person:
    if person is None:
        raise ValueError("nobody's card has been read")
    return person


@dataclass(frozen=True, slots=True)
class _Arrived:
    case_id: str


@dataclass(frozen=True, slots=True)
class _PresenceSeen:
    somebody: bool | None


@dataclass(frozen=True, slots=True)
class _CardSeen:
    lies: bool | None


def _beside(job: Job) -> Job:
    """A job that goes on beside the visit: a bug in it is logged by its type and ends nobody's visit."""

    def run(deadline: Deadline) -> object:
        try:
            return job(deadline)
        except Exception as error:  # noqa: BLE001 - see above; the type is logged, the words may be personal
            _log.error("a job beside the visit ended with %s", type(error).__name__)
            return None

    return run
