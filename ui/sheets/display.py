"""Switches of sight and sound: 大字, 高对比度, 低位操作, 声音, 语速, 音量."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from kiosk.domain.aids import MAX_RATE, MAX_VOLUME, MIN_RATE, MIN_VOLUME, Aids, Voice
from kiosk.flow.aid_events import AidsChosen
from ui.sheets.base import Sheet
from ui.widgets.buttons import Button
from ui.widgets.fitting import FittingGrid
from ui.widgets.panels import row
from ui.widgets.words import Words

_SWITCHES: tuple[tuple[str, Callable[[Aids], bool], Callable[[Aids], Aids]], ...] = (
    ("elder", lambda aids: aids.elder, Aids.switch_elder),
    ("large_text", lambda aids: aids.large_text, lambda aids: replace(aids, large_text=not aids.large_text)),
    ("contrast", lambda aids: aids.high_contrast, lambda aids: replace(aids, high_contrast=not aids.high_contrast)),
    ("low_position", lambda aids: aids.low_position, lambda aids: replace(aids, low_position=not aids.low_position)),
    ("still", lambda aids: aids.still, lambda aids: replace(aids, still=not aids.still)),
)
_VOICES = ((Voice.OFF, "mute"), (Voice.ALOUD, "voice"), (Voice.HEADPHONES, "headphones"))


class DisplaySheet(Sheet):
    """Every switch acts at once, and shows how it stands."""

    replay_wanted = Signal()

    def title(self) -> str:
        """What this is."""
        return self.look.say("display.title")

    def build(self, layout: QVBoxLayout) -> None:
        """Sight above, sound below."""
        layout.addWidget(Words(self.look.say("display.sight"), "strong"))
        grid = FittingGrid(self.look, most=2)
        layout.addWidget(grid)
        for name, is_on, switched in _SWITCHES:
            button = self._choice(f"aid:{name}", self.look.say(f"display.{name}"), name, on=is_on(self.chrome.aids))
            button.clicked.connect(self._choose(switched(self.chrome.aids)))
            grid.add(button)
        layout.addWidget(Words(self.look.say("display.sound"), "strong"))
        voices = FittingGrid(self.look, most=3)
        for voice, icon in _VOICES:
            button = self._choice(
                f"voice:{voice}", self.look.say(f"display.voice.{voice}"), icon, on=self.chrome.aids.voice is voice
            )
            button.clicked.connect(self._choose(replace(self.chrome.aids, voice=voice)))
            voices.add(button)
        layout.addWidget(voices)
        if self.chrome.aids.voice is not Voice.OFF:
            self._add_speech(layout)

    def _add_speech(self, layout: QVBoxLayout) -> None:
        aids = self.chrome.aids
        slower, faster = aids.paced(aids.rate - 1), aids.paced(aids.rate + 1)
        self._stepper(layout, "rate", aids.rate - MIN_RATE + 1, MAX_RATE - MIN_RATE + 1, slower, faster)
        self._stepper(
            layout, "volume", aids.volume - MIN_VOLUME + 1, MAX_VOLUME - MIN_VOLUME + 1, aids.louder(-1), aids.louder(1)
        )
        again = Button(self.look, self.look.say("display.replay"), "quiet", "replay", icon="again")
        again.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        again.clicked.connect(self.replay_wanted)
        layout.addWidget(again)

    def _stepper(self, layout: QVBoxLayout, name: str, now: int, most: int, less: Aids, more: Aids) -> None:
        line = row(self.look, gap_mm=3.5)
        line.addWidget(Words(self.look.say(f"display.{name}"), "body"), 1)
        for sign, icon, aids, end in (("less", "minus", less, now == 1), ("more", "plus", more, now == most)):
            if sign == "more":
                line.addWidget(Words(self.look.say("display.of", now=now, most=most), "strong", centred=True), 1)
            button = Button(self.look, "", "quiet", f"{name}_{sign}", icon=icon)
            button.setAccessibleName(self.look.say(f"display.{name}_{sign}"))
            button.setEnabled(not end)
            button.clicked.connect(self._choose(aids))
            line.addWidget(button, 1)
        layout.addLayout(line)

    def _choice(self, name: str, text: str, icon: str, *, on: bool) -> Button:
        button = Button(self.look, text, "choice", name, icon=icon)
        button.setCheckable(True)
        button.setChecked(on)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _choose(self, aids: Aids) -> Callable[[], None]:
        return lambda: self.happened.emit(AidsChosen(aids))
