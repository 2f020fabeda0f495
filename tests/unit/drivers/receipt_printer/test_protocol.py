"""Status bytes and commands, against bytes written by hand from the manuals."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer import protocol
from drivers.receipt_printer.protocol import (
    AutoStatus,
    BuffersCleared,
    FlowControl,
    QueuedStatus,
    RealTimeStatus,
    StatusStream,
    findings_of_answers,
    findings_of_packet,
    status_of,
)
from drivers.status import DeviceState, SupplyState

OK = (0x16, 0x12, 0x12, 0x12)

STATUSES = st.sampled_from([byte for byte in range(256) if protocol.is_real_time_status(byte)])
HEADS = st.sampled_from([byte for byte in range(256) if protocol.is_auto_status_head(byte)])
DATA = st.sampled_from([byte for byte in range(256) if protocol.is_data(byte)])
PACKETS = st.tuples(HEADS, DATA, DATA, DATA).map(bytes)


@pytest.mark.parametrize(
    ("answers", "code", "paper", "can_print"),
    [
        (OK, "ok", SupplyState.FULL, True),
        ((0x12, 0x12, 0x12, 0x12), "ok", SupplyState.FULL, True),
        ((0x16, 0x12, 0x12, 0x1E), "near_end", SupplyState.LOW, True),
        ((0x1E, 0x16, 0x12, 0x12), "cover_open", SupplyState.FULL, False),
        ((0x1E, 0x56, 0x12, 0x12), "cover_open", SupplyState.FULL, False),
        ((0x1E, 0x32, 0x12, 0x72), "paper_out", SupplyState.OUT, False),
        ((0x1E, 0x32, 0x12, 0x7E), "paper_out", SupplyState.OUT, False),
        ((0x1E, 0x52, 0x1A, 0x12), "cutter_error", SupplyState.FULL, False),
        ((0x1E, 0x52, 0x52, 0x12), "head_hot", SupplyState.FULL, False),
        ((0x1E, 0x52, 0x32, 0x12), "unrecoverable_error", SupplyState.FULL, False),
        ((0x1E, 0x52, 0x12, 0x12), "unnamed_error", SupplyState.FULL, False),
        ((0x1E, 0x52, 0x16, 0x12), "unnamed_error", SupplyState.FULL, False),
        ((0x1E, 0x12, 0x12, 0x12), "offline", SupplyState.FULL, False),
        ((0x1E, 0x36, 0x12, 0x72), "cover_open", SupplyState.OUT, False),
    ],
)
def test_each_condition_has_its_own_code(
    answers: tuple[int, int, int, int], code: str, paper: SupplyState, can_print: bool
) -> None:
    status = status_of(findings_of_answers(*answers))
    assert (status.device.code, status.paper, status.can_print) == (code, paper, can_print)
    assert bool(status.device.detail) == (code != "ok")


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        ("10 00 00 00", "ok"),
        ("14 00 00 00", "ok"),
        ("14 00 03 00", "near_end"),
        ("3C 00 00 00", "cover_open"),
        ("1C 00 0F 00", "paper_out"),
        ("1C 08 00 00", "cutter_error"),
        ("1C 20 00 00", "unrecoverable_error"),
        ("1C 40 00 00", "head_hot"),
        ("1C 04 00 00", "unnamed_error"),
        ("1C 00 00 00", "offline"),
    ],
)
def test_an_automatic_status_means_the_same(packet: str, code: str) -> None:
    assert status_of(findings_of_packet(bytes.fromhex(packet))).device.code == code


@given(STATUSES, STATUSES, STATUSES, STATUSES)
def test_no_printer_with_an_open_fault_can_print(printer: int, offline_cause: int, error_cause: int, paper: int) -> None:
    status = status_of(findings_of_answers(printer, offline_cause, error_cause, paper))
    has_fault = printer & 0x08 or offline_cause & 0x64 or error_cause & 0x6C or paper & 0x60
    assert status.can_print == (not has_fault)


def test_silence_and_absence_are_not_fine() -> None:
    silent, absent = protocol.no_answer("/dev/ttyS0"), protocol.disconnected("/dev/ttyS0: cannot be opened")
    assert (silent.device.code, silent.device.state, silent.can_print) == ("no_answer", DeviceState.UNKNOWN, False)
    assert (absent.device.code, absent.device.state, absent.can_print) == ("disconnected", DeviceState.NO_DEVICE, False)
    assert silent.paper is absent.paper is SupplyState.UNKNOWN


@pytest.fixture
def subject() -> StatusStream:
    return StatusStream()


def test_single_bytes_are_sorted_by_their_fixed_bits(subject: StatusStream) -> None:
    events = subject.feed(bytes([0x12, 0x0C, 0x11, 0x13, 0x00, 0x7E]))
    assert events == [
        RealTimeStatus(0x12),
        QueuedStatus(0x0C),
        FlowControl(True),
        FlowControl(False),
        QueuedStatus(0x00),
        RealTimeStatus(0x7E),
    ]
    assert subject.rubbish == 0


def test_an_answer_in_the_middle_of_an_automatic_status_is_found(subject: StatusStream) -> None:
    assert subject.feed(bytes.fromhex("1C 00 16 0F 11 00")) == [
        RealTimeStatus(0x16),
        FlowControl(True),
        AutoStatus(bytes.fromhex("1C000F00")),
    ]


def test_a_packet_that_begins_anew_replaces_the_broken_one(subject: StatusStream) -> None:
    assert subject.feed(bytes.fromhex("1C 00 14 00 00 00")) == [AutoStatus(bytes.fromhex("14000000"))]
    assert subject.rubbish == 2


def test_rubbish_inside_a_packet_spoils_it(subject: StatusStream) -> None:
    assert subject.feed(bytes.fromhex("14 00 FF")) == []
    assert subject.feed(b"\x12") == [RealTimeStatus(0x12)]
    assert subject.rubbish == 3


def test_the_confirmation_of_a_clear_is_no_paper_status(subject: StatusStream) -> None:
    assert subject.feed(bytes.fromhex("37 25 00 03")) == [BuffersCleared(), QueuedStatus(0x03)]


def test_a_broken_confirmation_is_rubbish(subject: StatusStream) -> None:
    assert subject.feed(bytes.fromhex("37 26 12")) == [RealTimeStatus(0x12)]
    assert subject.rubbish == 2


def test_forgetting_drops_a_started_packet(subject: StatusStream) -> None:
    subject.feed(bytes.fromhex("1C 00"))
    subject.forget()
    assert subject.feed(b"\x0f") == [QueuedStatus(0x0F)]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_events_do_not_depend_on_where_the_pieces_end(data: bytes, cuts: list[int]) -> None:
    whole, pieces = StatusStream(), StatusStream()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    in_pieces = [event for start, end in pairwise(bounds) for event in pieces.feed(data[start:end])]
    assert in_pieces == whole.feed(data)
    assert pieces.rubbish == whole.rubbish


@given(st.binary(max_size=60))
def test_every_byte_is_accounted_for(data: bytes) -> None:
    stream = StatusStream()
    sizes = {AutoStatus: 4, BuffersCleared: 3}
    used = sum(sizes.get(type(event), 1) for event in stream.feed(data))
    assert 0 <= len(data) - used - stream.rubbish <= 3 + 2  # what is still waiting for its rest


@given(st.lists(st.one_of(STATUSES.map(RealTimeStatus), PACKETS.map(AutoStatus), st.booleans().map(FlowControl)), max_size=12))
def test_well_formed_messages_come_back_in_order(messages: list[RealTimeStatus | AutoStatus | FlowControl]) -> None:
    wire = b"".join(
        message.packet
        if isinstance(message, AutoStatus)
        else bytes([message.byte if isinstance(message, RealTimeStatus) else (0x11 if message.may_send else 0x13)])
        for message in messages
    )
    assert StatusStream().feed(wire) == messages


@given(PACKETS, STATUSES, st.integers(0, 4))
def test_an_answer_is_found_wherever_it_crosses_a_packet(packet: bytes, answer: int, position: int) -> None:
    events = StatusStream().feed(packet[:position] + bytes([answer]) + packet[position:])
    assert sorted(events, key=str) == sorted([RealTimeStatus(answer), AutoStatus(packet)], key=str)


def test_a_raster_has_its_width_in_bytes_and_its_height_in_dots() -> None:
    assert protocol.raster(2, 3, b"\x01\x02\x03\x04\x05\x06") == bytes.fromhex("1D7630 00 0200 0300 010203040506")


def test_a_raster_of_the_wrong_size_is_a_bug() -> None:
    with pytest.raises(ValueError, match="needs 6 bytes"):
        protocol.raster(2, 3, b"\x00")


@given(st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x00, 0xFF]), max_size=200).map(bytes))
def test_no_picture_can_hold_a_real_time_command(data: bytes) -> None:
    fixed = protocol.without_real_time(data)
    assert not any(prefix in fixed for prefix in protocol.REAL_TIME_PREFIXES)
    assert len(fixed) == len(data)
    assert all(new & old == old and (new ^ old).bit_count() <= 1 for old, new in zip(data, fixed, strict=True))


def test_the_paper_bits_of_a_queued_answer() -> None:
    assert [protocol.paper_is_out(byte) for byte in (0x00, 0x03, 0x0C, 0x0F)] == [False, False, True, True]
