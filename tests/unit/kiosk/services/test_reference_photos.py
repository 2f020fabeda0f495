"""The platform's photo: asked for on consent only, believed no more than a card, and never shown by a log."""

from __future__ import annotations

import io
import logging
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from contract.portraits import (
    MAX_SEALED_PORTRAIT_BYTES,
    PURPOSE_PORTRAIT,
    PortraitAnswer,
    PortraitWanted,
    RequestPortrait,
    answer_info,
    consent_id,
    portrait_info,
)
from drivers.types import Deadline
from fleet.sealing_keys import OpeningKey, seal_to
from kiosk.domain.language import Language
from kiosk.flow.session import ConsentRecord
from kiosk.services.reference_photos import (
    MAX_PIXELS,
    NOT_HELD,
    OFFLINE,
    REFUSED,
    UNUSABLE,
    NoReference,
    ReferenceFound,
    ReferencePhotos,
    _decoded,
)
from offline_queue.answer_keys import AnswerKey
from offline_queue.policy import Failure, FailureKind
from tests.helpers.cases import FixedIdentity, make_identity
from tests.helpers.people import sample_person

CONSENT = ConsentRecord(PURPOSE_PORTRAIT, True, Language.ZH, 1_795_000_000_000)
PERSON = sample_person()


def _jpeg(size: tuple[int, int] = (102, 126), form: str = "JPEG") -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(stored, form)
    return stored.getvalue()


class Line:
    """A platform that opens what it is asked, and answers as set."""

    def __init__(self) -> None:
        self.key = OpeningKey.generate(1)
        self.identity = make_identity((self.key.public,), ())
        self.failure: Failure | None = None
        self.outcome = "held"
        self.content = _jpeg()
        self.info: bytes | None = None
        self.asked: list[PortraitWanted] = []
        self.deadline: Deadline | None = None

    def request_portrait(self, request: RequestPortrait) -> PortraitAnswer | Failure:
        opened = self.key.open_request(portrait_info(self.identity.kiosk_id), request.sealed)
        wanted = msgspec.json.decode(opened, type=PortraitWanted)
        self.asked.append(wanted)
        if self.deadline is not None:
            self.deadline.cancel()
        if self.failure is not None:
            return self.failure
        info = answer_info(request.sealed) if self.info is None else self.info
        sealed = seal_to(wanted.answer_key, info, self.content) if self.outcome == "held" else b""
        return PortraitAnswer(outcome=self.outcome, sealed=sealed, platform_time_ms=1, is_sample=True)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def subject(line: Line) -> ReferencePhotos:
    return ReferencePhotos(line, FixedIdentity(line.identity), lambda: "2026.11")


def test_the_consent_is_named_by_the_text_that_is_in_force_when_it_is_asked_on(line: Line) -> None:
    version = ["2026.11"]
    subject = ReferencePhotos(line, FixedIdentity(line.identity), lambda: version[0])
    named = []
    for version[0] in ("2026.11", "2027.01"):
        assert isinstance(_fetch(subject), ReferenceFound)
        named.append(line.asked[-1].consent_id)
    kiosk_id = line.identity.kiosk_id
    assert named == [consent_id(kiosk_id, CONSENT.purpose, text, CONSENT.at_ms) for text in ("2026.11", "2027.01")]


def _fetch(subject: ReferencePhotos, consent: ConsentRecord | None = CONSENT) -> ReferenceFound | NoReference:
    return subject.fetch(PERSON, consent, Deadline(5.0))


def test_the_photo_comes_as_pixels_and_the_request_names_person_consent_and_purpose(subject: ReferencePhotos, line: Line) -> None:
    found = _fetch(subject)
    assert isinstance(found, ReferenceFound)
    assert found.is_sample
    pixels = found.portrait.pixels
    assert pixels is not None
    assert pixels.shape == (126, 102, 3)
    assert np.abs(pixels[60, 50].astype(int) - [30, 30, 200]).max() < 12, "blue, green, red"
    (wanted,) = line.asked
    assert (wanted.id_type, wanted.id_number, wanted.name) == ("resident", PERSON.id_number, PERSON.name)
    assert wanted.purpose == PURPOSE_PORTRAIT
    assert wanted.consent_id == consent_id(line.identity.kiosk_id, PURPOSE_PORTRAIT, "2026.11", CONSENT.at_ms)
    found.portrait.forget()


@pytest.mark.parametrize("consent", [None, replace(CONSENT, granted=False), replace(CONSENT, purpose="face")])
def test_without_consent_to_this_nobody_is_asked(subject: ReferencePhotos, line: Line, consent: ConsentRecord | None) -> None:
    assert _fetch(subject, consent) == NoReference(REFUSED)
    assert line.asked == []


def test_each_request_has_a_key_of_its_own(subject: ReferencePhotos, line: Line) -> None:
    _fetch(subject)
    _fetch(subject)
    assert line.asked[0].answer_key != line.asked[1].answer_key


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Failure(FailureKind.TEMPORARY, "unreachable"), OFFLINE),
        (Failure(FailureKind.TEMPORARY, "timeout"), OFFLINE),
        (Failure(FailureKind.TEMPORARY, "http_404"), OFFLINE),
        (Failure(FailureKind.TEMPORARY, "too_many", retry_after_s=60.0), REFUSED),
        (Failure(FailureKind.PERMANENT, "unknown_sealing_key"), REFUSED),
        (Failure(FailureKind.AUTHORISATION, "unauthorised"), REFUSED),
    ],
)
def test_a_failure_is_told_as_what_it_is(subject: ReferencePhotos, line: Line, failure: Failure, reason: str) -> None:
    line.failure = failure
    assert _fetch(subject) == NoReference(reason)


@pytest.mark.parametrize(("outcome", "reason"), [("not_held", NOT_HELD), ("refused", REFUSED), ("", REFUSED), ("HELD", REFUSED)])
def test_other_outcomes_bring_no_photo(subject: ReferencePhotos, line: Line, outcome: str, reason: str) -> None:
    line.outcome = outcome
    assert _fetch(subject) == NoReference(reason)


def test_a_machine_that_is_not_enrolled_is_offline(line: Line) -> None:
    assert _fetch(ReferencePhotos(line, FixedIdentity(None), lambda: "1")) == NoReference(OFFLINE)
    keyless = ReferencePhotos(line, FixedIdentity(replace(line.identity, sealing_keys=())), lambda: "1")
    assert _fetch(keyless) == NoReference(OFFLINE)
    assert line.asked == []


def test_after_the_deadline_nothing_is_asked_and_what_comes_too_late_is_not_opened(subject: ReferencePhotos, line: Line) -> None:
    assert subject.fetch(PERSON, CONSENT, Deadline(0.0)) == NoReference(OFFLINE)
    assert line.asked == []
    line.deadline = Deadline(5.0)
    assert subject.fetch(PERSON, CONSENT, line.deadline) == NoReference("face.cancelled")
    assert len(line.asked) == 1
    assert subject.fetch(PERSON, CONSENT, line.deadline) == NoReference("face.cancelled")
    assert len(line.asked) == 1


HOSTILE = {
    "empty": b"",
    "text": b"<html>",
    "png": _jpeg(form="PNG"),
    "cut off": _jpeg()[:300],
    "too many pixels": _jpeg((2000, 1001)),
    "too many bytes": _jpeg() + bytes(256 * 1024),
    "a bomb": _jpeg().replace((126).to_bytes(2, "big") + (102).to_bytes(2, "big"), b"\xff\xff\xff\xff"),
}


@pytest.mark.expects_warnings
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_small_jpeg_is_not_used(subject: ReferencePhotos, line: Line, name: str) -> None:
    line.content = HOSTILE[name]
    assert _fetch(subject) == NoReference(UNUSABLE)


def test_the_limit_of_pixels_is_two_million() -> None:
    assert MAX_PIXELS == 2_000_000
    largest = _decoded(_jpeg((2000, 1000)))
    assert largest is not None
    largest.forget()


@pytest.mark.expects_warnings
def test_an_answer_to_another_request_does_not_open(subject: ReferencePhotos, line: Line) -> None:
    line.info = answer_info(b"another request")
    assert _fetch(subject) == NoReference(UNUSABLE)


@pytest.mark.expects_warnings
def test_an_answer_too_large_is_not_even_opened(subject: ReferencePhotos, line: Line) -> None:
    line.content = bytes(MAX_SEALED_PORTRAIT_BYTES + 1)
    assert _fetch(subject) == NoReference(UNUSABLE)


@given(st.binary(max_size=2000), st.integers(0, 1500), st.integers(0, 255))
def test_no_bytes_raise_anything(tail: bytes, at: int, value: int) -> None:
    damaged = bytearray(_jpeg())
    damaged[at % len(damaged)] = value
    for content in (bytes(damaged), b"\xff\xd8\xff" + tail, tail):
        portrait = _decoded(content)
        if portrait is not None:
            portrait.forget()


@given(st.binary(max_size=1400))
def test_no_ciphertext_opens_by_chance(sealed: bytes) -> None:
    assert AnswerKey().open(b"info", sealed) is None


def test_nobody_is_named_in_a_log(subject: ReferencePhotos, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line.failure = Failure(FailureKind.TEMPORARY, "unreachable")
    _fetch(subject)
    assert "unreachable" in caplog.text
    assert PERSON.id_number not in caplog.text
    assert PERSON.name not in caplog.text
    for shown in (repr(line.asked), repr(AnswerKey()), repr(PortraitAnswer(outcome="held", platform_time_ms=1, sealed=b"x"))):
        assert "redacted" in shown
        assert PERSON.id_number not in shown
