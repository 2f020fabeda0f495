"""Reading a machine that a test has laid out as files, and the true one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from drivers.discovering import reading
from drivers.discovering.inventory import Inventory, Node, PrintQueue, UsbName
from drivers.discovering.reading import read_inventory
from drivers.discovery import discover


class Machine:
    """A folder that looks like a machine's root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "dev").mkdir()

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def link(self, path: str, to: Path) -> None:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(to)

    def usb(self, name: str, **facts: str) -> Path:
        for fact, text in facts.items():
            self.write(f"sys/devices/{name}/{fact}", text + "\n")
        interface = self.root / f"sys/devices/{name}/1-1:1.0"
        interface.mkdir(parents=True)
        return interface


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_anything_has_an_empty_inventory(tmp_path: Path) -> None:
    assert read_inventory(tmp_path) == Inventory()
    assert read_inventory(tmp_path / "no-such-folder") == Inventory()


def test_serial_ports_have_their_stable_names_and_the_usb_device_above(machine: Machine) -> None:
    interface = machine.usb("usb1", idVendor="1a86", idProduct="7523", product="USB Serial", manufacturer="QinHeng", serial="7")
    tty = machine.write("dev/ttyUSB0")
    machine.link("dev/serial/by-id/usb-x-port0", tty)
    machine.link("sys/class/tty/ttyUSB0/device", interface)
    assert read_inventory(machine.root).serial_ports == (
        Node(str(tty), str(machine.root / "dev/serial/by-id/usb-x-port0"), UsbName(0x1A86, 0x7523, "QinHeng USB Serial", "7")),
    )


def test_mainboard_ports_count_only_where_there_is_a_chip(machine: Machine) -> None:
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0")):
        machine.write(f"dev/{name}")
        machine.write(f"sys/class/tty/{name}/type", kind)
    assert [port.path for port in read_inventory(machine.root).serial_ports] == [str(machine.root / "dev/ttyS0")]


def test_printer_files_know_their_device(machine: Machine) -> None:
    machine.write("dev/usb/lp0")
    machine.link("sys/class/usbmisc/lp0/device", machine.usb("usb2", idVendor="04b8", idProduct="0e15"))
    assert read_inventory(machine.root).printer_files[0].usb == UsbName(0x04B8, 0x0E15)


def test_of_a_cameras_nodes_the_first_counts_where_they_cannot_be_asked(machine: Machine) -> None:
    for name, index in (("video0", "0"), ("video1", "1")):
        machine.write(f"dev/{name}")
        machine.write(f"sys/class/video4linux/{name}/index", index)
        machine.write(f"sys/class/video4linux/{name}/name", "HD Camera")
    nodes = read_inventory(machine.root).video_nodes
    assert [(node.path, node.usb.text) for node in nodes] == [(str(machine.root / "dev/video0"), "HD Camera")]


def test_keyboards_have_the_ids_of_their_input_device(machine: Machine) -> None:
    event = machine.write("dev/input/event3")
    machine.link("dev/input/by-id/usb-scanner-event-kbd", event)
    for fact, text in (("id/vendor", "0c2e"), ("id/product", "0b61"), ("name", "Honeywell 1900")):
        machine.write(f"sys/class/input/event3/device/{fact}", text)
    keyboard = read_inventory(machine.root).keyboards[0]
    assert keyboard.best_path.endswith("usb-scanner-event-kbd")
    assert keyboard.usb == UsbName(0x0C2E, 0x0B61, "Honeywell 1900")


def test_queues_are_told_without_what_stands_behind_the_scheme(machine: Machine) -> None:
    machine.write("etc/cups/printers.conf", "<DefaultPrinter A4>\nInfo office\nDeviceURI ipp://user:secret@host/x\n</Printer>\n")
    machine.write("etc/cups/ppd/Laser.ppd")
    queues = read_inventory(machine.root).queues
    assert queues == (PrintQueue("A4", "ipp:"), PrintQueue("Laser"))
    assert "secret" not in repr(queues)


def test_usb_devices_that_refuse_their_names_are_listed_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shy:
        idVendor, idProduct = 0x0400, 0xC35A

        def __iter__(self) -> Iterator[list[SimpleNamespace]]:
            return iter([[SimpleNamespace(bInterfaceClass=7)]])

        @property
        def manufacturer(self) -> str:
            raise ValueError("no langid")

    monkeypatch.setattr(reading, "_usb_devices", lambda: iter([Shy()]))
    inventory = read_inventory()
    assert inventory.usb_others == (UsbName(0x0400, 0xC35A),)
    assert inventory.usb_printers[0].usb == UsbName(0x0400, 0xC35A)


def test_a_library_that_fails_hides_nothing_else(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Iterator[object]:
        raise RuntimeError("no libusb here")

    monkeypatch.setattr(reading, "_usb_devices", fails)
    assert read_inventory().usb_printers == ()


def test_the_true_machine_can_always_be_searched() -> None:
    for candidate in discover():
        assert candidate.url
        assert candidate.reason
