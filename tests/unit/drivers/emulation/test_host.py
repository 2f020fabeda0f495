from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.language import FaultLanguage
from drivers.emulation.line import Link
from drivers.emulation.line_faults import line_words
from drivers.errors import Disconnected
from drivers.transport.opening import open_port
from drivers.types import Deadline

HostMaker = Callable[["Echo"], TcpHost | PtyHost]


class Echo:
    def __init__(self) -> None:
        self.link: Link | None = None
        self.arrivals = 0
        self.is_gone = threading.Event()

    def connected(self, link: Link) -> None:
        self.link = link
        self.arrivals += 1
        self.is_gone.clear()

    def received(self, data: bytes) -> None:
        assert self.link is not None
        self.link.send(data)

    def disconnected(self) -> None:
        self.is_gone.set()


@pytest.fixture(params=["tcp", "pty"])
def made(request: pytest.FixtureRequest) -> Iterator[tuple[TcpHost | PtyHost, Echo]]:
    peer = Echo()
    host = TcpHost(peer) if request.param == "tcp" else PtyHost.in_own_folder(peer, "echo")
    yield host, peer
    host.stop()


def _says(url: str, words: bytes) -> bytes:
    with open_port(url) as port:
        port.write(words)
        return port.read(len(words), Deadline(2.0))


def _opens_within(url: str, seconds: float) -> float:
    begun_s = time.monotonic()
    deadline = Deadline(seconds)
    while not deadline.is_over:
        try:
            open_port(url).close()
        except Disconnected:
            deadline.sleep(0.02)
        else:
            return time.monotonic() - begun_s
    raise AssertionError(f"{url} did not come back")


def test_what_is_sent_comes_back(made: tuple[TcpHost | PtyHost, Echo]) -> None:
    host, _ = made
    assert _says(host.url, b"hello") == b"hello"


def test_an_unplugged_device_cannot_be_opened_and_an_open_one_is_lost(made: tuple[TcpHost | PtyHost, Echo]) -> None:
    host, peer = made
    port = open_port(host.url)
    port.write(b"a")
    assert port.read(1, Deadline(2.0)) == b"a"
    host.unplug()
    with pytest.raises(Disconnected):  # noqa: PT012 - which of the two notices is the line's matter
        port.write(b"b")
        port.read(1, Deadline(2.0))
    port.close()
    assert peer.is_gone.wait(2.0)
    with pytest.raises(Disconnected):
        open_port(host.url)


def test_it_comes_back_by_itself_at_the_same_place(made: tuple[TcpHost | PtyHost, Echo]) -> None:
    host, _ = made
    url = host.url
    host.unplug(0.3)
    with pytest.raises(Disconnected):
        open_port(url)
    assert _opens_within(url, 5.0) > 0.1
    assert host.url == url
    assert _says(url, b"again") == b"again"


def test_it_comes_back_when_plugged_in_and_only_then(made: tuple[TcpHost | PtyHost, Echo]) -> None:
    host, _ = made
    language = FaultLanguage(line_words(host))
    assert language.obey("unplug") == "ok"
    Deadline(0.3).sleep(0.3)
    with pytest.raises(Disconnected):
        open_port(host.url)
    assert language.obey("plug") == "ok"
    _opens_within(host.url, 2.0)
    assert language.obey("unplug soon").startswith("error")


def test_many_replugs_leave_it_as_it_was(made: tuple[TcpHost | PtyHost, Echo]) -> None:
    host, _ = made
    for _ in range(10):
        host.unplug()
        host.plug()
    assert _says(host.url, b"still") == b"still"


def test_a_port_that_is_being_unplugged_is_kept_for_the_device() -> None:
    with TcpHost(Echo()) as host:
        host.unplug()
        address = urlsplit(host.url)
        with pytest.raises(OSError, match="in use"), socket.create_server((str(address.hostname), int(address.port or 0))):
            pass


def test_the_folder_of_a_stable_path_goes_with_the_device() -> None:
    host = PtyHost.in_own_folder(Echo(), "echo")
    folder = Path(host.url).parent
    assert Path(host.url).is_symlink()
    host.stop()
    assert not folder.exists()


@pytest.mark.parametrize(
    "make", [lambda peer: PtyHost(peer, paced_baudrate=9600), lambda peer: TcpHost(peer, paced_baudrate=9600)]
)
def test_a_paced_line_takes_the_time_of_its_bytes(make: HostMaker) -> None:
    peer = Echo()
    with make(peer) as host, open_port(host.url) as port:
        begun_s = time.monotonic()
        port.write(bytes(96))
        assert port.read(96, Deadline(5.0)) == bytes(96)
        # There and back: 2 x 96 bytes of 10 bits at 9600 bits a second.
        assert time.monotonic() - begun_s >= 0.2


def test_a_client_that_does_not_read_cannot_hold_up_the_end() -> None:
    peer = Echo()
    host = PtyHost(peer)
    with open_port(host.url) as port:
        port.write(b"x")
        assert port.read(1, Deadline(2.0)) == b"x"
        assert peer.link is not None
        sender = threading.Thread(target=peer.link.send, args=(bytes(200_000),))
        sender.start()
        host.stop()
        sender.join(5.0)
        assert not sender.is_alive()
