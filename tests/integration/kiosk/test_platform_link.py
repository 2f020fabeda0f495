"""The terminal's link to a platform over true HTTP and TLS: heartbeats, waking, and how the platform must prove itself."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from kiosk.config import Machine, Platform, Settings
from kiosk.readiness import Offer
from kiosk.services import platform as platform_service
from kiosk.services.platform import PlatformTrouble, enrol
from kiosk.workers.platform_link import PlatformLink
from offline_queue.identity import IdentityStore
from offline_queue.network_watch import NetworkWatch
from offline_queue.states import CaseState
from tests.helpers.cases import sample_draft
from tests.helpers.fake_systemd_creds import FakeSystemdCreds
from tests.helpers.people import sample_catalogue
from tests.helpers.platform_stand_in_server import PlatformServer
from tests.helpers.tls_server import Authority, new_key, pin_for, tls_server

PATIENCE_S = 30.0


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens["once"] = "k-330304-0001"
        running.platform.next_in_s = 3600.0
        yield running


def settings_for(server: PlatformServer, folder: Path, **machine: object) -> Settings:
    return Settings(machine=Machine(data_dir=folder, **machine), platform=Platform(url=server.url))  # type: ignore[arg-type]


@contextmanager
def running(settings: Settings) -> Iterator[PlatformLink]:
    link = PlatformLink(settings, sample_catalogue())
    link._loop._uniform = lambda *_: 1000.0  # after a failure the sync does nothing by itself for as long as a test lasts
    try:
        link.start(lambda: {}, lambda: Offer(serving=True))
        yield link
    finally:
        link.stop()


def wait_for(happened: Callable[[], object]) -> None:
    patience_ends = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < patience_ends
        time.sleep(0.01)


def pause_s(link: PlatformLink) -> float:
    return (link._beats.next_due_s() if link._beats else None) or 0.0


def test_the_platforms_wish_is_obeyed_and_a_returning_network_reports_and_sends_at_once(
    server: PlatformServer, tmp_path: Path
) -> None:
    settings = settings_for(server, tmp_path)
    enrol(settings, "once")
    with running(settings) as link:
        wait_for(lambda: pause_s(link) > 3000)
        assert len(server.platform.heartbeats) == 1
        server.faults.append("drop")
        case = link.outbox.accept(sample_draft())
        link.wake()
        wait_for(lambda: not server.faults and not link.store_health().network_up)
        link._on_network()
        wait_for(lambda: len(server.platform.heartbeats) == 2)
        wait_for(lambda: link.outbox.state_of(case.case_id) is CaseState.ACCEPTED)  # type: ignore[union-attr]
        wait_for(lambda: link.store_health().network_up)


def test_a_heartbeat_that_is_good_again_wakes_the_sync(server: PlatformServer, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    enrol(settings, "once")
    with running(settings) as link:
        wait_for(lambda: pause_s(link) > 3000)
        server.faults.append("drop")
        case = link.outbox.accept(sample_draft())
        link.wake()
        wait_for(lambda: not server.faults and not link.store_health().network_up)
        assert link._beats
        link._beats.wake()
        wait_for(lambda: link.outbox.state_of(case.case_id) is CaseState.ACCEPTED)  # type: ignore[union-attr]


def test_the_link_listens_to_the_network(server: PlatformServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(server, tmp_path)
    enrol(settings, "once")
    started: list[bool] = []
    honest = NetworkWatch.start
    monkeypatch.setattr(NetworkWatch, "start", lambda self: started.append(honest(self)))
    with running(settings) as link:
        assert len(started) == 1
        assert link._watch._callback == link._on_network


@pytest.mark.expects_warnings
def test_a_changed_setting_moves_the_key_when_the_terminal_starts(
    server: PlatformServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeSystemdCreds(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(fake.folder), prepend=os.pathsep)
    data = tmp_path / "data"
    enrol(settings_for(server, data), "once")
    assert IdentityStore(data / "identity").key_protection == "file"
    with caplog.at_level(logging.INFO), running(settings_for(server, data, key_protection="systemd-creds")):
        wait_for(lambda: server.platform.heartbeats)
    assert IdentityStore(data / "identity").key_protection == "systemd-creds"
    assert "now kept by systemd-creds" in caplog.text


def test_enrolling_goes_by_the_settings_of_the_line(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server(new_key())
    for pins, told in (((pin_for(authority.key),), "certificate_not_pinned"), ((), "http_404")):
        with tls_server(context, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as heard:
            line = Platform(url=f"https://127.0.0.1:{heard.port}", ca_file=authority.ca_file, pins=pins)
            with pytest.raises(PlatformTrouble, match=told):
                enrol(Settings(machine=Machine(data_dir=tmp_path / "data"), platform=line), "once")
        assert bool(heard.received) is (not pins)


def test_the_running_terminal_goes_by_the_settings_of_the_line(server: PlatformServer, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    data = tmp_path / "data"
    enrol(settings_for(server, data), "once")
    with tls_server(authority.server(new_key()), b"") as heard:
        line = Platform(url=f"https://127.0.0.1:{heard.port}", ca_file=authority.ca_file, pins=(pin_for(authority.key),))
        link = PlatformLink(Settings(machine=Machine(data_dir=data), platform=line), sample_catalogue())
        try:
            report = platform_service.heartbeat(
                link.outbox, {}, catalogue_version="1", offer=Offer(serving=True), free_disk_bytes=1
            )
            answer = link._clients[1].heartbeat(report)
        finally:
            link.stop()
    assert getattr(answer, "code", "") == "certificate_not_pinned"
    assert heard.received == b""


def test_a_call_for_staff_is_told_at_once_and_its_caller_hears_whether_it_arrived(server: PlatformServer, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    enrol(settings, "once")
    heard: list[bool] = []
    with running(settings) as link:
        link.staff_told.connect(heard.append, Qt.ConnectionType.DirectConnection)
        wait_for(lambda: pause_s(link) > 3000)
        link.call_staff()
        wait_for(lambda: heard == [True])
        assert server.platform.heartbeats[-1].staff_called_s is not None
        assert server.platform.heartbeats[0].staff_called_s is None


def test_who_calls_for_staff_at_a_machine_that_is_not_enrolled_is_told_that_nobody_heard(
    server: PlatformServer, tmp_path: Path
) -> None:
    heard: list[bool] = []
    with running(settings_for(server, tmp_path)) as link:
        link.staff_told.connect(heard.append, Qt.ConnectionType.DirectConnection)
        link.call_staff()
        wait_for(lambda: False in heard)
    assert True not in heard
