"""Who may ask what: tokens, errors, limits. Whatever comes, the answer is one of the contract's and never a 500."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from contract.authentication import ALLOWED_SKEW_S, TOKEN_LIFETIME_S
from contract.cases import Rejected, SealedCase, SubmitAnswer, SubmitCases
from contract.kiosks import HeartbeatAnswer, Problem
from fleet.api.routes import DELIVERIES_AT_ONCE, MAX_CASES_BODY
from fleet.clock import system_clock
from fleet.heartbeats import KEPT_A_KIOSK
from fleet.platform import Platform
from tests.helpers.terminal import Terminal, sample_heartbeat, sample_payload

HEARTBEAT = msgspec.json.encode(sample_heartbeat())
_FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def problem_of(response: httpx.Response) -> Problem:
    """The answer as a ``Problem``; fails for anything that is none."""
    assert response.status_code >= 400
    assert response.headers["content-type"] == "application/json"
    problem = msgspec.json.decode(response.content, type=Problem)
    assert "Traceback" not in problem.detail
    assert abs(problem.platform_time_ms - system_clock()) < 60_000
    return problem


# Authentication


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic b3A6cHc=",
        "Bearer a.b.c",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "a" * 9000,
        "Bearer ü.ü.ü",
    ],
)
def test_without_a_signed_token_nothing_is_answered(client: httpx.Client, authorization: str) -> None:
    headers = {"authorization": authorization.encode("utf-8")}
    response = client.post("/v1/heartbeats", content=HEARTBEAT, headers=headers)  # type: ignore[arg-type]
    assert (response.status_code, problem_of(response).code) == (401, "unauthorised")


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"target": "/v1/cases"},
        {"target": "/v1/heartbeats?a=1"},
        {"body_sha256": "0" * 64},
        {"iss": "330304-9999"},
        {"kid": "330304-9999"},
        {"exp": 2**40},
        {"exp": 0},
        {"extra": 1},
        {"iat": "soon"},
        {"key": Ed25519PrivateKey.generate()},
    ],
)
def test_a_token_for_something_else_is_refused(terminal: Terminal, changes: dict[str, Any]) -> None:
    response = terminal.send("POST", "/v1/heartbeats", HEARTBEAT, **changes)
    assert (response.status_code, problem_of(response).code) == (401, "unauthorised")


def test_a_token_of_another_algorithm_is_refused(terminal: Terminal, client: httpx.Client) -> None:
    """``HS256`` with the public key as its secret, the classical confusion."""
    token = terminal.token("POST", "/v1/heartbeats", HEARTBEAT)
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": terminal.identity.kiosk_id}).encode()).rstrip(b"=")
    signed = header + b"." + token.split(".")[1].encode()
    mac = base64.urlsafe_b64encode(hmac.digest(terminal.public_key, signed, hashlib.sha256)).rstrip(b"=")
    forged = (signed + b"." + mac).decode()
    response = client.post("/v1/heartbeats", content=HEARTBEAT, headers={"authorization": f"Bearer {forged}"})
    assert problem_of(response).code == "unauthorised"


@pytest.mark.parametrize("offset_s", [-(ALLOWED_SKEW_S + TOKEN_LIFETIME_S + 5), ALLOWED_SKEW_S + 5])
def test_a_clock_far_off_is_told_the_time(terminal: Terminal, offset_s: float) -> None:
    terminal.clock_offset_s = offset_s
    response = terminal.send("POST", "/v1/heartbeats", HEARTBEAT)
    assert (response.status_code, problem_of(response).code) == (401, "clock_skew")


@pytest.mark.parametrize("offset_s", [-ALLOWED_SKEW_S + 5, ALLOWED_SKEW_S - 5])
def test_a_clock_somewhat_off_is_no_matter(terminal: Terminal, offset_s: float) -> None:
    terminal.clock_offset_s = offset_s
    assert terminal.send("POST", "/v1/heartbeats", HEARTBEAT).status_code == 200


_HEADER_VALUES = st.none() | st.text() | st.integers() | st.lists(st.text())


@given(
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x"]), _HEADER_VALUES),
    rest=st.binary(max_size=80),
)
@_FUZZ
def test_no_token_header_brings_the_platform_down(
    terminal: Terminal, client: httpx.Client, header: dict[str, Any], rest: bytes
) -> None:
    header = {"alg": "Ed25519", "kid": terminal.identity.kiosk_id} | header
    parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (json.dumps(header).encode(), rest, rest))
    response = client.get("/v1/cases/status", headers={"authorization": "Bearer " + ".".join(parts)})
    assert problem_of(response).code == "unauthorised"


# Errors


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/../etc/passwd", 404, "not_found"),
        ("GET", "/v1/cases", 405, "bad_request"),
        ("DELETE", "/v1/kiosks/enrol", 405, "bad_request"),
        ("GET", "/static/other.css", 404, "not_found"),
    ],
)
def test_wrong_addresses_and_methods_are_told(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, problem_of(response).code) == (status, code)


def test_bodies_beyond_the_limit_are_too_large(terminal: Terminal, client: httpx.Client) -> None:
    large = b" " * (64 * 1024 + 1)
    for response in (
        client.post("/v1/kiosks/enrol", content=large),
        terminal.send("POST", "/v1/heartbeats", large),
        terminal.send("POST", "/v1/cases", b" " * (MAX_CASES_BODY + 1)),
        client.post("/v1/kiosks/enrol", content=(b" " * 5000 for _ in range(14))),
    ):
        assert (response.status_code, problem_of(response).code) == (413, "too_large")


@pytest.mark.expects_warnings
def test_a_full_disk_makes_the_terminal_come_back_later(
    terminal: Terminal, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    with platform.database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    platform.database._writer.execute(f"PRAGMA max_page_count = {pages}")
    body = msgspec.msgpack.encode(SubmitCases(tuple(terminal.case() for _ in range(30))))

    response = terminal.send("POST", "/v1/cases", body)

    assert (response.status_code, problem_of(response).code) == (503, "busy")
    assert int(response.headers["retry-after"]) > 0
    assert [record.levelname for record in caplog.records if record.name.startswith("fleet")] == ["WARNING"]
    caplog.clear()
    platform.database._writer.execute("PRAGMA max_page_count = 1000000")
    assert terminal.send("POST", "/v1/cases", body).status_code == 200
    assert len(terminal.feed().changes) == 30


def test_too_many_deliveries_at_once_are_asked_to_come_back(terminal: Terminal, client: TestClient) -> None:
    gate = client.app.state.deliveries
    places = [gate.entered() for _ in range(DELIVERIES_AT_ONCE)]
    for place in places:
        place.__enter__()
    response = terminal.send("POST", "/v1/cases", b"")
    assert (response.status_code, problem_of(response).code) == (503, "busy")
    assert int(response.headers["retry-after"]) > 0
    for place in places:
        place.__exit__(None, None, None)
    assert terminal.submit(terminal.case()).outcomes


@pytest.mark.expects_warnings
def test_a_defect_is_answered_without_its_traceback(
    client: httpx.Client, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.ProgrammingError("secret words")

    monkeypatch.setattr(platform.enrolment, "enrol", broken)
    body = {"token": "x", "public_key": "", "name": "x", "software_version": "x"}
    response = client.post("/v1/kiosks/enrol", json=body)
    assert (response.status_code, problem_of(response).code) == (500, "internal")
    assert "secret" not in response.text


# Bodies


_WORDS = st.sampled_from(["token", "public_key", "name", "software_version", "cases", "ratings", "misses", "devices"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
)


def _has_nothing_to_tell(body: bytes) -> bool:
    """A sound body that says so."""
    try:
        return json.loads(body) in ({"ratings": []}, {"misses": []})
    except ValueError:
        return False


_BODIES = (st.binary(max_size=300) | _VALUES.map(lambda value: json.dumps(value).encode())).filter(
    lambda body: not _has_nothing_to_tell(body)
)


@given(body=_BODIES)
@_FUZZ
def test_any_body_is_answered_with_a_problem(terminal: Terminal, client: httpx.Client, body: bytes) -> None:
    answers = [
        client.post("/v1/kiosks/enrol", content=body),
        terminal.send("POST", "/v1/cases", body),
        terminal.send("POST", "/v1/heartbeats", body),
        terminal.send("POST", "/v1/ratings", body),
        terminal.send("POST", "/v1/search-misses", body),
    ]
    assert {(response.status_code, problem_of(response).code) for response in answers} == {(400, "bad_request")}


@given(header=st.binary(max_size=400), sealed=st.binary(max_size=400), signature=st.binary(max_size=80))
@_FUZZ
def test_any_envelope_is_rejected_by_itself(terminal: Terminal, header: bytes, sealed: bytes, signature: bytes) -> None:
    response = terminal.send("POST", "/v1/cases", msgspec.msgpack.encode(SubmitCases((SealedCase(header, sealed, signature),))))
    assert response.status_code == 200
    (outcome,) = msgspec.msgpack.decode(response.content, type=SubmitAnswer).outcomes
    assert isinstance(outcome, Rejected)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(data=st.data())
@_FUZZ
def test_any_change_of_a_signed_case_is_accepted_or_rejected(terminal: Terminal, data: st.DataObject) -> None:
    """A terminal gone mad signs what it likes: the platform still answers for each case by itself."""
    sound = terminal.header()
    header = msgspec.to_builtins(sound)
    payload = msgspec.to_builtins(sample_payload(sound))
    bent = data.draw(st.sampled_from([header, payload, payload["applicant"], payload["identification"]]))
    bent[data.draw(st.sampled_from(sorted(bent)))] = data.draw(_JSON)
    case = terminal.seal(msgspec.json.encode(header), msgspec.json.encode(payload))
    (outcome,) = terminal.submit(case).outcomes
    assert type(outcome).__name__ in ("Accepted", "Rejected")


# Heartbeats and health


def test_a_heartbeat_is_answered_with_time_keys_and_the_next_turn(terminal: Terminal, platform: Platform) -> None:
    response = terminal.send("POST", "/v1/heartbeats", HEARTBEAT)
    answer = msgspec.json.decode(response.content, type=HeartbeatAnswer)
    assert answer.next_in_s == 30
    assert answer.sealing_keys == platform.keys.sealing_keys
    assert answer.receipt_keys == platform.keys.receipt_keys


def test_the_past_of_a_terminal_is_bounded(new_terminal: Callable[..., Terminal], platform: Platform) -> None:
    one, other = new_terminal(), new_terminal()
    platform.heartbeats.take(other.identity.kiosk_id, sample_heartbeat())
    for number in range(KEPT_A_KIOSK + 10):
        platform.heartbeats.take(one.identity.kiosk_id, sample_heartbeat(pending_cases=number))
    with platform.database.reading() as connection:
        kept = dict(connection.execute("SELECT kiosk_id, count(*) FROM heartbeats GROUP BY kiosk_id").fetchall())
        newest = connection.execute(
            "SELECT body FROM heartbeats WHERE kiosk_id = ? ORDER BY heartbeat DESC", (one.identity.kiosk_id,)
        ).fetchone()[0]
    assert kept == {one.identity.kiosk_id: KEPT_A_KIOSK, other.identity.kiosk_id: 1}
    assert json.loads(newest)["pending_cases"] == KEPT_A_KIOSK + 9


@pytest.mark.parametrize(
    "changes",
    [
        {"pending_cases": -1},
        {"free_disk_bytes": 2**70},
        {"oldest_pending_s": -1.0},
        {"software_version": "x" * 65},
        {"catalogue_version": "a\x00b"},
    ],
)
def test_a_heartbeat_out_of_bounds_is_refused(terminal: Terminal, changes: dict[str, Any]) -> None:
    response = terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat(**changes)))
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


def test_health_needs_no_token(client: httpx.Client) -> None:
    assert client.get("/v1/health").json()["ok"] is True


def test_the_openapi_document_describes_the_contract(client: httpx.Client) -> None:
    document = client.get("/schema/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/kiosks/enrol",
        "/v1/cases",
        "/v1/cases/status",
        "/v1/materials/{digest}",
        "/v1/heartbeats",
        "/v1/ratings",
        "/v1/search-misses",
        "/v1/credentials/redeem",
        "/v1/sms-codes",
        "/v1/sms-codes/confirm",
        "/v1/portraits",
        "/v1/shared-data",
        "/v1/progress",
        "/v1/certificates/check",
        "/v1/catalogue",
        "/v1/receipts/verify",
        "/v1/proofs",
        "/v1/proofs/verify",
        "/v1/health",
    }
    submit = document["paths"]["/v1/cases"]["post"]
    assert submit["requestBody"]["content"]["application/msgpack"]["schema"] == {"$ref": "#/components/schemas/SubmitCases"}
    put = document["paths"]["/v1/materials/{digest}"]["put"]
    assert [parameter["name"] for parameter in put["parameters"]] == ["digest", "offset", "size"]
    schemas = document["components"]["schemas"]
    assert schemas["CaseStatus"]["properties"]["state"]["enum"] == ["needs_staff", "processed", "received"]

    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if "$ref" in node else set()
            return own.union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    assert {reference.removeprefix("#/components/schemas/") for reference in references(document)} <= set(schemas)
