"""Who this machine is for the platform: its own signing key, and what enrolment gave it.

The key is made here and never leaves. The record ``enrolment.json`` names the key file that belongs to it, and replacing the
record is the one moment at which an identity changes; a power cut leaves the old identity or the new one, whole.
How the key lies in its file is up to a ``KeyWrapper``.
A lost key is no lost case: cases are signed when they are committed, so after enrolling again every pending case still goes out.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract import receipt_number
from contract.kiosks import EnrolAnswer, ReceiptKey, SealingKey
from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import from_os
from offline_queue.files import close_to_others, sync_folder, write_durably
from offline_queue.key_wrapping import (
    MAX_KEY_FILE_BYTES,
    KeyWrapError,
    KeyWrapper,
    PlainFile,
    from_file,
    known_wrappers,
    to_file,
    wrapper_name,
)
from offline_queue.sealing import SUITES

_log = logging.getLogger(__name__)
_RECORD = "enrolment.json"
_PENDING_KEY = "pending.key"
_KIOSK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY_FILE = re.compile(r"signing-[0-9a-f]{16}\.key")
_MAX_KEYS = 16
_MAX_ROOT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Identity:
    """This machine as the platform knows it. The ``repr`` does not show the key."""

    kiosk_id: str
    region_code: str
    device_code: str
    base_url: str
    name: str
    sealing_keys: tuple[SealingKey, ...] = field(repr=False)
    receipt_keys: tuple[ReceiptKey, ...] = field(repr=False)
    signing_key: Ed25519PrivateKey = field(repr=False)
    proof_root: bytes = field(default=b"", repr=False)
    """Pinned root certificate of proofs, DER; empty: none is known."""

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 public key, 32 bytes."""
        return self.signing_key.public_key().public_bytes_raw()


class IdentitySource(Protocol):
    """Where the queue asks who it is, each time anew: enrolment and key rotation happen while it runs."""

    def current(self) -> Identity | None:
        """The present identity, ``None`` before enrolment."""
        ...

    def known_public_keys(self) -> tuple[bytes, ...]:
        """Own public keys, present and earlier ones, by which salvaged cases are checked."""
        ...


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    kiosk_id: str
    region_code: str
    device_code: str
    base_url: str
    name: str
    public_key: bytes
    key_file: str
    sealing_keys: tuple[SealingKey, ...]
    receipt_keys: tuple[ReceiptKey, ...]
    retired_public_keys: tuple[bytes, ...] = ()
    """Own keys of earlier enrolments, so that old cases can still be checked here."""
    proof_root: bytes = b""


def check_platform_keys(sealing: tuple[SealingKey, ...], receipt: tuple[ReceiptKey, ...]) -> None:
    """Raise ``ValueError`` unless there is at least one key of each kind that can be used, and none of a known kind is broken."""
    if not 1 <= len(receipt) <= _MAX_KEYS or not 1 <= len(sealing) <= _MAX_KEYS:
        raise ValueError("the platform gave no keys, or too many")
    if not any(key.suite in SUITES for key in sealing):
        raise ValueError("the platform offers no sealing suite known here")
    for sealing_key in sealing:
        if sealing_key.suite in SUITES:
            SUITES[sealing_key.suite].check_key(sealing_key.public_key)
    for receipt_key in receipt:
        Ed25519PublicKey.from_public_bytes(receipt_key.public_key)


def check_answer(answer: EnrolAnswer) -> None:
    """Raise ``ValueError`` when an enrolment answer could not serve to make cases."""
    if not _KIOSK_ID.fullmatch(answer.kiosk_id):
        raise ValueError("the kiosk id has an unexpected form")
    receipt_number.make(answer.region_code, date(2000, 1, 1), answer.device_code, 1)
    check_platform_keys(answer.sealing_keys, answer.receipt_keys)


class IdentityStore:
    """The identity on disk, in a folder of its own. Safe to use from several threads of one process."""

    def __init__(
        self,
        folder: Path,
        new_key: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate,
        *,
        wrapper: KeyWrapper | None = None,
        read_only: bool = False,
    ) -> None:
        """Read what is there; ``wrapper`` is for keys yet to be written. Raises ``KnownError`` when the folder cannot be used.

        ``read_only`` is for whoever only looks: neither the folder nor the modes of its files are touched then.
        """
        self._folder = folder
        self._new_key = new_key
        self._wrapper: KeyWrapper = wrapper or PlainFile()
        self._wrappers = known_wrappers() | {self._wrapper.name: self._wrapper}
        self._lock = threading.Lock()
        self._record: _Record | None = None
        self._identity: Identity | None = None
        self.problem = ""
        """Empty, ``record_damaged`` or ``key_lost``. Enrolling again heals either, and every pending case still goes out."""
        self.key_protection = ""
        """Name of the wrapper of the present key; empty when there is none."""
        try:
            if not read_only:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._tighten()
            self._load()
        except OSError as error:
            raise from_os(error) from error

    def current(self) -> Identity | None:
        """The present identity, ``None`` before enrolment or after the key was lost."""
        return self._identity

    def known_public_keys(self) -> tuple[bytes, ...]:
        """Own public keys, the present one first, then those of earlier enrolments."""
        return (self._record.public_key, *self._record.retired_public_keys) if self._record else ()

    def prepare_key(self) -> Ed25519PrivateKey:
        """The key to enrol with, durable before its public half is shown to anyone. Raises ``KnownError``.

        It stays the same until an enrolment succeeds: when the answer is lost, the same request can be repeated.
        """
        with self._lock:
            path = self._folder / _PENDING_KEY
            try:
                key = self._read_pending(path)
                if key is None:
                    key = self._new_key()
                    write_durably(path, to_file(key.private_bytes_raw(), self._wrapper))
            except OSError as error:
                raise from_os(error) from error
            return key

    def adopt(self, answer: EnrolAnswer, key: Ed25519PrivateKey, base_url: str, name: str) -> Identity:
        """Become who the platform says we are. Raises ``ValueError`` (unusable answer), ``KnownError`` (disk)."""
        check_answer(answer)
        with self._lock:
            public_key = key.public_key().public_bytes_raw()
            key_file = f"signing-{public_key[:8].hex()}.key"
            record = _Record(
                kiosk_id=answer.kiosk_id,
                region_code=answer.region_code,
                device_code=answer.device_code,
                base_url=base_url,
                name=name,
                public_key=public_key,
                key_file=key_file,
                sealing_keys=answer.sealing_keys,
                receipt_keys=answer.receipt_keys,
                proof_root=answer.proof_root[:_MAX_ROOT_BYTES],
                retired_public_keys=tuple(old for old in self.known_public_keys() if old != public_key),
            )
            try:
                write_durably(self._folder / key_file, to_file(key.private_bytes_raw(), self._wrapper))
                self.key_protection = self._wrapper.name
                self._store(record, key)
                self._sweep(key_file)
            except OSError as error:
                raise from_os(error) from error
            return _identity_of(record, key)

    def update_keys(self, sealing: tuple[SealingKey, ...], receipt: tuple[ReceiptKey, ...], proof_root: bytes = b"") -> bool:
        """Take over the platform's present keys, and a root of proofs where none is pinned yet.

        False when nothing changed or the keys are unusable (then the old ones stay).
        """
        try:
            check_platform_keys(sealing, receipt)
        except ValueError:
            return False
        with self._lock:
            if self._record is None or self._identity is None:
                return False
            record = msgspec.structs.replace(self._record, sealing_keys=sealing, receipt_keys=receipt)
            if not record.proof_root:
                record = msgspec.structs.replace(record, proof_root=proof_root[:_MAX_ROOT_BYTES])
            if record == self._record:
                return False
            try:
                self._store(record, self._identity.signing_key)
            except OSError as error:
                raise from_os(error) from error
            return True

    def rewrap(self, wrapper: KeyWrapper) -> bool:
        """Keep the present key by ``wrapper``, and later ones too; False when there is none or it is so kept already.

        Raises ``KnownError``; then the key stays as it was. The same key goes on: what was once on the disk in another form may
        still be found there, and only enrolling again makes a new one.
        """
        with self._lock:
            self._wrapper = wrapper
            self._wrappers[wrapper.name] = wrapper
            if self._record is None or self._identity is None or self.key_protection == wrapper.name:
                return False
            try:
                content = to_file(self._identity.signing_key.private_bytes_raw(), wrapper)
                write_durably(self._folder / self._record.key_file, content)
            except OSError as error:
                raise from_os(error) from error
            self.key_protection = wrapper.name
            return True

    def _tighten(self) -> None:
        """Files of ours are for the owner only, whatever a restored backup or a copy by hand made of them."""
        ours = [path for path in sorted(self._folder.iterdir()) if path.suffix == ".key" or path.name == _RECORD]
        try:
            if found := [path.name for path in ours if close_to_others(path)]:
                _log.warning("others could read %s in %s; closed to them now", ", ".join(found), self._folder)
        except OSError as error:
            _log.warning("others can read files in %s, and this cannot be changed: %s", self._folder, error.strerror)

    def _load(self) -> None:
        path = self._folder / _RECORD
        if not path.exists():
            return
        try:
            record = msgspec.json.decode(path.read_bytes(), type=_Record)
            check_platform_keys(record.sealing_keys, record.receipt_keys)
        except (*UNDECODABLE, ValueError):
            self.problem = "record_damaged"
            return
        self._record = record
        try:
            key = self._read_key(self._folder / record.key_file) if _KEY_FILE.fullmatch(record.key_file) else None
        except KeyWrapError as error:
            _log.error("the machine's key cannot be opened: %s", error)
            key = None
        if key is None or key.public_key().public_bytes_raw() != record.public_key:
            self.problem = "key_lost"
            return
        self._identity = _identity_of(record, key)
        self.key_protection = wrapper_name(_read_some(self._folder / record.key_file))

    def _read_pending(self, path: Path) -> Ed25519PrivateKey | None:
        """The key an enrolment began with. A hindrance that may pass is no reason to give up what the platform may have taken."""
        try:
            return self._read_key(path)
        except KeyWrapError as error:
            if error.may_pass:
                raise
            return None

    def _read_key(self, path: Path) -> Ed25519PrivateKey | None:
        """``None`` when there is none, or it is none. Raises ``KeyWrapError``, ``OSError``."""
        try:
            return Ed25519PrivateKey.from_private_bytes(from_file(_read_some(path), self._wrappers))
        except (FileNotFoundError, ValueError):
            return None

    def _store(self, record: _Record, key: Ed25519PrivateKey) -> None:
        write_durably(self._folder / _RECORD, msgspec.json.encode(record))
        self._record = record
        self._identity = _identity_of(record, key)
        self.problem = ""

    def _sweep(self, key_file: str) -> None:
        """Remove private keys that no record names any more."""
        for path in self._folder.iterdir():
            if path.name == _PENDING_KEY or path.suffix == ".new" or (_KEY_FILE.fullmatch(path.name) and path.name != key_file):
                path.unlink()
        sync_folder(self._folder)


def _read_some(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_KEY_FILE_BYTES + 1)


def _identity_of(record: _Record, key: Ed25519PrivateKey) -> Identity:
    return Identity(
        kiosk_id=record.kiosk_id,
        region_code=record.region_code,
        device_code=record.device_code,
        base_url=record.base_url,
        name=record.name,
        sealing_keys=record.sealing_keys,
        receipt_keys=record.receipt_keys,
        signing_key=key,
        proof_root=record.proof_root,
    )
