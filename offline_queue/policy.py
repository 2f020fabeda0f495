"""What a failure means and when to try again. Pure: no clock, no I/O, randomness handed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from math import isfinite

from contract.kiosks import HeartbeatAnswer
from offline_queue.settings import SyncSettings

MAX_ORDERED_PAUSE_S = 86_400.0
"""No platform keeps this machine silent longer than a day."""
SHORTEST_HEARTBEAT_S = 5.0
"""No platform is asked more often, whatever it wishes."""


class FailureKind(StrEnum):
    """What to do about a failed request."""

    TEMPORARY = "temporary"
    """Try the same again later."""
    PERMANENT = "permanent"
    """The platform will not take these bytes."""
    AUTHORISATION = "authorisation"
    """The platform does not believe who we are: one new token, then no further requests."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that brought no usable answer. ``code`` is stable, ``detail`` for the technician."""

    kind: FailureKind
    code: str
    detail: str = ""
    retry_after_s: float | None = None
    """The platform's wish, when it gave one."""


_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY_S = 86_400
_CHINA_OFFSET_S = 8 * 3600
_PERMANENT = frozenset({400, 409, 413, 415, 422})
_AUTHORISATION = frozenset({401, 403})


def classify(status: int, problem_code: str | None) -> FailureKind:
    """Meaning of an HTTP error. Without a ``Problem`` of ours (``problem_code`` is ``None``) it came from a box in between.

    404 counts as temporary on purpose: it says more about an address or a half-deployed platform than about the case.
    """
    if problem_code is None:
        return FailureKind.TEMPORARY
    if status in _AUTHORISATION:
        return FailureKind.AUTHORISATION
    return FailureKind.PERMANENT if status in _PERMANENT else FailureKind.TEMPORARY


def backoff_s(failures: int, settings: SyncSettings, uniform: Callable[[float, float], float]) -> float:
    """Pause after so many failures in a row (from 1): full jitter under a ceiling that doubles from 5 s to 15 min.

    The whole range down to zero is used, so that a thousand machines do not come back together after an outage.
    """
    ceiling = min(settings.backoff_cap_s, settings.backoff_first_s * 2.0 ** min(max(failures, 1) - 1, 32))
    return uniform(0.0, ceiling)


def heartbeat_pause_s(answer: HeartbeatAnswer | Failure, usual_s: float, uniform: Callable[[float, float], float]) -> float:
    """Pause before the next heartbeat: the platform's wish within 5 s and a day.

    After a failure: what was ordered, and then full jitter over the usual pause, so that a fleet that lost its platform in one
    moment does not come back in one moment.
    """
    if isinstance(answer, Failure):
        return (answer.retry_after_s or 0.0) + SHORTEST_HEARTBEAT_S + uniform(0.0, usual_s)
    wish_s = answer.next_in_s if isfinite(answer.next_in_s) else usual_s
    return min(max(wish_s, SHORTEST_HEARTBEAT_S), MAX_ORDERED_PAUSE_S)


def poll_pause_s(quiet_polls: int, settings: SyncSettings) -> float:
    """Pause before the status feed is asked again, after so many answers without news."""
    return min(settings.poll_cap_s, settings.poll_first_s * 2.0 ** min(quiet_polls, 32))


def parse_window(text: str) -> tuple[int, int] | None:
    """Minutes of the day (from, to) of ``HH:MM-HH:MM``; ``None`` for an empty text. ``ValueError`` for anything else."""
    if not text:
        return None
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise ValueError(f"not a window like 22:00-06:00: {text!r}")
    start, end = (int(found[1]) * 60 + int(found[2])), (int(found[3]) * 60 + int(found[4]))
    if start == end:
        raise ValueError(f"a window that never opens: {text!r}")
    return start, end


def seconds_until_window(window: tuple[int, int], now_ms: int) -> float:
    """How long until the window (minutes of the day, China time) opens; 0 within it. It may reach over midnight."""
    start, end = window
    second = (now_ms // 1000 + _CHINA_OFFSET_S) % _DAY_S
    since_start = (second - start * 60) % _DAY_S
    if since_start < (end - start) * 60 % _DAY_S:
        return 0.0
    return float(_DAY_S - since_start)


def parse_retry_after(value: str | None, now_ms: int) -> float | None:
    """Seconds from a ``Retry-After`` header, a number or an HTTP date (RFC 9110, 10.2.3); ``None`` when absent or nonsense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_ORDERED_PAUSE_S)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        return min(max(0.0, moment.timestamp() - now_ms / 1000), MAX_ORDERED_PAUSE_S)
    except (ValueError, TypeError, OverflowError):
        return None


def parse_seconds(value: float) -> float:
    """A number of seconds from an answer, brought within reason; nonsense becomes a minute."""
    if not 0.0 <= value < float("inf"):
        return 60.0
    return min(value, MAX_ORDERED_PAUSE_S)
