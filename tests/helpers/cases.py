"""Fictitious cases, a clock that stands still until told, and an identity without a folder."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.cases import Applicant, Consent, FieldValue, Identification
from contract.kiosks import ReceiptKey, SealingKey
from offline_queue.clock import Stamp
from offline_queue.identity import Identity
from offline_queue.models import CaseDraft

CANARY_NAME = "测试·林小瓯"
CANARY_ID_NUMBER = "330302195801010005"
CANARY_ADDRESS = "浙江省温州市瓯海区测试路一号"
CANARIES = (CANARY_NAME, CANARY_ID_NUMBER, CANARY_ADDRESS)


def sample_draft(**changes: object) -> CaseDraft:
    """A whole case of a fictitious resident."""
    parts: dict[str, object] = {
        "item_code": "11330304MB0TEAT13G4332014001001",
        "item_version": "1",
        "task_handle_item": "11330304MB0TEAT13G433201400100101",
        "language": "zh",
        "applicant": Applicant(
            name=CANARY_NAME,
            id_type="resident",
            id_number=CANARY_ID_NUMBER,
            sex_code="2",
            birth_date="1958-01-01",
            ethnicity_code="01",
            nationality="CHN",
            address=CANARY_ADDRESS,
        ),
        "identification": Identification(
            route="id_card_staff",
            assurance_level=2,
            engine="",
            distance=None,
            threshold=None,
            liveness="",
            staff_id="W001",
            demonstration_only=True,
        ),
        "consents": (Consent(purpose="apply", text_version="1", language="zh", granted=True, at_ms=1_795_420_800_000),),
        "fields": (FieldValue(name="id_number", value=CANARY_ID_NUMBER, source="card"),),
        "signature_strokes": (((100, 200), (300, 400)),),
    }
    return CaseDraft(**(parts | changes))  # type: ignore[arg-type]


class FakeClock:
    """Stands still until told otherwise."""

    def __init__(self, wall_ms: int = 1_795_420_800_000, boot_id: str = "boot-1", monotonic_ms: int = 1_000_000) -> None:
        self.wall_ms, self.boot_id, self.monotonic_ms = wall_ms, boot_id, monotonic_ms

    def now(self) -> Stamp:
        return Stamp(self.wall_ms, self.boot_id, self.monotonic_ms)

    def advance(self, seconds: float) -> None:
        self.wall_ms += round(seconds * 1000)
        self.monotonic_ms += round(seconds * 1000)

    def reboot(self, *, off_s: float = 60.0, wall_jump_s: float = 0.0) -> None:
        self.boot_id += "+"
        self.monotonic_ms = 5_000
        self.wall_ms += round((off_s + wall_jump_s) * 1000)


class FixedIdentity:
    """An identity source that is told what to say."""

    def __init__(self, identity: Identity | None) -> None:
        self.identity = identity
        self.earlier: tuple[bytes, ...] = ()

    def current(self) -> Identity | None:
        return self.identity

    def known_public_keys(self) -> tuple[bytes, ...]:
        present = (self.identity.public_key,) if self.identity else ()
        return present + self.earlier


def make_identity(
    sealing_keys: tuple[SealingKey, ...],
    receipt_keys: tuple[ReceiptKey, ...],
    *,
    kiosk_id: str = "k-330304-0001",
    signing_key: Ed25519PrivateKey | None = None,
    base_url: str = "http://127.0.0.1:9",
    device_code: str = "A001",
) -> Identity:
    return Identity(
        kiosk_id=kiosk_id,
        region_code="330304",
        device_code=device_code,
        base_url=base_url,
        name="测试机",
        sealing_keys=sealing_keys,
        receipt_keys=receipt_keys,
        signing_key=signing_key or Ed25519PrivateKey.generate(),
    )
