"""Puts voice and headphones together by the settings: part of the composition root, like ``kiosk.app``."""

from __future__ import annotations

from kiosk.config import Sound
from kiosk.services.headset import FindJacks, Jack, key_jack, switch_jacks
from kiosk.workers.headset_watch import HeadsetWatch
from ui.voice.hearing import Hearing
from ui.voice.process_speaker import ProcessSpeaker
from ui.voice.speaker import Mute, Speaker
from ui.window import KioskWindow


def make_hearing(sound: Sound, window: KioskWindow) -> Hearing:
    """What a resident of this machine hears."""
    return Hearing(window, make_speaker(sound), HeadsetWatch(jacks_of(sound)))


def make_speaker(sound: Sound) -> Speaker:
    """The voice that the settings want."""
    return Mute() if sound.engine == "none" else ProcessSpeaker(sound.engine)


def jacks_of(sound: Sound) -> FindJacks:
    """The jacks of the sound cards, and the keypad's."""

    def find() -> tuple[Jack, ...]:
        device = sound.jack_device
        own = () if device is None else (key_jack(device, sound.jack_plugged_key, sound.jack_unplugged_key),)
        return (*own, *switch_jacks())

    return find
