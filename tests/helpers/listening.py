"""A speaker that keeps what it was told, for tests."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.voice.earcons import Earcon
from ui.voice.speaker import Speaker, Spoken


class Recorder(Speaker):
    """Says nothing to the end by itself: a test decides when."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.said: list[str] = []
        self.spoken: list[Spoken] = []
        self.earcons: list[Earcon] = []
        self.stops = 0
        self.number = 0

    @property
    def trouble(self) -> str:
        return ""

    def say(self, number: int, spoken: Spoken) -> None:
        self.number = number
        self.said.append(spoken.text)
        self.spoken.append(spoken)

    def stop(self) -> None:
        self.stops += 1

    def play(self, earcon: Earcon, volume: float) -> None:
        assert 0.0 < volume <= 1.0
        self.earcons.append(earcon)

    def end(self) -> None:
        """What is being said has been said."""
        self.finished.emit(self.number)
