"""What the terminal knows of its devices and store, and when it tells."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread, Signal
from pytestqt.qtbot import QtBot

from drivers.status import DeviceState, DeviceStatus
from kiosk.domain.identity import Route
from kiosk.readiness import Readiness, StoreHealth
from kiosk.services.bench import OnDeviceChange
from kiosk.workers.health import Health
from tests.helpers.people import sample_catalogue

OK = DeviceStatus(DeviceState.ONLINE, "ok")
LOST = DeviceStatus(DeviceState.NO_DEVICE, "disconnected")
NAMES = ("id_card_reader", "camera", "receipt_printer", "barcode_scanner")


class FakeHands(QObject):
    """Only what ``Health`` needs of the workers."""

    store_seen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def ask_all(self) -> None:
        self.asked += 1


class Devices:
    """Tells states from a thread of its own, as supervisors do."""

    def __init__(self) -> None:
        self.listener: OnDeviceChange | None = None

    def subscribe(self, on_change: OnDeviceChange) -> Callable[[], None]:
        self.listener = on_change

        def end() -> None:
            self.listener = None

        return end

    def say(self, **states: DeviceStatus) -> None:
        def tell() -> None:
            for name, status in states.items():
                if self.listener is not None:
                    self.listener(name, status)

        thread = threading.Thread(target=tell)
        thread.start()
        thread.join()


@pytest.fixture
def devices() -> Devices:
    return Devices()


@pytest.fixture
def hands() -> FakeHands:
    return FakeHands()


@pytest.fixture
def subject(qtbot: QtBot, hands: FakeHands, devices: Devices) -> Iterator[Health]:
    health = Health(sample_catalogue(), hands, devices.subscribe, 60.0)  # type: ignore[arg-type]
    health.start()
    yield health
    health.stop()


def _all_well(subject: Health, hands: FakeHands, devices: Devices, qtbot: QtBot) -> None:
    hands.store_seen.emit(StoreHealth())
    devices.say(**dict.fromkeys(NAMES, OK))
    qtbot.waitUntil(lambda: subject.is_serving, timeout=5_000)


def test_nothing_is_claimed_before_it_is_known(subject: Health, hands: FakeHands) -> None:
    assert not subject.is_serving
    assert hands.asked == 1


def test_devices_are_heard_on_the_gui_thread_and_reported_with_their_codes(
    subject: Health, hands: FakeHands, devices: Devices, qtbot: QtBot
) -> None:
    _all_well(subject, hands, devices, qtbot)
    threads: list[QThread] = []
    subject.readiness_changed.connect(lambda _readiness: threads.append(QThread.currentThread()))
    devices.say(camera=LOST)
    qtbot.waitUntil(lambda: bool(threads), timeout=5_000)
    assert threads == [subject.thread()]
    assert subject.devices()["camera"] == LOST
    assert subject.readiness.route_reasons == {Route.ID_CARD_FACE: "camera.disconnected"}
    assert subject.is_serving


def test_only_changes_of_what_can_be_done_are_told(subject: Health, hands: FakeHands, devices: Devices, qtbot: QtBot) -> None:
    _all_well(subject, hands, devices, qtbot)
    told: list[Readiness] = []
    subject.readiness_changed.connect(told.append)
    devices.say(id_card_reader=DeviceStatus(DeviceState.BUSY, "busy"))
    devices.say(document_printer=LOST)
    devices.say(receipt_printer=DeviceStatus(DeviceState.ONLINE, "near_end"))
    qtbot.waitUntil(lambda: subject.devices()["receipt_printer"].code == "near_end", timeout=5_000)
    assert not told
    devices.say(receipt_printer=DeviceStatus(DeviceState.USER_ERROR, "paper_out"))
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert [readiness.paper for readiness in told] == ["paper.paper_out"]


def test_after_the_stop_nothing_is_heard(subject: Health, hands: FakeHands, devices: Devices, qtbot: QtBot) -> None:
    _all_well(subject, hands, devices, qtbot)
    subject.stop()
    assert devices.listener is None
    subject.stop()
    hands.store_seen.emit(StoreHealth(closed="disk_full"))
    assert not subject.is_serving
