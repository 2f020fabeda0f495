"""What each status code means, for a technician: every code has its words here, once; a driver's ``detail`` adds what it saw."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.status import DeviceStatus

_REMEMBERED = "was_"

CODE_WORDS: Mapping[str, str] = {
    # every device
    "ok": "ready",
    "starting": "not asked yet, or still opening",
    "stopped": "not in use",
    "not_asked": "there was no time left to ask it",
    "busy": "at work",
    "disconnected": "the port is not there: cable, power, or the path in the settings",
    "no_answer": "the port is there and the device silent: power, baud rate, or another device on that port",
    "missing": "no such device is set up",
    "no_response": "the device took a command and gave no answer",
    "garbled": "the device answers what makes no sense: baud rate, a bad cable, or another device on that port",
    "bad_frame": "the device answers what makes no sense: baud rate, a bad cable, or another device on that port",
    "bad_answer": "its answers contradict each other or cannot be understood",
    "refused": "the device refuses the question",
    "unsupported": "the device cannot do what was asked",
    "wedged": "the driver hangs in the operating system; it is opened anew, and needs the plug pulled if this lasts",
    "driver_bug": "the driver ended with an error of its own; the log names it",
    "device_error": "the link to the device failed",
    "differs_from_recording": "the replayed transcript and the driver do not say the same",
    # card reader
    "sam_out_of_order": "the security module is out of order",
    "sam_self_test_failed": "the security module failed its self-test: switch the reader off and on, else replace it",
    "sam_not_authorised": "the security module is not authorised: the reader must be replaced",
    # scanner
    "held_by_another": "another program holds the device",
    "wrong_profile": "it is not the kind of scanner that the settings name",
    "trigger_refused": "it refuses to be told when to look",
    "wrong_trigger_mode": "it looks when it likes, not when told to: set its trigger mode",
    # printers
    "near_end": "the paper will soon be used up",
    "paper_low": "the paper will soon be used up",
    "paper_out": "the paper is used up",
    "paper_jam": "paper is jammed",
    "tray_missing": "a paper tray is out",
    "cover_open": "a cover or door is open",
    "cutter_error": "the cutter is jammed",
    "head_hot": "the print head is too hot and cools down by itself",
    "offline": "the printer is offline without saying why",
    "unnamed_error": "the printer reports an error without saying which",
    "unnamed_report": "the printer reports something that has no words here",
    "unrecoverable_error": "the printer reports an error it cannot recover from: switch it off and on",
    "no_font": "this machine has no Chinese font to draw the slip with",
    "toner_low": "toner or ink will soon be used up",
    "toner_out": "toner or ink is used up or missing",
    "waste_nearly_full": "the waste container is nearly full",
    "waste_full": "the waste container is full",
    "output_nearly_full": "the output tray is nearly full",
    "output_full": "the output tray is full or missing",
    "fuser": "the fuser is too hot or too cold",
    "part_nearly_worn_out": "a part of the printer will soon be used up",
    "part_worn_out": "a part of the printer is used up",
    # document printer and its queue
    "no_cups": "the print service (CUPS) is not there",
    "no_such_queue": "the print service has no queue of that name",
    "not_connected": "the print service cannot reach the printer: switched off, or the cable is out",
    "queue_stopped": "the print service has stopped the queue: cupsenable, when its cause is gone",
    "paused": "the queue is paused: cupsenable",
    "rejecting": "the queue takes no jobs: cupsaccept",
    "no_filter": "the print service lacks a filter for this printer",
    "spool_full": "the print service has no room for documents",
    "queue_not_clear": "an earlier job of this terminal cannot be removed",
    "purge_refused": "the print service does not remove the document",
    "job_refused": "the print service does not take the job",
    "job_gone": "the print service does not know the job any more",
    "printing": "at work",
    "job_cancelled": "somebody, or the print service itself, has cancelled the job",
    "job_aborted": "the print service gave the job up",
    "job_begun_anew": "the job was about to be printed a second time",
    "document_refused": "the print service does not take the document",
    "document_too_large": "the document is too large",
    "document_not_pdf": "the document is no PDF",
    "document_cut_off": "the end of the document is missing",
    "document_encrypted": "the document is encrypted",
    "document_lost": "the document did not arrive whole",
    "time_is_up": "the job did not end within its time, or was given up",
    # cameras
    "at_rest": "there, and not read between face checks",
    "lost": "the camera is not there or gives no pictures: cable, or the path in the settings",
    "ended": "the recording has come to its end",
    "frozen": "the picture no longer changes",
    "torn": "only cut pictures arrive",
    "black": "nothing can be seen: lens cap, or the light is off",
    "covered": "something lies on the lens",
    "no_portrait": "the simulated camera has nobody to show",
}


def words_of(status: DeviceStatus) -> str:
    """State, meaning of the code, and the driver's detail, in one line for a technician."""
    remembered = status.code.startswith(_REMEMBERED)
    code = status.code.removeprefix(_REMEMBERED)
    meaning = CODE_WORDS.get(code, code.replace("_", " "))
    if remembered:
        meaning = f"at the end of the last job: {meaning}"
    detail = f" ({status.detail})" if status.detail and status.detail not in meaning else ""
    return f"{status.state.value.replace('_', ' ')}: {meaning}{detail}"
