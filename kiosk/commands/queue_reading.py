"""The verbs of ``kiosk queue`` that only read: status, list, show."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from kiosk.commands import CommandError
from kiosk.commands.queue_files import check_folder, look, look_at_identity, shown, shown_age, shown_size, tell, tell_json
from offline_queue.inspection import CaseDetail, Overview
from offline_queue.models import CaseSummary, Closed
from offline_queue.sequences import SequenceReserve
from offline_queue.states import CaseState
from offline_queue.words import words_for

_MAX_ALARMS = 10
_NO_QUEUE = "queue: empty; none was made here yet, the terminal makes it when it starts for the first time"


def status(arguments: argparse.Namespace) -> int:
    """How the queue is."""
    path = check_folder(arguments.data)
    if not path.exists() and SequenceReserve(path).is_empty:
        counts = {state.value: 0 for state in CaseState}
        tell_json({"counts": counts, "pending": 0, "oldest_pending_s": None, "cases": []}) if arguments.json else tell(_NO_QUEUE)
        return 0
    identity = look_at_identity(arguments.data)
    with look(arguments.data) as inspection:
        overview = inspection.overview(identity.current())
        cases = inspection.page(None, 0, arguments.limit) if arguments.limit else []
    if arguments.json:
        tell_json(_overview_facts(overview) | {"cases": [_case_facts(position, case) for position, case in cases]})
    else:
        tell(*_overview_lines(overview), *(_case_line(position, case) for position, case in cases))
    return 0


def _overview_facts(overview: Overview) -> dict[str, Any]:
    gate, failure = overview.gate, overview.last_failure
    closed = isinstance(gate, Closed)
    return {
        "counts": {state.value: count for state, count in overview.counts.items()},
        "pending": overview.pending,
        "oldest_pending_s": overview.oldest_pending_s,
        "last_delivery_at_ms": overview.last_delivery_at_ms,
        "last_failure": asdict(failure) | {"words": words_for(failure.code)} if failure else None,
        "gate": {
            "open": not closed,
            "code": gate.code.value if isinstance(gate, Closed) else "",
            "words": words_for(gate.code) if isinstance(gate, Closed) else "",
            "detail": gate.detail if isinstance(gate, Closed) else "",
        },
        "free_disk_bytes": overview.free_disk_bytes,
        "size_bytes": overview.size_bytes,
        "is_suspect": overview.is_suspect,
        "set_aside": list(overview.set_aside),
        "alarms": [
            {"kind": alarm.kind.value, "case_id": alarm.case_id, "words": words_for(alarm.kind)} for alarm in overview.alarms
        ],
    }


def _overview_lines(overview: Overview) -> list[str]:
    counts = ", ".join(f"{count} {state}" for state, count in overview.counts.items() if count) or "empty"
    lines = [f"queue: {counts}; {overview.pending} pending"]
    if overview.oldest_pending_s is not None:
        lines.append(f"  oldest pending  for {shown_age(overview.oldest_pending_s)}")
    lines.append(f"  last delivery   {shown(overview.last_delivery_at_ms)}")
    if failure := overview.last_failure:
        over = "; a case was delivered since" if failure.is_over else ""
        lines.append(f"  last failure    {shown(failure.at_ms)}: {_because(failure.code, failure.detail)}{over}")
    gate = overview.gate
    lines.append(f"  new visits      {f'no: {_because(gate.code, gate.detail)}' if isinstance(gate, Closed) else 'yes'}")
    lines.append(
        f"  disk            {shown_size(overview.free_disk_bytes)} free; the queue takes {shown_size(overview.size_bytes)}"
    )
    if overview.is_suspect:
        lines.append("  damage          found while the terminal ran; restart it: it sets the file aside and saves what it can")
    lines += [f"  damage          {name} was set aside and kept" for name in overview.set_aside]
    lines += [f"  comparison      {alarm.case_id}: {words_for(alarm.kind)}" for alarm in overview.alarms[:_MAX_ALARMS]]
    return lines


def _because(code: str, detail: str) -> str:
    return f"{words_for(code)} ({detail})" if detail else words_for(code)


def list_cases(arguments: argparse.Namespace) -> int:
    """One page of cases."""
    state = CaseState(arguments.state) if arguments.state else None
    with look(arguments.data) as inspection:
        # One more than asked for tells whether there is another page.
        cases = inspection.page(state, arguments.after, arguments.limit + 1)
    more, cases = len(cases) > arguments.limit, cases[: arguments.limit]
    after = cases[-1][0] if more else None
    if arguments.json:
        tell_json({"cases": [_case_facts(position, case) for position, case in cases], "after": after})
    else:
        tell(*(_case_line(position, case) for position, case in cases) if cases else ["no such case"])
        if more:
            tell(f"there are more; go on with --after {after}")
    return 0


def _case_facts(position: int, case: CaseSummary) -> dict[str, Any]:
    return {
        "position": position,
        "case_id": case.case_id,
        "receipt_number": case.receipt_number,
        "item_code": case.item_code,
        "state": case.state.value,
        "committed_at_ms": case.committed_at_ms,
        "attempts": case.attempts,
        "reason": case.reason_code,
        "words": words_for(case.reason_code),
        "detail": case.reason,
        "platform_state": case.platform_state,
        "platform_reason": case.platform_reason,
        "has_receipt": case.has_receipt,
    }


def _case_line(position: int, case: CaseSummary) -> str:
    reason = _because(case.reason_code, case.reason)
    line = (
        f"{position:>8}  {case.receipt_number}  {case.state:<12} {shown(case.committed_at_ms)}  {case.attempts} tries  {reason}"
    )
    return line.rstrip()


def show(arguments: argparse.Namespace) -> int:
    """One case with its history."""
    with look(arguments.data) as inspection:
        found = inspection.find(arguments.case)
    if found is None:
        raise CommandError(f"{arguments.case}: there is no such case in this queue")
    if arguments.json:
        tell_json(_detail_facts(found))
    else:
        tell(*_detail_lines(found))
    return 0


def _detail_facts(found: CaseDetail) -> dict[str, Any]:
    return _case_facts(found.position, found.summary) | {
        "kiosk_id": found.kiosk_id,
        "sequence": found.sequence,
        "digest": found.digest,
        "size_bytes": found.size_bytes,
        "due_at_ms": found.due_at_ms,
        "received_at_ms": found.received_at_ms,
        "receipt_key_id": found.receipt_key_id,
        "materials": [asdict(material) for material in found.materials],
        "timeline": [asdict(step) | {"words": words_for(step.code)} for step in found.steps],
    }


def _detail_lines(found: CaseDetail) -> list[str]:
    case = found.summary
    lines = [
        f"case {case.case_id}",
        f"  number     {case.receipt_number}, case {found.sequence} of {found.kiosk_id}",
        f"  item       {case.item_code}",
        f"  state      {case.state}{f': {_because(case.reason_code, case.reason)}' if case.reason_code else ''}",
    ]
    if found.due_at_ms is not None:
        lines.append(f"  next try   {shown(found.due_at_ms)}")
    if case.has_receipt:
        received = "its text cannot be read" if found.received_at_ms is None else f"received {shown(found.received_at_ms)}"
        lines.append(f"  receipt    {received}, signed with {found.receipt_key_id}")
    if case.platform_state:
        lines.append(f"  platform   {case.platform_state} {case.platform_reason}".rstrip())
    for material in found.materials:
        size = "missing" if material.size_bytes is None else shown_size(material.size_bytes)
        lines.append(f"  material   {material.digest[:16]}…  {size}  {'sent' if material.is_sent else 'not sent'}")
    lines.append("history (China time)")
    lines += [f"  {shown(step.at_ms)}  {step.to_state:<12} {_because(step.code, step.detail)}" for step in found.steps]
    return lines
