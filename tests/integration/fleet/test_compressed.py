"""Bodies compressed with zstd: taken as if they were plain, within the same limits, and signed as they came."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from contract.cases import Accepted, SubmitAnswer, SubmitCases
from contract.compression import zstd
from contract.materials import MaterialState
from fleet.api.routes import MAX_CASES_BODY
from tests.helpers.terminal import Terminal, sample_heartbeat
from tests.integration.fleet.test_requests import problem_of


def _outcomes(response: httpx.Response) -> list[type]:
    assert response.status_code == 200, response.text
    return [type(outcome) for outcome in msgspec.msgpack.decode(response.content, type=SubmitAnswer).outcomes]


def test_compressed_cases_are_taken(terminal: Terminal) -> None:
    body = msgspec.msgpack.encode(SubmitCases((terminal.case(), terminal.case())))
    assert _outcomes(terminal.send_compressed("POST", "/v1/cases", zstd.compress(body))) == [Accepted, Accepted]
    again = msgspec.msgpack.encode(SubmitCases((terminal.case(),)))
    assert _outcomes(terminal.send_compressed("POST", "/v1/cases", zstd.compress(again), encoding="ZSTD")) == [Accepted]


def test_the_word_identity_means_plain(terminal: Terminal) -> None:
    body = msgspec.msgpack.encode(SubmitCases((terminal.case(),)))
    assert _outcomes(terminal.send_compressed("POST", "/v1/cases", body, encoding="identity")) == [Accepted]


def test_compressed_chunks_and_heartbeats_are_taken(terminal: Terminal) -> None:
    packed, material = terminal.seal_material(b"SAMPLE" * 1000)
    target = f"/v1/materials/{material.digest}?offset=0&size={len(packed)}"
    response = terminal.send_compressed("PUT", target, zstd.compress(packed))
    assert msgspec.json.decode(response.content, type=MaterialState).complete
    beat = zstd.compress(msgspec.json.encode(sample_heartbeat()))
    assert terminal.send_compressed("POST", "/v1/heartbeats", beat).status_code == 200


def test_the_token_covers_the_body_as_it_came(terminal: Terminal, client: httpx.Client) -> None:
    body = msgspec.msgpack.encode(SubmitCases((terminal.case(),)))
    headers = {"authorization": f"Bearer {terminal.token('POST', '/v1/cases', body)}", "content-encoding": "zstd"}
    response = client.post("/v1/cases", content=zstd.compress(body), headers=headers)
    assert (response.status_code, problem_of(response).code) == (401, "unauthorised")


def test_a_bomb_is_too_large(terminal: Terminal) -> None:
    bomb = zstd.compress(bytes(200_000_000))
    assert len(bomb) < 64 * 1024
    for target, method in (
        ("/v1/cases", "POST"),
        (f"/v1/materials/{'a' * 64}?offset=0&size=5", "PUT"),
        ("/v1/heartbeats", "POST"),
    ):
        response = terminal.send_compressed(method, target, bomb)
        assert (response.status_code, problem_of(response).code) == (413, "too_large")
    just_too_large = zstd.compress(bytes(MAX_CASES_BODY + 1))
    assert terminal.send_compressed("POST", "/v1/cases", just_too_large).status_code == 413


@pytest.mark.parametrize("body", [b"", b"garbage", zstd.compress(b"x" * 100)[:-3], zstd.compress(b"x") + b"y"])
def test_garbage_is_told(terminal: Terminal, body: bytes) -> None:
    response = terminal.send_compressed("POST", "/v1/cases", body)
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd, zstd", "zstd,gzip", "x", ""])
def test_other_encodings_are_told_what_is_understood(terminal: Terminal, encoding: str) -> None:
    response = terminal.send_compressed("POST", "/v1/cases", b"x", encoding=encoding)
    assert (response.status_code, problem_of(response).code) == (415, "unsupported_encoding")
    assert response.headers["accept-encoding"] == "zstd"


def test_a_full_delivery_fits(terminal: Terminal) -> None:
    """500 cases, or 4 MiB with the case that crossed the line."""
    many = msgspec.msgpack.encode(SubmitCases(tuple(terminal.case() for _ in range(500))))
    assert len(many) < MAX_CASES_BODY
    assert set(_outcomes(terminal.send_compressed("POST", "/v1/cases", zstd.compress(many)))) == {Accepted}
    assert MAX_CASES_BODY > 4 * 1024 * 1024 + 264 * 1024 + 8192 + 500 * 64
