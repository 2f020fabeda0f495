"""An enrolled terminal without a platform, and cases of a known size, for the benchmarks of the queue.

All of it is fictitious.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from contract.cases import SUITE_HPKE_MLKEM768_X25519, Applicant, Consent, FieldValue, Identification
from contract.kiosks import EnrolAnswer, ReceiptKey, SealingKey
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseDraft

KIOSK_ID = "k-330304-bench"
CASE_BYTES = 4096


def sealing_key() -> SealingKey:
    """A fresh public key of a platform that nobody holds the private half of."""
    raw = (
        MLKEM768PrivateKey.generate().public_key().public_bytes_raw()
        + X25519PrivateKey.generate().public_key().public_bytes_raw()
    )
    return SealingKey("s-bench", SUITE_HPKE_MLKEM768_X25519, raw)


def enrol(folder: Path, receipt_key: bytes, base_url: str = "http://127.0.0.1:9") -> IdentityStore:
    """An identity on disk, as enrolment leaves it. ``receipt_key`` is the platform's raw public key."""
    identities = IdentityStore(folder)
    answer = EnrolAnswer(
        kiosk_id=KIOSK_ID,
        region_code="330304",
        device_code="B001",
        sealing_keys=(sealing_key(),),
        receipt_keys=(ReceiptKey("r-bench", receipt_key),),
        platform_time_ms=0,
    )
    identities.adopt(answer, identities.prepare_key(), base_url, "测试机 SAMPLE")
    return identities


def fresh_receipt_key() -> Ed25519PrivateKey:
    """The private key of a platform for receipts."""
    return Ed25519PrivateKey.generate()


def draft(size_bytes: int = CASE_BYTES) -> CaseDraft:
    """A case whose payload has about ``size_bytes`` before sealing."""
    filling = os.urandom(max(0, size_bytes - 1200) // 2).hex()
    return CaseDraft(
        item_code="11330304MB0TEAT13G4332014001001",
        item_version="1",
        task_handle_item="11330304MB0TEAT13G433201400100101",
        language="zh",
        applicant=Applicant(
            name="测试·林小瓯",
            id_type="resident",
            id_number="330302195801010005",
            sex_code="2",
            birth_date="1958-01-01",
            ethnicity_code="01",
            nationality="CHN",
            address="浙江省温州市瓯海区测试路一号",
        ),
        identification=Identification(
            route="id_card_staff",
            assurance_level=2,
            engine="",
            distance=None,
            threshold=None,
            liveness="",
            staff_id="W001",
            demonstration_only=True,
        ),
        consents=(Consent(purpose="apply", text_version="1", language="zh", granted=True, at_ms=1_795_420_800_000),),
        fields=(FieldValue(name="remarks", value=filling, source="resident"),),
        signature_strokes=(((100, 200), (300, 400)),),
    )
