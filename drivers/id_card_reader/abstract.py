"""The contract of an ID-card reader."""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol

from drivers.id_card_reader.types import CardExtra, ReadOutcome, SamId
from drivers.status import DeviceStatus
from drivers.types import Deadline


class IdCardReader(Protocol):
    """Reads 二代证 and the permits that share its format. One thread owns it; only ``Deadline.cancel`` may come from another."""

    def status(self) -> DeviceStatus:
        """Ask the device; never raises for a silent or missing one, says so instead."""
        ...

    def sam_id(self) -> SamId:
        """Number of the security module; raises ``DeviceError``."""
        ...

    def read(self, deadline: Deadline, also: Set[CardExtra] = frozenset()) -> ReadOutcome:
        """Wait for a card until the deadline and read it whole; nothing goes on behind the deadline.

        ``also`` is what the card is asked for beside record and portrait. An extra that is not there, or cannot be read, is a
        ``Missing`` beside a good record. Raises ``DeviceError`` when the link fails (then the caller's supervisor reopens).
        """
        ...

    def wait_removed(self, deadline: Deadline) -> bool:
        """True when the card has surely been lifted before the deadline; False when not, or when nobody can tell."""
        ...

    def sees_card(self, deadline: Deadline) -> bool | None:
        """Whether a card lies there now, read already or not; takes a moment, and ``None`` when the deadline came first.

        A module that hides a card it has read is reset for it: from then on that card can be read once more. False where a
        module goes on hiding it even so. Raises ``DeviceError`` as ``read`` does.
        """
        ...

    def reset(self) -> None:
        """Reset the SAM, as a way out of an RF lock-up."""
        ...

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        ...
