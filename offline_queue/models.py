"""What goes into the queue and what it tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contract.case_contents import CaseContents
from contract.cases import (
    Applicant,
    CaseHeader,
    CasePayload,
    Consent,
    FieldValue,
    Identification,
    Material,
    SealedCase,
    SignedReceipt,
)
from offline_queue.states import CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """A finished case without the id and number, which the queue gives. The ``repr`` shows nothing of the resident."""

    item_code: str
    item_version: str
    task_handle_item: str
    language: str
    applicant: Applicant
    identification: Identification
    consents: tuple[Consent, ...]
    fields: tuple[FieldValue, ...]
    signature_strokes: tuple[tuple[tuple[int, int], ...], ...]
    materials: tuple[Material, ...] = ()
    """As ``MaterialDesk.keep`` returned them."""
    contents: CaseContents | None = None

    def payload(self, case_id: str, receipt_number: str) -> CasePayload:
        """The case as it is sealed."""
        return CasePayload(
            case_id=case_id,
            receipt_number=receipt_number,
            item_code=self.item_code,
            item_version=self.item_version,
            task_handle_item=self.task_handle_item,
            language=self.language,
            applicant=self.applicant,
            identification=self.identification,
            consents=self.consents,
            fields=self.fields,
            signature_strokes=self.signature_strokes,
            materials=self.materials,
            contents=self.contents,
        )

    def __repr__(self) -> str:
        return f"CaseDraft(item_code={self.item_code!r}, <redacted>)"


class RefusalCode(StrEnum):
    """Why a case was not taken, or a new visit should not begin."""

    NOT_ENROLLED = "not_enrolled"
    NO_SEALING_KEY = "no_sealing_key"
    CASE_TOO_LARGE = "case_too_large"
    DISK_FULL = "disk_full"
    STORAGE_FAILED = "storage_failed"
    BACKLOG_FULL = "backlog_full"
    BACKLOG_OLD = "backlog_old"
    CLOCK_DOUBTFUL = "clock_doubtful"
    MATERIAL_TOO_LARGE = "material_too_large"
    MATERIAL_MISSING = "material_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialDraft:
    """A photo or scan before it is sealed. The ``repr`` shows nothing of the resident."""

    kind: str
    name: str
    media_type: str
    content: bytearray
    """Overwritten with zeros once it is sealed."""

    def __repr__(self) -> str:
        return f"MaterialDraft(kind={self.kind!r}, <redacted>)"


@dataclass(frozen=True, slots=True)
class MaterialKept:
    """Sealed and durable. It is sent with the case that names it, and swept when none does within a day."""

    material: Material


@dataclass(frozen=True, slots=True)
class CaseCommitted:
    """The case is on the disk, synced: from here on it will not be lost."""

    case_id: str
    receipt_number: str
    sequence: int
    digest: str
    committed_at_ms: int


@dataclass(frozen=True, slots=True)
class CaseRefused:
    """The case was not taken and nothing of it was kept. ``detail`` is for the technician and names no person."""

    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """New visits may begin."""


@dataclass(frozen=True, slots=True)
class Closed:
    """No new visit now."""

    code: RefusalCode
    detail: str = ""


Gate = Open | Closed


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case as staff may see it: nothing of the resident."""

    case_id: str
    receipt_number: str
    item_code: str
    state: CaseState
    committed_at_ms: int
    attempts: int
    reason_code: str
    reason: str
    platform_state: str
    platform_reason: str
    has_receipt: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a case's history."""

    at_ms: int
    from_state: str
    """Empty for the first."""
    to_state: CaseState
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ClaimedCase:
    """A case under this sender's lease."""

    position: int
    """Order of commitment on this machine."""
    case: SealedCase
    header: CaseHeader
    digest: str
    attempts: int
    """How often it was sent before."""
    unsent: tuple[str, ...] = ()
    """Its materials that the platform is not known to hold."""

    @property
    def size_bytes(self) -> int:
        """What it adds to a request, within a few dozen bytes."""
        return len(self.case.header) + len(self.case.sealed) + len(self.case.signature)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform's receipt, verified."""

    case_id: str
    receipt: SignedReceipt
    was_held: bool = False
    """True when the platform held the case from an earlier try."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """The line failed; the case itself is as sendable as before."""

    case_id: str
    code: str


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Not before ``seconds`` have passed."""

    case_id: str
    seconds: float
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AskStaff:
    """Will not go through by itself."""

    case_id: str
    code: str
    reason: str


Resolution = Delivered | PutBack | WaitFor | AskStaff


@dataclass(frozen=True, slots=True)
class Damage:
    """The queue file was unusable when it was opened. Nothing was deleted."""

    code: str
    """``damaged`` (set aside), ``vanished`` (it was there once), or ``log_damaged`` (its last cases may be gone)."""
    detail: str
    set_aside: str
    """File name of the old queue file, or of the copy of its log; empty when it vanished."""
    salvaged: int
    """Cases taken over from it."""
    lost: tuple[str, ...]
    """Ids that could be read there but whose sealed bytes could not."""
    unreadable: int = 0
    """At most so many more cases were in it of which nothing could be read; the platform sees their numbers missing."""
