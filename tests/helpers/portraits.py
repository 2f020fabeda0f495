"""What a terminal sends to get the platform's photo, made from the contract and a public library only."""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from contract.kiosks import SealingKey
from contract.portraits import (
    PURPOSE_PORTRAIT,
    PortraitAnswer,
    PortraitWanted,
    RequestPortrait,
    answer_info,
    consent_id,
    portrait_info,
)
from tests.helpers.terminal import SAMPLE_NAME, SAMPLE_NUMBER, Terminal, seal_under

CONSENT_AT_MS = 1_795_000_000_000
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Asker:
    """Asks for photos, each with a key of its own."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._mlkem, self._x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()

    @property
    def public_key(self) -> bytes:
        return self._mlkem.public_key().public_bytes_raw() + self._x25519.public_key().public_bytes_raw()

    @property
    def consent(self) -> str:
        return consent_id(self.terminal.identity.kiosk_id, PURPOSE_PORTRAIT, "2026.11", CONSENT_AT_MS)

    def request(self, *, key: SealingKey | None = None, info: bytes = b"", **changes: object) -> RequestPortrait:
        key = key or self.terminal.identity.sealing_keys[0]
        values: dict[str, object] = {
            "id_type": "resident",
            "id_number": SAMPLE_NUMBER,
            "name": SAMPLE_NAME,
            "consent_id": self.consent,
            "purpose": PURPOSE_PORTRAIT,
            "answer_key": self.public_key,
        }
        content = msgspec.json.encode(PortraitWanted(**(values | changes)))
        sealed = seal_under(key, info or portrait_info(self.terminal.identity.kiosk_id), content)
        return RequestPortrait(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed)

    def ask(self, request: RequestPortrait | None = None, **changes: object) -> tuple[int, str, bytes]:
        """Status, outcome or code of the problem, and the photo."""
        request = request or self.request(**changes)
        response = self.terminal.send("POST", "/v1/portraits", msgspec.json.encode(request))
        if response.status_code != 200:
            return response.status_code, response.json()["code"], b""
        answer = msgspec.json.decode(response.content, type=PortraitAnswer)
        return 200, answer.outcome, self.open(request, answer.sealed) if answer.sealed else b""

    def open(self, request: RequestPortrait, sealed: bytes) -> bytes:
        return _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(self._mlkem, self._x25519), answer_info(request.sealed))
