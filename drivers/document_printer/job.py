"""One document from the empty job to its certain end in CUPS.

Create-Job first and the document second: when an answer is lost, the job's number is known, so the job can be looked for, and a
job that never got its document can never print. The document is sent once, and a job that CUPS begins a second time (after its
own restart, or by a retry policy) is cancelled: nothing is printed twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.document_printer.errors import PurgeRefused
from drivers.document_printer.link import CupsLink
from drivers.document_printer.protocol import (
    JOB_STATE,
    Answer,
    JobReport,
    cancel_job,
    create_job,
    get_job,
    get_jobs,
    get_printer,
    job_report,
    send_document,
)
from drivers.document_printer.states import status_of, status_of_failure, time_is_up, unknown_status
from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus, PrintResult
from drivers.errors import DeviceError
from drivers.status import DeviceState
from drivers.types import Deadline

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    answer: float = 1.0
    """For one answer of CUPS, but for the one to the document."""
    poll: float = 0.3
    document: float = 10.0
    """For the answer to the document; half of the whole time when that is less, so that the job can be looked for."""
    document_lag: float = 0.5
    """When that answer was lost: so long may CUPS still be without the document."""
    settle: float = 2.0
    """So long may a printer report an empty tray, a jam or an open door in the middle of a job before the job is given up."""
    connect: float = 15.0
    """So long may CUPS go on trying to reach the printer."""
    ending: float = 2.0
    """Kept back from the deadline for cancelling and purging; a quarter of the whole time when that is less."""
    grace: float = 0.02
    """When the deadline is over already: so long may a last attempt to cancel take. The rest is done by the next call."""


_FAILING = ("job-completed-with-errors", "aborted-by-system", "document-format-error")


@dataclass(slots=True)
class _Seen:
    """What is known of the job so far."""

    report: JobReport | None = None
    pages: int = 0
    began_at: int | None = None
    has_begun: bool = False
    was_sent: bool = False
    is_gone: bool = False
    is_begun_anew: bool = False
    awaits_document: Deadline | None = None
    """Until when CUPS may still say that it has not got the whole document."""
    status: DocumentPrinterStatus | None = None
    hindered_by: str = ""
    hindered_until: Deadline = field(default_factory=lambda: Deadline(0.0))


class DocumentJob:
    """Prints one document; use once."""

    def __init__(self, link: CupsLink, name: str, patience: Patience, *, counts_pages: bool) -> None:
        """``name``: one that no other job has; it is how the job is found again.

        ``counts_pages``: this queue is known to count its pages, so that no page counted means no page printed.
        """
        self._link = link
        self._name = name
        self._patience = patience
        self._counts_pages = counts_pages
        self._seen = _Seen()
        self.job_id: int | None = None
        """Number of the job in CUPS, when it is known."""
        self.may_exist = False
        """True as long as CUPS may hold something of the job."""

    def run(self, pdf: bytes, copies: int, deadline: Deadline, before_bytes: Callable[[], None] | None) -> DocumentOutcome:
        """Print, follow, clean up. Raises only what ``before_bytes`` raises."""
        follow_until = Deadline(deadline.remaining_s - min(self._patience.ending, deadline.remaining_s / 4))
        refusal = self._open(copies, deadline)
        if refusal is None and before_bytes is not None:
            try:
                before_bytes()
            except BaseException:
                self._end(deadline)
                raise
        if refusal is None:
            refusal = self._send(pdf, deadline)
        if refusal is None:
            refusal = self._follow(deadline, follow_until)
        self._end(deadline)
        return self._outcome(refusal, deadline)

    # The steps

    def _open(self, copies: int, deadline: Deadline) -> DocumentPrinterStatus | None:
        """Create the job; the status that explains it when that failed."""
        self.may_exist = True
        try:
            cancel_after_s = max(1, round(deadline.remaining_s) + 1)
            answer = self._link.ask(create_job(self._name, copies, cancel_after_s), deadline, self._patience.answer)
        except DeviceError as error:
            return status_of_failure(error)
        self.job_id = _job_id(answer)
        if self.job_id is not None:
            return None
        self.may_exist = answer.is_ok
        return unknown_status(DeviceState.OFFLINE, "job_refused", f"CUPS does not take the job: {answer.words}")

    def _send(self, pdf: bytes, deadline: Deadline) -> DocumentPrinterStatus | None:
        if self.job_id is None or deadline.is_over:
            return time_is_up()
        self._seen.was_sent = True
        try:
            limit_s = min(self._patience.document, deadline.remaining_s / 2)
            answer = self._link.ask(send_document(self.job_id, pdf), deadline, limit_s)
        except DeviceError as error:
            # CUPS may have all of it, or nothing: the job itself tells.
            _log.info("no answer to the document: %s", error)
            return None
        if answer.is_ok:
            return None
        self._seen.was_sent = False
        return unknown_status(DeviceState.USER_ERROR, "document_refused", f"CUPS does not take the document: {answer.words}")

    def _follow(self, deadline: Deadline, until: Deadline) -> DocumentPrinterStatus | None:
        """Look at the job until it is over; the status that explains it when it has to be given up before."""
        while not (deadline.is_over or until.is_over):
            self._look(deadline)
            report = self._seen.report
            if report is not None and report.is_over:
                return None
            reason = self._hopeless()
            if reason is not None:
                return reason
            deadline.sleep(min(self._patience.poll, until.remaining_s))
        return self._seen.status if self._seen.status is not None and not self._seen.status.can_print else time_is_up()

    def _look(self, deadline: Deadline) -> None:
        """Ask for the job and for the printer; a lost answer is asked for again by the next look."""
        if self.job_id is None:
            return
        try:
            answer = self._link.ask(get_job(self.job_id), deadline, self._patience.answer)
            if answer.is_not_found:
                self._seen.report = None
                self._seen.status = unknown_status(DeviceState.UNKNOWN, "job_gone", "CUPS does not know the job any more")
                self._seen.is_gone = True
                return
            self._note(answer)
            if self._seen.report is None or not self._seen.report.is_over:
                printer = self._link.ask(get_printer(), deadline, self._patience.answer)
                self._seen.status = status_of(printer.printers[0] if printer.printers else {}, while_printing=True)
        except DeviceError as error:
            if not deadline.is_over:
                self._seen.status = status_of_failure(error)

    def _note(self, answer: Answer) -> None:
        report = next((found for group in answer.jobs if (found := job_report(group)) is not None), None)
        if report is None:
            return
        seen = self._seen
        has_begun = report.began_at is not None or report.state in (JOB_STATE.PROCESSING, JOB_STATE.STOPPED)
        if seen.has_begun and not report.is_over:
            seen.is_begun_anew |= report.state in (JOB_STATE.PENDING, JOB_STATE.HELD) or report.began_at != seen.began_at
        if not seen.has_begun and has_begun:
            seen.began_at = report.began_at
        seen.has_begun |= has_begun
        if not report.awaits_document:
            seen.awaits_document = None
        elif seen.was_sent and seen.awaits_document is None:
            seen.awaits_document = Deadline(self._patience.document_lag)
        seen.pages = max(seen.pages, report.pages)
        seen.report = report

    def _hopeless(self) -> DocumentPrinterStatus | None:
        """The status that explains why there is nothing to wait for; ``None`` while there is."""
        seen = self._seen
        if seen.is_gone:
            return seen.status
        if seen.is_begun_anew:
            if seen.status is not None and seen.status.device.state in (DeviceState.OFFLINE, DeviceState.HARDWARE_ERROR):
                return seen.status  # and here is why
            if seen.report is not None and seen.report.message:
                said = f"CUPS would have tried again: {seen.report.message}"
                return unknown_status(DeviceState.HARDWARE_ERROR, "job_aborted", said)
            return unknown_status(DeviceState.OFFLINE, "job_begun_anew", "CUPS was about to print the document a second time")
        if seen.awaits_document is not None and seen.awaits_document.is_over:
            return unknown_status(DeviceState.UNKNOWN, "document_lost", "the document did not reach CUPS whole")
        return self._hindrance()

    def _hindrance(self) -> DocumentPrinterStatus | None:
        """The printer's status when it has kept the job from going on for too long."""
        seen, status = self._seen, self._seen.status
        if status is None or status.device.state in (DeviceState.NO_DEVICE, DeviceState.UNKNOWN):
            return None  # CUPS itself is away: it may come back
        code = "" if status.device.is_online else status.device.code
        if code != seen.hindered_by:
            seen.hindered_by, seen.hindered_until = code, Deadline(self._patience_with(code))
        return status if code and seen.hindered_until.is_over else None

    def _patience_with(self, code: str) -> float:
        if code == "not_connected":
            return self._patience.connect
        return 0.0 if code in ("queue_stopped", "paused", "no_filter") else self._patience.settle

    # The end

    def _end(self, deadline: Deadline) -> None:
        """Cancel what still runs, purge, and see that it is gone; ``may_exist`` stays set when that is not certain."""
        if not self.may_exist:
            return
        limit = Deadline(min(self._patience.ending, deadline.remaining_s) if not deadline.is_over else self._patience.grace)
        try:
            if self.job_id is None:
                self.job_id = self._lost_number(limit)
            if self.job_id is None:
                self.may_exist = False
                return
            report = self._seen.report
            if (report is None or not report.is_over) and not deadline.is_over:
                self._cancel(self.job_id, limit)
            self.may_exist = not purge(self._link, self.job_id, limit)
        except DeviceError as error:
            _log.info("job %s could not be purged now: %s", self.job_id, error)

    def _lost_number(self, limit: Deadline) -> int | None:
        """Number of the job when the answer to its creation was lost; ``None``: CUPS has none of that name."""
        answer = self._link.ask(get_jobs(), limit, self._patience.answer)
        if not answer.is_ok and not answer.is_not_found:
            raise DeviceError(self._link.url, f"CUPS does not list its jobs: {answer.words}")
        reports = (job_report(group) for group in answer.jobs)
        return next((report.job_id for report in reports if report is not None and report.name == self._name), None)

    def _cancel(self, job_id: int, limit: Deadline) -> None:
        """Stop it, and wait for the last word on its pages before it is purged."""
        self._link.ask(cancel_job(job_id, purge=False), limit, self._patience.answer)
        until = Deadline(limit.remaining_s / 2)
        while not until.is_over:
            answer = self._link.ask(get_job(job_id), until, self._patience.answer)
            self._note(answer)
            if answer.is_not_found or (self._seen.report is not None and self._seen.report.is_over):
                return
            until.sleep(0.05)

    def _outcome(self, refusal: DocumentPrinterStatus | None, deadline: Deadline) -> DocumentOutcome:
        result = self._result(refusal)
        status = refusal or self._final_status(deadline)
        if result is PrintResult.PRINTED and status.device.code in ("paper_jam", "cover_open", "was_paper_jam", "was_cover_open"):
            result = PrintResult.UNKNOWN  # the bytes are through, the last sheet perhaps not
        return DocumentOutcome(result, status, self._seen.pages, is_purged=not (self.may_exist or self._seen.is_gone))

    def _result(self, refusal: DocumentPrinterStatus | None) -> PrintResult:
        seen = self._seen
        if not seen.was_sent:
            return PrintResult.NOT_PRINTED
        report = seen.report
        if report is not None and report.state == JOB_STATE.COMPLETED and not _has_failed(report):
            return PrintResult.PRINTED
        if seen.pages:
            return PrintResult.PARTLY_PRINTED
        if report is None or not report.is_over:
            return PrintResult.UNKNOWN
        if not seen.has_begun:
            return PrintResult.NOT_PRINTED
        # No page was counted. That is certain only if this queue counts, and the job ended by itself or the printer said why not.
        ended_by_itself = report.state == JOB_STATE.ABORTED
        kept_from_printing = refusal is not None and refusal.device.code in _BEFORE_THE_FIRST_PAGE
        certain = self._counts_pages and (ended_by_itself or kept_from_printing)
        return PrintResult.NOT_PRINTED if certain else PrintResult.UNKNOWN

    def _final_status(self, deadline: Deadline) -> DocumentPrinterStatus:
        report = self._seen.report
        if report is not None and (report.state != JOB_STATE.COMPLETED or _has_failed(report)):
            words = (report.message or ", ".join(report.reasons))[:200] or "no reason given"
            code = "job_aborted" if report.state == JOB_STATE.ABORTED else "job_cancelled"
            return unknown_status(DeviceState.HARDWARE_ERROR, code, f"CUPS ended the job: {words}")
        try:
            answer = self._link.ask(get_printer(), deadline, self._patience.answer)
        except DeviceError as error:
            return self._seen.status or status_of_failure(error)
        return status_of(answer.printers[0] if answer.printers else {})


_BEFORE_THE_FIRST_PAGE = (
    "paper_out",
    "cover_open",
    "paper_jam",
    "tray_missing",
    "toner_out",
    "not_connected",
    "offline",
    "queue_stopped",
    "paused",
    "no_filter",
    "job_aborted",
)


def purge(link: CupsLink, job_id: int, limit: Deadline) -> bool:
    """Make CUPS forget the job, document and all; true when it has confirmed that. Raises ``DeviceError``."""
    first = True
    while first or not limit.is_over:
        first = False
        answer = link.ask(cancel_job(job_id, purge=True), limit, limit.remaining_s)
        if answer.is_not_found:
            return True
        if link.ask(get_job(job_id), limit, limit.remaining_s).is_not_found:
            return True
        if not answer.is_ok:
            raise PurgeRefused(link.url, answer.words)
        limit.sleep(0.05)
    return False


def _job_id(answer: Answer) -> int | None:
    if not answer.is_ok:
        return None
    return next((report.job_id for group in answer.jobs if (report := job_report(group)) is not None), None)


def _has_failed(report: JobReport) -> bool:
    return any(reason in _FAILING for reason in report.reasons)
