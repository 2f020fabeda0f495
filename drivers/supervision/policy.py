"""How patient a supervisor is with one kind of device."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.status import DeviceState, DeviceStatus

SILENT_CODES = frozenset({"no_answer", "driver_bug"})
"""Codes of devices that are there for the operating system and yet of no use: opening them anew may help."""
_ABSENT_STATES = frozenset({DeviceState.NO_DEVICE, DeviceState.POWER_OFF})


@dataclass(frozen=True, slots=True)
class SupervisorPolicy:
    """All times in seconds."""

    poll_s: float = 1.0
    """Pause between two looks at an idle device."""
    doubt_s: float = 0.3
    """Pause between looks while "gone" is not yet believed."""
    gone_after_polls: int = 1
    """So many looks in a row must find nothing before a device that was there is called gone."""
    first_retry_s: float = 0.2
    longest_retry_s: float = 1.0
    """The pause before opening again doubles from the first to the longest; it is cut by up to a quarter, at random."""
    probe_limit_s: float = 5.0
    """A look that takes longer has wedged its thread."""
    open_limit_s: float = 10.0
    grace_s: float = 2.0
    """So long beyond its deadline may a call go on before its thread counts as wedged."""
    busy_after_s: float = 0.3
    """A call that takes longer shows as ``busy``."""
    after_call_s: float = 0.1
    """Pause between a call and the next look: what the call did to the device should be known soon."""
    most_orphans: int = 3
    """With so many threads lost in the driver at once, no further one is sent after them."""


CARDS = SupervisorPolicy(grace_s=15.0)
"""Card readers: a module that does not answer is told at once, for somebody stands before it with the card in hand.
A card found in time is read to its end, which may take three tries."""

PRINTERS = SupervisorPolicy(gone_after_polls=3, probe_limit_s=25.0, grace_s=10.0)
"""Printers: they vanish for a moment when the cutter pulls the supply down. A look may include a sweep of the paper."""

DOCUMENTS = SupervisorPolicy(poll_s=5.0, gone_after_polls=3, doubt_s=1.0, probe_limit_s=25.0, grace_s=10.0)
"""The document printer behind the print service, which answers for it and stays: it is asked less often."""

SCANNERS = SupervisorPolicy()

CAMERAS = SupervisorPolicy(poll_s=0.5)
"""Only watched, which costs next to nothing: the camera's own driver opens it again. A loss must be known before the face check
gives the camera up and puts it to rest."""


def is_gone(status: DeviceStatus) -> bool:
    """True when there is nobody to talk to, as opposed to a device that says it is in trouble."""
    return status.state in _ABSENT_STATES or status.code in SILENT_CODES
