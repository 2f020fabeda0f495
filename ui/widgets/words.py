"""Text on the screen. Always plain: what a card or a resident says is never read as markup."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_ZERO_WIDTH_SPACE = "\u200b"
_LONG_RUN = re.compile(r"[^\s\u2e80-\uffef]{24,}")


def breakable(text: str) -> str:
    """``text`` with places to break inside runs that have none, so that a hostile value cannot widen the screen."""
    return _LONG_RUN.sub(lambda run: _ZERO_WIDTH_SPACE.join(run.group()), text)


class Words(QLabel):
    """A label in one of the roles of the style sheet: ``title``, ``heading``, ``strong``, ``body``, ``soft``, ``small`` …"""

    def __init__(self, text: str, role: str = "body", *, centred: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(True)
        self.setProperty("role", role)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter if centred else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show this text, with places to break it wherever it comes from."""
        super().setText(breakable(text))

    def say(self, text: str) -> None:
        """Show another text; nothing to say hides the label."""
        self.setText(text)
        self.setVisible(bool(text))

    def wear(self, role: str) -> None:
        """Take another role."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().polish(self)
