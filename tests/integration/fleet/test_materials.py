"""Materials over the API, and the cases that name them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from litestar.testing import TestClient

from contract.cases import Accepted, Duplicate, Later, Rejected
from contract.materials import MAX_CHUNK_BYTES, MAX_MATERIALS_A_CASE, MaterialHeader, MaterialState, material_digest, pack
from fleet import material_files
from fleet.api.materials import CHUNKS_AT_ONCE
from fleet.platform import Platform
from fleet.processing import Tally
from fleet.reports import report_cases
from tests.helpers.terminal import PERSONAL, Terminal, sample_payload
from tests.integration.fleet.conftest import MovableClock
from tests.integration.fleet.test_requests import problem_of

PHOTO = b"\xff\xd8 sample picture SAMPLE " * 5000
DAY_MS = 86_400_000


def test_a_case_with_materials_goes_all_the_way(terminal: Terminal, platform: Platform) -> None:
    large = bytes(range(256)) * 10_000
    brought = [terminal.seal_material(plain) for plain in (PHOTO, large)]
    case = terminal.case_with(*(material for _, material in brought))
    header = msgspec.json.decode(case.header)

    assert terminal.submit(case).outcomes == (Later(header["case_id"], 5.0),)
    terminal.bring(brought[0][0])
    assert terminal.submit(case).outcomes == (Later(header["case_id"], 5.0),)
    assert report_cases(platform.database) == []
    terminal.bring(brought[1][0])
    (outcome,) = terminal.submit(case).outcomes

    assert isinstance(outcome, Accepted)
    terminal.check_receipt(outcome.receipt)
    assert isinstance(terminal.submit(case).outcomes[0], Duplicate)
    assert platform.processor.run() == Tally(processed=1)


def test_a_case_that_waits_for_materials_does_not_hold_up_the_others(terminal: Terminal) -> None:
    _, material = terminal.seal_material(PHOTO)
    outcomes = terminal.submit(terminal.case(), terminal.case_with(material), terminal.case()).outcomes
    assert [type(outcome) for outcome in outcomes] == [Accepted, Later, Accepted]


def test_one_material_may_belong_to_several_cases(terminal: Terminal, platform: Platform) -> None:
    packed, material = terminal.seal_material(PHOTO)
    terminal.bring(packed)
    outcomes = terminal.submit(terminal.case_with(material), terminal.case_with(material)).outcomes
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert platform.processor.run() == Tally(processed=2)


def test_the_largest_number_of_materials_is_taken(terminal: Terminal, platform: Platform) -> None:
    brought = [terminal.seal_material(b"SAMPLE %d" % number) for number in range(MAX_MATERIALS_A_CASE)]
    for packed, _ in brought:
        terminal.bring(packed)
    (outcome,) = terminal.submit(terminal.case_with(*(material for _, material in brought))).outcomes
    assert isinstance(outcome, Accepted)
    assert platform.processor.run() == Tally(processed=1)


def test_a_forged_case_learns_nothing_of_materials(terminal: Terminal) -> None:
    _, material = terminal.seal_material(PHOTO)
    forged = msgspec.structs.replace(terminal.case_with(material), signature=b"\0" * 64)
    (outcome,) = terminal.submit(forged).outcomes
    assert isinstance(outcome, Rejected)
    assert outcome.code == "bad_signature"


@pytest.mark.parametrize("digests", [("a" * 64,) * 2, ("../../etc/passwd",), ("A" * 64,), tuple(f"{n:064x}" for n in range(65))])
def test_a_header_with_a_bad_list_is_refused(terminal: Terminal, digests: tuple[str, ...]) -> None:
    header = terminal.header(materials=digests)
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header))).outcomes
    assert isinstance(outcome, Rejected)
    assert outcome.code == "bad_materials"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one, two: (two, one), "payload_mismatch"),
        (lambda one, _: (one,), "payload_mismatch"),
        (lambda *_: (), "payload_mismatch"),
        (lambda one, two: (one, two, two), "payload_mismatch"),
        (lambda one, two: (one, msgspec.structs.replace(two, kind="")), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, kind="a\u202eb")), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, name="x" * 201)), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, media_type="image")), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, media_type="image/jpeg\r\nx: y")), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, plain_sha256="0")), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, size_bytes=0)), "bad_materials"),
        (lambda one, two: (one, msgspec.structs.replace(two, size_bytes=2**60)), "bad_materials"),
    ],
)
def test_a_payload_that_tells_other_materials_is_refused(terminal: Terminal, change: Callable[..., tuple], code: str) -> None:
    brought = [terminal.seal_material(plain) for plain in (PHOTO, b"SAMPLE")]
    for packed, _ in brought:
        terminal.bring(packed)
    one, two = (material for _, material in brought)
    header = terminal.header(materials=(one.digest, two.digest))
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header, materials=change(one, two)))).outcomes
    assert isinstance(outcome, Rejected)
    assert outcome.code == code
    assert not any(material.name in outcome.reason for material in (one, two))


# Processing opens them


def _processed(terminal: Terminal, platform: Platform, packed: bytes, **changes: object) -> str:
    """Why a case with this material waits for staff."""
    _, material = terminal.seal_material(PHOTO)
    material = msgspec.structs.replace(material, digest=material_digest(packed), **changes)
    terminal.bring(packed)
    (outcome,) = terminal.submit(terminal.case_with(material)).outcomes
    assert isinstance(outcome, Accepted)
    assert platform.processor.run() == Tally(needs_staff=1)
    return str(report_cases(platform.database)[-1]["reason"])


def test_a_material_that_is_not_what_the_payload_says_waits_for_staff(terminal: Terminal, platform: Platform) -> None:
    packed, _ = terminal.seal_material(PHOTO)
    assert _processed(terminal, platform, packed, size_bytes=len(PHOTO) + 1) == "material_differs"
    assert _processed(terminal, platform, packed, plain_sha256="0" * 64) == "material_differs"


def test_a_material_that_does_not_open_waits_for_staff(terminal: Terminal, platform: Platform) -> None:
    packed, _ = terminal.seal_material(PHOTO)
    key = terminal.identity.sealing_keys[0]

    def header(**changes: object) -> bytes:
        values: dict[str, object] = {"version": 1, "suite": key.suite, "sealing_key_id": key.key_id}
        return msgspec.json.encode(MaterialHeader(**(values | changes)))

    assert _processed(terminal, platform, b"no sealed material") == "material_unreadable"
    assert _processed(terminal, platform, packed[:-1]) == "material_unreadable"
    assert _processed(terminal, platform, pack(header(version=2), b"x")) == "material_unreadable"
    assert _processed(terminal, platform, pack(header(suite="HPKE-SM2"), b"x")) == "material_unreadable"
    assert _processed(terminal, platform, pack(b"{", b"x")) == "material_unreadable"
    assert _processed(terminal, platform, pack(header(sealing_key_id="s-0"), b"x")) == "unknown_sealing_key"


def test_a_material_whose_file_was_damaged_or_lost_waits_for_staff(terminal: Terminal, platform: Platform) -> None:
    packed, material = terminal.seal_material(PHOTO)
    terminal.bring(packed)
    terminal.submit(terminal.case_with(material))
    (path,) = (platform.database._path.parent / "materials").rglob(material.digest)
    path.write_bytes(packed[:-1] + b"\0")
    assert platform.processor.run() == Tally(needs_staff=1)
    path.unlink()
    assert platform.processor.run(again=True) == Tally(needs_staff=1)
    assert [change.reason for change in terminal.feed().changes[1:]] == ["material_damaged", "material_missing"]
    terminal.bring(packed)
    assert platform.processor.run(again=True) == Tally(processed=1)


@pytest.mark.expects_warnings
def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(terminal: Terminal, platform: Platform) -> None:
    packed, material = terminal.seal_material(PHOTO)
    terminal.bring(packed)
    terminal.submit(terminal.case_with(material), terminal.case())
    (path,) = (platform.database._path.parent / "materials").rglob(material.digest)
    path.unlink()
    path.mkdir()
    assert platform.processor.run() == Tally(processed=1, needs_staff=1)
    assert "material_damaged" in {record["reason"] for record in report_cases(platform.database)}


def test_a_named_material_outlasts_every_sweep(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    packed, material = terminal.seal_material(PHOTO)
    other, _ = terminal.seal_material(PHOTO)
    terminal.bring(packed)
    terminal.bring(other)
    terminal.submit(terminal.case_with(material))
    clock.ahead_ms = 3000 * DAY_MS
    assert platform.materials.sweep() == 1
    assert platform.processor.run() == Tally(processed=1)


def test_nothing_of_a_resident_lies_in_the_folder_of_materials(terminal: Terminal, platform: Platform) -> None:
    packed, material = terminal.seal_material(" ".join(PERSONAL).encode() * 50)
    terminal.bring(packed)
    terminal.submit(terminal.case_with(material))
    assert platform.processor.run() == Tally(processed=1)
    for path in platform.database._path.parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(personal.encode() in content for personal in (*PERSONAL, material.name))


# The requests


def test_only_terminals_may_ask_and_send(client: TestClient) -> None:
    target = "/v1/materials/" + "a" * 64
    assert (client.get(target).status_code, client.put(target, content=b"x").status_code) == (401, 401)


@pytest.mark.parametrize(
    "query", ["x=1", "offset=0", "size=5", "offset=-1&size=5", "offset=x&size=5", "offset=0&size=99999999999", "offset=0&size=4"]
)
def test_a_malformed_chunk_is_told(terminal: Terminal, query: str) -> None:
    response = terminal.send("PUT", f"/v1/materials/{'a' * 64}?{query}", b"12345")
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


@pytest.mark.parametrize("digest", ["x", "A" * 64, "a" * 63, "%2e%2e"])
def test_a_name_that_is_no_digest_is_told(terminal: Terminal, digest: str, platform: Platform) -> None:
    for response in (
        terminal.send("GET", f"/v1/materials/{digest}"),
        terminal.send("PUT", f"/v1/materials/{digest}?offset=0&size=5", b"12345"),
    ):
        assert problem_of(response).code in ("bad_request", "not_found")
        assert response.status_code in (400, 404)
    assert not (platform.database._path.parent / "materials").exists()


def test_a_wrong_digest_is_told_and_the_sender_begins_anew(terminal: Terminal) -> None:
    packed, material = terminal.seal_material(PHOTO)
    response = terminal.put_chunk(material.digest, 0, len(packed), packed[:-1] + b"\0")
    assert (response.status_code, problem_of(response).code) == (422, "wrong_digest")
    assert terminal.material_state(material.digest).offset == 0
    assert terminal.bring(packed).complete


def test_too_large_a_chunk_is_told(terminal: Terminal) -> None:
    for body in (b"x" * (MAX_CHUNK_BYTES + 1), b"x" * (MAX_CHUNK_BYTES + 65 * 1024)):
        response = terminal.put_chunk("a" * 64, 0, len(body), body)
        assert (response.status_code, problem_of(response).code) == (413, "too_large")


@pytest.mark.expects_warnings
def test_a_full_disk_makes_the_terminal_come_back_later(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, material = terminal.seal_material(PHOTO)
    terminal.put_chunk(material.digest, 0, len(packed), packed[:100])
    with monkeypatch.context() as patch:
        patch.setattr(material_files, "RESERVE_BYTES", 1 << 62)
        response = terminal.put_chunk(material.digest, 100, len(packed), packed[100:])
        assert (response.status_code, problem_of(response).code) == (503, "busy")
        assert int(response.headers["retry-after"]) > 0
        assert isinstance(terminal.submit(terminal.case()).outcomes[0], Accepted)
    assert terminal.material_state(material.digest).offset == 100
    assert terminal.bring(packed).complete


def test_too_many_chunks_at_once_are_asked_to_come_back_and_cases_are_not(terminal: Terminal, client: TestClient) -> None:
    gate = client.app.state.chunks
    places = [gate.entered() for _ in range(CHUNKS_AT_ONCE)]
    for place in places:
        place.__enter__()
    response = terminal.put_chunk("a" * 64, 0, 5, b"12345")
    assert (response.status_code, problem_of(response).code) == (503, "busy")
    assert isinstance(terminal.submit(terminal.case()).outcomes[0], Accepted)
    for place in places:
        place.__exit__(None, None, None)
    response = terminal.put_chunk("a" * 64, 0, 6, b"12345")
    assert msgspec.json.decode(response.content, type=MaterialState).offset == 5


def test_a_successor_may_go_on_with_a_material(new_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    former = new_terminal("测试 1 号机")
    packed, material = former.seal_material(PHOTO)
    former.put_chunk(material.digest, 0, len(packed), packed[:1000])
    case = former.case_with(material)
    successor = new_terminal("测试 2 号机", succeeds=former.identity.kiosk_id)
    assert successor.material_state(material.digest).offset == 1000
    successor.bring(packed)
    assert isinstance(successor.submit(case).outcomes[0], Accepted)
