"""Plays the visits and holds what they came to against the platform's own records."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.barcode_scanner.image_codes import UnreadablePicture, read_codes_file
from kiosk.demo import visits
from kiosk.demo.platform import PlatformFailed
from kiosk.demo.resident import GaveUp, wait
from kiosk.demo.scenes import VisitReport
from kiosk.demo.stage import Stage
from kiosk.domain.identity import Route

SETTLED_S = 60.0
POLL_MS = 200

Say = Callable[[str], None]
Play = Callable[[Stage, Path, Say], list[VisitReport]]

PROGRAMME: tuple[tuple[str, Play], ...] = (
    ("a visit online: senior card, by face", visits.online),
    ("a visit with the platform down: residence permit, confirmed by staff", visits.platform_down),
    ("a visit in which the paper runs out: proof of insurance, by face", visits.paper_out),
    ("a visit in which the face check is refused: senior card and proof of insurance, confirmed by staff once", visits.no_face),
    ("a visit in senior mode: proof of insurance, confirmed by staff", visits.elder),
)
PROVED = ("paper_out", "second_item", "elder")
"""Visits whose matter ends in a proof."""
CASES = 6
"""The fourth visit hands in two."""


def play(stage: Stage, out: Path, say: Say) -> list[VisitReport]:
    """All visits, one after another. What goes wrong is noted in the report of its visit, and the rest is not played."""
    reports: list[VisitReport] = []
    for number, (words, scene) in enumerate(PROGRAMME, 1):
        say(f"{number}/{len(PROGRAMME)} {words}")
        try:
            played = scene(stage, out / "screens", say)
            for report in played:
                _settle(stage, report, say)
        except (GaveUp, PlatformFailed) as error:
            stage.terminal.window.grab().save(str(out / "gave-up.png"))
            reports.append(VisitReport(words, problem=str(error)))
            break
        reports += played
    return reports


def _settle(stage: Stage, report: VisitReport, say: Say) -> None:
    """Wait until the case has been processed by the platform and this machine knows it."""
    ends = time.monotonic() + SETTLED_S
    timeline: list[dict[str, str | int]] = []
    while time.monotonic() < ends:
        timeline = stage.terminal.timeline(report.case_id)
        if any(entry["state"] == "processed" for entry in timeline):
            break
        wait(POLL_MS)
    report.states = timeline
    states = {str(entry["state"]) for entry in timeline}
    report.delivered = "accepted" in states
    report.processed = "processed" in states
    say(f"  {' → '.join(str(entry['state']) for entry in timeline)}; {report.touches} touches, {report.seconds:.0f} s")


def problems(stage: Stage, reports: list[VisitReport]) -> tuple[list[str], list[dict[str, Any]]]:
    """Everything that is not as it should be, and the platform's records. The platform's word counts, not ours."""
    found = [f"{report.name}: {report.problem}" for report in reports if report.problem]
    records = stage.platform.cases()
    if len(reports) < CASES:
        found.append(f"only {len(reports)} of {CASES} matters were played")
    if len(records) != len(reports):
        found.append(f"the platform holds {len(records)} cases after {len(reports)} matters")
    found += _identity_problems(reports)
    for report in reports:
        if not report.problem:
            found += [f"{report.name}: {problem}" for problem in _visit_problems(report, records)]
            found += [f"{report.name}: {problem}" for problem in _slip_problems(stage, report)]
    return found, records


def _identity_problems(reports: list[VisitReport]) -> list[str]:
    """Who refused the face was identified otherwise; who came with a second matter was not asked again."""
    told = {report.name: (report.route, report.identified, report.face_consent) for report in reports if not report.problem}
    wanted = {
        "online": (Route.ID_CARD_FACE, 1, "yes"),
        "platform_down": (Route.ID_CARD_STAFF, 1, ""),
        "paper_out": (Route.ID_CARD_FACE, 1, "yes"),
        "no_face": (Route.ID_CARD_STAFF, 1, "no"),
        "second_item": (Route.ID_CARD_STAFF, 0, "no"),
        "elder": (Route.ID_CARD_STAFF, 1, ""),
    }
    return [f"{name}: identified as {what}" for name, what in told.items() if what != wanted[name]]


def _visit_problems(report: VisitReport, records: list[dict[str, Any]]) -> list[str]:
    found = []
    held = [record for record in records if record["case_id"] == report.case_id]
    if len(held) != 1:
        found.append(f"the platform holds the case {len(held)} times")
    elif held[0]["receipt_number"] != report.receipt_number:
        found.append("the platform knows the case by another receipt number")
    else:
        report.platform_state = str(held[0]["state"])
        if report.platform_state != "processed":
            found.append(f"the platform has not processed it: {report.platform_state}")
    if not (report.delivered and report.processed):
        found.append("this machine does not know that it was delivered and processed")
    if bool(report.proof_code) != (report.name in PROVED):
        found.append(f"the proof: {report.proof_code or 'none'}")
    if report.slip_said_delivered == (report.name == "platform_down"):
        found.append(f"the slip said delivered={report.slip_said_delivered}")
    return found


def _slip_problems(stage: Stage, report: VisitReport) -> list[str]:
    """Read the codes off the paper and show them to the platform, as anyone could who holds the slip."""
    codes = read_codes_file(Path(report.slip))
    if isinstance(codes, UnreadablePicture):
        return [f"there is no picture of the slip: {codes.reason}"]
    texts = {code.text for code in codes}
    found = [] if report.receipt_number in texts else ["the bar code on the slip is not the receipt number"]
    for text in texts - {report.receipt_number}:
        try:
            verdict = stage.platform.check_receipt(text)
        except PlatformFailed as error:
            return [*found, str(error)]
        report.slip_code = verdict.code
        said = "delivered" if report.slip_said_delivered else "saved"
        told = (verdict.code, verdict.receipt_number, verdict.said, verdict.held, verdict.state)
        if told != ("genuine", report.receipt_number, said, "yes", "processed"):
            found.append(f"the platform says of the code on the slip: {', '.join(told)}")
    return found if report.slip_code else [*found, "the slip bears no signed code"]
