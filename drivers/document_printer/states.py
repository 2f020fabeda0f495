"""From ``printer-state`` and ``printer-state-reasons`` to the words of all devices; pure.

Keywords: RFC 8011 5.4.12, PWG 5100.9, and what the back ends of CUPS say (``offline``, ``cups-…``). The endings ``-error``,
``-warning`` and ``-report`` are no measure of gravity: the network back ends report a jam as a warning and an open door as a
report. So the keyword decides, and the ending only for keywords that nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.document_printer.attributes import Attributes, PrinterState, number_of, text_of, texts_of, truth_of
from drivers.document_printer.types import DocumentPrinterStatus
from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse
from drivers.status import DeviceState, DeviceStatus, SupplyState

_ENDINGS = ("-error", "-warning", "-report")
_LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a keyword means for us."""

    state: DeviceState
    code: str
    detail: str
    is_firm: bool = False
    """CUPS itself is the source, so it holds while the printer is idle too."""


_OFF, _BROKEN = DeviceState.OFFLINE, DeviceState.HARDWARE_ERROR
_COVER = Meaning(_OFF, "cover_open", "a cover or door is open")
_EMPTY = Meaning(_OFF, "paper_out", "the paper is used up")
_TONER = Meaning(_OFF, "toner_out", "toner or ink is used up or missing")
_OUTPUT = Meaning(_OFF, "output_full", "the output tray is full or missing")
_FUSER = Meaning(_BROKEN, "fuser", "the fuser is too hot or too cold")
_WORN = Meaning(_BROKEN, "part_worn_out", "a part of the printer is used up")
_UNREACHED = Meaning(_OFF, "not_connected", "CUPS cannot reach the printer: switched off, or the cable is out")
_PAUSED = Meaning(_OFF, "paused", "the queue is paused in CUPS: cupsenable", is_firm=True)
_FILTER = Meaning(_OFF, "no_filter", "CUPS lacks a filter for this printer", is_firm=True)
_PAPER_LOW = Meaning(DeviceState.ONLINE, "paper_low", "the paper will soon be used up")
_TONER_LOW = Meaning(DeviceState.ONLINE, "toner_low", "toner or ink will soon be used up")
_WASTE_LOW = Meaning(DeviceState.ONLINE, "waste_nearly_full", "the waste container is nearly full")
_WORN_SOON = Meaning(DeviceState.ONLINE, "part_nearly_worn_out", "a part of the printer will soon be used up")
_QUIET = Meaning(DeviceState.ONLINE, "ok", "")

# In the order in which a technician must act.
MEANINGS: dict[str, Meaning] = {
    "paused": _PAUSED,
    "moving-to-paused": _PAUSED,
    "cups-missing-filter": _FILTER,
    "cups-insecure-filter": _FILTER,
    "spool-area-full": Meaning(_OFF, "spool_full", "CUPS has no room for documents", is_firm=True),
    "shutdown": _UNREACHED,
    "timed-out": _UNREACHED,
    "connecting-to-device": _UNREACHED,
    "cover-open": _COVER,
    "door-open": _COVER,
    "interlock-open": _COVER,
    "media-jam": Meaning(_BROKEN, "paper_jam", "paper is jammed in the printer"),
    "media-empty": _EMPTY,
    "media-needed": _EMPTY,
    "input-tray-missing": Meaning(_OFF, "tray_missing", "a paper tray is out"),
    "output-area-full": _OUTPUT,
    "output-tray-missing": _OUTPUT,
    "toner-empty": _TONER,
    "marker-supply-empty": _TONER,
    "marker-supply-missing": _TONER,
    "marker-waste-full": Meaning(_OFF, "waste_full", "the waste container is full"),
    "fuser-over-temp": _FUSER,
    "fuser-under-temp": _FUSER,
    "opc-life-over": _WORN,
    "developer-empty": _WORN,
    "offline": Meaning(_OFF, "offline", "the printer is offline"),
    "media-low": _PAPER_LOW,
    "toner-low": _TONER_LOW,
    "marker-supply-low": _TONER_LOW,
    "marker-waste-almost-full": _WASTE_LOW,
    "output-area-almost-full": Meaning(DeviceState.ONLINE, "output_nearly_full", "the output tray is nearly full"),
    "opc-near-eol": _WORN_SOON,
    "developer-low": _WORN_SOON,
    "cups-waiting-for-job-completed": _QUIET,
    "cups-remote-pending": _QUIET,
    "cups-remote-processing": _QUIET,
}
_RANK = {keyword: rank for rank, keyword in enumerate(MEANINGS)}


def keyword_of(reason: str) -> str:
    """``media-jam`` for ``media-jam-error`` and the like."""
    return next((reason.removesuffix(ending) for ending in _ENDINGS if reason.endswith(ending)), reason)


def meaning_of(reason: str) -> Meaning:
    """What one reason means; unknown ones are shown with the words CUPS used."""
    known = MEANINGS.get(keyword_of(reason))
    if known is not None:
        return known
    if reason.endswith("-error"):
        return Meaning(_BROKEN, "unnamed_error", f"the printer reports {reason[:80]}")
    return Meaning(DeviceState.ONLINE, "unnamed_report", f"the printer reports {reason[:80]}")


def _urgency(reason: str) -> tuple[bool, int]:
    meaning = meaning_of(reason)
    return meaning.state is DeviceState.ONLINE, _RANK.get(
        keyword_of(reason), len(_RANK) if meaning.code != "ok" else len(_RANK) + 1
    )


def status_of(attributes: Attributes, *, while_printing: bool = False) -> DocumentPrinterStatus:
    """The status in our words: the most urgent reason gives the code, the rest stands in the detail."""
    state = number_of(attributes, "printer-state")
    if state is None:
        return unknown_status(DeviceState.UNKNOWN, "bad_answer", "CUPS does not tell the printer's state")
    reasons = tuple(reason for reason in texts_of(attributes, "printer-state-reasons") if reason not in ("none", ""))
    accepting = truth_of(attributes, "printer-is-accepting-jobs") is not False
    device, is_remembered = _device(state, reasons, accepting, text_of(attributes, "printer-state-message"), while_printing)
    codes = set() if is_remembered else {meaning_of(reason).code for reason in reasons}
    return DocumentPrinterStatus(
        device,
        paper=_paper(codes, is_remembered),
        toner=_toner(codes, is_remembered),
        cover_open="cover_open" in codes,
        is_accepting=accepting,
        queued_jobs=number_of(attributes, "queued-job-count"),
        reasons=reasons,
        is_remembered=is_remembered,
    )


def _device(state: int, reasons: Sequence[str], accepting: bool, message: str, while_printing: bool) -> tuple[DeviceStatus, bool]:
    meanings = [meaning_of(reason) for reason in sorted(reasons, key=_urgency)]
    first = meanings[0] if meanings else _QUIET
    detail = "; ".join(dict.fromkeys(meaning.detail for meaning in meanings if meaning.detail))
    is_bad = first.state is not DeviceState.ONLINE
    is_remembered = is_bad and not first.is_firm and state == PrinterState.IDLE and not while_printing
    if is_remembered or not is_bad:
        closed = _closed(state, accepting, message)
        if closed is not None:
            return closed, False
    if is_remembered:
        told = f"{detail}, when the last job ended; the next job asks the printer again"
        return DeviceStatus(DeviceState.ONLINE, f"was_{first.code}", told[:_LONGEST_DETAIL]), True
    if not is_bad and state == PrinterState.PROCESSING and not while_printing:
        code = "printing" if first.code == "ok" else first.code
        return DeviceStatus(DeviceState.BUSY, code, detail[:_LONGEST_DETAIL]), False
    return DeviceStatus(first.state, first.code, detail[:_LONGEST_DETAIL]), False


def _closed(state: int, accepting: bool, message: str) -> DeviceStatus | None:
    """What CUPS itself keeps from printing, without a reason of the printer's."""
    if state == PrinterState.STOPPED:
        said = f": {message}" if message else ""
        return DeviceStatus(_OFF, "queue_stopped", f"CUPS has stopped the queue{said}"[:_LONGEST_DETAIL])
    if not accepting:
        return DeviceStatus(_OFF, "rejecting", "the queue takes no jobs: cupsaccept")
    return None


def _paper(codes: set[str], is_remembered: bool) -> SupplyState:
    if is_remembered:
        return SupplyState.UNKNOWN
    if "paper_jam" in codes:
        return SupplyState.JAMMED
    if "paper_out" in codes:
        return SupplyState.OUT
    return SupplyState.LOW if "paper_low" in codes else SupplyState.FULL


def _toner(codes: set[str], is_remembered: bool) -> SupplyState:
    if is_remembered:
        return SupplyState.UNKNOWN
    if "toner_out" in codes:
        return SupplyState.OUT
    return SupplyState.LOW if "toner_low" in codes else SupplyState.FULL


def unknown_status(state: DeviceState, code: str, detail: str) -> DocumentPrinterStatus:
    """Status of a printer that could not be asked."""
    return DocumentPrinterStatus(
        DeviceStatus(state, code, detail[:_LONGEST_DETAIL]),
        SupplyState.UNKNOWN,
        SupplyState.UNKNOWN,
        cover_open=False,
        is_accepting=False,
        queued_jobs=None,
    )


def status_of_failure(error: DeviceError) -> DocumentPrinterStatus:
    """What a failed link to CUPS means."""
    match error:
        case Disconnected():
            return unknown_status(DeviceState.NO_DEVICE, "disconnected", str(error))
        case NoResponse():
            return unknown_status(DeviceState.UNKNOWN, "no_answer", str(error))
        case BadFrame():
            return unknown_status(DeviceState.UNKNOWN, "bad_answer", str(error))
        case _:
            return unknown_status(DeviceState.OFFLINE, error.code, str(error))


def time_is_up() -> DocumentPrinterStatus:
    """What explains a job that was not let go on, when the printer does not."""
    return unknown_status(DeviceState.UNKNOWN, "time_is_up", "the job did not end within its time, or was given up")
