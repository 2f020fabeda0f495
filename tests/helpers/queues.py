"""A terminal's data folder with cases in every state, with materials, receipts of a batch, and ratings; all fictitious."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contract import merkle
from contract.bundle import MANIFEST, MATERIALS, BundleManifest
from contract.cases import (
    CaseHeader,
    CaseOutcome,
    CaseStatus,
    DeliveryReceipt,
    Material,
    SignedReceipt,
    SubmitCases,
    receipt_signed_bytes,
)
from contract.kiosks import EnrolAnswer
from offline_queue.clock import Clock
from offline_queue.identity import IdentityStore
from offline_queue.models import AskStaff, CaseCommitted, ClaimedCase, Delivered, MaterialDraft, MaterialKept, PutBack, WaitFor
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox
from tests.helpers.cases import sample_draft
from tests.helpers.platform_stand_in import Platform

KIOSK = "k-330304-0001"
SMALL, LARGE = 900, 100_000


@dataclass
class Built:
    """What was built. ``cases`` are case ids by what became of them."""

    data: Path
    platform: Platform
    identity: IdentityStore
    cases: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.data / "queue" / "cases.db"


def enrolled(data: Path, platform: Platform) -> IdentityStore:
    """An identity in ``data`` that ``platform`` knows."""
    identity = IdentityStore(data / "identity")
    key = identity.prepare_key()
    answer = EnrolAnswer(
        kiosk_id=KIOSK,
        region_code="330304",
        device_code="A001",
        sealing_keys=platform.sealing_keys,
        receipt_keys=platform.receipt_keys,
        platform_time_ms=platform.now_ms(),
    )
    identity.adopt(answer, key, "http://127.0.0.1:9", "测试机")
    platform.kiosk_keys[KIOSK] = [key.public_key().public_bytes_raw()]
    return identity


def open_outbox(built: Built, clock: Clock | None = None, **settings: float) -> Outbox:
    """The queue as the terminal opens it."""
    limits = QueueSettings(**settings)  # type: ignore[arg-type]
    return Outbox.open(built.path, built.identity, clock=clock, settings=limits, free_disk_bytes=lambda: 10**12)


def keep(outbox: Outbox, size: int) -> Material:
    """A material of ``size`` bytes, different each time."""
    kept = outbox.materials.keep(MaterialDraft(kind="photo", name="测试.jpg", media_type="image/jpeg", content=bytearray(size)))
    assert isinstance(kept, MaterialKept), kept
    return kept.material


def take(outbox: Outbox, built: Built, name: str, *sizes: int) -> None:
    """A case, remembered as ``name``, with materials of these sizes."""
    committed = outbox.accept(sample_draft(materials=tuple(keep(outbox, size) for size in sizes)))
    assert isinstance(committed, CaseCommitted), committed
    built.cases[name], built.numbers[name] = committed.case_id, committed.receipt_number


def batch_receipts(platform: Platform, cases: list[ClaimedCase]) -> list[SignedReceipt]:
    """Receipts that share one signature."""
    headers: list[CaseHeader] = [case.header for case in cases]
    bodies = [
        msgspec.json.encode(
            DeliveryReceipt(
                case_id=header.case_id,
                kiosk_id=header.kiosk_id,
                receipt_number=header.receipt_number,
                digest=case.digest,
                received_at_ms=platform.now_ms(),
            )
        )
        for header, case in zip(headers, cases, strict=True)
    ]
    root, proofs = merkle.tree(bodies)
    signature = platform.receipt_key.sign(receipt_signed_bytes(len(bodies), root))
    return [
        SignedReceipt(body, "receipt-1", signature, index, len(bodies), proof)
        for index, (body, proof) in enumerate(zip(bodies, proofs, strict=True))
    ]


def build(data: Path, platform: Platform | None = None, clock: Clock | None = None) -> Built:
    """A queue with cases in every state, its app closed."""
    platform = platform or Platform()
    built = Built(data, platform, enrolled(data, platform))
    delivered = ("purged", "processed", "accepted", "noted")
    with open_outbox(built, clock, purge_grace_s=0.0) as outbox:
        for name in (*delivered, "waiting", "desk", "put back", "void", "sending"):
            take(outbox, built, name, *((SMALL, LARGE) if name in ("purged", "accepted", "desk") else ()))
        claimed = {case.header.case_id: case for case in outbox.claim("me", after_position=0, max_cases=99, max_bytes=10**9)}
        held = [claimed[built.cases[name]] for name in delivered]
        told = [
            Delivered(case.header.case_id, receipt) for case, receipt in zip(held, batch_receipts(platform, held), strict=True)
        ]
        outbox.record(
            "me",
            [
                *told,
                WaitFor(built.cases["waiting"], 3600, "later"),
                AskStaff(built.cases["desk"], "bad_payload", "the payload cannot be read"),
                PutBack(built.cases["put back"], "unreachable"),
                PutBack(built.cases["void"], "unreachable"),
            ],
        )
        assert outbox.void(built.cases["void"], "测试员", "the resident asked for it")
        _progress(outbox, built, "purged", "processed", "1")
        assert outbox.purge() == 1
        take(outbox, built, "committed", SMALL, LARGE)
        outbox.rate(built.cases["purged"], 5)
        outbox.rate(built.cases["waiting"], 4)
        keep(outbox, SMALL)
    with open_outbox(built, clock) as outbox:
        _progress(outbox, built, "processed", "processed", "2")
        _progress(outbox, built, "noted", "received", "3")
    return built


def import_stick(built: Built, folder: Path) -> tuple[CaseOutcome, ...]:
    """What the platform in memory answers to a bundle; it trusts the files to be what the manifest says."""
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=BundleManifest)
    for digest in manifest.materials:
        content = (folder / MATERIALS / digest).read_bytes()
        assert built.platform.put_material(digest, 0, len(content), content).complete
    outcomes: list[CaseOutcome] = []
    for part in manifest.parts:
        cases = msgspec.msgpack.decode((folder / part.file).read_bytes(), type=SubmitCases).cases
        outcomes += built.platform.submit(KIOSK, cases).outcomes
    return tuple(outcomes)


def _progress(outbox: Outbox, built: Built, name: str, state: str, cursor: str) -> None:
    change = CaseStatus(built.cases[name], state, "", built.platform.now_ms())  # type: ignore[arg-type]
    outbox.take_statuses(KIOSK, [change], cursor)
