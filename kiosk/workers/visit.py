"""Runs visits: feeds events to the machine, carries out its effects, and shows the screen that comes of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from kiosk.catalogue.models import Catalogue
from kiosk.config import Settings
from kiosk.domain.nearby import NOBODY_KNOWN, Nearby
from kiosk.domain.working_days import NOTHING_KNOWN, WorkingDays
from kiosk.flow import machine, presenter, waits
from kiosk.flow.attention import Attention, Sounds
from kiosk.flow.card_events import CardAbandoned, CardLifted
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    AskProgress,
    AwaitDelivery,
    CallStaff,
    CancelGathering,
    CancelIdentify,
    CancelProgress,
    CancelProof,
    CheckSms,
    CheckStaff,
    CommitCase,
    Effect,
    FetchShared,
    IdentifyEffect,
    MatchFace,
    NoteMiss,
    PrepareCamera,
    PrintProof,
    PrintSlip,
    ProofEffect,
    ReadCard,
    ReadCertificate,
    ReadCredential,
    ReadGuardianCard,
    ReadSlip,
    RequestSms,
    ScanPaper,
    SessionEffect,
    StoreEffect,
    StoreRating,
    Wipe,
)
from kiosk.flow.events import CardWasRead, Event, FaceAsks, FarewellOver, ServiceChanged
from kiosk.flow.session import SessionContext
from kiosk.flow.states import AT_REST, FlowState, Paper, Step
from kiosk.readiness import Readiness, serving
from kiosk.services import cases, proof_desk, slips
from kiosk.workers.farewell import FarewellTimer
from kiosk.workers.hands import Hands
from kiosk.workers.wait_clock import WaitClock, limits

_log = logging.getLogger(__name__)

PAUSE_SHOWN_MS = 5000
"""How often the choice of ways is looked at anew while a way is paused."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, given from outside: today's date, milliseconds since 1970 for dating consents, and seconds that nobody can set."""

    today: Callable[[], date]
    now_ms: Callable[[], int]
    monotonic_s: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the flow may look at besides devices and store."""

    find: Callable[[str], tuple[str, ...]] = lambda _text: ()
    """Codes of the items that a search text finds."""
    read_number: Callable[[str], str | None] = lambda _text: None
    """The receipt number in what was typed."""
    working_days: Callable[[], WorkingDays] = lambda: NOTHING_KNOWN
    """The calendar in force."""
    sample: bool = False
    """Slips are marked as samples."""
    nearby: Callable[[], Nearby] = lambda: NOBODY_KNOWN
    """Other machines, as the platform last spoke of them."""


NOTHING_AROUND = Surroundings()


class Visit(QObject):
    """The one visit that can be going on. Lives on the GUI thread."""

    screen_changed = Signal(object)
    """The ``Screen`` to show."""
    face_asked = Signal(object)
    """``FaceAsks``: the movement to make now."""
    wiped = Signal()
    """Everything personal must go from whoever holds a copy of it: widgets, clipboard, input method, previews."""
    somebody_there = Signal()
    """The idle warning has gone: whoever counts down must start anew."""
    staff_called = Signal()
    """The resident wants somebody to come."""
    attention = Signal(object)
    """``Attention``: something that a sound should say besides the screen, for whoever does not look."""
    step_changed = Signal(object)
    """The ``Step`` just entered."""

    def __init__(
        self,
        catalogue: Catalogue,
        readiness: Readiness,
        hands: Hands,
        settings: Settings,
        clock: Clock,
        surroundings: Surroundings = NOTHING_AROUND,
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._readiness = readiness
        self._hands = hands
        self._settings = settings
        self._clock = clock
        self._surroundings = surroundings
        self.session = SessionContext()
        self.state = FlowState()
        self._waits = WaitClock(limits(settings.times), clock.monotonic_s)
        self._card_lies = False
        self._sounds = Sounds()
        self._farewell = FarewellTimer(settings.times.farewell_s, settings.times.card_left_s, self)
        self._farewell.over.connect(self._on_farewell)
        self._farewell.given_up.connect(self._on_given_up)
        self._pauses = QTimer(self)
        self._pauses.setInterval(PAUSE_SHOWN_MS)
        self._pauses.timeout.connect(self._show)
        hands.happened.connect(self.handle)
        hands.broke.connect(self.abort)

    @property
    def is_sample(self) -> bool:
        """Slips are marked as samples."""
        return self._surroundings.sample

    def begin(self) -> None:
        """Show the first screen."""
        self.handle(ServiceChanged(serving(self._readiness, self._catalogue)))
        self._show()

    def set_readiness(self, readiness: Readiness) -> None:
        """Devices or store changed; the present screen is drawn anew where that shows."""
        if readiness == self._readiness:
            return
        self._readiness = readiness
        self.handle(ServiceChanged(serving(readiness, self._catalogue)))
        self._show()

    @Slot()
    def refresh(self) -> None:
        """Something that screens show has changed elsewhere."""
        self._show()

    @Slot(bool)
    def set_card(self, lies: bool) -> None:
        """A card that was read lies on the reader still, or has gone."""
        self._card_lies = lies
        if not lies:
            self.handle(CardLifted())
        if self.state.step is Step.FAREWELL:
            self._farewell.begin()  # a moment more, for whoever has just turned back
        self._show()

    def change_catalogue(self, catalogue: Catalogue, surroundings: Surroundings) -> None:
        """Go by another catalogue from now on; ``RuntimeError`` while somebody is served, who began with the present one."""
        if self.state.step not in AT_REST:
            raise RuntimeError("the catalogue changes only at rest")
        self._catalogue, self._surroundings = catalogue, surroundings
        self._show()

    @Slot(object)
    def handle(self, event: Event) -> None:
        """Something happened."""
        if isinstance(event, FaceAsks):
            if self.state.step is Step.FACE:
                self._face_asks(event)
            return
        before = self.state
        self.state, effects = machine.step(before, event, self._context())
        for effect in effects:
            self._carry_out(effect)
        if isinstance(event, CardWasRead) and event.portrait is not None and event.portrait is not self.session.portrait:
            event.portrait.forget()  # a card that came when nobody waited for it any more
        if before.idle_warning and not self.state.idle_warning:
            self.somebody_there.emit()
        self._print_picture(before)
        self._waits.turn(waits.kind_of(self.state, self.session), event)
        if self.state is not before or effects:
            self._show()
        if self.state.step is not before.step:
            self._entered()

    @Slot(object)
    def abort(self, error: object) -> None:
        """A bug: log its type, wipe, end the visit. An exception's words may hold personal data and stay out of the log."""
        _log.error("the visit ends because of %s in step %s", type(error).__name__, self.state.step)
        self._hands.device(CancelIdentify(), self.session)
        self._wipe()
        self.state = FlowState(step=Step.FAREWELL, language=self.state.language, aids=self.state.aids)
        self._waits.turn(None, None)
        self._show()
        self._entered()

    def _face_asks(self, asks: FaceAsks) -> None:
        self.face_asked.emit(asks)
        if self._waits.refine(waits.during_face_check(asks), asks):
            self._show()

    @Slot()
    def code_seen(self) -> None:
        """The scanner has seen a code: now it is checked."""
        kind = self._waits.kind
        if kind in waits.WHEN_CODE_SEEN and self._waits.refine(waits.WHEN_CODE_SEEN[kind]):
            self._show()

    def _context(self) -> Context:
        return Context(
            self._catalogue,
            self._readiness,
            self.session,
            self._clock.today(),
            now_s=self._clock.monotonic_s(),
            find=self._surroundings.find,
            read_number=self._surroundings.read_number,
            working_days=self._surroundings.working_days(),
            site=self._settings.machine.site,
            lock_s=self._settings.identity.lock_s,
            nearby=self._surroundings.nearby(),
            patience=self._waits.now(),
            card_lies=self._card_lies,
        )

    def _show(self) -> None:
        screen = presenter.present(self.state, self._context())
        self.screen_changed.emit(screen)
        for sound in self._sounds.of(screen):
            self.attention.emit(sound)

    def _entered(self) -> None:
        self.step_changed.emit(self.state.step)
        if self.state.step is Step.FAREWELL:
            self._farewell.begin()
        else:
            self._farewell.end()
        if self.state.step in AT_REST:
            self._hands.stop_printing()
        if self.state.step is Step.ROUTE and self.state.pauses:
            self._pauses.start()
        else:
            self._pauses.stop()

    def _on_farewell(self) -> None:
        self.handle(FarewellOver())
        if self.state.step is Step.FAREWELL:
            self.attention.emit(Attention.CARD_LEFT)

    def _on_given_up(self) -> None:
        self.handle(CardAbandoned())

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case PrintSlip(copy):
                self._hands.print_slip(self._slip_facts(copy))
            case PrintProof() | CancelProof():
                self._print_proof(effect)
            case CommitCase() | AwaitDelivery() | StoreRating() | NoteMiss():
                self._ask_store(effect)
            case Wipe():
                self._wipe()
            case CallStaff():
                self.staff_called.emit()
            case FetchShared() | ReadCertificate() | ScanPaper() | CancelGathering():
                self._hands.gather(effect, self.session, self.state.item_code)
            case ReadSlip() | AskProgress() | CancelProgress():
                self._hands.ask_progress(effect, self.session)
            case _:
                self._remember_or_identify(effect)

    def _ask_store(self, effect: StoreEffect) -> None:
        match effect:
            case CommitCase():
                context = self._context()
                self._hands.commit(cases.facts_of(context, context.item(self.state.item_code), self.state.language))
            case AwaitDelivery():
                self._hands.await_delivery(self.session.case_id)
            case StoreRating(grade, reasons):
                self._hands.rate(self.session.case_id, grade, reasons)
            case NoteMiss(text):
                self._hands.note_miss(text)
            case _:
                assert_never(effect)

    def _print_proof(self, effect: ProofEffect) -> None:
        if isinstance(effect, PrintProof):
            self._hands.print_proof(proof_desk.facts_of(self._context(), self.state.item_code, self.state.language))
        else:
            self._hands.cancel_proof()

    def _remember_or_identify(self, effect: SessionEffect | IdentifyEffect) -> None:
        match effect:
            case (
                ReadCard() | ReadGuardianCard() | ReadCredential() | PrepareCamera() | MatchFace()
                | CheckStaff() | RequestSms() | CheckSms() | CancelIdentify()
            ):  # fmt: skip
                self._hands.device(effect, self.session)
            case _:
                self.session.apply(effect, self._clock.now_ms())

    def _print_picture(self, before: FlowState) -> None:
        """Without paper the screen still shows the slip."""
        arrived = self.state.step is Step.SLIP and before.step is not Step.SLIP
        if arrived and self.state.paper is Paper.FAILED:
            self._hands.draw_slip(self._slip_facts(copy=False))

    def _slip_facts(self, copy: bool) -> slips.SlipFacts:
        context = self._context()
        return slips.facts_of(
            context,
            context.item(self.state.item_code),
            self.state.language,
            settings=self._settings,
            copy=copy,
            sample=self._surroundings.sample,
        )

    def _wipe(self) -> None:
        self.session.wipe()
        self.wiped.emit()
