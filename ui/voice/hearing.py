"""What a resident hears: brings window, voice, sounds and headphones together."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from kiosk.domain.aids import Aids, Voice
from kiosk.flow.aid_events import AidsChosen
from kiosk.flow.attention import Attention
from kiosk.flow.events import Back, Event, FieldEntered, Quit
from kiosk.flow.states import AT_REST, Step
from kiosk.workers.headset_watch import HeadsetWatch
from kiosk.workers.visit import Visit
from ui.speech import Speech
from ui.voice.earcons import Earcon
from ui.voice.narrator import Narration, Scene
from ui.voice.speaker import Speaker
from ui.widgets.buttons import Button
from ui.widgets.idle_overlay import IdleOverlay
from ui.window import KioskWindow

_TOGETHER_MS = 60
"""What changes within this time is said as one."""
_LOOKS_MS = 1_000
"""How often a screen is looked at for what it has changed by itself: that something takes longer, for one."""
_AFTER_FIRST_PICTURE_MS = 500
"""The first picture needs the processor; the voice comes after it."""
_SOUNDS = {Step.SLIP: Earcon.DONE, Step.NOT_ACCEPTED: Earcon.ERROR, Step.NOT_ELIGIBLE: Earcon.ERROR}


class Hearing(QObject):
    """Lives on the GUI thread."""

    happened = Signal(object)
    """An event of ``kiosk.flow.events``: headphones switch the voice on and off, no menu has to be seen for it."""

    def __init__(self, window: KioskWindow, speaker: Speaker, headset: HeadsetWatch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._headset = window, headset
        self.speech = Speech(speaker, self)
        self._step = Step.IDLE
        self._went_back = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)
        self._soon.timeout.connect(self._tell)
        self._looks = QTimer(self)
        self._looks.setInterval(_LOOKS_MS)
        self._looks.timeout.connect(self._tell)
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.setInterval(_AFTER_FIRST_PICTURE_MS)
        self._begin.timeout.connect(speaker.start)
        window.changed.connect(self._on_changed)
        window.happened.connect(self._on_happened)
        window.replay_wanted.connect(self._read_again)
        headset.headset_changed.connect(self._on_headset)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def follow(self, visit: Visit) -> None:
        """Hear of the steps, the end and the alarms of visits, and tell when headphones come and go."""
        visit.wiped.connect(self.forget)
        visit.step_changed.connect(self.enter)
        visit.attention.connect(self.attend)
        self.happened.connect(visit.handle)

    @Slot(object)
    def attend(self, attention: Attention) -> None:
        """A card that is left behind is an alarm, each time anew; the countdown is one by the screen that shows it."""
        scene = self._window.scene
        if attention is Attention.CARD_LEFT and scene is not None:
            self.speech.alarm(scene.look.say("say.card_left"), scene.look.language)
        elif attention is Attention.TAKE_CARD:
            self.speech.play(Earcon.DONE)

    def start(self) -> None:
        """Make the voice ready, and look for headphones."""
        self._begin.start()
        self._headset.start()

    def stop(self) -> None:
        """Fall silent, and let go of everything; may be called twice."""
        self._begin.stop()
        self._soon.stop()
        self._looks.stop()
        self.speech.forget()
        self._headset.stop()
        self.speech.speaker.close()

    @property
    def trouble(self) -> str:
        """Why nothing can be heard, a reason code ``speech.…``; empty when it can. Safe from any thread."""
        return self.speech.speaker.trouble

    @Slot(object)
    def enter(self, step: Step) -> None:
        """Another step. Who begins with headphones plugged in, perhaps since the visit before, hears from the first screen on."""
        before, self._step = self._step, step
        if before in AT_REST and step not in AT_REST and self._headset.is_plugged:
            QTimer.singleShot(0, self, self._switch_on)

    @Slot()
    def forget(self) -> None:
        """A visit has ended."""
        self._soon.stop()
        self._looks.stop()
        self.speech.forget()

    @Slot(bool)
    def _on_headset(self, plugged: bool) -> None:
        self.speech.set_headset(plugged)
        aids = self._window.aids
        if plugged:
            self._switch_on()
        elif aids.voice is Voice.HEADPHONES:
            self.happened.emit(AidsChosen(replace(aids, voice=Voice.ALOUD if aids.elder else Voice.OFF)))

    @Slot()
    def _switch_on(self) -> None:
        aids = self._window.aids
        if self._headset.is_plugged and aids.voice is not Voice.HEADPHONES:
            self.happened.emit(AidsChosen(replace(aids, voice=Voice.HEADPHONES)))

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, FieldEntered):
            return
        self._went_back = isinstance(event, Back | Quit)
        self.speech.play(Earcon.BACK if self._went_back else Earcon.TOUCH)

    @Slot()
    def _on_changed(self) -> None:
        self.speech.set_aids(self._listener())
        if not self._soon.isActive():
            self._soon.start()
        if self.speech.is_on and self._window.scene is not None:
            self._looks.start()
        else:
            self._looks.stop()

    def _listener(self) -> Aids:
        """Whoever stands at the resting screen with headphones hears where they are; nobody else has chosen anything yet."""
        aids = self._window.aids
        return replace(aids, voice=Voice.HEADPHONES) if self._step in AT_REST and self._headset.is_plugged else aids

    @Slot()
    def _tell(self) -> None:
        scene = self._window.scene
        if scene is None:
            return
        if isinstance(scene.top, IdleOverlay):
            self.speech.alarm_scene(scene)
        elif self.speech.is_on:  # else nobody listens, and reading the screen takes time
            self._sound(scene, self.speech.say_scene(scene))

    def _sound(self, scene: Scene, told: Narration) -> None:
        if told.is_new:
            if not self._went_back:
                self.speech.play(_SOUNDS.get(scene.step, Earcon.NEXT))
            self._went_back = False
        elif told.is_urgent:
            self.speech.play(Earcon.ERROR)

    @Slot()
    def _read_again(self) -> None:
        """All of the screen, also from the sheet that lies over it and holds the button."""
        scene = self._window.scene_beneath
        if scene is not None:
            self.speech.read_again(scene)

    @Slot(QWidget, QWidget)
    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Keys have reached something, or a finger an entry; a touch never moves the focus to a button."""
        if new is None or not isValid(self._window) or not self._window.isAncestorOf(new):
            return
        if isinstance(new, QLineEdit) or (isinstance(new, Button) and new.focused_by_key):
            scene = self._window.scene
            if scene is not None:
                self.speech.say(scene.look, new)
