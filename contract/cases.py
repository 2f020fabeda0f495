"""Cases on the wire: the sealed envelope, what is inside it, and the platform's answers.

Bytes that are signed travel verbatim (``header``, ``SignedReceipt.body``): nobody ever re-encodes what was signed.
Times are milliseconds since 1970-01-01 UTC by the clock of whoever wrote them.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from contract.case_contents import CaseContents

ENVELOPE_VERSION = 1
SUITE_HPKE_MLKEM768_X25519 = "HPKE-MLKEM768X25519-HKDFSHA256-AES256GCM"
"""RFC 9180 base mode, hybrid KEM ML-KEM-768 + X25519, HKDF-SHA256, AES-256-GCM."""
HPKE_INFO = b"oueban case v1"
"""First part of the ``info`` of the sealing; see ``sealing_info``."""
SIGNATURE_PREFIX = b"oueban case v1\0"
RECEIPT_PREFIX = b"oueban receipts v2\0"


class CaseHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What may be read without opening the case. Nothing here tells who the resident is."""

    version: int
    case_id: str
    """UUIDv7, lower case with hyphens, made on the terminal."""
    kiosk_id: str
    receipt_number: str
    item_code: str
    sequence: int
    """Counts the terminal's cases from 1 without gaps, so that a missing one is noticed."""
    committed_at_ms: int
    """Wall clock of the terminal; for people only."""
    boot_id: str
    monotonic_ms: int
    """Monotonic clock of that boot; orders cases where the wall clock jumped."""
    platform_offset_ms: int | None
    """Last known platform time minus wall clock; ``None`` when never learned."""
    suite: str
    sealing_key_id: str
    materials: tuple[str, ...] = ()
    """Digests of the sealed materials that belong to the case (``contract.materials``); left out when there are none."""


class SealedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case as it is stored and sent."""

    header: bytes
    """``CaseHeader`` as JSON; bound to the sealed part by ``sealing_info``."""
    sealed: bytes
    """HPKE: encapsulated key followed by the ciphertext of ``CasePayload`` as JSON."""
    signature: bytes
    """Ed25519 of the terminal over ``signed_bytes``."""

    @property
    def digest(self) -> str:
        """Identity of these very bytes: SHA-256 over header and sealed part, lower-case hex."""
        return case_digest(self.header, self.sealed)


def case_digest(header: bytes, sealed: bytes) -> str:
    """SHA-256 over the length of the header (4 bytes, big-endian), the header and the sealed part; lower-case hex."""
    return hashlib.sha256(len(header).to_bytes(4, "big") + header + sealed).hexdigest()


def sealing_info(header: bytes) -> bytes:
    """The HPKE ``info`` of a case: it binds the header, so a sealed part opens under its own header only.

    RFC 9180 lets either ``info`` or the associated data bind context; ``info`` is what ``cryptography`` offers in public.
    """
    return HPKE_INFO + b"\0" + header


def signed_bytes(header: bytes, sealed: bytes) -> bytes:
    """What the terminal signs: a fixed prefix, the header, and the digest of both parts."""
    return signed_bytes_of(header, case_digest(header, sealed))


def signed_bytes_of(header: bytes, digest: str) -> bytes:
    """``signed_bytes`` where the digest is known already."""
    return SIGNATURE_PREFIX + header + bytes.fromhex(digest)


class Applicant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The person the case is for. The ``repr`` shows nothing of them."""

    name: str
    id_type: str
    """Card kind as the reader names it: ``resident``, ``J``, ``I``, ``Y``."""
    id_number: str
    sex_code: str
    birth_date: str
    """ISO 8601 date, empty when unknown."""
    ethnicity_code: str
    nationality: str
    address: str

    def __repr__(self) -> str:
        return "Applicant(<redacted>)"


class Identification(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """How the resident was shown to be the applicant. No image, no template.

    Fields with a default came later: cases of older terminals leave them out.
    """

    route: Literal["id_card_face", "id_card_staff", "electronic_credential", "id_card_sms"]
    assurance_level: int
    """L1 to L4."""
    engine: str
    """What judged: the face engine; for a credential the key it was checked with and whether the platform was asked (``online``)
    or not (``local``), e.g. ``Ed25519:oueban-test.1f2e3d4c:online``."""
    distance: float | None
    threshold: float | None
    liveness: str
    """Movements asked for, in order, and their outcome, e.g. ``blink,open_mouth:live``; empty on the staff route."""
    staff_id: str
    """Who confirmed, on the staff route; empty otherwise."""
    demonstration_only: bool
    calibration: str = ""
    """Id of the calibration file in force for the face engine; empty without one."""
    liveness_score: float | None = None
    """0 to 1, 1 is bona fide (ISO/IEC 30107-3)."""
    credential_id: str = ""
    """On the credential route: ``contract.credentials.credential_id`` of its ``jti``; empty otherwise."""
    reference: Literal["", "card", "platform"] = ""
    """On the face route: whose photo the live face was compared with, the card's or the platform's (``contract.portraits``)."""


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One consent as it was asked: text version, answer and who gave it. The ``repr`` shows no guardian."""

    purpose: str
    text_version: str
    language: str
    granted: bool
    at_ms: int
    given_by: Literal["self", "guardian"] = "self"
    guardian_name: str = ""
    """Of a resident under 14 (PIPL, article 31); empty unless ``given_by`` is ``guardian``."""
    guardian_id_number: str = ""

    def __repr__(self) -> str:
        return f"Consent(purpose={self.purpose!r}, granted={self.granted!r}, given_by={self.given_by!r}, <redacted>)"


class FieldValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One form field and where its value came from."""

    name: str
    value: str
    source: Literal["card", "resident", "shared"]

    def __repr__(self) -> str:
        return f"FieldValue(name={self.name!r}, value=<redacted>, source={self.source!r})"


class Material(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """材料: a photo or scan of the case. Its bytes travel apart (``contract.materials``). The ``repr`` shows no name."""

    digest: str
    """Of the sealed material, as in ``CaseHeader.materials``."""
    kind: str
    """What the item's list calls it, e.g. ``id_card_copy``."""
    name: str
    media_type: str
    plain_sha256: str
    """Of the bytes before sealing, lower-case hex."""
    size_bytes: int
    """Before sealing."""

    def __repr__(self) -> str:
        return f"Material(kind={self.kind!r}, size_bytes={self.size_bytes}, <redacted>)"


class CasePayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The case itself, readable only after opening."""

    case_id: str
    receipt_number: str
    item_code: str
    item_version: str
    task_handle_item: str
    """业务办理项编码, 33 characters."""
    language: str
    applicant: Applicant
    identification: Identification
    consents: tuple[Consent, ...]
    fields: tuple[FieldValue, ...]
    signature_strokes: tuple[tuple[tuple[int, int], ...], ...]
    """Finger signature: strokes of (x, y) points on a square of 0..10,000."""
    materials: tuple[Material, ...] = ()
    """In the order of ``CaseHeader.materials``, which names the same digests."""
    contents: CaseContents | None = None
    """Came later: cases of older terminals leave it out."""

    def __repr__(self) -> str:
        return f"CasePayload(case_id={self.case_id!r}, item_code={self.item_code!r}, <redacted>)"


class DeliveryReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The platform's word that it holds this very case."""

    case_id: str
    kiosk_id: str
    receipt_number: str
    digest: str
    received_at_ms: int


class SignedReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``DeliveryReceipt`` as JSON and the platform's Ed25519 signature that covers it.

    One signature covers a whole batch: it is made over ``receipt_signed_bytes`` of the Merkle tree whose leaves are the bodies
    (RFC 9162, section 2.1); ``proof`` leads from this body to the root. A receipt alone is a tree of one leaf, with no proof.
    """

    body: bytes
    key_id: str
    signature: bytes
    leaf_index: int = 0
    tree_size: int = 1
    proof: tuple[bytes, ...] = ()
    """Inclusion proof, 32 bytes a node, from the leaf upwards."""


def receipt_signed_bytes(tree_size: int, root: bytes) -> bytes:
    """What the platform signs for a batch of receipts: a fixed prefix, the number of leaves (8 bytes, big-endian), the root."""
    return RECEIPT_PREFIX + tree_size.to_bytes(8, "big") + root


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """The platform holds the case now."""

    case_id: str
    receipt: SignedReceipt


class Duplicate(msgspec.Struct, frozen=True, tag="duplicate"):
    """The platform held these very bytes already; as good as accepted."""

    case_id: str
    receipt: SignedReceipt


class Conflict(msgspec.Struct, frozen=True, tag="conflict"):
    """The platform holds another case with this id; people must look."""

    case_id: str
    held_digest: str


class Rejected(msgspec.Struct, frozen=True, tag="rejected"):
    """The platform will never take these bytes. ``code`` is stable, ``reason`` is for people."""

    case_id: str
    code: str
    reason: str


class Later(msgspec.Struct, frozen=True, tag="later"):
    """Not now; ask again in ``seconds``."""

    case_id: str
    seconds: float


CaseOutcome = Accepted | Duplicate | Conflict | Rejected | Later


class SubmitCases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /v1/cases`` (MessagePack). Oldest first, at most 500 cases."""

    cases: tuple[SealedCase, ...]


class SubmitAnswer(msgspec.Struct, frozen=True):
    """One outcome for each case, in the order sent."""

    outcomes: tuple[CaseOutcome, ...]
    platform_time_ms: int


CaseState = Literal["received", "needs_staff", "processed"]
"""Where a case is on the platform; only ``processed`` allows the terminal to let go of it."""


class CaseStatus(msgspec.Struct, frozen=True):
    """One change of a case on the platform."""

    case_id: str
    state: CaseState
    reason: str
    at_ms: int


class StatusFeed(msgspec.Struct, frozen=True):
    """Answer of ``GET /v1/cases/status?after=CURSOR&limit=N``: changes of this terminal's cases, oldest first.

    ``cursor`` is opaque; pass it back next time. ``more`` tells that another page waits.
    """

    changes: tuple[CaseStatus, ...]
    cursor: str
    more: bool
    platform_time_ms: int


RATING_REASONS = frozenset({"slow", "guide", "troublesome", "hard_to_use", "machine"})
SKIPPED = 0
"""Grade of a rating that was skipped."""


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """好差评 of one case. There is no default grade; who skipped is told apart from who was satisfied."""

    case_id: str
    grade: int
    """5 非常满意 to 1 非常不满意; 0: skipped, which is never counted as a grade."""
    rated_at_ms: int
    reasons: tuple[str, ...] = ()
    """What a resident who was not satisfied pointed at; codes of ``RATING_REASONS``."""


class SubmitRatings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /v1/ratings`` (JSON), at most 500. One rating a case: the first one stands."""

    ratings: tuple[Rating, ...]


class RatingsAnswer(msgspec.Struct, frozen=True):
    """Ids whose rating the platform now holds, or will never take; the terminal may forget both."""

    settled: tuple[str, ...]
    platform_time_ms: int
