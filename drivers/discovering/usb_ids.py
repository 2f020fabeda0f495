"""What is known of USB ids, with where it is known from.

A vendor's id says who made the thing, not what it is: only a line that names a product, or a vendor who makes nothing else, can
be more than ``POSSIBLE``. Add a line for each model that proved itself; the first line that fits counts, so products stand first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceClass(StrEnum):
    """Devices of the terminal, by the names they have in settings and status."""

    ID_CARD_READER = "id_card_reader"
    RECEIPT_PRINTER = "receipt_printer"
    BARCODE_SCANNER = "barcode_scanner"
    CAMERA = "camera"
    DOCUMENT_PRINTER = "document_printer"


class Certainty(StrEnum):
    """How sure a candidate is."""

    KNOWN = "known"
    """This id, or this kind of interface, is that device."""
    LIKELY = "likely"
    """The maker or the system's description points there."""
    POSSIBLE = "possible"
    """It may be: only asking the device tells."""


@dataclass(frozen=True, slots=True)
class UsbId:
    """One line of the table."""

    vendor: int
    product: int | None
    """``None``: every product of the vendor."""
    what: str
    device_class: DeviceClass | None
    """``None``: an adapter, behind which anything may be."""
    certainty: Certainty
    source: str


_USB_IDS = "usb.ids of the Linux USB project"
_READER, _PRINTER, _SCANNER = DeviceClass.ID_CARD_READER, DeviceClass.RECEIPT_PRINTER, DeviceClass.BARCODE_SCANNER

TABLE: tuple[UsbId, ...] = (
    UsbId(0x0400, 0xC35A, "SAM-V ID-card reader", _READER, Certainty.KNOWN, "protocol notes 1.9; three vendors' programs"),
    UsbId(0x0316, 0x5020, "SAM-V ID-card reader", _READER, Certainty.POSSIBLE, "named by one vendor's program beside 0400:c35a"),
    UsbId(0x04B8, 0x0202, "Epson TM printer", _PRINTER, Certainty.KNOWN, "python-escpos documentation"),
    UsbId(0x04B8, 0x0E03, "Epson TM printer", _PRINTER, Certainty.KNOWN, "users of python-escpos"),
    UsbId(0x04B8, 0x0E15, "Epson TM printer", _PRINTER, Certainty.KNOWN, "users of python-escpos (TM-T20II)"),
    UsbId(0x04B8, 0x0E28, "Epson TM printer", _PRINTER, Certainty.LIKELY, "users of python-escpos"),
    UsbId(0x04B8, None, "made by Epson", _PRINTER, Certainty.POSSIBLE, _USB_IDS),
    UsbId(0x0416, 0x5011, "58 mm receipt printer (POS-5890 family)", _PRINTER, Certainty.KNOWN, "python-escpos documentation"),
    UsbId(0x0519, None, "made by Star Micronics; not every model speaks ESC/POS", _PRINTER, Certainty.LIKELY, _USB_IDS),
    UsbId(0x154F, None, "made by SNBC (Beiyang), who makes printers", _PRINTER, Certainty.LIKELY, _USB_IDS),
    UsbId(0x1EAB, 0x1D06, "Newland NLS-FM430 scanner", _SCANNER, Certainty.KNOWN, "device list of a point-of-sale program"),
    UsbId(0x1EAB, None, "made by Newland, who makes scanners", _SCANNER, Certainty.LIKELY, "as the line above"),
    UsbId(0x0C2E, None, "made by Honeywell (Metrologic), who makes scanners", _SCANNER, Certainty.LIKELY, _USB_IDS),
    UsbId(0x05E0, None, "made by Zebra (Symbol), who makes scanners", _SCANNER, Certainty.LIKELY, _USB_IDS),
    UsbId(0x05F9, None, "made by Datalogic (PSC), who makes scanners", _SCANNER, Certainty.LIKELY, _USB_IDS),
    UsbId(0x1A86, 0x5723, "scanner on a WCH chip", _SCANNER, Certainty.POSSIBLE, "device list of a point-of-sale program"),
    UsbId(0x1A86, 0x5523, "CH341 serial adapter", None, Certainty.POSSIBLE, "Linux ch341.c"),
    UsbId(0x1A86, 0x7522, "CH340 serial adapter", None, Certainty.POSSIBLE, "Linux ch341.c"),
    UsbId(0x1A86, 0x7523, "CH340 serial adapter", None, Certainty.POSSIBLE, "Linux ch341.c"),
    UsbId(0x0403, 0x6001, "FTDI FT232 serial adapter", None, Certainty.POSSIBLE, "Linux ftdi_sio_ids.h"),
    UsbId(0x0403, 0x6010, "FTDI FT2232 serial adapter", None, Certainty.POSSIBLE, "Linux ftdi_sio_ids.h"),
    UsbId(0x0403, 0x6015, "FTDI FT-X serial adapter", None, Certainty.POSSIBLE, "Linux ftdi_sio_ids.h"),
    UsbId(0x067B, 0x2303, "Prolific PL2303 serial adapter", None, Certainty.POSSIBLE, "Linux pl2303.h"),
    UsbId(0x067B, 0x23A3, "Prolific PL2303GC serial adapter", None, Certainty.POSSIBLE, "Linux pl2303.h"),
    UsbId(0x10C4, 0xEA60, "Silicon Labs CP210x serial adapter", None, Certainty.POSSIBLE, "Linux cp210x.c"),
    UsbId(0x10C4, 0xEA70, "Silicon Labs CP2105 serial adapter", None, Certainty.POSSIBLE, "Linux cp210x.c"),
)


def look_up(vendor: int | None, product: int | None) -> UsbId | None:
    """The first line that fits, ``None`` for what is not known."""
    for entry in TABLE:
        if entry.vendor == vendor and entry.product in (None, product):
            return entry
    return None
