"""How bodies travel: compressed, within a cap, materials in pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.cases import SealedCase, SubmitAnswer
from contract.materials import MaterialState, material_digest
from offline_queue.clock import SystemClock
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure
from offline_queue.settings import MIB, SyncSettings, TransportSettings, within_cap
from offline_queue.transport import PlatformClient
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.platform_stand_in_server import PlatformServer


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.takes_unopened = True
        yield running


@pytest.fixture
def identity(server: PlatformServer) -> FixedIdentity:
    made = make_identity(server.platform.sealing_keys, server.platform.receipt_keys)
    server.platform.kiosk_keys[made.kiosk_id] = [made.public_key]
    return FixedIdentity(made)


def client(server: PlatformServer, identity: FixedIdentity, **settings: int) -> PlatformClient:
    return PlatformClient(
        server.url,
        identity,
        PlatformTime(SystemClock()),
        settings=TransportSettings(**settings),  # type: ignore[arg-type]
    )


def some_cases(count: int) -> tuple[SealedCase, ...]:
    """Not believed by any platform, but well formed: each is refused with an outcome of its own."""
    header = (
        b'{"version":1,"case_id":"01a0-%d","kiosk_id":"k","receipt_number":"r","item_code":"i","sequence":1,"committed_at_ms":1,'
        b'"boot_id":"b","monotonic_ms":1,"platform_offset_ms":null,"suite":"s","sealing_key_id":"k"}'
    )
    return tuple(SealedCase(header % number, os.urandom(300), bytes(64)) for number in range(count))


def test_bodies_are_compressed_and_small_ones_are_not(server: PlatformServer, identity: FixedIdentity) -> None:
    with client(server, identity) as subject:
        assert isinstance(subject.submit(some_cases(50)), SubmitAnswer)
        assert isinstance(subject.submit(()), SubmitAnswer)
    assert server.seen_encodings == ["zstd", ""]


def test_a_platform_that_takes_no_compressed_bodies_gets_them_plain_from_then_on(
    server: PlatformServer, identity: FixedIdentity
) -> None:
    server.encodings = set()
    with client(server, identity) as subject:
        for _ in range(2):
            answer = subject.submit(some_cases(50))
            assert isinstance(answer, SubmitAnswer)
            assert len(answer.outcomes) == 50
    assert server.seen_encodings == ["zstd", "", ""]


def test_a_material_is_built_up_from_pieces(server: PlatformServer, identity: FixedIdentity) -> None:
    content = os.urandom(300_000)
    digest = material_digest(content)
    with client(server, identity) as subject:
        state = subject.material_state(digest)
        assert isinstance(state, MaterialState)
        assert (state.offset, state.complete) == (0, False)
        for offset in range(0, len(content), 100_000):
            state = subject.put_material(digest, offset, len(content), content[offset : offset + 100_000])
            assert isinstance(state, MaterialState)
        assert (state.offset, state.complete) == (len(content), True)
    assert server.platform.materials[digest] == content


def test_under_a_cap_everything_still_arrives_whole(server: PlatformServer, identity: FixedIdentity) -> None:
    content = os.urandom(200_000)
    digest = material_digest(content)
    with client(server, identity, max_bytes_per_s=400_000) as subject:
        state = subject.put_material(digest, 0, len(content), content)
    assert isinstance(state, MaterialState)
    assert state.complete


def test_a_cap_makes_requests_small_enough_for_their_time_limit() -> None:
    settings = within_cap(SyncSettings(), 16 * 1024)
    limit_s = TransportSettings().request_limit_s
    assert settings.lanes == 1
    assert settings.batch_bytes / (16 * 1024) < limit_s
    assert settings.chunk_bytes / (16 * 1024) < limit_s
    assert within_cap(SyncSettings(), 0) == SyncSettings()
    assert within_cap(SyncSettings(), 100 * MIB).batch_bytes == SyncSettings().batch_bytes


@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", "application/msgpack"])
@pytest.mark.parametrize("status", [200, 400, 503])
@given(body=st.one_of(st.binary(max_size=60), st.sampled_from([b'{"code":"\xeb"}', b"[" * 100_000, b"\x91" * 100_000])))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_come_back_the_answer_is_a_value(
    identity: FixedIdentity, media_type: str, status: int, body: bytes
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"content-type": media_type}, stream=httpx.ByteStream(body))

    subject = PlatformClient("http://127.0.0.1:9", identity, PlatformTime(SystemClock()))
    subject._http.close()
    subject._http = httpx.Client(transport=httpx.MockTransport(answer))
    with subject:
        for told in (subject.submit(()), subject.status("", 1), subject.material_state("a" * 64)):
            assert isinstance(told, Failure)
