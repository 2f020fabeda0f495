"""Checks 电子身份凭证 scanned from a telephone. Whoever holds a telephone up decides every character of what comes in here.

In this order: size and form, key, signature, issuer and audience, times, person, and last whether it was used before. Nothing a
token says is believed before its signature holds, and only the key it is held against says whose it is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.credentials import (
    AUDIENCE,
    LEEWAY_S,
    MAX_LIFETIME_S,
    CredentialClaims,
    CredentialHeader,
    IssuerKey,
    Parts,
    credential_id,
    read_issuer_key,
    take_apart,
)
from contract.id_numbers import birth_agrees, is_id_number
from kiosk.domain.identity import Person
from kiosk.services.used_credentials import ReplayStore, ReplayTrouble

_log = logging.getLogger(__name__)

_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SEX_CODES = frozenset({"0", "1", "2", "9"})
_LATEST_S = 253_402_214_400
"""The last day of the year 9999."""
_MAX_NAME, _MAX_NATIONALITY, _MAX_ADDRESS = 100, 40, 400

Redemption = Literal["first", "used", "unknown"]
"""What the platform says of a credential; ``unknown``: it could not be asked."""


class Redeemer(Protocol):
    """Tells the platform that a credential is being used, so that it is good at no other machine. Comes back within seconds."""

    def redeem(self, credential_id: str, expires_at_ms: int) -> Redemption:
        """Whether it is the first time anywhere."""
        ...


@dataclass(frozen=True, slots=True)
class CheckedCredential:
    """A good credential, used up now."""

    person: Person = field(repr=False)
    credential_id: str
    """Digest of its own number."""
    issuer: str
    kid: str
    is_sample: bool
    """Made for a fictitious resident by a reference platform."""
    is_redeemed: bool
    """The platform has noted its use; else only this machine has."""

    @property
    def checked_by(self) -> str:
        """For the case: algorithm, key, and whether the platform was asked."""
        return f"Ed25519:{self.kid}:{'online' if self.is_redeemed else 'local'}"


@dataclass(frozen=True, slots=True)
class CredentialRefused:
    """Why not: ``credential.unreadable``, ``.wrong_issuer``, ``.expired``, ``.replayed`` or ``.unavailable`` (our own disk)."""

    reason: str


_UNREADABLE = CredentialRefused("credential.unreadable")
_WRONG_ISSUER = CredentialRefused("credential.wrong_issuer")
_EXPIRED = CredentialRefused("credential.expired")
_REPLAYED = CredentialRefused("credential.replayed")
_UNAVAILABLE = CredentialRefused("credential.unavailable")


class CredentialChecker:
    """Believes the issuers it was given. Safe to use from several threads."""

    def __init__(
        self,
        issuer_keys: Iterable[str],
        replay_store: ReplayStore,
        now: Callable[[], int],
        redeemer: Redeemer | None = None,
    ) -> None:
        """``issuer_keys`` as in the settings (``kid:base64``), ``ValueError`` for one that is none.

        ``now`` is the platform's time as far as known, in milliseconds since 1970.
        """
        self._keys: dict[str, IssuerKey] = {}
        for line in issuer_keys:
            key = read_issuer_key(line)
            if key is None:
                raise ValueError("not the key of an issuer of credentials")
            self._keys[key.kid] = key
        self._store = replay_store
        self._now = now
        self._redeemer = redeemer

    def close(self) -> None:
        """Let go of the record of used ones; may be called twice."""
        self._store.close()

    def check(self, text: str) -> CheckedCredential | CredentialRefused:
        """Whether ``text`` is good. One that is has been used with that. Never raises because of ``text``."""
        parts = take_apart(text)
        if parts is None:
            return _UNREADABLE
        key = self._key_of(parts)
        if isinstance(key, CredentialRefused):
            return key
        try:
            claims = msgspec.json.decode(parts.payload, type=CredentialClaims)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _UNREADABLE
        if claims.iss != key.issuer or claims.aud not in ("", AUDIENCE):
            return _WRONG_ISSUER
        now_ms = self._now()
        refused = _refusal(claims, now_ms)
        person = _person_of(claims)
        if refused is not None or person is None:
            return refused or _UNREADABLE
        return self._use(claims, key, person, now_ms)

    def _key_of(self, parts: Parts) -> IssuerKey | CredentialRefused:
        """The key that signed these bytes. The header only chooses among the keys we were given."""
        try:
            header = msgspec.json.decode(parts.header, type=CredentialHeader)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _UNREADABLE
        key = self._keys.get(header.kid)
        if key is None:
            return _WRONG_ISSUER
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(parts.signature, parts.signed)
        except (InvalidSignature, ValueError):
            return _WRONG_ISSUER
        return key

    def _use(
        self, claims: CredentialClaims, key: IssuerKey, person: Person, now_ms: int
    ) -> CheckedCredential | CredentialRefused:
        name, kept_until_ms = credential_id(claims.iss, claims.jti), (claims.exp + LEEWAY_S) * 1000
        try:
            if not self._store.use(name, kept_until_ms, now_ms):
                return _REPLAYED
        except ReplayTrouble as error:
            _log.error("no credential can be taken: %s", error)
            return _UNAVAILABLE
        told: Redemption = self._redeemer.redeem(name, kept_until_ms) if self._redeemer else "unknown"
        if told == "used":
            return _REPLAYED
        return CheckedCredential(person, name, claims.iss, key.kid, claims.is_sample, told == "first")


def _refusal(claims: CredentialClaims, now_ms: int) -> CredentialRefused | None:
    """By its own times and number. One that lives longer than any may is no credential of ours, whoever signed it."""
    if not _JTI.fullmatch(claims.jti) or not 0 <= claims.iat <= claims.nbf < claims.exp <= _LATEST_S:
        return _UNREADABLE
    if claims.exp - claims.iat > MAX_LIFETIME_S:
        return _UNREADABLE
    now_s = now_ms / 1000
    if claims.nbf - LEEWAY_S > now_s or claims.exp + LEEWAY_S <= now_s:
        return _EXPIRED
    return None


def _person_of(claims: CredentialClaims) -> Person | None:
    birth, valid_to = _date(claims.birth_date), _date(claims.valid_to)
    texts = (
        (claims.name, _MAX_NAME),
        (claims.nationality, _MAX_NATIONALITY),
        (claims.address or "-", _MAX_ADDRESS),
    )
    fits = (
        all(text.isprintable() and 0 < len(text) <= longest for text, longest in texts)
        and is_id_number(claims.card_kind, claims.id_number)
        and birth is not None
        and birth_agrees(claims.card_kind, claims.id_number, birth)
        and (valid_to is not None or not claims.valid_to)
        and claims.sex_code in _SEX_CODES
        and re.fullmatch(r"(|[0-9]{2})", claims.ethnicity_code) is not None
    )
    if not fits:
        return None
    return Person(
        card_kind=claims.card_kind,
        name=claims.name,
        id_number=claims.id_number,
        sex_code=claims.sex_code,
        birth=birth,
        ethnicity_code=claims.ethnicity_code,
        nationality=claims.nationality,
        address=claims.address,
        card_valid_to=valid_to,
    )


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
