"""The whole terminal in one process: what it says when it cannot serve, and that nothing of a resident outlives a visit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from kiosk import config
from kiosk.app import StartError, Terminal, build_terminal
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.services.platform import enrol
from kiosk.services.staff import add_staff
from tests.helpers.people import SENIOR, STAFF, sample_person
from tests.helpers.platform_process import PlatformProcess, fleet


def _settings(folder: Path, url: str = "http://127.0.0.1:9", **times: float) -> config.Settings:
    return config.Settings(
        machine=config.Machine(data_dir=folder / "terminal", full_screen=False),
        platform=config.Platform(url=url),
        times=config.Times(store_poll_s=0.2, heartbeat_s=0.5, **times),
        sound=config.Sound(engine="none"),
    )


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[PlatformProcess]:
    process = PlatformProcess(tmp_path / "platform")
    yield process
    process.stop()


@pytest.fixture
def subject(tmp_path: Path, platform: PlatformProcess, qtbot: QtBot) -> Iterator[Terminal]:
    settings = _settings(tmp_path, platform.url, idle_warning_s=0.6, idle_countdown_s=0.6, farewell_s=0.3)
    token = (
        fleet("enrol-token", "--region", "330304", "--data", tmp_path / "platform").stdout.strip().splitlines()[-1].split()[-1]
    )
    enrol(settings, token)
    add_staff(tmp_path / "terminal" / "staff.toml", "1001", "246810")
    terminal = build_terminal(settings, sample=True)
    terminal.start()
    qtbot.waitUntil(lambda: terminal.visit.state.step is Step.IDLE, timeout=20_000)
    yield terminal
    terminal.stop()


def test_a_terminal_that_is_not_enrolled_says_so_and_serves_nobody(tmp_path: Path, qtbot: QtBot) -> None:
    terminal = build_terminal(_settings(tmp_path))
    terminal.start()
    qtbot.waitUntil(lambda: terminal.visit.state.step is Step.OUT_OF_SERVICE, timeout=20_000)
    terminal.visit.handle(ev.Touched())
    assert terminal.visit.state.step is Step.OUT_OF_SERVICE
    terminal.stop()


def test_a_damaged_staff_file_stops_the_start_with_one_line(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "terminal").mkdir()
    (tmp_path / "terminal" / "staff.toml").write_text("[[staff]]")
    with pytest.raises(StartError, match=r"staff\.toml"):
        build_terminal(_settings(tmp_path))


def _texts(window: QWidget) -> str:
    labels = [label.text() for label in window.findChildren(QLabel)]
    return "\n".join(labels + [entry.text() for entry in window.findChildren(QLineEdit)])


def test_somebody_who_walks_away_is_asked_for_and_then_forgotten(subject: Terminal, qtbot: QtBot) -> None:
    visit = subject.visit
    for event in (ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(STAFF)):
        visit.handle(event)
    visit.handle(ev.CardWasRead(sample_person(), None))
    assert visit.state.step is Step.STAFF
    assert sample_person().name in _texts(subject.window)
    qtbot.waitUntil(lambda: visit.state.idle_warning, timeout=20_000)
    qtbot.waitUntil(lambda: visit.state.step is Step.IDLE, timeout=20_000)
    assert visit.session.is_empty
    assert sample_person().name not in _texts(subject.window)


def test_the_platform_sees_the_terminal_and_all_its_devices(subject: Terminal, tmp_path: Path, qtbot: QtBot) -> None:
    def told() -> str:
        return fleet("report", "kiosks", "--json", "--data", tmp_path / "platform").stdout

    qtbot.waitUntil(lambda: "receipt_printer" in told(), timeout=30_000)
    qtbot.waitUntil(lambda: all(name in told() for name in ("id_card_reader", "camera", "barcode_scanner")), timeout=30_000)


@pytest.mark.expects_warnings
def test_a_bug_in_a_screen_wipes_and_ends_the_visit(subject: Terminal, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    visit = subject.visit
    for event in (ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True)):
        visit.handle(event)
    subject._on_uncaught(RuntimeError, RuntimeError(sample_person().name), None)
    qtbot.waitUntil(lambda: visit.state.step is Step.FAREWELL)
    assert visit.session.is_empty
    assert sample_person().name not in caplog.text


@pytest.mark.expects_warnings
def test_a_bug_within_the_destructor_of_a_part_of_the_screen_ends_the_visit_after_it(subject: Terminal, qtbot: QtBot) -> None:
    """Wiping and replacing the screen there ended the process: ``ui.widgets.tree``."""
    visit = subject.visit
    visit.handle(ev.Touched())
    steps: list[Step] = []
    dying = QWidget(subject.window.findChild(QWidget, "screen:home"))
    words = [QLabel("one", dying), QLabel("other", dying)]

    def fail() -> None:
        subject._on_uncaught(RuntimeError, RuntimeError("planted"), None)
        steps.append(visit.state.step)

    for label in words:
        label.destroyed.connect(fail)
    delete(dying)
    assert steps == [Step.HOME, Step.HOME]
    qtbot.waitUntil(lambda: visit.state.step is Step.FAREWELL)
