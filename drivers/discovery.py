"""Lists what could be a device of the terminal on this machine, each with the reason for it: ``python -m drivers.discovery``.

Pure but for ``discover``: candidates follow from an ``Inventory``. No serial line is opened and no command sent: USB devices are
asked for their names, and video nodes for what they can do, which disturbs no picture.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

from drivers.discovering.inventory import Inventory, Node, PrintQueue, UsbName
from drivers.discovering.reading import read_inventory
from drivers.discovering.usb_ids import Certainty, DeviceClass, look_up

__all__ = ["Candidate", "Certainty", "DeviceClass", "candidates", "discover"]

_SERIAL_CLASSES = (DeviceClass.ID_CARD_READER, DeviceClass.RECEIPT_PRINTER, DeviceClass.BARCODE_SCANNER)
_RANK = {certainty: rank for rank, certainty in enumerate(Certainty)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be a device of one class; it may be listed for several. ``url`` is what the settings take."""

    device_class: DeviceClass
    url: str
    reason: str
    """One sentence for the technician: what was seen, and what to try where that is not enough."""
    certainty: Certainty


def discover() -> tuple[Candidate, ...]:
    """Candidates on this machine, surest first in each class; never raises, and is empty where nothing can be asked."""
    return candidates(read_inventory())


def candidates(inventory: Inventory) -> tuple[Candidate, ...]:
    """Candidates that follow from ``inventory``, by class, surest first."""
    found = [
        *(candidate for port in inventory.serial_ports for candidate in _of_serial(port)),
        *_of_printers(inventory),
        *(candidate for usb in inventory.usb_others for candidate in _of_other(usb)),
        *(_of_camera(node) for node in inventory.video_nodes),
        *(candidate for node in inventory.keyboards for candidate in _of_keyboard(node)),
        *(_of_queue(queue) for queue in inventory.queues),
    ]
    order = list(DeviceClass)
    return tuple(sorted(found, key=lambda one: (order.index(one.device_class), _RANK[one.certainty])))


def _of_serial(port: Node) -> Iterator[Candidate]:
    url, named = port.best_path, _named(port.usb)
    known = look_up(port.usb.vendor, port.usb.product)
    if known is not None and known.device_class in _SERIAL_CLASSES:
        yield Candidate(known.device_class, url, f"serial port of {named}: {known.what} ({known.source})", known.certainty)
        return
    behind = f"{known.what} ({port.usb.id_text})" if known is not None else f"serial port {named}".rstrip()
    for device_class in _SERIAL_CLASSES:
        ask = f"could be anything with a serial plug: try `python -m drivers.{device_class} status --url {url}`"
        yield Candidate(device_class, url, f"{behind}: {ask}", Certainty.POSSIBLE)


def _of_printers(inventory: Inventory) -> Iterator[Candidate]:
    for node in inventory.printer_files:
        known = look_up(node.usb.vendor, node.usb.product)
        is_named = known is not None and known.device_class is DeviceClass.RECEIPT_PRINTER
        certainty = known.certainty if known is not None and is_named else Certainty.POSSIBLE
        what = (
            f"; {known.what} ({known.source})" if known is not None and is_named else "; it may be a receipt or an office printer"
        )
        reason = f"the kernel's printer file for {_named(node.usb) or 'a USB printer'}{what}"
        yield Candidate(DeviceClass.RECEIPT_PRINTER, node.best_path, reason, certainty)
    for printer in inventory.usb_printers:
        known = look_up(printer.usb.vendor, printer.usb.product)
        is_named = known is not None and known.device_class is DeviceClass.RECEIPT_PRINTER
        certainty = known.certainty if known is not None and is_named else Certainty.POSSIBLE
        what = f": {known.what} ({known.source})" if known is not None and is_named else ""
        reason = f"USB printer class, {_named(printer.usb)}{what}"
        yield Candidate(DeviceClass.RECEIPT_PRINTER, _usb_url(printer.usb), reason, certainty)


def _of_other(usb: UsbName) -> Iterator[Candidate]:
    known = look_up(usb.vendor, usb.product)
    if known is not None and known.device_class is DeviceClass.ID_CARD_READER:
        reason = f"{known.what} on plain USB ({usb.id_text}; {known.source}); set it to its serial interface if it has one"
        yield Candidate(known.device_class, _usb_url(usb), reason, known.certainty)


def _of_camera(node: Node) -> Candidate:
    where = "by a stable path" if node.stable_path else "without a stable path: it may get another number"
    reason = f"video capture of {_named(node.usb) or 'an unnamed camera'}, {where}"
    return Candidate(DeviceClass.CAMERA, node.best_path, reason, Certainty.KNOWN if node.stable_path else Certainty.LIKELY)


def _of_keyboard(node: Node) -> Iterator[Candidate]:
    """A keyboard of a scanner maker, or one that calls itself a scanner; others are keyboards."""
    known = look_up(node.usb.vendor, node.usb.product)
    url = f"input://{node.best_path}"
    if known is not None and known.device_class is DeviceClass.BARCODE_SCANNER:
        reason = f"types like a keyboard, {_named(node.usb)}: {known.what} ({known.source})"
        yield Candidate(DeviceClass.BARCODE_SCANNER, url, reason, known.certainty)
    elif any(word in node.usb.text.lower() for word in ("barcode", "bar code", "scanner")):
        reason = f"types like a keyboard and calls itself {node.usb.text!r}"
        yield Candidate(DeviceClass.BARCODE_SCANNER, url, reason, Certainty.LIKELY)


def _of_queue(queue: PrintQueue) -> Candidate:
    goes_to = f", which prints to {queue.device_uri}" if queue.device_uri else ""
    url = f"ipp://localhost:631/printers/{quote(queue.name)}"
    return Candidate(DeviceClass.DOCUMENT_PRINTER, url, f"CUPS queue {queue.name}{goes_to}", Certainty.LIKELY)


def _named(usb: UsbName) -> str:
    return " ".join(part for part in (usb.text, f"({usb.id_text})" if usb.id_text else "") if part)


def _usb_url(usb: UsbName) -> str:
    return f"usb://{usb.id_text}" + (f"/{quote(usb.serial, safe='')}" if usb.serial else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the candidates, with ``--json`` for programs; 0 when there is at least one."""
    found = discover()
    if "--json" in (sys.argv[1:] if arguments is None else arguments):
        sys.stdout.write(json.dumps([asdict(candidate) for candidate in found], ensure_ascii=False, indent=2) + "\n")
    else:
        for one in found:
            sys.stdout.write(f"{one.device_class:<17} {one.certainty:<9} {one.url}\n{'':<27} {one.reason}\n")
        if not found:
            sys.stdout.write("nothing found that could be a device of the terminal\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
