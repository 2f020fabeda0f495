"""What a technician should do about a code. Every code of a driver that means work for somebody stands here."""

from __future__ import annotations

from kiosk.services.doctor.report import Findings, Verdict

_PLUG = "check the cable at both ends and the power; if the path has changed, see the candidates below"

_ADVICE = {
    "disconnected": _PLUG,
    "lost": _PLUG,
    "no_answer": "is it switched on, and is it the right device at this plug? check speed and model in the settings",
    "garbled": "check the speed in the settings, and the cable: what comes is no answer of this protocol",
    "wedged": "the driver hangs: pull the plug and put it back; if that happens again, change cable or device",
    "driver_bug": "a mistake in the program: send the log to the developers",
    "refused": "the module refuses the command: is it licensed, and of the right kind?",
    "sam_self_test_failed": "the security module is broken: change the reader",
    "sam_not_authorised": "the security module is not licensed: ask its vendor",
    "paper_out": "put a new roll in",
    "near_end": "put a new roll in soon",
    "cover_open": "close the cover",
    "cutter_error": "free the blade, then close the cover",
    "head_hot": "wait until the head has cooled down; is the air way blocked?",
    "offline": "let go of the feed button, or switch the printer off and on",
    "unrecoverable_error": "switch the printer off and on; if it comes back, change it",
    "unnamed_error": "look at the printer's own lamps; switch it off and on",
    "no_font": "install a Chinese font: apt-get install fonts-noto-cjk",
    "black": "take off what covers the lens; is there light?",
    "covered": "take off what covers the lens",
    "frozen": "pull the camera's plug and put it back",
    "torn": "use a shorter or better cable: the pictures arrive cut",
    "no_trigger": "the scanner does not obey: is the right profile set?",
    "unsupported": "the address in the settings is none that this program knows",
}
_LIMITED = "it works, but a self-test failed: read what it says"


def advice_for(findings: Findings, verdict: Verdict) -> str:
    """One sentence; empty when there is nothing to do."""
    if verdict is Verdict.FIT:
        return ""
    known = _ADVICE.get(findings.status.code.removeprefix("was_"))
    if known is not None:
        return known
    if verdict is Verdict.LIMITED:
        return _LIMITED
    return findings.status.detail or f"look at the device: it says {findings.status.code}"
