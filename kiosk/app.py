"""The composition root: the only module that sees every layer. It puts the terminal together, and takes it apart."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

import assets
from drivers.camera.abstract import Camera
from drivers.camera.page_types import CaptureTrouble, PageLook
from drivers.errors import DeviceError
from drivers.face.model_runner import ModelUnusable
from drivers.presence.motion import MotionSensor
from drivers.status import DeviceStatus
from kiosk import assembly
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.reading import CatalogueError, load
from kiosk.config import Settings
from kiosk.flow.aid_events import StaffTold
from kiosk.flow.events import DeliveryKnown, Event, StayHere
from kiosk.flow.idle_events import IdleEnded, IdleWarned
from kiosk.flow.states import AT_REST, Step
from kiosk.flow.views import Screen
from kiosk.hearing import make_hearing
from kiosk.readiness import Facts, Means, assess
from kiosk.services.bench import Bench
from kiosk.services.catalogue_store import InForce
from kiosk.services.faces import FaceCheck
from kiosk.services.identify import IdentityDesk
from kiosk.services.papers import sight_of
from kiosk.services.platform import PlatformTrouble
from kiosk.services.progress import ProgressDesk
from kiosk.services.proof_desk import ProofDesk
from kiosk.services.proofs import Proofs
from kiosk.services.queue_desk import QueueDesk
from kiosk.services.route_locks import RouteLocks
from kiosk.services.staff import StaffBook, StaffFileError
from kiosk.services.voice_status import voice_status
from kiosk.workers.card_watch import CardWatch
from kiosk.workers.hands import DrawnSlip, Hands
from kiosk.workers.health import Health
from kiosk.workers.idle_watch import IdleWatch
from kiosk.workers.platform_link import PlatformLink
from kiosk.workers.presence_watch import PresenceWatch
from kiosk.workers.preview import Preview, to_qimage
from kiosk.workers.use_cases import Services
from kiosk.workers.visit import Visit
from ui import strings
from ui.double_touch import NEAR_MM, DoubleTouchGuard
from ui.five_keys.keys import FiveKeys
from ui.five_keys.stage import SpeechListener, WindowStage
from ui.keyboard.environment import KeyboardUnavailable, prepare_environment
from ui.lockdown import Lockdown
from ui.window import KioskWindow

GIVE_WAY_S = 0.001
"""A thread that computes gives the interpreter up after so long. With Python's 5 ms a painting, which comes back to Python for
every widget, waits many times over."""


class StartError(Exception):
    """The terminal cannot start; the message is one line in the operator's words."""


def make_application() -> QApplication:
    """The one ``QApplication``, with the environment its keyboard needs; raises ``StartError``."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    try:
        prepare_environment()
    except KeyboardUnavailable as error:
        raise StartError(str(error)) from error
    sys.setswitchinterval(GIVE_WAY_S)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("oueban")
    return application


@dataclass(frozen=True)
class Parts:
    """What serves the resident."""

    face: FaceCheck
    hands: Hands
    window: KioskWindow
    visit: Visit
    in_force: InForce


class Terminal(QObject):
    """All parts of a running terminal."""

    _failed = Signal(object)
    """The exception of a bug, from wherever it was."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, link: PlatformLink, bench: Bench, parts: Parts, means: Callable[[], Means]
    ) -> None:
        super().__init__()
        self._settings = settings
        hands, window, visit = parts.hands, parts.window, parts.visit
        self._link = link
        self._bench = bench
        self._face = parts.face
        self._hands = hands
        self._in_force = parts.in_force
        self.window = window
        self.visit = visit
        times = settings.times
        self._health = Health(catalogue, hands, bench.subscribe, times.store_poll_s, means)
        self._preview = Preview(bench.camera.newest, self)
        self.hearing = make_hearing(settings.sound, window)
        self.keys = FiveKeys(WindowStage(window), SpeechListener(window, self.hearing.speech), self)
        """The keypad, for those who go by it."""
        self._double_touch = DoubleTouchGuard(window.metrics.px(NEAR_MM), parent=self)
        self._lockdown = Lockdown(window, holds_screen=settings.machine.full_screen, parent=self)
        self.idle = IdleWatch(times.idle_warning_s, times.idle_countdown_s, self, limit_s=times.session_limit_s)
        """Who waits for a sign of life; tells how much time is left."""
        self._cards = CardWatch(bench.cards, hands, times.card_unattended_s, self)
        self._presence = PresenceWatch(hands, visit.session, self)
        self._connect()

    @property
    def camera(self) -> Camera:
        """The camera, for those who stand in front of a simulated one."""
        return self._bench.camera

    @property
    def document_camera(self) -> Camera | None:
        """The camera for papers, if there is one."""
        return self._bench.document_camera

    @property
    def link(self) -> PlatformLink:
        """The way to the platform, for those who look on."""
        return self._link

    def spare(self, window: QWidget) -> None:
        """A developer's window beside the terminal, which is not locked; ``RuntimeError`` where the terminal fills the screen."""
        self._lockdown.spare(window)

    def devices(self) -> Mapping[str, DeviceStatus]:
        """What the platform is told of each device now. Safe from any thread."""
        voice = voice_status(self.hearing.trouble)
        return {**self._cards.reported(self._health.devices()), **({"voice": voice} if voice is not None else {})}

    def start(self) -> None:
        """Begin to serve."""
        sys.excepthook = self._on_uncaught
        self._link.start(self.devices, self._health.offer)
        self.visit.begin()
        self._bench.start()
        self.hearing.start()
        self._health.start()
        self._cards.start()
        if self._settings.machine.full_screen:
            self.window.showFullScreen()
        else:
            self.window.show()
        self.window.activateWindow()
        self.window.windowHandle().installEventFilter(self._double_touch)
        self._lockdown.begin()
        self.window.windowHandle().installEventFilter(self.keys)
        self.window.windowHandle().installEventFilter(self.idle)

    def stop(self) -> None:
        """Stop serving: forget the resident first, then join all threads and let go of all devices; may be called twice."""
        self._lockdown.end()
        self.visit.session.wipe()
        self.window.wipe()
        self.hearing.stop()
        self.window.hide()
        sys.excepthook = sys.__excepthook__
        self._health.stop()
        self._cards.stop()
        self._presence.enter(Step.IDLE)
        self._preview.set_running(False)
        self._bench.stop()  # first: whoever waits for a device that hangs is set free by this
        self._face.close()
        self._hands.stop()
        self._link.stop()
        self._bench.close()
        self.window.close()

    def timeline(self, case_id: str) -> list[dict[str, str | int]]:
        """States the case has reached, with times, oldest first."""
        return self._link.timeline(case_id)

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """A bug in a slot: neither its words nor its frames are logged, for they may hold personal data.

        The visit ends with the next turn of the event loop, never here: this may be the destructor of a widget of this very
        screen, where nothing may be looked for or replaced (``ui.widgets.tree``), or a thread that may touch no widget.
        """
        if issubclass(kind, Exception):
            self._failed.emit(error)

    def _connect(self) -> None:
        window, visit = self.window, self.visit
        self._failed.connect(visit.abort, Qt.ConnectionType.QueuedConnection)
        window.happened.connect(self._on_window)
        visit.screen_changed.connect(window.show_screen)
        visit.screen_changed.connect(self._on_screen)
        visit.face_asked.connect(window.show_face_request)
        visit.wiped.connect(window.wipe)
        self.hearing.follow(visit)
        visit.wiped.connect(self.keys.forget)
        visit.step_changed.connect(self._on_step)
        visit.step_changed.connect(self._double_touch.new_screen)
        visit.somebody_there.connect(self.idle.seen)
        # Nobody touches the screen during a face check: what the camera sees is the sign of life.
        visit.face_asked.connect(lambda _asks: self.idle.seen())
        self._hands.slip_drawn.connect(self._on_slip_drawn)
        self._preview.picture.connect(window.show_preview)
        self._hands.page_seen.connect(self._on_page_seen)
        self._health.readiness_changed.connect(visit.set_readiness)
        self.idle.warned.connect(lambda why: visit.handle(IdleWarned(why)))
        self.idle.left.connect(window.show_left)
        self.idle.ended.connect(lambda: visit.handle(IdleEnded()))
        self._cards.changed.connect(visit.set_card)
        self.idle.alive.connect(self._presence.touched)
        self._presence.nobody.connect(self.idle.nobody_seen)
        self._link.changed.connect(self._on_delivery)
        self._link.catalogue_changed.connect(self._take_catalogue)
        self._link.neighbours_changed.connect(visit.refresh)
        self._hands.delivered.connect(self._on_delivered)
        visit.staff_called.connect(self._link.call_staff)
        self._link.staff_told.connect(self._on_staff_told)
        self._hands.code_seen.connect(visit.code_seen)

    @Slot(object)
    def _on_window(self, event: Event) -> None:
        if isinstance(event, StayHere):
            self.idle.seen()
        self.visit.handle(event)

    @Slot(object)
    def _on_screen(self, screen: Screen) -> None:
        self.idle.set_patience(screen.chrome.aids.patience)
        self._presence.set_patience(screen.chrome.aids.patience)

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        self.idle.enter(step)
        self._preview.set_running(step is Step.FACE)
        self._presence.enter(step)
        if step in AT_REST or step is Step.FAREWELL:
            self._cards.visit_is_over()
        if step in AT_REST:
            self._take_catalogue()

    @Slot()
    def _take_catalogue(self) -> None:
        """A newer catalogue comes into force while nobody is served; whoever is served ends with the one they began with."""
        newest = self._link.catalogues.catalogue
        if self.visit.state.step not in AT_REST or newest is self._in_force.catalogue:
            return
        self._in_force.catalogue = newest
        self.visit.change_catalogue(newest, assembly.surroundings(newest, self._hands, self._link, self.visit.is_sample))
        self._health.change_catalogue(newest)

    @Slot(object)
    def _on_slip_drawn(self, drawn: DrawnSlip) -> None:
        """A picture that took so long that its resident has left is nobody's business any more."""
        if self.visit.state.step is Step.SLIP and drawn.case_id == self.visit.session.case_id and drawn.image is not None:
            picture: QImage = to_qimage(drawn.image)
            self.window.show_slip_picture(picture)

    @Slot(object)
    def _on_page_seen(self, look: PageLook) -> None:
        """Nobody touches the screen while a page is laid down: a page that moves is the sign of life."""
        sight = sight_of(look)
        if look.corners and sight.hint == CaptureTrouble.MOVING.value:
            self.idle.seen()
        self.window.show_page(to_qimage(look.picture), sight)

    @Slot()
    def _on_delivery(self) -> None:
        """The sync has moved: if it was this visit's case, the screen may say so."""
        session = self.visit.session
        if session.case_id and not session.delivered:
            self._hands.look_delivered(session.case_id)

    @Slot(bool)
    def _on_staff_told(self, reached: bool) -> None:
        self.visit.handle(StaffTold(reached))

    @Slot(str)
    def _on_delivered(self, case_id: str) -> None:
        if case_id == self.visit.session.case_id:
            self.visit.handle(DeliveryKnown(True))


def build_terminal(settings: Settings, sample: bool = False, instead: assembly.Instead | None = None) -> Terminal:
    """Put a terminal together; raises ``StartError``. ``sample`` marks its slips as samples."""
    instead = instead or assembly.Instead()
    try:
        packaged = load(assets.ROOT / "catalogue")
        staff = StaffBook(settings.machine.data_dir / "staff.toml", instead.monotonic_s)
        bench = assembly.bench(settings, instead)
        link = PlatformLink(settings, packaged, instead.clock)
        catalogue = link.catalogues.catalogue
        in_force = InForce(catalogue)
        verifier = assembly.verifier(settings.identity)
    except (CatalogueError, StaffFileError, PlatformTrouble, ModelUnusable, DeviceError, OSError, ValueError) as error:
        raise StartError(str(error)) from error
    face = FaceCheck(bench.camera, verifier)
    locks = RouteLocks(instead.monotonic_s, settings.identity.lock_s)
    services = Services(
        identity=IdentityDesk(assembly.ways(settings, link, bench, face, staff, in_force), locks, instead.monotonic_s),
        presence=MotionSensor(bench.camera) if settings.devices.presence == "camera" else None,
        look_for_card=bench.look_for_card,
        print_slip=bench.print_slip,
        draw_slip=bench.draw_slip,
        cases=QueueDesk(link.outbox, link.wake),
        papers=assembly.papers(link, bench, in_force),
        documents=ProofDesk(Proofs(link.documents, link.identity, link.outbox.platform_time.now_ms), bench.print_document),
        progress=ProgressDesk(link.identifying, link.identity, link.outbox, bench, link.outbox.platform_time.now_ms),
        store_health=link.store_health,
    )
    hands = Hands(services, settings.times)
    bench.on_code = hands.code_seen.emit
    assembly.warm_up_later(hands, face.warm_up, bench.warm_up, strings.warm_up)
    try:
        window = KioskWindow(settings.machine.hotline, settings.machine.mm_per_px, reach_mm=settings.machine.reach_mm)
    except KeyboardUnavailable as error:
        raise StartError(str(error)) from error
    means = assembly.means(settings, staff, verifier)
    surroundings = assembly.surroundings(catalogue, hands, link, sample)
    clock = instead.clock_of_visits(link.outbox.platform_time.now_ms)
    visit = Visit(catalogue, assess(Facts(means=means()), catalogue), hands, settings, clock, surroundings)
    return Terminal(settings, catalogue, link, bench, Parts(face, hands, window, visit, in_force), means)


def run_terminal(terminal: Terminal) -> int:
    """Serve until the application quits; returns its exit code."""
    application = make_application()
    terminal.start()
    # All that has been made so far stays to the end. Looking through it again and again for what nobody needs any more would
    # hold up the GUI thread; and nothing of a resident is among it yet.
    gc.freeze()
    gc.enable()
    try:
        return application.exec()
    finally:
        terminal.stop()
