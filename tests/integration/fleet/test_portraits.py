"""Photos of the platform: given to a terminal that names a consent, sealed both ways, and every request recorded."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from PIL import Image

from contract.cases import Accepted
from contract.portraits import MAX_PORTRAIT_BYTES, PURPOSE_PORTRAIT, PortraitAnswer, answer_info
from fleet.errors import PlatformError
from fleet.keys import add_key
from fleet.platform import Platform
from fleet.portrait_pictures import as_register_jpeg, sample_portrait
from fleet.portraits import KEPT_MS, SamplePortraits
from fleet.processing import Tally
from fleet.reports import report_portraits
from fleet.residents import Resident
from fleet.sample_residents import SAMPLE_RESIDENTS
from tests.helpers.portraits import CONSENT_AT_MS, Asker
from tests.helpers.terminal import SAMPLE_NAME, SAMPLE_NUMBER, Terminal, sample_consent, sample_payload, sample_proof
from tests.integration.fleet.conftest import MovableClock

OTHER = {"id_number": "42010219920214123X", "name": "测试·王小江"}
NOT_HELD = (200, "not_held", b"")


def _picture(form: str = "PNG", size: tuple[int, int] = (64, 80)) -> bytes:
    stored = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(stored, form)
    return stored.getvalue()


@pytest.fixture
def register(platform: Platform, clock: MovableClock) -> SamplePortraits:
    platform.residents.add(SAMPLE_RESIDENTS, clock())
    register = SamplePortraits(platform.database, platform.cabinet, platform.digests, platform.residents)
    register.keep(SAMPLE_RESIDENTS[0], _picture(), clock())
    return register


@pytest.fixture
def subject(terminal: Terminal, register: SamplePortraits) -> Asker:
    return Asker(terminal)


def test_the_photo_comes_sealed_and_the_fetch_is_recorded(subject: Asker, platform: Platform) -> None:
    status, outcome, jpeg = subject.ask()
    assert (status, outcome) == (200, "held")
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        assert picture.size == (64, 80)
    asked, held = report_portraits(platform.database)
    assert (asked.pop("outcome"), held.pop("outcome")) == ("asked", "held")
    assert held.pop("at_ms") >= asked.pop("at_ms")
    assert held == asked
    assert held == {
        "kiosk_id": subject.terminal.identity.kiosk_id,
        "person": platform.digests.person("resident", SAMPLE_NUMBER),
        "consent_id": subject.consent,
        "purpose": PURPOSE_PORTRAIT,
    }


def test_a_photo_of_a_fictitious_resident_says_so_and_opens_for_its_own_request_only(subject: Asker) -> None:
    first, second = subject.request(), subject.request()
    response = subject.terminal.send("POST", "/v1/portraits", msgspec.json.encode(first))
    answer = msgspec.json.decode(response.content, type=PortraitAnswer)
    assert answer.is_sample
    assert response.headers["cache-control"] == "no-store"
    with pytest.raises(InvalidTag):
        subject.open(second, answer.sealed)
    with pytest.raises(InvalidTag):
        Asker(subject.terminal).open(first, answer.sealed)


@pytest.mark.parametrize("changes", [OTHER, {"name": "测试·另一人"}, {"id_number": "330304201803081238"}, {"id_type": "J"}])
def test_who_has_no_photo_here_is_told_one_thing(subject: Asker, changes: dict[str, str]) -> None:
    assert subject.ask(**changes) == NOT_HELD


@pytest.mark.parametrize(
    "changes", [{"consent_id": ""}, {"consent_id": "yes"}, {"consent_id": "A" * 64}, {"purpose": "face"}, {"purpose": ""}]
)
def test_without_a_named_consent_to_this_purpose_nothing_is_given(
    subject: Asker, platform: Platform, changes: dict[str, str]
) -> None:
    assert subject.ask(**changes) == (200, "refused", b"")
    assert report_portraits(platform.database)[-1]["outcome"] == "refused"


def test_what_was_sealed_for_another_terminal_or_key_is_not_read(
    subject: Asker, new_terminal: Callable[..., Terminal], platform: Platform
) -> None:
    other = Asker(new_terminal("测试 2 号机"))
    assert subject.ask(other.request()) == (400, "bad_request", b"")
    assert subject.ask(subject.request(info=answer_info(b""))) == (400, "bad_request", b"")
    whole = subject.request()
    assert subject.ask(msgspec.structs.replace(whole, sealed=bytes(4097))) == (400, "bad_request", b"")
    assert subject.ask(msgspec.structs.replace(whole, sealing_key_id="s-0")) == (422, "unknown_sealing_key", b"")
    assert report_portraits(platform.database) == []
    assert subject.ask(answer_key=b"short") == (400, "bad_request", b"")
    assert report_portraits(platform.database)[-1]["outcome"] == "refused"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"suite":1}'])
def test_odd_bodies_are_malformed_and_strangers_are_not_believed(subject: Asker, body: bytes) -> None:
    assert subject.terminal.send("POST", "/v1/portraits", body).status_code == 400
    assert subject.terminal.http.post("/v1/portraits", content=body).status_code == 401


def test_a_person_s_photo_goes_out_twenty_times_a_day(subject: Asker, clock: MovableClock) -> None:
    for _ in range(20):
        assert subject.ask()[1] == "held"
    assert subject.ask() == (429, "too_many", b"")
    response = subject.terminal.send("POST", "/v1/portraits", msgspec.json.encode(subject.request()))
    assert 80_000 < int(response.headers["retry-after"]) <= 86_400
    assert subject.ask(**OTHER) == NOT_HELD
    clock.ahead_ms = 86_400_000 + 1000
    subject.terminal.clock_offset_s = clock.ahead_ms / 1000
    assert subject.ask()[1] == "held"


def test_a_terminal_asks_sixty_times_an_hour_and_many_at_once_count_too(subject: Asker, platform: Platform) -> None:
    kiosk = subject.terminal.identity.kiosk_id
    requests = [subject.request(id_number=f"33030219580101{number:04d}") for number in range(70)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda asked: platform.portraits.fetch(kiosk, asked), requests))
    assert sum(isinstance(answer, PortraitAnswer) for answer in answers) == 60


def test_nothing_of_anybody_lies_open_or_is_logged(subject: Asker, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, _, jpeg = subject.ask()
    assert SAMPLE_NUMBER not in caplog.text
    assert SAMPLE_NAME not in caplog.text
    connection = sqlite3.connect(tmp_path / "data" / "platform.sqlite3")
    try:
        rows = [row for table in ("portraits", "portrait_fetches") for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - constants
        assert connection.execute("SELECT count(portrait) FROM residents").fetchone() == (0,)
    finally:
        connection.close()
    assert len(rows) == 3
    content = b"".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    assert not any(text in content for text in (SAMPLE_NUMBER.encode(), SAMPLE_NAME.encode(), jpeg[:64], b"JFIF"))


def test_the_record_goes_after_three_years(subject: Asker, platform: Platform, clock: MovableClock) -> None:
    subject.ask()
    clock.ahead_ms = KEPT_MS + 60_000
    subject.terminal.clock_offset_s = clock.ahead_ms / 1000
    subject.ask()
    assert len(report_portraits(platform.database)) == 2


def test_a_photo_sealed_to_an_older_key_still_opens(
    subject: Asker, platform: Platform, tmp_path: Path, clock: MovableClock
) -> None:
    add_key(tmp_path / "data", platform.keys, "sealing", clock())
    assert subject.ask()[1] == "held"


@pytest.mark.expects_warnings
def test_a_photo_put_under_another_person_does_not_open(subject: Asker, platform: Platform) -> None:
    person = platform.digests.person("resident", OTHER["id_number"])
    with platform.database.transaction() as connection:
        connection.execute("UPDATE portraits SET person = ?", (person,))
    assert subject.ask(**OTHER) == NOT_HELD


# The register


def test_pictures_are_kept_small_and_bare() -> None:
    given = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SAMPLE 330304195803080026"
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(given, "JPEG", exif=exif)
    kept = as_register_jpeg(given.getvalue())
    assert len(kept) <= MAX_PORTRAIT_BYTES
    assert SAMPLE_NUMBER.encode() not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (1024, 683)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, _picture()[:-30]])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PlatformError, match="portrait"):
        as_register_jpeg(content)


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PlatformError, match="16 million"):
        as_register_jpeg(_picture(size=(5000, 4000)))


def test_only_residents_in_the_register_have_a_photo(register: SamplePortraits, clock: MovableClock) -> None:
    stranger = Resident(id_number="110101199003070038", name="测试·无名")
    with pytest.raises(PlatformError, match="in the register"):
        register.keep(stranger, _picture(), clock())
    assert [register.holds(one) for one in SAMPLE_RESIDENTS] == [True, False, False]


def test_the_samples_portrait_shows_the_head_of_the_packaged_picture() -> None:
    with Image.open(io.BytesIO(sample_portrait()), formats=("JPEG",)) as picture:
        assert picture.size == (512, 256)
    assert len(sample_portrait()) <= MAX_PORTRAIT_BYTES


# Cases that rest on it


def _case(terminal: Terminal, consent_at_ms: int = CONSENT_AT_MS, *, granted: bool = True) -> None:
    header = terminal.header()
    consents = (
        sample_consent("case_data"),
        sample_consent("face"),
        sample_consent(PURPOSE_PORTRAIT, at_ms=consent_at_ms, granted=granted),
    )
    payload = sample_payload(header, identification=sample_proof(reference="platform"), consents=consents)
    (outcome,) = terminal.submit(terminal.case(header, payload)).outcomes
    assert isinstance(outcome, Accepted)


def test_a_case_that_rests_on_the_photo_needs_the_fetch_on_its_own_consent(subject: Asker, platform: Platform) -> None:
    _case(subject.terminal)
    assert platform.processor.run() == Tally(needs_staff=1)
    subject.ask()
    _case(subject.terminal, CONSENT_AT_MS + 1)
    assert platform.processor.run() == Tally(needs_staff=1)
    _case(subject.terminal, granted=False)
    assert platform.processor.run() == Tally(needs_staff=1)
    _case(subject.terminal)
    assert platform.processor.run() == Tally(processed=1)
