"""The sounds are ours, short, and there."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from assets.sounds import synthesise
from ui.voice.earcons import Earcon


def test_every_sound_is_what_the_script_makes(tmp_path: Path) -> None:
    made = synthesise.write(tmp_path)
    assert {path.stem for path in made} == {earcon.value for earcon in Earcon}
    for path in made:
        assert path.read_bytes() == Earcon(path.stem).path.read_bytes(), f"{path.stem}: run python -m assets.sounds.synthesise"


@pytest.mark.parametrize("earcon", list(Earcon))
def test_a_sound_is_heard_is_not_cut_and_is_short(earcon: Earcon) -> None:
    with wave.open(str(earcon.path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        seconds = file.getnframes() / file.getframerate()
    assert 3_000 < np.abs(samples).max() < 20_000
    assert abs(int(samples[0])) < 200
    assert np.abs(samples[-200:]).max() == 0
    assert seconds < (1.5 if earcon is Earcon.ATTENTION else 0.8)
