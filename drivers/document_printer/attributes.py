"""Attributes of printers and jobs, as taken from an answer; apart from the messages, so that reading them needs no pyipp."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

Value = int | bool | str
Attributes = Mapping[str, tuple[Value, ...]]
"""Values by name; there is always a tuple, because every attribute of IPP may have several values."""


class PrinterState(IntEnum):
    """``printer-state`` (RFC 8011 5.4.11)."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


def text_of(attributes: Attributes, name: str) -> str:
    """First value as text; empty when there is none."""
    return next((value for value in attributes.get(name, ()) if isinstance(value, str)), "")


def texts_of(attributes: Attributes, name: str) -> tuple[str, ...]:
    """All values that are texts."""
    return tuple(value for value in attributes.get(name, ()) if isinstance(value, str))


def number_of(attributes: Attributes, name: str) -> int | None:
    """First value as a number; ``None`` when there is none."""
    return next((value for value in attributes.get(name, ()) if isinstance(value, int) and not isinstance(value, bool)), None)


def truth_of(attributes: Attributes, name: str) -> bool | None:
    """First value as yes or no; ``None`` when there is none."""
    return next((value for value in attributes.get(name, ()) if isinstance(value, bool)), None)
