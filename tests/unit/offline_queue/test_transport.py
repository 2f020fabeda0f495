from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contract.cases import StatusFeed, SubmitAnswer
from contract.kiosks import Heartbeat, HeartbeatAnswer
from contract.search_misses import SearchMiss
from offline_queue.clock import Stamp, SystemClock
from offline_queue.enrolment import send_heartbeat
from offline_queue.identity import IdentityStore
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import TransportSettings
from offline_queue.transport import PlatformClient, check_base_url
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.platform_stand_in_server import PlatformServer

QUICK = TransportSettings(connect_timeout_s=5, io_timeout_s=5, request_limit_s=5, max_answer_bytes=10_000)


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        yield running


@pytest.fixture
def identity(server: PlatformServer) -> FixedIdentity:
    made = make_identity(server.platform.sealing_keys, server.platform.receipt_keys)
    server.platform.kiosk_keys[made.kiosk_id] = [made.public_key]
    return FixedIdentity(made)


@pytest.fixture
def platform_time() -> PlatformTime:
    return PlatformTime(SystemClock())


@pytest.fixture
def subject(server: PlatformServer, identity: FixedIdentity, platform_time: PlatformTime) -> Iterator[PlatformClient]:
    with PlatformClient(server.url, identity, platform_time, settings=QUICK) as client:
        yield client


def code_of(answer: object) -> str:
    assert isinstance(answer, Failure), answer
    return answer.code


def test_an_older_platform_does_not_know_where_searches_in_vain_go(subject: PlatformClient) -> None:
    """The sync goes by this very code (``test_search_misses``)."""
    told = subject.report_misses((SearchMiss("0" * 32, "2026-11-26", "飞机票", 1),))
    assert isinstance(told, Failure)
    assert (told.kind, told.code) == (FailureKind.TEMPORARY, "not_found")


def test_a_signed_request_is_answered(subject: PlatformClient) -> None:
    assert isinstance(subject.submit(()), SubmitAnswer)
    assert isinstance(subject.status("", 10), StatusFeed)


@pytest.mark.parametrize("cursor", ["", "a b", "ä/?&=#%", "x" * 500, "12:34,5+6"])
def test_the_token_is_bound_to_path_and_query_as_sent(subject: PlatformClient, server: PlatformServer, cursor: str) -> None:
    asked: list[str] = []
    server.platform.status = lambda _, after, __: asked.append(after) or StatusFeed((), "", False, 0)  # type: ignore[method-assign, func-returns-value, assignment, return-value]
    assert isinstance(subject.status(cursor, 10), StatusFeed)
    assert asked == [cursor]


def test_the_platforms_time_is_learned_from_every_answer(
    subject: PlatformClient, server: PlatformServer, platform_time: PlatformTime
) -> None:
    server.platform.clock_offset_ms = 90_000
    subject.submit(())
    offset = platform_time.offset_ms()
    assert offset is not None
    assert abs(offset - 90_000) < 10_000


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_years_off_is_corrected_by_the_first_refusal(server: PlatformServer, identity: FixedIdentity, years: int) -> None:
    class ShiftedClock(SystemClock):
        def now(self) -> Stamp:
            return replace(super().now(), wall_ms=super().now().wall_ms + years * 365 * 86_400_000)

    clock = ShiftedClock()
    with PlatformClient(server.url, identity, PlatformTime(clock), settings=QUICK, clock=clock) as subject:
        assert isinstance(subject.submit(()), SubmitAnswer)
        assert len(server.requests) == 2
        assert isinstance(subject.submit(()), SubmitAnswer)
        assert len(server.requests) == 3


def test_a_terminal_that_is_not_believed_asks_twice_and_no_more(subject: PlatformClient, server: PlatformServer) -> None:
    server.platform.kiosk_keys.clear()
    answer = subject.submit(())
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.code) == (FailureKind.AUTHORISATION, "unauthorised")
    assert len(server.requests) == 2


def test_without_an_identity_nothing_leaves_the_machine(
    subject: PlatformClient, server: PlatformServer, identity: FixedIdentity
) -> None:
    identity.identity = None
    assert code_of(subject.submit(())) == "not_enrolled"
    assert server.requests == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("html", "not_the_platform"),
        ("redirect", "redirected"),
        ("busy", "busy"),
        ("drop", "line_broken"),
        ("store_then_drop", "line_broken"),
        ("store_then_cut", "line_broken"),
    ],
)
def test_what_a_bad_line_brings_is_temporary(subject: PlatformClient, server: PlatformServer, fault: str, code: str) -> None:
    server.faults.append(fault)
    answer = subject.submit(())
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.code) == (FailureKind.TEMPORARY, code)
    assert isinstance(subject.submit(()), SubmitAnswer)


def test_the_platforms_wish_to_wait_is_told(subject: PlatformClient, server: PlatformServer) -> None:
    server.faults.append("busy")
    answer = subject.submit(())
    assert isinstance(answer, Failure)
    assert answer.retry_after_s == 7.0


# Raw answers, byte by byte


def take_request(peer: socket.socket) -> None:
    """Read the request whole: closing on unread bytes resets the line, and the client may lose the answer with it."""
    taken = b""
    while b"\r\n\r\n" not in taken:
        more = peer.recv(65_536)
        if not more:
            return
        taken += more
    head, _, body = taken.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *([0-9]+)", head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0 and (more := peer.recv(65_536)):
        missing -= len(more)


@contextmanager
def raw_server(reply: bytes | Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answers one connection with these very bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    with tls.wrap_socket(connection, server_side=True) if tls else connection as peer:
                        peer.settimeout(10)
                        take_request(peer)
                        if callable(reply):
                            reply(peer)
                        else:
                            peer.sendall(reply)
                except OSError:
                    return

        thread = threading.Thread(target=serve, name="raw-server")
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.close()
            thread.join()


def http(body: bytes, media_type: str = "application/msgpack", status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


GOOD = msgspec.msgpack.encode(SubmitAnswer((), 1_795_420_800_000))


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (http(GOOD), ""),
        (http(GOOD, "Application/MsgPack; charset=binary"), ""),
        (http(GOOD, "text/html"), "not_the_platform"),
        (http(b"<html>", "application/msgpack"), "unreadable_answer"),
        (http(GOOD[:-3]), "unreadable_answer"),
        (http(b""), "unreadable_answer"),
        (http(b"x" * 10_001), "answer_too_large"),
        (http(GOOD, extra="Content-Encoding: gzip\r\n"), "unexpected_encoding"),
        (http(b"", status="404 Not Found"), "http_404"),
        (http(b"no", "text/plain", "400 Bad Request"), "http_400"),
        (http(b'{"error": 1}', "application/json", "413 Too Large"), "http_413"),
        (http(b"login", "text/html", "511 Network Authentication Required"), "http_511"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "line_broken"),
        (b"", "line_broken"),
        (http(GOOD)[:-4], "line_broken"),
    ],
)
def test_only_a_whole_answer_of_the_platform_counts(
    identity: FixedIdentity, platform_time: PlatformTime, reply: bytes, code: str
) -> None:
    with raw_server(reply) as port, PlatformClient(f"http://127.0.0.1:{port}", identity, platform_time, settings=QUICK) as client:
        answer = client.submit(())
    if code:
        assert isinstance(answer, Failure)
        assert (answer.kind, answer.code) == (FailureKind.TEMPORARY, code)
    else:
        assert isinstance(answer, SubmitAnswer)


def test_an_answer_that_drips_is_given_up(identity: FixedIdentity, platform_time: PlatformTime) -> None:
    ended = threading.Event()

    def drip(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\nContent-Length: 5000\r\n\r\n")
        while not ended.wait(0.05):
            peer.sendall(b"x")

    slow = TransportSettings(io_timeout_s=5, request_limit_s=0.4)
    with raw_server(drip) as port:
        try:
            with PlatformClient(f"http://127.0.0.1:{port}", identity, platform_time, settings=slow) as client:
                assert code_of(client.submit(())) == "timeout"
        finally:
            ended.set()


def test_a_silent_peer_is_given_up(identity: FixedIdentity, platform_time: PlatformTime) -> None:
    ended = threading.Event()
    impatient = TransportSettings(io_timeout_s=0.3)
    with raw_server(lambda _: ended.wait(10) and None) as port:  # type: ignore[func-returns-value, arg-type, return-value]
        try:
            with PlatformClient(f"http://127.0.0.1:{port}", identity, platform_time, settings=impatient) as client:
                assert code_of(client.submit(())) == "timeout"
        finally:
            ended.set()


def test_nobody_at_the_address(identity: FixedIdentity, platform_time: PlatformTime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with PlatformClient(f"http://127.0.0.1:{port}", identity, platform_time, settings=QUICK) as client:
        assert code_of(client.submit(())) == "unreachable"


# TLS


def make_certificate(folder: Path, *, host: str = "127.0.0.1", days: int = 1) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAMPLE platform")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    both = folder / "both.pem"
    both.write_bytes(pem.read_bytes() + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return pem, context


@pytest.mark.parametrize(
    ("host", "days", "trusted", "code"),
    [
        ("127.0.0.1", 1, True, ""),
        ("127.0.0.1", 1, False, "certificate_not_trusted"),
        ("127.0.0.2", 1, True, "certificate_not_trusted"),
        ("127.0.0.1", -1, True, "certificate_not_trusted"),
    ],
    ids=["good", "unknown_authority", "other_host", "expired"],
)
def test_certificates_are_checked(
    tmp_path: Path, identity: FixedIdentity, platform_time: PlatformTime, host: str, days: int, trusted: bool, code: str
) -> None:
    pem, context = make_certificate(tmp_path, host=host, days=days)
    settings = TransportSettings(ca_file=str(pem) if trusted else None)
    with (
        raw_server(http(GOOD), context) as port,
        PlatformClient(f"https://127.0.0.1:{port}", identity, platform_time, settings=settings) as client,
    ):
        answer = client.submit(())
    assert (answer.code if isinstance(answer, Failure) else "") == code


@pytest.mark.parametrize(
    "address",
    [
        "https://platform.example",
        "https://p.example:8443/api/",
        "http://127.0.0.1:8000",
        "http://localhost:1",
        "http://[::1]:8000",
    ],
)
def test_safe_addresses(address: str) -> None:
    assert check_base_url(address) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "platform",
        "http://platform.example",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://",
        "https://u:p@h",
        "https://h?x=1",
        "https://h/#x",
        "http://localhost.evil.example",
        "https://[",
        "file:///etc/passwd",
    ],
)
def test_addresses_that_are_none_or_unsafe(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_base_url(address)


# Heartbeat


def test_a_heartbeat_brings_the_platforms_present_keys(
    server: PlatformServer, platform_time: PlatformTime, tmp_path: Path
) -> None:
    from offline_queue.enrolment import Enrolled, enrol
    from tests.helpers.platform_stand_in import SealingPair

    server.platform.tokens["once"] = "k-1"
    identities = IdentityStore(tmp_path)
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", identities), Enrolled)
    server.platform.sealing["seal-2"] = SealingPair("seal-2")
    beat = Heartbeat(
        sent_at_ms=1,
        software_version="0.1",
        catalogue_version="1",
        pending_cases=0,
        oldest_pending_s=None,
        needs_staff_cases=0,
        free_disk_bytes=1,
        clock_doubtful=False,
        serving=True,
        devices=(),
    )
    with PlatformClient(server.url, identities, platform_time) as client:
        answer = send_heartbeat(client, beat, identities)
    assert isinstance(answer, HeartbeatAnswer)
    assert server.platform.heartbeats == [beat]
    present = identities.current()
    assert present
    assert [key.key_id for key in present.sealing_keys] == ["seal-2", "seal-1"]
