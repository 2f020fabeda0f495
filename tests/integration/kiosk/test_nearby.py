"""Terminals on a true platform hear of each other, remember it without a line, and tell an older platform nothing it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.config import Machine, Platform, Settings
from kiosk.domain.nearby import Nearest
from kiosk.readiness import Offer
from kiosk.services.platform import enrol
from kiosk.workers.platform_link import PlatformLink
from tests.helpers.people import sample_catalogue
from tests.helpers.platform_process import PlatformProcess, fleet
from tests.helpers.platform_stand_in_server import PlatformServer
from tests.integration.kiosk.test_platform_link import wait_for

CATALOGUE = sample_catalogue()
PERMIT, SENIOR = CATALOGUE.items[0].code, CATALOGUE.items[1].code
BROKEN = Offer(True, closed_items=(PERMIT,))
ABLE = Offer(True, closed_items=(SENIOR,), prints_documents=True)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[PlatformProcess]:
    process = PlatformProcess(tmp_path / "platform")
    yield process
    process.stop()


def _settings(url: str, folder: Path, north_m: float) -> Settings:
    place = {"latitude": 28.0 + north_m / 111_195, "longitude": 120.7, "address": f"{folder.name} 路（SAMPLE）"}
    return Settings(machine=Machine(name=folder.name, data_dir=folder, **place), platform=Platform(url=url))  # type: ignore[arg-type]


def _enrolled(platform: PlatformProcess, data: Path, folder: Path, north_m: float) -> Settings:
    told = fleet("enrol-token", "--region", "330304", "--data", data, "--json")
    assert told.returncode == 0, told.stderr
    settings = _settings(platform.url, folder, north_m)
    enrol(settings, json.loads(told.stdout)["token"])
    return settings


@contextmanager
def _running(settings: Settings, offer: Offer) -> Iterator[PlatformLink]:
    link = PlatformLink(settings, CATALOGUE)
    try:
        link.start(lambda: {}, lambda: offer)
        yield link
    finally:
        link.stop()


def _wake(*links: PlatformLink) -> None:
    for link in links:
        assert link._beats is not None
        link._beats.wake()


def test_two_terminals_hear_what_the_other_can_do_and_know_it_after_a_restart_without_a_line(
    platform: PlatformProcess, tmp_path: Path
) -> None:
    data = tmp_path / "platform"
    broken = _enrolled(platform, data, tmp_path / "一号机", 0.0)
    able = _enrolled(platform, data, tmp_path / "二号机", 640.0)

    def both_know() -> bool:
        _wake(one, other)
        return bool(one.neighbours.known().machines and other.neighbours.known().machines)

    with _running(broken, BROKEN) as one, _running(able, ABLE) as other:
        wait_for(both_know)
        nearest = Nearest("二号机", "二号机 路（SAMPLE）", 640)
        assert one.neighbours.known().that_can(PERMIT) == nearest
        assert one.neighbours.known().that_can(SENIOR) is None
        assert one.neighbours.known().that_prints_documents() == nearest
        assert other.neighbours.known().that_can(SENIOR) == Nearest("一号机", "一号机 路（SAMPLE）", 640)
        assert other.neighbours.known().that_can(PERMIT) is None
    platform.stop()
    link = PlatformLink(broken, CATALOGUE)
    try:
        assert link.neighbours.known().that_can(PERMIT) == nearest
    finally:
        link.stop()


def test_an_older_platform_is_told_no_place(tmp_path: Path) -> None:
    with PlatformServer() as server:
        server.platform.tokens["once"] = "k-330304-0001"
        settings = _settings(server.url, tmp_path / "一号机", 0.0)
        enrol(settings, "once")

        def beaten() -> bool:
            _wake(link)
            return len(server.platform.heartbeats) >= 3

        with _running(settings, BROKEN) as link:
            wait_for(beaten)
        for told in server.platform.heartbeats:
            assert (told.place, told.closed_items, told.prints_documents) == (None, (), False)
