"""Progress queries: told to whom the case belongs, sealed, by number or once identified; and what window and department write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.case_contents import CaseContents, MaterialLine
from contract.cases import Accepted
from contract.progress import (
    ACTORS,
    AskProgress,
    CaseProgress,
    Progress,
    ProgressAnswer,
    ProgressQuestion,
    next_step,
    open_progress,
    progress_info,
    seal_progress,
)
from fleet import progress
from fleet.envelope import Refusal
from fleet.errors import PlatformError
from fleet.platform import Platform
from fleet.progress_book import NEXT, STATES, ProgressBook
from tests.helpers.terminal import SAMPLE_NUMBER, Terminal, new_case_id, sample_applicant, sample_payload, seal_under
from tests.integration.fleet.conftest import MovableClock

SOMEBODY_ELSE = "42010219920214123X"
THEM = sample_applicant(id_number=SOMEBODY_ELSE, birth_date="1992-02-14")
PROMISED = MaterialLine(
    material="no_home_proof",
    role="secondary",
    source="promise",
    stuff_type=3,
    stuff_status=2,
    due="2026-12-10",
    due_working_days=10,
)


@pytest.fixture
def book(platform: Platform, clock: MovableClock) -> ProgressBook:
    return ProgressBook(platform.database, clock)


def _hand_in(terminal: Terminal, sequence: int = 1, **changes: object) -> str:
    header = terminal.header(case_id=new_case_id(), sequence=sequence)
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header, **changes))).outcomes
    assert isinstance(outcome, Accepted), outcome
    return header.receipt_number


def _request(terminal: Terminal, info: bytes = b"", **changes: object) -> tuple[AskProgress, bytes]:
    answer_key = os.urandom(32)
    values: dict[str, object] = {"id_type": "resident", "id_number": SAMPLE_NUMBER, "answer_key": answer_key}
    question = ProgressQuestion(**(values | changes))  # type: ignore[arg-type]
    key = terminal.identity.sealing_keys[0]
    sealed = seal_under(key, info or progress_info(terminal.identity.kiosk_id), msgspec.json.encode(question))
    return AskProgress(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed), answer_key


def _ask(terminal: Terminal, **changes: object) -> tuple[CaseProgress, ...]:
    request, key = _request(terminal, **changes)  # type: ignore[arg-type]
    response = terminal.send("POST", "/v1/progress", msgspec.json.encode(request))
    assert response.status_code == 200, response.text
    told = open_progress(msgspec.json.decode(response.content, type=ProgressAnswer).sealed, key, request.sealed)
    assert isinstance(told, Progress)
    return told.cases


def _states(case: CaseProgress) -> list[str]:
    return [step.state for step in case.steps]


def test_a_case_is_told_by_number_and_card_before_and_after_it_is_processed(terminal: Terminal, platform: Platform) -> None:
    number = _hand_in(terminal)
    (waiting,) = _ask(terminal, receipt_number=number)
    assert (_states(waiting), waiting.next_step, waiting.receipt_number) == (["submitted", "received"], "wait", number)
    platform.processor.run()
    (processed,) = _ask(terminal, receipt_number=number)
    assert _states(processed) == ["submitted", "received", "accepted"]
    assert [step.actor for step in processed.steps] == ["resident", "platform", "window"]
    assert [step.at_ms for step in processed.steps] == sorted(step.at_ms for step in processed.steps)


def test_a_number_of_somebody_else_and_one_that_does_not_exist_get_the_same_answer(terminal: Terminal) -> None:
    theirs = _hand_in(terminal, applicant=THEM)
    never_given = terminal.header(case_id=new_case_id(), sequence=77).receipt_number
    assert _ask(terminal, receipt_number=theirs) == _ask(terminal, receipt_number=never_given) == ()
    assert len(_ask(terminal, receipt_number=theirs, id_number=SOMEBODY_ELSE)) == 1


def test_whoever_is_identified_sees_all_their_cases_newest_first(terminal: Terminal, clock: MovableClock) -> None:
    numbers = []
    for sequence in (1, 2, 3):
        numbers.append(_hand_in(terminal, sequence))
        clock.ahead_ms += 1000
    _hand_in(terminal, 4, applicant=THEM)
    assert [case.receipt_number for case in _ask(terminal, identified=True)] == numbers[::-1]


def test_many_cases_that_were_never_looked_through_are_found_page_by_page(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_AT_ONCE", 2)
    numbers = {_hand_in(terminal, sequence) for sequence in (1, 2, 3)}
    assert len(_ask(terminal, identified=True)) == 2
    assert {case.receipt_number for case in _ask(terminal, identified=True)} == numbers


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 403, "not_identified"),
        ({"receipt_number": "330304261127000100001A"}, 400, "bad_request"),
        ({"identified": True, "answer_key": b"short"}, 400, "bad_request"),
        ({"identified": True, "id_number": ""}, 400, "bad_request"),
        ({"identified": True, "info": progress_info("330304-9999")}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_answered_is_refused(terminal: Terminal, changes: dict[str, object], status: int, code: str) -> None:
    request, _ = _request(terminal, **changes)  # type: ignore[arg-type]
    response = terminal.send("POST", "/v1/progress", msgspec.json.encode(request))
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_the_answer_opens_for_its_own_question_only(terminal: Terminal) -> None:
    number = _hand_in(terminal)
    request, key = _request(terminal, receipt_number=number)
    response = terminal.send("POST", "/v1/progress", msgspec.json.encode(request))
    assert number.encode() not in response.content
    sealed = msgspec.json.decode(response.content, type=ProgressAnswer).sealed
    other, _ = _request(terminal, receipt_number=number)
    assert open_progress(sealed, key, other.sealed) is None
    assert open_progress(sealed[:-1] + bytes([sealed[-1] ^ 1]), key, request.sealed) is None


def test_promised_papers_are_told_with_their_last_day(terminal: Terminal, platform: Platform) -> None:
    number = _hand_in(terminal, contents=CaseContents(materials=(PROMISED,)))
    platform.processor.run()
    (case,) = _ask(terminal, receipt_number=number)
    assert (_states(case)[-1], case.next_step) == ("accepted_lacking", "bring_papers")
    assert [(paper.material, paper.due) for paper in case.lacking] == [("no_home_proof", "2026-12-10")]


def test_papers_that_have_come_are_not_asked_for_again(terminal: Terminal, platform: Platform, book: ProgressBook) -> None:
    number = _hand_in(terminal, contents=CaseContents(materials=(PROMISED,)))
    platform.processor.run()
    assert [step.state for step in book.look(number).steps()][-1] == "accepted_lacking"
    book.advance(number, "accepted", "窗口甲", "")
    (case,) = _ask(terminal, receipt_number=number)
    assert (_states(case)[-2:], case.next_step, case.lacking) == (["accepted_lacking", "accepted"], "wait", ())


@pytest.mark.parametrize(
    ("states", "told", "is_due"),
    [
        (("in_review",), "bring_papers", True),
        (("in_review", "supplement"), "correct", True),
        (("in_review", "granted"), "bring_papers", True),
        (("in_review", "denied"), "ask_window", False),
        (("in_review", "granted", "finished"), "collect", False),
        (("withdrawn",), "nothing", False),
    ],
)
def test_a_promised_paper_is_due_as_long_as_somebody_waits_for_it(
    terminal: Terminal, platform: Platform, book: ProgressBook, states: tuple[str, ...], told: str, is_due: bool
) -> None:
    number = _hand_in(terminal, contents=CaseContents(materials=(PROMISED,)))
    platform.processor.run()
    for state in states:
        book.advance(number, state, "科员甲", "SAMPLE")
    (case,) = _ask(terminal, receipt_number=number)
    assert (case.next_step, bool(case.lacking)) == (told, is_due)


@pytest.mark.expects_warnings
def test_a_case_whose_key_was_away_is_its_owners_once_it_is_back(
    terminal: Terminal, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _hand_in(terminal)
    with monkeypatch.context() as away:
        away.setattr(progress, "open_payload", lambda *_: Refusal("unknown_sealing_key", "SAMPLE"))
        assert _ask(terminal, receipt_number=number) == ()
    platform.processor.run()
    assert len(_ask(terminal, receipt_number=number)) == 1


def test_a_case_that_people_must_look_at_says_so(terminal: Terminal, platform: Platform) -> None:
    number = _hand_in(terminal, signature_strokes=())
    platform.processor.run()
    (case,) = _ask(terminal, receipt_number=number)
    assert (_states(case)[-1], case.next_step) == ("checking", "wait")


def test_window_and_department_write_what_they_did(terminal: Terminal, platform: Platform, book: ProgressBook) -> None:
    number = _hand_in(terminal)
    platform.processor.run()
    book.advance(number, "in_review", "科员甲", "")
    book.advance(number, "supplement", "科员甲", "请补一张近期照片")
    (case,) = _ask(terminal, receipt_number=number)
    assert (case.steps[-1].words, case.steps[-1].actor, case.next_step) == ("请补一张近期照片", "window", "correct")
    for state, words in (("in_review", ""), ("granted", ""), ("finished", ""), ("sent", "快递 SAMPLE 0001"), ("collected", "")):
        book.advance(number, state, "科员乙", words)
    (case,) = _ask(terminal, receipt_number=number)
    assert (_states(case)[3:], case.next_step) == (
        ["in_review", "supplement", "in_review", "granted", "finished", "sent", "collected"],
        "nothing",
    )


@pytest.mark.parametrize(
    ("state", "by", "words", "said"),
    [
        ("granted", "科员", "", "next may come"),
        ("supplement", "科员", "", "tell the applicant why"),
        ("in_review", "", "", "say who did it"),
        ("supplement", "科员", "x" * 201, "at most 200"),
    ],
)
def test_a_state_that_cannot_follow_is_refused(
    terminal: Terminal, platform: Platform, book: ProgressBook, state: str, by: str, words: str, said: str
) -> None:
    number = _hand_in(terminal)
    platform.processor.run()
    with pytest.raises(PlatformError, match=said):
        book.advance(number, state, by, words)
    assert [step.state for step in book.look(number).steps()] == ["submitted", "received", "accepted"]


def test_a_number_that_nobody_holds_is_told(book: ProgressBook) -> None:
    with pytest.raises(PlatformError, match="no case has the receipt number"):
        book.look("330304261127000100001A")


def test_every_state_that_can_follow_is_known_and_every_known_one_can_be_reached() -> None:
    assert set(NEXT) <= set(ACTORS)
    followers = {state for states in NEXT.values() for state in states}
    assert followers == set(STATES)


def test_the_command_shows_and_advances(terminal: Terminal, platform: Platform, tmp_path: Path) -> None:
    number = _hand_in(terminal)
    platform.processor.run()
    command = [sys.executable, "-m", "fleet", "cases"]
    data = ["--data", str(tmp_path / "data")]
    advanced = subprocess.run(
        [*command, "advance", number, *data, "--to", "in_review", "--by", "科员甲", "--json"], capture_output=True, check=True
    )
    assert [step["state"] for step in json.loads(advanced.stdout)["steps"]][-1] == "in_review"
    shown = subprocess.run([*command, "progress", number, *data], capture_output=True, check=True, encoding="utf-8")
    assert "in_review" in shown.stdout
    assert "科员甲" in shown.stdout
    refused = subprocess.run(
        [*command, "advance", number, *data, "--to", "collected", "--by", "科员甲"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert refused.returncode == 1
    assert "next may come" in refused.stderr


@given(st.sampled_from(sorted(ACTORS)), st.booleans())
def test_there_is_a_next_step_for_every_state(state: str, lacking: bool) -> None:
    assert next_step(state, lacking=lacking) in {"wait", "bring_papers", "correct", "collect", "nothing", "ask_window"}


@given(st.binary(max_size=200))
def test_what_is_no_answer_opens_as_none(noise: bytes) -> None:
    key = bytes(32)
    assert open_progress(noise, key, b"question") is None
    sealed = seal_progress(Progress(cases=()), key, b"question")
    assert open_progress(sealed, key, b"question") == Progress(cases=())
