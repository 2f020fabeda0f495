"""What am I entitled to? One card a policy, with its conditions ticked, crossed, or still open."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from kiosk.catalogue.rules import Verdict
from kiosk.flow.events import ItemChosen
from kiosk.flow.policy_events import PoliciesMatched
from kiosk.flow.policy_views import PoliciesView, PolicyCard
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, Panel, Picture, clear, column, row
from ui.widgets.words import Words

_GROUNDS = {Verdict.YES: "delivered", Verdict.OPEN: "card", Verdict.NO: "pale"}
_MARKS = {Verdict.YES: ("check", Colour.DEEP), Verdict.OPEN: ("info", Colour.AMBER), Verdict.NO: ("close", Colour.SEAL_RED)}


class PoliciesScreen(StepScreen[PoliciesView]):
    """Those that fit stand first."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._may_match = self._busy = False
        self.add_title(self.page, look.say("policies.title"))
        self._subtitle = Words("", "soft")
        self.page.addWidget(self._subtitle)
        self.add_waiting(self.page)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        body = self.add_body()
        self._cards = column(look, gap_mm=5.0)
        body.addLayout(self._cards)
        body.addStretch(1)
        self._shown: tuple[PolicyCard, ...] = ()
        self._known = ""

    def show_model(self, model: PoliciesView) -> None:
        """Show the cards, and whom they were held against."""
        self._may_match, self._busy, self._known = model.may_match, model.busy, model.known_as
        key = "policies.for" if model.known_as else "policies.public"
        self._subtitle.setText(self.look.say(key, name=model.known_as))
        marks.mark_personal(self._subtitle, bool(model.known_as), self.look.say("say.known"))
        self._notice.tell_reason(model.reason)
        if model.cards != self._shown:
            self._shown = model.cards
            clear(self._cards)
            for card in model.cards:
                self._cards.addWidget(self._panel(card, is_known=bool(model.known_as)))
        self.action_changed.emit()

    def _panel(self, card: PolicyCard, *, is_known: bool) -> Panel:
        look = self.look
        panel = Panel(_GROUNDS[card.fits] if is_known else "card")
        lines = column(look, panel, margin_mm=6.0, gap_mm=2.0)
        lines.addWidget(Words(card.name, "strong"))
        lines.addWidget(Words(card.summary, "body"))
        for words, verdict in card.conditions:
            lines.addLayout(self._condition(words, verdict if is_known else None))
        told = look.say("policies.until", department=card.department, day=card.until) if card.until else card.department
        lines.addWidget(Words(told, "small"))
        if card.item_code:
            lines.addWidget(self._apply(card))
        return panel

    def _condition(self, words: str, verdict: Verdict | None) -> QHBoxLayout:
        line = row(self.look, gap_mm=3.0)
        mark, colour = _MARKS[verdict] if verdict is not None else ("forward", Colour.DEEP)
        line.addWidget(Picture(self.look, mark, 7.5, colour), 0, Qt.AlignmentFlag.AlignVCenter)
        told = words if verdict is None else f"{words} · {self.look.say(f'policies.{verdict.value}')}"
        said = Words(told, "body")
        line.addWidget(marks.personal(said, words) if verdict is not None else said, 1)
        return line

    def _apply(self, card: PolicyCard) -> Button:
        button = Button(self.look, self.look.say("policies.apply"), "quiet", f"policy:{card.id}")
        button.setMinimumHeight(self.look.px(SPACE.target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setAccessibleDescription(card.name)
        button.clicked.connect(lambda: self.happened.emit(ItemChosen(card.item_code)))
        return button

    def main_action(self) -> MainAction | None:
        """Find out which ones are for me, as long as something is open."""
        if not self._may_match:
            return None
        key = "policies.ask" if self._known else "policies.identify"
        return MainAction(self.look.say(key), enabled=not self._busy)

    def act(self) -> None:
        """Find out."""
        if self._may_match and not self._busy:
            self.happened.emit(PoliciesMatched())

    def wipe(self) -> None:
        """Forget whom they were held against."""
        super().wipe()
        self._shown, self._known = (), ""
