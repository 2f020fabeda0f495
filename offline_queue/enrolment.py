"""Joining the platform, and staying in touch with it."""

from __future__ import annotations

from dataclasses import dataclass

from contract.kiosks import EnrolRequest, Heartbeat, HeartbeatAnswer
from offline_queue.clock import Clock, SystemClock
from offline_queue.errors import KnownError
from offline_queue.identity import Identity, IdentityStore
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import TransportSettings
from offline_queue.tls import BadTlsSettings
from offline_queue.transport import PlatformClient, check_base_url


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The machine has a new identity, stored durably."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class EnrolFailed:
    """No change: who this machine was before, it still is. ``code`` is stable, ``detail`` for the technician."""

    code: str
    detail: str = ""


def enrol(
    base_url: str,
    token: str,
    name: str,
    software_version: str,
    identities: IdentityStore,
    *,
    platform_time: PlatformTime | None = None,
    settings: TransportSettings | None = None,
    clock: Clock | None = None,
) -> Enrolled | EnrolFailed:
    """Trade a one-time token for an identity. Safe to repeat when the answer was lost: the key stays the same.

    Codes: ``bad_address``, ``bad_tls_settings``, ``storage_failed``, ``unusable_answer``, those of ``Problem`` (``bad_token`` …)
    and of a failed line.
    """
    clock = clock or SystemClock()
    try:
        address = check_base_url(base_url)
        key = identities.prepare_key()
        request = EnrolRequest(
            token=token, public_key=key.public_key().public_bytes_raw(), name=name, software_version=software_version
        )
        learned = platform_time or PlatformTime(clock)
        with PlatformClient(address, identities, learned, settings=settings, clock=clock) as client:
            answer = client.enrol(request)
        if isinstance(answer, Failure):
            return EnrolFailed(answer.code, answer.detail)
    except ValueError as error:
        return EnrolFailed("bad_tls_settings" if isinstance(error, BadTlsSettings) else "bad_address", str(error))
    except KnownError as error:
        return EnrolFailed("storage_failed", str(error))
    try:
        return Enrolled(identities.adopt(answer, key, address, name))
    except ValueError as error:
        return EnrolFailed("unusable_answer", str(error))
    except KnownError as error:
        return EnrolFailed("storage_failed", str(error))


def send_heartbeat(client: PlatformClient, heartbeat: Heartbeat, identities: IdentityStore) -> HeartbeatAnswer | Failure:
    """Report, take over the platform's present keys, and return its answer (``next_in_s`` says when to report again)."""
    answer = client.heartbeat(heartbeat)
    if isinstance(answer, HeartbeatAnswer):
        try:
            identities.update_keys(answer.sealing_keys, answer.receipt_keys, answer.proof_root)
        except KnownError as error:
            return Failure(FailureKind.TEMPORARY, "storage_failed", str(error))
    return answer
