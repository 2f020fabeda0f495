"""A document printer to hurt: a real CUPS of its own, a back end that prints into a folder, and a line that can fail."""

from __future__ import annotations

import json
import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from drivers.document_printer.emulator_gate import Gate, LineFault
from drivers.document_printer.paper import PrintedDocument
from drivers.document_printer.private_cups import PrivateCups, Queue
from drivers.document_printer.protocol import OPERATION

QUEUE_NAME = "a4"
_SCHEME = "oueban-emulator"


@dataclass(slots=True)
class _Due:
    """A fault of the line that is to come."""

    fault: LineFault
    times: int | None
    operation: int | None
    probability: float


class DocumentPrinterEmulator:
    """All methods may be called from any thread. Documents appear in ``out_dir`` as ``NNN.json`` and ``NNN.pdf``."""

    def __init__(
        self,
        out_dir: Path | None = None,
        *,
        port: int = 0,
        error_policy: str = "abort-job",
        keeps_jobs: bool = True,
        flush_s: int = 0,
        run_as: str | None = None,
    ) -> None:
        """Start CUPS; ``CupsMissing`` when this machine has none, ``OSError`` when the port is taken."""
        self._lock = threading.RLock()
        self._due: list[_Due] = []
        self._return: threading.Timer | None = None
        self._is_away = False
        self._stack = ExitStack()
        with ExitStack() as stack:
            backends = {_SCHEME: Path(__file__).with_name("emulator_backend.py")}
            self.cups = stack.enter_context(
                PrivateCups([], backends=backends, keeps_jobs=keeps_jobs, flush_s=flush_s, run_as=run_as, starts=False)
            )
            self._folder = self.cups.folder / "printer"
            self._out = self._prepare(out_dir)
            self.cups.own(self._folder)
            self.cups.own(self._folder / "out")
            self.cups.add_queue(Queue(QUEUE_NAME, f"{_SCHEME}:{self._folder}", error_policy=error_policy))
            self.cups.start()
            self._gate = stack.enter_context(Gate(self.cups.socket_path, self._take_fault, port))
            stack.callback(self._forget_return)
            self._stack = stack.pop_all()

    @property
    def url(self) -> str:
        """For the driver's settings."""
        return f"ipp://127.0.0.1:{self._gate.port}/printers/{QUEUE_NAME}"

    @property
    def documents(self) -> list[PrintedDocument]:
        """What came out, whole or not, oldest first."""
        return [_read(path) for path in sorted(self._out.glob("*.json"))]

    def close(self) -> None:
        """Stop everything and remove CUPS' folder; may be called twice."""
        self._stack.close()

    def __enter__(self) -> DocumentPrinterEmulator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # The printer

    def set_fault(self, name: str, value: object = True, after_pages: int | None = None) -> None:
        """A fault of the printer from now on, or once so many pages of the next job are out. Names as in the back end."""
        with self._lock:
            faults = self._faults()
            if after_pages is None:
                faults[name] = value
            else:
                later = faults.get("later")
                faults["later"] = {**(later if isinstance(later, dict) else {}), name: after_pages}
            self._set_faults(faults)

    def clear_fault(self, name: str) -> None:
        """That fault is gone."""
        with self._lock:
            faults = self._faults()
            faults.pop(name, None)
            self._set_faults(faults)

    def clear(self) -> None:
        """All is well again, the queue and the line too; a printer that is away comes back."""
        with self._lock:
            self._due.clear()
            self._gate.delay_s = 0.0
            self._set_faults({})
            self.cups.freeze(False)
            self.plug()
        self.cups.command("cupsenable", QUEUE_NAME)
        self.cups.command("cupsaccept", QUEUE_NAME)

    # CUPS

    def stop_queue(self) -> None:
        """Pause the queue, as an operator would; raises ``ValueError`` when CUPS does not do it."""
        self.cups.command("cupsdisable", QUEUE_NAME)

    def resume_queue(self) -> None:
        """Let it go on."""
        self.cups.command("cupsenable", QUEUE_NAME)

    def reject_jobs(self, is_rejecting: bool = True) -> None:
        """The queue takes no jobs, or takes them again."""
        self.cups.command("cupsreject" if is_rejecting else "cupsaccept", QUEUE_NAME)

    def freeze(self) -> None:
        """CUPS takes everything and answers nothing until ``clear``."""
        self.cups.freeze()

    def restart(self) -> None:
        """Stop CUPS in order and start it again."""
        with self._lock:
            self.cups.stop()
            self.cups.start()

    def unplug(self, seconds: float | None = None) -> None:
        """CUPS is gone, as after a power cut, and back after ``seconds``; without them when ``plug`` is called."""
        with self._lock:
            self._forget_return()
            self._is_away = True
            self.cups.crash()
            if seconds is not None:
                self._return = threading.Timer(seconds, self.plug)
                self._return.name = "cups returns"
                self._return.start()

    def plug(self) -> None:
        """CUPS is back."""
        with self._lock:
            if self._is_away:
                self._is_away = False
                self.cups.start()

    # The line

    def line_fault(
        self, fault: LineFault, times: int | None = None, operation: int | None = None, probability: float = 1.0
    ) -> None:
        """The next so many answers suffer from it, all without ``times``; ``operation``: only answers to such questions."""
        with self._lock:
            self._due.append(_Due(fault, times, operation, probability))

    def slow_line(self, seconds: float) -> None:
        """Hold each answer back so long."""
        self._gate.delay_s = seconds

    def _take_fault(self, operation: int) -> LineFault | None:
        with self._lock:
            for due in self._due:
                if due.operation in (None, operation) and random.random() < due.probability:  # noqa: S311 - chance, no secret
                    if due.times is not None:
                        due.times -= 1
                        if due.times <= 0:
                            self._due.remove(due)
                    return due.fault
        return None

    # Inside

    def _prepare(self, out_dir: Path | None) -> Path:
        self._folder.mkdir()
        if out_dir is None:
            out = self._folder / "out"
            out.mkdir()
            return out
        out_dir.mkdir(parents=True, exist_ok=True)
        (self._folder / "out").symlink_to(out_dir.resolve())
        return out_dir

    def _faults(self) -> dict[str, object]:
        path = self._folder / "faults.json"
        if not path.exists():
            return {}
        found = json.loads(path.read_text(encoding="ascii"))
        return found if isinstance(found, dict) else {}

    def _set_faults(self, faults: dict[str, object]) -> None:
        beside = self._folder / "faults.set"
        beside.write_text(json.dumps(faults), encoding="ascii")
        beside.replace(self._folder / "faults.json")

    def _forget_return(self) -> None:
        timer, self._return = self._return, None
        if timer is not None:
            timer.cancel()
            if timer is not threading.current_thread():
                timer.join(timeout=5.0)


def _read(path: Path) -> PrintedDocument:
    record = json.loads(path.read_text(encoding="ascii"))
    pdf = path.with_suffix(".pdf")
    return PrintedDocument(record["pages"], record["printed"], pdf.read_bytes() if pdf.exists() else None)


OPERATIONS = {
    "create-job": OPERATION.CREATE_JOB,
    "send-document": OPERATION.SEND_DOCUMENT,
    "cancel-job": OPERATION.CANCEL_JOB,
    "get-job": OPERATION.GET_JOB_ATTRIBUTES,
    "get-jobs": OPERATION.GET_JOBS,
    "get-printer": OPERATION.GET_PRINTER_ATTRIBUTES,
}
"""Questions by the names that the fault language uses."""
