from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.kiosks import EnrolAnswer, ReceiptKey, SealingKey
from offline_queue.identity import IdentityStore
from tests.helpers.platform_stand_in import Platform

PLATFORM = Platform()


def answer(**changes: object) -> EnrolAnswer:
    whole = EnrolAnswer(
        kiosk_id="k-330304-0001",
        region_code="330304",
        device_code="A001",
        sealing_keys=PLATFORM.sealing_keys,
        receipt_keys=PLATFORM.receipt_keys,
        platform_time_ms=1_795_420_800_000,
    )
    return msgspec.structs.replace(whole, **changes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "identity"


@pytest.fixture
def subject(folder: Path) -> IdentityStore:
    return IdentityStore(folder)


def adopt(store: IdentityStore, **changes: object) -> bytes:
    return store.adopt(answer(**changes), store.prepare_key(), "https://platform.example", "测试机").public_key


def test_a_new_machine_is_nobody(subject: IdentityStore) -> None:
    assert subject.current() is None
    assert subject.problem == ""
    assert subject.known_public_keys() == ()


def test_an_identity_survives_a_restart(subject: IdentityStore, folder: Path) -> None:
    adopt(subject)
    again = IdentityStore(folder).current()
    present = subject.current()
    assert again
    assert present
    assert (again.kiosk_id, again.public_key, again.sealing_keys) == (present.kiosk_id, present.public_key, present.sealing_keys)
    assert again.signing_key.sign(b"x") == present.signing_key.sign(b"x")


def test_files_are_for_the_owner_only(subject: IdentityStore, folder: Path) -> None:
    subject.prepare_key()
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    adopt(subject)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_key_to_enrol_with_stays_until_an_enrolment_succeeds(subject: IdentityStore, folder: Path) -> None:
    first = subject.prepare_key().private_bytes_raw()
    assert subject.prepare_key().private_bytes_raw() == first
    assert IdentityStore(folder).prepare_key().private_bytes_raw() == first
    adopt(subject)
    assert subject.prepare_key().private_bytes_raw() != first


def test_a_broken_key_to_enrol_with_is_made_anew(subject: IdentityStore, folder: Path) -> None:
    (folder / "pending.key").write_bytes(b"short")
    assert len(subject.prepare_key().private_bytes_raw()) == 32


def test_enrolling_again_retires_the_old_key_and_leaves_one_private_key(subject: IdentityStore, folder: Path) -> None:
    old = adopt(subject)
    new = adopt(subject)
    assert subject.known_public_keys() == (new, old)
    assert IdentityStore(folder).known_public_keys() == (new, old)
    assert [path.suffix for path in folder.iterdir()].count(".key") == 1


def test_a_crash_before_the_record_leaves_the_old_identity(
    subject: IdentityStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = adopt(subject)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(IdentityStore, "_store", crash)
    with pytest.raises(KeyboardInterrupt):
        adopt(subject, kiosk_id="k-new")
    again = IdentityStore(folder)
    present = again.current()
    assert present
    assert (present.kiosk_id, present.public_key) == ("k-330304-0001", old)


def test_a_lost_key_is_told_and_healed_by_enrolling_again(subject: IdentityStore, folder: Path) -> None:
    old = adopt(subject)
    next(folder.glob("signing-*.key")).unlink()
    again = IdentityStore(folder)
    assert again.current() is None
    assert again.problem == "key_lost"
    assert again.known_public_keys() == (old,)
    adopt(again)
    assert again.current()
    assert again.problem == ""


def test_a_key_of_another_machine_is_no_key(subject: IdentityStore, folder: Path) -> None:
    adopt(subject)
    next(folder.glob("signing-*.key")).write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
    assert IdentityStore(folder).problem == "key_lost"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"kiosk_id": 5}'])
def test_a_damaged_record_is_told_and_healed_by_enrolling_again(subject: IdentityStore, folder: Path, content: bytes) -> None:
    adopt(subject)
    (folder / "enrolment.json").write_bytes(content)
    again = IdentityStore(folder)
    assert again.current() is None
    assert again.problem == "record_damaged"
    adopt(again)
    assert IdentityStore(folder).current()


@pytest.mark.parametrize(
    "changes",
    [
        {"kiosk_id": ""},
        {"kiosk_id": "../../etc"},
        {"kiosk_id": "x" * 65},
        {"region_code": "33030"},
        {"region_code": "abcdef"},
        {"device_code": "a001"},
        {"device_code": "A0011"},
        {"sealing_keys": ()},
        {"receipt_keys": ()},
        {"sealing_keys": (SealingKey("k", "UNKNOWN", b"x"),)},
        {"sealing_keys": (msgspec.structs.replace(PLATFORM.sealing_keys[0], public_key=b"short"),)},
        {"receipt_keys": (ReceiptKey("r", b"short"),)},
        {"receipt_keys": PLATFORM.receipt_keys * 17},
    ],
)
def test_an_answer_that_could_not_serve_is_refused_and_changes_nothing(
    subject: IdentityStore, folder: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        adopt(subject, **changes)
    assert subject.current() is None
    assert [path.name for path in folder.iterdir()] == ["pending.key"]


def test_new_platform_keys_are_kept_and_unusable_ones_are_not(subject: IdentityStore, folder: Path) -> None:
    adopt(subject)
    other = Platform()
    assert subject.update_keys(other.sealing_keys, other.receipt_keys)
    assert not subject.update_keys(other.sealing_keys, other.receipt_keys)
    assert not subject.update_keys((), ())
    present = IdentityStore(folder).current()
    assert present
    assert present.sealing_keys == other.sealing_keys


def test_the_repr_shows_no_key(subject: IdentityStore) -> None:
    adopt(subject)
    present = subject.current()
    assert present
    assert "key" not in repr(present).lower()
