"""Codes by text message: sent to whom the register knows, good once, soon, and only where they were asked for."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from contract.cases import HPKE_INFO, Accepted
from contract.sms import SmsCodeSent
from fleet.keys import add_key
from fleet.platform import Platform
from fleet.processing import Tally
from fleet.sample_residents import SAMPLE_RESIDENTS
from tests.helpers.sms import KeptMessages, ask, confirm, sealed_request, sent
from tests.helpers.terminal import PERSONAL, SAMPLE_NAME, SAMPLE_NUMBER, Terminal, sample_payload, sample_proof
from tests.integration.fleet.conftest import MovableClock

OTHER = {"id_number": "42010219920214123X", "name": "测试·王小江"}
NO_PHONE = {"id_number": "330302195801010005", "name": "测试·陈小温"}


@pytest.fixture(autouse=True)
def residents(platform: Platform, clock: MovableClock) -> None:
    platform.residents.add(SAMPLE_RESIDENTS, clock())


def test_a_code_goes_to_the_registered_telephone_and_comes_back(terminal: Terminal, gateway: KeptMessages) -> None:
    answer = sent(terminal)
    (message,) = gateway.messages
    assert (message.phone, message.request_id) == ("13800000000", answer.request_id)
    assert "测试" in message.text
    assert (answer.masked_phone, answer.expires_in_s, answer.resend_after_s) == ("138****0000", 300, 60)
    assert confirm(terminal, answer.request_id, gateway.last_code) == ("verified", 0)
    assert confirm(terminal, answer.request_id, gateway.last_code) == ("expired", 0)


def test_three_wrong_codes_end_it(terminal: Terminal, gateway: KeptMessages) -> None:
    answer = sent(terminal)
    wrong = f"{(int(gateway.last_code) + 1) % 1_000_000:06d}"
    for outcome in (("wrong", 2), ("wrong", 1), ("wrong", 0), ("expired", 0)):
        assert confirm(terminal, answer.request_id, wrong) == outcome
    assert confirm(terminal, answer.request_id, gateway.last_code) == ("expired", 0)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "      ", "0" * 1000])
def test_what_cannot_be_a_code_is_wrong(terminal: Terminal, code: str) -> None:
    assert confirm(terminal, sent(terminal).request_id, code) == ("wrong", 2)


def test_many_guesses_at_once_are_three(terminal: Terminal, platform: Platform, gateway: KeptMessages) -> None:
    answer = sent(terminal)
    wrong = f"{(int(gateway.last_code) + 1) % 1_000_000:06d}"
    kiosk = terminal.identity.kiosk_id
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda _: platform.sms.confirm(kiosk, answer.request_id, wrong).outcome, range(12)))
    assert (verdicts.count("wrong"), verdicts.count("expired")) == (3, 9)


def test_a_code_dies_after_five_minutes(terminal: Terminal, gateway: KeptMessages, clock: MovableClock) -> None:
    answer = sent(terminal)
    _go_to(terminal, clock, 300_000)
    assert confirm(terminal, answer.request_id, gateway.last_code) == ("expired", 0)


def test_a_code_is_good_at_its_own_terminal_only(
    terminal: Terminal, new_terminal: Callable[..., Terminal], gateway: KeptMessages
) -> None:
    answer, other = sent(terminal), new_terminal("测试 2 号机")
    assert confirm(other, answer.request_id, gateway.last_code) == ("expired", 0)
    assert confirm(terminal, answer.request_id, gateway.last_code) == ("verified", 0)
    assert confirm(terminal, "0" * 32, "123456") == ("expired", 0)


def test_a_newer_code_replaces_the_older_one(terminal: Terminal, gateway: KeptMessages, clock: MovableClock) -> None:
    first, first_code = sent(terminal), gateway.last_code
    _go_to(terminal, clock, 60_001)
    second = sent(terminal)
    assert confirm(terminal, first.request_id, first_code) == ("expired", 0)
    assert confirm(terminal, second.request_id, gateway.last_code) == ("verified", 0)


def _go_to(terminal: Terminal, clock: MovableClock, ahead_ms: int) -> None:
    """So much later, by the clocks of both sides."""
    clock.ahead_ms = ahead_ms
    terminal.clock_offset_s = ahead_ms / 1000


# Limits


def test_another_code_waits_a_minute_and_five_are_enough_for_a_day(
    terminal: Terminal, gateway: KeptMessages, clock: MovableClock
) -> None:
    for number in range(5):
        _go_to(terminal, clock, number * 61_000)
        sent(terminal)
        assert ask(terminal) == (429, "too_many")
    _go_to(terminal, clock, 3_600_000)
    assert ask(terminal) == (429, "too_many")
    assert len(gateway.messages) == 5
    sent(terminal, **OTHER)
    _go_to(terminal, clock, 86_400_000 + 1000)
    sent(terminal)


def test_the_limit_of_a_person_holds_on_all_terminals(terminal: Terminal, new_terminal: Callable[..., Terminal]) -> None:
    sent(terminal)
    assert ask(new_terminal("测试 2 号机")) == (429, "too_many")


def test_a_terminal_asks_thirty_times_an_hour_and_for_nobody_counts_too(terminal: Terminal, clock: MovableClock) -> None:
    for _ in range(30):
        assert ask(terminal, name="测试·没有这人") == (422, "no_phone")
    assert ask(terminal) == (429, "too_many")
    _go_to(terminal, clock, 3_600_001)
    sent(terminal)


def test_waiting_is_told_in_seconds(terminal: Terminal) -> None:
    sent(terminal)
    response = terminal.send("POST", "/v1/sms-codes", msgspec.json.encode(sealed_request(terminal)))
    assert 50 <= int(response.headers["retry-after"]) <= 60


def test_of_many_requests_at_once_one_sends(terminal: Terminal, platform: Platform, gateway: KeptMessages) -> None:
    kiosk, asked = terminal.identity.kiosk_id, sealed_request(terminal)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: platform.sms.request(kiosk, asked), range(8)))
    assert sum(isinstance(answer, SmsCodeSent) for answer in answers) == len(gateway.messages) == 1


# Who is meant


@pytest.mark.parametrize("person", [NO_PHONE, {"name": "测试·另一人"}, {"id_number": "330304201803081238"}, {"id_type": "J"}])
def test_whoever_has_no_telephone_here_is_told_one_thing(
    terminal: Terminal, gateway: KeptMessages, person: dict[str, str]
) -> None:
    assert ask(terminal, **person) == (422, "no_phone")
    assert not gateway.messages


def test_what_was_sealed_for_another_terminal_or_purpose_does_not_open(
    terminal: Terminal, new_terminal: Callable[..., Terminal]
) -> None:
    other = new_terminal("测试 2 号机")
    assert ask(terminal, sealed_request(other)) == (400, "bad_request")
    assert ask(terminal, sealed_request(terminal, info=HPKE_INFO + b"\0")) == (400, "bad_request")
    whole = sealed_request(terminal)
    assert ask(terminal, msgspec.structs.replace(whole, sealed=whole.sealed[:-1])) == (400, "bad_request")
    assert ask(terminal, msgspec.structs.replace(whole, sealed=bytes(4097))) == (400, "bad_request")
    assert ask(terminal, msgspec.structs.replace(whole, sealing_key_id="s-0")) == (422, "unknown_sealing_key")
    assert ask(terminal, msgspec.structs.replace(whole, suite="another")) == (422, "unknown_sealing_key")


def test_an_older_sealing_key_is_still_taken(terminal: Terminal, platform: Platform, tmp_path: Path, clock: MovableClock) -> None:
    add_key(tmp_path / "data", platform.keys, "sealing", clock())
    sent(terminal)


@pytest.mark.expects_warnings
def test_a_broken_gateway_is_told_and_costs_the_person_nothing(terminal: Terminal, gateway: KeptMessages) -> None:
    gateway.is_broken = True
    assert ask(terminal) == (503, "sms_not_sent")
    gateway.is_broken = False
    sent(terminal)


@pytest.mark.parametrize("path", ["/v1/sms-codes", "/v1/sms-codes/confirm", "/v1/credentials/redeem"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"request_id":1,"code":2}'])
def test_odd_bodies_are_malformed(terminal: Terminal, path: str, body: bytes) -> None:
    assert terminal.send("POST", path, body).status_code == 400


@pytest.mark.parametrize("path", ["/v1/sms-codes", "/v1/sms-codes/confirm", "/v1/credentials/redeem"])
def test_only_terminals_are_believed(terminal: Terminal, path: str) -> None:
    assert terminal.http.post(path, content=b"{}").status_code == 401
    assert terminal.send("POST", path, b"x" * 20_000).status_code == 413


# What is kept


def test_neither_number_nor_code_is_kept_or_logged(
    terminal: Terminal, gateway: KeptMessages, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = sent(terminal)
    code = gateway.last_code
    confirm(terminal, answer.request_id, "000000" if code != "000000" else "111111")
    assert confirm(terminal, answer.request_id, code) == ("verified", 0)
    for text in (SAMPLE_NUMBER, SAMPLE_NAME, "13800000000", code):
        assert text not in caplog.text
    platform_rows = "\n".join(_rows(tmp_path / "data" / "platform.sqlite3"))
    assert "verified" in platform_rows
    assert not any(text in platform_rows for text in (*PERSONAL, code))


def _rows(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        rows = [repr(row) for row in connection.execute("SELECT * FROM sms_requests")]
        assert connection.execute("SELECT count(*) FROM sms_requests WHERE code_digest IS NOT NULL").fetchone() == (0,)
    finally:
        connection.close()
    return rows


def test_rows_go_after_a_month(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    sent(terminal)
    _go_to(terminal, clock, 31 * 86_400_000)
    sent(terminal)
    with platform.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sms_requests").fetchone()[0] == 1


# Cases that rest on a code


def _case_by_sms(terminal: Terminal, committed_at_ms: int) -> None:
    header = terminal.header(committed_at_ms=committed_at_ms)
    proof = sample_proof(
        route="id_card_sms", assurance_level=2, engine="", distance=None, threshold=None, liveness="", demonstration_only=False
    )
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header, identification=proof))).outcomes
    assert isinstance(outcome, Accepted)


def test_a_case_by_text_message_needs_a_confirmed_code(
    terminal: Terminal, platform: Platform, gateway: KeptMessages, clock: MovableClock
) -> None:
    answer = sent(terminal)
    _case_by_sms(terminal, clock())
    assert platform.processor.run() == Tally(needs_staff=1)
    confirm(terminal, answer.request_id, gateway.last_code)
    _case_by_sms(terminal, clock())
    assert platform.processor.run() == Tally(processed=1)
    _case_by_sms(terminal, clock() + 2 * 86_400_000)
    assert platform.processor.run() == Tally(needs_staff=1)
