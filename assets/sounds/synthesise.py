"""Makes the sounds: soft struck bowls, in the pentatonic scale, short enough never to stand in the way of a voice.

Upwards means on, downwards back; what went wrong is low and dull; what wants attention comes twice, high, and longer.
"""

from __future__ import annotations

import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLES_PER_S = 44_100
_D5, _E5, _G5, _A5, _B5, _D6, _G6 = 587.33, 659.26, 783.99, 880.0, 987.77, 1174.66, 1567.98
_PEAK = 0.5
_TAIL_S = 0.02
"""Silence at the end: some sound devices cut what stands there."""


@dataclass(frozen=True, slots=True)
class Note:
    """One stroke."""

    hertz: float
    at_s: float = 0.0
    length_s: float = 0.18
    loud: float = 1.0


SOUNDS: dict[str, tuple[Note, ...]] = {
    "touch": (Note(_A5, length_s=0.06, loud=0.5),),
    "next": (Note(_G5, length_s=0.14), Note(_D6, 0.07, 0.2)),
    "back": (Note(_D6, length_s=0.14, loud=0.8), Note(_G5, 0.07, 0.2, 0.8)),
    "error": (Note(_E5 / 2, length_s=0.2), Note(_D5 / 2, 0.16, 0.32)),
    "done": (Note(_G5), Note(_B5, 0.11), Note(_D6, 0.22, 0.5)),
    "attention": (Note(_G6, 0.0, 0.35), Note(_D6, 0.22, 0.35), Note(_G6, 0.7, 0.35), Note(_D6, 0.92, 0.35)),
}
"""Name of the file, and what is struck."""


def sound(notes: tuple[Note, ...]) -> NDArray[np.int16]:
    """The samples of some notes."""
    length_s = max(note.at_s + note.length_s for note in notes) + _TAIL_S
    mixed = np.zeros(round(length_s * SAMPLES_PER_S))
    for note in notes:
        struck = _bowl(note)
        start = round(note.at_s * SAMPLES_PER_S)
        mixed[start : start + len(struck)] += struck
    loudest = max(1.0, float(np.abs(mixed).max()))
    return np.round(mixed / loudest * _PEAK * 32_767).astype(np.int16)


def _bowl(note: Note) -> NDArray[np.float64]:
    time_s = np.arange(round(note.length_s * SAMPLES_PER_S)) / SAMPLES_PER_S
    tone = np.zeros_like(time_s)
    for overtone, part in ((1.0, 0.75), (2.0, 0.2), (2.76, 0.05)):
        tone += part * np.sin(2 * np.pi * note.hertz * overtone * time_s)
    attack = np.minimum(1.0, time_s / 0.004)
    decay = np.exp(-5.0 * time_s / note.length_s)
    release = np.minimum(1.0, (note.length_s - time_s) / 0.01)
    shaped: NDArray[np.float64] = note.loud * tone * attack * decay * release
    return shaped


def write(folder: Path) -> list[Path]:
    """Write all files; raises ``OSError``."""
    written = []
    for name, notes in SOUNDS.items():
        path = folder / f"{name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLES_PER_S)
            file.writeframes(sound(notes).astype("<i2").tobytes())
        written.append(path)
    return written


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
