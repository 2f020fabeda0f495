"""One-time enrolment tokens: shown once to the operator, kept only as a digest."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from fleet import registry
from fleet.database import Database
from fleet.errors import PlatformError

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I: tokens are read from a paper and typed."""
_GROUPS, _GROUP_LENGTH = 5, 5
_REGION = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token allows."""

    region_code: str = ""
    """Six digits of GB/T 2260; empty to take it from ``kiosk_id`` or ``succeeds``."""
    name: str = ""
    """What people call the machine; empty to take what the machine says."""
    kiosk_id: str = ""
    """Enrol this terminal again, with a new key and its old id and number range."""
    succeeds: str = ""
    """Enrol a new terminal that takes over the cases of this one."""
    valid_ms: int


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh token. The plain text exists here only."""

    token: str
    region_code: str
    expires_at_ms: int

    def __repr__(self) -> str:
        return f"IssuedToken(region_code={self.region_code!r}, <redacted>)"


def token_digest(token: str) -> str:
    """The form in which a token is stored; spaces, hyphens and case do not matter."""
    return hashlib.sha256(re.sub(r"[\s-]", "", token).upper().encode()).hexdigest()


def issue(database: Database, grant: Grant, now_ms: int) -> IssuedToken:
    """A new token for ``grant``. Raises ``PlatformError`` when it names an unknown terminal or no region."""
    if grant.kiosk_id and grant.kiosk_id == grant.succeeds:
        raise PlatformError("a terminal cannot succeed itself")
    token = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    with database.transaction() as connection:
        known = {}
        for kiosk_id in filter(None, (grant.kiosk_id, grant.succeeds)):
            kiosk = registry.find(connection, kiosk_id)
            if kiosk is None:
                raise PlatformError(f"no terminal is known as {kiosk_id!r}")
            known[kiosk_id] = kiosk
        # A terminal that is enrolled again stays in its region: its receipt numbers begin with it.
        region = known[grant.kiosk_id].region_code if grant.kiosk_id else grant.region_code
        if not region and grant.succeeds:
            region = known[grant.succeeds].region_code
        if not _REGION.fullmatch(region):
            raise PlatformError(f"a region code has six digits (GB/T 2260), not {region!r}")
        expires_at_ms = now_ms + grant.valid_ms
        connection.execute(
            """INSERT INTO tokens (token_sha256, region_code, name, kiosk_id, succeeds, created_at_ms, expires_at_ms)
               VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?)""",
            (token_digest(token), region, grant.name, grant.kiosk_id, grant.succeeds, now_ms, expires_at_ms),
        )
    return IssuedToken(token, region, expires_at_ms)
