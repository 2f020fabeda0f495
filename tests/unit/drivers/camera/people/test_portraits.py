"""Other faces: a true one where it is installed, otherwise an honest look-alike."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.people import portraits
from tests.helpers.vision import portrait


def test_a_look_alike_is_changed_and_still_one_face() -> None:
    made = portraits.look_alike(portrait())
    assert made.shape == portrait().shape
    assert np.abs(made.astype(int) - portrait().astype(int)).mean() > 10
    assert portraits.find_landmarks(made).shape == (68, 2)


def test_without_a_second_portrait_a_look_alike_comes_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portraits.importlib.util, "find_spec", lambda _: None)
    assert portraits.second_portrait() is None
    assert np.array_equal(portraits.other_portrait(portrait()), portraits.look_alike(portrait()))


def test_the_second_portrait_is_somebody_else() -> None:
    second = portraits.second_portrait()
    if second is None:
        pytest.skip("matplotlib, which brings the second portrait, is not installed")
    assert np.array_equal(portraits.other_portrait(portrait()), second)
    assert not np.array_equal(portraits.other_portrait(second), second)
