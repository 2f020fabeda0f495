"""What lies in the queue, and where each case stands. Shows nothing of any resident."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kiosk.commands import CommandError
from kiosk.services.platform import PlatformTrouble, open_identity, open_queue
from offline_queue.errors import KnownError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk queue``."""
    parser.add_argument("--data", type=Path, default=Path("data"), help="data folder of the terminal (default: data)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    parser.add_argument("--limit", type=int, default=100, help="how many of the oldest cases to list (default: 100)")


def execute(arguments: argparse.Namespace) -> int:
    """Counts by state, age of the oldest pending case, and the oldest cases."""
    if not arguments.data.is_dir():
        raise CommandError(f"{arguments.data}: there is no such folder")
    try:
        identity = open_identity(arguments.data)
        with open_queue(arguments.data, identity) as outbox:
            summary: dict[str, Any] = {
                "counts": {state.value: count for state, count in outbox.counts().items()},
                "pending": outbox.pending_count(),
                "oldest_pending_s": outbox.oldest_pending_age_s(),
                "cases": [
                    {
                        "case_id": case.case_id,
                        "receipt_number": case.receipt_number,
                        "state": case.state.value,
                        "attempts": case.attempts,
                        "reason": case.reason_code,
                        "platform_state": case.platform_state,
                    }
                    for _, case in outbox.list_cases(limit=max(1, arguments.limit))
                ],
            }
    except (PlatformTrouble, KnownError) as error:
        raise CommandError(str(error)) from error
    _tell(summary, arguments.json)
    return 0


def _tell(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
        return
    counts = ", ".join(f"{count} {state}" for state, count in summary["counts"].items() if count) or "empty"
    sys.stdout.write(f"queue: {counts}; {summary['pending']} pending\n")
    for case in summary["cases"]:
        sys.stdout.write(f"{case['receipt_number']}  {case['state']:<12} {case['attempts']} tries  {case['reason']}\n")
