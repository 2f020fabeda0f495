"""A token lets one terminal in, once; what a terminal was before stays valid for its old cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.cases import Accepted, Duplicate, Rejected
from contract.kiosks import EnrolRequest
from fleet.errors import PlatformError
from fleet.platform import Platform
from fleet.tokens import Grant, issue
from tests.helpers.terminal import Terminal, sample_heartbeat
from tests.integration.fleet.conftest import HOUR_MS, MovableClock

NewToken = Callable[..., str]
NewTerminal = Callable[..., Terminal]


def _problem(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def _heartbeat_status(terminal: Terminal) -> int:
    return terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat())).status_code


def test_a_token_gives_an_identity_with_the_platforms_keys(terminal: Terminal, platform: Platform) -> None:
    identity = terminal.identity
    assert (identity.region_code, len(identity.device_code)) == ("330304", 4)
    assert identity.sealing_keys == platform.keys.sealing_keys
    assert identity.receipt_keys == platform.keys.receipt_keys
    assert _heartbeat_status(terminal) == 200


def test_device_codes_of_a_region_never_repeat(new_terminal: NewTerminal) -> None:
    codes = [new_terminal(region_code=region).identity.device_code for region in ("330304", "330304", "330381", "330304")]
    assert codes == ["0001", "0002", "0001", "0003"]


@pytest.mark.parametrize("typed", [str.lower, lambda token: token.replace("-", ""), lambda token: f" {token}\n"])
def test_a_token_may_be_typed_carelessly(client: httpx.Client, new_token: NewToken, typed: Callable[[str], str]) -> None:
    assert Terminal(client).enrol(typed(new_token())).status_code == 200


def test_a_token_serves_one_terminal_only(client: httpx.Client, new_token: NewToken) -> None:
    token = new_token()
    assert Terminal(client).enrol(token).status_code == 200
    assert _problem(Terminal(client).enrol(token)) == (403, "bad_token")


def test_the_same_request_again_gives_the_same_identity(client: httpx.Client, new_token: NewToken) -> None:
    """The first answer may have been lost on its way."""
    terminal, token = Terminal(client), new_token()
    terminal.enrol(token)
    first = terminal.identity
    assert terminal.enrol(token).status_code == 200
    assert (terminal.identity.kiosk_id, terminal.identity.device_code) == (first.kiosk_id, first.device_code)


def test_unknown_and_expired_tokens_are_refused(client: httpx.Client, new_token: NewToken, clock: MovableClock) -> None:
    token = new_token()
    assert _problem(Terminal(client).enrol("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")) == (403, "bad_token")
    clock.ahead_ms = HOUR_MS
    assert _problem(Terminal(client).enrol(token)) == (403, "bad_token")


def test_a_refused_enrolment_does_not_use_the_token_up(client: httpx.Client, new_token: NewToken) -> None:
    token = new_token()
    assert _problem(Terminal(client, name="a\u202eb").enrol(token)) == (400, "bad_request")
    assert _problem(Terminal(client, name="").enrol(token)) == (400, "bad_request")
    assert Terminal(client).enrol(token).status_code == 200


def test_tokens_are_stored_as_digests_only(platform: Platform, new_token: NewToken) -> None:
    token = new_token()
    stored = b"".join(path.read_bytes() for path in platform.database._path.parent.iterdir() if path.is_file())
    assert token.encode() not in stored
    assert token.replace("-", "").encode() not in stored


def test_the_operators_name_for_a_terminal_counts(client: httpx.Client, new_token: NewToken, platform: Platform) -> None:
    Terminal(client, "kiosk-7f3a").enrol(new_token(name="娄桥便民服务中心 1 号机"))
    with platform.database.reading() as connection:
        assert connection.execute("SELECT name FROM kiosks").fetchone()[0] == "娄桥便民服务中心 1 号机"


def test_a_terminal_enrolled_again_keeps_its_id_and_its_old_cases_count(terminal: Terminal, new_token: NewToken) -> None:
    delivered, pending = terminal.case(), terminal.case()
    terminal.submit(delivered)
    before, old_key = terminal.identity, terminal.key

    terminal.key = Ed25519PrivateKey.generate()
    assert terminal.enrol(new_token(kiosk_id=before.kiosk_id)).status_code == 200

    assert (terminal.identity.kiosk_id, terminal.identity.device_code) == (before.kiosk_id, before.device_code)
    outcomes = terminal.submit(delivered, pending, terminal.case()).outcomes
    assert [type(outcome) for outcome in outcomes] == [Duplicate, Accepted, Accepted]
    # The retired key speaks for old cases, not for requests.
    body = msgspec.json.encode(sample_heartbeat())
    assert terminal.send("POST", "/v1/heartbeats", body, key=old_key).status_code == 401


def test_a_known_key_with_a_new_token_is_the_same_terminal(terminal: Terminal, new_token: NewToken) -> None:
    before = terminal.identity.kiosk_id
    assert terminal.enrol(new_token()).status_code == 200
    assert terminal.identity.kiosk_id == before


def test_a_retired_key_cannot_come_back(terminal: Terminal, new_token: NewToken) -> None:
    old_key, kiosk_id = terminal.key, terminal.identity.kiosk_id
    terminal.key = Ed25519PrivateKey.generate()
    terminal.enrol(new_token(kiosk_id=kiosk_id))
    terminal.key = old_key
    assert _problem(terminal.enrol(new_token(kiosk_id=kiosk_id))) == (400, "bad_request")


def test_a_successor_delivers_for_its_line_and_sees_its_feed(new_terminal: NewTerminal, new_token: NewToken) -> None:
    """The disk of a terminal was saved into another one, with cases of its former identity on it."""
    first = new_terminal("测试 1 号机")
    delivered, pending = first.case(), first.case()
    first.submit(delivered)
    second = new_terminal("测试 2 号机", region_code="330381", succeeds=first.identity.kiosk_id)
    assert second.identity.kiosk_id != first.identity.kiosk_id

    answer = second.submit(delivered, pending, second.case())

    assert [type(outcome) for outcome in answer.outcomes] == [Duplicate, Accepted, Accepted]
    assert len(second.feed().changes) == 3
    assert _heartbeat_status(first) == 401
    stranger = new_terminal("测试 3 号机")
    (outcome,) = stranger.submit(first.case()).outcomes
    assert isinstance(outcome, Rejected)
    assert outcome.code == "foreign_kiosk"


def test_a_line_may_have_several_members(new_terminal: NewTerminal) -> None:
    first = new_terminal()
    second = new_terminal(succeeds=first.identity.kiosk_id)
    third = new_terminal(succeeds=second.identity.kiosk_id)
    assert [type(outcome) for outcome in third.submit(first.case(), second.case()).outcomes] == [Accepted, Accepted]


@pytest.mark.parametrize(
    "grant",
    [
        {"region_code": "33030"},
        {"region_code": "33030a"},
        {"region_code": "330304", "kiosk_id": "330304-0009"},
        {"region_code": "330304", "succeeds": "330304-0009"},
    ],
)
def test_no_token_is_issued_for_what_does_not_exist(platform: Platform, grant: dict[str, str]) -> None:
    with pytest.raises(PlatformError):
        issue(platform.database, Grant(valid_ms=1, **grant), 0)  # type: ignore[arg-type]


def test_enrolment_is_one_transaction(client: httpx.Client, platform: Platform, new_token: NewToken) -> None:
    """When the last step fails nothing is kept: neither terminal nor key, and the token stays good."""
    token = new_token()
    with platform.database.transaction() as connection:
        connection.execute("CREATE TRIGGER refuse BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        platform.enrolment.enrol(
            EnrolRequest(token=token, public_key=Terminal(client).public_key, name="测试", software_version="0")
        )
    with platform.database.transaction() as connection:
        assert connection.execute("SELECT (SELECT count(*) FROM kiosks) + (SELECT count(*) FROM kiosk_keys)").fetchone()[0] == 0
        connection.execute("DROP TRIGGER refuse")
    assert Terminal(client).enrol(token).status_code == 200
