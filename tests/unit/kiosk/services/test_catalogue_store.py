"""The catalogue in force: the newest good publication, whatever the line and the disk do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import assets
from contract.catalogues import CATALOGUE_PREFIX, CatalogueAnswer, CatalogueStatement, SignedCatalogue, digest_of, etag_of, pack
from contract.compression import zstd
from contract.kiosks import ReceiptKey
from kiosk.catalogue.reading import texts_in
from kiosk.services import catalogue_store
from kiosk.services.catalogue_store import CatalogueStore
from offline_queue.policy import Failure, FailureKind
from tests.helpers.people import sample_catalogue

KEY = Ed25519PrivateKey.generate()
KEYS = (ReceiptKey("r-1", KEY.public_key().public_bytes_raw()),)
FILES = texts_in(assets.ROOT / "catalogue")


def _files(version: str) -> dict[str, str]:
    return FILES | {"catalogue.yaml": FILES["catalogue.yaml"].replace("2026.11.2", version)}


def signed(serial: int, version: str = "2026.12.1", files: Mapping[str, str] | None = None, **changes: object) -> SignedCatalogue:
    packed = changes.pop("packed", None) or pack(files or _files(version))
    statement = msgspec.json.encode(
        CatalogueStatement(serial=serial, version=version, digest=digest_of(packed), published_at_ms=1)  # type: ignore[arg-type]
    )
    made = SignedCatalogue(statement=statement, key_id="r-1", signature=KEY.sign(CATALOGUE_PREFIX + statement), packed=packed)  # type: ignore[arg-type]
    return msgspec.structs.replace(made, **changes)


class Line:
    """Answers what the test says, and notes what was asked with."""

    def __init__(self, answer: SignedCatalogue | Failure) -> None:
        self.answer = answer
        self.etags: list[str] = []

    def catalogue(self, etag: str) -> CatalogueAnswer | Failure:
        self.etags.append(etag)
        if isinstance(self.answer, Failure):
            return self.answer
        return CatalogueAnswer(catalogue=self.answer, platform_time_ms=1)


def _store(folder: Path) -> CatalogueStore:
    return CatalogueStore(folder / "catalogue", lambda: KEYS, sample_catalogue())


def test_a_published_catalogue_comes_into_force_and_is_there_after_a_restart(tmp_path: Path) -> None:
    subject = _store(tmp_path)
    assert (subject.catalogue, subject.serial) == (sample_catalogue(), 0)
    line = Line(signed(1))
    assert subject.refresh(line)
    assert (subject.catalogue.version, subject.serial, subject.problem) == ("2026.12.1", 1, "")
    again = _store(tmp_path)
    assert (again.catalogue.version, again.serial) == ("2026.12.1", 1)
    line.answer = Failure(FailureKind.TEMPORARY, "not_modified")
    assert not again.refresh(line)
    statement = msgspec.json.decode(signed(1).statement, type=CatalogueStatement)
    assert line.etags == ["", etag_of(statement)]


def _broken_rule() -> dict[str, str]:
    files = _files("2026.12.1")
    path = "items/36-senior_card.yaml"
    return files | {path: files[path].replace("age >= 60", "age >> 60")}


BAD: dict[str, tuple[Callable[[], SignedCatalogue], str]] = {
    "another key": (lambda: signed(2, key_id="r-2"), "not the platform's"),
    "a wrong signature": (lambda: signed(2, signature=bytes(64)), "signature is wrong"),
    "other files": (lambda: msgspec.structs.replace(signed(2), packed=pack(_files("2026.12.9"))), "not those that were signed"),
    "an older serial": (lambda: signed(1), "is not newer than 1"),
    "no zstd": (lambda: signed(2, packed=b"x" * 100), "does not unpack"),
    "a bomb": (lambda: signed(2, packed=zstd.compress(b'{"a.yaml":"' + b"x" * (60 << 20) + b'"}')), "does not unpack"),
    "50 MB": (lambda: signed(2, packed=os.urandom(50_000_000)), "larger than"),
    "a way out of the folder": (lambda: signed(2, packed=zstd.compress(msgspec.json.encode({"../x.yaml": ""}))), "no path"),
    "a broken rule": (lambda: signed(2, files=_broken_rule()), "age >> 60"),
    "a missing register": (
        lambda: signed(2, files={path: text for path, text in FILES.items() if path != "elements.yaml"}),
        "elements.yaml is missing",
    ),
}


@pytest.mark.expects_warnings
@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_believed_or_used_leaves_the_present_one_in_force(tmp_path: Path, name: str) -> None:
    make, words = BAD[name]
    subject = _store(tmp_path)
    assert subject.refresh(Line(signed(1)))
    assert not subject.refresh(Line(make()))
    assert words in subject.problem
    assert "\n" not in subject.problem
    assert (subject.catalogue.version, subject.serial) == ("2026.12.1", 1)
    assert _store(tmp_path).serial == 1


@pytest.mark.expects_warnings
def test_a_full_disk_leaves_the_present_one_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = _store(tmp_path)
    assert subject.refresh(Line(signed(1)))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(catalogue_store, "write_durably", full)
    assert not subject.refresh(Line(signed(2, "2026.12.2")))
    assert "No space left" in subject.problem
    assert (subject.serial, _store(tmp_path).serial) == (1, 1)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("damage", [b"", b"{", b"\xff" * 100])
def test_a_damaged_file_gives_way_to_the_one_before_it(tmp_path: Path, damage: bytes) -> None:
    subject = _store(tmp_path)
    assert subject.refresh(Line(signed(1)))
    assert subject.refresh(Line(signed(2, "2026.12.2")))
    (tmp_path / "catalogue" / "published.json").write_bytes(damage)
    again = _store(tmp_path)
    assert (again.serial, again.catalogue.version) == (1, "2026.12.1")
    assert again.problem
    (tmp_path / "catalogue" / "published-before.json").write_bytes(damage)
    assert _store(tmp_path).catalogue is sample_catalogue()


@pytest.mark.expects_warnings
def test_a_power_cut_between_the_two_files_leaves_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = _store(tmp_path)
    assert subject.refresh(Line(signed(1)))
    honest, calls = catalogue_store.write_durably, []

    def cut(path: Path, content: bytes) -> None:
        calls.append(path.name)
        if len(calls) == 2:
            raise OSError(5, "power cut")
        honest(path, content)

    monkeypatch.setattr(catalogue_store, "write_durably", cut)
    assert not subject.refresh(Line(signed(2, "2026.12.2")))
    assert calls == ["published-before.json", "published.json"]
    assert _store(tmp_path).serial == 1


@pytest.mark.expects_warnings
def test_a_damaged_file_never_takes_the_place_of_the_good_one_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = _store(tmp_path)
    assert subject.refresh(Line(signed(1)))
    assert subject.refresh(Line(signed(2, "2026.12.2")))
    (tmp_path / "catalogue" / "published.json").write_bytes(b"{")
    again = _store(tmp_path)

    def cut(path: Path, content: bytes) -> None:
        raise OSError(5, "power cut")

    with monkeypatch.context() as patch:
        patch.setattr(catalogue_store, "write_durably", cut)
        assert not again.refresh(Line(signed(3, "2026.12.3")))
    assert _store(tmp_path).serial == 1
    assert again.refresh(Line(signed(3, "2026.12.3")))
    (tmp_path / "catalogue" / "published.json").write_bytes(b"{")
    assert _store(tmp_path).serial == 1


def test_a_platform_that_does_not_answer_changes_nothing(tmp_path: Path) -> None:
    subject = _store(tmp_path)
    assert not subject.refresh(Line(Failure(FailureKind.TEMPORARY, "unreachable")))
    assert (subject.serial, subject.problem) == (0, "")
