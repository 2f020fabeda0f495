"""Members of staff who may confirm that person and card belong together: badge number and PIN."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.domain.identity import Proof, Route
from kiosk.flow.events import PersonProved, ProofFailed
from kiosk.services.route_locks import Tries

MAX_WRONG = 5
LOCKED_S = 300.0
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
_PIN_DIGITS = range(6, 13)


class StaffFileError(Exception):
    """The staff file cannot be used; the message is one line."""


@dataclass(frozen=True, slots=True)
class _Entry:
    staff_id: str
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)


def pin_problem(pin: str) -> str:
    """Why ``pin`` cannot be one, in words; empty when it can."""
    return "" if pin.isascii() and pin.isdigit() and len(pin) in _PIN_DIGITS else "a PIN has 6 to 12 digits"


def staff_id_problem(staff_id: str) -> str:
    """Why ``staff_id`` cannot be a badge number, in words; empty when it can. The keypad on the screen has digits only."""
    return "" if staff_id.isascii() and staff_id.isdigit() and len(staff_id) <= 12 else "a badge number has 1 to 12 digits"


def add_staff(path: Path, staff_id: str, pin: str) -> None:
    """Add or change one member of staff; the file is replaced as a whole, mode 0600, and holds no PIN.

    Raises ``ValueError`` for a badge number or PIN that cannot be one, ``StaffFileError`` for a file that cannot be read.
    """
    if problem := staff_id_problem(staff_id) or pin_problem(pin):
        raise ValueError(problem)
    entries = {entry.staff_id: entry for entry in _load(path)} if path.exists() else {}
    salt = secrets.token_bytes(16)
    entries[staff_id] = _Entry(staff_id, salt, _digest(pin, salt))
    lines = [f'[[staff]]\nid = "{e.staff_id}"\nsalt = "{e.salt.hex()}"\nscrypt = "{e.digest.hex()}"\n' for e in entries.values()]
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class StaffBook:
    """Checks badge and PIN. After five wrong ones in a row a badge is locked for five minutes of monotonic time, no other one."""

    def __init__(self, path: Path, monotonic_s: Callable[[], float]) -> None:
        """Read ``path``; no file means no staff. Raises ``StaffFileError``."""
        self._entries = {entry.staff_id: entry for entry in _load(path)} if path.exists() else {}
        self._wrong = Tries(monotonic_s, LOCKED_S, MAX_WRONG)

    @property
    def is_empty(self) -> bool:
        """True when nobody could confirm."""
        return not self._entries

    def confirm(self, staff_id: str, pin: str) -> PersonProved | ProofFailed:
        """Whether this member of staff may confirm. Takes about 50 ms by design."""
        if self.is_empty:
            return ProofFailed("staff.none_configured")
        entry = self._entries.get(staff_id)
        # Unknown badges are counted together: else each guess would take memory.
        badge = entry.staff_id.encode() if entry else b""
        if self._wrong.standing(badge)[1]:
            return ProofFailed("staff.locked")
        salt, expected = (entry.salt, entry.digest) if entry else (bytes(16), bytes(32))
        # Unknown badges cost the same time as known ones.
        if not hmac.compare_digest(_digest(pin, salt), expected) or entry is None:
            self._wrong.count(badge)
            return ProofFailed("staff.wrong_code")
        self._wrong.clear(badge)
        return PersonProved(Proof(Route.ID_CARD_STAFF, Route.ID_CARD_STAFF.level, staff_id=staff_id))


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=32)


def _load(path: Path) -> list[_Entry]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("staff", [])
        return [_Entry(str(row["id"]), bytes.fromhex(row["salt"]), bytes.fromhex(row["scrypt"])) for row in rows]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise StaffFileError(f"{path}: {error}") from error
