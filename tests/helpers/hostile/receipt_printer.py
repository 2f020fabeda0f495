"""What a printer sends, and what the emulated one receives."""

from __future__ import annotations

import random

from drivers.receipt_printer.emulator_commands import RealTimeScanner, next_token
from drivers.receipt_printer.layout import lay_out
from drivers.receipt_printer.protocol import (
    CLEARED,
    AutoStatus,
    BuffersCleared,
    QueuedStatus,
    RealTimeStatus,
    StatusStream,
    findings_of_answers,
    findings_of_packet,
    is_data,
    is_real_time_status,
    status_of,
)
from drivers.receipt_printer.render_escpos import render
from drivers.receipt_printer.types import PAPERS, QrCode, Text
from tests.helpers.hostile.targets import Target, demand, fed

_ANSWERS = (bytes.fromhex("16 12 12 12"), bytes.fromhex("1E 32 12 72"), bytes.fromhex("14 00 00 00"), b"\x00", b"\x0f", CLEARED)


def _check_status(stream: bytes, chance: random.Random) -> None:
    subject = StatusStream()
    events = []
    fed(stream, chance, lambda piece: events.extend(subject.feed(piece)))
    whole = StatusStream().feed(stream)
    demand(events == whole, "the events depend on where the pieces end")
    demand(len(events) <= len(stream), "more events than bytes")
    for event in events:
        match event:
            case RealTimeStatus(byte):
                demand(is_real_time_status(byte), "a byte taken for an answer to DLE EOT")
                status_of(findings_of_answers(byte, byte, byte, byte))
            case QueuedStatus(byte):
                demand(is_data(byte), "a byte taken for an answer to GS r")
            case AutoStatus(packet):
                demand(len(packet) == 4, "an automatic status of another length")
                status_of(findings_of_packet(packet))
            case BuffersCleared():
                demand(all(byte in stream for byte in CLEARED), "buffers cleared that nobody cleared")
            case _:
                pass


def _check_emulator(stream: bytes, chance: random.Random) -> None:
    scanner = RealTimeScanner()

    def feed(piece: bytes) -> None:
        for token in scanner.feed(piece):
            demand(token.name[:1] == b"\x10", "a command that is not obeyed at once")

    fed(stream, chance, feed)
    rest, chinese = stream, chance.random() < 0.5
    while rest:
        found = next_token(rest, chinese)
        if found is None:
            return
        demand(0 < found[1] <= len(rest), "a command that takes no bytes, or more than there are")
        rest = rest[found[1] :]


_JOBS = (
    b"".join(render(lay_out((Text("slip", bold=True), QrCode("A" * 40)), PAPERS["58mm"]), None)),
    b"\x1b@\x1d(k\x03\x001C\x08\x1dV\x42\x00",
)

PRINTER_TARGETS = (
    Target("receipt_printer.status", _ANSWERS, _check_status),
    Target("receipt_printer.emulator", _JOBS, _check_emulator),
)
