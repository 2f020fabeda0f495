"""A small honest platform for tests of the queue: it verifies, opens, de-duplicates and signs, and can be told to misbehave.

``Platform`` is the platform itself, without a network; ``platform_stand_in_server`` puts it behind HTTP.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from contract import merkle
from contract.authentication import ALLOWED_SKEW_S, TokenClaims, body_digest
from contract.cases import (
    SUITE_HPKE_MLKEM768_X25519,
    Accepted,
    CaseHeader,
    CaseOutcome,
    CasePayload,
    CaseStatus,
    Conflict,
    DeliveryReceipt,
    Duplicate,
    Later,
    Rejected,
    SealedCase,
    SignedReceipt,
    StatusFeed,
    SubmitAnswer,
    receipt_signed_bytes,
    sealing_info,
    signed_bytes,
)
from contract.kiosks import EnrolAnswer, EnrolRequest, Heartbeat, ReceiptKey, SealingKey
from contract.materials import MaterialHeader, MaterialState, material_digest, material_info
from contract.reconciliation import DayDifference, QueueDigest, Reconciliation, day_of, ids_digest

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealingPair:
    """A sealing key with its private half."""

    def __init__(self, key_id: str, mlkem_seed: bytes | None = None, x25519_private: bytes | None = None) -> None:
        mlkem = MLKEM768PrivateKey.from_seed_bytes(mlkem_seed) if mlkem_seed else MLKEM768PrivateKey.generate()
        x25519 = X25519PrivateKey.from_private_bytes(x25519_private) if x25519_private else X25519PrivateKey.generate()
        self.private = MLKEM768X25519PrivateKey(mlkem, x25519)
        raw = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.public = SealingKey(key_id, SUITE_HPKE_MLKEM768_X25519, raw)

    def open(self, case: SealedCase) -> bytes:
        """The payload; raises ``InvalidTag`` when header or sealed part were touched."""
        return SUITE.decrypt(case.sealed, self.private, sealing_info(case.header))


class Refused(Exception):
    """Becomes an error answer."""

    def __init__(self, status: int, code: str, detail: str = "", retry_after: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after


@dataclass
class Held:
    case: SealedCase
    header: CaseHeader
    payload: CasePayload
    receipt: SignedReceipt
    submitted_by: str


class Platform:
    """What a platform must do, in memory."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sealing = {"seal-1": SealingPair("seal-1")}
        self.receipt_key = Ed25519PrivateKey.generate()
        self.kiosk_keys: dict[str, list[bytes]] = {}
        self.tokens: dict[str, str] = {}
        self.spent: dict[str, tuple[bytes, EnrolAnswer]] = {}
        self.held: dict[str, Held] = {}
        self.materials: dict[str, bytes] = {}
        self.arrivals: list[str] = []
        self.changes: list[tuple[str, CaseStatus]] = []
        self.heartbeats: list[Heartbeat] = []
        self.verdicts: dict[str, Callable[[CaseHeader], CaseOutcome]] = {}
        self.refuse_batch: Callable[[tuple[SealedCase, ...]], Refused | None] = lambda _: None
        self.clock_offset_ms = 0
        self.takes_unopened = False
        self.max_cases = 500
        self.next_in_s = 30.0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.clock_offset_ms

    @property
    def sealing_keys(self) -> tuple[SealingKey, ...]:
        return tuple(pair.public for pair in reversed(self.sealing.values()))

    @property
    def receipt_keys(self) -> tuple[ReceiptKey, ...]:
        return (ReceiptKey("receipt-1", self.receipt_key.public_key().public_bytes_raw()),)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        with self.lock:
            if request.token in self.spent and self.spent[request.token][0] == request.public_key:
                return self.spent[request.token][1]
            kiosk_id = self.tokens.pop(request.token, None)
            if kiosk_id is None:
                raise Refused(400, "bad_token")
            self.kiosk_keys.setdefault(kiosk_id, []).insert(0, request.public_key)
            answer = EnrolAnswer(
                kiosk_id=kiosk_id,
                region_code="330304",
                device_code=f"{len(self.kiosk_keys):04d}",
                sealing_keys=self.sealing_keys,
                receipt_keys=self.receipt_keys,
                platform_time_ms=self.now_ms(),
            )
            self.spent[request.token] = (request.public_key, answer)
            return answer

    def authenticate(self, header: str, method: str, target: str, body: bytes) -> str:
        try:
            token = header.removeprefix("Bearer ")
            kiosk_id = jws.extract_compact(token.encode()).headers()["kid"]
            key = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(self.kiosk_keys[kiosk_id][0]))
            claims = msgspec.json.decode(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload, type=TokenClaims)
        except (JoseError, ValueError, KeyError, msgspec.DecodeError) as error:
            raise Refused(401, "unauthorised", type(error).__name__) from error
        now_s = self.now_ms() // 1000
        if abs(claims.iat - now_s) > ALLOWED_SKEW_S:
            raise Refused(401, "clock_skew")
        if (claims.iss, claims.method, claims.target, claims.body_sha256) != (kiosk_id, method, target, body_digest(body)):
            raise Refused(401, "unauthorised", "bound to another request")
        return kiosk_id

    def submit(self, kiosk_id: str, cases: tuple[SealedCase, ...]) -> SubmitAnswer:
        with self.lock:
            self.arrivals += [msgspec.json.decode(case.header, type=CaseHeader).case_id for case in cases]
            if len(cases) > self.max_cases:
                raise Refused(413, "too_large")
            if refusal := self.refuse_batch(cases):
                raise refusal
            return SubmitAnswer(tuple(self._take(kiosk_id, case) for case in cases), self.now_ms())

    def _take(self, kiosk_id: str, case: SealedCase) -> CaseOutcome:
        header = msgspec.json.decode(case.header, type=CaseHeader)
        if header.case_id in self.verdicts:
            return self.verdicts[header.case_id](header)
        if held := self.held.get(header.case_id):
            held.submitted_by = kiosk_id
            if held.case.digest != case.digest:
                return Conflict(header.case_id, held.case.digest)
            return Duplicate(header.case_id, held.receipt)
        if not any(_verifies(key, case) for key in self.kiosk_keys.get(header.kiosk_id, [])):
            return Rejected(header.case_id, "bad_signature", "signed by no key of this terminal")
        return self._take_unknown(kiosk_id, case, header)

    def _take_unknown(self, kiosk_id: str, case: SealedCase, header: CaseHeader) -> CaseOutcome:
        if not all(self.material_state(digest).complete for digest in header.materials):
            return Later(header.case_id, 5.0)
        if self.takes_unopened:
            return Accepted(header.case_id, self.sign_receipt(header, case.digest))
        payload = msgspec.json.decode(self.sealing[header.sealing_key_id].open(case), type=CasePayload)
        receipt = self.sign_receipt(header, case.digest)
        self.held[header.case_id] = Held(case, header, payload, receipt, kiosk_id)
        self.changes.append((header.case_id, CaseStatus(header.case_id, "received", "", self.now_ms())))
        return Accepted(header.case_id, receipt)

    def reconcile(self, told: QueueDigest) -> Reconciliation:
        """Compare by plain means: the ids held of every day from the first one told."""
        held: dict[str, list[str]] = {}
        for case_id in sorted(self.held):
            held.setdefault(day_of(case_id), []).append(case_id)
        days = {digest.day: (digest.count, digest.ids_sha256) for digest in told.delivered}
        compared = sorted(set(days) | {day for day in held if day >= min(days, default="9999")})
        differing = [day for day in compared if ids_digest(held.get(day, [])) != days.get(day, ids_digest([]))]
        differences = tuple(DayDifference(day, tuple(held.get(day, []))) for day in differing)
        return Reconciliation(compared_at_ms=self.now_ms(), differences=differences)

    def material_state(self, digest: str) -> MaterialState:
        held = self.materials.get(digest, b"")
        complete = bool(held) and material_digest(held) == digest
        return MaterialState(digest=digest, offset=len(held), complete=complete, platform_time_ms=self.now_ms())

    def open_material(self, header: bytes, sealed: bytes) -> bytes:
        key_id = msgspec.json.decode(header, type=MaterialHeader).sealing_key_id
        return SUITE.decrypt(sealed, self.sealing[key_id].private, material_info(header))

    def open_request(self, key_id: str, info: bytes, sealed: bytes) -> bytes:
        """What a terminal sealed to the platform besides cases."""
        return SUITE.decrypt(sealed, self.sealing[key_id].private, info)

    def put_material(self, digest: str, offset: int, size: int, chunk: bytes) -> MaterialState:
        with self.lock:
            held = self.materials.get(digest, b"")
            if offset == len(held) and len(held) < size:
                self.materials[digest] = held + chunk
            if len(self.materials.get(digest, b"")) == size and material_digest(self.materials[digest]) != digest:
                del self.materials[digest]
                raise Refused(422, "wrong_digest")
        return self.material_state(digest)

    def sign_receipt(self, header: CaseHeader, digest: str, key: Ed25519PrivateKey | None = None) -> SignedReceipt:
        body = msgspec.json.encode(
            DeliveryReceipt(
                case_id=header.case_id,
                kiosk_id=header.kiosk_id,
                receipt_number=header.receipt_number,
                digest=digest,
                received_at_ms=self.now_ms(),
            )
        )
        message = receipt_signed_bytes(1, merkle.leaf_hash(body))
        return SignedReceipt(body, "receipt-1", (key or self.receipt_key).sign(message))

    def process(self, *case_ids: str, state: str = "processed", reason: str = "") -> None:
        """Finish these cases, or all that are held."""
        with self.lock:
            for case_id in case_ids or tuple(self.held):
                self.changes.append((case_id, CaseStatus(case_id, state, reason, self.now_ms())))  # type: ignore[arg-type]

    def status(self, kiosk_id: str, after: str, limit: int) -> StatusFeed:
        with self.lock:
            mine = [
                (number, change)
                for number, (case_id, change) in enumerate(self.changes, 1)
                if case_id in self.held and kiosk_id in (self.held[case_id].header.kiosk_id, self.held[case_id].submitted_by)
            ]
            page = [entry for entry in mine if entry[0] > int(after or 0)]
            cursor = str(page[:limit][-1][0]) if page else after
            return StatusFeed(tuple(change for _, change in page[:limit]), cursor, len(page) > limit, self.now_ms())


def _verifies(public_key: bytes, case: SealedCase) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(case.signature, signed_bytes(case.header, case.sealed))
    except InvalidSignature:
        return False
    return True
