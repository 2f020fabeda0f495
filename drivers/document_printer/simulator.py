"""A document printer in memory: same promises, no CUPS. For tests and for trying the terminal without any device.

It knows of its troubles only while it prints, as CUPS does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.document_printer.attributes import Attributes, PrinterState, Value
from drivers.document_printer.checks import check_call, fault_in, pages_in
from drivers.document_printer.paper import PrintedDocument
from drivers.document_printer.states import status_of, time_is_up, unknown_status
from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus, PrintResult
from drivers.status import DeviceState
from drivers.types import Deadline

_PORT = "sim://"
_TICK_S = 0.01
_REASONS = {
    "cover_open": "cover-open-error",
    "paper_jam": "media-jam-error",
    "paper_out": "media-empty-error",
    "offline": "connecting-to-device",
    "toner_out": "toner-empty-error",
    "paper_low": "media-low-warning",
    "toner_low": "toner-low-warning",
    "odd_reason": "com.example.flux-capacitor-warning",
}
_BLOCKING = ("cover_open", "paper_jam", "paper_out", "offline", "toner_out")


class SimulatedDocumentPrinter:
    """A ``DocumentPrinter``. The switches may be used from any thread, in the middle of a job too."""

    def __init__(self, *, settle_s: float = 2.0, ending_s: float = 2.0, seconds_per_page: float = 0.0) -> None:
        """``settle_s`` and ``ending_s``: see ``settle`` and ``ending`` of the driver's ``Patience``."""
        self._settle_s = settle_s
        self._ending_s = ending_s
        self._lock = threading.RLock()
        self._faults: dict[str, object] = {"slow": seconds_per_page}
        self._later: dict[str, int] = {}
        self._known: tuple[str, ...] = ()
        self._documents: list[PrintedDocument] = []
        self._is_printing = False

    @property
    def documents(self) -> list[PrintedDocument]:
        """What came out, whole or not, oldest first."""
        with self._lock:
            return list(self._documents)

    # DocumentPrinter

    def status(self) -> DocumentPrinterStatus:
        """State by the switches."""
        return self._status(while_printing=False)

    def print_document(
        self,
        pdf: bytes,
        deadline: Deadline,
        *,
        copies: int = 1,
        title: str = "document",
        before_bytes: Callable[[], None] | None = None,
    ) -> DocumentOutcome:
        """Print page by page; a fault between two pages ends the job there."""
        check_call(copies, title)
        fault = fault_in(pdf)
        if fault is not None:
            return DocumentOutcome(PrintResult.NOT_PRINTED, unknown_status(DeviceState.USER_ERROR, *fault))
        before = time_is_up() if deadline.is_over else self.status()
        if not before.can_print:
            return DocumentOutcome(PrintResult.NOT_PRINTED, before)
        if before_bytes is not None:
            before_bytes()
        return self._come_out(pdf, pages_in(pdf) * copies, deadline)

    def close(self) -> None:
        """Nothing to let go of."""

    # Switches

    def set_fault(self, name: str, value: object = True, after_pages: int | None = None) -> None:
        """A fault from now on, or once so many pages of the next job are out. Names as in the emulator."""
        with self._lock:
            if after_pages is None:
                self._faults[name] = value
            else:
                self._later[name] = after_pages

    def clear_fault(self, name: str) -> None:
        """That fault is gone."""
        with self._lock:
            self._faults.pop(name, None)

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()
            self._later.clear()

    def stop_queue(self) -> None:
        """Pause the queue, as an operator would."""
        self.set_fault("paused")

    def resume_queue(self) -> None:
        """Let it go on."""
        self.clear_fault("paused")

    def reject_jobs(self, is_rejecting: bool = True) -> None:
        """The queue takes no jobs, or takes them again."""
        self.set_fault("rejecting", is_rejecting)

    def freeze(self) -> None:
        """Answer nothing until ``clear``."""
        self.set_fault("frozen")

    def unplug(self, seconds: float | None = None) -> None:
        """CUPS is gone until ``plug`` or ``clear``, or for ``seconds``."""
        self.set_fault("away", True if seconds is None else Deadline(seconds))

    def plug(self) -> None:
        """CUPS is back."""
        self.clear_fault("away")

    # Inside

    def _is_on(self, name: str) -> bool:
        with self._lock:
            value = self._faults.get(name)
            return not value.is_over if isinstance(value, Deadline) else bool(value)

    def _status(self, *, while_printing: bool) -> DocumentPrinterStatus:
        with self._lock:
            if self._is_on("away"):
                return unknown_status(DeviceState.NO_DEVICE, "disconnected", f"{_PORT}: CUPS is away")
            if self._is_on("frozen"):
                return unknown_status(DeviceState.UNKNOWN, "no_answer", f"{_PORT}: CUPS does not answer")
            if while_printing:
                self._known = tuple(reason for name, reason in _REASONS.items() if self._is_on(name))
            return status_of(self._attributes(), while_printing=while_printing)

    def _attributes(self) -> Attributes:
        paused = self._is_on("paused")
        state = PrinterState.STOPPED if paused else PrinterState.PROCESSING if self._is_printing else PrinterState.IDLE
        found: dict[str, tuple[Value, ...]] = {
            "printer-state": (int(state),),
            "printer-state-reasons": (*self._known, *(("paused",) if paused else ())) or ("none",),
            "printer-is-accepting-jobs": (not self._is_on("rejecting"),),
            "queued-job-count": (int(self._is_printing),),
        }
        return found

    def _come_out(self, pdf: bytes, pages: int, deadline: Deadline) -> DocumentOutcome:
        if deadline.is_over:  # the hook took its time
            return DocumentOutcome(PrintResult.NOT_PRINTED, time_is_up())
        follow_until = Deadline(deadline.remaining_s - min(self._ending_s, deadline.remaining_s / 4))
        self._is_printing = True
        printed, outcome = 0, None
        self._after_page(0)
        while outcome is None and printed < pages:
            outcome = self._stopped(printed, deadline, follow_until)
            if outcome is None:
                printed += 1
                self._after_page(printed)
        # What happens behind the last page, before the sheet is out, leaves a document that nobody can vouch for.
        outcome = outcome or self._stopped(printed, deadline, follow_until, is_last=True)
        self._is_printing = False
        with self._lock:
            if printed:
                self._documents.append(PrintedDocument(pages, printed, pdf if outcome is None else None))
        return outcome or DocumentOutcome(PrintResult.PRINTED, self.status(), printed)

    def _after_page(self, printed: int) -> None:
        with self._lock:
            for name in [name for name, pages in self._later.items() if pages <= printed]:
                del self._later[name]
                self._faults[name] = True

    def _stopped(self, printed: int, deadline: Deadline, until: Deadline, *, is_last: bool = False) -> DocumentOutcome | None:
        """How the job ends here, if it does."""
        if not is_last:
            with self._lock:
                pace = self._faults.get("slow", 0.0)
            deadline.sleep(min(float(pace) if isinstance(pace, int | float) else 0.0, until.remaining_s))
            if self._takes("fail"):
                status = unknown_status(DeviceState.HARDWARE_ERROR, "job_aborted", "the printer does not take the data")
                return _ended(printed, status)
            if self._takes("stop_in_job"):
                self.stop_queue()
                return _ended(printed, self._status(while_printing=True))
        return self._held_up(printed, deadline, until)

    def _held_up(self, printed: int, deadline: Deadline, until: Deadline) -> DocumentOutcome | None:
        settling = Deadline(self._settle_s)
        was_away = False
        while not (deadline.is_over or until.is_over):
            status = self._status(while_printing=True)
            if status.device.code in ("disconnected", "no_answer"):
                was_away |= status.device.code == "disconnected"
            elif was_away:
                begun_anew = unknown_status(DeviceState.OFFLINE, "job_begun_anew", "a second time")
                return _ended(printed, begun_anew, is_certain=False)
            elif not self._is_on("hang") and not any(self._is_on(name) for name in _BLOCKING):
                return None
            elif not status.can_print and settling.is_over:
                return _ended(printed, status)
            deadline.sleep(min(_TICK_S, until.remaining_s))
        status = self._status(while_printing=True)
        return _ended(printed, time_is_up() if status.can_print else status, is_certain=False)

    def _takes(self, name: str) -> bool:
        """True when the fault is due; a number in its place is used up by one."""
        with self._lock:
            value = self._faults.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value:
                self._faults[name] = value - 1
            return bool(value)


def _ended(printed: int, status: DocumentPrinterStatus, *, is_certain: bool = True) -> DocumentOutcome:
    nothing = PrintResult.NOT_PRINTED if is_certain else PrintResult.UNKNOWN
    return DocumentOutcome(PrintResult.PARTLY_PRINTED if printed else nothing, status, printed)
