"""A bad rating opens a ticket, and a ticket closes only after contact, correction and a second look."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from contract.cases import Rating, SubmitRatings
from fleet.console.facts import read_facts
from fleet.errors import PlatformError
from fleet.platform import Platform
from fleet.ratings import figures
from fleet.tickets import TicketDesk
from tests.helpers.terminal import Terminal


def _case(terminal: Terminal) -> str:
    header = terminal.header()
    terminal.submit(terminal.case(header))
    return header.case_id


def _rate(terminal: Terminal, *ratings: Rating) -> None:
    response = terminal.send("POST", "/v1/ratings", msgspec.json.encode(SubmitRatings(ratings)))
    assert response.status_code == 200, response.text


@pytest.fixture
def desk(platform: Platform) -> TicketDesk:
    return TicketDesk(platform.database, lambda: 1_000)


def test_only_bad_ratings_open_a_ticket_and_one_case_opens_one(terminal: Terminal, desk: TicketDesk) -> None:
    cases = [_case(terminal) for _ in range(4)]
    _rate(terminal, *(Rating(case, grade, 1) for case, grade in zip(cases, (5, 3, 2, 0), strict=True)))
    _rate(terminal, Rating(cases[2], 1, 2, ("slow",)), Rating(cases[0], 1, 2))
    assert [(one.case_id, one.grade, one.state) for one in desk.all()] == [(cases[2], 2, "open")]


def test_figures_count_no_skip_as_an_answer(terminal: Terminal, platform: Platform) -> None:
    assert figures(platform.database).score is None
    cases = [_case(terminal) for _ in range(4)]
    _rate(terminal, *(Rating(case, grade, 1) for case, grade in zip(cases[:3], (5, 1, 0), strict=True)))
    told = figures(platform.database)
    assert (told.score, told.response_rate, told.skip_rate, told.bad) == (0.5, 0.5, 0.25, 1)


def test_no_step_is_left_out_and_each_stands_in_the_history(terminal: Terminal, platform: Platform, desk: TicketDesk) -> None:
    _rate(terminal, Rating(_case(terminal), 1, 1, ("machine", "slow")))
    (ticket,) = desk.all(only_open=True)
    assert ticket.reasons == "machine slow"
    assert read_facts(platform.database).tickets_due_at_ms == (ticket.due_at_ms,)
    for early in ("closed", "corrected", "open", "?"):
        with pytest.raises(PlatformError, match="next comes contacted"):
            desk.step(ticket.ticket_id, early, "测试甲", "x")
    for state in ("contacted", "corrected", "closed"):
        assert desk.step(ticket.ticket_id, state, "测试甲", f"did {state}").state == state
    with pytest.raises(PlatformError, match="nothing is left"):
        desk.step(ticket.ticket_id, "closed", "测试甲", "x")
    history = [(state, by) for state, by, _, _ in desk.history(ticket.ticket_id)]
    assert read_facts(platform.database).tickets_due_at_ms == ()
    assert history == [("open", "platform"), *((state, "测试甲") for state in ("contacted", "corrected", "closed"))]
    assert desk.all(only_open=True) == ()
    assert len(desk.all()) == 1


@pytest.mark.parametrize(("by", "words"), [("", "x"), ("x", ""), ("a\nb", "x"), ("x", "y" * 501)])
def test_a_step_says_who_did_what(terminal: Terminal, desk: TicketDesk, by: str, words: str) -> None:
    _rate(terminal, Rating(_case(terminal), 1, 1))
    (ticket,) = desk.all()
    with pytest.raises(PlatformError, match="who did it"):
        desk.step(ticket.ticket_id, "contacted", by, words)


def test_the_commands_lead_through_all_steps_beside_the_running_platform(terminal: Terminal, tmp_path: Path) -> None:
    _rate(terminal, Rating(_case(terminal), 1, 1, ("slow",)))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet", "tickets", *words, "--data", str(tmp_path / "data")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    (ticket,) = json.loads(run("list", "--json").stdout)["tickets"]
    number, said = str(ticket["ticket_id"]), ("--by", "测试甲", "--words", "spoke on the phone")
    early = run("close", number, *said)
    assert (early.returncode, "next comes contacted" in early.stderr, "Traceback" in early.stderr) == (1, True, False)
    for verb, state in (("contact", "contacted"), ("correct", "corrected"), ("close", "closed")):
        assert state in run(verb, number, *said).stdout
    assert run("list").stdout == ""
    told = json.loads(run("figures", "--json").stdout)
    assert (told["cases"], told["rated"], told["bad"], told["score"], told["response_rate"]) == (1, 1, 1, 0.0, 1.0)
    assert "score: 0.0%" in run("figures").stdout
    assert "closed" in run("list", "--all").stdout
    assert len(json.loads(run("show", number, "--json").stdout)["history"]) == 4
    assert run("contact", "77", *said).stderr.strip().endswith("there is no ticket 77")
