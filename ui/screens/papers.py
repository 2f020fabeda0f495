"""The papers this person needs: what, why, from where, how far; and one at a time what is to be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.catalogue.deciding import From, Status
from kiosk.flow.events import Continue, Event
from kiosk.flow.gathering_events import PaperDeclared, PaperPromised, PaperPutDown, PaperTouched
from kiosk.flow.paper_views import PaperLine, PapersView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice, Panel, Picture, clear, column, row
from ui.widgets.words import Words

_MARKS = {
    Status.HERE: ("check_circle", Colour.DEEP),
    Status.PROMISED: ("clock", Colour.AMBER),
    Status.MISSING: ("close", Colour.SEAL_RED),
}

_HOW = {From.SCAN: "page_under_camera", From.CERTIFICATE: "credential_on_scanner"}
"""What to do while a device waits for it."""


class PapersScreen(StepScreen[PapersView]):
    """Never a list of all that might be needed: only what this person needs."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("papers.title"))
        self._subtitle = Words(look.say("papers.subtitle"), "soft")
        self.page.addWidget(self._subtitle)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self._body: QVBoxLayout = self.add_body()
        self._list = column(look, gap_mm=4.0)
        self._body.addLayout(self._list)
        self._body.addStretch(1)
        self._shown: PapersView | None = None
        self._settled = False

    def show_model(self, model: PapersView) -> None:
        """Show the list, or the one paper that is in hand."""
        if model == self._shown:
            return
        self._shown = model
        self._settled = model.in_hand is None and all(_is_settled(line) for line in model.lines)
        missing = [line.name for line in model.lines if not _is_settled(line)]
        if model.reason == "papers.missing":
            said = self.look.reason(model.reason)
            self._notice.tell(said.what, self.look.say("papers.still", names=self._joined(missing)))
        else:
            self._notice.tell_reason(model.reason)
        one_by_one = self.look.aids.elder and model.left > 1
        self._subtitle.setText(self.look.say("papers.left", left=model.left) if one_by_one else self.look.say("papers.subtitle"))
        clear(self._list)
        self.waiting = None
        if model.in_hand is not None:
            self._list.addWidget(self._in_hand(model, model.in_hand))
        else:
            for line in model.lines:
                self._list.addWidget(self._line(line))
        self.action_changed.emit()

    def _joined(self, names: list[str]) -> str:
        return ("、" if self.look.language.value == "zh" else ", ").join(names)

    def _line(self, line: PaperLine) -> Panel:
        look = self.look
        panel = Panel("card" if _is_settled(line) else "trouble")
        across = row(look, panel, margin_mm=5.0, gap_mm=5.0)
        mark, colour = _MARKS.get(line.status, ("warning", Colour.AMBER))
        across.addWidget(Picture(look, mark, 11, colour), 0, Qt.AlignmentFlag.AlignTop)
        lines = column(look, gap_mm=3.0)
        words = column(look, gap_mm=1.2)
        lines.addLayout(words)
        words.addWidget(Words(line.name, "strong"))
        words.addWidget(Words(line.why, "small"))
        where = look.say("papers.promised") if line.status is Status.PROMISED else look.say(f"paper.from.{line.source}")
        words.addWidget(Words(where if _is_settled(line) else look.say(f"papers.{line.status}"), "deep_small"))
        if line.barred:
            words.addWidget(Words(line.barred, "amber"))
        for way in line.ways if line.status is Status.TO_DO else ():
            lines.addWidget(self._way(line, way))
        across.addLayout(lines, 1)
        return panel

    def _way(self, line: PaperLine, way: From) -> Button:
        text = self.look.say(f"papers.way.{way}", days=line.lack_days)
        button = self._button(text, f"paper:{line.material}:{way}")
        button.clicked.connect(lambda: self.happened.emit(PaperTouched(line.material, way)))
        return button

    def _button(self, text: str, name: str, kind: str = "quiet") -> Button:
        button = Button(self.look, text, kind, name)
        button.setMinimumHeight(self.look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _in_hand(self, model: PapersView, line: PaperLine) -> QWidget:
        panel = Panel("card")
        lines = column(self.look, panel, margin_mm=9.0, gap_mm=5.0)
        lines.addWidget(Words(line.name, "heading"))
        if model.busy:
            picture = Picture(self.look, _HOW[model.way], 70) if model.way in _HOW else None
            if picture is not None:
                lines.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(Words(self.look.say(f"papers.busy.{model.way}"), "body"))
            self.add_waiting(lines)
        elif model.way is From.DECLARE:
            lines.addWidget(Words(self.look.say("papers.declare.how"), "soft"))
            lines.addWidget(Words(model.statement, "strong"))
            lines.addWidget(self._agree("papers.declare.yes", PaperDeclared(line.material)))
        elif model.way is From.PROMISE:
            for text in self._promise(model, line):
                lines.addWidget(Words(text, "body"))
            lines.addWidget(self._agree("papers.promise.yes", PaperPromised(line.material)))
        down = self._button(self.look.say("papers.other_way"), "paper_down")
        down.clicked.connect(lambda: self.happened.emit(PaperPutDown()))
        lines.addWidget(down)
        return panel

    def _promise(self, model: PapersView, line: PaperLine) -> tuple[str, ...]:
        """容缺: what, by when, and what follows."""
        say = self.look.say
        due = say("papers.promise.due", day=model.due) if model.due else say("papers.promise.days", days=line.lack_days)
        return (say("papers.promise.how"), due, say("papers.promise.else"))

    def _agree(self, key: str, event: Event) -> Button:
        button = self._button(self.look.say(key), "paper_agree", "main")
        button.clicked.connect(lambda: self.happened.emit(event))
        return button

    def main_action(self) -> MainAction | None:
        """Next, once nothing is in hand."""
        if self._shown is None or self._shown.in_hand is not None:
            return None
        return MainAction(self.look.say("papers.next"))

    def act(self) -> None:
        """Next."""
        self.happened.emit(Continue())

    def wipe(self) -> None:
        """Forget the list too."""
        super().wipe()
        self._shown = None


def _is_settled(line: PaperLine) -> bool:
    return line.status in (Status.HERE, Status.PROMISED)
