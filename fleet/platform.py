"""The platform put together: one data folder, one clock."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from fleet.authentication import Authenticator
from fleet.catalogues import CatalogueRegister
from fleet.certificates import CertificateDesk
from fleet.clock import Clock, system_clock
from fleet.database import FILE_NAME, Database
from fleet.digest_key import DigestKey
from fleet.enrolment import Enrolment
from fleet.errors import PlatformError
from fleet.heartbeats import HeartbeatDesk
from fleet.intake import Intake
from fleet.keys import KeyCabinet, KeyRing
from fleet.materials import MaterialStore
from fleet.operators import Operators
from fleet.portraits import PortraitDesk, PortraitSource, SamplePortraits
from fleet.processing import Processor
from fleet.progress import ProgressDesk
from fleet.proofs.desk import ProofDesk
from fleet.proofs.facts import FactsOf, SampleFacts
from fleet.proofs.keys import ProofKeyRing
from fleet.residents import Register, Residents
from fleet.shared_data import SharingDesk
from fleet.sms_codes import SmsDesk
from fleet.sms_gateway import SmsGateway, SpoolGateway


def open_database(data: Path) -> Database:
    """The database of a data folder; both are made when missing. Raises ``PlatformError``."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PlatformError(f"{data}: {error.strerror or error}") from error
    return Database(data / FILE_NAME)


def open_keys(data: Path, database: Database, clock: Clock) -> KeyCabinet:
    """The platform's keys; new ones are made only while no case is stored. Raises ``KeysUnusable``."""
    with database.reading() as connection:
        holds_cases = connection.execute("SELECT EXISTS (SELECT 1 FROM cases)").fetchone()[0]
    return KeyCabinet(data, clock(), may_create=not holds_cases)


class Platform:
    """Everything the API and the console need. Use as a context manager."""

    def __init__(
        self,
        data: Path,
        clock: Clock = system_clock,
        *,
        gateway: SmsGateway | None = None,
        register: Register | None = None,
        portraits: PortraitSource | None = None,
        facts: FactsOf | None = None,
    ) -> None:
        """Open the data folder. Raises ``PlatformError``.

        ``gateway`` sends text messages, ``register`` knows telephones and ``portraits`` photos, and ``facts`` answers what proofs
        prove; without them messages are spooled for the operator, and only fictitious residents are known.
        """
        self.clock = clock
        self.database = open_database(data)
        try:
            self.cabinet = open_keys(data, self.database, clock)
            self.digests = DigestKey(data)
            self.operators = Operators(data)
            self._proof_keys = ProofKeyRing(data, clock())
        except BaseException:
            self.database.close()
            raise
        self._open_own_desks(data)
        self._open_desks_on_sources(data, gateway, register, portraits, facts)

    def _open_own_desks(self, data: Path) -> None:
        """What answers from the platform's own records alone."""
        database, cabinet, clock, root = self.database, self.cabinet, self.clock, self._proof_keys.at(self.clock()).root
        self.authenticator = Authenticator(database, clock)
        self.enrolment = Enrolment(database, cabinet, clock, proof_root=root)
        self.materials = MaterialStore(data, database, clock)
        self.intake = Intake(database, cabinet, self.materials, clock)
        self.heartbeats = HeartbeatDesk(database, cabinet, clock, proof_root=root)
        self.residents = Residents(database)
        self.catalogues = CatalogueRegister(database, cabinet, clock)
        self.certificates = CertificateDesk(database, cabinet, self.digests, clock)
        self.progress = ProgressDesk(database, cabinet, self.digests, clock)
        self.processor = Processor(database, cabinet, self.materials, clock, self.digests, self.certificates)

    def _open_desks_on_sources(
        self,
        data: Path,
        gateway: SmsGateway | None,
        register: Register | None,
        portraits: PortraitSource | None,
        facts: FactsOf | None,
    ) -> None:
        """What asks somebody else: an operator of messages, an authority."""
        database, cabinet, digests, clock = self.database, self.cabinet, self.digests, self.clock
        self.sms = SmsDesk(database, cabinet, digests, register or self.residents, gateway or SpoolGateway(data, clock), clock)
        self.sharing = SharingDesk(database, cabinet, digests, self.residents, clock)
        source = portraits or SamplePortraits(database, cabinet, digests, self.residents)
        self.portraits = PortraitDesk(database, cabinet, digests, source, clock)
        self.proofs = ProofDesk(database, self._proof_keys, digests, facts or SampleFacts(), clock, self.progress.owns)

    @property
    def keys(self) -> KeyRing:
        """The platform's keys as they are now."""
        return self.cabinet.present

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Platform:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
