from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.kiosks import EnrolAnswer, EnrolRequest
from offline_queue.enrolment import EnrolFailed, Enrolled, enrol
from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from tests.helpers.platform_stand_in_server import PlatformServer


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens["once"] = "k-330304-0001"
        yield running


@pytest.fixture
def identities(tmp_path: Path) -> IdentityStore:
    return IdentityStore(tmp_path / "identity")


def join(server: PlatformServer, identities: IdentityStore) -> Enrolled | EnrolFailed:
    return enrol(server.url, "once", "测试机", "0.1", identities)


def test_a_token_is_traded_for_an_identity(server: PlatformServer, identities: IdentityStore) -> None:
    outcome = join(server, identities)
    assert isinstance(outcome, Enrolled)
    assert outcome.identity.kiosk_id == "k-330304-0001"
    assert outcome.identity.base_url == server.url
    assert server.platform.kiosk_keys["k-330304-0001"] == [outcome.identity.public_key]
    present = identities.current()
    assert present
    assert present.public_key == outcome.identity.public_key


def test_a_wrong_token_changes_nothing(server: PlatformServer, identities: IdentityStore) -> None:
    assert enrol(server.url, "wrong", "测试机", "0.1", identities) == EnrolFailed("bad_token")
    assert identities.current() is None


@pytest.mark.parametrize("fault", ["store_then_drop", "store_then_cut", "drop", "html", "busy"])
def test_when_the_answer_is_lost_the_same_token_serves_again(
    server: PlatformServer, identities: IdentityStore, fault: str
) -> None:
    server.faults.append(fault)
    assert isinstance(join(server, identities), EnrolFailed)
    assert isinstance(join(server, identities), Enrolled)
    assert len(server.platform.kiosk_keys["k-330304-0001"]) == 1


def test_an_answer_that_could_not_serve_changes_nothing(server: PlatformServer, identities: IdentityStore) -> None:
    honest = server.platform.enrol

    def broken(request: EnrolRequest) -> EnrolAnswer:
        return msgspec.structs.replace(honest(request), device_code="??")

    server.platform.enrol = broken  # type: ignore[method-assign]
    outcome = join(server, identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "unusable_answer"
    assert identities.current() is None


@pytest.mark.parametrize("address", ["http://platform.example", "nonsense"])
def test_an_unsafe_address_is_refused_before_anything_is_sent(identities: IdentityStore, address: str) -> None:
    outcome = enrol(address, "once", "测试机", "0.1", identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "bad_address"


def test_a_disk_that_does_not_keep_the_key_is_told(
    server: PlatformServer, identities: IdentityStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("offline_queue.identity.write_durably", full)
    outcome = join(server, identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "storage_failed"
    assert server.requests == []


def test_a_disk_that_does_not_keep_the_identity_can_be_healed_with_the_same_token(
    server: PlatformServer, identities: IdentityStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KnownError("disk_full", "no space left")

    monkeypatch.setattr(identities, "adopt", fail)
    outcome = join(server, identities)
    assert isinstance(outcome, EnrolFailed)
    assert outcome.code == "storage_failed"
    monkeypatch.undo()
    assert isinstance(join(server, identities), Enrolled)
