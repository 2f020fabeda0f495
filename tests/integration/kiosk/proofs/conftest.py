"""The true platform in a process, a terminal enrolled with it, and a proof that it issued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from contract.id_numbers import is_id_number
from contract.proofs import ProofAnswer, ProofRequest
from kiosk.services.proofs import Proofs
from offline_queue.clock import SystemClock
from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft
from tests.helpers.platform_process import PlatformProcess, fleet

NUMBER, NAME = "42010219920214123X", "测试·王小江"


@dataclass(frozen=True)
class World:
    url: str
    data: Path
    terminal: Path
    identity: IdentityStore
    line: PlatformClient
    proofs: Proofs
    outbox: Outbox

    def hands_in(self, number: str = NUMBER, name: str = NAME) -> tuple[str, str]:
        """A case of this person that the platform holds: its id and receipt number."""
        birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        applicant = msgspec.structs.replace(sample_draft().applicant, id_number=number, name=name, birth_date=birth)
        case = self.outbox.accept(sample_draft(applicant=applicant))
        assert isinstance(case, CaseCommitted), case
        Syncer(self.outbox, self.line, self.identity).run_once()
        assert self.outbox.state_of(case.case_id) in (CaseState.ACCEPTED, CaseState.PROCESSED)
        return case.case_id, case.receipt_number

    def asks(self, **changes: object) -> ProofRequest:
        """A request for a case that was just handed in."""
        whole: dict[str, object] = {"kind": "insurance", "id_number": NUMBER, "name": NAME, "purpose": "购房资格审核"}
        whole |= {"item_code": "11330304MB0TEAT13G4332014001001"}
        owner = (str(changes.get("id_number", NUMBER)), str(changes.get("name", NAME)))
        case_id, number = self.hands_in(*owner) if is_id_number("resident", owner[0]) else self.hands_in()
        return ProofRequest(**({**whole, "case_id": case_id, "receipt_number": number} | changes))  # type: ignore[arg-type]

    @property
    def root(self) -> bytes:
        identity = self.identity.current()
        assert identity is not None
        return identity.proof_root


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("proofs")
    data, terminal = folder / "platform", folder / "terminal"
    platform = PlatformProcess(data)
    token = fleet("enrol-token", "--region", "330304", "--data", data).stdout.split()[0]
    identity = IdentityStore(terminal / "identity")
    time = PlatformTime(SystemClock())
    assert isinstance(enrol(platform.url, token, "测试机", "1", identity, platform_time=time), Enrolled)
    with PlatformClient(platform.url, identity, time) as line, Outbox.open(terminal / "queue" / "cases.db", identity) as outbox:
        yield World(platform.url, data, terminal, identity, line, Proofs(line, identity, time.now_ms), outbox)
    assert platform.stop() == 0
    assert NUMBER not in platform.log
    assert "王小江" not in platform.log


@pytest.fixture(scope="session")
def request_of(world: World) -> ProofRequest:
    return world.asks()


@pytest.fixture(scope="session")
def issued(world: World, request_of: ProofRequest) -> ProofAnswer:
    answer = world.line.request_proof(request_of)
    assert not isinstance(answer, Failure)
    assert answer.outcome == "issued", answer.reason
    return answer


def now_ms() -> int:
    return SystemClock().now().wall_ms
