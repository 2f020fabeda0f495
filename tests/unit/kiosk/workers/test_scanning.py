"""A page is captured on its own thread; what the camera sees comes to the GUI thread live, and never late."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from drivers.camera.desk_scene import DeskScene, draw
from drivers.camera.document import OnLook, capture_document
from drivers.camera.page_types import CaptureTrouble, DocumentCapture, PageLook
from drivers.overwritten import overwritten_copy
from drivers.pictures import as_jpeg
from drivers.types import Deadline, Frame
from kiosk.config import Times
from kiosk.flow import events as ev
from kiosk.flow.effects import CancelGathering, ScanPaper
from kiosk.flow.gathering_events import CertificateFailed, CertificateRead, PaperScanned, ScanFailed, SharedFetched
from kiosk.flow.session import SessionContext
from kiosk.services.papers import CertificateShown, PaperDesk, SharedQuestion
from kiosk.workers.hands import Hands
from kiosk.workers.use_cases import Services
from tests.helpers.identifying import ScriptedWays
from tests.unit.kiosk.workers.test_identifying import NoDesk

LYING = draw(DeskScene(page_of_frame=0.8, rotation_degrees=4.0), (1280, 720))[0]
EMPTY = draw(DeskScene(has_page=False), (1280, 720))[0]


class DeskCamera:
    """Frames of a desk, thirty a second; the page is laid down with ``lay_down``."""

    def __init__(self) -> None:
        self._laid = threading.Event()
        self._number = 0

    def lay_down(self) -> None:
        self._laid.set()

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        deadline.sleep(0.01)
        self._number += 1
        return Frame(overwritten_copy(LYING if self._laid.is_set() else EMPTY), self._number / 30.0, self._number)


class Papers:
    """The true desk over the camera above."""

    def __init__(self) -> None:
        self.camera = DeskCamera()
        self.looks: list[OnLook] = []
        self._desk = PaperDesk(self, self, self)  # type: ignore[arg-type]

    def read_code(self, deadline: Deadline) -> str:
        raise AssertionError("no code is asked for")

    def fetch_shared(self, person: object, question: SharedQuestion, deadline: Deadline) -> SharedFetched:
        raise AssertionError("no authority is asked for")

    def read_certificate(self, shown: CertificateShown, deadline: Deadline) -> CertificateRead | CertificateFailed:
        raise AssertionError("no certificate is asked for")

    def scan_page(self, deadline: Deadline, on_look: OnLook | None = None) -> bytearray | CaptureTrouble:
        assert on_look is not None
        self.looks.append(on_look)
        captured = capture_document(self.camera, deadline, on_look=on_look)
        return as_jpeg(captured.image) if isinstance(captured, DocumentCapture) else captured.trouble

    def scan(self, material: str, deadline: Deadline, on_look: OnLook | None = None) -> PaperScanned | ScanFailed:
        return self._desk.scan(material, deadline, on_look)


@pytest.fixture
def papers() -> Papers:
    return Papers()


@pytest.fixture
def hands(qtbot: QtBot, papers: Papers) -> Iterator[Hands]:
    services = Services(
        identity=ScriptedWays(),
        print_slip=lambda facts, _deadline: ev.SlipPrinted(facts.case_id),
        draw_slip=lambda _facts: None,
        cases=NoDesk(),
        papers=papers,
    )
    made = Hands(services, Times(farewell_s=0.1))
    yield made
    made.stop()


def test_the_desk_is_seen_live_until_the_page_is_taken(hands: Hands, papers: Papers, qtbot: QtBot) -> None:
    seen: list[PageLook] = []
    told: list[object] = []
    hands.page_seen.connect(seen.append)
    hands.happened.connect(told.append)
    hands.gather(ScanPaper("paper", "paper"), SessionContext(), "item")
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    assert seen[0].trouble is CaptureTrouble.NO_PAGE
    papers.camera.lay_down()
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert isinstance(told[0], PaperScanned)
    assert told[0].page.jpeg[:2] == b"\xff\xd8"
    assert any(look.corners for look in seen)


def test_what_comes_after_it_was_given_up_is_dropped(hands: Hands, papers: Papers, qtbot: QtBot) -> None:
    seen: list[PageLook] = []
    hands.page_seen.connect(seen.append)
    hands.gather(ScanPaper("paper", "paper"), SessionContext(), "item")
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    late = seen[0]
    hands.gather(CancelGathering(), SessionContext(), "item")
    qtbot.wait(50)
    seen.clear()
    papers.looks[0](late)
    qtbot.wait(50)
    assert seen == []
