"""IPP on the wire."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyipp.enums import IppTag
from pyipp.parser import parse as parse_with_pyipp

from drivers.document_printer.attributes import number_of, text_of, texts_of, truth_of
from drivers.document_printer.protocol import (
    Answer,
    Request,
    cancel_job,
    create_job,
    get_job,
    get_jobs,
    get_printer,
    job_report,
    parse_answer,
    send_document,
)

HEAD = b"\x02\x00\x00\x00\x00\x00\x00\x07"
CHARSET = b"\x47\x00\x12attributes-charset\x00\x05utf-8"


def attribute(tag: int, name: str, value: bytes) -> bytes:
    return bytes([tag]) + struct.pack(">H", len(name)) + name.encode() + struct.pack(">H", len(value)) + value


def integer(name: str, value: int, tag: int = IppTag.INTEGER) -> bytes:
    return attribute(tag, name, struct.pack(">i", value))


def answer(*groups: bytes) -> bytes:
    return HEAD + b"\x01" + CHARSET + b"".join(groups) + b"\x03"


REQUESTS = [
    get_printer(),
    get_jobs(),
    create_job("oueban-1", 2, 60),
    send_document(7, b"%PDF-"),
    get_job(7),
    cancel_job(7, purge=True),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.operation.name)
def test_a_request_is_what_another_reader_of_ipp_understands(request_: Request) -> None:
    body = request_.encode(41, "ipp://localhost/printers/a4", "oueban-x")
    read = parse_with_pyipp(body, contains_data=True)
    assert (read["version"], read["status-code"], read["request-id"]) == ((2, 0), request_.operation, 41)
    first = list(read["operation-attributes"])[:3]
    assert first == ["attributes-charset", "attributes-natural-language", "printer-uri"], "the order is prescribed"
    assert read["operation-attributes"]["requesting-user-name"] == "oueban-x"
    assert read["data"] == request_.document


def test_purge_and_copies_are_sent() -> None:
    assert attribute(IppTag.BOOLEAN, "purge-job", b"\x01") in cancel_job(7, purge=True).encode(1, "ipp://h/p", "u")
    assert attribute(IppTag.BOOLEAN, "purge-job", b"\x00") in cancel_job(7, purge=False).encode(1, "ipp://h/p", "u")
    assert integer("copies", 3) in create_job("n", 3, 60).encode(1, "ipp://h/p", "u")


def test_a_document_is_not_in_the_repr() -> None:
    assert "secret" not in repr(send_document(7, b"secret"))


def test_the_job_in_an_answer() -> None:
    body = answer(
        b"\x02",
        integer("job-id", 12),
        integer("job-state", 5, IppTag.ENUM),
        attribute(IppTag.KEYWORD, "job-state-reasons", b"job-printing"),
        attribute(IppTag.KEYWORD, "", b"job-outgoing"),
        attribute(IppTag.NAME, "job-name", "证明".encode()),
        integer("job-impressions-completed", 2),
        integer("job-media-sheets-completed", 1),
        integer("time-at-processing", 1_800_000_000),
    )
    parsed = parse_answer(body)
    assert parsed is not None
    assert (parsed.is_ok, parsed.request_id, text_of(parsed.operation, "attributes-charset")) == (True, 7, "utf-8")
    report = job_report(parsed.jobs[0])
    assert report is not None
    assert (report.job_id, report.name, report.state, report.pages, report.began_at) == (12, "证明", 5, 2, 1_800_000_000)
    assert report.reasons == ("job-printing", "job-outgoing")
    assert not report.is_over


def test_what_other_readers_trip_over() -> None:
    collection = (
        attribute(IppTag.BEGIN_COLLECTION, "media-col", b"")
        + attribute(IppTag.MEMBER_NAME, "", b"media-size")
        + integer("", 21000)
        + attribute(IppTag.END_COLLECTION, "", b"")
    )
    body = answer(
        b"\x05",  # an empty group
        b"\x06" + integer("notify-subscription-id", 1),  # a group nobody asked for
        b"\x04" + collection,
        attribute(IppTag.NO_VALUE, "time-at-processing", b""),
        attribute(IppTag.RESOLUTION, "printer-resolution", b"\x00" * 9),
        attribute(IppTag.DATE, "when", b"\x07\xe8\x01\x01\x00\x00\x3c\x00+\x00\x00"),
        integer("printer-state", 99, IppTag.ENUM),
        attribute(IppTag.BOOLEAN, "printer-is-accepting-jobs", b"\x00"),
        b"\x04" + integer("queued-job-count", 3),
    )
    parsed = parse_answer(body)
    assert parsed is not None
    first, second = parsed.printers
    assert (number_of(first, "printer-state"), truth_of(first, "printer-is-accepting-jobs")) == (99, False)
    assert number_of(first, "time-at-processing") is None
    assert number_of(second, "queued-job-count") == 3
    assert number_of(first, "media-col") is None


def test_the_three_bytes_that_keep_pyipp_busy_for_ever() -> None:
    assert parse_answer(HEAD + b"\x01" + CHARSET + b"\x21\xff\xf7" + bytes(64)) is None


@pytest.mark.parametrize(
    "body", [b"", HEAD, HEAD[:7], answer()[:-1], b"\x09" + answer()[1:], HEAD + CHARSET + b"\x03", b"<html>no</html>"]
)
def test_what_is_no_answer(body: bytes) -> None:
    assert parse_answer(body) is None


@given(st.binary(max_size=600))
def test_any_bytes_are_an_answer_or_none(data: bytes) -> None:
    for body in (data, HEAD + data, HEAD + b"\x01" + CHARSET + data + b"\x03"):
        parsed = parse_answer(body)
        assert parsed is None or isinstance(parsed, Answer)
        for group in parsed.jobs if parsed is not None else ():
            job_report(group)
        assert parsed is None or parsed.words


@given(st.data())
def test_a_changed_answer_is_an_answer_or_none(data: st.DataObject) -> None:
    body = bytearray(
        answer(b"\x02", integer("job-id", 1), integer("job-state", 9, 0x23), attribute(0x44, "job-state-reasons", b"x"))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    parsed = parse_answer(bytes(body))
    assert parsed is None or all(texts_of(group, "job-state-reasons") is not None for group in parsed.jobs)


def test_a_flood_of_values_is_no_answer() -> None:
    flood = attribute(IppTag.KEYWORD, "a", b"b") + attribute(IppTag.KEYWORD, "", b"b") * 10_000
    assert parse_answer(answer(b"\x04", flood)) is None


def test_words_of_a_refusal() -> None:
    refused = parse_answer(
        b"\x02\x00\x04\x06" + HEAD[4:] + b"\x01" + attribute(IppTag.TEXT, "status-message", b"No such job") + b"\x03"
    )
    assert refused is not None
    assert (refused.is_ok, refused.is_not_found) == (False, True)
    assert refused.words == "error_not_found (0x0406): No such job"
    assert Answer(0x04FF, 1).words == "unknown status (0x04ff)"
