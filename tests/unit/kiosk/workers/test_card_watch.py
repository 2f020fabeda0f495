"""A card left on the reader, from the reader to the farewell and the next visit: simulator, and true driver on its emulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import assets
from drivers.emulation.host import TcpHost
from drivers.id_card_reader.cards import make_card, sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator, RestMode
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.status import DeviceState, DeviceStatus
from kiosk.config import Devices, Settings, Times
from kiosk.flow import events as ev
from kiosk.flow.attention import Attention
from kiosk.flow.card_events import LEFT_BEHIND
from kiosk.flow.farewell_views import FarewellView
from kiosk.flow.states import Step
from kiosk.flow.views import Screen
from kiosk.services import bench as bench_module
from kiosk.services.bench import Bench
from kiosk.services.print_journal import PrintJournal
from kiosk.services.queue_desk import QueueDesk
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipWriter
from kiosk.workers import card_watch
from kiosk.workers.card_watch import CardWatch
from kiosk.workers.hands import Hands
from kiosk.workers.use_cases import Services
from kiosk.workers.visit import Clock, Visit
from tests.helpers.identifying import ScriptedWays
from tests.helpers.people import SENIOR, STAFF, TODAY, all_ready, sample_catalogue

PATIENCE_MS = 20_000
OTHER = make_card(
    {"name": "测试·乙", "birth": "19580308", "id_number": "330304195803080026", "valid_from": "20110601", "valid_to": "长期"}
)
CATALOGUE = sample_catalogue()
FINE = {"id_card_reader": DeviceStatus(DeviceState.ONLINE, "ok"), "camera": DeviceStatus(DeviceState.ONLINE, "at_rest")}


class Stand:
    """Card reader, visit and watch; no window, and nobody to identify but by the card."""

    def __init__(self, folder: Path, reader: IdReaderEmulator | SimulatedIdCardReader, url: str, times: Times) -> None:
        self.reader = reader
        slips = SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), PrintJournal(folder / "prints.db"))
        self.bench = Bench(Devices(id_card_reader=url), slips, folder / "card-on-reader")
        ways = ScriptedWays()
        ways.card = self.bench.read_card
        services = Services(ways, self.bench.print_slip, self.bench.draw_slip, _nothing(), look_for_card=self.bench.look_for_card)
        self.hands = Hands(services, times)
        self.now_s = 0.0
        self.watch = CardWatch(self.bench.cards, self.hands, times.card_unattended_s, monotonic_s=lambda: self.now_s)
        clock = Clock(lambda: TODAY, lambda: 1)
        self.visit = Visit(CATALOGUE, all_ready(CATALOGUE), self.hands, Settings(times=times), clock)
        self.watch.changed.connect(self.visit.set_card)
        self.visit.step_changed.connect(self._on_step)
        self.heard: list[Attention] = []
        self.visit.attention.connect(self.heard.append)
        self.screens: list[Screen] = []
        self.visit.screen_changed.connect(self.screens.append)

    def _on_step(self, step: Step) -> None:
        if step in (Step.FAREWELL, Step.IDLE):
            self.watch.visit_is_over()

    def start(self) -> None:
        self.visit.begin()
        self.bench.start()
        self.watch.start()

    def stop(self) -> None:
        self.watch.stop()
        self.bench.stop()
        self.hands.stop()
        self.bench.close()

    def to_card(self) -> None:
        for event in (ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF)):
            self.visit.handle(event)

    @property
    def is_asked_for_card(self) -> bool:
        return self.screens[-1].model == FarewellView(card_lies=True)


def _nothing() -> QueueDesk:
    """No case is stored in these visits."""
    return None  # type: ignore[return-value]


@pytest.fixture(params=[(kind, mode) for kind in ("simulator", "emulator") for mode in RestMode])
def stand(request: pytest.FixtureRequest, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setattr(card_watch, "LOOK_MS", 50)
    times = Times(farewell_s=0.2, card_left_s=60.0, card_unattended_s=300.0, card_wait_s=20.0)
    kind, mode = request.param
    if kind == "simulator":
        simulator = SimulatedIdCardReader(mode)
        monkeypatch.setattr(bench_module, "open_reader", lambda *_args, **_more: simulator)
        stand = Stand(tmp_path, simulator, "sim://", times)
        stand.start()
        yield stand
        stand.stop()
        return
    emulator = IdReaderEmulator(mode)
    with TcpHost(emulator) as host:
        stand = Stand(tmp_path, emulator, host.url, times)
        stand.start()
        yield stand
        stand.stop()


def _leave_card(stand: Stand, qtbot: QtBot) -> None:
    stand.reader.put_card(sample_card())
    stand.to_card()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: stand.visit._card_lies, timeout=PATIENCE_MS)
    stand.visit.handle(ev.Quit())
    assert stand.is_asked_for_card


def test_the_farewell_asks_for_the_card_until_it_is_lifted(stand: Stand, qtbot: QtBot) -> None:
    _leave_card(stand, qtbot)
    qtbot.waitUntil(lambda: stand.heard.count(Attention.CARD_LEFT) >= 3, timeout=PATIENCE_MS)
    stand.visit.handle(ev.Touched())
    assert stand.visit.state.step is Step.FAREWELL
    stand.reader.lift_card()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.IDLE, timeout=PATIENCE_MS)
    stand.reader.put_card(OTHER)
    stand.to_card()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)
    assert stand.visit.session.person is not None
    assert stand.visit.session.person.name == "测试·乙"


def test_a_card_nobody_comes_for_serves_nobody(stand: Stand, qtbot: QtBot) -> None:
    _leave_card(stand, qtbot)
    stand.visit._on_given_up()
    assert stand.visit.state.step is Step.IDLE
    stand.to_card()
    qtbot.waitUntil(lambda: stand.visit.state.reason == LEFT_BEHIND, timeout=PATIENCE_MS)
    qtbot.wait(300)
    assert stand.visit.state.step is Step.CARD
    assert stand.visit.session.person is None
    stand.reader.lift_card()
    qtbot.waitUntil(lambda: stand.visit.state.busy, timeout=PATIENCE_MS)
    stand.reader.put_card(OTHER)
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)
    assert stand.visit.session.person is not None
    assert stand.visit.session.person.name == "测试·乙"


def test_the_platform_is_told_of_a_card_that_lies_there_for_long(stand: Stand, qtbot: QtBot) -> None:
    _leave_card(stand, qtbot)
    qtbot.waitUntil(lambda: stand.watch._left_since_s is not None, timeout=PATIENCE_MS)
    stand.now_s = 299.0
    assert stand.watch.reported(FINE) == FINE
    stand.now_s = 301.0
    told = stand.watch.reported(FINE)
    assert (told["id_card_reader"].state, told["id_card_reader"].code) == (DeviceState.ONLINE, "card_left_behind")
    assert told["camera"] == FINE["camera"]
    lost = {"id_card_reader": DeviceStatus(DeviceState.NO_DEVICE, "disconnected")}
    assert stand.watch.reported(lost) == lost
    stand.reader.lift_card()
    qtbot.waitUntil(lambda: stand.watch.reported(FINE) == FINE, timeout=PATIENCE_MS)


def test_a_card_that_is_taken_at_once_is_nobody_s_trouble(stand: Stand, qtbot: QtBot) -> None:
    stand.reader.put_card(sample_card())
    stand.to_card()
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.STAFF, timeout=PATIENCE_MS)
    stand.reader.lift_card()
    qtbot.waitUntil(lambda: not stand.bench.cards.may_hold_card, timeout=PATIENCE_MS)
    stand.visit.handle(ev.Quit())
    qtbot.waitUntil(lambda: stand.visit.state.step is Step.IDLE, timeout=PATIENCE_MS)
    assert Attention.CARD_LEFT not in stand.heard


def test_the_farewell_gives_up_after_its_time(qtbot: QtBot) -> None:
    from kiosk.workers.farewell import FarewellTimer

    subject = FarewellTimer(0.05, 0.2)
    seen: list[str] = []
    subject.over.connect(lambda: seen.append("over"))
    subject.given_up.connect(lambda: seen.append("given up"))
    subject.begin()
    qtbot.waitUntil(lambda: "given up" in seen, timeout=PATIENCE_MS)
    assert seen.count("over") >= 2
    subject.end()
    del seen[:]
    qtbot.wait(200)
    assert seen == []
