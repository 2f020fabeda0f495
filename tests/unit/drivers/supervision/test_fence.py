"""A driver that was given up and comes back can send nothing more."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.errors import Disconnected, HeldByAnother
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.fence import Fence, Fenced
from drivers.supervision.watchdog import Watchdog
from drivers.supervisor import DeviceSupervisor, Wedged
from drivers.transport.opening import OpenPort
from drivers.transport.port import Port
from drivers.transport.serial_port import SerialPort
from drivers.types import Deadline
from tests.helpers.waiting import until
from tests.unit.drivers.emulation.test_host import Echo
from tests.unit.drivers.supervision.world import FAST


class Line:
    """A port that notes what is sent; a write may hang until it is let go."""

    def __init__(self, sent: list[bytes], let_go: threading.Event | None = None) -> None:
        self.url, self.baudrate = "line", 9600
        self.sent = sent
        self.is_open = True
        self._let_go = let_go

    def write(self, data: bytes) -> None:
        if self._let_go is not None:
            self._let_go.wait()
        self.sent.append(data)

    def read(self, count: int, deadline: Deadline) -> bytes:
        return b"r" * count

    def read_available(self, limit: int, wait_s: float) -> bytes:
        return b"a"

    def flush_input(self) -> None:
        return None

    def close(self) -> None:
        self.is_open = False


class StatusLine(Line):
    def line_status(self) -> str:
        return "ready"


class Driver:
    """Prints a slip in two pieces."""

    def __init__(self, opener: OpenPort) -> None:
        self.port: Port = opener("line", 9600)

    def print_slip(self, name: bytes) -> bool:
        self.port.write(name + b" head")
        self.port.write(name + b" tail")
        return True

    def close(self) -> None:
        self.port.close()


def test_before_it_shuts_everything_passes() -> None:
    line = Line([])
    port = Fence(lambda _url, _baudrate, _deadline=None: line).open_port("line", 9600)
    port.write(b"x")
    port.flush_input()
    assert (port.read(2, Deadline(1)), port.read_available(9, 0.1)) == (b"rr", b"a")
    assert (line.sent, port.url, port.baudrate) == ([b"x"], "line", 9600)
    assert not hasattr(port, "line_status")


def test_behind_a_shut_fence_a_port_can_only_be_closed() -> None:
    line = StatusLine([])
    fence = Fence(lambda _url, _baudrate, _deadline=None: line)
    port = fence.open_port("line", 9600)
    assert port.line_status() == "ready"  # type: ignore[attr-defined]
    fence.shut()
    for use in (
        lambda: port.write(b"x"),
        lambda: port.read(1, Deadline(1)),
        lambda: port.read_available(1, 0.1),
        port.flush_input,
        port.line_status,  # type: ignore[attr-defined]
        lambda: fence.open_port("line", 9600),
    ):
        with pytest.raises(Disconnected, match="another thread"):
            use()
    assert not line.sent
    port.close()
    assert not line.is_open


@pytest.mark.expects_warnings
def test_the_rest_of_a_slip_that_hung_never_comes_out_behind_the_next_one() -> None:
    sent: list[bytes] = []
    let_go = threading.Event()
    lines = iter([Line(sent, let_go)])

    def opener(_url: str, _baudrate: int, _deadline: Deadline | None = None) -> Port:
        return next(lines, None) or Line(sent)

    subject = DeviceSupervisor(
        "printer",
        lambda: Fenced(Driver, opener),
        lambda _printer: DeviceStatus(DeviceState.ONLINE, "ok"),
        replace(FAST, poll_s=60.0),
        watchdog=Watchdog(tick_s=0.01),
    )
    subject.start()
    with pytest.raises(Wedged):
        subject.call(lambda printer: printer.device.print_slip(b"first"), Deadline(0.05))
    assert subject.call(lambda printer: printer.device.print_slip(b"second"), Deadline(5))
    let_go.set()
    assert until(lambda: b"first head" in sent)
    assert until(lambda: not subject._orphans)
    assert sent == [b"second head", b"second tail", b"first head"]
    assert subject.stop(5.0)


def test_a_hung_driver_does_not_keep_the_next_one_from_opening_the_terminal() -> None:
    with PtyHost.in_own_folder(Echo(), "echo") as host:
        given_up = Fence()
        port = given_up.open_port(host.url)
        with pytest.raises(HeldByAnother):
            SerialPort(host.url)
        given_up.shut()
        SerialPort(host.url).close()
        port.close()


def test_a_line_that_opens_behind_a_shut_fence_is_closed_again() -> None:
    line = Line([])

    def opens_late(_url: str, _baudrate: int, _deadline: Deadline | None = None) -> Port:
        fence.shut()
        return line

    fence = Fence(opens_late)
    with pytest.raises(Disconnected):
        fence.open_port("line")
    assert not line.is_open


def test_a_hung_driver_does_not_keep_the_next_one_from_a_device_that_takes_one_connection() -> None:
    with TcpHost(Echo()) as host:
        given_up, ended = Fence(), threading.Event()
        port = given_up.open_port(host.url)

        def hang() -> None:
            with pytest.raises(Disconnected):
                port.read(1, Deadline(60))
            ended.set()

        thread = threading.Thread(target=hang)
        thread.start()
        given_up.shut()
        assert ended.wait(5.0)
        thread.join()
        port.close()
