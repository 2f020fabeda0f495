"""What a technician should do about a code; what it means stands in ``drivers.status_words``."""

from __future__ import annotations

from drivers.status_words import words_of
from kiosk.services.doctor.report import Findings, Verdict

_PLUG = "check the cable at both ends and the power; if the path has changed, see what is plugged in"
_CUPS = "look at the print service on this machine: lpstat -t"

_ADVICE = {
    "disconnected": _PLUG,
    "lost": _PLUG,
    "no_answer": "is it switched on, and is it the right device at this plug? compare speed and model with the settings",
    "garbled": "compare the speed in the settings with the device's; try another cable",
    "wedged": "pull the plug and put it back; if that happens again, change cable or device",
    "driver_bug": "send the log to the developers",
    "refused": "compare the device with the settings: is it of the right kind?",
    "sam_not_authorised": "ask the reader's vendor, or change the reader",
    "wrong_profile": "is it switched on? set the scanner_profile and the speed that it has",
    "unsupported": "correct what the settings say of it; see what is plugged in",
    "held_by_another": "stop what else uses it: is a terminal running?",
    "paper_out": "put paper in",
    "near_end": "put paper in soon",
    "paper_low": "put paper in soon",
    "paper_jam": "take the jammed paper out",
    "cover_open": "close the cover",
    "cutter_error": "free the blade, then close the cover",
    "head_hot": "wait until the head has cooled down; keep its air way free",
    "offline": "let go of the feed button, or switch the printer off and on",
    "unnamed_error": "look at the printer's own lamps; switch it off and on",
    "no_font": "install a Chinese font: apt-get install fonts-noto-cjk",
    "toner_low": "have new toner ready",
    "toner_out": "put new toner in",
    "no_cups": _CUPS,
    "no_such_queue": _CUPS,
    "queue_stopped": "cupsenable the queue when its cause is gone",
    "paused": "cupsenable the queue when its cause is gone",
    "rejecting": "cupsaccept the queue",
    "black": "take off what covers the lens; is there light?",
    "covered": "take off what covers the lens",
    "frozen": "pull the camera's plug and put it back",
    "torn": "use a shorter or better cable",
}
_LIMITED = "it works, but a self-test failed: read what it says"


def advice_for(findings: Findings, verdict: Verdict) -> str:
    """One sentence; empty when there is nothing to do."""
    if verdict is Verdict.FIT:
        return ""
    known = _ADVICE.get(findings.status.code.removeprefix("was_"))
    if known is not None:
        return known
    if verdict is Verdict.LIMITED and not all(test.passed for test in findings.tests):
        return _LIMITED
    return f"look at the device: {words_of(findings.status)}"
