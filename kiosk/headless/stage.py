"""A true terminal without its screen: emulated devices, the real queue, and a platform of its own that can be cut off."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

import assets
from drivers.emulation.host import TcpHost
from drivers.id_card_reader.cards import make_card
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.status import DeviceStatus
from drivers.types import Deadline
from kiosk import config
from kiosk.catalogue.models import Catalogue
from kiosk.demo.platform import PlatformProcess
from kiosk.demo.residents import Resident, card_values
from kiosk.domain.china_time import CHINA_TIME
from kiosk.domain.identity import Portrait
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.context import Context
from kiosk.flow.gathering_events import CertificateFailed
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState
from kiosk.readiness import Facts, Means, Offer, StoreHealth, assess
from kiosk.services.bench import Bench
from kiosk.services.calendar import calendar_of
from kiosk.services.cases import CaseFacts
from kiosk.services.certificates import CertificateDesk
from kiosk.services.identify import IdentityDesk, Ways
from kiosk.services.papers import PaperDesk, question_for
from kiosk.services.platform import enrol
from kiosk.services.print_journal import PrintJournal
from kiosk.services.probes import trouble_of
from kiosk.services.queue_desk import QueueDesk
from kiosk.services.route_locks import RouteLocks
from kiosk.services.sharing import SharedDataDesk
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipWriter, facts_of, stated
from kiosk.services.staff import StaffBook, add_staff
from kiosk.workers.platform_link import PlatformLink

_REGION = "330304"
_STAFF_ID, _STAFF_PIN = "1001", "246810"
_PATIENCE_S = 20.0
_DELIVERY_S = 6.0
_NEVER_WAITED_FOR = frozenset({"camera"})
"""A camera at rest is asked by its watch; nothing here needs it."""


class _NoFace:
    """Nobody is checked by face here: there is no face before a machine without a screen."""

    def prove(self, portrait: Portrait, deadline: Deadline, tell: object) -> ev.Event:
        """See the class."""
        del portrait, deadline, tell
        return ev.ProofFailed("face.engine_lost")


class HeadlessStage:
    """Use as a context manager. Everything lies in ``folder``."""

    def __init__(self, folder: Path, catalogue: Catalogue, *, online: bool = True, camera: bool = True) -> None:
        self._folder = folder
        self.catalogue = catalogue
        self._online = online
        self._camera = camera
        self.platform = PlatformProcess(folder / "platform", folder / "platform.log")
        self._reader = IdReaderEmulator()
        self._printer = PrinterEmulator(paper_dir=folder / "slips")
        self._hosts: list[TcpHost] = []
        self._link: PlatformLink | None = None
        self._bench: Bench | None = None
        self._devices: dict[str, DeviceStatus] = {}

    def __enter__(self) -> HeadlessStage:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _start(self) -> None:
        (self._folder / "slips").mkdir(parents=True, exist_ok=True)
        data = self._folder / "terminal"
        data.mkdir(parents=True, exist_ok=True)
        self.platform.start()
        self.platform.add_sample_residents()
        self.platform.add_sample_shared_data()
        reader, printer = TcpHost(self._reader), TcpHost(self._printer)
        self._hosts += [reader, printer]
        add_staff(data / "staff.toml", _STAFF_ID, _STAFF_PIN)
        devices = config.Devices(
            id_card_reader=reader.url,
            receipt_printer=printer.url,
            camera="sim://portrait" if self._camera else "",
            document_camera="sim://document",
            barcode_scanner="sim://",
        )
        self._settings = config.Settings(
            machine=config.Machine(name="无屏试运行（测试）", data_dir=data, full_screen=False),
            platform=config.Platform(url=self.platform.url),
            devices=devices,
            times=config.Times(heartbeat_s=60.0),
        )
        enrol(self._settings, self.platform.enrol_token(_REGION))
        if not self._online:
            self.platform.stop()
        self._open(data, devices)

    def _open(self, data: Path, devices: config.Devices) -> None:
        slips = SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), PrintJournal(data / "prints.db"))
        self._bench = bench = Bench(devices, slips)
        self._link = link = PlatformLink(self._settings, self.catalogue)
        staff = StaffBook(data / "staff.toml", time.monotonic)
        self.identity = IdentityDesk(Ways(bench, _NoFace(), staff), RouteLocks(time.monotonic), time.monotonic)
        self.desk = QueueDesk(link.outbox, link.wake)
        authorities = SharedDataDesk(link.identifying, link.identity, lambda: self.catalogue)
        self.papers = PaperDesk(bench, authorities, CertificateDesk(link.identifying, link.identity))
        bench.start()
        bench.subscribe(self._devices.__setitem__)
        link.start(lambda: dict(self._devices), lambda: Offer(serving=True))
        self._await_devices(bench)

    def _await_devices(self, bench: Bench) -> None:
        """The first look at each device takes a moment; a device that does not come is told by the readiness."""
        deadline = Deadline(_PATIENCE_S)
        names = bench.supervisors.keys() - _NEVER_WAITED_FOR
        while not deadline.is_over and any(trouble_of(self._devices[one]) for one in names if one in self._devices):
            deadline.sleep(0.05)

    def stop(self) -> None:
        """Clear everything away; may be called twice."""
        if self._bench is not None:
            self._bench.stop()
        if self._link is not None:
            self._link.stop()
            self._link = None
        if self._bench is not None:
            self._bench.close()
            self._bench = None
        while self._hosts:
            self._hosts.pop().stop()
        self._printer.close()
        self.platform.stop()

    def world(self, resident: Resident) -> StageWorld:
        """What stands around the visit of this resident; their card lies on the reader."""
        self._reader.put_card(make_card(card_values(resident.person)))
        return StageWorld(self)

    def lift_card(self) -> None:
        """The resident takes the card."""
        self._reader.lift_card()

    def counts(self) -> dict[str, int]:
        """Cases in the queue by state."""
        return {} if self._link is None else {state.value: count for state, count in self._link.outbox.counts().items()}

    def readiness_facts(self) -> Facts:
        """What the machine is able to do at this moment."""
        link = self._link
        health = link.store_health() if link is not None else StoreHealth(enrolled=False)
        devices = {name: trouble_of(status) for name, status in self._devices.items()}
        store = StoreHealth(health.closed, health.enrolled, self._online and health.network_up)
        return Facts(devices=devices, store=store, means=Means(document_camera=True, credentials=False))

    def await_delivery(self, case_id: str) -> ev.DeliveryKnown:
        """Wait for the platform's receipt, unless it is known that none can come."""
        return self.desk.await_delivery(case_id, Deadline(_DELIVERY_S if self._online else 0.0))

    def print_slip(self, context: Context, state: FlowState) -> ev.Event:
        """Print on the emulated printer, the machine's signed word included."""
        if self._bench is None:
            return ev.SlipFailed(context.session.case_id, "paper.missing")
        item = context.item(state.item_code)
        facts = facts_of(context, item, state.language, settings=self._settings, copy=False, sample=True)
        return self._bench.print_slip(stated(facts, self.desk.statement(facts.case_id)), Deadline(_PATIENCE_S))


class StageWorld:
    """``World`` of one visit on the stage."""

    def __init__(self, stage: HeadlessStage) -> None:
        self._stage = stage

    def surroundings(self) -> Context:
        """As the terminal's own."""
        stage = self._stage
        ready = assess(stage.readiness_facts(), stage.catalogue)
        today = datetime.now(CHINA_TIME).date()
        return Context(stage.catalogue, ready, SessionContext(), today, working_days=calendar_of(stage.catalogue))

    def answer(self, effect: fx.Effect, session: SessionContext, item_code: str) -> ev.Event | None:
        """Devices, authorities and queue answer; the effects of a screen have nobody here."""
        stage, deadline = self._stage, Deadline(_PATIENCE_S)
        match effect:
            case fx.ReadCard():
                return stage.identity.read_card(deadline)
            case fx.AwaitDelivery():
                return stage.await_delivery(session.case_id)
            case fx.FetchShared(elements) if session.person is not None:
                return stage.papers.fetch_shared(session.person, question_for(elements, session, item_code), deadline)
            case fx.CheckStaff() if session.person is not None:
                return stage.identity.check_staff(session.person, _STAFF_ID, _STAFF_PIN)
            case fx.ScanPaper() | fx.ReadCertificate():
                return self._paper(effect)
            case _:
                return None

    def _paper(self, effect: fx.ScanPaper | fx.ReadCertificate) -> ev.Event:
        """A page lies under the emulated document camera; nobody here has a certificate on a telephone."""
        if isinstance(effect, fx.ScanPaper):
            return self._stage.papers.scan(effect.material, Deadline(_PATIENCE_S))
        return CertificateFailed(effect.material, "papers.timed_out")

    def commit(self, facts: CaseFacts) -> ev.CaseStored | ev.CaseRefused:
        """Durably, or not at all."""
        return self._stage.desk.commit(facts)

    def print_slip(self, context: Context, state: FlowState) -> ev.Event:
        """On the emulated printer."""
        return self._stage.print_slip(context, state)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
