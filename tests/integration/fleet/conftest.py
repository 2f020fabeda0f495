"""The true application on a data folder of its own, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from fleet.app import create_app
from fleet.clock import system_clock
from fleet.platform import Platform
from fleet.tokens import Grant, issue
from tests.helpers.sms import KeptMessages
from tests.helpers.terminal import Terminal

HOUR_MS = 3_600_000


class MovableClock:
    """The system's clock, some way ahead."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return system_clock() + self.ahead_ms


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def gateway() -> KeptMessages:
    return KeptMessages()


@pytest.fixture
def platform(tmp_path: Path, clock: MovableClock, gateway: KeptMessages) -> Iterator[Platform]:
    with Platform(tmp_path / "data", clock, gateway=gateway) as platform:
        yield platform


@pytest.fixture
def client(platform: Platform) -> Iterator[TestClient]:
    app = create_app(platform, listens_on_loopback=True)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def new_token(platform: Platform, clock: MovableClock) -> Callable[..., str]:
    def make(region_code: str = "330304", **changes: object) -> str:
        grant = Grant(region_code=region_code, valid_ms=HOUR_MS, **changes)  # type: ignore[arg-type]
        return issue(platform.database, grant, clock()).token

    return make


@pytest.fixture
def new_terminal(client: TestClient, new_token: Callable[..., str]) -> Callable[..., Terminal]:
    def make(name: str = "测试 1 号机", **grant: object) -> Terminal:
        terminal = Terminal(client, name)
        response = terminal.enrol(new_token(**grant))
        assert response.status_code == 200, response.text
        return terminal

    return make


@pytest.fixture
def terminal(new_terminal: Callable[..., Terminal]) -> Terminal:
    return new_terminal()
