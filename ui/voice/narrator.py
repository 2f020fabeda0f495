"""What is said of a screen, of what has changed on it, and of what the keys have reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.flow.states import Step
from ui.look import Look
from ui.voice import marks, reading
from ui.voice.reading import Kind, Piece
from ui.voice.spoken import sentences, speakable
from ui.widgets.buttons import Button
from ui.widgets.river import River
from ui.widgets.tree import children, descendants

_NAMED_CHOICES = 6
"""So many choices are named; of more it is said that there are more."""
_NOTHING = " "
"""Said aloud in place of what must not be told at all."""
_LIVE = (Kind.TITLE, Kind.NOTICE, Kind.TEXT, Kind.QUESTION)
_IN_ORDER = (Kind.TITLE, Kind.NOTICE, Kind.TEXT, Kind.QUESTION)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands before the resident now."""

    look: Look
    step: Step
    top: QWidget
    """The screen, or what lies over it."""
    header: QWidget | None = None
    footer: QWidget | None = None


@dataclass(frozen=True, slots=True)
class Narration:
    """What there is to say of a scene."""

    is_new: bool
    """The scene is another one than before; else these are changes of it."""
    pieces: tuple[Piece, ...]

    @property
    def is_urgent(self) -> bool:
        """Something went wrong."""
        return not self.is_new and any(part.kind is Kind.NOTICE for part in self.pieces)


class Narrator:
    """Puts a scene into words. Remembers what it has said of it, to say only what is new; ``forget`` wipes that."""

    def __init__(self) -> None:
        self._said: Counter[str] = Counter()
        self._known: tuple[object, ...] = ()
        self._progress = ""

    def forget(self) -> None:
        """Everything that was said goes."""
        self._said.clear()
        self._known, self._progress = (), ""

    def of_scene(self, scene: Scene) -> Narration:
        """All of it when it is another one than before, else what has changed, which may be nothing."""
        found = list(reading.pieces(scene.look, scene.top))
        live = Counter(part.text for part in found if part.kind in _LIVE)
        title = next((part.text for part in found if part.kind is Kind.TITLE), "")
        known = (scene.step, scene.look.language, type(scene.top).__name__, title)
        before, self._said = self._said, live
        if known != self._known:
            self._known = known
            return Narration(True, tuple(self._whole(scene, found)))
        new = live - before
        return Narration(False, tuple(part for part in found if part.kind in _LIVE and new[part.text] > 0))

    def whole(self, scene: Scene) -> list[Piece]:
        """All of it, whatever was said before."""
        return self._whole(scene, list(reading.pieces(scene.look, scene.top)))

    def _whole(self, scene: Scene, found: list[Piece]) -> list[Piece]:
        said = [part for kind in _IN_ORDER for part in found if part.kind is kind]
        if not any(part.kind in (Kind.TITLE, Kind.TEXT) for part in said):
            said += self._cards(scene)
        else:
            said += self._choices(scene.look, found)
        return [*said, *self._progress_of(scene), *self._ways_on(scene)]

    def _cards(self, scene: Scene) -> list[Piece]:
        """A screen that is all cards is read card by card."""
        buttons = [widget for widget in reading.speaking(scene.top) if isinstance(widget, Button)]
        return [part for button in buttons for part in (*self._name(scene.look, button), reading.details(scene.look, button))]

    @staticmethod
    def _name(look: Look, button: Button) -> list[Piece]:
        named = reading.piece(look, button)
        return [named] if named is not None else []

    @staticmethod
    def _choices(look: Look, found: list[Piece]) -> list[Piece]:
        choices = [part for part in found if part.kind is Kind.CHOICE]
        keys = any(part.kind is Kind.KEY for part in found)
        said = [Piece(Kind.TEXT, look.say("say.keys"))] if keys else []
        if not choices:
            return said
        named = choices[:_NAMED_CHOICES]
        more = len(choices) - len(named)
        between = look.say("say.between")
        names = [between.join(part.to(private=private) for part in named) for private in (True, False)]
        key = "say.choices_more" if more else "say.choices"
        text, aloud = (look.say(key, names=joined, more=more) for joined in names)
        return [*said, Piece(Kind.CHOICE, text, aloud if aloud != text else "")]

    def _progress_of(self, scene: Scene) -> list[Piece]:
        river = next(iter(descendants(scene.header, River)), None) if scene.header is not None else None
        told = river.accessibleName() if river is not None else ""
        before, self._progress = self._progress, told
        return [Piece(Kind.TEXT, told)] if told and told != before else []

    @staticmethod
    def _ways_on(scene: Scene) -> list[Piece]:
        """The main action, and whether it can be done yet."""
        if scene.footer is None:
            return []
        shown = [button for button in descendants(scene.footer, Button) if not button.isHidden()]
        main = [button for button in shown if button.property("kind") == "main"]
        return [
            Piece(
                Kind.CHOICE,
                scene.look.say("say.main" if button.isEnabled() else "say.main_later", action=button.accessibleName()),
                is_main=True,
            )
            for button in main
            if button.accessibleName()
        ]

    @staticmethod
    def of_widget(look: Look, widget: QWidget) -> list[Piece]:
        """What the keys have reached: name, how it stands, which of how many, and what else it says."""
        named = reading.piece(look, widget)
        if named is None or not named.text:
            name = widget.accessibleName()
            if not name:
                return []
            named = Piece(Kind.CHOICE, name, look.say("say.on_screen") if marks.is_personal(widget) else "")
        said = [named]
        if isinstance(widget, Button):
            said += _states(look, widget)
            said.append(reading.details(look, widget))
        elif isinstance(widget, QLineEdit):
            said += _about_entry(look, widget)
        return [part for part in said if part.text]


def _states(look: Look, button: Button) -> list[Piece]:
    found = []
    if button.isCheckable():
        text = look.say("say.checked" if button.isChecked() else "say.unchecked")
        # What is chosen is an answer of the resident's; which answers there are is not.
        found.append(Piece(Kind.TEXT, text, _NOTHING if reading.is_answer(button) else ""))
    if not button.isEnabled() or button.property("closed") == "true":
        found.append(Piece(Kind.TEXT, look.say("say.not_now")))
    place = _place(button)
    if place is not None:
        found.append(Piece(Kind.TEXT, look.say("say.place", number=place[0], total=place[1])))
    return found


def _place(button: Button) -> tuple[int, int] | None:
    """Which of how many of its kind, side by side; nothing for one alone and for the keys of a pad."""
    parent, kind = button.parentWidget(), button.property("kind")
    if parent is None or kind == "key":
        return None
    among = children(parent, Button)
    alike = [other for other in among if other.property("kind") == kind and not other.isHidden()]
    return (alike.index(button) + 1, len(alike)) if len(alike) > 1 and button in alike else None


def _about_entry(look: Look, entry: QLineEdit) -> list[Piece]:
    found = [Piece(Kind.TEXT, look.say("say.fixed" if entry.isReadOnly() else "say.to_write"))]
    return [*found, Piece(Kind.TEXT, entry.accessibleDescription())]


def told(look: Look, said: Sequence[Piece], *, private: bool) -> str:
    """Pieces as one text for a voice; what repeats itself at once is said once."""
    parts: list[str] = []
    for part in said:
        text = speakable(part.to(private=private), look.language)
        if text and (not parts or parts[-1] != text):
            parts.append(text)
    return sentences(parts, look.language)
