"""Done: the receipt number, where the case is now, and the slip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from kiosk.flow.events import Continue, PrintAgain
from kiosk.flow.states import Paper
from kiosk.flow.views import SlipView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.palettes import Colour
from ui.theme.trouble_pictures import picture_of
from ui.voice import marks
from ui.widgets import groups
from ui.widgets.buttons import Button
from ui.widgets.chrome import MainAction
from ui.widgets.images import SlipPicture
from ui.widgets.panels import Panel, Picture, column, row
from ui.widgets.words import Words

_PRINTER_MM, _TROUBLE_MM = 12.0, 28.0
"""Sides of the drawing beside the paper."""


class SlipScreen(StepScreen[SlipView]):
    """*Delivered* and *stored here* are told apart by words, drawing and colour."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        body = self.add_body()
        body.setSpacing(look.px(5))
        self.add_title(body, look.say("slip.title"))
        body.addWidget(self._number_panel())
        body.addWidget(self._state_panel())
        body.addWidget(self._paper_panel())
        self._photo = Words(look.say("slip.photo"), "soft", centred=True)
        body.addWidget(self._photo)
        self.slip = SlipPicture(look)
        body.addWidget(self.slip, 10)
        body.addStretch(1)
        self._drawing = self.add_picture(body, "slip", 100)
        body.addStretch(1)
        self._photo.hide()

    def _number_panel(self) -> Panel:
        panel = Panel("card")
        lines = column(self.look, panel, margin_mm=7.0, gap_mm=2.0)
        lines.addWidget(Words(self.look.say("slip.number"), "soft"))
        self._number = marks.personal(marks.spelt(Words("", "numeral")))
        lines.addWidget(self._number)
        self._facts = Words("", "soft")
        lines.addWidget(self._facts)
        return panel

    def _state_panel(self) -> Panel:
        self._state = Panel("waiting")
        line = row(self.look, self._state, margin_mm=7.0, gap_mm=6.0)
        self._state_picture = Picture(self.look, "clock", 17)
        line.addWidget(self._state_picture, 0, Qt.AlignmentFlag.AlignVCenter)
        lines = column(self.look, gap_mm=1.0)
        self._state_words = Words("", "strong")
        self._state_how = Words("", "body")
        lines.addWidget(self._state_words)
        lines.addWidget(self._state_how)
        line.addLayout(lines, 1)
        return self._state

    def _paper_panel(self) -> Panel:
        self._paper = Panel("card")
        lines = column(self.look, self._paper, margin_mm=6.0, gap_mm=4.0)
        line = row(self.look, gap_mm=6.0)
        self._paper_picture = Picture(self.look, "printer", _PRINTER_MM)
        line.addWidget(self._paper_picture, 0, Qt.AlignmentFlag.AlignVCenter)
        texts = column(self.look, gap_mm=1.0)
        self._paper_words = Words("", "strong")
        self._paper_what = Words("", "body")
        texts.addWidget(self._paper_words)
        texts.addWidget(self._paper_what)
        self.add_waiting(texts, centred=False)
        line.addLayout(texts, 1)
        lines.addLayout(line)
        self._again = Button(self.look, self.look.say("slip.print_again"), "quiet", "print_again", icon="printer")
        self._again.clicked.connect(self._print_again)
        lines.addWidget(self._again, 0, Qt.AlignmentFlag.AlignRight)
        return self._paper

    def show_model(self, model: SlipView) -> None:
        """Show number, state of the case, state of the paper."""
        self._number.setText(groups.receipt_number(model.receipt_number))
        self._number.setAccessibleName(model.receipt_number)
        self._facts.setText(self.look.pair(model.item_name, model.stored_at))
        self._show_state(model.delivered)
        self._show_paper(model)

    def _show_state(self, delivered: bool) -> None:
        key = "slip.delivered" if delivered else "slip.stored"
        self._state.wear("delivered" if delivered else "waiting")
        self._state_picture.draw("check_circle" if delivered else "clock", Colour.DEEP if delivered else Colour.AMBER)
        self._state_words.wear("deep" if delivered else "amber")
        self._state_words.setText(self.look.say(key))
        self._state_how.setText(self.look.say(f"{key}.how"))

    def _show_paper(self, model: SlipView) -> None:
        failed = model.paper is Paper.FAILED
        self._paper.setVisible(model.paper is not Paper.NOT_ASKED)
        self._paper.wear("trouble" if failed else "card")
        self._paper_picture.grow(_TROUBLE_MM if failed else _PRINTER_MM)
        self._paper_picture.draw(picture_of(model.paper_reason) if failed else "printer", Colour.AMBER if failed else Colour.DEEP)
        self._paper_words.wear("amber" if failed else "strong")
        key = {Paper.PRINTED: "slip.printed", Paper.FAILED: "slip.failed"}.get(model.paper, "slip.printing")
        self._paper_words.setText(self.look.say(key))
        self._paper_what.say(self.look.sentence(model.paper_reason) if failed else "")
        self._again.setVisible(failed)

    def show_slip_picture(self, image: QImage) -> None:
        """Show the slip on the screen."""
        self.slip.show_picture(image)
        self._photo.setVisible(not image.isNull())
        self._drawing.setVisible(image.isNull())

    def main_action(self) -> MainAction:
        """Done."""
        return MainAction(self.look.say("slip.done"))

    def act(self) -> None:
        """Done."""
        self.happened.emit(Continue())

    def _print_again(self) -> None:
        self.happened.emit(PrintAgain())

    def wipe(self) -> None:
        """Forget number and slip too."""
        super().wipe()
        self._number.setAccessibleName("")
        self.slip.wipe()
