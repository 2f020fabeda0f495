"""Aids: how a resident wants to see, hear and reach the screen (适老化、无障碍). Nothing of it outlives the visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

MIN_RATE, MAX_RATE = -2, 2
MIN_VOLUME, MAX_VOLUME = 1, 5


class Voice(StrEnum):
    """Whether the screen is read out, and where to."""

    OFF = "off"
    ALOUD = "aloud"
    """Through the loudspeaker: nothing personal is said."""
    HEADPHONES = "headphones"
    """Through headphones only: personal data is said, too."""


@dataclass(frozen=True, slots=True)
class Aids:
    """What is switched on. The plain value is where every visit starts."""

    elder: bool = False
    """长辈版: one question a screen, larger text and targets, voice, twice the time, no gestures."""
    high_contrast: bool = False
    large_text: bool = False
    low_position: bool = False
    """Everything to touch stands in the lower part of the screen, within reach from a wheelchair."""
    still: bool = False
    """Nothing moves but what must: transitions are off."""
    blank: bool = False
    """The screen shows nothing: for those who listen and would rather not be read over their shoulder."""
    voice: Voice = Voice.OFF
    rate: int = 0
    """Pace of speech, from ``MIN_RATE`` to ``MAX_RATE``."""
    volume: int = 3
    """Loudness, from ``MIN_VOLUME`` to ``MAX_VOLUME``."""

    @property
    def patience(self) -> int:
        """So many times the usual time before it is asked whether somebody is still there; who listens needs more as well."""
        return 2 if self.elder or self.blank or self.voice is not Voice.OFF else 1

    def switch_elder(self) -> Self:
        """Elder mode on, with voice; or off, and the loudspeaker with it."""
        if not self.elder:
            return replace(self, elder=True, voice=Voice.ALOUD if self.voice is Voice.OFF else self.voice)
        return replace(self, elder=False, voice=Voice.OFF if self.voice is Voice.ALOUD else self.voice)

    def paced(self, rate: int) -> Self:
        """Speaking at another pace, within the limits."""
        return replace(self, rate=max(MIN_RATE, min(MAX_RATE, rate)))

    def louder(self, by: int) -> Self:
        """Louder or, with a negative number, softer, within the limits."""
        return replace(self, volume=max(MIN_VOLUME, min(MAX_VOLUME, self.volume + by)))


PLAIN = Aids()
"""Nothing switched on."""
