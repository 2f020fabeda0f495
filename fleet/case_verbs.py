"""The commands about single cases: where one is, and what the window or the department did with it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fleet.clock import in_china, system_clock
from fleet.commands import existing_database
from fleet.progress_book import STATES, FoundCase, ProgressBook
from fleet.verbs import Add, Verbs


def add_case_verbs(verbs: Verbs, add: Add) -> None:
    """Put ``cases`` among the commands; ``add`` makes one with ``--data``."""
    parser = verbs.add_parser("cases", help="one case: where it is, and its next state")
    own = parser.add_subparsers(dest="case_command", required=True, metavar="COMMAND")
    show = add(own, "progress", "every state a case has reached", _show)
    advance = add(own, "advance", "bring a case into its next state; residents see it when they ask", _advance)
    for verb in (show, advance):
        verb.add_argument("receipt_number", metavar="RECEIPT", help="its receipt number 受理号")
        verb.add_argument("--json", action="store_true", help="print one JSON object")
    advance.add_argument("--to", required=True, choices=STATES, metavar="STATE", help=", ".join(STATES))
    advance.add_argument("--by", required=True, metavar="NAME", help="who did it; stays on the platform")
    advance.add_argument("--words", default="", metavar="TEXT", help="for the applicant: what to correct, the courier's number")


@contextmanager
def _book(asked: argparse.Namespace) -> Iterator[ProgressBook]:
    with existing_database(asked.data) as database:
        yield ProgressBook(database, system_clock)


def _show(asked: argparse.Namespace) -> None:
    with _book(asked) as book:
        _tell(book.look(asked.receipt_number), asked.json)


def _advance(asked: argparse.Namespace) -> None:
    with _book(asked) as book:
        _tell(book.advance(asked.receipt_number, asked.to, asked.by, asked.words), asked.json)


def _tell(case: FoundCase, as_json: bool) -> None:
    steps = case.steps()
    if as_json:
        told = [{"state": one.state, "at_ms": one.at_ms, "words": one.words, "by": one.by} for one in steps]
        sys.stdout.write(json.dumps({"receipt_number": case.receipt_number, "steps": told}, ensure_ascii=False) + "\n")
        return
    for one in steps:
        sys.stdout.write(f"{in_china(one.at_ms):%Y-%m-%d %H:%M}  {one.state:<16}  {one.by}  {one.words}".rstrip() + "\n")
