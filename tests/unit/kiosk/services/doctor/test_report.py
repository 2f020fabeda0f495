from __future__ import annotations

import pytest

from drivers.status import DeviceState, DeviceStatus
from drivers.status_words import CODE_WORDS
from kiosk.services.doctor.advice import advice_for
from kiosk.services.doctor.report import Findings, Verdict, verdict_of

_ONLINE = DeviceStatus(DeviceState.ONLINE, "ok")


def _findings(status: DeviceStatus, *passed: bool) -> Findings:
    findings = Findings(status)
    for number, has_passed in enumerate(passed):
        findings.tested(f"test_{number}", has_passed, "words", figure_ms=1.0)
    return findings


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        (_findings(_ONLINE), Verdict.FIT),
        (_findings(_ONLINE, True, True), Verdict.FIT),
        (_findings(DeviceStatus(DeviceState.ONLINE, "at_rest")), Verdict.FIT),
        (_findings(DeviceStatus(DeviceState.BUSY, "printing")), Verdict.FIT),
        (_findings(_ONLINE, True, False), Verdict.LIMITED),
        (_findings(DeviceStatus(DeviceState.ONLINE, "near_end"), True), Verdict.LIMITED),
        (_findings(DeviceStatus(DeviceState.OFFLINE, "no_answer"), True), Verdict.BROKEN),
        (_findings(DeviceStatus(DeviceState.UNKNOWN, "not_asked")), Verdict.BROKEN),
    ],
)
def test_the_verdict_follows_from_status_and_self_tests(findings: Findings, verdict: Verdict) -> None:
    assert verdict_of(findings) is verdict


def test_a_fit_device_needs_nothing() -> None:
    assert advice_for(_findings(_ONLINE), Verdict.FIT) == ""


@pytest.mark.parametrize("code", sorted(CODE_WORDS))
def test_every_code_of_a_broken_device_comes_with_something_to_do(code: str) -> None:
    findings = _findings(DeviceStatus(DeviceState.HARDWARE_ERROR, code))
    assert advice_for(findings, Verdict.BROKEN)


def test_what_a_printer_remembers_is_advised_like_what_it_says() -> None:
    now, then = (_findings(DeviceStatus(DeviceState.ONLINE, code)) for code in ("paper_jam", "was_paper_jam"))
    assert advice_for(now, Verdict.LIMITED) == advice_for(then, Verdict.LIMITED)


def test_a_failed_self_test_of_a_device_that_works_is_pointed_out() -> None:
    assert "self-test" in advice_for(_findings(_ONLINE, False), Verdict.LIMITED)


def test_no_failed_self_test_is_made_up() -> None:
    advice = advice_for(_findings(DeviceStatus(DeviceState.ONLINE, "waste_nearly_full"), True), Verdict.LIMITED)
    assert "self-test" not in advice
    assert "waste container" in advice
