"""Emulated devices on TCP, unplugged and plugged in again at every kind of step: the visit goes on where it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

import assets
from drivers.camera.simulator import PortraitCamera
from drivers.emulation.host import Link, Peer, TcpHost
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.id_card_reader.factory import open_reader
from drivers.id_card_reader.types import CardNotRead, CardTrouble
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.status import DeviceState, DeviceStatus
from drivers.supervisor import CARDS
from drivers.types import Deadline
from kiosk.config import Devices, Settings, Times
from kiosk.domain.identity import AssuranceLevel, Portrait, Proof
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow import events as ev
from kiosk.flow.states import Paper, Step
from kiosk.readiness import Facts, Means, StoreHealth, assess
from kiosk.services import bench as bench_module
from kiosk.services.bench import Bench
from kiosk.services.cases import CaseFacts
from kiosk.services.print_journal import PrintJournal
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipWriter
from kiosk.workers.hands import Hands
from kiosk.workers.health import Health
from kiosk.workers.use_cases import Services
from kiosk.workers.visit import Clock, Surroundings, Visit
from tests.helpers.identifying import ScriptedWays
from tests.helpers.people import (
    FACE,
    SENIOR,
    STAFF,
    TODAY,
    sample_catalogue,
    sample_person,
    sample_portrait,
    sample_signature,
)

CATALOGUE = sample_catalogue()
MEANS = Means(credentials=False, sharing=False)
"""So that nothing can be done without the card reader."""
TIMES = Times(farewell_s=0.2, store_poll_s=0.5)
PATIENCE_MS = 20_000
_SILENT_S = 2.5
_READ = bytes((0x30, 0x01))
"""The command that reads text and photo."""


class Cut:
    """An emulated device whose plug is pulled at the moment a certain thing arrives."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.pull: Callable[[], None] | None = None
        self.at = b""

    def connected(self, link: Link) -> None:
        self._peer.connected(link)

    def received(self, data: bytes) -> None:
        if self.pull is not None and self.at in data:
            pull, self.pull = self.pull, None
            pull()
        else:
            self._peer.received(data)

    def disconnected(self) -> None:
        self._peer.disconnected()


class Desk:
    """A store that takes everything at once."""

    def commit(self, facts: CaseFacts) -> ev.CaseStored | ev.CaseRefused:
        return ev.CaseStored("case-1", "330304261123A00100001D", "2026-11-23 20:00")

    def await_delivery(self, case_id: str, deadline: Deadline) -> ev.DeliveryKnown:
        return ev.DeliveryKnown(False)

    def is_delivered(self, case_id: str) -> bool:
        return False

    def statement(self, case_id: str) -> str | None:
        return None

    def rate(self, case_id: str, grade: Grade | None, reasons: tuple[RatingReason, ...]) -> None:
        return None

    def note_miss(self, text: str) -> None:
        return None


class Stand:
    """The terminal without its window, in front of emulated devices."""

    def __init__(self, times: Times = TIMES) -> None:
        self.reader, self.printer = IdReaderEmulator(), PrinterEmulator()
        self.reader_cut, self.printer_cut = Cut(self.reader), Cut(self.printer)
        self.reader_host, self.printer_host = TcpHost(self.reader_cut), TcpHost(self.printer_cut)
        devices = Devices(id_card_reader=self.reader_host.url, receipt_printer=self.printer_host.url)
        self._folder = TemporaryDirectory(prefix="oueban-prints-")
        journal = PrintJournal(Path(self._folder.name) / "prints.db")
        self.bench = Bench(devices, SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), journal))
        self.ways = ScriptedWays()
        self.ways.card, self.ways.face = self.bench.read_card, self.prove_by_face
        services = Services(
            identity=self.ways,
            print_slip=self.bench.print_slip,
            draw_slip=self.bench.draw_slip,
            cases=Desk(),
            store_health=StoreHealth,
        )
        self.hands = Hands(services, times)
        self.health = Health(CATALOGUE, self.hands, self.bench.subscribe, times.store_poll_s, lambda: MEANS)
        clock = Clock(lambda: TODAY, lambda: 1)
        self.visit = Visit(
            CATALOGUE, assess(Facts(means=MEANS), CATALOGUE), self.hands, Settings(times=times), clock, Surroundings(sample=True)
        )
        self.health.readiness_changed.connect(self.visit.set_readiness)
        self.face_runs = 0
        self.is_face_let_go = False

    @property
    def camera(self) -> PortraitCamera:
        assert isinstance(self.bench.camera, PortraitCamera)
        return self.bench.camera

    @property
    def is_ready(self) -> bool:
        """At rest, and every device in service: a printer not yet asked would have no slip printed."""
        devices = self.health.devices().values()
        return self.visit.state.step is Step.IDLE and all(status.is_online for status in devices)

    def start(self) -> None:
        self.visit.begin()
        self.bench.start()
        self.health.start()

    def stop(self) -> None:
        self.health.stop()
        self.bench.stop()
        self.hands.stop()
        self.bench.close()
        self.reader_host.stop()
        self.printer_host.stop()
        self.printer.close()
        self._folder.cleanup()

    def prove_by_face(self, portrait: Portrait, deadline: Deadline, tell: Callable[[ev.FaceAsks], None]) -> ev.Event:
        """As the true check uses its camera, without the models: it needs frames, and gives up when none come."""
        self.face_runs += 1
        self.camera.start()
        try:
            frame = None
            while not self.is_face_let_go:
                frame = self.camera.wait_newer(frame, Deadline(_SILENT_S if frame else 8.0))
                if deadline.is_over:
                    return ev.ProofFailed("face.cancelled")
                if frame is None:
                    return ev.ProofFailed("face.camera_lost")
                tell(ev.FaceAsks("blink", 0, 2))
            return ev.PersonProved(Proof(FACE, AssuranceLevel.L3, engine="test"))
        finally:
            self.camera.stop()


@pytest.fixture
def stand(qtbot: QtBot) -> Iterator[Stand]:
    stand = Stand()
    stand.start()
    qtbot.waitUntil(lambda: stand.is_ready, timeout=PATIENCE_MS)
    yield stand
    stand.stop()


def _does(stand: Stand, *events: ev.Event) -> None:
    for event in events:
        stand.visit.handle(event)


def _to_card(stand: Stand, route: object = STAFF) -> None:
    _does(stand, ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(route))  # type: ignore[arg-type]
    if route is FACE:
        _does(stand, ev.ConsentAnswered(True))
    assert stand.visit.state.step is Step.CARD


def _to_face(stand: Stand, qtbot: QtBot) -> None:
    stand.reader.put_card(sample_card())
    _to_card(stand, STAFF)
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)


def _to_slip(stand: Stand, qtbot: QtBot) -> None:
    _to_face(stand, qtbot)
    _does(
        stand,
        ev.PersonProved(Proof(STAFF, AssuranceLevel.L3, staff_id="1001")),
        ev.FieldEntered("collect", "hall"),
        ev.FieldEntered("phone", "13800000000"),
        ev.Continue(),
        ev.Continue(),
        ev.SignatureDrawn(sample_signature()),
    )
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.SLIP, timeout=PATIENCE_MS)


def _is_waiting_for_the_card(stand: Stand) -> bool:
    state = stand.visit.state
    return state.step is Step.CARD and state.busy and not state.reason


def test_at_rest_the_machine_closes_and_opens_by_itself(stand: Stand, qtbot: QtBot) -> None:
    stand.reader_host.unplug()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.OUT_OF_SERVICE, timeout=PATIENCE_MS)
    stand.reader_host.plug()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.IDLE, timeout=PATIENCE_MS)
    assert stand.health.is_serving


def test_a_reader_lost_while_the_card_is_awaited_is_told_and_waited_for(stand: Stand, qtbot: QtBot) -> None:
    _to_card(stand)
    qtbot.waitUntil(lambda: stand.health.devices()["id_card_reader"].code == "busy", timeout=PATIENCE_MS)
    stand.reader_host.unplug()
    qtbot.waitUntil(lambda: stand.visit.state.reason == "card.reader_lost", timeout=PATIENCE_MS)
    assert stand.visit.state.step is Step.CARD
    stand.reader_host.plug()
    qtbot.waitUntil(lambda: _is_waiting_for_the_card(stand), timeout=PATIENCE_MS)
    stand.reader.put_card(sample_card())
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)


def test_a_reader_lost_in_the_middle_of_a_card_reads_it_when_it_is_back(stand: Stand, qtbot: QtBot) -> None:
    stand.reader_cut.at, stand.reader_cut.pull = _READ, stand.reader_host.unplug
    _to_card(stand)
    stand.reader.put_card(sample_card())
    qtbot.waitUntil(lambda: stand.visit.state.reason == "card.reader_lost", timeout=PATIENCE_MS)
    assert stand.visit.session.person is None
    stand.reader.lift_card()
    stand.reader_host.plug()
    qtbot.waitUntil(lambda: _is_waiting_for_the_card(stand), timeout=PATIENCE_MS)
    stand.reader.put_card(sample_card())
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)


def test_a_blip_of_the_reader_in_the_middle_of_a_card_asks_for_no_touch(stand: Stand, qtbot: QtBot) -> None:
    stand.reader_cut.at, stand.reader_cut.pull = _READ, lambda: stand.reader_host.unplug(0.2)
    _to_card(stand)
    stand.reader.put_card(sample_card())
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)


def test_a_camera_lost_during_the_face_check_begins_it_again_and_costs_no_try(stand: Stand, qtbot: QtBot) -> None:
    _to_card(stand, FACE)
    _does(stand, ev.CardWasRead(sample_person(), sample_portrait()))
    assert stand.visit.state.step is Step.FACE
    qtbot.waitUntil(lambda: stand.camera.newest() is not None, timeout=PATIENCE_MS)
    stand.camera.unplug()
    qtbot.waitUntil(lambda: stand.face_runs > 1 or stand.visit.state.reason == "face.camera_lost", timeout=PATIENCE_MS)
    assert stand.visit.state.step is Step.FACE
    stand.camera.plug_in()
    qtbot.waitUntil(lambda: stand.face_runs > 1 and stand.camera.newest() is not None, timeout=PATIENCE_MS)
    stand.is_face_let_go = True
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.FORM, timeout=PATIENCE_MS)
    assert stand.visit.state.tries == ()


def test_a_printer_lost_in_the_middle_of_a_slip_ends_no_visit_and_prints_a_copy_when_it_is_back(
    stand: Stand, qtbot: QtBot
) -> None:
    stand.printer_cut.at, stand.printer_cut.pull = "瓯".encode("gb18030"), stand.printer_host.unplug
    _to_slip(stand, qtbot)
    qtbot.waitUntil(lambda: stand.visit.state.paper is Paper.FAILED, timeout=40_000)
    assert stand.visit.state.step is Step.SLIP
    assert not stand.printer.slips
    stand.printer_host.plug()
    qtbot.waitUntil(lambda: stand.health.devices()["receipt_printer"].is_online, timeout=PATIENCE_MS)
    _does(stand, ev.PrintAgain())
    qtbot.waitUntil(lambda: stand.visit.state.paper is Paper.PRINTED, timeout=40_000)
    assert "副本" in stand.printer.slips[-1].text
    _does(stand, ev.Continue(), ev.RatingGiven(Grade.SATISFIED), ev.Continue())
    assert stand.visit.state.step is Step.FAREWELL


def test_devices_lost_while_the_slip_is_shown_change_nothing_and_are_back_for_the_next(stand: Stand, qtbot: QtBot) -> None:
    _to_slip(stand, qtbot)
    qtbot.waitUntil(lambda: stand.visit.state.paper is Paper.PRINTED, timeout=40_000)
    slips = len(stand.printer.slips)
    for host in (stand.reader_host, stand.printer_host):
        host.unplug()
    qtbot.waitUntil(lambda: not any(_online(stand)), timeout=PATIENCE_MS)
    assert (stand.visit.state.step, stand.visit.state.paper) == (Step.SLIP, Paper.PRINTED)
    for host in (stand.reader_host, stand.printer_host):
        host.plug()
    qtbot.waitUntil(lambda: all(_online(stand)), timeout=PATIENCE_MS)
    _does(stand, ev.Continue(), ev.RatingSkipped(), ev.Continue())
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.IDLE, timeout=PATIENCE_MS)
    assert len(stand.printer.slips) == slips


def _online(stand: Stand) -> list[bool]:
    devices = stand.health.devices()
    return [devices[name].is_online for name in ("id_card_reader", "receipt_printer")]


class Hanging:
    """A reader whose driver does not come back from a read, whatever the deadline, until it is let go."""

    def __init__(self, let_go: threading.Event) -> None:
        self._let_go = let_go

    def status(self) -> DeviceStatus:
        return DeviceStatus(DeviceState.ONLINE, "ok")

    def read(self, deadline: Deadline) -> CardNotRead:
        self._let_go.wait()
        return CardNotRead(CardTrouble.CANCELLED)

    def close(self) -> None:
        return None


@pytest.fixture
def hanging(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stand, threading.Event]]:
    """A terminal whose first reader hangs; the one that is opened after it works."""
    let_go = threading.Event()
    readers = iter([Hanging(let_go)])
    monkeypatch.setattr(bench_module, "CARDS", replace(CARDS, grace_s=0.3))
    monkeypatch.setattr(bench_module, "open_reader", lambda *args, **more: next(readers, None) or open_reader(*args, **more))
    stand = Stand(Times(farewell_s=0.2, store_poll_s=0.5, card_wait_s=0.5))
    stand.start()
    qtbot.waitUntil(lambda: stand.is_ready, timeout=PATIENCE_MS)
    yield stand, let_go
    let_go.set()
    stand.stop()


@pytest.mark.expects_warnings
def test_a_driver_that_hangs_costs_one_try_and_no_visit(hanging: tuple[Stand, threading.Event], qtbot: QtBot) -> None:
    stand, _ = hanging
    told: list[str] = []
    end = stand.bench.supervisors["id_card_reader"].subscribe(lambda status: told.append(status.code))
    stand.reader.put_card(sample_card())
    _to_card(stand)
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)
    end()
    assert "wedged" in told


@pytest.mark.expects_warnings
def test_a_driver_that_hangs_does_not_hold_up_the_end(hanging: tuple[Stand, threading.Event]) -> None:
    stand, _ = hanging
    _to_card(stand)
    begun_s = time.monotonic()
    stand.stop()
    assert time.monotonic() - begun_s < 15.0
    assert not any(thread.isRunning() for thread in stand.hands.findChildren(QThread))


def test_stopping_in_the_middle_of_a_card_wait_takes_no_patience(stand: Stand) -> None:
    _to_card(stand)
    begun_s = time.monotonic()
    stand.stop()
    assert time.monotonic() - begun_s < 10.0
