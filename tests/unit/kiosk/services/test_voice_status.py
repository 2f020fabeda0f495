"""The voice, as staff hear of it."""

from __future__ import annotations

import pytest

from drivers.status import DeviceState
from fleet.console import words
from kiosk.services.voice_status import SWITCHED_OFF, voice_advice, voice_status
from ui.voice import speaker


@pytest.mark.parametrize("trouble", sorted({"", *speaker.TROUBLES} - {speaker.SWITCHED_OFF}))
def test_every_trouble_is_a_state_with_words_on_the_console(trouble: str) -> None:
    status = voice_status(trouble)
    assert status is not None
    assert status.code == "ok" or status.code in words.CODES
    works = trouble in ("", speaker.STARTING)
    assert (status.state is DeviceState.ONLINE) is works
    assert bool(voice_advice(status)) is not works


def test_a_machine_without_sound_has_no_such_device() -> None:
    assert voice_status(SWITCHED_OFF) is None
    assert speaker.SWITCHED_OFF == SWITCHED_OFF
    assert "voice" in words.DEVICES
