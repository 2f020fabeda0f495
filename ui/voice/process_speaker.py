"""The speaker of a terminal: keeps the process for sound running, and hands it what is to be heard."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Slot

from ui.voice import messages
from ui.voice.earcons import Earcon
from ui.voice.engine_words import HIDDEN_WORD
from ui.voice.messages import Began, Play, Ready, Say, Stop, ToEngine, Trouble
from ui.voice.speaker import LOST, STARTING, Speaker, Spoken

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
_FIRST_WAIT_MS, _LONGEST_WAIT_MS = 1_000, 60_000
_LINE_LIMIT = 65_536
_END_MS = 2_000
_HANG_MS = 8_000
"""The engine lets go of what it cannot begin after three seconds; a process that does not even tell that hangs in a library."""


class ProcessSpeaker(Speaker):
    """Lives on the GUI thread and never waits there: the newest of what cannot be said yet is said when the process is ready."""

    def __init__(self, engine: str = "speechd", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._trouble = STARTING
        self._ready: Ready | None = None
        self._wanted: Say | None = None
        self._saying = 0
        """Number of what the process was told to say and has not ended; 0: nothing."""
        self._closing = False
        self._wait_ms = _FIRST_WAIT_MS
        self._rest = b""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._run)
        self._hangs = QTimer(self)
        self._hangs.setSingleShot(True)
        self._hangs.setInterval(_HANG_MS)
        self._hangs.timeout.connect(self._on_hang)
        self._process = QProcess(self)
        self._process.setProcessEnvironment(_environment())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._on_end)
        self._process.errorOccurred.connect(self._on_error)

    @property
    def trouble(self) -> str:
        """Why nothing can be heard now."""
        return self._trouble

    @property
    def voices(self) -> dict[str, str]:
        """Which voice speaks which language, for staff; empty before the engine is ready."""
        return {language.value: name for language, name in self._ready.voices.items()} if self._ready is not None else {}

    def start(self) -> None:
        """Start the process; it is ready in a few seconds."""
        self._run()

    def say(self, number: int, spoken: Spoken) -> None:
        """Say this at once, or as soon as there is an engine; without one nobody is kept waiting."""
        what = Say(number, spoken.text, spoken.language, spoken.rate, spoken.volume)
        if self._ready is not None:
            self._hand_over(what)
        elif self._trouble == STARTING:
            self._wanted = what
        else:
            QTimer.singleShot(0, self, lambda: self.finished.emit(number))

    def stop(self) -> None:
        """Say nothing more."""
        self._wanted = None
        self._saying = 0
        if self._ready is not None:
            self._send(Stop())

    def play(self, earcon: Earcon, volume: float) -> None:
        """A short sound; sounds need no voice."""
        self._send(Play(earcon.value, volume))

    def close(self) -> None:
        """End the process."""
        self._closing = True
        self._again.stop()
        self._hangs.stop()
        self._wanted = self._ready = None
        if self._process.state() is QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        self._process.kill()
        self._process.waitForFinished(_END_MS)

    def _hand_over(self, what: Say) -> None:
        self._saying = what.number
        if not self._hangs.isActive():
            self._hangs.start()
        self._send(what)

    def _send(self, message: ToEngine) -> None:
        if self._process.state() is QProcess.ProcessState.Running:
            self._process.write(messages.write(message))

    @Slot()
    def _run(self) -> None:
        self._rest = b""
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()  # it has found no engine; its successor looks again as soon as it has ended
            return
        self._set_trouble(STARTING)
        program, *arguments = _command()
        self._process.start(program, [*arguments, self._engine])

    @Slot()
    def _read(self) -> None:
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            try:
                self._take(messages.read_answer(line))
            except msgspec.MsgspecError:
                _log.warning("the process for sound talks nonsense and is started anew")
                self._process.kill()
                return
        if len(self._rest) > _LINE_LIMIT:
            self._process.kill()

    def _take(self, answer: messages.FromEngine) -> None:
        self._hangs.stop()
        if isinstance(answer, Ready):
            self._ready, self._wait_ms = answer, _FIRST_WAIT_MS
            wanted, self._wanted = self._wanted, None
            if wanted is not None:
                self._hand_over(wanted)
            self._set_trouble("")
        elif isinstance(answer, Trouble):
            self._give_up(answer.code)
        elif isinstance(answer, Began):
            self.began.emit(answer.number)
        elif answer.number == self._saying:
            self._saying = 0
            self.finished.emit(answer.number)

    @Slot()
    def _on_hang(self) -> None:
        _log.warning("the process for sound does not answer and is started anew")
        self._process.kill()

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._on_end()

    @Slot()
    def _on_end(self) -> None:
        """It died, or could not be started: try again, more and more seldom."""
        self._ready = None
        if self._closing:
            return
        self._give_up(LOST)
        self._again.start(self._wait_ms)
        self._wait_ms = min(_LONGEST_WAIT_MS, 2 * self._wait_ms)

    def _give_up(self, code: str) -> None:
        """Nobody waits for the end of what will not be said; and an engine may be there later."""
        self._ready = None
        self._set_trouble(code)
        wanted, self._wanted = self._wanted, None
        number, self._saying = wanted.number if wanted is not None else self._saying, 0
        if number:
            self.finished.emit(number)
        if code != LOST:
            self._again.start(_LONGEST_WAIT_MS)

    def _set_trouble(self, code: str) -> None:
        if code != self._trouble:
            self._trouble = code
            _log.info("speech: %s", code or "ready")
            self.trouble_changed.emit(code)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, HIDDEN_WORD]
    return [sys.executable, "-m", "ui.voice.engine"]


def _environment() -> QProcessEnvironment:
    found = QProcessEnvironment.systemEnvironment()
    if not getattr(sys, "frozen", False):
        path = os.pathsep.join((str(_ROOT), *filter(None, (found.value("PYTHONPATH"),))))
        found.insert("PYTHONPATH", path)
    return found
