"""One item on one page, before anything is asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.flow.events import Continue
from kiosk.flow.views import GuideMaterial, GuideView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.widgets.chrome import MainAction
from ui.widgets.closed import tell_closed, way_to
from ui.widgets.panels import Notice, Panel, Picture, column, row
from ui.widgets.words import Words


class GuideScreen(StepScreen[GuideView]):
    """What it is, what it takes, what one gets."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._body: QVBoxLayout | None = None
        self._shown: GuideView | None = None

    def show_model(self, model: GuideView) -> None:
        """Lay the page out; it changes only with the notices."""
        if model == self._shown:
            return
        self._shown = model
        if self._body is not None:
            self.page.removeWidget(self.body)
            self.body.hide()
            self.body.deleteLater()
        self._body = body = self.add_body()
        body.addWidget(self._head(model))
        if model.closed is not None:
            closed = Notice(self.look)
            body.addWidget(closed)
            tell_closed(closed, self.look, model.closed, model.name)
        body.addWidget(self._facts(model))
        body.addWidget(self._materials(model))
        body.addWidget(self._steps(model))
        self._add_notices(body, model)
        body.addStretch()

    def _add_notices(self, body: QVBoxLayout, model: GuideView) -> None:
        for code in model.notices:
            notice = Notice(self.look)
            body.addWidget(notice)
            notice.tell_reason(code)
        if model.printer_elsewhere is not None:
            elsewhere = Notice(self.look)
            body.addWidget(elsewhere)
            elsewhere.tell(self.look.say("nearest.printer"), way_to(self.look, model.printer_elsewhere), "printer")

    def main_action(self) -> MainAction:
        """Begin."""
        return MainAction(self.look.say("guide.start"))

    def act(self) -> None:
        """Begin."""
        self.happened.emit(Continue())

    def _head(self, model: GuideView) -> QWidget:
        head = QWidget()
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        line = row(self.look, head, gap_mm=8.0)
        line.addWidget(Picture(self.look, drawings.item_picture(model.picture), 60))
        lines = column(self.look, gap_mm=2.5)
        lines.addStretch()
        lines.addWidget(Words(model.name, "title"))
        lines.addWidget(Words(model.summary, "soft"))
        lines.addStretch()
        line.addLayout(lines, 1)
        return head

    def _facts(self, model: GuideView) -> Panel:
        panel = Panel("card")
        grid = QGridLayout(panel)
        margin = self.look.px(8)
        grid.setContentsMargins(margin, margin, margin, margin)
        grid.setHorizontalSpacing(self.look.px(6))
        grid.setVerticalSpacing(self.look.px(5.5))
        facts = (
            ("clock", "guide.promised", model.promised),
            ("fee", "guide.fee", model.fee),
            ("gift", "guide.output", model.output),
            ("office", "guide.department", model.department),
        )
        for number, (icon, key, value) in enumerate(facts):
            grid.addWidget(Picture(self.look, icon, 8.5), number, 0, Qt.AlignmentFlag.AlignTop)
            caption = Words(self.look.say(key), "soft")
            caption.setWordWrap(False)
            grid.addWidget(caption, number, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Words(value, "body"), number, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(2, 1)
        return panel

    def _steps(self, model: GuideView) -> Panel:
        panel = Panel("card")
        lines = column(self.look, panel, margin_mm=8.0, gap_mm=3.0)
        lines.addWidget(Words(self.look.say("guide.steps"), "strong"))
        for number, step in enumerate(model.steps, 1):
            lines.addWidget(Words(f"{number}  {step}", "body"))
        return panel

    def _where(self, paper: GuideMaterial) -> str:
        where = self.look.say(f"paper.from.{paper.source}")
        if paper.may_apply:
            where = self.look.pair(self.look.say("guide.may_apply"), where)
        return self.look.pair(where, self.look.say("guide.may_lack", days=paper.lack_days)) if paper.lack_days else where

    def _materials(self, model: GuideView) -> Panel:
        panel = Panel("pale")
        lines = column(self.look, panel, margin_mm=8.0, gap_mm=5.0)
        lines.addWidget(Words(self.look.say("guide.materials"), "strong"))
        for paper in model.materials:
            line = row(self.look, gap_mm=5.0)
            line.addWidget(Picture(self.look, "check_circle", 8.5), 0, Qt.AlignmentFlag.AlignTop)
            texts = column(self.look, gap_mm=0.5)
            texts.addWidget(Words(paper.name, "body"))
            texts.addWidget(Words(self._where(paper), "small"))
            line.addLayout(texts, 1)
            lines.addLayout(line)
        lines.addWidget(Words(self.look.say("guide.fields", total=model.field_count, known=model.prefilled_count), "deep_small"))
        return panel
