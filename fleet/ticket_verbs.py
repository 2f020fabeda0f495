"""The commands about bad ratings, and the figures of all ratings."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from fleet.clock import in_china, system_clock
from fleet.commands import existing_database
from fleet.ratings import figures
from fleet.tickets import Ticket, TicketDesk
from fleet.verbs import Add, Verbs

_STEPS = {
    "contact": ("contacted", "note that the resident was spoken to"),
    "correct": ("corrected", "note what was put right"),
    "close": ("closed", "note the second look, and close"),
}


def add_ticket_verbs(verbs: Verbs, add: Add) -> None:
    """Put ``tickets`` among the commands; ``add`` makes one with ``--data``."""
    parser = verbs.add_parser("tickets", help="bad ratings: contact, correction, second look")
    own = parser.add_subparsers(dest="ticket_command", required=True, metavar="COMMAND")
    listing = add(own, "list", "tickets, the most urgent first", _list)
    listing.add_argument("--all", action="store_true", help="closed ones too")
    show = add(own, "show", "every step of one ticket", _show)
    show.add_argument("ticket", type=int, metavar="NUMBER")
    counting = add(own, "figures", "how many rated, skipped, were satisfied", _figures)
    for verb in (listing, show, counting):
        verb.add_argument("--json", action="store_true", help="print one JSON object")
    for name, (_, words) in _STEPS.items():
        step = add(own, name, words, _step)
        step.add_argument("ticket", type=int, metavar="NUMBER")
        step.add_argument("--by", required=True, metavar="NAME")
        step.add_argument("--words", required=True, metavar="TEXT", help="what was done; name no resident")


@contextmanager
def _desk(asked: argparse.Namespace) -> Iterator[TicketDesk]:
    with existing_database(asked.data) as database:
        yield TicketDesk(database, system_clock)


def _list(asked: argparse.Namespace) -> None:
    with _desk(asked) as desk:
        found = desk.all(only_open=not asked.all)
    if asked.json:
        _say(json.dumps({"tickets": [asdict(one) for one in found]}))
        return
    for one in found:
        _say(_line(one))


def _show(asked: argparse.Namespace) -> None:
    with _desk(asked) as desk:
        steps = desk.history(asked.ticket)
    if asked.json:
        told = [{"state": state, "by": by, "words": words, "at_ms": at_ms} for state, by, words, at_ms in steps]
        _say(json.dumps({"ticket": asked.ticket, "history": told}))
        return
    for state, by, words, at_ms in steps:
        _say(f"{in_china(at_ms):%m-%d %H:%M}  {state:<9}  {by}  {words}")


def _figures(asked: argparse.Namespace) -> None:
    with existing_database(asked.data) as database:
        told = figures(database)
    shares = {"score": told.score, "response_rate": told.response_rate, "skip_rate": told.skip_rate}
    if asked.json:
        _say(json.dumps(asdict(told) | shares))
        return
    _say(f"{told.cases} cases, {told.rated} rated, {told.skipped} skipped, {told.bad} bad")
    for name, share in shares.items():
        _say(f"{name.replace('_', ' ')}: {'none yet' if share is None else f'{share:.1%}'}")


def _step(asked: argparse.Namespace) -> None:
    with _desk(asked) as desk:
        _say(_line(desk.step(asked.ticket, _STEPS[asked.ticket_command][0], asked.by, asked.words)))


def _line(ticket: Ticket) -> str:
    late = "  overdue" if ticket.state != "closed" and ticket.due_at_ms < system_clock() else ""
    due = f"{in_china(ticket.due_at_ms):%m-%d %H:%M}"
    why = ticket.reasons or "-"
    return f"{ticket.ticket_id}  {ticket.state:<9}  grade {ticket.grade}  {why}  due {due}{late}  {ticket.case_id}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
