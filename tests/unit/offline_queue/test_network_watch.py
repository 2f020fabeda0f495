from __future__ import annotations

import errno
import logging
import socket
import struct
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.network_watch import NetworkWatch, Settling, message_types, tells_of_network

NEW_LINK, DEL_LINK, NEW_ADDRESS, DEL_ADDRESS, NEW_ROUTE, DEL_ROUTE = 16, 17, 20, 21, 24, 25


def message(kind: int, body: bytes = b"", length: int | None = None) -> bytes:
    whole = struct.pack("=IHHII", 16 + len(body) if length is None else length, kind, 0, 0, 0) + body
    return whole + bytes(-len(whole) % 4)


# The parser


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=8))
def test_every_whole_message_is_seen(messages: list[tuple[int, bytes]]) -> None:
    datagram = b"".join(message(kind, body) for kind, body in messages)
    assert list(message_types(datagram)) == [kind for kind, _ in messages]
    assert tells_of_network(datagram) == any(kind in (NEW_LINK, NEW_ADDRESS, NEW_ROUTE) for kind, _ in messages)


@given(st.binary(max_size=300))
def test_whatever_comes_is_taken_apart_within_bounds(datagram: bytes) -> None:
    assert len(list(message_types(datagram))) <= len(datagram) // 16


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=5), st.data())
def test_a_cut_datagram_gives_what_came_before_the_cut(kinds: list[int], data: st.DataObject) -> None:
    datagram = b"".join(message(kind, b"body") for kind in kinds)
    cut = data.draw(st.integers(0, len(datagram)))
    assert list(message_types(datagram[:cut])) == kinds[: cut // 20]


@pytest.mark.parametrize("length", [0, 1, 15, 17, 20, 0xFFFF_FFFF])
def test_a_length_that_lies_ends_the_reading(length: int) -> None:
    assert list(message_types(message(DEL_LINK) + message(NEW_LINK, length=length))) == [DEL_LINK]


@pytest.mark.parametrize("kind", [DEL_LINK, DEL_ADDRESS, DEL_ROUTE, 0, 2, 3])
def test_what_goes_away_is_no_reason_to_try(kind: int) -> None:
    assert not tells_of_network(message(kind))


# Settling


def test_news_are_passed_on_once_they_have_settled() -> None:
    subject = Settling(settle_s=1, longest_s=5, gap_s=10)
    assert subject.due_s() is None
    subject.news(100.0)
    assert subject.due_s() == 101.0
    subject.news(100.5)
    assert subject.due_s() == 101.5
    subject.passed_on(101.5)
    assert subject.due_s() is None


def test_news_that_never_settle_are_passed_on_nevertheless_and_not_too_often() -> None:
    subject = Settling(settle_s=1, longest_s=5, gap_s=10)
    passed_on: list[float] = []
    for tenth in range(10_000, 10_600):
        now_s = tenth / 10
        subject.news(now_s)
        due_s = subject.due_s()
        assert due_s is not None
        if now_s >= due_s:
            subject.passed_on(now_s)
            passed_on.append(now_s)
    assert passed_on == pytest.approx([1005.0, 1015.0, 1025.0, 1035.0, 1045.0, 1055.0])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_no_news_are_lost(steps: list[int]) -> None:
    subject, now_s, heard_s = Settling(settle_s=1, longest_s=5, gap_s=10), 0.0, []
    for step_s in steps:
        now_s += step_s
        due_s = subject.due_s()
        if due_s is not None and now_s >= due_s:
            subject.passed_on(due_s)
            heard_s.append(due_s)
        subject.news(now_s)
    last_s = subject.due_s()
    assert last_s is not None
    assert now_s < last_s <= now_s + 11
    assert all(later - earlier >= 10 for earlier, later in pairwise([*heard_s, last_s]))


# The thread


def test_it_watches_and_stops_at_once() -> None:
    subject = NetworkWatch(lambda: None)
    assert subject.start()
    assert subject.stop()
    assert subject.stop()


def test_a_watch_that_was_never_started_stops() -> None:
    assert NetworkWatch(lambda: None).stop()


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EPERM, errno.EMFILE])
def test_where_the_kernel_does_not_tell_one_line_says_so(caplog: pytest.LogCaptureFixture, number: int) -> None:
    def refuse() -> socket.socket:
        raise OSError(number, "not here")

    subject = NetworkWatch(lambda: None, open_socket=refuse)
    with caplog.at_level(logging.INFO):
        assert not subject.start()
    assert subject.stop()
    assert [record.getMessage() for record in caplog.records] == ["the return of the network is not watched: not here"]


def test_without_netlink_in_python_there_is_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK")
    subject = NetworkWatch(lambda: None)
    assert not subject.start()
    assert subject.stop()


class _BrokenSocket:
    """A socket that can be waited for, and then fails."""

    def __init__(self, error: OSError) -> None:
        self._near, self._far = socket.socketpair()
        self._far.send(b"x")
        self._error = error
        self.reads = 0

    def fileno(self) -> int:
        return self._near.fileno()

    def recvfrom(self, _: int) -> tuple[bytes, tuple[int, int]]:
        self.reads += 1
        raise self._error

    def __enter__(self) -> _BrokenSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self._near.close()
        self._far.close()


@pytest.mark.expects_warnings
def test_a_socket_that_fails_ends_the_watch_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    broken = _BrokenSocket(OSError(errno.EBADF, "gone"))
    subject = NetworkWatch(lambda: None, open_socket=lambda: broken)  # type: ignore[arg-type, return-value]
    assert subject.start()
    assert subject._thread
    subject._thread.join()
    assert subject.stop()
    assert [record.getMessage() for record in caplog.records] == ["the return of the network is no longer watched: gone"]


def test_more_news_than_fit_are_news(caplog: pytest.LogCaptureFixture) -> None:
    overrun = _BrokenSocket(OSError(errno.ENOBUFS, "overrun"))
    called = threading.Event()
    subject = NetworkWatch(
        called.set,
        settling=Settling(0, 0, 0),
        open_socket=lambda: overrun,  # type: ignore[arg-type, return-value]
    )
    assert subject.start()
    assert called.wait(20)
    assert subject.stop()
