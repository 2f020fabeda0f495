"""The key of digests: what the database must recognise again but never show is stored as an HMAC under it.

It lies in a file apart from the database: without it neither ID numbers nor six-digit codes can be found by trying them all out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from fleet.errors import KeysUnusable
from fleet.files import is_open_to_others, write_private
from fleet.keys import FOLDER, locked

FILE_NAME = "digests.secret"
_KEY_BYTES = 32


class DigestKey:
    """Makes digests. Made at the first start; losing it only makes the platform forget who asked for codes today."""

    def __init__(self, data: Path) -> None:
        """Read it, or make it. Raises ``KeysUnusable``."""
        path = data / FOLDER / FILE_NAME
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with locked(path.parent):
                if not path.exists():
                    write_private(path, secrets.token_bytes(_KEY_BYTES))
                if is_open_to_others(path):
                    raise KeysUnusable(f"{path} is open to other users: chmod 600 it")
                self._key = path.read_bytes()
        except OSError as error:
            raise KeysUnusable(f"{error.filename or path}: {error.strerror or error}") from error
        if len(self._key) != _KEY_BYTES:
            raise KeysUnusable(f"{path} is damaged: restore it from the backup, or remove it")

    def person(self, id_type: str, id_number: str) -> str:
        """The same for the same person, lower-case hex."""
        return self._digest(b"person", id_type.encode(), id_number.encode()).hex()

    def certificate(self, identifier: str) -> str:
        """The same for the same electronic certificate (GB/T 36904), lower-case hex."""
        return self._digest(b"certificate", identifier.encode()).hex()

    def code(self, request_id: str, salt: bytes, code: str) -> bytes:
        """Of a code, for one request."""
        return self._digest(b"code", request_id.encode(), salt, code.encode())

    def _digest(self, *parts: bytes) -> bytes:
        # Each part with its length: no two rows of parts come out as the same bytes.
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, framed, hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "DigestKey(<redacted>)"
