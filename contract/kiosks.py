"""Terminals on the wire: enrolment, heartbeat, and errors."""

from __future__ import annotations

import msgspec

from contract.reconciliation import QueueDigest, Reconciliation


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/kiosks/enrol`` (JSON): trade a one-time token for an identity."""

    token: str
    public_key: bytes
    """Raw Ed25519 public key of the terminal, 32 bytes."""
    name: str
    """What people call the machine, e.g. ``娄桥便民服务中心 1 号机``."""
    software_version: str

    def __repr__(self) -> str:
        return f"EnrolRequest(name={self.name!r}, token=<redacted>)"


class SealingKey(msgspec.Struct, frozen=True):
    """A public key to which cases may be sealed."""

    key_id: str
    suite: str
    public_key: bytes
    """For the ML-KEM-768 + X25519 suite: ML-KEM encapsulation key (1,184 bytes) followed by the X25519 public key (32 bytes)."""


class ReceiptKey(msgspec.Struct, frozen=True):
    """A public key by which receipts are checked, raw Ed25519."""

    key_id: str
    public_key: bytes


class EnrolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The terminal's identity, and the platform's public keys, newest first."""

    kiosk_id: str
    region_code: str
    """Six digits of GB/T 2260."""
    device_code: str
    """Four characters ``0-9A-Z``, never given to two terminals of a region."""
    sealing_keys: tuple[SealingKey, ...]
    receipt_keys: tuple[ReceiptKey, ...]
    platform_time_ms: int
    proof_root: bytes = b""
    """Root certificate of proofs (X.509, DER), which the terminal pins; empty: this platform issues none."""


class DeviceReport(msgspec.Struct, frozen=True):
    """State of one device in XFS4IoT words, with a stable code."""

    device: str
    """``id_card_reader``, ``camera``, ``receipt_printer``, ``barcode_scanner``."""
    state: str
    code: str


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a terminal stands (WGS 84), so that others can send residents to it."""

    latitude: float
    longitude: float
    address: str
    """As people say it, e.g. ``娄桥街道古岸路 8 号一楼大厅``."""


class NearbyKiosk(msgspec.Struct, frozen=True):
    """Another terminal close by that serves residents now."""

    name: str
    address: str
    distance_m: int
    """Great circle, in metres."""
    closed_items: tuple[str, ...] = ()
    """What cannot be done there now; as in ``Heartbeat``."""
    prints_documents: bool = False


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Body of ``POST /v1/heartbeats`` (JSON)."""

    sent_at_ms: int
    software_version: str
    catalogue_version: str
    pending_cases: int
    oldest_pending_s: float | None
    needs_staff_cases: int
    free_disk_bytes: int
    clock_doubtful: bool
    serving: bool
    """True when a resident could do at least one item now."""
    devices: tuple[DeviceReport, ...]
    queue_digest: QueueDigest | None = None
    """Once a day, and again after a difference."""
    reconciliation_alarms: int = 0
    """Cases that the two sides do not agree about and that sending again could not settle."""
    audit_entry: int = 0
    """Number and link of the newest row of the queue's audit chain, so that a chain cut short or rolled back is noticed."""
    audit_chain: str = ""
    """Lower-case hex, 64 characters; empty before the first row."""
    staff_called_s: float | None = None
    """So many seconds ago a resident called for staff (呼叫工作人员), and nobody has said since that the call is over."""
    place: Place | None = None
    """Sent only to a platform that said ``takes_place``: an older one refuses words it does not know. The next two go with it."""
    closed_items: tuple[str, ...] = ()
    """Codes of items that cannot be done here now; those outside their hours are closed everywhere, and left out."""
    prints_documents: bool = False
    """The A4 printer is in order."""


class HeartbeatAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's time, its current public keys, and when to report next."""

    platform_time_ms: int
    next_in_s: float
    sealing_keys: tuple[SealingKey, ...]
    receipt_keys: tuple[ReceiptKey, ...]
    reconciliation: Reconciliation | None = None
    """Answer to ``Heartbeat.queue_digest``."""
    proof_root: bytes = b""
    """As in ``EnrolAnswer``, for a terminal enrolled before the platform issued proofs. A pinned root is not replaced."""
    takes_place: bool = False
    """This platform takes ``Heartbeat.place``."""
    nearest: tuple[NearbyKiosk, ...] = ()
    """Answer to ``Heartbeat.place``: who serves close by now, nearest first."""


class Problem(msgspec.Struct, frozen=True):
    """Body of every error answer. ``code`` is stable, ``detail`` is for people.

    Codes: ``bad_token``, ``bad_request``, ``unauthorised``, ``clock_skew``, ``too_large``, ``busy``, ``not_found``,
    ``internal``, ``unsupported_encoding``, ``wrong_digest`` (a material is not what the digest says; begin it anew).
    """

    code: str
    detail: str
    platform_time_ms: int
