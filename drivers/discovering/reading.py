"""Reads the inventory of this machine: ``/dev``, ``/sys``, libusb, and what CUPS keeps.

What cannot be read is absent, never an error.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from drivers.camera import v4l2
from drivers.discovering.inventory import Inventory, Node, PrintQueue, UsbName, UsbPrinter
from drivers.discovering.usb_ids import look_up

_log = logging.getLogger(__name__)

_PRINTER_CLASS = 7
_NO_CHIP = "0"
"""Type of a serial port of the mainboard that is not there: the kernel makes files for such, too."""

Found = TypeVar("Found")


def read_inventory(root: Path = Path("/")) -> Inventory:
    """What is plugged in. ``root``: where ``dev``, ``sys`` and ``etc`` lie, for tests; libusb is asked for the true one only."""
    is_true = root == Path("/")
    return Inventory(
        serial_ports=_tried(lambda: _serial_ports(root)),
        printer_files=_tried(lambda: _printer_files(root)),
        usb_printers=_tried(_usb_printers) if is_true else (),
        usb_others=_tried(_usb_others) if is_true else (),
        video_nodes=_tried(lambda: _video_nodes(root)),
        keyboards=_tried(lambda: _keyboards(root)),
        queues=_tried(lambda: _queues(root)),
    )


def _tried(read: Callable[[], Iterator[Found]]) -> tuple[Found, ...]:
    try:
        return tuple(read())
    except Exception as error:  # noqa: BLE001 - libraries and kernels fail in their own ways; a search must show the rest
        _log.info("a part of the machine cannot be searched (%s)", type(error).__name__)
        return ()


def _serial_ports(root: Path) -> Iterator[Node]:
    stable = _stable_names(root / "dev/serial/by-id")
    for path in sorted(path for pattern in ("ttyUSB*", "ttyACM*", "ttyS*") for path in (root / "dev").glob(pattern)):
        folder = root / "sys/class/tty" / path.name
        if _text(folder / "type") == _NO_CHIP:
            continue
        yield Node(str(path), stable.get(os.path.realpath(path), ""), _usb_name(folder / "device"))


def _printer_files(root: Path) -> Iterator[Node]:
    for path in sorted((root / "dev/usb").glob("lp*")):
        yield Node(str(path), "", _usb_name(root / "sys/class/usbmisc" / path.name / "device"))


def _video_nodes(root: Path) -> Iterator[Node]:
    stable = _stable_names(root / "dev/v4l/by-id")
    for path in sorted((root / "dev").glob("video*")):
        folder = root / "sys/class/video4linux" / path.name
        if _can_capture(path, folder):
            usb = _usb_name(folder / "device")
            yield Node(
                str(path), stable.get(os.path.realpath(path), ""), usb if usb.text else UsbName(text=_text(folder / "name"))
            )


def _can_capture(path: Path, folder: Path) -> bool:
    """A camera has more nodes than one; the further ones carry metadata. Where the node may not be opened, the first counts."""
    try:
        return v4l2.facts(path).is_capture
    except OSError:
        return _text(folder / "index") in ("", "0")


def _keyboards(root: Path) -> Iterator[Node]:
    for path in sorted((root / "dev/input/by-id").glob("*-event-kbd")):
        event = Path(os.path.realpath(path)).name
        device = root / "sys/class/input" / event / "device"
        vendor, product = _number(device / "id/vendor"), _number(device / "id/product")
        yield Node(str(root / "dev/input" / event), str(path), UsbName(vendor, product, _text(device / "name")))


def _queues(root: Path) -> Iterator[PrintQueue]:
    """Queues as CUPS has written them down; asking the server is left to the driver."""
    targets = _queue_targets(root / "etc/cups/printers.conf")
    described = {path.stem for path in (root / "etc/cups/ppd").glob("*.ppd")}
    for name in sorted(described | set(targets)):
        yield PrintQueue(name, targets.get(name, ""))


def _queue_targets(conf: Path) -> dict[str, str]:
    """Queue → scheme of its device. Only the scheme: behind it may stand a password. The file is for administrators."""
    targets: dict[str, str] = {}
    name = ""
    for line in _text(conf).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word in ("<Printer", "<DefaultPrinter"):
            name = rest.rstrip(">").strip()
        elif word == "DeviceURI" and name:
            targets[name] = rest.partition(":")[0] + ":"
            name = ""
    return targets


def _usb_devices() -> Iterator[Any]:
    import libusb_package  # late: loads libusb

    yield from libusb_package.find(find_all=True)


def _usb_printers() -> Iterator[UsbPrinter]:
    for device in _usb_devices():
        if any(interface.bInterfaceClass == _PRINTER_CLASS for configuration in device for interface in configuration):
            yield UsbPrinter(_usb_name_of(device))


def _usb_others() -> Iterator[UsbName]:
    for device in _usb_devices():
        if look_up(device.idVendor, device.idProduct) is not None:
            yield _usb_name_of(device)


def _usb_name_of(device: Any) -> UsbName:  # noqa: ANN401 - pyusb has no types
    """Names are asked of the device itself, which may refuse: the ids are known all the same."""
    words: list[str] = []
    for attribute in ("manufacturer", "product", "serial_number"):
        try:
            words.append(getattr(device, attribute) or "")
        except Exception:  # noqa: BLE001 - USBError, ValueError without permission, and others
            words.append("")
    return UsbName(device.idVendor, device.idProduct, _joined(words[0], words[1]), words[2])


def _usb_name(device: Path) -> UsbName:
    """The USB device above ``device`` in ``/sys``: the first folder upwards that has ids."""
    try:
        folder = device.resolve(strict=True)
    except OSError:
        return UsbName()
    for candidate in (folder, *folder.parents):
        if (candidate / "idVendor").is_file():
            text = _joined(_text(candidate / "manufacturer"), _text(candidate / "product"))
            return UsbName(_number(candidate / "idVendor"), _number(candidate / "idProduct"), text, _text(candidate / "serial"))
    return UsbName()


def _stable_names(folder: Path) -> dict[str, str]:
    """Real path → the link that points there; the lowest index of several is the picture."""
    links = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    return {os.path.realpath(link): str(link) for link in links}


def _joined(*words: str | None) -> str:
    return " ".join(word.strip() for word in words if word and word.strip())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(_text(path), 16)
    except ValueError:
        return None
