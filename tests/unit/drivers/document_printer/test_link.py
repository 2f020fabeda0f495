"""The HTTP line to CUPS: every way in which it can fail has a name, and none lasts longer than allowed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.document_printer.driver import CupsPrinter
from drivers.document_printer.errors import Refused
from drivers.document_printer.link import CupsLink
from drivers.document_printer.protocol import get_printer, send_document
from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse
from drivers.types import Deadline

GOOD_BODY = b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x03"


def http(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/ipp\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Each client is given to ``serve`` once its request has begun to come."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(5)
                try:
                    client.recv(1 << 16)
                    serve(client)
                except OSError:
                    continue

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"ipp://127.0.0.1:{listener.getsockname()[1]}/printers/a4"
    finally:
        stop.set()
        thread.join()
        listener.close()


def ask(url: str, limit_s: float = 2.0, deadline: Deadline | None = None) -> None:
    CupsLink(url, "oueban-x").ask(get_printer(), deadline or Deadline(10), limit_s)


def test_an_answer() -> None:
    with server(lambda client: client.sendall(http(GOOD_BODY))) as url:
        ask(url)
        ask(url.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", Disconnected),
        (http(GOOD_BODY, "403 Forbidden"), Refused),
        (http(GOOD_BODY, "401 Unauthorized"), Refused),
        (http(GOOD_BODY, "302 Found"), Refused),
        (http(GOOD_BODY, length=500), Disconnected),
        (http(GOOD_BODY[:-1]), BadFrame),
        (http(b""), BadFrame),
        (http(GOOD_BODY.replace(b"\x00\x00\x00\x01\x01", b"\x00\x00\x00\x09\x01")), BadFrame),
        (b"rubbish\r\n\r\n", BadFrame),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", BadFrame),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BadFrame),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", BadFrame),
    ],
    ids=["nothing", "403", "401", "302", "short", "cut off", "empty", "another's", "rubbish", "length", "chunks", "head"],
)
def test_what_is_no_answer(sent: bytes, error: type[DeviceError]) -> None:
    with server(lambda client: client.sendall(sent)) as url, pytest.raises(error) as caught:
        ask(url)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_an_answer_without_end_is_cut() -> None:
    def pour(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            client.sendall(bytes(1 << 16))

    with server(pour) as url, pytest.raises(BadFrame, match="does not end"):
        ask(url, 10.0)


def trickle(client: socket.socket) -> None:
    for byte in http(GOOD_BODY):
        client.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("serve", [lambda client: client.recv(1), trickle], ids=["silent", "trickling"])
def test_nobody_is_waited_for_too_long(serve: Callable[[socket.socket], None]) -> None:
    with server(serve) as url:
        begun_s = time.monotonic()
        with pytest.raises(NoResponse):
            ask(url, 0.3)
        assert time.monotonic() - begun_s < 1.0
        with pytest.raises(NoResponse):
            ask(url, 10, Deadline(0.2))


def test_giving_up_ends_the_wait() -> None:
    deadline = Deadline(60)
    timer = threading.Timer(0.2, deadline.cancel)
    with server(lambda client: client.recv(1)) as url:
        timer.start()
        begun_s = time.monotonic()
        with pytest.raises(NoResponse):
            ask(url, 50, deadline)
        assert time.monotonic() - begun_s < 2
    timer.join()


def test_a_document_that_is_not_taken_does_not_hold_up() -> None:
    with server(lambda _client: threading.Event().wait(1.0)) as url:
        link = CupsLink(url, "oueban-x")
        with pytest.raises(NoResponse):
            link.ask(send_document(1, bytes(15_000_000)), Deadline(0.3), 9)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Disconnected, match="cannot be reached"):
        ask(f"ipp://127.0.0.1:{port}/printers/a4")


def test_a_server_without_tls_is_no_ipps() -> None:
    with server(lambda client: client.sendall(b"no tls here")) as url, pytest.raises(Disconnected):
        ask(url.replace("ipp:", "ipps:"))


def test_the_certificate_counts_except_on_this_machine() -> None:
    from drivers.document_printer.link import _tls

    assert _tls("printer.example") is True
    assert _tls("192.0.2.7") is True
    for host in ("localhost", "127.0.0.1", "::1"):
        assert _tls(host) is not True


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/printers/a4",
        "ipp:///printers/a4",
        "ipp://localhost",
        "ipp://localhost/",
        "ipp://u:p@localhost/printers/a4",
        "a4",
    ],
)
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"ipp://HOST|password"):
        CupsLink(url, "oueban-x")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_on_the_line_are_a_status(data: bytes, is_http: bool) -> None:
    with server(lambda client: client.sendall(http(data) if is_http else data)) as url:
        status = CupsPrinter(url).status()
    assert status.device.code in ("bad_answer", "disconnected", "no_such_queue", "refused", "no_answer")
    assert not status.can_print
