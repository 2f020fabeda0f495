"""Whoever speaks. Another engine, a dialect's say, is another ``Speaker``."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from kiosk.domain.aids import MAX_VOLUME, MIN_VOLUME
from kiosk.domain.language import Language
from ui.voice.earcons import Earcon

NO_ENGINE, NO_VOICE, LOST, STARTING = "speech.no_engine", "speech.no_voice", "speech.lost", "speech.starting"
SWITCHED_OFF = "speech.switched_off"
TROUBLES = frozenset({NO_ENGINE, NO_VOICE, LOST, STARTING, SWITCHED_OFF})
"""Reason codes: why nothing can be heard."""

_SOFTEST = 0.4


def loudness(volume: int) -> float:
    """``Aids.volume`` as the part of what the loudspeaker gives: the softest step can still be heard in a hall."""
    steps = max(1, MAX_VOLUME - MIN_VOLUME)
    return _SOFTEST + (1.0 - _SOFTEST) * (min(MAX_VOLUME, max(MIN_VOLUME, volume)) - MIN_VOLUME) / steps


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words as they are handed to a voice."""

    text: str = field(repr=False)
    language: Language
    rate: int = 0
    """``Aids.rate``."""
    volume: float = 1.0


class Speaker(QObject):
    """Says one thing at a time. Never blocks, never raises for what an engine does or does not do."""

    began = Signal(int)
    finished = Signal(int)
    """The number of what was said to the end, or will never be; nothing of what was interrupted."""
    trouble_changed = Signal(str)
    """A reason code of ``TROUBLES``, or empty."""

    @property
    def trouble(self) -> str:
        """Why nothing can be heard now; empty when it can."""
        raise NotImplementedError

    def start(self) -> None:
        """Make ready; may take seconds, during which ``trouble`` is ``speech.starting``."""

    def say(self, number: int, spoken: Spoken) -> None:
        """Say this at once; whatever is being said ends."""
        raise NotImplementedError

    def stop(self) -> None:
        """Say nothing more."""
        raise NotImplementedError

    def play(self, earcon: Earcon, volume: float) -> None:
        """A short sound, beside whatever is being said."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of everything; may be called twice."""


class Mute(Speaker):
    """A machine without sound, by its settings."""

    @property
    def trouble(self) -> str:
        """Always the same."""
        return SWITCHED_OFF

    def say(self, number: int, spoken: Spoken) -> None:  # noqa: ARG002 - as the contract has it
        """Nothing is heard; whoever waits for the end need not."""
        self.finished.emit(number)

    def stop(self) -> None:
        """Nothing to stop."""

    def play(self, earcon: Earcon, volume: float) -> None:
        """Nothing is heard."""
