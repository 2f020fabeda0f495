"""Keeps in touch with the platform: the sync of cases, heartbeats, and an ear for the network, each on a thread of its own."""

from __future__ import annotations

import logging
import random
import shutil
import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from contract.kiosks import Heartbeat, HeartbeatAnswer, ReceiptKey
from drivers.status import DeviceStatus
from drivers.types import Deadline
from kiosk.catalogue.models import Catalogue
from kiosk.config import Settings
from kiosk.readiness import Offer, StoreHealth
from kiosk.services import platform
from kiosk.services.catalogue_store import CatalogueStore
from kiosk.services.neighbours import Neighbours
from kiosk.services.reference_photos import ReferencePhotos
from kiosk.services.sms_codes import SmsCodes
from kiosk.services.staff_call import StaffCall
from kiosk.workers.heartbeat import HeartbeatLoop
from offline_queue.clock import Clock, SystemClock
from offline_queue.enrolment import send_heartbeat
from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from offline_queue.loop import SyncLoop
from offline_queue.network_watch import NetworkWatch
from offline_queue.policy import Failure, FailureKind
from offline_queue.store import Outbox
from offline_queue.sync import Syncer, SyncReport
from offline_queue.transport import PlatformClient

_log = logging.getLogger(__name__)
_JOIN_S = 30.0
CATALOGUE_EVERY_S = 900.0
"""How often the platform is asked for a newer catalogue; somewhat more or less, so that a fleet does not ask all at once."""
_OUR_OWN_TROUBLE = ("store_", "storage_failed", "bug", "not_enrolled")
"""Failures that say nothing about the network."""


class PlatformLink(QObject):
    """Owns identity, queue, sync and heartbeat."""

    changed = Signal()
    """A pass of the sync got some case further. Emitted from the sync's thread."""

    staff_told = Signal(bool)
    """A call for staff has reached the platform, or has not yet. Emitted from the heartbeat's thread."""

    catalogue_changed = Signal()
    """A newer catalogue is in force. Emitted from the heartbeat's thread."""

    neighbours_changed = Signal()
    """Other machines close by can do something else than before. Emitted from the heartbeat's thread."""

    def __init__(self, settings: Settings, packaged: Catalogue, clock: Clock | None = None) -> None:
        """Open identity and queue, and go by ``clock``, or the machine's own.

        Raises ``PlatformTrouble``, ``ValueError`` for an address that is none or not safe.
        """
        super().__init__()
        self._clock = clock = clock or SystemClock()
        self._data_dir = settings.machine.data_dir
        self._heartbeat_s = settings.times.heartbeat_s
        self.identity: IdentityStore = platform.open_identity(self._data_dir, settings.machine.key_protection)
        platform.protect_key(self.identity, settings.machine.key_protection)
        self.catalogues = CatalogueStore(self._data_dir / "catalogue", self._receipt_keys, packaged)
        self._catalogue_due = Deadline(0.0)
        self._staff_call = StaffCall(lambda: clock.now().monotonic_ms / 1000)
        line = platform.transport_settings(settings)
        self.outbox: Outbox = platform.open_queue(self._data_dir, self.identity, clock)
        self._place = platform.place_of(settings.machine)
        self._platform_takes_place = False
        self.neighbours = Neighbours(self._data_dir / "nearby.json", self.outbox.platform_time.now_ms)
        self._clients = [
            PlatformClient(settings.platform.url, self.identity, self.outbox.platform_time, settings=line, clock=clock)
            for _ in range(2)
        ]
        # What residents wait for: credentials used, codes by text message.
        self.identifying, self.documents = (
            PlatformClient(settings.platform.url, self.identity, self.outbox.platform_time, settings=line, clock=clock)
            for line in (platform.identifying_settings(settings), platform.document_settings(settings))
        )
        self.credentials = platform.make_credential_checker(settings, self.outbox.platform_time, self.identifying)
        self.text_messages = SmsCodes(self.identifying, self.identity)
        syncer = Syncer(self.outbox, self._clients[0], self.identity, settings=platform.sync_settings(settings))
        self._loop = SyncLoop(self.outbox, syncer, clock=clock)
        self._loop.subscribe(self._on_pass)
        self._network_up = True
        self._beats: HeartbeatLoop | None = None
        self._check: threading.Thread | None = None
        self._stopping = threading.Event()
        self._watch = NetworkWatch(self._on_network)

    def reference_photos(self, consent_version: Callable[[], str]) -> ReferencePhotos:
        """The platform's photos of people; ``consent_version``: of the text in which residents consent now."""
        return ReferencePhotos(self.identifying, self.identity, consent_version)

    def start(self, devices: Callable[[], Mapping[str, DeviceStatus]], offer: Callable[[], Offer]) -> None:
        """Begin to sync and to report what ``devices`` and ``offer`` say at that moment."""
        self._loop.start()
        self._beats = HeartbeatLoop(lambda: self._beat(devices(), offer()), self._heartbeat_s, clock=self._clock)
        self._beats.start()
        self._watch.start()
        if self.outbox.is_unchecked:
            self._check = threading.Thread(target=self._check_queue, name="queue-check")
            self._check.start()

    def _check_queue(self) -> None:
        """A queue too large to be read at the start is read while the machine serves."""
        try:
            self.outbox.check_whole(self._stopping.is_set)
        except KnownError as error:
            _log.warning("the queue could not be checked: %s", error)

    def stop(self) -> None:
        """End all threads, close line and queue; may be called twice."""
        self._stopping.set()
        if self._check is not None:
            self._check.join(_JOIN_S)
        self._watch.stop(_JOIN_S)
        if not self._loop.stop(_JOIN_S):
            _log.error("the sync does not end")
        if self._beats is not None and not self._beats.stop(_JOIN_S):
            _log.error("the heartbeat does not end")
        for client in (*self._clients, self.identifying, self.documents):
            client.close()
        self.credentials.close()
        self.outbox.close()

    def wake(self) -> None:
        """There is something to send."""
        self._loop.wake()

    def call_staff(self) -> None:
        """Tell the platform at once that a resident wants somebody to come; ``staff_told`` says what came of it."""
        self._staff_call.call()
        if self._beats is not None:
            self._beats.wake()

    def store_health(self) -> StoreHealth:
        """What readiness must know."""
        return platform.store_health(self.outbox, self.identity, self._network_up)

    def timeline(self, case_id: str) -> list[dict[str, str | int]]:
        """States the case has reached, each with the time by this machine's clock, oldest first."""
        reached: list[dict[str, str | int]] = []
        for entry in self.outbox.timeline(case_id):
            if not reached or reached[-1]["state"] != entry.to_state.value:
                reached.append({"state": entry.to_state.value, "at_ms": entry.at_ms})
        return reached

    def _on_network(self) -> None:
        """The network may have come back: do not wait for the end of a pause that was made for its absence."""
        self._loop.wake()
        if self._beats is not None:
            self._beats.wake()

    def _on_pass(self, report: SyncReport) -> None:
        if report.failure is None or not report.failure.code.startswith(_OUR_OWN_TROUBLE):
            self._network_up = report.failure is None
        if report.changed:
            self.changed.emit()

    def _beat(self, devices: Mapping[str, DeviceStatus], offer: Offer) -> HeartbeatAnswer | Failure | None:
        called_s = self._staff_call.age_s()
        if self.identity.current() is None:
            self._answer_caller(called_s, reached=False)
            return None
        try:
            report = platform.heartbeat(
                self.outbox,
                devices,
                catalogue_version=self.catalogues.catalogue.version,
                offer=offer,
                free_disk_bytes=shutil.disk_usage(self._data_dir).free,
                staff_called_s=called_s,
                clock=self._clock,
                place=self._place if self._platform_takes_place else None,
            )
        except (KnownError, OSError) as error:
            _log.warning("heartbeat: %s", error)
            self._answer_caller(called_s, reached=False)
            return Failure(FailureKind.TEMPORARY, "storage_failed", str(error))
        answer = send_heartbeat(self._clients[1], report, self.identity)
        self._note(answer)
        self._answer_caller(called_s, reached=isinstance(answer, HeartbeatAnswer))
        self._reconcile(report, answer)
        self._hear_of_others(report, answer)
        if isinstance(answer, HeartbeatAnswer) and self._catalogue_due.is_over:
            self._catalogue_due = Deadline(random.uniform(0.8, 1.2) * CATALOGUE_EVERY_S)  # noqa: S311 - spreads a fleet
            if self.catalogues.refresh(self._clients[1]):
                self.catalogue_changed.emit()
        return answer

    def _answer_caller(self, called_s: float | None, *, reached: bool) -> None:
        """Whoever has called for staff must never wait for an answer that does not come."""
        if called_s is not None and (told := self._staff_call.answered(reached)) is not None:
            self.staff_told.emit(told)

    def _hear_of_others(self, report: Heartbeat, answer: HeartbeatAnswer | Failure) -> None:
        """A platform that is older, or was set back, refuses a heartbeat with a place; so none is sent unasked."""
        self._platform_takes_place = isinstance(answer, HeartbeatAnswer) and answer.takes_place
        if not isinstance(answer, HeartbeatAnswer):
            return
        if report.place is not None and answer.takes_place and self.neighbours.take(answer.nearest, answer.platform_time_ms):
            self.neighbours_changed.emit()

    def _receipt_keys(self) -> tuple[ReceiptKey, ...]:
        identity = self.identity.current()
        return identity.receipt_keys if identity is not None else ()

    def _reconcile(self, report: Heartbeat, answer: HeartbeatAnswer | Failure) -> None:
        """Once a day the answer says where the two sides differ; what can be settled by sending again is sent at once."""
        if report.queue_digest is None or not isinstance(answer, HeartbeatAnswer) or answer.reconciliation is None:
            return
        try:
            if self.outbox.reconciliation.settle(report.queue_digest, answer.reconciliation).sent_again:
                self._loop.wake()
        except KnownError as error:
            _log.warning("reconciliation: %s", error)

    def _note(self, answer: HeartbeatAnswer | Failure) -> None:
        """The heartbeat is often the first to notice that the platform is back."""
        is_up = isinstance(answer, HeartbeatAnswer)
        if isinstance(answer, Failure) and answer.code.startswith(_OUR_OWN_TROUBLE):
            return
        came_back = is_up and not self._network_up
        self._network_up = is_up
        if came_back:
            self._loop.wake()
