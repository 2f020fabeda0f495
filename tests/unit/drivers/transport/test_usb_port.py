"""A USB printer as a line, by pyusb's own code on a bus in memory."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from drivers.emulation.line import Link
from drivers.errors import Disconnected, Stalled
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.types import PrintResult, Text
from drivers.transport.opening import open_port
from drivers.transport.printer_line import LineStatus
from drivers.transport.usb_port import UsbAddress, UsbPort, parse_usb_url
from drivers.types import Deadline
from tests.helpers.usb_stand_in import IN, OUT, UsbBus, UsbDevice, endpoint, interface

URL = "usb://04b8:0e15"


class Echo:
    """Says back what it hears."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.heard = b""

    def connected(self, link: Link) -> None:
        self.link = link

    def received(self, data: bytes) -> None:
        self.heard += data
        assert self.link is not None
        self.link.send(data)

    def disconnected(self) -> None:
        self.link = None


@pytest.fixture
def device() -> UsbDevice:
    return UsbDevice(Echo())


@pytest.fixture
def bus(device: UsbDevice) -> UsbBus:
    return UsbBus(device)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("usb://04b8:0e15", UsbAddress(0x04B8, 0x0E15)),
        ("usb://04B8:0E15/J4XF%2001", UsbAddress(0x04B8, 0x0E15, "J4XF 01")),
    ],
)
def test_an_address(url: str, address: UsbAddress) -> None:
    assert parse_usb_url(url) == address


@pytest.mark.parametrize(
    "url", ["usb://", "usb://4b8:e15", "usb://04b8", "usb://04b8:0e15/", "usb://04b8:0e15/a/b", "usb://g4b8:0e15"]
)
def test_what_is_no_address_costs_one_clear_line(url: str) -> None:
    with pytest.raises(Disconnected) as caught:
        open_port(url)
    assert "four hexadecimal digits" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_go_both_ways(bus: UsbBus) -> None:
    with UsbPort(URL, backend=bus) as subject:
        subject.write(bytes(range(256)) * 40)
        assert subject.read(3, Deadline(5)) == b"\x00\x01\x02"
        rest = b""
        while len(rest) < 256 * 40 - 3:
            rest += subject.read_available(1000, 5.0)
        assert (bytes(range(3)) + rest) == bytes(range(256)) * 40
        assert subject.read_available(10, 0.0) == b""
        assert subject.read(1, Deadline(0.05)) == b""


def test_what_came_before_can_be_forgotten(bus: UsbBus) -> None:
    with UsbPort(URL, backend=bus) as subject:
        subject.write(b"old" * 100)
        assert subject.read(1, Deadline(5)) == b"o"
        subject.flush_input()
        subject.write(b"new")
        assert subject.read(3, Deadline(5)) == b"new"


def test_the_kernel_s_driver_is_sent_away_and_comes_back(bus: UsbBus, device: UsbDevice) -> None:
    subject = UsbPort(URL, backend=bus)
    subject.close()
    subject.close()
    assert device.log == ["open", "detach 0", "claim 0", "release 0", "attach 0", "close"]
    UsbPort(URL, backend=bus).close()


def test_where_no_driver_was_none_is_attached() -> None:
    device = UsbDevice(Echo(), kernel_driver=False, configured=False)
    UsbPort(URL, backend=UsbBus(device)).close()
    assert device.log == ["open", "configure 1", "claim 0", "release 0", "close"]


def test_the_printer_interface_is_found_among_others_and_in_another_setting() -> None:
    device = UsbDevice(
        Echo(),
        interfaces=(
            interface(0, 0, (3, 0, 0), endpoint(0x83, 3)),
            interface(1, 0, (7, 1, 1), endpoint(0x04)),
            interface(1, 1, (7, 1, 2), endpoint(0x05), endpoint(0x86)),
        ),
    )
    with UsbPort(URL, backend=UsbBus(device)) as subject:
        subject.write(b"x")
        assert subject.read(1, Deadline(5)) == b"x"
    assert device.log == ["open", "detach 1", "claim 1", "setting 1.1", "release 1", "attach 1", "close"]


@pytest.mark.parametrize(
    ("interfaces", "words"),
    [
        ((interface(0, 0, (8, 6, 80), endpoint(OUT), endpoint(IN)),), "no interface of the printer class"),
        ((interface(0, 0, (7, 1, 1), endpoint(OUT)),), "can answer"),
    ],
)
def test_what_is_no_printer_or_cannot_answer_is_refused_and_let_go_of(
    interfaces: tuple[SimpleNamespace, ...], words: str
) -> None:
    device = UsbDevice(Echo(), interfaces=interfaces)
    with pytest.raises(Disconnected, match=words):
        UsbPort(URL, backend=UsbBus(device))
    assert not device.claimed
    assert device.kernel_has == {0}


def test_two_alike_are_told_apart_by_their_serial_number() -> None:
    one, two = UsbDevice(Echo(), serial="A1"), UsbDevice(Echo(), serial="B2")
    with UsbPort(f"{URL}/B2", backend=UsbBus(one, two)):
        assert (one.claimed, two.claimed) == (set(), {0})
    with pytest.raises(Disconnected, match="serial number"):
        UsbPort(f"{URL}/C3", backend=UsbBus(one, two))


def test_an_absent_and_a_forbidden_device_cost_one_line_each(bus: UsbBus, device: UsbDevice) -> None:
    with pytest.raises(Disconnected, match="no such device"):
        UsbPort("usb://1234:5678", backend=bus)
    device.is_denied = True
    with pytest.raises(Disconnected, match="Access denied"):
        UsbPort(URL, backend=bus)


def test_a_pulled_cable_is_told_by_every_call_and_closing_stays_silent(bus: UsbBus, device: UsbDevice) -> None:
    subject = UsbPort(URL, backend=bus)
    device.unplug()
    for call in (
        lambda: subject.write(b"x"),
        lambda: subject.read(1, Deadline(1)),
        lambda: subject.read_available(1, 0.1),
        subject.flush_input,
    ):
        with pytest.raises(Disconnected):
            call()
    assert subject.line_status() is None
    subject.close()
    with pytest.raises(Disconnected):
        UsbPort(URL, backend=bus)


def test_a_printer_that_takes_no_bytes_is_no_missing_one(bus: UsbBus, device: UsbDevice) -> None:
    with UsbPort(URL, backend=bus) as subject:
        device.takes_bytes = False
        with pytest.raises(Stalled) as caught:
            subject.write(b"x")
        assert (caught.value.code, caught.value.written) == ("no_answer", 0)


@pytest.mark.parametrize(
    ("byte", "status"),
    [
        (0x18, LineStatus(is_paper_out=False, has_error=False, is_selected=True)),
        (0x38, LineStatus(is_paper_out=True, has_error=False, is_selected=True)),
        (0x00, LineStatus(is_paper_out=False, has_error=True, is_selected=False)),
        (None, None),
    ],
)
def test_the_status_lines(bus: UsbBus, device: UsbDevice, byte: int | None, status: LineStatus | None) -> None:
    device.port_status = byte
    with UsbPort(URL, backend=bus) as subject:
        assert subject.line_status() == status


@pytest.mark.parametrize(
    ("byte", "code"), [(0x38, "paper_out"), (0x10, "unnamed_error"), (0x08, "offline"), (0x18, "no_answer"), (None, "no_answer")]
)
def test_a_silent_printer_may_name_a_trouble_by_its_lines_and_is_never_fine(byte: int | None, code: str) -> None:
    with PrinterEmulator() as emulator:
        device = UsbDevice(emulator)
        emulator.mute()
        device.port_status = byte
        bus = UsbBus(device)
        subject = EscPosPrinter(URL, answer_s=0.05, open_port=lambda url, *_: UsbPort(url, backend=bus))
        status = subject.status()
        assert (status.device.code, status.can_print) == (code, False)
        subject.close()


def test_a_stalled_printer_does_not_answer_and_recovers() -> None:
    with PrinterEmulator() as emulator:
        device = UsbDevice(emulator)
        bus = UsbBus(device)
        subject = EscPosPrinter(URL, answer_s=0.3, open_port=lambda url, *_: UsbPort(url, backend=bus))
        assert subject.print_receipt([Text("一")], Deadline(20)).result is PrintResult.PRINTED
        device.takes_bytes = False
        assert subject.status().device.code == "no_answer"
        assert subject.print_receipt([Text("二")], Deadline(20)).result is PrintResult.NOT_PRINTED
        device.takes_bytes = True
        assert subject.print_receipt([Text("三")], Deadline(20)).result is PrintResult.PRINTED
        assert [slip.text.strip() for slip in emulator.slips] == ["一", "三"]
        subject.close()
