"""The terminal's side of the platform: identity, queue and line, opened from the settings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from contract.kiosks import DeviceReport, Heartbeat, Place
from drivers.status import DeviceStatus
from kiosk import __version__
from kiosk.config import Machine, Settings
from kiosk.readiness import Offer, StoreHealth
from kiosk.services.credentials import CredentialChecker
from kiosk.services.redeeming import PlatformRedeemer
from kiosk.services.used_credentials import ReplayStore
from offline_queue import enrolment
from offline_queue.clock import Clock, SystemClock
from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from offline_queue.key_wrapping import make_wrapper
from offline_queue.models import Closed
from offline_queue.platform_time import PlatformTime
from offline_queue.settings import SyncSettings, TransportSettings, within_cap
from offline_queue.store import Outbox
from offline_queue.transport import PlatformClient

_log = logging.getLogger(__name__)


class PlatformTrouble(Exception):
    """Identity or queue cannot be used; the message is one line in the operator's words."""


def open_identity(data_dir: Path, key_protection: str = "file") -> IdentityStore:
    """The machine's identity, its next key to be kept by ``key_protection``; raises ``PlatformTrouble``."""
    try:
        return IdentityStore(data_dir / "identity", wrapper=make_wrapper(key_protection))
    except KnownError as error:
        raise PlatformTrouble(f"{data_dir / 'identity'}: {error}") from error


def protect_key(identity: IdentityStore, key_protection: str) -> None:
    """Bring the present key under the protection that is set. When that fails the machine serves on with the key as it was."""
    before = identity.key_protection
    try:
        if identity.rewrap(make_wrapper(key_protection)):
            _log.info("the machine's key is now kept by %s, before by %s", key_protection, before)
    except KnownError as error:
        _log.error("the machine's key is still kept by %s, not by %s: %s", before, key_protection, error)


def transport_settings(settings: Settings) -> TransportSettings:
    """How the platform must prove itself, from the settings."""
    ca_file = settings.platform.ca_file
    return TransportSettings(
        ca_file=str(ca_file) if ca_file else None,
        pins=settings.platform.pins,
        max_bytes_per_s=settings.platform.max_kib_per_s * 1024,
    )


def identifying_settings(settings: Settings) -> TransportSettings:
    """The line while a resident waits to be identified: an answer comes within seconds, or another way is offered."""
    return replace(transport_settings(settings), connect_timeout_s=2.0, io_timeout_s=4.0, request_limit_s=6.0, max_bytes_per_s=0)


def document_settings(settings: Settings) -> TransportSettings:
    """The line on which a proof is made: drawn and signed within a second or two, unless many want one at once."""
    line = transport_settings(settings)
    return replace(line, connect_timeout_s=2.0, io_timeout_s=15.0, request_limit_s=25.0, max_bytes_per_s=0)


def make_credential_checker(settings: Settings, platform_time: PlatformTime, line: PlatformClient) -> CredentialChecker:
    """Checks credentials of the configured issuers; remembers used ones in the data folder, and at the platform when online."""
    used = ReplayStore(settings.machine.data_dir / "used-credentials.db")
    return CredentialChecker(settings.identity.credential_issuers, used, platform_time.now_ms, PlatformRedeemer(line))


def sync_settings(settings: Settings) -> SyncSettings:
    """Habits of the sync, from the settings."""
    habits = SyncSettings(night_window=settings.platform.night_window)
    return within_cap(habits, settings.platform.max_kib_per_s * 1024)


def queue_path(data_dir: Path) -> Path:
    """The queue file of the terminal whose data lie in ``data_dir``."""
    return data_dir / "queue" / "cases.db"


def open_queue(data_dir: Path, identity: IdentityStore, clock: Clock | None = None) -> Outbox:
    """The machine's queue of cases; raises ``PlatformTrouble``."""
    path = queue_path(data_dir)
    try:
        return Outbox.open(path, identity, clock=clock)
    except KnownError as error:
        raise PlatformTrouble(f"{path}: {error}") from error


def enrol(settings: Settings, token: str) -> str:
    """Trade a one-time token for an identity; returns the kiosk id, raises ``PlatformTrouble``."""
    machine = settings.machine
    identity = open_identity(machine.data_dir, machine.key_protection)
    line = transport_settings(settings)
    outcome = enrolment.enrol(settings.platform.url, token, machine.name, __version__, identity, settings=line)
    if isinstance(outcome, enrolment.EnrolFailed):
        why = f"{outcome.code} {outcome.detail}".strip()
        raise PlatformTrouble(f"the platform at {settings.platform.url} did not enrol this machine: {why}")
    return outcome.identity.kiosk_id


def store_health(outbox: Outbox, identity: IdentityStore, network_up: bool) -> StoreHealth:
    """What readiness must know of the queue."""
    gate = outbox.gate()
    closed = gate.code.value if isinstance(gate, Closed) else ""
    return StoreHealth(closed=closed, enrolled=identity.current() is not None, network_up=network_up)


def place_of(machine: Machine) -> Place | None:
    """Where the machine stands; ``None`` when the settings do not say."""
    if machine.latitude is None or machine.longitude is None:
        return None
    return Place(machine.latitude, machine.longitude, machine.address)


def heartbeat(
    outbox: Outbox,
    devices: Mapping[str, DeviceStatus],
    *,
    catalogue_version: str,
    offer: Offer,
    free_disk_bytes: int,
    staff_called_s: float | None = None,
    place: Place | None = None,
    clock: Clock | None = None,
) -> Heartbeat:
    """The report of this moment; with ``place`` also what others should know. Raises ``KnownError`` when the store fails."""
    now = (clock or SystemClock()).now()
    counts = outbox.counts()
    audit_entry, audit_chain = outbox.audit_head()
    return Heartbeat(
        sent_at_ms=now.wall_ms,
        software_version=__version__,
        catalogue_version=catalogue_version,
        pending_cases=outbox.pending_count(),
        oldest_pending_s=outbox.oldest_pending_age_s(),
        needs_staff_cases=sum(count for state, count in counts.items() if state.value == "needs_staff"),
        free_disk_bytes=free_disk_bytes,
        clock_doubtful=outbox.platform_time.offset_ms(now) is None,
        serving=offer.serving,
        devices=tuple(DeviceReport(name, status.state.value, status.code) for name, status in sorted(devices.items())),
        queue_digest=outbox.reconciliation.digest() if outbox.reconciliation.is_due() else None,
        reconciliation_alarms=len(outbox.reconciliation.alarms()),
        audit_entry=audit_entry,
        audit_chain=audit_chain,
        staff_called_s=staff_called_s,
        place=place,
        closed_items=offer.closed_items if place is not None else (),
        prints_documents=place is not None and offer.prints_documents,
    )
