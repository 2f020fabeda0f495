"""The platform's keys: made once, kept private, never silently replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract import merkle
from contract.cases import DeliveryReceipt, receipt_signed_bytes
from fleet.errors import KeysUnusable
from fleet.keys import FOLDER, KeyCabinet, add_key, load_keys
from fleet.platform import Platform
from fleet.sealing_keys import CannotOpen, OpeningKey
from tests.helpers.terminal import seal

RECEIPT = DeliveryReceipt(case_id="a", kiosk_id="b", receipt_number="c", digest="d", received_at_ms=1)


def test_keys_are_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    first = load_keys(tmp_path, 1000, may_create=True)
    again = load_keys(tmp_path, 2000, may_create=True)
    assert (first.sealing_keys, first.receipt_keys) == (again.sealing_keys, again.receipt_keys)
    files = list((tmp_path / FOLDER).glob("*.json"))
    assert len(files) == 2
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700


def test_a_receipt_verifies_with_the_published_key(tmp_path: Path) -> None:
    ring = load_keys(tmp_path, 1000, may_create=True)
    (signed,) = ring.sign([RECEIPT])
    (public,) = ring.receipt_keys
    assert public.key_id == signed.key_id
    Ed25519PublicKey.from_public_bytes(public.public_key).verify(
        signed.signature, receipt_signed_bytes(1, merkle.leaf_hash(signed.body))
    )


def test_newer_keys_are_used_and_older_ones_still_open(tmp_path: Path) -> None:
    old = load_keys(tmp_path, 1000, may_create=True)
    other = tmp_path / "other"
    other.mkdir()
    load_keys(other, 2000, may_create=True)
    for path in (other / FOLDER).glob("*.json"):
        path.rename(tmp_path / FOLDER / path.name)
    ring = load_keys(tmp_path, 3000, may_create=True)
    assert len(ring.opening) == len(ring.signing) == 2
    assert ring.opening[1].key_id == old.opening[0].key_id
    assert ring.sign([RECEIPT])[0].key_id == ring.receipt_keys[0].key_id != old.receipt_keys[0].key_id
    assert ring.receipt_keys[1] == old.receipt_keys[0]
    header, sealed = b"header", seal(old.sealing_keys[0], b"header", b"content")
    key = ring.opening_key(old.sealing_keys[0].key_id)
    assert key is not None
    assert key.open(header, sealed) == b"content"


def test_a_key_opens_only_what_was_sealed_to_it(tmp_path: Path) -> None:
    own, other = OpeningKey.generate(1), OpeningKey.generate(1)
    sealed = seal(own.public, b"header", b"content")
    for key, header, content in (
        (other, b"header", sealed),
        (own, b"Header", sealed),
        (own, b"header", sealed[:-1]),
        (own, b"header", b""),
    ):
        with pytest.raises(CannotOpen):
            key.open(header, content)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    ring = load_keys(tmp_path, 1000, may_create=True)
    assert ring.opening[0].secret.hex() not in repr(ring)
    assert "secret" not in repr(ring)


def _any_key_file(folder: Path) -> Path:
    return next((folder / FOLDER).glob("s-*.json"))


def test_a_key_file_open_to_others_stops_the_platform(tmp_path: Path) -> None:
    load_keys(tmp_path, 1000, may_create=True)
    _any_key_file(tmp_path).chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        load_keys(tmp_path, 1000, may_create=True)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"use":"sealing","created_at_ms":1,"secret":"AAAA"}'])
def test_a_damaged_key_file_stops_the_platform(tmp_path: Path, content: bytes) -> None:
    load_keys(tmp_path, 1000, may_create=True)
    _any_key_file(tmp_path).write_bytes(content)
    with pytest.raises(KeysUnusable, match="damaged"):
        load_keys(tmp_path, 1000, may_create=True)


def test_a_key_under_anothers_name_stops_the_platform(tmp_path: Path) -> None:
    load_keys(tmp_path, 1000, may_create=True)
    path = _any_key_file(tmp_path)
    path.rename(path.with_name("s-0000000000000000.key.json"))
    with pytest.raises(KeysUnusable, match="another key"):
        load_keys(tmp_path, 1000, may_create=True)


def test_lost_keys_are_not_replaced_while_cases_depend_on_them(tmp_path: Path) -> None:
    with Platform(tmp_path) as platform, platform.database.transaction() as connection:
        connection.execute("INSERT INTO kiosks VALUES ('k', '330304', '0001', 'n', 'v', 1, NULL, 1, NULL, NULL)")
        connection.execute(
            "INSERT INTO cases VALUES ('c','k','k','r','i',1,'d',1,1,'received','',1,NULL,'r',x'',x'',x'',x'',x'',0,1,x'')"
        )
    for path in (tmp_path / FOLDER).glob("*.json"):
        path.unlink()
    with pytest.raises(KeysUnusable, match="restore them from the backup"):
        Platform(tmp_path)


def test_a_platform_without_cases_may_begin_anew(tmp_path: Path) -> None:
    Platform(tmp_path).close()
    for path in (tmp_path / FOLDER).glob("*.json"):
        path.unlink()
    Platform(tmp_path).close()


# Rotation


def test_a_new_key_is_used_at_once_and_the_old_one_still_opens(tmp_path: Path) -> None:
    cabinet = KeyCabinet(tmp_path, 1000, may_create=True)
    old = cabinet.present
    made = add_key(tmp_path, old, "sealing", 2000)
    ring = cabinet.present
    assert [key.key_id for key in ring.opening] == [made, old.opening[0].key_id]
    assert ring.receipt_keys == old.receipt_keys
    assert cabinet.present is ring
    header = b"header"
    for key in ring.sealing_keys:
        opening = ring.opening_key(key.key_id)
        assert opening is not None
        assert opening.open(header, seal(key, header, b"content")) == b"content"


def test_a_new_receipt_key_signs_and_the_old_one_is_still_published(tmp_path: Path) -> None:
    cabinet = KeyCabinet(tmp_path, 1000, may_create=True)
    old = cabinet.present.receipt_keys[0]
    made = add_key(tmp_path, cabinet.present, "receipt", 2000)
    assert cabinet.present.sign([RECEIPT])[0].key_id == made
    assert cabinet.present.receipt_keys[1] == old


def test_a_new_key_is_the_newest_even_when_the_clock_was_set_back(tmp_path: Path) -> None:
    cabinet = KeyCabinet(tmp_path, 5000, may_create=True)
    for now_ms in (1, 5000, 3):
        made = add_key(tmp_path, cabinet.present, "sealing", now_ms)
        assert cabinet.present.opening[0].key_id == made
    assert len(cabinet.present.opening) == 4


@pytest.mark.expects_warnings
def test_a_folder_that_goes_bad_leaves_the_keys_in_use_and_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cabinet = KeyCabinet(tmp_path, 1000, may_create=True)
    ring = cabinet.present
    (tmp_path / FOLDER / "s-0000000000000000.key.json").write_bytes(b"damaged")
    for _ in range(3):
        assert cabinet.present is ring
    assert len(caplog.records) == 1
    (tmp_path / FOLDER / "s-0000000000000000.key.json").unlink()
    assert cabinet.present.sealing_keys == ring.sealing_keys
    for path in (tmp_path / FOLDER).iterdir():
        path.unlink()
    assert cabinet.present.sealing_keys == ring.sealing_keys
