"""What a queue of CUPS and the printer behind it must do for this terminal, tried one by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime

from drivers.conformance import Check, Finding, Verdict
from drivers.document_printer.abstract import DocumentPrinter
from drivers.document_printer.sample_page import sample_pdf
from drivers.document_printer.types import DocumentOutcome, PrintResult
from drivers.types import Deadline

DEVICE_CLASS = "document_printer"
_PRINT_S = 90.0
_GONE_S = 15.0
_AGAIN_S = 1.0
_FOR_A_HAND = ("paper_out", "cover_open")
PATIENCE_S = 20.0
_STATUS_MS = 1000.0
_NOTHING_PRINTED = Finding(Verdict.SKIPPED, "the first page was not printed")


def checks(printer: DocumentPrinter, patience_s: float = PATIENCE_S) -> Sequence[Check]:
    """In the order in which they are to be run; about seven sheets of paper are used.

    ``patience_s`` is the time for each thing asked: CUPS does not look at an idle printer, so its state cannot be waited for.
    """
    trial = _Trial(printer, patience_s)
    in_time = f" (within {patience_s:.0f} s)"
    return (
        Check("answers", "CUPS answers within a second and knows the queue", trial.answers),
        Check("prints", "a test page is followed to its end", trial.prints, ask=f"load A4 paper and close all covers{in_time}"),
        Check("purges", "CUPS keeps nothing of a printed document", trial.purges),
        Check(
            "counts_pages",
            "CUPS counts pages, so that a failed job can be told from a partly printed one",
            trial.counts,
            is_required=False,
        ),
        Check("copies", "two copies of two pages are counted as four", trial.copies, is_required=False),
        Check("cancels", "a job that is given up leaves the queue, and nothing of it stays", trial.cancels),
        Check(
            "paper_out",
            "an empty tray is named, and the job ends unprinted",
            trial.paper_out,
            ask=f"take all paper out of the printer (a page is sent in {patience_s:.0f} s)",
            is_required=False,
        ),
        Check(
            "prints_again",
            "with paper back it prints, and only the new page",
            trial.prints_again,
            ask=f"put the paper back{in_time}",
        ),
    )


class _Trial:
    """The checks share what the first page has shown."""

    def __init__(self, printer: DocumentPrinter, patience_s: float) -> None:
        self._printer = printer
        self._patience_s = patience_s
        self._first: DocumentOutcome | None = None

    def answers(self) -> Finding:
        begun_s = time.monotonic()
        status = self._printer.status()
        took_ms = (time.monotonic() - begun_s) * 1000
        measured: dict[str, str | float] = {"answer_ms": round(took_ms, 1), "code": status.device.code}
        if status.device.code in ("disconnected", "no_answer", "bad_answer", "no_such_queue", "refused"):
            return Finding(Verdict.FAILED, status.device.detail, measured)
        good = took_ms <= _STATUS_MS
        return Finding(Verdict.PASSED if good else Verdict.FAILED, f"the queue is there ({status.device.code})", measured)

    def prints(self) -> Finding:
        begun_s = time.monotonic()
        self._first = self._print_when_ready()
        return _expect(self._first, PrintResult.PRINTED, time.monotonic() - begun_s)

    def purges(self) -> Finding:
        if self._first is None or not self._has_printed:
            return _NOTHING_PRINTED
        if self._first.is_purged:
            return Finding(Verdict.PASSED, "CUPS has confirmed that the job is gone")
        return Finding(
            Verdict.FAILED, "CUPS keeps the job: see PreserveJobHistory and PreserveJobFiles, and the rules of the queue"
        )

    def counts(self) -> Finding:
        if self._first is None or not self._has_printed:
            return _NOTHING_PRINTED
        return _count(self._first, 1)

    def copies(self) -> Finding:
        if not self._has_printed:
            return _NOTHING_PRINTED
        outcome = self._print(2, copies=2)
        if outcome.result is not PrintResult.PRINTED:
            return _expect(outcome, PrintResult.PRINTED, 0.0)
        return _count(outcome, 4)

    def cancels(self) -> Finding:
        if not self._has_printed:
            return _NOTHING_PRINTED
        deadline = Deadline(_PRINT_S)
        timer = threading.Timer(0.3, deadline.cancel)
        timer.start()
        outcome = self._printer.print_document(sample_pdf(_now()), deadline, title="conformance")
        timer.join()
        gone = Deadline(_GONE_S)
        status = self._printer.status()
        while (status.queued_jobs or not status.device.is_online) and not gone.is_over:
            gone.sleep(0.3)
            status = self._printer.status()
        measured: dict[str, str | float] = {"result": outcome.result.value, "pages": outcome.pages}
        if status.queued_jobs == 0:
            return Finding(Verdict.PASSED, "the queue is empty again", measured)
        return Finding(Verdict.FAILED, f"jobs in the queue: {status.queued_jobs}; {status.device.code}", measured)

    def paper_out(self) -> Finding:
        if not self._has_printed:
            return _NOTHING_PRINTED
        Deadline(self._patience_s).sleep(self._patience_s)
        begun_s = time.monotonic()
        outcome = self._print(1)
        if outcome.result is PrintResult.PRINTED:
            return Finding(Verdict.SKIPPED, "a page came out: there was paper, or the printer had taken a sheet before")
        finding = _expect(outcome, PrintResult.NOT_PRINTED, time.monotonic() - begun_s)
        if finding.verdict is Verdict.PASSED and outcome.status.device.code != "paper_out":
            return Finding(Verdict.FAILED, f"not printed, but as {outcome.status.device.code}", finding.measured)
        return finding

    def prints_again(self) -> Finding:
        begun_s = time.monotonic()
        return _expect(self._print_when_ready(), PrintResult.PRINTED, time.monotonic() - begun_s)

    def _print_when_ready(self) -> DocumentOutcome:
        """One page; again while it is named what somebody's hand has still to do."""
        patience = Deadline(self._patience_s)
        outcome = self._print(1)
        while outcome.status.device.code in _FOR_A_HAND and not patience.is_over:
            patience.sleep(_AGAIN_S)
            outcome = self._print(1)
        return outcome

    @property
    def _has_printed(self) -> bool:
        return self._first is not None and self._first.result is PrintResult.PRINTED

    def _print(self, pages: int, copies: int = 1) -> DocumentOutcome:
        pdf = sample_pdf(_now(), pages)
        return self._printer.print_document(pdf, Deadline(_PRINT_S), copies=copies, title="conformance")


def _expect(outcome: DocumentOutcome, wanted: PrintResult, seconds: float) -> Finding:
    measured: dict[str, str | float] = {"seconds": round(seconds, 2), "pages": outcome.pages, "code": outcome.status.device.code}
    detail = outcome.status.device.detail or outcome.status.device.code
    return Finding(Verdict.PASSED if outcome.result is wanted else Verdict.FAILED, f"{outcome.result}: {detail}", measured)


def _count(outcome: DocumentOutcome, wanted: int) -> Finding:
    good = outcome.pages == wanted
    measured: dict[str, str | float] = {"pages": outcome.pages}
    return Finding(Verdict.PASSED if good else Verdict.FAILED, f"{outcome.pages} of {wanted} counted", measured)


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
