"""A friendly word beside the visit: the ID card has done its work and may be taken."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout

from ui.look import Look
from ui.widgets.panels import Notice, Picture
from ui.widgets.words import Words


def add_card_notice(look: Look, layout: QBoxLayout) -> None:
    """It stands for as long as the card lies there, and asks for no touch."""
    notice = Notice(look)
    notice.setObjectName("card_notice")
    layout.addWidget(notice)  # first: without a parent it would flash up as a window of its own
    notice.tell(look.say("card_notice.what"), look.say("card_notice.todo"), "card")


def add_card_line(look: Look, layout: QBoxLayout) -> None:
    """The same in one line, where the screen lies and has no height to spare."""
    layout.addWidget(Picture(look, "card", 6))
    words = Words(look.say("card_notice.what"), "amber")
    words.setObjectName("card_notice")
    words.setWordWrap(False)
    layout.addWidget(words)
