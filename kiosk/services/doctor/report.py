"""What the doctor can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.status import DeviceState, DeviceStatus

Fact = str | float | bool


class Verdict(StrEnum):
    """What is to be thought of a device."""

    FIT = "fit"
    LIMITED = "limited"
    """It works, and something about it wants looking after."""
    BROKEN = "broken"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One thing that was tried. ``measured`` are figures with their units in the name; never anything of a person."""

    name: str
    passed: bool
    words: str
    measured: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """Filled in while a device is looked at, so that a device that hangs in the middle still shows what came before."""

    status: DeviceStatus = field(default_factory=lambda: DeviceStatus(DeviceState.UNKNOWN, "not_asked"))
    capabilities: dict[str, Fact] = field(default_factory=dict)
    tests: list[SelfTest] = field(default_factory=list)

    def tested(self, name: str, passed: bool, words: str, **measured: Fact) -> None:
        """Add a self-test."""
        self.tests.append(SelfTest(name, passed, words, measured))


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device."""

    device: str
    url: str
    found: str
    """How it was found, or why not."""
    capabilities: Mapping[str, Fact]
    status: DeviceStatus
    tests: tuple[SelfTest, ...]
    seconds: float
    verdict: Verdict
    advice: str
    """What to do; empty when there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Report:
    """All devices, and what follows from them."""

    devices: tuple[DeviceReport, ...]
    routes: tuple[str, ...]
    """Ways to prove who one is that these devices allow."""
    can_serve: bool
    """True when a resident could do at least one item with these devices; queue and platform have their own commands."""
    prints_paper: bool
    seconds: float


def verdict_of(findings: Findings) -> Verdict:
    """From status and self-tests."""
    if not findings.status.is_online:
        return Verdict.BROKEN
    is_whole = findings.status.code in ("ok", "at_rest", "busy", "printing") and all(test.passed for test in findings.tests)
    return Verdict.FIT if is_whole else Verdict.LIMITED
