"""Answers of CUPS."""

from __future__ import annotations

import random
import struct

from pyipp.enums import IppTag

from drivers.document_printer.protocol import job_report, parse_answer
from drivers.document_printer.states import status_of
from drivers.status_words import words_of
from tests.helpers.hostile.targets import Target, demand


def _attribute(tag: int, name: bytes, value: bytes) -> bytes:
    return bytes([tag]) + struct.pack(">H", len(name)) + name + struct.pack(">H", len(value)) + value


def _number(tag: int, name: bytes, value: int) -> bytes:
    return _attribute(tag, name, struct.pack(">i", value))


_HEAD = b"\x02\x00\x00\x00\x00\x00\x00\x07\x01" + _attribute(IppTag.CHARSET, b"attributes-charset", b"utf-8")
_JOB = (
    _HEAD
    + b"\x02"
    + _number(IppTag.INTEGER, b"job-id", 12)
    + _number(IppTag.ENUM, b"job-state", 5)
    + _attribute(IppTag.KEYWORD, b"job-state-reasons", b"job-printing")
    + _attribute(IppTag.KEYWORD, b"", b"job-outgoing")
    + _attribute(IppTag.NAME, b"job-name", "证明".encode())
    + b"\x03"
)
_PRINTER = (
    _HEAD
    + b"\x04"
    + _number(IppTag.ENUM, b"printer-state", 5)
    + _attribute(IppTag.KEYWORD, b"printer-state-reasons", b"media-empty-error")
    + _attribute(IppTag.KEYWORD, b"", b"toner-low-warning")
    + _attribute(IppTag.BOOLEAN, b"printer-is-accepting-jobs", b"\x01")
    + _attribute(IppTag.BEGIN_COLLECTION, b"media-col-ready", b"")
    + _attribute(IppTag.MEMBER_NAME, b"", b"media-size")
    + _attribute(IppTag.END_COLLECTION, b"", b"")
    + b"\x03"
)


def _check_answer(stream: bytes, chance: random.Random) -> None:
    del chance
    answer = parse_answer(stream)
    if answer is None:
        return
    demand("\n" not in answer.words[:40], "a status of several lines")
    for job in answer.jobs:
        report = job_report(job)
        demand(report is None or (b"job-id" in stream and b"job-state" in stream), "a job that nobody spoke of")
    for printer in answer.printers:
        status = status_of(printer)
        demand(bool(words_of(status.device)), "a status without words")
        demand(not status.can_print or b"printer-state" in stream, "a printer that can print without having said so")


PRINTER_TARGETS = (Target("document_printer.answer", (_JOB, _PRINTER), _check_answer),)
