from __future__ import annotations

import base64
import hashlib
import ssl
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.cases import SubmitAnswer
from offline_queue.clock import SystemClock
from offline_queue.enrolment import EnrolFailed, enrol
from offline_queue.identity import IdentityStore
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import TransportSettings
from offline_queue.tls import MAX_PINS, BadTlsSettings, make_context, parse_pin, pin_of
from offline_queue.transport import PlatformClient
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.platform_stand_in import Platform
from tests.helpers.tls_server import Authority, Heard, new_key, pin_for, tls_server

PLATFORM = Platform()
BODY = msgspec.msgpack.encode(SubmitAnswer((), 1_795_420_800_000))
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
OTHER_PIN = base64.b64encode(hashlib.sha256(b"another key").digest()).decode()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def ask(context: ssl.SSLContext, settings: TransportSettings) -> tuple[SubmitAnswer | Failure, Heard]:
    identity = FixedIdentity(make_identity(PLATFORM.sealing_keys, PLATFORM.receipt_keys))
    with (
        tls_server(context, REPLY) as heard,
        PlatformClient(f"https://127.0.0.1:{heard.port}", identity, PlatformTime(SystemClock()), settings=settings) as client,
    ):
        answer = client.submit(())
    return answer, heard


@pytest.mark.parametrize("prefix", ["", "sha256/"])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_pinned_key_is_taken(authority: Authority, prefix: str, kind: str, version: ssl.TLSVersion) -> None:
    key = new_key(kind)
    context = authority.server(key)
    context.maximum_version = version
    settings = TransportSettings(ca_file=str(authority.ca_file), pins=(OTHER_PIN, prefix + pin_for(key)))
    answer, heard = ask(context, settings)
    assert isinstance(answer, SubmitAnswer)
    assert heard.received.startswith(b"POST /v1/cases ")


def test_a_renewed_certificate_of_the_pinned_key_is_taken(authority: Authority) -> None:
    key = new_key()
    settings = TransportSettings(ca_file=str(authority.ca_file), pins=(pin_for(key),))
    for to_day in (1, 20):
        assert isinstance(ask(authority.server(key, to_day=to_day), settings)[0], SubmitAnswer)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_another_key_is_refused_before_a_byte_of_the_request_is_sent(authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.server(new_key())
    context.maximum_version = version
    # The authority's own key is no pin for the leaf.
    settings = TransportSettings(ca_file=str(authority.ca_file), pins=(OTHER_PIN, pin_for(authority.key)))
    answer, heard = ask(context, settings)
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.code) == (FailureKind.TEMPORARY, "certificate_not_pinned")
    assert heard.handshakes
    assert heard.received == b""


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize(
    ("options", "trusted"),
    [
        ({"from_day": -20, "to_day": -1}, True),
        ({"from_day": 1, "to_day": 20}, True),
        ({"host": "127.0.0.2"}, True),
        ({"self_signed": True}, True),
        ({}, False),
    ],
    ids=["expired", "not_yet_valid", "other_host", "self_signed", "unknown_authority"],
)
def test_a_pin_makes_no_bad_certificate_good(
    authority: Authority, pinned: bool, options: dict[str, object], trusted: bool
) -> None:
    key = new_key()
    settings = TransportSettings(ca_file=str(authority.ca_file) if trusted else None, pins=(pin_for(key),) if pinned else ())
    answer, heard = ask(authority.server(key, **options), settings)  # type: ignore[arg-type]
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.code) == (FailureKind.TEMPORARY, "certificate_not_trusted")
    assert heard.received == b""


def test_without_pins_a_good_certificate_is_enough(authority: Authority) -> None:
    answer, heard = ask(authority.server(new_key()), TransportSettings(ca_file=str(authority.ca_file)))
    assert isinstance(answer, SubmitAnswer)
    assert heard.received


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_old_tls_is_refused(authority: Authority) -> None:
    context = authority.server(new_key())
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    answer, heard = ask(context, TransportSettings(ca_file=str(authority.ca_file)))
    assert isinstance(answer, Failure)
    assert answer.code == "tls_failed"
    assert heard.handshakes == []


@pytest.mark.parametrize("pins", [(), (OTHER_PIN,)])
def test_verification_is_always_on(authority: Authority, monkeypatch: pytest.MonkeyPatch, pins: tuple[str, ...]) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    for ca_file in (None, str(authority.ca_file)):
        context = make_context(TransportSettings(ca_file=ca_file, pins=pins))
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        named = [str(entry["subject"]) for entry in context.get_ca_certs()]
        assert any("SAMPLE" in name for name in named) is (ca_file is not None)


@given(st.binary(min_size=32, max_size=32))
def test_every_digest_is_a_pin(digest: bytes) -> None:
    text = base64.b64encode(digest).decode()
    assert parse_pin(text) == parse_pin("sha256/" + text) == digest


@pytest.mark.parametrize(
    "text", ["", "sha256/", "x", "sha1/" + OTHER_PIN, OTHER_PIN[:-1], OTHER_PIN + "\n", OTHER_PIN * 2, "é" * 44]
)
def test_what_is_no_pin_is_told(text: str) -> None:
    with pytest.raises(BadTlsSettings, match="not a pin"):
        make_context(TransportSettings(pins=(OTHER_PIN, text)))


@given(st.binary(max_size=200))
def test_what_is_no_certificate_has_no_pin(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        pin_of(content)


def test_too_many_pins_are_told() -> None:
    with pytest.raises(BadTlsSettings, match=str(MAX_PINS)):
        make_context(TransportSettings(pins=(OTHER_PIN,) * (MAX_PINS + 1)))


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"no certificate", "no certificate in it")])
def test_an_unusable_authority_file_is_told_by_name(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadTlsSettings, match=rf"ca\.pem: {why}"):
        make_context(TransportSettings(ca_file=str(path)))
    outcome = enrol(
        "https://127.0.0.1:9",
        "once",
        "测试机",
        "0.1",
        IdentityStore(tmp_path / "id"),
        settings=TransportSettings(ca_file=str(path)),
    )
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "bad_tls_settings"
