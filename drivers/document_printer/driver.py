"""The production driver: a queue of CUPS, asked over IPP."""

from __future__ import annotations

import logging
import re
import secrets
import socket
from collections.abc import Callable

from drivers.document_printer.checks import check_call, fault_in
from drivers.document_printer.job import DocumentJob, Patience, purge
from drivers.document_printer.link import CupsLink
from drivers.document_printer.protocol import get_jobs, get_printer, job_report
from drivers.document_printer.states import status_of, status_of_failure, time_is_up, unknown_status
from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus, PrintResult
from drivers.errors import DeviceError
from drivers.status import DeviceState
from drivers.types import Deadline

_log = logging.getLogger(__name__)

_STATUS_S = 1.0
JOB_PREFIX = "oueban-"
"""How names of jobs of this terminal begin."""


class CupsPrinter:
    """A ``DocumentPrinter``. Holds no connection between two questions, so a restarted CUPS is simply asked again.

    Nothing of a failed job may come out for the next person. So a failed job is cancelled and purged before its time is over, and
    again by the next ``status`` if that could not be confirmed; and before a document is printed, every job of this terminal that
    is still in the queue, of an earlier process too, is purged, or the document is not printed.
    """

    def __init__(self, url: str, *, user: str = "", patience: Patience | None = None) -> None:
        """``user``: name under which CUPS keeps our jobs, one a terminal; by default made of the machine's name."""
        self._user = user or JOB_PREFIX + re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())[:40]
        self._link = CupsLink(url, self._user)
        self._patience = patience or Patience()
        self._owed: set[int] = set()
        self._must_search = False
        self._counts_pages = False

    def status(self) -> DocumentPrinterStatus:
        """Ask CUPS; get rid of what an earlier job left behind, if anything."""
        limit = Deadline(_STATUS_S)
        try:
            if self._owed or self._must_search:
                self._clear_queue(limit, only_owed=not self._must_search)
            return self._ask(limit)
        except DeviceError as error:
            return status_of_failure(error)

    def print_document(
        self,
        pdf: bytes,
        deadline: Deadline,
        *,
        copies: int = 1,
        title: str = "document",
        before_bytes: Callable[[], None] | None = None,
    ) -> DocumentOutcome:
        """Print one document and follow it to its end; see ``DocumentPrinter``."""
        check_call(copies, title)
        fault = fault_in(pdf)
        if fault is not None:
            return _not_printed(unknown_status(DeviceState.USER_ERROR, *fault))
        try:
            before = self._made_ready(deadline)
        except DeviceError as error:
            before = time_is_up() if deadline.is_over else status_of_failure(error)
        if not before.can_print:
            return _not_printed(before)
        job = DocumentJob(
            self._link, f"{JOB_PREFIX}{secrets.token_hex(8)}-{title}", self._patience, counts_pages=self._counts_pages
        )
        try:
            outcome = job.run(pdf, copies, deadline, before_bytes)
        finally:
            self._keep_in_mind(job)
        self._counts_pages = self._counts_pages or outcome.pages > 0
        if outcome.result is not PrintResult.PRINTED:
            _log.info("a document ended as %s: %s", outcome.result, outcome.status.device.code)
        return outcome

    def close(self) -> None:
        """One last attempt to get rid of a job that is still owed; may be called twice."""
        if self._owed or self._must_search:
            self.status()

    def _ask(self, deadline: Deadline) -> DocumentPrinterStatus:
        answer = self._link.ask(get_printer(), deadline, self._patience.answer)
        if answer.is_not_found:
            return unknown_status(DeviceState.NO_DEVICE, "no_such_queue", f"{self._link.url}: CUPS has no such queue")
        if not answer.is_ok:
            return unknown_status(DeviceState.OFFLINE, "refused", f"{self._link.url}: {answer.words}")
        return status_of(answer.printers[0] if answer.printers else {})

    def _made_ready(self, deadline: Deadline) -> DocumentPrinterStatus:
        """Status with which the job can start; nothing of an earlier one is in the queue then."""
        status = self._ask(deadline)
        if status.can_print and not self._clear_queue(deadline, only_owed=False):
            return unknown_status(DeviceState.OFFLINE, "queue_not_clear", "an earlier job of this terminal cannot be removed")
        return status

    def _clear_queue(self, deadline: Deadline, *, only_owed: bool) -> bool:
        """Purge jobs that must not come out any more; true when none of them is left. Raises ``DeviceError``."""
        wanted = set(self._owed)
        if not only_owed:
            answer = self._link.ask(get_jobs(), deadline, self._patience.answer)
            if not answer.is_ok and not answer.is_not_found:
                raise DeviceError(self._link.url, f"CUPS does not list its jobs: {answer.words}")
            reports = [report for group in answer.jobs if (report := job_report(group)) is not None]
            wanted |= {report.job_id for report in reports if report.name.startswith(JOB_PREFIX)}
        for job_id in sorted(wanted):
            if not purge(self._link, job_id, deadline):
                self._owed.add(job_id)
                return False
            self._owed.discard(job_id)
        self._must_search = self._must_search and only_owed
        return True

    def _keep_in_mind(self, job: DocumentJob) -> None:
        if not job.may_exist:
            return
        if job.job_id is None:
            self._must_search = True
        else:
            self._owed.add(job.job_id)


def _not_printed(status: DocumentPrinterStatus) -> DocumentOutcome:
    return DocumentOutcome(PrintResult.NOT_PRINTED, status)
