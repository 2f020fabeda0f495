"""What cannot be done now, in words: why, until when, and where else."""

from __future__ import annotations

from kiosk.domain.hours import Opening
from kiosk.domain.nearby import Nearest
from kiosk.flow.closed_views import Closed
from ui.look import Look
from ui.theme.trouble_pictures import picture_of
from ui.widgets.panels import Notice

_NEAREST_STEP_M = 50
_KILOMETRE_M = 1000
_HOUR_MIN = 60


def tell_closed(notice: Notice, look: Look, closed: Closed, item: str = "") -> None:
    """``item``, or all, cannot be done: the reason, when it opens, and the nearest machine with its address."""
    reason = look.reason(closed.reason)
    what = look.say("home.closed", item=item) if item else reason.what
    lines = [look.sentence(closed.reason) if item else reason.todo]
    if closed.opening is not None:
        lines.append(until(look, closed.opening))
    if closed.nearest is not None:
        lines.append(way_to(look, closed.nearest))
    notice.tell(what, "\n".join(lines), picture_of(closed.reason))


def in_short(look: Look, closed: Closed) -> str:
    """Why not, and until when, for a card among others."""
    why = look.reason(closed.reason).what
    return look.pair(why, until(look, closed.opening)) if closed.opening is not None else why


def until(look: Look, opening: Opening) -> str:
    """When it opens."""
    return look.say("closed.tomorrow" if opening.tomorrow else "closed.today", time=opening.at)


def nearest_in_short(look: Look, nearest: Nearest) -> str:
    """Where else, for a card among others."""
    told = look.say("nearest.can", name=nearest.name, distance=distance(look, nearest.distance_m))
    return f"{told}{_age(look, nearest)}"


def way_to(look: Look, nearest: Nearest) -> str:
    """Where else, with the address."""
    if not nearest.address:
        return nearest_in_short(look, nearest)
    far = distance(look, nearest.distance_m)
    return f"{look.say('nearest.at', name=nearest.name, address=nearest.address, distance=far)}{_age(look, nearest)}"


def distance(look: Look, metres: int) -> str:
    """As people say it: to 50 m, then to 100 m."""
    if metres < _KILOMETRE_M - _NEAREST_STEP_M // 2:
        return look.say("nearest.metres", count=max(1, round(metres / _NEAREST_STEP_M)) * _NEAREST_STEP_M)
    return look.say("nearest.kilometres", count=f"{metres / _KILOMETRE_M:.1f}")


def _age(look: Look, nearest: Nearest) -> str:
    if not nearest.age_minutes:
        return ""
    if nearest.age_minutes < _HOUR_MIN:
        age = look.say("progress.age.minutes", count=nearest.age_minutes)
    else:
        age = look.say("progress.age.hours", count=round(nearest.age_minutes / _HOUR_MIN))
    return look.say("nearest.as_of", age=age)
