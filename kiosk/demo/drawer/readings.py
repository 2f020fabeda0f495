"""What the drawer is told of the terminal, in a developer's words. Nothing of a resident but what the developer laid down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.status import DeviceState, DeviceStatus
from kiosk.demo.stage import Stage
from kiosk.flow.states import AT_REST
from kiosk.workers.platform_link import PlatformLink
from offline_queue.errors import KnownError
from ui.devdock.protocol import Line, Tone

_SECOND_MS = 1000
_WORTH_TELLING_MS = 1000


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """What the queue said when it was last asked."""

    counts: Mapping[str, int] = field(default_factory=dict)
    pending: int = 0
    oldest_s: float | None = None
    network_up: bool = True
    closed: str = ""
    offset_ms: int | None = None
    """Platform's clock minus this machine's; ``None`` when never learned."""
    trouble: str = ""


def look_at_store(link: PlatformLink) -> StoreSeen:
    """Reads the queue: to be called beside the GUI thread."""
    outbox = link.outbox
    try:
        health = link.store_health()
        return StoreSeen(
            counts={state.value: count for state, count in outbox.counts().items() if count},
            pending=outbox.pending_count(),
            oldest_s=outbox.oldest_pending_age_s(),
            network_up=health.network_up,
            closed=health.closed,
            offset_ms=outbox.platform_time.offset_ms(),
        )
    except KnownError as error:
        return StoreSeen(trouble=str(error))


def facts_of(stage: Stage, store: StoreSeen, person: str, card: str) -> tuple[Line, ...]:
    """Visit, reader, person, network, queue, time."""
    state = stage.terminal.visit.state
    at_rest = state.step in AT_REST
    visit = Line("Step", str(state.step), state.item_code, Tone.QUIET if at_rest else Tone.FINE)
    if state.idle_warning:
        visit = Line("Step", str(state.step), "idle warning: counting down", Tone.WAITING)
    return (
        visit,
        Line("Card", card or "none", tone=Tone.FINE if card else Tone.QUIET),
        Line("Person", person),
        _network(stage, store),
        _queue(store),
        _time(stage, store),
    )


def device_lines(devices: Mapping[str, DeviceStatus]) -> tuple[Line, ...]:
    """Each in its own words."""
    return tuple(
        Line(name.replace("_", " "), f"{status.state.value} · {status.code}", status.detail, _tone(status))
        for name, status in sorted(devices.items())
    )


def _tone(status: DeviceStatus) -> Tone:
    if status.state is DeviceState.BUSY:
        return Tone.WAITING
    return Tone.FINE if status.is_online else Tone.BROKEN


def _network(stage: Stage, store: StoreSeen) -> Line:
    platform = stage.platform
    real = "cut" if platform.is_frozen else "platform runs" if platform.is_running else "platform down"
    if store.network_up:
        return Line("Network", "up", real, Tone.FINE if real == "platform runs" else Tone.WAITING)
    return Line("Network", "down", real, Tone.BROKEN)


def _queue(store: StoreSeen) -> Line:
    if store.trouble or store.closed:
        return Line("Queue", store.closed or "cannot be read", store.trouble, Tone.BROKEN)
    detail = ", ".join(f"{count} {state}" for state, count in sorted(store.counts.items()))
    if not store.pending:
        return Line("Queue", "nothing waits", detail, Tone.FINE)
    return Line("Queue", f"{store.pending} wait, oldest {store.oldest_s or 0.0:.0f} s", detail, Tone.WAITING)


def _time(stage: Stage, store: StoreSeen) -> Line:
    clock = stage.clock
    told = [
        f"{clock.passed_s:.0f} s let pass" if clock.passed_s else "",
        f"set {clock.wrong_s:+.0f} s wrong" if clock.wrong_s else "",
    ]
    detail = ", ".join(one for one in told if one)
    if store.offset_ms is None:
        return Line("Time", "never heard of the platform's", detail, Tone.WAITING)
    is_near = abs(store.offset_ms) < _WORTH_TELLING_MS
    value = "as the platform's" if is_near else f"platform {store.offset_ms / _SECOND_MS:+.0f} s"
    return Line("Time", value, detail, Tone.FINE if is_near else Tone.WAITING)
