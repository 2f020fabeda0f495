"""A port gives what is there in one go, waits no longer than asked, and says when the other end has gone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from drivers.emulation.host import Link, PtyHost, TcpHost
from drivers.errors import Disconnected, HeldByAnother
from drivers.transport.opening import open_port
from drivers.transport.port import Port
from drivers.transport.serial_port import SerialPort
from tests.helpers.serial_devices import LINES, wait_until


class Listener:
    """A peer that notes what it hears."""

    link: Link | None = None

    def __init__(self) -> None:
        self.heard = bytearray()

    def connected(self, link: Link) -> None:
        self.link = link

    def received(self, data: bytes) -> None:
        self.heard += data

    def disconnected(self) -> None:
        self.link = None

    def say(self, data: bytes) -> None:
        wait_until(lambda: self.link is not None)
        assert self.link is not None
        self.link.send(data)


def read_for_ever(port: Port) -> None:
    while True:
        port.read_available(100, 0.05)


@pytest.fixture
def peer() -> Listener:
    return Listener()


@pytest.fixture(params=list(LINES))
def host(request: pytest.FixtureRequest, peer: Listener) -> Iterator[TcpHost | PtyHost]:
    with LINES[request.param](peer) as started:
        yield started


@pytest.fixture
def subject(host: TcpHost | PtyHost) -> Iterator[Port]:
    port = open_port(host.url)
    yield port
    port.close()


def test_all_that_is_there_comes_in_one_go(subject: Port, peer: Listener) -> None:
    peer.say(bytes(range(256)) * 4)
    received = subject.read_available(4096, 5.0)
    while len(received) < 1024:
        received += subject.read_available(4096, 5.0)
    assert received == bytes(range(256)) * 4


def test_no_more_is_taken_than_asked_for(subject: Port, peer: Listener) -> None:
    peer.say(b"0123456789")
    received = [subject.read_available(4, 5.0)]
    while sum(map(len, received)) < 10:
        received.append(subject.read_available(4, 5.0))
    assert max(map(len, received)) <= 4
    assert b"".join(received) == b"0123456789"


def test_silence_is_nothing_after_the_wait(subject: Port) -> None:
    begun_s = time.monotonic()
    assert subject.read_available(100, 0.1) == b""
    assert time.monotonic() - begun_s >= 0.1
    assert subject.read_available(100, 0.0) == b""


@pytest.mark.parametrize("count", [10, 64, 65, 5000])
def test_all_is_written(subject: Port, peer: Listener, count: int) -> None:
    subject.write(b"x" * count)
    wait_until(lambda: len(peer.heard) == count)


def test_what_came_before_can_be_forgotten(subject: Port, peer: Listener) -> None:
    peer.say(b"stale")
    assert subject.read_available(1, 5.0) == b"s"
    subject.flush_input()
    assert subject.read_available(100, 0.05) == b""


def test_the_end_of_the_line_is_told(subject: Port, host: TcpHost | PtyHost) -> None:
    host.unplug()
    with pytest.raises(Disconnected):
        read_for_ever(subject)


def test_a_closed_port_says_so(subject: Port) -> None:
    subject.close()
    with pytest.raises(Disconnected):
        subject.read_available(100, 0.05)


def test_other_urls_of_pyserial_are_ports_too() -> None:
    with SerialPort("loop://") as port:
        port.write(b"echo")
        assert port.read_available(100, 1.0) == b"echo"
        assert port.read_available(100, 0.01) == b""


def test_a_terminal_that_is_in_use_is_not_shared(peer: Listener) -> None:
    with PtyHost(peer) as host:
        with SerialPort(host.url), pytest.raises(HeldByAnother, match="in use"):
            SerialPort(host.url)
        with SerialPort(host.url) as port:
            peer.say(b"whole")
            assert port.read_available(100, 5.0) == b"whole"
