"""The form on one page: what the card told, and the few questions that are left."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from kiosk.flow.events import Continue, FieldEntered
from kiosk.flow.views import FormView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.chrome import MainAction
from ui.widgets.field import FieldBox
from ui.widgets.field_kinds import make_field
from ui.widgets.panels import Notice
from ui.widgets.words import Words


class FormScreen(StepScreen[FormView]):
    """All fields, all defects at once."""

    titles = ("form.title", "form.title_done")
    """While something is asked, and when nothing is."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._title = self.add_title(self.page, look.say(self.titles[0]))
        self._known = Words(look.say("form.known"), "soft")
        self.page.addWidget(self._known)
        self.page.setSpacing(look.px(4))
        self._notice = Notice(look, urgent=True)
        self.page.addWidget(self._notice)
        self._list = self.add_body()
        self._list.setSpacing(look.px(5.5))
        self._boxes: dict[str, FieldBox] = {}
        self._checked = False

    def show_model(self, model: FormView) -> None:
        """Fill in what is known, mark what is wrong; after *next* the first defect is brought into view."""
        if tuple(self._boxes) != tuple(field.name for field in model.fields):
            self._build(model)
        for field in model.fields:
            self._boxes[field.name].update_from(field)
        wrong = [field.name for field in model.fields if field.problem]
        self._title.setText(self._heading(model))
        self._known.setVisible(any(field.source == "card" for field in model.fields) and not wrong)
        if wrong:
            self._notice.tell(self.look.say("form.problems", count=len(wrong)))
        else:
            self._notice.hide()
        if self._checked and wrong:
            self._checked = False
            self.reveal_wanted.emit(self._boxes[wrong[0]])

    def _heading(self, model: FormView) -> str:
        if model.total > 1:
            return self.look.say("form.question", number=model.number, total=model.total)
        return self.look.say(self.titles[0] if self._asks_anything(model) else self.titles[1])

    @staticmethod
    def _asks_anything(model: FormView) -> bool:
        return any(field.source != "card" for field in model.fields)

    def _build(self, model: FormView) -> None:
        for box in self._boxes.values():
            box.hide()
            box.deleteLater()
        self._boxes = {}
        while self._list.takeAt(0) is not None:
            pass
        for field in model.fields:
            box = make_field(self.look, field)
            box.entered.connect(self._on_entered)
            box.grown.connect(self._on_grown)
            self._boxes[field.name] = box
            self._list.addWidget(box)
        self._list.addStretch(1)

    def _on_entered(self, name: str, value: str) -> None:
        self.happened.emit(FieldEntered(name, value))

    def main_action(self) -> MainAction:
        """Next."""
        return MainAction(self.look.say("form.next"))

    def act(self) -> None:
        """Take over what is half typed, then have everything checked."""
        QGuiApplication.inputMethod().commit()
        self._checked = True
        self.happened.emit(Continue())
        self._checked = False

    def part_around(self, widget: QWidget) -> QWidget:
        """A field with its name and its complaint."""
        return next((box for box in self._boxes.values() if box is widget or box.isAncestorOf(widget)), widget)

    def _on_grown(self) -> None:
        self.reveal_wanted.emit(self.sender())

    def wipe(self) -> None:
        """Forget the answers, choices too."""
        for box in self._boxes.values():
            box.wipe()
        super().wipe()
