"""From facts to what stands on the page: words, ages, tones. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from contract.kiosks import DeviceReport, Heartbeat
from fleet.audit_trails import CUT
from fleet.clock import in_china
from fleet.console.facts import CaseFacts, FleetFacts, KioskFacts
from fleet.console.words import CASE_STATES, CODES, DEVICE_STATES, DEVICES, KIOSK_STATES, REASONS, Language, age, ago, say, word
from fleet.material_register import Waiting
from fleet.reconciliation import OpenDay, OpenDifferences

SILENT_AFTER_S = 90.0
KIOSKS_A_PAGE = 60
LOW_DISK_BYTES = 1_000_000_000
LONG_WAIT_S = 3600.0
UNSETTLED_AFTER_S = 86_400.0
"""A difference may be a receipt lost on the way; the terminal settles that within a day by itself."""

Tone = Literal["good", "wait", "bad", "quiet"]
"""Never told by colour alone: each tone has its own icon, and a word stands beside it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value; ``exact`` is the long form, for a tool tip."""

    label: str
    value: str
    tone: Tone = "quiet"
    exact: str = ""
    details: tuple[str, ...] = ()
    command: str = ""
    """What to run about it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One total."""

    label: str
    value: str
    note: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device of a terminal."""

    name: str
    word: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class KioskView:
    """One terminal."""

    kiosk_id: str
    name: str
    state: str
    tone: Tone
    contact: Fact
    remarks: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    devices: tuple[DeviceView, ...]
    is_alarming: bool
    """Somebody must look, whatever the terminal says of itself."""
    is_past: bool
    """The report is older than the silence limit: show it, but as the past."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One line of the case list."""

    receipt_number: str
    item_code: str
    kiosk_name: str
    state: str
    tone: Tone
    reason: str
    received: str
    processed: str


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page."""

    language: Language
    now: str
    tiles: tuple[Tile, ...]
    kiosks: tuple[KioskView, ...]
    cases: tuple[CaseView, ...]
    page: int
    pages: int

    def say(self, key: str, **values: object) -> str:
        """A text of the page."""
        return say(self.language, key, **values)


def build_page(facts: FleetFacts, now_ms: int, language: Language, page: int = 1) -> PageView:
    """The page for ``facts``; terminals in trouble come first. A page number out of range is brought within it."""
    pages = max(1, -(-len(facts.kiosks) // KIOSKS_A_PAGE))
    page = min(max(1, page), pages)
    in_order = sorted(facts.kiosks, key=lambda kiosk: (_urgency(kiosk, now_ms), kiosk.name, kiosk.kiosk_id))
    shown = in_order[(page - 1) * KIOSKS_A_PAGE : page * KIOSKS_A_PAGE]
    return PageView(
        language=language,
        now=_exact(now_ms),
        tiles=_tiles(facts, now_ms, language),
        kiosks=tuple(_kiosk(kiosk, now_ms, language) for kiosk in shown),
        cases=tuple(_case(case, language) for case in facts.recent_cases),
        page=page,
        pages=pages,
    )


def kiosk_state(kiosk: KioskFacts, now_ms: int) -> Literal["serving", "not_serving", "silent", "new"]:
    """Whether residents can use the terminal now, as far as we know."""
    if now_ms - kiosk.last_contact_at_ms > SILENT_AFTER_S * 1000:
        return "silent"
    if kiosk.heartbeat is None:
        return "new"
    return "serving" if kiosk.heartbeat.serving else "not_serving"


_TONES: dict[str, Tone] = {"serving": "good", "not_serving": "bad", "silent": "bad", "new": "wait"}
_URGENCY = {"silent": 0, "not_serving": 1, "new": 4, "serving": 5}


def is_alarming(kiosk: KioskFacts, now_ms: int) -> bool:
    """True when the records of terminal and platform do not fit together and will not by themselves."""
    is_told = kiosk.heartbeat is not None and kiosk.heartbeat.reconciliation_alarms > 0
    return is_told or bool(kiosk.audit_alarms) or _is_unsettled(kiosk.differences, now_ms)


def _is_unsettled(differences: OpenDifferences | None, now_ms: int) -> bool:
    return differences is not None and now_ms - differences.since_ms > UNSETTLED_AFTER_S * 1000


def _urgency(kiosk: KioskFacts, now_ms: int) -> int:
    state = kiosk_state(kiosk, now_ms)
    if state != "silent" and is_alarming(kiosk, now_ms):
        return 1
    if state != "serving" or kiosk.heartbeat is None:
        return _URGENCY[state]
    tones = {_device_tone(report) for report in kiosk.heartbeat.devices}
    if "bad" in tones or kiosk.heartbeat.needs_staff_cases > 0:
        return 2
    return 3 if "wait" in tones or kiosk.differences is not None else _URGENCY[state]


def _tiles(facts: FleetFacts, now_ms: int, language: Language) -> tuple[Tile, ...]:
    states = [kiosk_state(kiosk, now_ms) for kiosk in facts.kiosks]
    reports = [kiosk.heartbeat for kiosk in facts.kiosks if kiosk.heartbeat is not None]
    usable, silent = states.count("serving"), states.count("silent")
    usable_tone: Tone = "good" if usable else "bad" if states else "quiet"
    backlog = sum(report.pending_cases for report in reports)
    oldest_s = max((report.oldest_pending_s for report in reports if report.oldest_pending_s is not None), default=None)
    on_kiosks = sum(report.needs_staff_cases for report in reports)
    on_platform = facts.cases_by_state.get("needs_staff", 0)
    done, still_open = facts.cases_by_state.get("processed", 0), facts.cases_by_state.get("received", 0)
    return (
        Tile(say(language, "usable"), str(usable), say(language, "of", n=len(states)), usable_tone),
        Tile(
            say(language, "silent"),
            str(silent),
            say(language, "silent_note", n=int(SILENT_AFTER_S)),
            "bad" if silent else "quiet",
        ),
        Tile(
            say(language, "backlog"),
            str(backlog),
            say(language, "backlog_note", age=say(language, "none") if oldest_s is None else age(oldest_s, language)),
            "wait" if backlog else "quiet",
        ),
        Tile(
            say(language, "needs_staff"),
            str(on_kiosks + on_platform),
            say(language, "needs_staff_note", kiosks=on_kiosks, platform=on_platform),
            "bad" if on_kiosks + on_platform else "quiet",
        ),
        Tile(
            say(language, "held"),
            str(sum(facts.cases_by_state.values())),
            say(language, "held_note", done=done, open=still_open),
            "quiet",
        ),
        _ticket_tile(facts, now_ms, language),
        _reconciliation_tile(facts, now_ms, language),
    )


def _ticket_tile(facts: FleetFacts, now_ms: int, language: Language) -> Tile:
    overdue = sum(due_at_ms < now_ms for due_at_ms in facts.tickets_due_at_ms)
    tone: Tone = "bad" if overdue else "wait" if facts.tickets_due_at_ms else "quiet"
    return Tile(say(language, "tickets"), str(len(facts.tickets_due_at_ms)), say(language, "tickets_note", n=overdue), tone)


def _reconciliation_tile(facts: FleetFacts, now_ms: int, language: Language) -> Tile:
    alarming = sum(is_alarming(kiosk, now_ms) for kiosk in facts.kiosks)
    all_of_them = sum(kiosk.differences is not None or is_alarming(kiosk, now_ms) for kiosk in facts.kiosks)
    tone: Tone = "bad" if alarming else "wait" if all_of_them else "quiet"
    return Tile(say(language, "reconciliation"), str(all_of_them), say(language, "reconciliation_note", look=alarming), tone)


def _kiosk(kiosk: KioskFacts, now_ms: int, language: Language) -> KioskView:
    state = kiosk_state(kiosk, now_ms)
    heartbeat = kiosk.heartbeat
    age_s = (now_ms - kiosk.last_contact_at_ms) / 1000
    report_age_s = (now_ms - kiosk.heartbeat_at_ms) / 1000
    is_past = heartbeat is not None and report_age_s > SILENT_AFTER_S
    return KioskView(
        kiosk_id=kiosk.kiosk_id,
        name=kiosk.name,
        state=word(KIOSK_STATES, state, language),
        tone=_TONES[state],
        contact=Fact(
            say(language, "last_contact"),
            ago(age_s, language),
            "bad" if state == "silent" else "quiet",
            _exact(kiosk.last_contact_at_ms),
        ),
        remarks=(*_findings(kiosk, now_ms, language), *_remarks(heartbeat, report_age_s if is_past else None, language)),
        facts=_report_facts(heartbeat, language) if heartbeat else (Fact(say(language, "version"), kiosk.software_version),),
        devices=tuple(_device(report, language) for report in heartbeat.devices) if heartbeat else (),
        is_alarming=is_alarming(kiosk, now_ms),
        is_past=is_past,
    )


def _findings(kiosk: KioskFacts, now_ms: int, language: Language) -> Iterator[Fact]:
    """What the platform itself found about the terminal, worst first."""
    for alarm in kiosk.audit_alarms:
        key = "audit_cut" if alarm.kind == CUT else "audit_rewritten"
        at = _exact(alarm.raised_at_ms)
        told = say(language, f"{key}_detail", held=alarm.held_entry, told=alarm.told_entry, at=at[5:16])
        command = f"kiosk-fleet alarms close --kiosk {kiosk.kiosk_id}"
        yield Fact("", say(language, key), "bad", at, (told, say(language, "close_alarm")), command)
    unsettled = kiosk.heartbeat.reconciliation_alarms if kiosk.heartbeat is not None else 0
    if unsettled:
        yield Fact("", say(language, "unsettled", n=unsettled), "bad", details=(say(language, "look_into_it"),))
    if kiosk.differences is not None:
        yield _difference_fact(kiosk.differences, now_ms, language)
    if kiosk.materials is not None:
        yield from _material_facts(kiosk.materials, language)


def _difference_fact(found: OpenDifferences, now_ms: int, language: Language) -> Fact:
    is_unsettled = _is_unsettled(found, now_ms)
    details = [_difference_words(day, language) for day in found.first]
    if found.days > len(found.first):
        details.append(say(language, "more_days", n=found.days - len(found.first)))
    details.append(say(language, "look_into_it" if is_unsettled else "settles_itself"))
    since = age((now_ms - found.since_ms) / 1000, language)
    words = say(language, "still_differing" if is_unsettled else "differing", age=since)
    return Fact("", words, "bad" if is_unsettled else "wait", _exact(found.since_ms), tuple(details))


def _difference_words(day: OpenDay, language: Language) -> str:
    key = "other_cases" if day.told_count == day.held_count else "differing_day"
    return say(language, key, day=day.day, told=day.told_count, held=day.held_count)


def _material_facts(materials: Waiting, language: Language) -> Iterator[Fact]:
    if materials.unfinished:
        held, size = _size(materials.held_bytes), _size(materials.size_bytes)
        yield Fact("", say(language, "materials_coming", n=materials.unfinished, held=held, size=size))
    if materials.unnamed:
        yield Fact("", say(language, "materials_unnamed", n=materials.unnamed))


def _remarks(heartbeat: Heartbeat | None, past_age_s: float | None, language: Language) -> Iterator[Fact]:
    if heartbeat is None:
        yield Fact("", say(language, "no_report"))
        return
    if past_age_s is not None:
        yield Fact("", say(language, "past_report", age=ago(past_age_s, language)))
    if heartbeat.staff_called_s is not None and past_age_s is None:
        yield Fact("", say(language, "staff_called", age=age(heartbeat.staff_called_s, language)), "bad")
    if heartbeat.clock_doubtful:
        yield Fact("", say(language, "clock_doubtful"), "wait")
    if not heartbeat.devices:
        yield Fact("", say(language, "no_devices"))


def _report_facts(heartbeat: Heartbeat, language: Language) -> tuple[Fact, ...]:
    none, oldest_s = say(language, "none"), heartbeat.oldest_pending_s
    staff = heartbeat.needs_staff_cases
    disk_tone: Tone = "bad" if heartbeat.free_disk_bytes < LOW_DISK_BYTES else "quiet"
    return (
        Fact(say(language, "pending"), str(heartbeat.pending_cases), "wait" if heartbeat.pending_cases else "quiet"),
        Fact(
            say(language, "oldest"),
            none if oldest_s is None else age(oldest_s, language),
            "wait" if oldest_s is not None and oldest_s > LONG_WAIT_S else "quiet",
        ),
        Fact(say(language, "staff_here"), str(staff), "bad" if staff else "quiet"),
        Fact(say(language, "disk"), _size(heartbeat.free_disk_bytes), disk_tone, f"{heartbeat.free_disk_bytes:,} B"),
        Fact(say(language, "version"), heartbeat.software_version or none),
        Fact(say(language, "catalogue"), heartbeat.catalogue_version or none),
    )


def _device_tone(report: DeviceReport) -> Tone:
    if report.state in ("online", "busy"):
        return "good" if report.code in ("ok", "") else "wait"
    return "wait" if report.state in ("unknown", "potential_fraud") or report.state not in DEVICE_STATES else "bad"


def _device(report: DeviceReport, language: Language) -> DeviceView:
    words = [word(DEVICE_STATES, report.state, language)]
    if report.code not in ("ok", "", report.state):
        words.append(word(CODES, report.code, language))
    # 缺纸 says it all, 离线 · 缺纸 does not say it better, and 正常 · 纸快用完 contradicts itself.
    if len(words) > 1 and report.state in ("online", "offline"):
        words = words[1:]
    told = " · ".join(words)
    return DeviceView(word(DEVICES, report.device, language), told[:1].upper() + told[1:], _device_tone(report))


def _case(case: CaseFacts, language: Language) -> CaseView:
    tones: dict[str, Tone] = {"received": "wait", "needs_staff": "bad", "processed": "good"}
    return CaseView(
        receipt_number=case.receipt_number,
        item_code=case.item_code,
        kiosk_name=case.kiosk_name,
        state=word(CASE_STATES, case.state, language),
        tone=tones.get(case.state, "quiet"),
        reason=" · ".join(word(REASONS, reason, language) for reason in case.reason.split(",") if reason),
        received=_exact(case.received_at_ms),
        processed="" if case.processed_at_ms is None else _exact(case.processed_at_ms),
    )


def _exact(at_ms: int) -> str:
    """Date and time to the second."""
    return f"{in_china(at_ms):%Y-%m-%d %H:%M:%S}"


def _size(count: int) -> str:
    """Bytes in decimal units, as disks are sold."""
    units: Sequence[str] = ("B", "kB", "MB", "GB", "TB")
    value, unit = float(count), 0
    while value >= 1000 and unit < len(units) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {units[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {units[unit]}"
