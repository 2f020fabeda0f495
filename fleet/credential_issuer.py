"""Issues 电子身份凭证 of the reference platform: for fictitious residents, marked as samples, signed with a key made for that.

A terminal takes them only when the line of ``kiosk-fleet credential keys`` stands in its settings.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from contract.credentials import (
    ALGORITHM,
    AUDIENCE,
    MAX_LIFETIME_S,
    TYPE,
    CredentialClaims,
    IssuerKey,
    credential_id,
    make_issuer_key,
)
from fleet.errors import KeysUnusable, PlatformError
from fleet.files import is_open_to_others, write_private
from fleet.keys import FOLDER, locked
from fleet.residents import Resident, checked

ISSUER = "oueban-test"
_SUFFIX = ".issuer.json"
_JTI_BYTES = 12
_MAX_FILE_BYTES = 4096


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    issuer: str
    created_at_ms: int
    secret: bytes

    def __repr__(self) -> str:
        return f"_KeyFile(issuer={self.issuer!r}, secret=<redacted>)"


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A fresh credential. Whoever has the text is taken for its resident, once, for minutes."""

    text: str = field(repr=False)
    credential_id: str
    expires_at_ms: int


class CredentialIssuer:
    """Signs with the newest of its keys; the first one is made when there is none."""

    def __init__(self, data: Path, now_ms: int) -> None:
        """Read the keys, or make the first. Raises ``KeysUnusable``."""
        folder = data / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with locked(folder):
                files = _read(folder) or [_create(folder, now_ms)]
        except OSError as error:
            raise KeysUnusable(f"{error.filename or folder}: {error.strerror or error}") from error
        self._files = sorted(files, key=lambda file: -file.created_at_ms)

    @property
    def keys(self) -> tuple[IssuerKey, ...]:
        """Public keys, newest first."""
        return tuple(_public(file) for file in self._files)

    def issue(self, resident: Resident, now_ms: int, valid_s: int = MAX_LIFETIME_S) -> IssuedCredential:
        """A credential of ``resident``. Raises ``PlatformError`` for one who is not fictitious, and for a time that none has."""
        if not 1 <= valid_s <= MAX_LIFETIME_S:
            raise PlatformError(f"a credential lives 1 to {MAX_LIFETIME_S} seconds")
        person = checked(resident)
        now_s = now_ms // 1000
        claims = CredentialClaims(
            iss=ISSUER,
            jti=base64.urlsafe_b64encode(secrets.token_bytes(_JTI_BYTES)).decode(),
            iat=now_s,
            nbf=now_s,
            exp=now_s + valid_s,
            aud=AUDIENCE,
            name=person.name,
            id_number=person.id_number,
            sex_code=person.sex_code,
            birth_date=person.birth_date,
            ethnicity_code=person.ethnicity_code,
            address=person.address,
            valid_to=person.valid_to,
            card_kind=person.id_type,
            is_sample=True,
        )
        newest = self._files[0]
        header = {"alg": ALGORITHM, "kid": _public(newest).kid, "typ": TYPE}
        key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(newest.secret))
        text = jws.serialize_compact(header, msgspec.json.encode(claims), key, algorithms=[ALGORITHM])
        return IssuedCredential(text, credential_id(claims.iss, claims.jti), claims.exp * 1000)


def _public(file: _KeyFile) -> IssuerKey:
    return make_issuer_key(file.issuer, Ed25519PrivateKey.from_private_bytes(file.secret).public_key().public_bytes_raw())


def _create(folder: Path, now_ms: int) -> _KeyFile:
    file = _KeyFile(ISSUER, now_ms, Ed25519PrivateKey.generate().private_bytes_raw())
    write_private(folder / f"{_public(file).kid}{_SUFFIX}", msgspec.json.encode(file))
    return file


def _read(folder: Path) -> list[_KeyFile]:
    files = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if is_open_to_others(path):
            raise KeysUnusable(f"{path} is open to other users: chmod 600 it")
        try:
            file = msgspec.json.decode(path.read_bytes()[:_MAX_FILE_BYTES], type=_KeyFile)
            named = _public(file).kid
        except (msgspec.MsgspecError, ValueError) as error:
            raise KeysUnusable(f"{path} is damaged: restore it from the backup, or remove it") from error
        if path.name != named + _SUFFIX:
            raise KeysUnusable(f"{path} holds another key than its name says: restore it from the backup, or remove it")
        files.append(file)
    return files
