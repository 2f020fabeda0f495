"""What lies in the queue, where each case stands, and what staff can do about it. Shows nothing of any resident.

Works while the terminal runs. Without a verb it tells the status. Exit code 0: fine; 1: not; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from kiosk.commands import queue_checking, queue_deciding, queue_reading
from offline_queue.states import CaseState

_MAX_NAME = 60
_MAX_WHY = 300
_Verb = Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk queue``."""
    _add_common(parser, data=Path("data"), is_json=False)
    parser.add_argument("--limit", type=_positive, default=0, help="list so many of the oldest cases as well")
    parser.set_defaults(verb=queue_reading.status)
    verbs = parser.add_subparsers(metavar="VERB")
    _verb(verbs, "status", queue_reading.status, "how the queue is; the same as no verb")
    listing = _verb(verbs, "list", queue_reading.list_cases, "cases in order of commitment, page by page")
    listing.add_argument("--state", choices=[state.value for state in CaseState], help="only cases in this state")
    listing.add_argument("--limit", type=_positive, default=100, help="how many (default: 100)")
    listing.add_argument("--after", type=_position, default=0, metavar="POSITION", help="go on behind this position")
    show = _verb(verbs, "show", queue_reading.show, "one case: where it stands, and everything that happened to it")
    _add_case(show)
    retry = _verb(verbs, "retry", queue_deciding.retry, "put a case of the desk, or a waiting one, up for sending now")
    _add_decision(retry)
    void = _verb(verbs, "void", queue_deciding.void, "withdraw a case that was not delivered")
    _add_decision(void)
    void.add_argument("--why", type=_text(_MAX_WHY), required=True, metavar="TEXT", help="the reason; name no resident")
    export = _verb(verbs, "export", queue_checking.export, "the way out by USB stick: write pending cases, read receipts back")
    export.add_argument("folder", type=Path, metavar="DIR", help="folder on the stick; made when it is not there")
    _verb(verbs, "verify", queue_checking.verify, "check everything, and change nothing")


def execute(arguments: argparse.Namespace) -> int:
    """Run one verb."""
    verb: _Verb = arguments.verb
    return verb(arguments)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: _Verb, words: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=words, description=words)
    # What stands before the verb must not be undone by a default behind it.
    _add_common(parser, data=argparse.SUPPRESS, is_json=argparse.SUPPRESS)
    parser.set_defaults(verb=run)
    return parser


def _add_common(parser: argparse.ArgumentParser, data: Path | str, is_json: bool | str) -> None:
    parser.add_argument("--data", type=Path, default=data, help="data folder of the terminal (default: data)")
    parser.add_argument("--json", action="store_true", default=is_json, help="one JSON object instead of words")


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=_case, metavar="ID_OR_NUMBER", help="case id or receipt number")


def _add_decision(parser: argparse.ArgumentParser) -> None:
    _add_case(parser)
    parser.add_argument("--by", type=_text(_MAX_NAME), required=True, metavar="NAME", help="who decides; kept in the history")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")


def _positive(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _position(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError("the position of the last case of the page before")
    return int(text)


def _case(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F-]{36}|[0-9A-Za-z]{22}", text):
        raise argparse.ArgumentTypeError("neither a case id nor a receipt number of 22 characters")
    return text


def _text(longest: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.strip() or len(text) > longest or not text.isprintable():
            raise argparse.ArgumentTypeError(f"one line of 1 to {longest} characters")
        return text.strip()

    return check
