"""Operators of the console: names and scrypt digests of their passwords, and a brake on guessing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from fleet.errors import PlatformError
from fleet.files import is_open_to_others, write_private

FILE_NAME = "operators.json"
PASSWORD_VARIABLE = "OUEBAN_OPERATOR_PASSWORD"  # noqa: S105 - the name of a variable
DEFAULT_NAME = "operator"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_MOST_ADDRESSES = 1000
_N, _R, _P = 2**14, 8, 1
"""scrypt at 16 MiB and some 50 ms: RFC 7914's figures for interactive use."""


class _Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: bytes
    scrypt: bytes

    def __repr__(self) -> str:
        return "_Digest(<redacted>)"


class Operators:
    """Who may see the console."""

    def __init__(self, data: Path) -> None:
        """Check the file; take the password of the environment. Raises ``PlatformError`` when either is unusable."""
        self._path = data / FILE_NAME
        self._from_environment: dict[str, _Digest] = {}
        password = os.environ.get(PASSWORD_VARIABLE, "")
        if password:
            _check_password(password)
            self._from_environment = {DEFAULT_NAME: _digest(password)}
        _read(self._path)

    @property
    def exist(self) -> bool:
        """True when at least one password is set."""
        return bool(self._digests())

    def set_password(self, name: str, password: str) -> None:
        """Add an operator, or change the password of one. Raises ``PlatformError``."""
        if not _NAME.fullmatch(name):
            raise PlatformError("an operator's name has 1 to 32 letters, digits, '.', '_' or '-'")
        _check_password(password)
        stored = _read(self._path)
        stored[name] = _digest(password)
        try:
            write_private(self._path, msgspec.json.encode(stored))
        except OSError as error:
            raise PlatformError(f"{self._path}: {error.strerror or error}") from error

    def are(self, name: str, password: str) -> bool:
        """True when this is an operator with this password. Takes the same time for a name that does not exist."""
        digests = self._digests()
        stored = digests.get(name) or _Digest(b"\0" * 16, b"\0" * 32)
        matches = hmac.compare_digest(_scrypt(password[:LONGEST_PASSWORD], stored.salt), stored.scrypt)
        return matches and name in digests

    def _digests(self) -> dict[str, _Digest]:
        """Read anew each time: a changed password holds at once, without a restart."""
        return self._from_environment | _read(self._path)


class Brake:
    """After some failures from one address within a minute, no more tries are taken from there for the rest of it."""

    def __init__(self, failures: int = 8, window_s: float = 60.0, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._window_s = window_s
        self._clock_s = clock_s
        self._failed_at_s: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, address: str) -> float:
        """Seconds until the next try is taken; 0.0 when it is taken now."""
        with self._lock:
            recent = self._recent(address)
            if len(recent) < self._most:
                return 0.0
            return self._window_s - (self._clock_s() - recent[0])

    def note_failure(self, address: str) -> None:
        """One more failure."""
        with self._lock:
            recent = [*self._recent(address), self._clock_s()]
            self._failed_at_s.pop(address, None)
            self._failed_at_s[address] = recent[-self._most :]
            while len(self._failed_at_s) > _MOST_ADDRESSES:
                del self._failed_at_s[next(iter(self._failed_at_s))]

    def _recent(self, address: str) -> list[float]:
        now_s = self._clock_s()
        return [at_s for at_s in self._failed_at_s.get(address, []) if now_s - at_s < self._window_s]


def read_basic(authorization: str) -> tuple[str, str] | None:
    """Name and password of an ``Authorization: Basic`` header (RFC 7617); ``None`` when it is none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > 1024:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PlatformError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")


def _digest(password: str) -> _Digest:
    salt = secrets.token_bytes(16)
    return _Digest(salt, _scrypt(password, salt))


def _scrypt(password: str, salt: bytes) -> bytes:
    # A lone surrogate cannot come from a keyboard, but can from an environment variable.
    return hashlib.scrypt(password.encode("utf-8", "surrogateescape"), salt=salt, n=_N, r=_R, p=_P, dklen=32)


def _read(path: Path) -> dict[str, _Digest]:
    try:
        content = path.read_bytes()
        if is_open_to_others(path):
            raise PlatformError(f"{path} is open to other users: chmod 600 it")
        return msgspec.json.decode(content, type=dict[str, _Digest])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PlatformError(f"{path}: {error.strerror or error}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise PlatformError(f"{path} is damaged: remove it and set the passwords again") from error
