"""A terminal for tests of the platform, made from the contract and public libraries only: no code of queue or platform.

Everything can be bent by the caller: headers, payloads, keys, token claims, clocks.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from joserfc import jws
from joserfc.jwk import OKPKey

from contract import merkle, receipt_number
from contract.authentication import TOKEN_LIFETIME_S, body_digest
from contract.cases import (
    SUITE_HPKE_MLKEM768_X25519,
    Applicant,
    CaseHeader,
    CasePayload,
    Consent,
    DeliveryReceipt,
    FieldValue,
    Identification,
    Material,
    SealedCase,
    SignedReceipt,
    StatusFeed,
    SubmitAnswer,
    SubmitCases,
    receipt_signed_bytes,
    sealing_info,
    signed_bytes,
)
from contract.kiosks import DeviceReport, EnrolAnswer, EnrolRequest, Heartbeat, HeartbeatAnswer, SealingKey
from contract.materials import MATERIAL_VERSION, MaterialHeader, MaterialState, material_digest, material_info, pack
from contract.reconciliation import DayDigest, QueueDigest, StateDigest, day_of, ids_digest

ITEM = "11330304MB0TEAT13G4332014001001"
SAMPLE_NAME = "测试·林小瓯"
SAMPLE_NUMBER = "330304195803080026"
SAMPLE_ADDRESS = "浙江省温州市瓯海区测试路1号 SAMPLE"
SAMPLE_PHONE = "13800000000"
PERSONAL = (SAMPLE_NAME, SAMPLE_NUMBER, SAMPLE_ADDRESS, SAMPLE_PHONE)
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_case_id(days_ago: float = 0.0) -> str:
    """A UUIDv7 of now, or of so many days ago."""
    tail = int.from_bytes(os.urandom(10), "big")
    number = (
        int((time.time() - days_ago * 86_400) * 1000) << 80
        | 0x7 << 76
        | (tail >> 64 & 0xFFF) << 64
        | 0b10 << 62
        | (tail & ((1 << 62) - 1))
    )
    return str(UUID(int=number))


def sample_payload(header: CaseHeader, **changes: object) -> CasePayload:
    """A payload that passes every check, for ``header``."""
    values: dict[str, object] = {
        "case_id": header.case_id,
        "receipt_number": header.receipt_number,
        "item_code": header.item_code,
        "item_version": "1",
        "task_handle_item": header.item_code + "01",
        "language": "zh",
        "applicant": sample_applicant(),
        "identification": sample_proof(),
        "consents": (sample_consent("case_data"), sample_consent("face")),
        "fields": (
            FieldValue(name="name", value=SAMPLE_NAME, source="card"),
            FieldValue(name="phone", value=SAMPLE_PHONE, source="resident"),
        ),
        "signature_strokes": (((0, 0), (5000, 10_000)),),
    }
    return CasePayload(**(values | changes))


def sample_applicant(**changes: object) -> Applicant:
    values: dict[str, object] = {
        "name": SAMPLE_NAME,
        "id_type": "resident",
        "id_number": SAMPLE_NUMBER,
        "sex_code": "2",
        "birth_date": "1958-03-08",
        "ethnicity_code": "01",
        "nationality": "CHN",
        "address": SAMPLE_ADDRESS,
    }
    return Applicant(**(values | changes))


def sample_proof(**changes: object) -> Identification:
    values: dict[str, object] = {
        "route": "id_card_face",
        "assurance_level": 3,
        "engine": "face_recognition",
        "distance": 0.31,
        "threshold": 0.6,
        "liveness": "blink,open_mouth:live",
        "staff_id": "",
        "demonstration_only": True,
    }
    return Identification(**(values | changes))


def sample_consent(purpose: str, **changes: object) -> Consent:
    values: dict[str, object] = {"text_version": "2026.11", "language": "zh", "granted": True, "at_ms": 1_795_000_000_000}
    return Consent(purpose=purpose, **(values | changes))


def sample_heartbeat(**changes: object) -> Heartbeat:
    values: dict[str, object] = {
        "sent_at_ms": 1_795_000_000_000,
        "software_version": "0.1.0",
        "catalogue_version": "2026.11.1",
        "pending_cases": 2,
        "oldest_pending_s": 95.0,
        "needs_staff_cases": 0,
        "free_disk_bytes": 42_100_000_000,
        "clock_doubtful": False,
        "serving": True,
        "devices": (
            DeviceReport("id_card_reader", "online", "ok"),
            DeviceReport("camera", "online", "ok"),
            DeviceReport("receipt_printer", "offline", "paper_out"),
            DeviceReport("barcode_scanner", "no_device", "disconnected"),
        ),
    }
    return Heartbeat(**(values | changes))


def queue_digest(*case_ids: str) -> QueueDigest:
    """What a terminal tells that knows of these delivered cases."""
    days = sorted({day_of(case_id) for case_id in case_ids})
    told = {day: ids_digest(sorted(case_id for case_id in case_ids if day_of(case_id) == day)) for day in days}
    states = (StateDigest("accepted", *ids_digest(sorted(case_ids))),)
    return QueueDigest(made_at_ms=1_795_000_000_000, states=states, delivered=tuple(DayDigest(day, *told[day]) for day in days))


@dataclass
class Terminal:
    """One terminal, talking over ``http`` (an ``httpx.Client`` with a base address)."""

    http: httpx.Client
    name: str = "测试 1 号机"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    enrolment: EnrolAnswer | None = None
    sequence: int = 0
    beats: int = 0
    clock_offset_s: float = 0.0

    @property
    def identity(self) -> EnrolAnswer:
        assert self.enrolment is not None, "enrol first"
        return self.enrolment

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    # Requests

    def enrol(self, token: str) -> httpx.Response:
        """Trade a token; a good answer becomes this terminal's identity."""
        request = EnrolRequest(token=token, public_key=self.public_key, name=self.name, software_version="0.1.0")
        response = self.http.post("/v1/kiosks/enrol", content=msgspec.json.encode(request))
        if response.status_code == 200:
            self.enrolment = msgspec.json.decode(response.content, type=EnrolAnswer)
        return response

    def token(self, method: str, target: str, body: bytes, /, *, key: Ed25519PrivateKey | None = None, **changes: object) -> str:
        """A signed token, any claim of which can be changed; ``kid`` changes the header."""
        now_s = int(time.time() + self.clock_offset_s)
        claims: dict[str, object] = {
            "iss": self.identity.kiosk_id,
            "iat": now_s,
            "exp": now_s + TOKEN_LIFETIME_S,
            "jti": os.urandom(8).hex(),
            "method": method,
            "target": target,
            "body_sha256": body_digest(body),
        }
        header = {"alg": "Ed25519", "kid": changes.pop("kid", claims["iss"])}
        claims |= changes
        return jws.serialize_compact(
            header, msgspec.json.encode(claims), OKPKey.import_key(key or self.key), algorithms=["Ed25519"]
        )

    def send(self, method: str, target: str, body: bytes = b"", /, **claims: object) -> httpx.Response:
        """A signed request."""
        authorization = f"Bearer {self.token(method, target, body, **claims)}"
        return self.http.request(method, target, content=body or None, headers={"authorization": authorization})

    def send_compressed(
        self, method: str, target: str, body: bytes, /, encoding: str = "zstd", **claims: object
    ) -> httpx.Response:
        """A signed request whose body is sent as it is and said to be compressed."""
        headers = {"authorization": f"Bearer {self.token(method, target, body, **claims)}", "content-encoding": encoding}
        return self.http.request(method, target, content=body, headers=headers)

    def submit(self, *cases: SealedCase) -> SubmitAnswer:
        """Deliver cases; the answer must be one of the platform."""
        response = self.send("POST", "/v1/cases", msgspec.msgpack.encode(SubmitCases(cases)))
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/msgpack"
        answer = msgspec.msgpack.decode(response.content, type=SubmitAnswer)
        assert len(answer.outcomes) == len(cases)
        return answer

    def feed(self, after: str = "", limit: int = 100) -> StatusFeed:
        response = self.send("GET", f"/v1/cases/status?after={after}&limit={limit}")
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=StatusFeed)

    def beat(self, **changes: object) -> HeartbeatAnswer:
        """Send a heartbeat; each is of a moment of its own."""
        self.beats += 1
        body = msgspec.json.encode(sample_heartbeat(**{"sent_at_ms": 1_795_000_000_000 + self.beats, **changes}))
        response = self.send("POST", "/v1/heartbeats", body)
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=HeartbeatAnswer)

    # Materials

    def seal_material(self, plain: bytes, key: SealingKey | None = None, **changes: object) -> tuple[bytes, Material]:
        """A sealed material as it is sent, and the payload's word on it."""
        key = key or self.identity.sealing_keys[0]
        header = msgspec.json.encode(MaterialHeader(version=MATERIAL_VERSION, suite=key.suite, sealing_key_id=key.key_id))
        packed = pack(header, seal_under(key, material_info(header), plain))
        values: dict[str, object] = {
            "digest": material_digest(packed),
            "kind": "id_card_copy",
            "name": "测试材料 SAMPLE.jpg",
            "media_type": "image/jpeg",
            "plain_sha256": hashlib.sha256(plain).hexdigest(),
            "size_bytes": len(plain),
        }
        return packed, Material(**(values | changes))

    def put_chunk(self, digest: str, offset: int, size: int, chunk: bytes) -> httpx.Response:
        return self.send("PUT", f"/v1/materials/{digest}?offset={offset}&size={size}", chunk)

    def material_state(self, digest: str) -> MaterialState:
        return _state(self.send("GET", f"/v1/materials/{digest}"))

    def bring(self, packed: bytes, chunk_bytes: int = 1024 * 1024) -> MaterialState:
        """Send a material to its end, from wherever the platform is."""
        digest, size = material_digest(packed), len(packed)
        state = self.material_state(digest)
        while not state.complete:
            chunk = packed[state.offset : state.offset + chunk_bytes]
            state = _state(self.put_chunk(digest, state.offset, size, chunk))
        return state

    def case_with(self, *materials: Material, **header: object) -> SealedCase:
        """A sound case that names these materials."""
        made = self.header(materials=tuple(material.digest for material in materials), **header)
        return self.case(made, sample_payload(made, materials=materials))

    # Cases

    def header(self, **changes: object) -> CaseHeader:
        """A sound header for this terminal's next case."""
        self.sequence += 1
        identity = self.identity
        number = receipt_number.make(identity.region_code, date(2026, 11, 23), identity.device_code, self.sequence)
        values: dict[str, object] = {
            "version": 1,
            "case_id": new_case_id(),
            "kiosk_id": identity.kiosk_id,
            "receipt_number": number,
            "item_code": ITEM,
            "sequence": self.sequence,
            "committed_at_ms": 1_795_000_000_000,
            "boot_id": "boot-1",
            "monotonic_ms": 12_345,
            "platform_offset_ms": None,
            "suite": SUITE_HPKE_MLKEM768_X25519,
            "sealing_key_id": identity.sealing_keys[0].key_id,
        }
        return CaseHeader(**(values | changes))

    def case(self, header: CaseHeader | None = None, payload: CasePayload | bytes | None = None) -> SealedCase:
        """A sealed and signed case; sound unless told otherwise."""
        header = header or self.header()
        content = payload if isinstance(payload, bytes) else msgspec.json.encode(payload or sample_payload(header))
        return self.seal(msgspec.json.encode(header), content)

    def seal(self, header: bytes, content: bytes, key: SealingKey | None = None) -> SealedCase:
        sealed = seal(key or self.identity.sealing_keys[0], header, content)
        return SealedCase(header, sealed, self.key.sign(signed_bytes(header, sealed)))

    def check_receipt(self, receipt: SignedReceipt) -> DeliveryReceipt:
        """The receipt's content; raises when the platform did not sign it."""
        key = next(key for key in self.identity.receipt_keys if key.key_id == receipt.key_id)
        root = merkle.root_from_proof(receipt.body, receipt.leaf_index, receipt.tree_size, receipt.proof)
        assert root is not None
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(
            receipt.signature, receipt_signed_bytes(receipt.tree_size, root)
        )
        return msgspec.json.decode(receipt.body, type=DeliveryReceipt)


def seal(key: SealingKey, header: bytes, content: bytes) -> bytes:
    return seal_under(key, sealing_info(header), content)


def seal_under(key: SealingKey, info: bytes, content: bytes) -> bytes:
    mlkem, x25519 = key.public_key[:1184], key.public_key[1184:]
    public = MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(mlkem), X25519PublicKey.from_public_bytes(x25519))
    return _SUITE.encrypt(content, public, info)


def _state(response: httpx.Response) -> MaterialState:
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=MaterialState)


def basic(name: str, password: str) -> dict[str, str]:
    """Header of RFC 7617."""
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
