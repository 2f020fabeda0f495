"""What the monkey can do. Half of the time it does what a resident would, so that it comes far; else anything at all."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QMenu, QScrollArea, QWidget

from benchmarks.monkey_world import WRITTEN, World
from drivers.camera.types import Movement
from kiosk.demo.cast import STAFF_ID, STAFF_PIN
from kiosk.demo.resident import wait
from kiosk.flow.states import Step
from ui.widgets.entry import Entry
from ui.widgets.signature_pad import SignaturePad

IDLE_MS = 4200
"""Long enough for the idle warning and its end."""
HOSTILE = (
    b"", b"\x00\x01\x02\x1b[2J", b"https://planted.example/login", b"javascript:alert(1)", b"weixin://dl/business",
    b"' OR 1=1 --",
    b"<script>alert(1)</script>", b"A" * 7000, "\u202e测试".encode(), b"\xff\xfe\xfd", "😀👩\u200d👩\u200d👧".encode(), b"file:///etc/passwd",
    b"330304195803080026", b"{\"v\":1}", b"${jndi:ldap://x}", b"%s%s%n", b"../../../etc/passwd",
)  # fmt: skip
TEXTS = (
    WRITTEN,
    "鼠" * 500,
    "\u202eمرحبا\u202c",
    "שלום",
    "😀👩\u200d👩\u200d👧🏳️\u200d🌈",
    "a\tb\nc\x00d\x1be",
    "<b>x</b>&amp;",
    "'; DROP TABLE",
    "0",
    " " * 80,
)
_KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left,
    Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_F1, Qt.Key.Key_F4, Qt.Key.Key_F10,
    Qt.Key.Key_F11, Qt.Key.Key_Menu, Qt.Key.Key_Print, Qt.Key.Key_Meta, Qt.Key.Key_Insert, Qt.Key.Key_Home, Qt.Key.Key_PageDown,
    Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_Q, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Z, Qt.Key.Key_W,
    Qt.Key.Key_Copy, Qt.Key.Key_Paste,
)  # fmt: skip
_MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier,
)  # fmt: skip
_ON = ("main_action", "touch_to_begin", "consent_yes", "done", "stay_here", "paper_agree", "another_no", "close", "try_again")
_SHAPES = ((1080, 1920), (1920, 1080), (800, 600), (1080, 1920))
_LETTERS = "nihaowenzhoushirenminlu "


class Monkey:
    """One hand, many habits; everything it does follows from its seed and from what the terminal shows."""

    def __init__(self, world: World, source: Random) -> None:
        self._world = world
        self._source = source
        self._window = world.terminal.window
        self._finger: QPointingDevice = QTest.createTouchDevice()
        self._stuck: QPoint | None = None
        self._wreck: list[QWidget] = []
        faults = world.faults()
        self._faults = faults
        self._habits: dict[str, tuple[float, Callable[[], str]]] = {
            "sensible": (46.0, self._be_sensible),
            "button": (18.0, self._touch_any_button),
            "point": (8.0, self._touch_any_point),
            "drum": (2.0, self._drum),
            "swipe": (3.0, self._swipe),
            "fingers": (1.5, self._many_fingers),
            "stuck": (0.7, self._leave_a_finger),
            "key": (6.0, self._press_any_key),
            "text": (3.0, self._write),
            "keyboard": (4.0, self._type_on_the_panel),
            "scan": (2.5, self._scan),
            "card": (4.0, self._move_card),
            "fault": (0.8, self._hurt),
            "mend": (1.2, self._mend),
            "network": (0.6, self._cut_or_mend),
            "language": (1.0, lambda: self._touch_named("language")),
            "window": (0.5, self._meddle_with_the_window),
            "clipboard": (0.4, self._fill_the_clipboard),
            "pause": (2.0, self._pause),
            "idle": (0.12, self._be_idle),
        }

    def act(self) -> str:
        """One action; says which."""
        names = list(self._habits)
        name = self._source.choices(names, [self._habits[each][0] for each in names])[0]
        return f"{name}: {self._habits[name][1]()}"

    def go_away(self) -> None:
        """Lift everything."""
        self._release_stuck()
        self._world.reader.lift_card()
        self._world.mend()

    # Sensible

    def _be_sensible(self) -> str:
        step = self._world.terminal.visit.state.step
        special: dict[Step, Callable[[], str]] = {
            Step.CARD: self._put_card,
            Step.GUARDIAN_CARD: self._put_card,
            Step.PROGRESS_CARD: self._put_card,
            Step.STAFF: self._confirm,
            Step.FORM: self._fill_in,
            Step.SIGN: self._sign,
            Step.FACE: self._obey,
            Step.HOME: lambda: self._touch_like("item:", "shelf:", "progress", "search", "policies"),
            Step.ROUTE: self._choose_route,
            Step.PAPERS: lambda: self._touch_like("paper"),
            Step.HANDLING: lambda: self._touch_like("choice:"),
            Step.RATING: lambda: self._touch_like("grade:", "rating_skip"),
            Step.FAREWELL: self._take_card,
        }
        if self._find("sheet_close") is not None and self._source.random() < 0.5:
            return self._touch_named("sheet_close")
        if step in special and self._source.random() < 0.7:
            return special[step]()
        for name in _ON:
            if self._find(name) is not None and self._source.random() < 0.9:
                return self._touch_named(name)
        return self._touch_any_button()

    def _choose_route(self) -> str:
        if self._source.random() < 0.6:
            return self._touch_named("route:id_card_staff")
        return self._touch_like("route:")

    def _confirm(self) -> str:
        right = self._source.random() < 0.9
        for name, text in (("staff_id", STAFF_ID), ("staff_pin", STAFF_PIN if right else "111111")):
            entry = self._find(name)
            if isinstance(entry, QLineEdit):
                entry.setFocus()
                entry.selectAll()
                self._type(entry, text)
        return self._touch_named("main_action")

    def _fill_in(self) -> str:
        done = ["fill"]
        for widget in self._window.findChildren(Entry):
            if widget.isVisible() and not widget.isReadOnly() and not widget.text() and widget.objectName().startswith("field:"):
                widget.setFocus()
                name = widget.objectName()
                self._type(widget, "13800000000" if "phone" in name else "20240315" if widget.is_numeric else WRITTEN)
                done.append(name)
        groups = {w.objectName().rpartition(":")[0] for w in self._buttons() if w.objectName().startswith("choice:")}
        done += [self._touch_like(f"{group}:") for group in sorted(groups)]
        return " ".join([*done, self._touch_named("main_action")])

    def _sign(self) -> str:
        pad = self._window.findChild(SignaturePad)
        if pad is None or not pad.isVisible():
            return "no pad"
        for row in (0.3, 0.6):
            points = [
                QPoint(round(pad.width() * (0.15 + 0.06 * n)), round(pad.height() * (row + 0.05 * (n % 3)))) for n in range(12)
            ]
            self._draw([pad.mapTo(self._window, point) for point in points])
        return self._touch_named("main_action")

    def _obey(self) -> str:
        movement = self._source.choice(list(Movement))
        self._world.camera.perform(movement)
        wait(30)
        return movement.value

    # Touches

    def _buttons(self) -> list[QAbstractButton]:
        found = self._window.findChildren(QAbstractButton)
        return [one for one in found if one.isVisible() and one.isEnabled() and one.objectName()]

    def _find(self, name: str) -> QWidget | None:
        return next((w for w in self._window.findChildren(QWidget, name) if w.isVisible() and w.isEnabled()), None)

    def _touch_named(self, name: str) -> str:
        widget = self._find(name)
        if widget is None:
            return f"no {name}"
        self._page_to(widget)
        self._tap(widget.mapTo(self._window, widget.rect().center()))
        return name

    @staticmethod
    def _page_to(widget: QWidget) -> None:
        """What is further down a page is brought up first, as anybody would who wants it."""
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)

    def _touch_like(self, *beginnings: str) -> str:
        names = sorted({one.objectName() for one in self._buttons() if one.objectName().startswith(beginnings)})
        return self._touch_named(self._source.choice(names)) if names else f"none of {beginnings}"

    def _touch_any_button(self) -> str:
        names = sorted(one.objectName() for one in self._buttons())
        return self._touch_named(self._source.choice(names)) if names else "no button"

    def _any_point(self) -> QPoint:
        return QPoint(self._source.randrange(max(1, self._window.width())), self._source.randrange(max(1, self._window.height())))

    def _touch_any_point(self) -> str:
        point = self._any_point()
        self._tap(point)
        return f"{point.x()},{point.y()}"

    def _tap(self, point: QPoint, held_ms: int = 0) -> None:
        self._release_stuck()
        QTest.touchEvent(self._window, self._finger).press(0, point, self._window).commit()
        if held_ms or self._source.random() < 0.3:
            wait(held_ms or 8)
        QTest.touchEvent(self._window, self._finger).release(0, point, self._window).commit()

    def _drum(self) -> str:
        """Ten touches as quickly as they can be made, on one place or everywhere."""
        point = self._any_point()
        same = self._source.random() < 0.5
        for _ in range(10):
            self._tap(point if same else self._any_point())
        return "ten touches"

    def _draw(self, points: list[QPoint]) -> None:
        self._release_stuck()
        QTest.touchEvent(self._window, self._finger).press(0, points[0], self._window).commit()
        for point in points[1:]:
            QTest.touchEvent(self._window, self._finger).move(0, point, self._window).commit()
        QTest.touchEvent(self._window, self._finger).release(0, points[-1], self._window).commit()

    def _swipe(self) -> str:
        start, end = self._any_point(), self._any_point()
        self._draw([start + (end - start) * (step / 10) for step in range(11)])
        return f"{start.x()},{start.y()} to {end.x()},{end.y()}"

    def _many_fingers(self) -> str:
        self._release_stuck()
        places = [self._any_point() for _ in range(self._source.randrange(2, 6))]
        for what in ("press", "move", "move", "release"):
            touch = QTest.touchEvent(self._window, self._finger)
            for number, place in enumerate(places):
                getattr(touch, what)(number, place, self._window)
            touch.commit()
        return f"{len(places)} fingers"

    def _leave_a_finger(self) -> str:
        self._release_stuck()
        self._stuck = self._any_point()
        QTest.touchEvent(self._window, self._finger).press(0, self._stuck, self._window).commit()
        return "a finger stays"

    def _release_stuck(self) -> None:
        if self._stuck is not None:
            point, self._stuck = self._stuck, None
            QTest.touchEvent(self._window, self._finger).release(0, point, self._window).commit()

    # Keys and texts

    def _press_any_key(self) -> str:
        key, modifiers = self._source.choice(_KEYS), self._source.choice(_MODIFIERS)
        target = self._window.windowHandle() if self._source.random() < 0.7 else QApplication.focusWidget() or self._window
        text = chr(key.value).lower() if 0x20 <= key.value < 0x7F and not modifiers.value else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))
        return f"{modifiers.name} {key.name}"

    @staticmethod
    def _type(entry: QWidget, text: str) -> None:
        for sign in text:
            QApplication.sendEvent(
                entry, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, sign)
            )

    def _write(self) -> str:
        entries = [entry for entry in self._window.findChildren(Entry) if entry.isVisible() and entry.isEnabled()]
        if not entries:
            return "nowhere to write"
        entry = self._source.choice(entries)
        entry.setFocus()
        number = self._source.randrange(len(TEXTS))
        self._type(entry, TEXTS[number])
        return f"text {number} into {entry.objectName()}"

    def _type_on_the_panel(self) -> str:
        keyboard = self._window.keyboard
        if keyboard is None or not keyboard.isVisible():
            fields = [entry for entry in self._window.findChildren(Entry) if entry.isVisible() and not entry.isReadOnly()]
            if fields:
                self._touch_named(self._source.choice(fields).objectName())
            return "no keyboard yet"
        wanted = self._source.choice([*_LETTERS, "&123", "zh", "en", "ABC", "1/3", "2/3"])
        place = keyboard.key_centre(wanted)
        if self._source.random() < 0.2 and keyboard.candidates():
            place = keyboard.candidate_centre(keyboard.candidates()[0])
        if place is not None:
            self._tap(keyboard.mapTo(self._window, place), held_ms=15)
        return f"key {wanted!r}"

    # Devices and surroundings

    def _scan(self) -> str:
        payload = self._source.choice(HOSTILE)
        return f"{payload[:24]!r} {'heard' if self._world.scanner.scan(payload) else 'unheard'}"

    def _put_card(self) -> str:
        self._world.reader.lift_card()
        self._world.reader.put_card(self._world.card(self._source))
        wait(60)
        return "card down"

    def _take_card(self) -> str:
        """The farewell stands until the card is taken."""
        self._world.reader.lift_card()
        return "card taken"

    def _move_card(self) -> str:
        if self._source.random() < 0.5:
            self._world.reader.lift_card()
            return "card up"
        return self._put_card()

    def _hurt(self) -> str:
        name = self._source.choice(sorted(self._faults))
        self._faults[name]()
        return name

    def _mend(self) -> str:
        self._world.mend()
        return "all well"

    def _cut_or_mend(self) -> str:
        self._world.line.cut(is_cut=not self._world.line.is_cut)
        return "cut" if self._world.line.is_cut else "back"

    def _fill_the_clipboard(self) -> str:
        if self._world.terminal.visit.session.is_empty:
            return "nobody there"
        QGuiApplication.clipboard().setText(WRITTEN)
        return "a text"

    def _pause(self) -> str:
        wait(self._source.choice((20, 100, 300)))
        return "a moment"

    def _be_idle(self) -> str:
        wait(IDLE_MS)
        return "nobody there"

    def _meddle_with_the_window(self) -> str:
        deeds: dict[str, Callable[[], object]] = {
            "close": self._window.close,
            "close by the system": lambda: QApplication.sendEvent(self._window.windowHandle(), QCloseEvent()),
            "minimise": self._window.showMinimized,
            "hide": self._window.hide,
            "turn": self._turn,
            "dialog": lambda: self._open(QDialog()),
            "menu": lambda: self._open(QMenu()),
            "focus lost": lambda: QApplication.sendEvent(self._window, QEvent(QEvent.Type.WindowDeactivate)),
        }
        name = self._source.choice(sorted(deeds))
        deeds[name]()
        wait(5)
        return name

    def _turn(self) -> None:
        width, height = self._source.choice(_SHAPES)
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            screen.geometryChanged.emit(QRect(0, 0, width, height))

    def _open(self, other: QWidget) -> None:
        self._wreck = [other]
        other.show()
