"""IPP messages to and from CUPS; pure, no I/O.

Sources: RFC 8010 (encoding), RFC 8011 (operations, job and printer states), the CUPS implementation notes (``purge-job``,
``job-cancel-after``). Requests are encoded with pyipp. Answers are taken apart here: pyipp 0.17.2's parser goes backwards on a
negative length (the three bytes ``21 FF F7`` keep it busy for ever, taking memory), drops the whole answer at one enum value it
does not know, and trips over an empty attribute group.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyipp.enums import IppJobState, IppOperation, IppStatus, IppTag
from pyipp.serializer import construct_attribute

from drivers.document_printer.attributes import Attributes, Value, number_of, text_of, texts_of

IPP_VERSION = (2, 0)
MAX_ANSWER_BYTES = 1 << 20
MAX_VALUES = 10_000

PRINTER_ATTRIBUTES = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "queued-job-count",
)
JOB_ATTRIBUTES = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-printer-state-message",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "time-at-processing",
)

NOT_FOUND = (IppStatus.ERROR_NOT_FOUND, IppStatus.ERROR_GONE)
"""The job, or the queue, is not there."""

TERMINAL = (IppJobState.CANCELED, IppJobState.ABORTED, IppJobState.COMPLETED)
"""States that a job never leaves."""

_STATUS_NAMES = {status.value: status.name.lower() for status in IppStatus}
OPERATION = IppOperation
JOB_STATE = IppJobState


@dataclass(frozen=True, slots=True)
class Request:
    """One question; ``document`` is sent behind it."""

    operation: IppOperation
    attributes: Sequence[tuple[IppTag, str, Value | Sequence[str]]] = ()
    job_attributes: Sequence[tuple[IppTag, str, Value | Sequence[str]]] = ()
    document: bytes = field(default=b"", repr=False)

    def encode(self, request_id: int, printer_uri: str, user: str) -> bytes:
        """Bytes for the body of the HTTP request; the order of the first attributes is prescribed."""
        head = struct.pack(">bbHI", *IPP_VERSION, self.operation, request_id)
        fixed = [
            (IppTag.CHARSET, "attributes-charset", "utf-8"),
            (IppTag.LANGUAGE, "attributes-natural-language", "en"),
            (IppTag.URI, "printer-uri", printer_uri),
        ]
        operation = [*fixed, *self.attributes, (IppTag.NAME, "requesting-user-name", user)]
        body = bytes([IppTag.OPERATION]) + _encoded(operation)
        if self.job_attributes:
            body += bytes([IppTag.JOB]) + _encoded(self.job_attributes)
        return head + body + bytes([IppTag.END]) + self.document


def _encoded(attributes: Sequence[tuple[IppTag, str, Value | Sequence[str]]]) -> bytes:
    return b"".join(construct_attribute(name, value, tag) for tag, name, value in attributes)


def get_printer() -> Request:
    """How is the printer?"""
    return Request(IppOperation.GET_PRINTER_ATTRIBUTES, [(IppTag.KEYWORD, "requested-attributes", PRINTER_ATTRIBUTES)])


def get_jobs(which: str = "all") -> Request:
    """Jobs of this user: ``all`` or ``not-completed``."""
    return Request(
        IppOperation.GET_JOBS,
        [
            (IppTag.BOOLEAN, "my-jobs", True),
            (IppTag.KEYWORD, "which-jobs", which),
            (IppTag.KEYWORD, "requested-attributes", JOB_ATTRIBUTES),
        ],
    )


def create_job(name: str, copies: int, cancel_after_s: int) -> Request:
    """Open a job without a document. CUPS cancels it by itself when it has been printing for ``cancel_after_s``."""
    return Request(
        IppOperation.CREATE_JOB,
        [(IppTag.NAME, "job-name", name)],
        [(IppTag.INTEGER, "copies", copies), (IppTag.INTEGER, "job-cancel-after", cancel_after_s)],
    )


def send_document(job_id: int, pdf: bytes) -> Request:
    """The document of a job; CUPS starts to print when it has all of it."""
    return Request(
        IppOperation.SEND_DOCUMENT,
        [
            (IppTag.INTEGER, "job-id", job_id),
            (IppTag.MIME_TYPE, "document-format", "application/pdf"),
            (IppTag.BOOLEAN, "last-document", True),
        ],
        document=pdf,
    )


def get_job(job_id: int) -> Request:
    """How is the job?"""
    return Request(
        IppOperation.GET_JOB_ATTRIBUTES,
        [(IppTag.INTEGER, "job-id", job_id), (IppTag.KEYWORD, "requested-attributes", JOB_ATTRIBUTES)],
    )


def cancel_job(job_id: int, *, purge: bool) -> Request:
    """Stop the job; with ``purge`` CUPS also forgets it, document and all, even when it has ended."""
    return Request(IppOperation.CANCEL_JOB, [(IppTag.INTEGER, "job-id", job_id), (IppTag.BOOLEAN, "purge-job", purge)])


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, taken apart."""

    status: int
    request_id: int
    operation: Attributes = field(default_factory=dict)
    jobs: tuple[Attributes, ...] = ()
    printers: tuple[Attributes, ...] = ()

    @property
    def is_ok(self) -> bool:
        """True for the "successful" family of status codes."""
        return 0 <= self.status < 0x100

    @property
    def is_not_found(self) -> bool:
        """True when what was asked for is not there."""
        return self.status in NOT_FOUND

    @property
    def words(self) -> str:
        """The status with its name, and what CUPS says about it."""
        name = _STATUS_NAMES.get(self.status, "unknown status")
        message = text_of(self.operation, "status-message")
        return f"{name} (0x{self.status:04x})" + (f": {message}" if message else "")


def parse_answer(data: bytes) -> Answer | None:
    """The answer in ``data``; ``None`` when it is no well-formed IPP message."""
    if len(data) < 9 or data[0] not in (1, 2):
        return None
    status, request_id = struct.unpack_from(">HI", data, 2)
    groups = _groups(data)
    if groups is None:
        return None
    return Answer(
        status,
        request_id,
        operation=next((found for tag, found in groups if tag == IppTag.OPERATION), {}),
        jobs=tuple(found for tag, found in groups if tag == IppTag.JOB),
        printers=tuple(found for tag, found in groups if tag == IppTag.PRINTER),
    )


def _groups(data: bytes) -> list[tuple[int, dict[str, tuple[Value, ...]]]] | None:
    groups: list[tuple[int, dict[str, tuple[Value, ...]]]] = []
    name = ""
    depth = values = 0
    for tag, own_name, raw in _items(data, 8):
        if tag == IppTag.END:
            return groups
        if tag < 0x10:
            groups.append((tag, {}))
            name, depth = "", 0
            continue
        values += 1
        if not groups or values > MAX_VALUES:
            return None
        depth += (tag == IppTag.BEGIN_COLLECTION) - (tag == IppTag.END_COLLECTION)
        name = own_name or name
        if depth == 0 and name and tag != IppTag.END_COLLECTION:
            value = _decoded(tag, raw)
            found = groups[-1][1]
            if value is not None:
                found[name] = (value,) if own_name else (*found.get(name, ()), value)
    return None  # cut off: no end tag


def _items(data: bytes, offset: int) -> Iterator[tuple[int, str, bytes]]:
    """Tags with name and value until the data end; stops without an end tag when a length leads out of the data."""
    while offset < len(data):
        tag = data[offset]
        offset += 1
        if tag < 0x10:
            yield tag, "", b""
            continue
        parts: list[bytes] = []
        for _ in range(2):
            length = int.from_bytes(data[offset : offset + 2], "big")
            start, offset = offset + 2, offset + 2 + length
            if offset > len(data):
                return
            parts.append(data[start:offset])
        yield tag, parts[0].decode("utf-8", "replace"), parts[1]


def _decoded(tag: int, raw: bytes) -> Value | None:
    """Integers, truth values and texts; ``None`` for what is not used here, and for "no value"."""
    if tag in (IppTag.INTEGER, IppTag.ENUM):
        return int.from_bytes(raw, "big", signed=True) if len(raw) == 4 else None
    if tag == IppTag.BOOLEAN:
        return raw != b"\x00" if len(raw) == 1 else None
    return raw.decode("utf-8", "replace") if 0x40 <= tag <= 0x4A else None


@dataclass(frozen=True, slots=True)
class JobReport:
    """What CUPS says about a job."""

    job_id: int
    name: str
    state: int
    reasons: tuple[str, ...]
    message: str
    """What the back end said last."""
    pages: int
    began_at: int | None
    """``time-at-processing``: changes when CUPS begins the job anew; ``None``: not yet begun."""

    @property
    def is_over(self) -> bool:
        """True when nothing more will come out."""
        return self.state in TERMINAL

    @property
    def awaits_document(self) -> bool:
        """True while CUPS has not got the whole document, so that nothing can have been printed."""
        return "job-incoming" in self.reasons


def job_report(attributes: Attributes) -> JobReport | None:
    """The job in one attribute group; ``None`` when number or state is missing."""
    job_id, state = number_of(attributes, "job-id"), number_of(attributes, "job-state")
    if job_id is None or state is None:
        return None
    counts = (number_of(attributes, name) or 0 for name in ("job-impressions-completed", "job-media-sheets-completed"))
    began_at = number_of(attributes, "time-at-processing")
    return JobReport(
        job_id,
        text_of(attributes, "job-name"),
        state,
        texts_of(attributes, "job-state-reasons"),
        text_of(attributes, "job-printer-state-message"),
        max(0, *counts),
        began_at if began_at and began_at > 0 else None,
    )
