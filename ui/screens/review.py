"""All that will be handed in, for a last look."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from kiosk.flow.events import Continue
from kiosk.flow.gathering_events import FieldDisputed, HandlingOpened
from kiosk.flow.review_views import Origin, ReviewView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Panel, column
from ui.widgets.words import Words

_WIDE_ENOUGH_MM = 300.0
"""For three columns, with text of the plain size."""


class ReviewScreen(StepScreen[ReviewView]):
    """Label and value, line by line."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("review.title"), look.say("review.subtitle"))
        body = self.add_body()
        panel = Panel("card")
        self._grid = QGridLayout(panel)
        margin = look.px(9)
        self._grid.setContentsMargins(margin, margin, margin, margin)
        self._grid.setHorizontalSpacing(look.px(8))
        self._grid.setVerticalSpacing(look.px(4.5))
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 5)
        body.addWidget(panel)
        self._region = Button(look, look.say("review.region"), "quiet", "handling", icon="pencil")
        self._region.setMinimumHeight(look.px(SPACE.main_target))
        self._region.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._region.clicked.connect(lambda: self.happened.emit(HandlingOpened()))
        body.addWidget(self._region)
        body.addStretch(1)
        self._shown: ReviewView | None = None

    def show_model(self, model: ReviewView) -> None:
        """Show the lines; they do not change while the screen stands."""
        if model == self._shown:
            return
        self._shown = model
        self._region.setVisible(model.may_choose_region)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        above = ((self.look.say("review.item"), model.item_name), *self._matters(model))
        lines = (*above, *model.lines, *model.handling, *self._papers(model))
        top = Qt.AlignmentFlag.AlignTop
        for number, (label, value) in enumerate(lines):
            if number:
                self._grid.addWidget(_hairline(self.look), 2 * number - 1, 0, 1, 3)
            at = number - len(above)
            origin = model.origins[at] if 0 <= at < len(model.origins) else None
            self._grid.addWidget(Words(label, "soft"), 2 * number, 0, top)
            shown = Words(value or self.look.say("review.empty"), "strong")
            marks.mark_personal(shown, 0 <= at < len(model.lines) + len(model.handling))
            if origin is None:
                self._grid.addWidget(shown, 2 * number, 1, 1, 2, top)
            else:
                self._add_given(2 * number, shown, origin)

    def _add_given(self, line: int, words: Words, origin: Origin) -> None:
        """What card or authority gave, with a way to say that it is wrong: beside it, or below where that is too narrow."""
        block, doubt = self._value(words, origin), self._doubt(origin)
        layout = block.layout()
        beside = self.look.width_mm >= _WIDE_ENOUGH_MM * self.look.metrics.text.reading
        self._grid.addWidget(block, line, 1, 1, 1 if beside else 2, Qt.AlignmentFlag.AlignTop)
        if beside or layout is None:
            self._grid.addWidget(doubt, line, 2, Qt.AlignmentFlag.AlignTop)
        else:
            layout.addWidget(doubt)
            layout.setAlignment(doubt, Qt.AlignmentFlag.AlignLeft)

    def _value(self, words: Words, origin: Origin) -> QWidget:
        block = QWidget()
        lines = column(self.look, block, gap_mm=1.2)
        lines.addWidget(words)
        if origin.source == "card":
            lines.addWidget(Words(self.look.say("form.from_card"), "small"))
        else:
            lines.addWidget(Words(self.look.say("form.from_authority", authority=origin.keeper), "small"))
        if origin.is_disputed:
            keeper = origin.keeper or self.look.say("review.card_issuer")
            lines.addWidget(Words(self.look.say("review.disputed", keeper=keeper), "amber_small"))
        return block

    def _doubt(self, origin: Origin) -> Button:
        """信息不对: says so, or takes it back."""
        text = self.look.say("review.undispute" if origin.is_disputed else "review.dispute")
        button = Button(self.look, text, "quiet", f"dispute:{origin.name}")
        event = FieldDisputed(origin.name, is_wrong=not origin.is_disputed)
        button.clicked.connect(lambda: self.happened.emit(event))
        return button

    def _matters(self, model: ReviewView) -> tuple[tuple[str, str], ...]:
        return ((self.look.say("review.parts"), "\n".join(model.parts)),) if model.parts else ()

    def _papers(self, model: ReviewView) -> tuple[tuple[str, str], ...]:
        """Papers with where they come from; what is handed in later with its last day."""
        here = tuple((name, self.look.say(f"paper.from.{source}")) for name, source in model.papers)
        later = tuple((name, self._later(day)) for name, day in model.promised)
        return (*here, *later)

    def _later(self, day: str) -> str:
        return self.look.say("review.later", day=day) if day else self.look.say("papers.promised")

    def main_action(self) -> MainAction:
        """All right."""
        return MainAction(self.look.say("review.confirm"))

    def act(self) -> None:
        """All right."""
        self.happened.emit(Continue())

    def wipe(self) -> None:
        """Forget the lines too."""
        super().wipe()
        self._shown = None


def _hairline(look: Look) -> QFrame:
    line = Panel("card")
    line.setFixedHeight(max(1, look.px(0.4)))
    return line
