"""The voice as a device among the others: what staff and the platform are told of it."""

from __future__ import annotations

from drivers.status import DeviceState, DeviceStatus

SWITCHED_OFF = "speech.switched_off"
_STATES = {
    "": DeviceStatus(DeviceState.ONLINE, "ok"),
    "speech.starting": DeviceStatus(DeviceState.ONLINE, "starting", "the engine lists its voices"),
    "speech.no_engine": DeviceStatus(DeviceState.NO_DEVICE, "no_engine", "speech-dispatcher is not there or does not answer"),
    "speech.no_voice": DeviceStatus(DeviceState.HARDWARE_ERROR, "no_voice", "no voice speaks a language of this terminal"),
    "speech.lost": DeviceStatus(DeviceState.HARDWARE_ERROR, "lost", "the process for sound has ended and is started anew"),
}
_ADVICE = {
    "no_engine": "install speech-dispatcher and speech-dispatcher-espeak-ng, and look at journalctl for speech-dispatcher",
    "no_voice": "install espeak-ng, and look whether `spd-say -L` lists Chinese and English",
    "lost": "run `kiosk voice --verbose`; if it goes on, look at the sound server (pactl info)",
}


def voice_status(trouble: str) -> DeviceStatus | None:
    """By the reason code of a speaker; nothing where the settings want no voice."""
    return None if trouble == SWITCHED_OFF else _STATES[trouble]


def voice_advice(status: DeviceStatus) -> str:
    """What to do about it; empty when there is nothing to do."""
    return _ADVICE.get(status.code, "")
