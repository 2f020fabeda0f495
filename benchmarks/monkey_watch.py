"""Who watches the monkey: exceptions, a GUI thread that stands still, whatever is left of a resident when nobody is served."""

from __future__ import annotations

import faulthandler
import gc
import linecache
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from benchmarks import monkey_world
from benchmarks.monkey_world import CANARIES, CHILD
from kiosk.app import Terminal
from kiosk.demo.cast import NEWCOMER
from kiosk.flow.session import SessionContext
from ui.widgets.images import Mirror, SlipPicture
from ui.widgets.signature_pad import SignaturePad

HANG_S = 5.0
"""The GUI thread must never stand still for so long."""
DEAD_S = 120.0
"""After so long the process tells where it stands and ends."""
_PULSE_MS = 20
_STOP_S = 0.05
_TOLERATED = ("a second window was kept away", "a link was not opened")
"""What the monkey provokes on purpose."""


class Watch(QObject):
    """Installs itself where Python and the terminal tell of trouble."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.findings: list[str] = []
        self.warnings: dict[str, int] = {}
        self.stops: list[tuple[float, str]] = []
        """When the GUI thread stood still for more than 50 ms: seconds, and doing what."""
        self.where = ""
        """What the monkey did last; part of every finding."""
        self._beat_s = time.monotonic()
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self._on_pulse)
        self._pulse.start(_PULSE_MS)
        self._before = sys.excepthook
        sys.excepthook = self._on_uncaught
        threading.excepthook = self._on_uncaught_in_thread
        terminal._hands.broke.connect(self._on_broke)
        self._handler = _Ear(self)
        logging.getLogger().addHandler(self._handler)

    def close(self) -> None:
        """Let go of the hooks."""
        self._pulse.stop()
        sys.excepthook = self._before
        threading.excepthook = threading.__excepthook__
        logging.getLogger().removeHandler(self._handler)
        faulthandler.cancel_dump_traceback_later()

    def doing(self, what: str) -> None:
        """The next action."""
        self.where = what
        faulthandler.dump_traceback_later(DEAD_S, exit=True)

    def note(self, finding: str) -> None:
        """Something is wrong."""
        self.findings.append(f"{finding} [{self.where}]")

    def pause(self) -> None:
        """The watch itself has held up the GUI thread."""
        self._beat_s = time.monotonic()

    def heard(self, record: logging.LogRecord) -> None:
        """A warning in the log."""
        words = record.getMessage()
        if words.startswith(_TOLERATED):
            return
        self.warnings[f"{record.name}: {record.msg}"] = self.warnings.get(f"{record.name}: {record.msg}", 0) + 1
        if "the visit ends because of" in words:
            self.note(words)
        if leaked := hits([words]):
            self.note(f"a log record holds {leaked}")

    def _on_pulse(self) -> None:
        now_s = time.monotonic()
        gap_s, self._beat_s = now_s - self._beat_s - _PULSE_MS / 1000, now_s
        if gap_s > _STOP_S:
            self.stops.append((gap_s, self.where))
        if gap_s > HANG_S:
            self.note(f"the GUI thread stood still for {gap_s:.1f} s")

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.note("".join(traceback.format_exception(kind, error, trace)))
        self._before(kind, error, trace)

    def _on_uncaught_in_thread(self, told: threading.ExceptHookArgs) -> None:
        self.note("".join(traceback.format_exception(told.exc_type, told.exc_value, told.exc_traceback)))

    def _on_broke(self, error: object) -> None:
        if isinstance(error, BaseException):
            self.note("".join(traceback.format_exception(error)))


class _Ear(logging.Handler):
    """Hands warnings on; from any thread."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.WARNING)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        """As it comes."""
        self._watch.heard(record)


def hits(texts: Iterable[str]) -> list[str]:
    """The canaries in these texts, however they are broken for the screen."""
    whole = "\n".join(texts).replace("\u200b", "").replace(" ", "")
    return [canary for canary in CANARIES if canary in whole]


def left_behind(terminal: Terminal) -> list[str]:
    """Everything of a resident that session, widgets, clipboard and keyboard still hold; nobody is served now."""
    found = [f"the session holds {name}" for name in SessionContext.__slots__ if _holds(getattr(terminal.visit.session, name))]
    for widget in QApplication.allWidgets():
        found += _left_in(widget)
    clipboard = QGuiApplication.clipboard()
    if clipboard.text():
        found.append("the clipboard holds a text")
    keyboard = terminal.window.keyboard
    if keyboard is not None and hits(keyboard.candidates()):
        found.append("the keyboard offers words of the resident")
    return found


def _holds(value: Any) -> bool:
    """Empty containers, empty texts and untouched values hold nothing."""
    return bool(value) and value != type(value)()


def _left_in(widget: QWidget) -> list[str]:
    name = f"{type(widget).__name__} {widget.objectName()}"
    words = [widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle(), widget.toolTip()]
    if isinstance(widget, QLabel | QAbstractButton):
        words.append(widget.text())
    if isinstance(widget, QLineEdit):
        widget.blockSignals(True)
        words += [widget.text(), widget.placeholderText(), widget.selectedText()]
        was_empty = not widget.text()
        widget.undo()
        words.append(widget.text())
        if not was_empty or widget.text():
            return [f"{name} holds a text, or brings it back by undo"]
    if isinstance(widget, SignaturePad | Mirror | SlipPicture) and not widget.is_empty:
        return [f"{name} holds a picture"]
    return [f"{name} holds {leaked}" for leaked in [hits(words)] if leaked]


def left_in_memory() -> list[str]:
    """Texts with canaries anywhere in Python's memory: who holds them, and who holds that. Takes about a second."""
    linecache.clearcache()  # sources of emulators and tests hold these words too
    gc.collect()
    ours = {id(CANARIES), id(NEWCOMER), id(CHILD), id(vars(monkey_world)), id(vars(sys.modules[__name__]))}
    found = [holder for holder in gc.get_objects() if id(holder) not in ours and _holds_a_canary(holder)]
    told = {f"a {_kind(holder)} in {', '.join(_kind(one) for one in _referrers(holder, found))}" for holder in found}
    return sorted(told)


def _holds_a_canary(holder: object) -> bool:
    return any(type(part) is str and part not in CANARIES and bool(hits([part])) for part in gc.get_referents(holder))


def _referrers(holder: object, found: list[object]) -> list[object]:
    return [one for one in gc.get_referrers(holder) if one is not found and type(one).__name__ != "frame"][:3]


def _kind(holder: object) -> str:
    """Never the text itself: this report is made of what it searches for."""
    keys = f" of {sorted(key for key in holder if isinstance(key, str))[:4]}" if isinstance(holder, dict) else ""
    return f"{type(holder).__module__}.{type(holder).__qualname__}{keys}"
