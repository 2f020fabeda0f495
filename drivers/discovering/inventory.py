"""What a machine has plugged in, as plain values: the same whether read from ``/sys`` or written down by a test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UsbName:
    """What a USB device says of itself; ``None`` and empty where it is none, or does not say."""

    vendor: int | None = None
    product: int | None = None
    text: str = ""
    """Maker and model in the device's own words."""
    serial: str = ""

    @property
    def id_text(self) -> str:
        """``0400:c35a``, empty without ids."""
        return "" if self.vendor is None or self.product is None else f"{self.vendor:04x}:{self.product:04x}"


@dataclass(frozen=True, slots=True)
class Node:
    """A device file. ``stable_path`` stays the same when the device is plugged in again; empty where there is none."""

    path: str
    stable_path: str = ""
    usb: UsbName = UsbName()

    @property
    def best_path(self) -> str:
        """The path for the settings."""
        return self.stable_path or self.path


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """A USB device with an interface of the printer class (7), whether or not the kernel made a file for it."""

    usb: UsbName


@dataclass(frozen=True, slots=True)
class PrintQueue:
    """A queue of the local CUPS."""

    name: str
    device_uri: str = ""
    """Where its jobs go, as CUPS says."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that could be a device of the terminal."""

    serial_ports: tuple[Node, ...] = ()
    printer_files: tuple[Node, ...] = ()
    """``/dev/usb/lp*``."""
    usb_printers: tuple[UsbPrinter, ...] = ()
    usb_others: tuple[UsbName, ...] = ()
    """USB devices whose id stands in the table, whatever their interfaces."""
    video_nodes: tuple[Node, ...] = ()
    """Nodes that can capture."""
    keyboards: tuple[Node, ...] = ()
    """Input devices with letters and Enter."""
    queues: tuple[PrintQueue, ...] = ()
