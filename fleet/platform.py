"""The platform put together: one data folder, one clock."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from fleet.authentication import Authenticator
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
from fleet.processing import Processor
from fleet.proofs.desk import ProofDesk
from fleet.proofs.facts import FactsOf, SampleFacts
from fleet.proofs.keys import load_proof_keys
from fleet.residents import Register, Residents
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
        facts: FactsOf | None = None,
    ) -> None:
        """Open the data folder. Raises ``PlatformError``.

        ``gateway`` sends text messages and ``register`` knows telephones; without them messages are spooled for the operator, and
        only fictitious residents have a telephone. ``facts`` answers what proofs prove; without it, of fictitious residents only.
        """
        self.clock = clock
        self.database = open_database(data)
        try:
            self.cabinet = open_keys(data, self.database, clock)
            self.digests = DigestKey(data)
            self.operators = Operators(data)
            proof_keys = load_proof_keys(data, clock())
        except BaseException:
            self.database.close()
            raise
        self.authenticator = Authenticator(self.database, clock)
        self.enrolment = Enrolment(self.database, self.cabinet, clock, proof_root=proof_keys.root)
        self.materials = MaterialStore(data, self.database, clock)
        self.intake = Intake(self.database, self.cabinet, self.materials, clock)
        self.heartbeats = HeartbeatDesk(self.database, self.cabinet, clock, proof_root=proof_keys.root)
        self.proofs = ProofDesk(self.database, proof_keys, self.digests, facts or SampleFacts(), clock)
        self.residents = Residents(self.database)
        self.sms = SmsDesk(
            self.database,
            self.cabinet,
            self.digests,
            register or self.residents,
            gateway or SpoolGateway(data, clock),
            clock,
        )
        self.processor = Processor(self.database, self.cabinet, self.materials, clock, self.digests)

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
