"""What the driver counts on in a receipt printer, tried one by one on a real one: ``python -m drivers.receipt_printer conform``.

The program cannot see the paper. Where a page is printed, the printer's own confirmation is judged, and the words say what to
look for.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.conformance import Check, Finding, Verdict
from drivers.errors import Disconnected
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.models import ModelName
from drivers.receipt_printer.protocol import Command, RealTimeQuery
from drivers.receipt_printer.status_reader import StatusReader
from drivers.receipt_printer.types import Align, Block, Code128, PaperWidth, PrinterStatus, PrintResult, QrCode, Rule, Text
from drivers.transport.opening import OpenPort
from drivers.transport.port import Port
from drivers.types import Deadline

DEVICE_CLASS = "receipt_printer"
_ANSWER_S = 0.6
_ROUNDS = 20
_SETTLE_S = 0.3
_QUEUED_S = 5.0
_PAGE_S = 30.0
_POLL_S = 0.2
_FILLING = b"0123456789" * 4 + b"\n"
_AUTO_STATUS_ON, _AUTO_STATUS_OFF = Command.AUTO_STATUS + b"\x0e", Command.AUTO_STATUS + b"\x00"
_QR_TEXT, _BAR_TEXT = "CONFORM-QR-0123456789", "CONFORM-0123456789"


@dataclass(frozen=True, slots=True)
class Setting:
    """Which printer is tried, and how long a person is waited for."""

    url: str
    width: PaperWidth = "80mm"
    baudrate: int = 115200
    model: ModelName = "standard"
    patience_s: float = 60.0


class _KeptPort:
    """A port that stays open over all checks: a recording is one conversation, and is replayed as one."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.url, self.baudrate = port.url, port.baudrate
        self.write, self.read, self.read_available, self.flush_input = (
            port.write,
            port.read,
            port.read_available,
            port.flush_input,
        )

    def close(self) -> None:
        """Not yet."""


class PrinterTrial:
    """One printer under trial."""

    def __init__(self, setting: Setting, opener: OpenPort) -> None:
        """Open the line; raises ``Disconnected``."""
        self._setting = setting
        self._port = opener(setting.url, setting.baudrate)
        self._seen: set[str] = set()
        kept = _KeptPort(self._port)
        self._reader = StatusReader(kept, _ANSWER_S)
        self._printer = EscPosPrinter(
            setting.url,
            setting.width,
            setting.baudrate,
            model=setting.model,
            answer_s=_ANSWER_S,
            open_port=lambda _url, _speed, _deadline=None: kept,
        )

    def close(self) -> None:
        """Let go of the line."""
        self._port.close()

    def answers(self) -> bool:
        """False when the printer says nothing at all."""
        return self._reader.status().device.code != "no_answer"

    def checks(self) -> Sequence[Check]:
        """All checks in the order in which they make sense."""
        return (
            Check("real_time_status", "DLE EOT 1 to 4 are answered, and say that all is well", self._real_time_status),
            Check("answer_time", f"every answer comes within {_ANSWER_S} s", self._answer_time),
            _optional("automatic_status", "an automatic status (GS a) does not spoil an answer", self._automatic_status),
            _optional("queued_status", "GS r 1 confirms what was printed", self._queued_status),
            _optional("clear_buffers", "DLE DC4 fn 8 drops what is left of a failed slip", self._clear_buffers),
            Check("status_while_printing", "questions are answered in the middle of a slip", self._status_while_printing),
            *self._pages(),
            *self._hands(),
        )

    def _pages(self) -> tuple[Check, ...]:
        chinese: list[Block] = [Text("中文：瓯江潮起，一网通办。"), Text("大字", scale=2), Rule()]
        rare = [Text("生僻字：𠮷㐂䶮 ¥ü")]
        return (
            self._page("cut", "the paper is fed and cut", "two pieces, the text whole on the second", [Text("CUT")]),
            self._page("chinese", "Chinese, by its font or drawn", "中文 and 大字, no rubbish", chinese),
            self._page("rare_characters", "characters without a two-byte code are drawn", "𠮷㐂 as strokes", rare),
            self._page("qr", "a QR code", f"reads {_QR_TEXT}", [QrCode(_QR_TEXT), Text(_QR_TEXT, Align.CENTER)]),
            self._page("code128", "a CODE128 bar code", f"reads {_BAR_TEXT}", [Code128(_BAR_TEXT)]),
        )

    def _hands(self) -> tuple[Check, ...]:
        return (
            self._waiting("cover_open", "open the cover", lambda status: status.cover_open),
            self._waiting("cover_closed", "close the cover", lambda status: not status.cover_open, after="cover_open"),
            self._waiting(
                "paper_out", "take the paper out, and close the cover", lambda status: status.device.code == "paper_out"
            ),
            self._waiting(
                "paper_in", "put the paper back, and close the cover", lambda status: status.can_print, after="paper_out"
            ),
        )

    def _real_time_status(self) -> Finding:
        answers: dict[str, str | float] = {}
        status = self._reader.status()
        for query in RealTimeQuery:
            self._port.write(query.request)
            answers[f"DLE EOT {query.value}"] = self._port.read_available(16, _ANSWER_S).hex(" ").upper() or "-"
        if not status.can_print:
            return Finding(Verdict.FAILED, f"{status.device.code}: {status.device.detail or 'not ready to print'}", answers)
        return Finding(Verdict.PASSED, "all four answered: ready to print", answers)

    def _answer_time(self) -> Finding:
        taken_ms: list[float] = []
        for _ in range(_ROUNDS):
            self._reader.wait_for_quiet(Deadline(_SETTLE_S))
            began_s = time.monotonic()
            self._port.write(RealTimeQuery.PRINTER.request)
            if not self._port.read(1, Deadline(_ANSWER_S)):
                return Finding(Verdict.FAILED, f"an answer took longer than {_ANSWER_S} s", {"answered": len(taken_ms)})
            taken_ms.append((time.monotonic() - began_s) * 1000)
        measured = {"median_ms": round(statistics.median(taken_ms), 1), "max_ms": round(max(taken_ms), 1)}
        return Finding(Verdict.PASSED, f"{_ROUNDS} of {_ROUNDS} answered in time", measured)

    def _automatic_status(self) -> Finding:
        self._reader.has_changed = False
        self._port.write(_AUTO_STATUS_ON)
        limit = Deadline(_SETTLE_S)
        while not (self._reader.has_changed or limit.is_over):
            self._reader.listen(limit.remaining_s)
        has_told = self._reader.has_changed
        status = self._reader.status()
        self._port.write(_AUTO_STATUS_OFF)
        if not has_told:
            return Finding(Verdict.SKIPPED, "no automatic status came within a moment")
        verdict = Verdict.PASSED if status.can_print else Verdict.FAILED
        return Finding(verdict, f"four bytes came, and the answers behind them say {status.device.code}")

    def _queued_status(self) -> Finding:
        answer, taken_s = self._queued(b"")
        if answer is None:
            return Finding(Verdict.FAILED, "no answer to GS r: slips are printed, and their end is never confirmed")
        return Finding(Verdict.PASSED, "answered", {"answer": f"{answer:02X}", "ms": round(taken_s * 1000, 1)})

    def _queued(self, ahead: bytes) -> tuple[int | None, float]:
        self._reader.wait_for_quiet(Deadline(_SETTLE_S))
        self._reader.queued_answers.clear()
        began_s = time.monotonic()
        self._port.write(ahead + Command.QUEUED_PAPER_STATUS)
        return self._next_queued(Deadline(_QUEUED_S)), time.monotonic() - began_s

    def _next_queued(self, limit: Deadline) -> int | None:
        while not (self._reader.queued_answers or limit.is_over):
            self._reader.listen(min(_POLL_S, limit.remaining_s))
        return self._reader.queued_answers.pop(0) if self._reader.queued_answers else None

    def _clear_buffers(self) -> Finding:
        self._reader.was_cleared = False
        self._port.write(Command.CLEAR_BUFFERS)
        limit = Deadline(_SETTLE_S)
        while not (self._reader.was_cleared or limit.is_over):
            self._reader.listen(limit.remaining_s)
        if self._reader.was_cleared:
            return Finding(Verdict.PASSED, "confirmed")
        return Finding(Verdict.FAILED, "not confirmed: what is left of a failed slip is cut off before the next one instead")

    def _status_while_printing(self) -> Finding:
        self._reader.queued_answers.clear()
        self._port.write(_FILLING * 20 + Command.QUEUED_PAPER_STATUS)
        began_s = time.monotonic()
        status = self._reader.status()
        taken_ms = round((time.monotonic() - began_s) * 1000, 1)
        self._next_queued(Deadline(_QUEUED_S))
        verdict = Verdict.PASSED if status.can_print else Verdict.FAILED
        return Finding(
            verdict, f"{status.device.code}, four answers while 20 lines were on their way", {"four_answers_ms": taken_ms}
        )

    def _page(self, name: str, purpose: str, look_for: str, blocks: Sequence[Block]) -> Check:
        def print_page() -> Finding:
            outcome = self._printer.print_receipt([Text(name, Align.CENTER), *blocks], Deadline(_PAGE_S))
            if outcome.result is PrintResult.PRINTED:
                return Finding(Verdict.PASSED, f"confirmed by the printer; look for: {look_for}")
            if outcome.result is PrintResult.UNKNOWN and outcome.status.can_print:
                return Finding(Verdict.SKIPPED, f"sent, and not confirmed by the printer; look for: {look_for}")
            return Finding(Verdict.FAILED, f"{outcome.result}: {outcome.status.device.detail or outcome.status.device.code}")

        return Check(name, purpose, print_page)

    def _waiting(self, name: str, ask: str, is_so: Callable[[PrinterStatus], bool], after: str = "") -> Check:
        def wait() -> Finding:
            if after and after not in self._seen:
                return Finding(Verdict.SKIPPED, f"{after} was not seen before")
            limit = Deadline(self._setting.patience_s)
            status = self._reader.status()
            while not is_so(status) and not limit.is_over:
                limit.sleep(_POLL_S)
                status = self._reader.status()
            if is_so(status):
                self._seen.add(name)
                return Finding(Verdict.PASSED, f"told as {status.device.code}")
            return Finding(
                Verdict.SKIPPED, f"not seen within {self._setting.patience_s:g} s; the printer says {status.device.code}"
            )

        return Check(name, f"{name} is told", wait, ask=ask)


def _optional(name: str, purpose: str, run: Callable[[], Finding]) -> Check:
    """The driver finds out for itself, and does without."""
    return Check(name, purpose, run, is_required=False)


def trial(setting: Setting, opener: OpenPort) -> PrinterTrial:
    """A printer to be tried; raises ``Disconnected`` when it cannot be opened, or answers nothing at all."""
    made = PrinterTrial(setting, opener)
    if not made.answers():
        made.close()
        raise Disconnected(setting.url, "the printer does not answer DLE EOT")
    return made
