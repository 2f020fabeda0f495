"""Speech 声音: says the screen and what the keys reach, hears nothing, and never blocks.

Whoever builds on it needs four calls: ``say`` a widget, ``say_text``, ``replay``, ``interrupt``. What may be heard by whom is
decided here alone: personal data goes to a voice only while ``is_private``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from kiosk.domain.aids import PLAIN, Aids, Voice
from kiosk.domain.language import Language
from kiosk.flow.states import Step
from ui.look import Look
from ui.voice.earcons import ALARMS, Earcon
from ui.voice.narrator import Narration, Narrator, Scene, told
from ui.voice.speaker import Speaker, Spoken, loudness
from ui.voice.spoken import sentences, speakable

_ALARM_MS = 20_000
"""An alarm that an engine never ends keeps everything else waiting no longer than this."""
_WAITING = 3
"""So much may wait behind an alarm; the oldest goes."""


@dataclass(frozen=True, slots=True)
class _Utterance:
    text: str = field(repr=False)
    language: Language
    is_alarm: bool = False


class Speech(QObject):
    """One voice for the whole terminal. Lives on the GUI thread."""

    spoke = Signal(str)
    """A text went to the voice, for tests and for a developer's drawer: personal while ``is_private``."""

    def __init__(self, speaker: Speaker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speaker = speaker
        self._narrator = Narrator()
        self._aids = PLAIN
        self._headset = False
        self._last: _Utterance | None = None
        self._saying: _Utterance | None = None
        self._number = 0
        self._waiting: deque[_Utterance] = deque(maxlen=_WAITING)
        self._alarm_ends = QTimer(self)
        self._alarm_ends.setSingleShot(True)
        self._alarm_ends.setInterval(_ALARM_MS)
        self._alarm_ends.timeout.connect(self._go_on)
        speaker.finished.connect(self._on_finished)

    @property
    def is_on(self) -> bool:
        """Whether anything is said; headphones that were pulled out hear nothing, and nobody else does in their place."""
        voice = self._aids.voice
        return voice is Voice.ALOUD or (voice is Voice.HEADPHONES and self._headset)

    @property
    def is_private(self) -> bool:
        """Whether only the resident hears it."""
        return self._aids.voice is Voice.HEADPHONES and self._headset

    @property
    def has_headset(self) -> bool:
        """Whether headphones are plugged in, as far as is known."""
        return self._headset

    def set_aids(self, aids: Aids) -> None:
        """Speak as this resident wants; silence, and another listener, begin at once."""
        before = (self.is_on, self.is_private)
        self._aids = aids
        self._heard_by_others(before)

    def set_headset(self, plugged: bool) -> None:
        """Headphones were plugged in or pulled out: what was said into them stops before it could be heard aloud."""
        before = (self.is_on, self.is_private)
        self._headset = plugged
        self._heard_by_others(before)

    def _heard_by_others(self, before: tuple[bool, bool]) -> None:
        if before == (self.is_on, self.is_private):
            return
        self.interrupt()
        self._last = None
        self._narrator.forget()

    def say_scene(self, scene: Scene) -> Narration:
        """Say a screen, or what has changed on it; tells what that was, whether or not anybody hears it.

        A change waits for the end of what is being said, unless it is trouble, or a movement that the face check asks for now.
        """
        found = self._narrator.of_scene(scene)
        waits = not (found.is_new or found.is_urgent or scene.step is Step.FACE)
        self._say(told(scene.look, found.pieces, private=self.is_private), scene.look.language, waits=waits)
        return found

    def read_again(self, scene: Scene) -> None:
        """Say all of a screen, whatever was said of it before."""
        self._say(told(scene.look, self._narrator.whole(scene), private=self.is_private), scene.look.language)

    def say(self, look: Look, widget: QWidget) -> None:
        """Say what the keys have reached, in place of whatever is being said."""
        self._say(told(look, self._narrator.of_widget(look, widget), private=self.is_private), look.language)

    def say_text(self, text: str, language: Language, *, personal: bool = False) -> None:
        """Say words of one's own; personal ones through headphones only."""
        if not personal or self.is_private:
            self._say(sentences([speakable(text, language)], language), language)

    def alarm(self, text: str, language: Language) -> None:
        """A sound, whatever is switched off; and, with a voice, words that nothing interrupts."""
        self.play(Earcon.ATTENTION)
        if self.is_on:
            self._begin(_Utterance(sentences([speakable(text, language)], language), language, is_alarm=True))

    def alarm_scene(self, scene: Scene) -> None:
        """The same with the words of a screen that is the alarm; once for each time it comes up."""
        found = self._narrator.of_scene(scene)
        if found.is_new:
            self.alarm(told(scene.look, found.pieces, private=False), scene.look.language)

    def play(self, earcon: Earcon) -> None:
        """A short sound; without a voice only alarms sound."""
        if self.is_on or earcon in ALARMS:
            self.speaker.play(earcon, loudness(self._aids.volume))

    def replay(self) -> None:
        """Say the last thing again."""
        if self._last is not None:
            self._begin_or_wait(self._last)

    def interrupt(self, *, alarms: bool = False) -> None:
        """Fall silent; an alarm goes on unless ``alarms``."""
        if self._is_alarming and not alarms:
            self._waiting.clear()
            return
        self._saying = None
        self._waiting.clear()
        self._alarm_ends.stop()
        self.speaker.stop()

    def forget(self) -> None:
        """A visit has ended: nothing of it can be said again."""
        self._last = None
        self._narrator.forget()
        self.interrupt()

    @property
    def _is_alarming(self) -> bool:
        return self._saying is not None and self._saying.is_alarm

    def _say(self, text: str, language: Language, *, waits: bool = False) -> None:
        """``waits``: it belongs to what is being said, and waits for its end."""
        if not text or not self.is_on:
            return
        utterance = _Utterance(text, language)
        self._last = utterance
        if waits and self._saying is not None:
            self._waiting.append(utterance)
        else:
            self._begin_or_wait(utterance)

    def _begin_or_wait(self, utterance: _Utterance) -> None:
        self._waiting.clear()
        if self._is_alarming:
            self._waiting.append(utterance)
        else:
            self._begin(utterance)

    def _begin(self, utterance: _Utterance) -> None:
        self._number += 1
        self._saying = utterance
        if utterance.is_alarm:
            self._alarm_ends.start()
        self.spoke.emit(utterance.text)
        self.speaker.say(self._number, Spoken(utterance.text, utterance.language, self._aids.rate, loudness(self._aids.volume)))

    @Slot(int)
    def _on_finished(self, number: int) -> None:
        if number == self._number:
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        self._alarm_ends.stop()
        self._saying = None
        if self._waiting:
            self._begin(self._waiting.popleft())
