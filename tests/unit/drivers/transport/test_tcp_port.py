"""A connection opens in bounded time or not at all, and takes no more bytes than the other end takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.errors import Disconnected, Stalled
from drivers.transport.tcp_port import TcpPort
from drivers.types import Deadline


@pytest.mark.parametrize(
    "url", ["socket://", "socket://host", "socket://:9100", "socket://127.0.0.1:x", "socket://127.0.0.1:99999"]
)
def test_an_address_that_is_none_is_one_clear_line(url: str) -> None:
    with pytest.raises(Disconnected) as caught:
        TcpPort(url)
    assert "\n" not in str(caught.value)


def test_nobody_listens() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with pytest.raises(Disconnected, match="refused"):
            TcpPort(f"socket://127.0.0.1:{reserved.getsockname()[1]}")


@pytest.fixture
def full_listener() -> Iterator[tuple[str, int]]:
    """Nobody accepts: once the backlog is full, the kernel leaves callers without an answer."""
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


def test_a_host_that_never_answers_is_given_up(full_listener: tuple[str, int]) -> None:
    with pytest.raises(Disconnected, match="timed out"):
        TcpPort(f"socket://127.0.0.1:{full_listener[1]}")


def test_a_device_that_takes_no_bytes_stalls_and_says_how_many_it_took() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = TcpPort(f"socket://127.0.0.1:{listener.getsockname()[1]}")
        client, _ = listener.accept()
        with client, port, pytest.raises(Stalled) as caught:
            port.write(bytes(64 * 1024 * 1024))
        assert 0 < caught.value.written < 64 * 1024 * 1024


def test_the_end_of_the_stream_comes_behind_what_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = TcpPort(f"socket://127.0.0.1:{listener.getsockname()[1]}")
        client, _ = listener.accept()
        client.sendall(b"last words")
        client.close()
        with port:
            assert port.read(10, Deadline(2.0)) == b"last words"
            with pytest.raises(Disconnected):
                port.read(1, Deadline(2.0))


def test_a_closed_port_is_gone_and_may_be_closed_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = TcpPort(f"socket://127.0.0.1:{listener.getsockname()[1]}")
        port.close()
        port.close()
        with pytest.raises(Disconnected):
            port.read_available(1, 0.0)
        with pytest.raises(Disconnected):
            port.write(b"x")


def test_the_caller_s_deadline_ends_the_waiting_for_a_host_that_never_answers(full_listener: tuple[str, int]) -> None:
    deadline = Deadline(0.1)
    with pytest.raises(Disconnected):
        TcpPort(f"socket://127.0.0.1:{full_listener[1]}", deadline=deadline)
    assert deadline.is_over


def test_nothing_is_begun_when_no_time_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(Disconnected, match="no time"):
            TcpPort(f"socket://127.0.0.1:{listener.getsockname()[1]}", deadline=Deadline(0.0))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
