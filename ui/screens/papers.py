"""The papers this person needs: what, why, from where, how far; and one at a time what is to be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.catalogue.deciding import From, Status
from kiosk.domain.papers import PageSight, ScannedPage
from kiosk.flow.events import Continue, Event
from kiosk.flow.gathering_events import PageKept, PageRetaken, PaperDeclared, PaperPromised, PaperPutDown, PaperTouched
from kiosk.flow.paper_views import PaperLine, PapersView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.page_view import PageView
from ui.widgets.panels import Notice, Panel, Picture, clear, column, row
from ui.widgets.words import Words

_MARKS = {
    Status.HERE: ("check_circle", Colour.DEEP),
    Status.PROMISED: ("clock", Colour.AMBER),
    Status.MISSING: ("close", Colour.SEAL_RED),
}

_HOW = {From.CERTIFICATE: "credential_on_scanner"}
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
        self._view: PageView | None = None
        self._hint: Words | None = None
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
        self._forget_picture()
        self._subtitle.setVisible(model.in_hand is None)
        clear(self._list)
        self.waiting = None
        if model.in_hand is not None:
            self._list.addWidget(self._in_hand(model, model.in_hand), 1)
        else:
            for line in model.lines:
                self._list.addWidget(self._line(line))
        # A picture takes what height there is; a list stands at the top.
        self._body.setStretch(0, 20 if self._view is not None else 0)
        self.action_changed.emit()

    def _joined(self, names: list[str]) -> str:
        return ("、" if self.look.language.is_chinese else ", ").join(names)

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
        if model.taken is not None:
            self._show_taken(lines, model.taken)
        elif model.busy and model.way is From.SCAN:
            self._find_page(lines)
        elif model.busy:
            picture = Picture(self.look, _HOW[model.way], 70) if model.way in _HOW else None
            if picture is not None:
                lines.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(Words(self.look.say(f"papers.busy.{model.way}"), "body"))
            self.add_waiting(lines)
        elif model.way is From.DECLARE:
            lines.addWidget(Words(self.look.say("papers.declare.how"), "soft"))
            lines.addWidget(marks.personal(Words(model.statement, "strong")))
            lines.addWidget(self._agree("papers.declare.yes", PaperDeclared(line.material)))
        elif model.way is From.PROMISE:
            for text in self._promise(model, line):
                lines.addWidget(Words(text, "body"))
            lines.addWidget(self._agree("papers.promise.yes", PaperPromised(line.material)))
        ways = row(self.look)
        if model.taken is not None:
            ways.addWidget(self._again(), 1)
        down = self._button(self.look.say("papers.other_way"), "paper_down")
        down.clicked.connect(lambda: self.happened.emit(PaperPutDown()))
        ways.addWidget(down, 1)
        lines.addLayout(ways)
        return panel

    def _again(self) -> Button:
        again = self._button(self.look.say("papers.again"), "page_again")
        again.draw("again")
        again.clicked.connect(lambda: self.happened.emit(PageRetaken()))
        return again

    def _find_page(self, lines: QVBoxLayout) -> None:
        """The live picture, and what to do now; it goes on by itself once the page lies still."""
        lines.addWidget(Words(self.look.say("papers.busy.scan"), "body"))
        self._view = PageView(self.look, "page_view", self.look.say("papers.live"))
        lines.addWidget(self._view, 1)
        self._hint = Words(self.look.say("page.starting"), "strong", centred=True)
        lines.addWidget(self._hint)

    def _show_taken(self, lines: QVBoxLayout, page: ScannedPage) -> None:
        lines.addWidget(Words(self.look.say("papers.taken"), "body"))
        self._view = PageView(self.look, "page_view", self.look.say("papers.taken_picture"))
        self._view.show_page(page)
        lines.addWidget(self._view, 1)

    def show_sight(self, image: QImage, sight: PageSight) -> None:
        """What the camera sees now; nothing while no page is looked for."""
        if self._view is not None and self._hint is not None:
            self._view.show_sight(image, sight)
            self._hint.setText(self.look.say(f"page.{sight.hint}"))

    def _forget_picture(self) -> None:
        if self._view is not None:
            self._view.wipe()
        self._view = self._hint = None

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
        """Next, once nothing is in hand; with a page that was taken, to hand it in."""
        if self._shown is None or (self._shown.in_hand is not None and self._shown.taken is None):
            return None
        if self._shown.taken is not None:
            return MainAction(self.look.say("papers.keep"))
        return MainAction(self.look.say("papers.next"))

    def act(self) -> None:
        """Next; or the page that was taken is handed in."""
        is_taken = self._shown is not None and self._shown.taken is not None
        self.happened.emit(PageKept() if is_taken else Continue())

    def wipe(self) -> None:
        """Forget the list too, and the page."""
        super().wipe()
        self._forget_picture()
        self._shown = None


def _is_settled(line: PaperLine) -> bool:
    return line.status in (Status.HERE, Status.PROMISED)
