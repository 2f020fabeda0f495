"""ESC/POS bytes and status answers; pure, no I/O.

Sources: printer manuals of Epson (APG; TM-T90 and TM-T81 specifications), Citizen, Bixolon, HPRT and Zijiang, which name the
commands alike. DLE, ESC, FS and GS stand for the bytes 10, 1B, 1C and 1D.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drivers.receipt_printer.types import PrinterStatus
from drivers.status import DeviceState, DeviceStatus, SupplyState
from drivers.transport.printer_line import LineStatus


class Command(bytes, Enum):
    """Commands, or the fixed beginning of commands that take parameters."""

    INITIALISE = b"\x1b@"  # ESC @: clears the line buffer and the modes, not the receive buffer
    BOLD = b"\x1bE"  # ESC E n
    ALIGN = b"\x1ba"  # ESC a n: 0 left, 1 centre; only at the start of a line
    FEED_DOTS = b"\x1bJ"  # ESC J n
    FEED_LINES = b"\x1bd"  # ESC d n
    SPACING_DEFAULT = b"\x1b2"  # ESC 2
    SPACING = b"\x1b3"  # ESC 3 n
    CHARACTER_SET = b"\x1bR"  # ESC R n: Chinese models may start with 15, where $ prints as the yen sign
    CHINESE_ON = b"\x1c&"  # FS &
    CHINESE_OFF = b"\x1c."  # FS .
    CHINESE_SIZE = b"\x1c!"  # FS ! n
    SIZE = b"\x1d!"  # GS ! n
    RASTER = b"\x1dv0"  # GS v 0 m xL xH yL yH data
    BAR_HEIGHT = b"\x1dh"  # GS h n, dots
    BAR_WIDTH = b"\x1dw"  # GS w n: dots a module, 2-6
    BAR_TEXT = b"\x1dH"  # GS H n: 0 none
    BAR_CODE128 = b"\x1dkI"  # GS k 73 n data
    AUTO_STATUS = b"\x1da"  # GS a n
    QUEUED_PAPER_STATUS = b"\x1dr\x01"  # GS r 1: answered when all bytes before it have been worked off
    REAL_TIME_STATUS = b"\x10\x04"  # DLE EOT n
    RECOVER_AND_DROP = b"\x10\x05\x02"  # DLE ENQ 2: after a cutter error; drops the buffers
    CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 fn 8: drops the buffers at once, answers CLEARED


CLEARED = b"\x37\x25\x00"
"""Answer to ``CLEAR_BUFFERS``; printers that do not know the command stay silent."""

REAL_TIME_PREFIXES = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""A printer obeys these wherever they stand, inside a picture too: data of ours must never hold them."""


class RealTimeQuery(Enum):
    """The n of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4

    @property
    def request(self) -> bytes:
        """Bytes to send; answered at once, even while offline."""
        return Command.REAL_TIME_STATUS + bytes([self.value])


def is_real_time_status(byte: int) -> bool:
    """True for an answer to DLE EOT: bits 1 and 4 set, 0 and 7 clear."""
    return byte & 0x93 == 0x12


def is_auto_status_head(byte: int) -> bool:
    """True for the first byte of an automatic status (ASB): bit 4 set; 0, 1 and 7 clear."""
    return byte & 0x93 == 0x10


def is_data(byte: int) -> bool:
    """True for bytes 2-4 of an automatic status and for an answer to GS r: bits 4 and 7 clear."""
    return byte & 0x90 == 0


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """An answer to DLE EOT; nothing in it tells to which n."""

    byte: int


@dataclass(frozen=True, slots=True)
class QueuedStatus:
    """An answer to GS r."""

    byte: int


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """An automatic status, four bytes."""

    packet: bytes


@dataclass(frozen=True, slots=True)
class FlowControl:
    """XON or XOFF."""

    may_send: bool


@dataclass(frozen=True, slots=True)
class BuffersCleared:
    """The printer has dropped all it held."""


StatusEvent = RealTimeStatus | QueuedStatus | AutoStatus | FlowControl | BuffersCleared


class StatusStream:
    """Sorts what a printer sends. Feed it bytes in any pieces; the events do not depend on where the pieces end."""

    def __init__(self) -> None:
        self.rubbish = 0
        """Bytes that belong to no event."""
        self._packet = bytearray()
        self._cleared = bytearray()

    def feed(self, data: bytes) -> list[StatusEvent]:
        """Events completed by ``data``, in order."""
        events: list[StatusEvent] = []
        for byte in data:
            event = self._take(byte)
            if event is not None:
                events.append(event)
        return events

    def forget(self) -> None:
        """Drop a half-received packet."""
        self._packet.clear()
        self._cleared.clear()

    def _take(self, byte: int) -> StatusEvent | None:
        if is_real_time_status(byte):  # may stand between the bytes of an automatic status
            return RealTimeStatus(byte)
        if byte in (0x11, 0x13):
            return FlowControl(byte == 0x11)
        if is_auto_status_head(byte):
            self._drop_started()
            self._packet.append(byte)
            return None
        if self._cleared or byte == CLEARED[0]:
            return self._take_cleared(byte)
        if is_data(byte):
            return self._take_data(byte)
        self._drop_started()
        self.rubbish += 1
        return None

    def _take_data(self, byte: int) -> StatusEvent | None:
        if not self._packet:
            return QueuedStatus(byte)
        self._packet.append(byte)
        if len(self._packet) < 4:
            return None
        packet = bytes(self._packet)
        self._packet.clear()
        return AutoStatus(packet)

    def _take_cleared(self, byte: int) -> StatusEvent | None:
        if byte != CLEARED[len(self._cleared)]:
            self._drop_started()
            self.rubbish += 1
            return None
        self._cleared.append(byte)
        if len(self._cleared) < len(CLEARED):
            return None
        self._cleared.clear()
        return BuffersCleared()

    def _drop_started(self) -> None:
        self.rubbish += len(self._packet) + len(self._cleared)
        self.forget()


@dataclass(frozen=True, slots=True)
class Findings:
    """What a status says, whichever way it came."""

    offline: bool
    cover_open: bool
    paper_out: bool
    near_end: bool
    cutter_error: bool
    unrecoverable: bool
    head_hot: bool
    other_error: bool


def findings_of_answers(printer: int, offline_cause: int, error_cause: int, paper: int) -> Findings:
    """Meaning of the answers to DLE EOT 1, 2, 3 and 4."""
    named = error_cause & 0x68
    return Findings(
        offline=bool(printer & 0x08),
        cover_open=bool(offline_cause & 0x04),
        # The bits of a pair go together by the manuals; a printer that sets one of them is believed too.
        paper_out=bool(paper & 0x60) or bool(offline_cause & 0x20),
        near_end=bool(paper & 0x0C),
        cutter_error=bool(error_cause & 0x08),
        unrecoverable=bool(error_cause & 0x20),
        head_hot=bool(error_cause & 0x40),
        other_error=not named and bool(error_cause & 0x04 or offline_cause & 0x40),
    )


def findings_of_packet(packet: bytes) -> Findings:
    """Meaning of an automatic status of four bytes."""
    first, second, third, _ = packet
    return Findings(
        offline=bool(first & 0x08),
        cover_open=bool(first & 0x20),
        paper_out=bool(third & 0x0C),
        near_end=bool(third & 0x03),
        cutter_error=bool(second & 0x08),
        unrecoverable=bool(second & 0x20),
        head_hot=bool(second & 0x40),
        other_error=not second & 0x68 and bool(second & 0x04),
    )


def paper_is_out(queued_status: int) -> bool:
    """Meaning of the answer to GS r 1."""
    return bool(queued_status & 0x0C)


# In the order in which a technician must act: an open cover hides all else.
_VERDICTS = (
    ("unrecoverable", DeviceState.HARDWARE_ERROR, "unrecoverable_error", "the printer reports an error it cannot recover from"),
    ("cover_open", DeviceState.OFFLINE, "cover_open", "the cover is open"),
    ("cutter_error", DeviceState.HARDWARE_ERROR, "cutter_error", "the cutter is jammed"),
    ("paper_out", DeviceState.OFFLINE, "paper_out", "the paper is used up"),
    ("head_hot", DeviceState.OFFLINE, "head_hot", "the print head is too hot and cools down by itself"),
    ("other_error", DeviceState.HARDWARE_ERROR, "unnamed_error", "the printer reports an error without saying which"),
    ("offline", DeviceState.OFFLINE, "offline", "the printer is offline without saying why"),
    ("near_end", DeviceState.ONLINE, "near_end", "the paper will soon be used up"),
)


def status_of(findings: Findings) -> PrinterStatus:
    """The status in our words: the most urgent finding gives the code."""
    device = DeviceStatus(DeviceState.ONLINE, "ok")
    for attribute, state, code, detail in _VERDICTS:
        if getattr(findings, attribute):
            device = DeviceStatus(state, code, detail)
            break
    paper = SupplyState.OUT if findings.paper_out else SupplyState.LOW if findings.near_end else SupplyState.FULL
    return PrinterStatus(device, paper, findings.cover_open, findings.cutter_error)


def status_of_line(line: LineStatus) -> PrinterStatus:
    """What a silent printer's line says; only for a line with trouble, for a line without any proves nothing."""
    if line.is_paper_out:
        device = DeviceStatus(
            DeviceState.OFFLINE, "paper_out", "the paper is used up, says the line; the printer itself is silent"
        )
        return PrinterStatus(device, SupplyState.OUT, cover_open=False, cutter_error=False)
    if line.has_error:
        return unknown_status(DeviceState.HARDWARE_ERROR, "unnamed_error", "the line reports an error; the printer is silent")
    return unknown_status(DeviceState.OFFLINE, "offline", "the line says that the printer is offline; the printer is silent")


UNANSWERED = frozenset({"no_answer", "bad_answer", "not_asked"})
"""Codes of a printer that has not told how it is: whatever was sent to it, nobody knows what became of it."""


def unknown_status(state: DeviceState, code: str, detail: str) -> PrinterStatus:
    """Status of a printer that could not be asked."""
    return PrinterStatus(DeviceStatus(state, code, detail), SupplyState.UNKNOWN, cover_open=False, cutter_error=False)


def no_answer(port: str) -> PrinterStatus:
    """The port is there and the printer silent: switched off, not plugged in at its end, or no ESC/POS printer."""
    return unknown_status(DeviceState.UNKNOWN, "no_answer", f"{port}: the printer does not answer")


def contradiction(port: str) -> PrinterStatus:
    """Something answers, and not as an ESC/POS printer does."""
    return unknown_status(DeviceState.UNKNOWN, "bad_answer", f"{port}: the printer's answers contradict each other")


def not_asked() -> PrinterStatus:
    """The caller's deadline left no time for a question."""
    return unknown_status(DeviceState.UNKNOWN, "not_asked", "no time was left to ask the printer")


def busy() -> PrinterStatus:
    """It answers, and had no time yet for the sweep that must come before the next slip."""
    return unknown_status(DeviceState.BUSY, "busy", "the printer is still at work on what an earlier job left")


def disconnected(detail: str) -> PrinterStatus:
    """The port itself is not there."""
    return unknown_status(DeviceState.NO_DEVICE, "disconnected", detail)


def raster(width_bytes: int, height_dots: int, data: bytes) -> bytes:
    """GS v 0 in normal size; one bit a dot, most significant first, 1 is black."""
    if len(data) != width_bytes * height_dots:
        raise ValueError(f"{width_bytes} x {height_dots} needs {width_bytes * height_dots} bytes, not {len(data)}")
    head = bytes([0, width_bytes & 0xFF, width_bytes >> 8, height_dots & 0xFF, height_dots >> 8])
    return Command.RASTER + head + without_real_time(data)


def without_real_time(data: bytes) -> bytes:
    """``data`` of a picture with one dot added wherever the printer would see a real-time command in it.

    A row such as ``10 05 02`` would make a printer drop its buffers in the middle of a slip.
    """
    fixed = bytearray(data)
    for index in range(1, len(fixed)):
        if fixed[index - 1] == 0x10 and fixed[index] in (0x04, 0x05, 0x14):
            fixed[index - 1] = 0x18
    return bytes(fixed)
