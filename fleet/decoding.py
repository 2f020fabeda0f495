"""Strict decoding of what comes over the wire. Whatever the bytes are, the outcome is a model or ``Undecodable``."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

_Model = TypeVar("_Model")
_PLACE = re.compile(r"at `(\$[A-Za-z0-9_.\[\]]{0,80})`")

LARGEST_INTEGER = 2**53
"""Beyond this JSON numbers lose digits in other languages, and soon SQLite's as well."""


class Undecodable(ValueError):
    """The bytes are not the expected model. ``str()`` names the place, never a value: it may be a resident's."""


def from_json(body: bytes, model: type[_Model]) -> _Model:
    """``body`` as ``model``. Raises ``Undecodable``."""
    try:
        return msgspec.json.decode(body, type=model)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _undecodable(error, "JSON", model) from error


def from_msgpack(body: bytes, model: type[_Model]) -> _Model:
    """``body`` as ``model``. Raises ``Undecodable``."""
    try:
        return msgspec.msgpack.decode(body, type=model)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _undecodable(error, "MessagePack", model) from error


def _undecodable(error: Exception, form: str, model: type[object]) -> Undecodable:
    if isinstance(error, msgspec.ValidationError):
        place = _PLACE.search(str(error))
        return Undecodable(f"does not follow {model.__name__}" + (f" at {place[1]}" if place else ""))
    return Undecodable(f"is not well-formed {form}")


def is_counting(number: int, least: int = 0) -> bool:
    """True for ``least`` up to the largest safe integer."""
    return least <= number <= LARGEST_INTEGER


def is_plain_text(text: str, longest: int) -> bool:
    """True for 1 to ``longest`` characters that all can be seen: no controls, no marks that reorder text on a screen."""
    return 0 < len(text) <= longest and text.isprintable()
