"""The way out to telephones. The reference platform has none: it lays messages down where its operator can read them.

For a true one write a class with ``send`` that hands the message to the operator's gateway, and give it to ``Platform``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from fleet.clock import Clock
from fleet.files import write_private

_log = logging.getLogger(__name__)

FOLDER = "sms-spool"
MAX_MESSAGES = 200
KEPT_MS = 24 * 3_600_000


class SmsNotSent(Exception):
    """The message did not go out. ``str()`` says why in one line, without number or text."""


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One message."""

    request_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)


class SmsGateway(Protocol):
    """Sends messages. Called on a worker thread; comes back within seconds."""

    def send(self, message: SmsMessage) -> None:
        """Hand it over. Raises ``SmsNotSent``."""
        ...


class SpooledMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message as it lies in the spool. The ``repr`` shows neither number nor text."""

    request_id: str
    at_ms: int
    phone: str
    text: str

    def __repr__(self) -> str:
        return f"SpooledMessage(request_id={self.request_id!r}, <redacted>)"


class SpoolGateway:
    """Sends nothing: each message becomes a file that only the platform's user may read, for ``kiosk-fleet sms list``."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._folder = data / FOLDER
        self._clock = clock

    def send(self, message: SmsMessage) -> None:
        """Lay it down. Raises ``SmsNotSent``."""
        at_ms = self._clock()
        spooled = SpooledMessage(request_id=message.request_id, at_ms=at_ms, phone=message.phone, text=message.text)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._sweep(at_ms)
            write_private(self._folder / f"{at_ms:015d}-{message.request_id}.json", msgspec.json.encode(spooled))
        except OSError as error:
            raise SmsNotSent(f"{self._folder}: {error.strerror or error}") from error

    def messages(self) -> tuple[SpooledMessage, ...]:
        """What lies there, newest first."""
        found = []
        for path in sorted(self._folder.glob("*.json"), reverse=True):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=SpooledMessage))
            except (OSError, msgspec.MsgspecError) as error:
                _log.warning("%s cannot be read: %s", path.name, type(error).__name__)
        return tuple(found)

    def _sweep(self, now_ms: int) -> None:
        """Codes are dead after minutes; nothing is gained by keeping numbers longer than a day."""
        files = sorted(self._folder.glob("*.json"))
        old = [path for path in files if path.name < f"{max(0, now_ms - KEPT_MS):015d}"]
        for path in {*old, *files[: max(0, len(files) - MAX_MESSAGES + 1)]}:
            path.unlink(missing_ok=True)
