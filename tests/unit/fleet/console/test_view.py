"""Facts into words, pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.kiosks import DeviceReport
from fleet.audit_trails import AuditAlarm
from fleet.console import words
from fleet.console.facts import FleetFacts, KioskFacts
from fleet.console.view import build_page, kiosk_state
from fleet.console.words import age, ago
from fleet.material_register import Waiting
from fleet.reconciliation import OpenDay, OpenDifferences
from tests.helpers.terminal import sample_heartbeat

NOW_MS = 1_795_000_000_000


def _kiosk(name: str = "测试", age_s: float = 5, **changes: object) -> KioskFacts:
    at_ms = NOW_MS - round(age_s * 1000)
    return KioskFacts(name, name, "0.1.0", at_ms, sample_heartbeat(**{"devices": (), **changes}), at_ms)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (-5, "0 秒", "0 s"),
        (99.9, "99 秒", "99 s"),
        (100, "1 分钟", "1 min"),
        (5999, "99 分钟", "99 min"),
        (6000, "1 小时", "1 h"),
        (47.9 * 3600, "47 小时", "47 h"),
        (48 * 3600, "2 天", "2 days"),
        (1e11, "1157407 天", "1157407 days"),
    ],
)
def test_ages_are_told_in_one_unit(seconds: float, zh: str, en: str) -> None:
    assert (age(seconds, "zh"), age(seconds, "en")) == (zh, en)
    assert (ago(seconds, "zh"), ago(seconds, "en")) == (zh + "前", en + " ago")


@pytest.mark.parametrize(("age_s", "state"), [(0, "serving"), (90, "serving"), (90.1, "silent"), (1e6, "silent")])
def test_a_terminal_is_silent_after_90_seconds(age_s: float, state: str) -> None:
    assert kiosk_state(_kiosk(age_s=age_s), NOW_MS) == state


def test_a_terminal_that_never_reported_is_new_and_then_silent() -> None:
    assert kiosk_state(KioskFacts("k", "k", "0", NOW_MS, None, 0), NOW_MS) == "new"
    assert kiosk_state(KioskFacts("k", "k", "0", NOW_MS - 100_000, None, 0), NOW_MS) == "silent"


def test_totals_count_what_is_usable_now() -> None:
    kiosks = (
        _kiosk("a", pending_cases=0, oldest_pending_s=None),
        _kiosk("b", serving=False, pending_cases=4, oldest_pending_s=7300.0, needs_staff_cases=2),
        _kiosk("c", age_s=300, pending_cases=1, oldest_pending_s=60.0),
        KioskFacts("d", "d", "0", NOW_MS, None, 0),
    )
    page = build_page(FleetFacts(kiosks, (), {"received": 2, "processed": 5, "needs_staff": 1}), NOW_MS, "en")
    assert [(tile.value, tile.note, tile.tone) for tile in page.tiles] == [
        ("1", "of 4", "good"),
        ("1", "silent for over 90 s", "bad"),
        ("5", "oldest 2 h", "wait"),
        ("3", "terminals 2 · platform 1", "bad"),
        ("8", "processed 5 · open 2", "quiet"),
        ("0", "overdue 0", "quiet"),
        ("0", "to be looked into 0", "quiet"),
    ]


@pytest.mark.parametrize(
    ("due_in_ms", "told"),
    [((), ("0", "overdue 0", "quiet")), ((1, 2), ("2", "overdue 0", "wait")), ((-1, 5, -3), ("3", "overdue 2", "bad"))],
)
def test_open_tickets_are_counted_and_the_overdue_ones_alarm(due_in_ms: tuple[int, ...], told: tuple[str, str, str]) -> None:
    due = tuple(NOW_MS + ahead for ahead in due_in_ms)
    tile = build_page(FleetFacts((), (), {}, due), NOW_MS, "en").tiles[-2]
    assert (tile.label, tile.value, tile.note, tile.tone) == ("Bad ratings open", *told)


def test_a_fleet_without_a_usable_terminal_alarms() -> None:
    assert build_page(FleetFacts((_kiosk(serving=False),), (), {}), NOW_MS, "zh").tiles[0].tone == "bad"
    assert build_page(FleetFacts((), (), {}), NOW_MS, "zh").tiles[0].tone == "quiet"


def test_trouble_comes_first() -> None:
    kiosks = (
        _kiosk("fine"),
        KioskFacts("new", "new", "0", NOW_MS, None, 0),
        _kiosk("low", devices=(DeviceReport("receipt_printer", "online", "near_end"),)),
        _kiosk("out", devices=(DeviceReport("receipt_printer", "offline", "paper_out"),)),
        _kiosk("closed", serving=False),
        _kiosk("gone", age_s=1000),
    )
    page = build_page(FleetFacts(kiosks, (), {}), NOW_MS, "en")
    assert [kiosk.name for kiosk in page.kiosks] == ["gone", "closed", "out", "low", "new", "fine"]
    assert page.kiosks[0].is_past


@pytest.mark.parametrize(
    ("report", "shown", "tone"),
    [
        (DeviceReport("camera", "online", "ok"), "Working", "good"),
        (DeviceReport("camera", "busy", ""), "Busy", "good"),
        (DeviceReport("receipt_printer", "online", "near_end"), "Paper low", "wait"),
        (DeviceReport("receipt_printer", "offline", "paper_out"), "Out of paper", "bad"),
        (DeviceReport("camera", "hardware_error", "frozen"), "Hardware fault · picture frozen", "bad"),
        (DeviceReport("receipt_printer", "offline", "offline"), "Offline", "bad"),
        (DeviceReport("camera", "unknown", "no_answer"), "Unknown · no answer", "wait"),
        (DeviceReport("sniffer", "levitating", "x_1"), "Levitating · x_1", "wait"),
    ],
)
def test_devices_are_told_in_words_with_a_tone(report: DeviceReport, shown: str, tone: str) -> None:
    (kiosk,) = build_page(FleetFacts((_kiosk(devices=(report,)),), (), {}), NOW_MS, "en").kiosks
    assert [(device.word, device.tone) for device in kiosk.devices] == [(shown, tone)]


# What the platform found

DAY_MS = 86_400_000
FRESH = OpenDifferences(1, NOW_MS - 95_000, (OpenDay("2026-11-17", 4, 3),))
OLD = OpenDifferences(5, NOW_MS - 3 * DAY_MS, (OpenDay("2026-11-01", 4, 3), OpenDay("2026-11-02", 2, 2)))
CUT = AuditAlarm("cut", 120, 80, NOW_MS, 1)


def _remarks(kiosk: KioskFacts, language: words.Language = "zh") -> list[tuple[str, str, tuple[str, ...], str]]:
    (view,) = build_page(FleetFacts((kiosk,), (), {}), NOW_MS, language).kiosks
    return [(remark.value, remark.tone, remark.details, remark.command) for remark in view.remarks][
        : -1 if not view.devices else None
    ]


def test_a_fresh_difference_waits_and_an_old_one_alarms() -> None:
    assert _remarks(replace(_kiosk(), differences=FRESH)) == [
        ("对账有出入，95 秒前发现", "wait", ("2026-11-17：终端记 4 件，平台收 3 件", "终端正在自行补送，不用处理"), "")
    ]
    assert _remarks(replace(_kiosk(), differences=OLD), "en") == [
        (
            "Records differ, unsettled for 3 days",
            "bad",
            (
                "2026-11-01: terminal 4 cases, platform 3",
                "2026-11-02: 2 cases each, but not the same",
                "and on 3 more days",
                "Somebody should look at the terminal",
            ),
            "",
        )
    ]


def test_an_audit_alarm_says_what_to_do() -> None:
    rewritten = AuditAlarm("rewritten", 9, 9, NOW_MS, 1)
    assert _remarks(replace(_kiosk("330304-0001"), audit_alarms=(CUT, rewritten)), "en") == [
        (
            "The terminal's record has become shorter",
            "bad",
            ("11-18 19:06: from 120 to 80 entries; it was cut or set back to an old copy", words.TEXTS["close_alarm"]["en"]),
            "kiosk-fleet alarms close --kiosk 330304-0001",
        ),
        (
            "The terminal's record was rewritten",
            "bad",
            ("11-18 19:06: entry 9 is not what it was before", words.TEXTS["close_alarm"]["en"]),
            "kiosk-fleet alarms close --kiosk 330304-0001",
        ),
    ]


def test_materials_and_what_the_terminal_could_not_settle_are_told() -> None:
    kiosk = replace(_kiosk(reconciliation_alarms=2), materials=Waiting(1, 1_000_000, 3_004_000, 4))
    assert [remark[:2] for remark in _remarks(kiosk, "en")] == [
        ("2 cases still differ after they were sent again", "bad"),
        ("Materials coming: 1, 1.0 MB of 3.0 MB", "quiet"),
        ("Materials here, cases still to come: 4", "quiet"),
    ]
    assert _remarks(replace(_kiosk(), materials=Waiting(0, 0, 0, 0))) == []


def test_records_that_differ_come_first_and_are_totalled() -> None:
    kiosks = (
        replace(_kiosk("fresh"), differences=FRESH),
        replace(_kiosk("old"), differences=OLD),
        replace(_kiosk("cut"), audit_alarms=(CUT,)),
        _kiosk("told", reconciliation_alarms=1),
        _kiosk("fine"),
        _kiosk("gone", age_s=1000),
    )
    page = build_page(FleetFacts(kiosks, (), {}), NOW_MS, "en")
    assert [kiosk.name for kiosk in page.kiosks] == ["gone", "cut", "old", "told", "fresh", "fine"]
    assert [kiosk.is_alarming for kiosk in page.kiosks] == [False, True, True, True, False, False]
    assert (page.tiles[-1].value, page.tiles[-1].note, page.tiles[-1].tone) == ("4", "to be looked into 3", "bad")
    waiting = build_page(FleetFacts(kiosks[:1], (), {}), NOW_MS, "en")
    assert (waiting.tiles[-1].value, waiting.tiles[-1].tone) == ("1", "wait")


def test_every_word_stands_in_both_languages() -> None:
    tables = [table for name, table in vars(words).items() if name.isupper() and isinstance(table, dict)]
    assert len(tables) >= 6
    for table in tables:
        for key, entry in table.items():
            assert set(entry) == {"zh", "en"}, key
            assert all(entry.values()), key
