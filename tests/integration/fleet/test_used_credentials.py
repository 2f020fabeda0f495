"""A credential is good once, on all terminals together; one used without a line is found when its case comes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from contract.cases import Accepted
from contract.credentials import RedeemAnswer, RedeemCredential
from fleet import used_credentials
from fleet.platform import Platform
from fleet.processing import Tally
from fleet.used_credentials import redeem
from tests.helpers.terminal import Terminal, sample_payload, sample_proof
from tests.integration.fleet.conftest import MovableClock

ID = "a1" * 32


def _tell(terminal: Terminal, clock: MovableClock, credential_id: str = ID, in_ms: int = 300_000) -> bool | tuple[int, str]:
    body = msgspec.json.encode(RedeemCredential(credential_id=credential_id, expires_at_ms=clock() + in_ms))
    response = terminal.send("POST", "/v1/credentials/redeem", body)
    if response.status_code != 200:
        return response.status_code, response.json()["code"]
    return msgspec.json.decode(response.content, type=RedeemAnswer).first_use


def test_the_first_use_is_told_from_all_others(
    terminal: Terminal, new_terminal: Callable[..., Terminal], clock: MovableClock
) -> None:
    other = new_terminal("测试 2 号机")
    assert _tell(terminal, clock) is True
    assert _tell(terminal, clock) is False
    assert _tell(other, clock) is False
    assert _tell(other, clock, "b2" * 32) is True


def test_of_many_at_once_one_is_first(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    asked = RedeemCredential(credential_id=ID, expires_at_ms=clock() + 300_000)
    kiosk = terminal.identity.kiosk_id
    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(lambda _: redeem(platform.database, clock, kiosk, asked), range(16)))
    assert (firsts.count(True), firsts.count(False)) == (1, 15)


@pytest.mark.parametrize("credential_id", ["", "a1", "A1" * 32, "瓯" * 64])
def test_what_is_no_digest_is_refused(terminal: Terminal, clock: MovableClock, credential_id: str) -> None:
    assert _tell(terminal, clock, credential_id) == (400, "bad_request")


@pytest.mark.parametrize("in_ms", [-600_000, 600_000, 2**60])
def test_a_time_that_no_credential_has_is_refused(terminal: Terminal, clock: MovableClock, in_ms: int) -> None:
    assert _tell(terminal, clock, in_ms=in_ms) == (400, "bad_request")


def test_a_terminal_cannot_fill_the_table(terminal: Terminal, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_credentials, "USES_AN_HOUR", 3)
    for number in range(3):
        assert _tell(terminal, clock, f"{number:064x}") is True
    assert _tell(terminal, clock, ID) == (429, "too_many")
    clock.ahead_ms = 3_600_001
    terminal.clock_offset_s = 3600
    assert _tell(terminal, clock, ID) is True


def _case_by_credential(terminal: Terminal) -> None:
    header = terminal.header()
    proof = sample_proof(
        route="electronic_credential",
        credential_id=ID,
        engine="Ed25519:oueban-test.00:local",
        distance=None,
        threshold=None,
        liveness="",
    )
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header, identification=proof))).outcomes
    assert isinstance(outcome, Accepted)


def test_several_cases_of_one_visit_rest_on_one_credential(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    assert _tell(terminal, clock) is True
    _case_by_credential(terminal)
    _case_by_credential(terminal)
    assert platform.processor.run() == Tally(processed=2)


def test_one_used_on_two_terminals_without_a_line_is_found(
    terminal: Terminal, new_terminal: Callable[..., Terminal], platform: Platform, clock: MovableClock
) -> None:
    _case_by_credential(terminal)
    assert platform.processor.run() == Tally(processed=1)
    other = new_terminal("测试 2 号机")
    _case_by_credential(other)
    assert platform.processor.run() == Tally(needs_staff=1)
    assert other.feed().changes[-1].reason == "credential_used_elsewhere"
    assert _tell(other, clock) is False
