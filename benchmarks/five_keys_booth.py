"""A machine with headphones, and somebody before it who sees nothing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kiosk.catalogue.deciding import From, Status
from kiosk.catalogue.models import FieldKind, Item
from kiosk.demo.cast import STAFF_ID, STAFF_PIN
from kiosk.demo.residents import Resident
from kiosk.domain.aids import Voice
from kiosk.domain.identity import Route
from kiosk.flow import events as ev
from kiosk.flow import knowing
from kiosk.flow.paper_views import PapersView
from kiosk.flow.presenter import present
from kiosk.flow.shelving import BUNDLES
from kiosk.flow.states import Step
from kiosk.flow.views import FieldView, FormView
from kiosk.headless.flow import WorldFlow
from kiosk.workers.headset_watch import HeadsetWatch
from tests.helpers.by_ear import CONFIRM, SCREEN_IS_SAID_MS, ByEar, NeverHeard
from tests.helpers.listening import Recorder
from ui.five_keys.keys import DOWN, RIGHT, UP, FiveKeys
from ui.five_keys.stage import SpeechListener, WindowStage
from ui.voice.hearing import Hearing
from ui.widgets.buttons import Button
from ui.window import KioskWindow

_SETTLE_MS = 30
_MOST_STEPS = 40
_MOST_STOPS = 150
_WORD = {"ni": "你", "hao": "好"}
"""Written wherever a text is asked for: what it says does not matter here."""
_PAPER_WAYS = (From.DECLARE, From.SCAN, From.PROMISE)
_SHOWN_ONLY = frozenset({Step.GUIDE, Step.REVIEW, Step.SLIP, Step.PROOF})
_ONE_THING = {
    Step.CONSENT: "consent_yes",
    Step.ROUTE: f"route:{Route.ID_CARD_STAFF.value}",
    Step.SIGN: "signature_stated",
    Step.RATING: "grade:5",
    Step.ANOTHER: "another_no",
}


class Lost(Exception):
    """Whoever hears and has five keys gets no further; the message says where."""


class Headphones(HeadsetWatch):
    """They are in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(tuple, parent=parent)

    @property
    def is_plugged(self) -> bool:
        """Yes."""
        return True


class Keys(FiveKeys):
    """Tells what has been reached, for whoever counts."""

    @property
    def here(self) -> QWidget | None:
        """The widget that was last read."""
        return self._here


class Booth(QObject):
    """One resident with one matter; ``leave`` when done."""

    def __init__(self, window: KioskWindow, flow: WorldFlow, resident: Resident) -> None:
        super().__init__(window)
        self._window, self._flow, self._resident = window, flow, resident
        recorder = Recorder(self)
        self._hands = ByEar(window, recorder)
        headphones = Headphones(self)
        self._hearing = Hearing(window, recorder, headphones)
        self._stage = WindowStage(window)
        self._keys = Keys(self._stage, SpeechListener(window, self._hearing.speech), self)
        self._window.windowHandle().installEventFilter(self._keys)
        self.alike: set[str] = set()
        window.happened.connect(self._on_happened)
        self._hearing.happened.connect(self._on_happened)
        self._show()
        headphones.headset_changed.emit(True)

    @property
    def presses(self) -> int:
        """Keys pressed so far."""
        return self._hands.presses

    def leave(self) -> None:
        """Another comes."""
        self._window.happened.disconnect(self._on_happened)
        self._window.windowHandle().removeEventFilter(self._keys)
        self._hearing.stop()
        self._window.wipe()
        self.deleteLater()

    @Slot(object)
    def _on_happened(self, event: ev.Event) -> None:
        before = self._flow.state.step
        self._flow.does(event)
        self._show()
        if self._flow.state.step is not before:
            self._hearing.enter(self._flow.state.step)

    def _show(self) -> None:
        self._screen = present(self._flow.state, self._flow.context)
        self._window.show_screen(self._screen)

    def carry_out(self, item: Item) -> None:
        """From rest to the farewell; raises ``Lost``."""
        self._press(DOWN)
        if self._flow.state.aids.voice is Voice.OFF:
            raise Lost("the first key does not switch the voice on")
        for _ in range(_MOST_STEPS):
            step = self._flow.state.step
            if step is Step.FAREWELL:
                break
            try:
                self._does(step, item)
            except NeverHeard as error:
                raise Lost(f"{step}: {error}") from error
            QTest.qWait(_SETTLE_MS)
        if not self._flow.has_committed:
            raise Lost(f"{self._flow.state.step}: no case was stored")

    def _does(self, step: Step, item: Item) -> None:
        model = self._screen.model
        if step is Step.HOME:
            self._choose_matter(item)
        elif step in _ONE_THING:
            self._choose(_ONE_THING[step])
        elif step in _SHOWN_ONLY:
            self._press(RIGHT)
        elif step is Step.STAFF:
            self._write("staff_id", STAFF_ID)
            self._write("staff_pin", STAFF_PIN)
            self._press(RIGHT)
        elif isinstance(model, FormView):
            self._answer(model.fields)
        elif isinstance(model, PapersView):
            self._hand_in(model)
        else:
            raise Lost(f"{step} {self._flow.state.reason} {self._flow.state.failed_rules}")
        if self._flow.state.step is step and self._screen.model == model:
            raise Lost(f"{step} does not go on: {self._flow.state.reason} {self._flow.state.invalid_fields}")

    def _choose_matter(self, item: Item) -> None:
        if self._flow.state.reason:
            raise Lost(f"at home: {self._flow.state.reason}")
        shelf, name = self._flow.state.shelf, f"item:{item.code}"
        if any(widget.objectName() == name for widget in self._stage.stops()):
            self._choose(name)
        elif not shelf:
            self._choose(f"shelf:{BUNDLES if item.parts else item.category}")
        else:
            raise Lost(f"it does not stand on the shelf {shelf}")

    def _answer(self, fields: Iterable[FieldView]) -> None:
        asked = {one.name: one for one in knowing.shown(self._flow.item, self._flow.context)}
        for field in fields:
            if field.value or not field.editable or not field.required:
                continue
            if field.choices:
                wanted = self._resident.answer(asked[field.name], self._flow.context.today) if field.name in asked else ""
                values = [value for value, _ in field.choices]
                self._choose(f"choice:{field.name}:{wanted if wanted in values else values[0]}")
            elif field.kind in (FieldKind.TEXT, FieldKind.ADDRESS):
                self._write_chinese(f"field:{field.name}")
            else:
                value = self._resident.answer(asked[field.name], self._flow.context.today)
                self._write(f"field:{field.name}", value.replace("-", ""))
        self._press(RIGHT)

    def _hand_in(self, papers: PapersView) -> None:
        if papers.taken is not None:
            self._press(RIGHT)
        elif papers.in_hand is not None:
            self._choose("paper_agree")
        elif line := next((one for one in papers.lines if one.status is Status.TO_DO), None):
            way = next((way for way in _PAPER_WAYS if way in line.ways), None)
            if way is None:
                raise Lost(f"the paper {line.material} can be had in no way")
            self._choose(f"paper:{line.material}:{way}")
        else:
            self._press(RIGHT)

    def _choose(self, name: str) -> None:
        self._reach(name)
        self._press(CONFIRM)

    def _reach(self, name: str) -> None:
        """Go down, and up again from the end, until the widget of this name is read; what it says must be its own."""
        QTest.qWait(SCREEN_IS_SAID_MS)
        heard: dict[str, str] = {}
        for key in (DOWN, UP):
            for _ in range(_MOST_STOPS):
                before = self._keys.here
                said = self._press(key)
                here = self._keys.here
                if here is None or here is before:
                    break
                self._compare(heard, here, said)
                if here.objectName() == name:
                    if not said:
                        raise Lost(f"{name} says nothing in {self._flow.state.step}")
                    return
        raise Lost(f"{name} is not reached in {self._flow.state.step}: {' | '.join(heard)}")

    def _compare(self, heard: dict[str, str], here: QWidget, said: str) -> None:
        """Two buttons of one screen that say the same cannot be told apart."""
        name = here.objectName()
        if isinstance(here, Button) and heard.setdefault(said, name) != name:
            self.alike.add(f"{self._flow.state.step}: {heard[said]} and {name} say {said!r}")

    def _press(self, key: Qt.Key) -> str:
        return self._hands.press(key)

    def _write(self, name: str, characters: str) -> None:
        self._choose(name)
        self._hands.spell(characters)

    def _write_chinese(self, name: str) -> None:
        self._choose(name)
        self._hands.spell_chinese(_WORD)
