"""The process for sound: ``python -m ui.voice.engine ENGINE``, for the terminal only.

A process of its own for three reasons, all measured: Qt's speech-dispatcher plug-in takes about three seconds to list espeak-ng's
thirteen thousand voices and holds Python's lock meanwhile, so that even in a thread the screen would stand; the list takes
memory that the screen's process need not hold; and what a system's sound libraries do to a process, they do to this one.
Words that are said may be personal: nothing of them is logged or kept here, and the process is hardened like the terminal's.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer, QUrl, Slot
from PySide6.QtMultimedia import QSoundEffect
from PySide6.QtTextToSpeech import QTextToSpeech

from kiosk.hardening import harden
from ui.voice import messages
from ui.voice.earcons import Earcon
from ui.voice.messages import Began, Finished, FromEngine, Play, Ready, Say, Stop, Trouble
from ui.voice.speaker import NO_ENGINE, NO_VOICE
from ui.voice.voices import voices_of

Tell = Callable[[FromEngine], None]
_State = QTextToSpeech.State
_RATE_STEP = 0.3
"""A step of ``Aids.rate`` in Qt's measure from -1 to 1."""
_FULL_VOLUME = 0.65
"""What a full volume is to Qt's speech-dispatcher plug-in: above it espeak-ng cuts its waves off."""
_SETTLE_MS = 400
"""So long an engine may take to fall silent before the next is said all the same."""
_BEGIN_MS = 3_000
"""So long it may take to begin; what has not begun by then never will."""


class _Phase(Enum):
    SILENT = 0
    ASKED = 1
    SPEAKING = 2
    STOPPING = 3
    """Told to stop; its end is still to come, and must not pass for the end of what is said next."""


class EngineVoice(QObject):
    """One ``QTextToSpeech``, told to say one thing at a time."""

    def __init__(self, name: str, tell: Tell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._phase = _Phase.SILENT
        self._number = 0
        self._next: Say | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._end)
        self._tts = QTextToSpeech(name if name in QTextToSpeech.availableEngines() else "none", self)
        is_there = self._tts.engine() == name and self._tts.state() is not _State.Error
        self._voices = voices_of(self._tts) if is_there else {}
        self._tts.stateChanged.connect(self._on_state)
        if not is_there:
            tell(Trouble(NO_ENGINE))
        elif not self._voices:
            tell(Trouble(NO_VOICE))
        else:
            tell(Ready(name, {language: voice.name() for language, voice in self._voices.items()}))

    def say(self, what: Say) -> None:
        """Say this at once, in place of whatever is being said."""
        self._next = what
        if self._phase is _Phase.SILENT:
            self._begin_next()
        else:
            self._interrupt()

    def stop(self) -> None:
        """Say nothing more."""
        self._next = None
        if self._phase is not _Phase.SILENT:
            self._interrupt()

    def _interrupt(self) -> None:
        if self._phase is not _Phase.STOPPING:
            self._phase = _Phase.STOPPING
            self._patience.start(_SETTLE_MS)
            self._tts.stop()

    def _begin_next(self) -> None:
        what, self._next = self._next, None
        if what is None:
            return
        self._number = what.number
        voice = self._voices.get(what.language)
        if voice is None:
            self._tell(Finished(what.number))
            return
        self._phase = _Phase.ASKED
        self._patience.start(_BEGIN_MS)
        if self._tts.voice() != voice:
            self._tts.setVoice(voice)
        self._tts.setRate(max(-1.0, min(1.0, what.rate * _RATE_STEP)))
        self._tts.setVolume(_FULL_VOLUME * max(0.0, min(1.0, what.volume)))
        self._tts.say(what.text)

    @Slot()
    def _end(self) -> None:
        """It is silent: said to the end, stopped, or out of patience with it."""
        self._patience.stop()
        if self._phase is _Phase.ASKED and self._tts.state() is _State.Speaking:
            # Its beginning was not told, for the engine had not told the end of the one before either.
            self._phase = _Phase.SPEAKING
            self._tell(Began(self._number))
            return
        was, self._phase = self._phase, _Phase.SILENT
        if was in (_Phase.ASKED, _Phase.SPEAKING):
            self._tell(Finished(self._number))
        self._begin_next()

    @Slot(QTextToSpeech.State)
    def _on_state(self, state: QTextToSpeech.State) -> None:
        if state is _State.Speaking:
            if self._phase is _Phase.ASKED:
                self._phase = _Phase.SPEAKING
                self._patience.stop()
                self._tell(Began(self._number))
        elif state is _State.Ready:
            # A late one, before what was asked for has begun, is of something said before.
            if self._phase in (_Phase.SPEAKING, _Phase.STOPPING):
                self._end()
        elif state is _State.Error:
            self._tell(Trouble(NO_ENGINE))
            self._end()


class Sounds(QObject):
    """The earcons, loaded once. Where there is no sound device they are not heard, and nothing else happens."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._effects: dict[str, QSoundEffect] = {}
        for earcon in Earcon:
            effect = QSoundEffect(self)
            effect.setSource(QUrl.fromLocalFile(str(earcon.path)))
            self._effects[earcon.value] = effect

    def play(self, what: Play) -> None:
        """From the beginning, even while it sounds."""
        effect = self._effects.get(what.earcon)
        if effect is not None:
            effect.setVolume(max(0.0, min(1.0, what.volume)))
            effect.play()


class Line(QObject):
    """Orders come in on one descriptor, answers go out on another; the end of the orders is the end of the process."""

    def __init__(self, orders: int, answers: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._orders, self._answers = orders, answers
        self._rest = b""
        self.waiting: deque[messages.ToEngine] = deque()
        self.take: Callable[[messages.ToEngine], None] = self.waiting.append
        os.set_blocking(orders, False)
        self._notifier = QSocketNotifier(orders, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def tell(self, message: FromEngine) -> None:
        """To the terminal; one that is gone hears nothing, and its end is noticed on the other descriptor."""
        try:
            os.write(self._answers, messages.write(message))
        except BrokenPipeError:
            QCoreApplication.quit()

    @Slot()
    def _read(self) -> None:
        try:
            read = os.read(self._orders, 65_536)
        except BlockingIOError:
            return
        if not read:
            self._notifier.setEnabled(False)
            QCoreApplication.quit()
            return
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            try:
                order = messages.read_order(line)
            except msgspec.MsgspecError:
                QCoreApplication.exit(2)
                return
            self.take(order)


def main(arguments: Sequence[str]) -> int:
    """Serve; returns when the terminal is gone."""
    harden()
    application = QCoreApplication(["oueban-sound"])
    line = Line(sys.stdin.fileno(), sys.stdout.fileno(), application)
    sounds = Sounds(application)
    voice = EngineVoice(arguments[0], line.tell, application)

    def take(order: messages.ToEngine) -> None:
        if isinstance(order, Say):
            voice.say(order)
        elif isinstance(order, Stop):
            voice.stop()
        else:
            sounds.play(order)

    line.take = take
    while line.waiting:
        take(line.waiting.popleft())
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
