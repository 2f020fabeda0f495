"""The platform's own keys: made at the first start, kept in files that only the platform may read.

Several keys of a kind may lie in the folder; the newest is used, the older ones still open and verify what was made with them.
Losing the sealing keys means losing every case that is still sealed to them: back up the folder apart from the database.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import merkle
from contract.cases import DeliveryReceipt, SignedReceipt, receipt_signed_bytes
from contract.kiosks import ReceiptKey, SealingKey
from fleet.errors import KeysUnusable
from fleet.files import is_open_to_others, write_private
from fleet.sealing_keys import OpeningKey

_log = logging.getLogger(__name__)

FOLDER = "keys"
KeyUse: TypeAlias = Literal["sealing", "receipt"]
_SUFFIX = ".key.json"
_MAX_FILE_BYTES = 4096


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    use: KeyUse
    created_at_ms: int
    secret: bytes

    @property
    def key_id(self) -> str:
        """Follows from the public half; ``ValueError`` when the secret is none."""
        if self.use == "sealing":
            return OpeningKey.from_secret(self.created_at_ms, self.secret).key_id
        return SigningKey.from_secret(self.created_at_ms, self.secret).key_id

    def __repr__(self) -> str:
        return f"_KeyFile(use={self.use!r}, secret=<redacted>)"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One private key for receipts."""

    key_id: str
    created_at_ms: int
    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_secret(cls, created_at_ms: int, secret: bytes) -> SigningKey:
        """The key of these 32 bytes; ``ValueError`` for bytes that are none."""
        key = Ed25519PrivateKey.from_private_bytes(secret)
        return cls("r-" + hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()[:16], created_at_ms, key)

    @property
    def public(self) -> ReceiptKey:
        """What terminals are told."""
        return ReceiptKey(self.key_id, self._key.public_key().public_bytes_raw())

    def sign_bytes(self, content: bytes) -> bytes:
        """Ed25519 over ``content``, which begins with a prefix of its own kind."""
        return self._key.sign(content)

    def sign(self, receipts: Sequence[DeliveryReceipt]) -> tuple[SignedReceipt, ...]:
        """The receipts as bytes, under one signature; each can be checked alone. ``ValueError`` when there are none."""
        bodies = [msgspec.json.encode(receipt) for receipt in receipts]
        root, proofs = merkle.tree(bodies)
        size = len(bodies)
        signature = self._key.sign(receipt_signed_bytes(size, root))
        signed = enumerate(zip(bodies, proofs, strict=True))
        return tuple(SignedReceipt(body, self.key_id, signature, index, size, proof) for index, (body, proof) in signed)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of the platform, newest first; at least one of each kind."""

    opening: tuple[OpeningKey, ...]
    signing: tuple[SigningKey, ...]

    @property
    def sealing_keys(self) -> tuple[SealingKey, ...]:
        """Public keys to seal to, newest first."""
        return tuple(key.public for key in self.opening)

    @property
    def receipt_keys(self) -> tuple[ReceiptKey, ...]:
        """Public keys to check receipts with, newest first."""
        return tuple(key.public for key in self.signing)

    def opening_key(self, key_id: str) -> OpeningKey | None:
        """The private key behind ``key_id``, if we have it."""
        return next((key for key in self.opening if key.key_id == key_id), None)

    def sign(self, receipts: Sequence[DeliveryReceipt]) -> tuple[SignedReceipt, ...]:
        """Sign with the newest key."""
        return self.signing[0].sign(receipts)


def load_keys(data: Path, now_ms: int, *, may_create: bool) -> KeyRing:
    """The keys in ``data``; what is missing is made when ``may_create``. Raises ``KeysUnusable``."""
    folder = data / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with locked(folder):
            opening = _read(folder, "sealing")
            signing = _read(folder, "receipt")
            if not (opening and signing) and not may_create:
                raise KeysUnusable(f"{folder} lacks keys although cases are stored: restore them from the backup")
            if not opening:
                opening = [_create(folder, "sealing", _new_secret("sealing", now_ms), now_ms)]
            if not signing:
                signing = [_create(folder, "receipt", _new_secret("receipt", now_ms), now_ms)]
    except OSError as error:
        raise KeysUnusable(f"{error.filename or folder}: {error.strerror or error}") from error
    return KeyRing(
        tuple(_newest_first(OpeningKey.from_secret(file.created_at_ms, file.secret) for file in opening)),
        tuple(_newest_first(SigningKey.from_secret(file.created_at_ms, file.secret) for file in signing)),
    )


class KeyCabinet:
    """The keys as they lie in the folder now: whoever asks gets what the command ``keys rotate`` added meanwhile.

    Safe to use from several threads.
    """

    def __init__(self, data: Path, now_ms: int, *, may_create: bool) -> None:
        """Read the keys, or make the first ones. Raises ``KeysUnusable``."""
        self._data = data
        self._lock = threading.Lock()
        # Before the reading: a key that comes in between is then found at the next look.
        self._listing = _listing(data / FOLDER)
        self._ring = load_keys(data, now_ms, may_create=may_create)

    @property
    def present(self) -> KeyRing:
        """All keys. Costs one look at the folder's listing; only a changed one is read anew.

        A folder that cannot be read now, or holds a damaged key, leaves the keys that were read before in use.
        """
        with self._lock:
            listing = _listing(self._data / FOLDER)
            if listing != self._listing:
                # Noted first: one bad file is told of once, not with every request.
                self._listing = listing
                try:
                    self._ring = load_keys(self._data, 0, may_create=False)
                except KeysUnusable as error:
                    _log.warning("the keys read before stay in use: %s", error)
            return self._ring


def _listing(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(name for name in os.listdir(folder) if name.endswith(_SUFFIX)))  # noqa: PTH208 - the cheapest look
    except OSError:
        return ()


def add_key(data: Path, ring: KeyRing, use: KeyUse, now_ms: int) -> str:
    """Make a key that becomes the newest of its kind, durably; its id. ``ring`` is what there is. Raises ``KeysUnusable``."""
    present: Sequence[OpeningKey | SigningKey] = ring.opening if use == "sealing" else ring.signing
    # Also when the clock was set back: the newest is the one that is used.
    created_at_ms = max(now_ms, present[0].created_at_ms + 1)
    folder = data / FOLDER
    try:
        with locked(folder):
            return _create(folder, use, _new_secret(use, now_ms), created_at_ms).key_id
    except OSError as error:
        raise KeysUnusable(f"{error.filename or folder}: {error.strerror or error}") from error


def _new_secret(use: KeyUse, now_ms: int) -> bytes:
    if use == "sealing":
        return OpeningKey.generate(now_ms).secret
    return Ed25519PrivateKey.generate().private_bytes_raw()


_Key = TypeVar("_Key", OpeningKey, SigningKey)


def _newest_first(keys: Iterable[_Key]) -> list[_Key]:
    return sorted(keys, key=lambda key: (-key.created_at_ms, key.key_id))


def _create(folder: Path, use: KeyUse, secret: bytes, now_ms: int) -> _KeyFile:
    file = _KeyFile(use, now_ms, secret)
    write_private(folder / f"{file.key_id}{_SUFFIX}", msgspec.json.encode(file))
    return file


def _read(folder: Path, use: KeyUse) -> list[_KeyFile]:
    files = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if is_open_to_others(path):
            raise KeysUnusable(f"{path} is open to other users: chmod 600 it")
        try:
            file = msgspec.json.decode(path.read_bytes()[:_MAX_FILE_BYTES], type=_KeyFile)
            named = file.key_id
        except (msgspec.MsgspecError, ValueError) as error:
            raise KeysUnusable(f"{path} is damaged: restore it from the backup") from error
        if path.name != named + _SUFFIX:
            raise KeysUnusable(f"{path} holds another key than its name says: restore it from the backup")
        if file.use == use:
            files.append(file)
    return files


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps two processes that start at the same time from making two first keys."""
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
