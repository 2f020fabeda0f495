"""From received to processed, and how a terminal learns of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
import pytest

from contract.cases import Accepted, Consent, Rating, RatingsAnswer, SubmitRatings
from fleet import processing
from fleet.platform import Platform
from fleet.processing import Processor, ProcessorThread, Tally
from fleet.reports import report_cases, report_ratings
from tests.helpers.terminal import (
    SAMPLE_NUMBER,
    Terminal,
    new_case_id,
    sample_applicant,
    sample_consent,
    sample_payload,
    sample_proof,
)
from tests.integration.fleet.conftest import MovableClock

CHILD = sample_applicant(id_number="330304201803081238", birth_date="2018-03-08")


def guarded(guardian_number: str) -> tuple[Consent, ...]:
    """The consents of a child whose guardian allows the face check."""
    face = sample_consent("face", given_by="guardian", guardian_name="测试·林大瓯", guardian_id_number=guardian_number)
    return sample_consent("case_data"), face


@pytest.mark.parametrize(
    "changes",
    [
        {"applicant": CHILD, "consents": guarded(SAMPLE_NUMBER)},
        {"identification": sample_proof(reference="card")},
        {"identification": sample_proof(calibration="sample-2026", liveness_score=0.93)},
        {"identification": sample_proof(route="electronic_credential", credential_id="a1" * 32)},
    ],
)
def test_each_way_to_identify_is_processed(terminal: Terminal, platform: Platform, changes: dict[str, object]) -> None:
    header = terminal.header()
    (outcome,) = terminal.submit(terminal.case(header, sample_payload(header, **changes))).outcomes
    assert isinstance(outcome, Accepted)
    assert platform.processor.run() == Tally(processed=1)


def test_a_case_of_an_older_terminal_has_fewer_fields(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    content = msgspec.to_builtins(sample_payload(header))
    assert content["identification"].keys().isdisjoint({"calibration", "liveness_score", "credential_id", "reference"})
    assert content["consents"][0].keys().isdisjoint({"given_by", "guardian_name", "guardian_id_number"})
    (outcome,) = terminal.submit(terminal.case(header, msgspec.json.encode(content))).outcomes
    assert isinstance(outcome, Accepted)


def test_a_sound_case_is_processed(terminal: Terminal, platform: Platform) -> None:
    terminal.submit(terminal.case())
    assert platform.processor.run() == Tally(processed=1)
    (record,) = report_cases(platform.database)
    assert record["state"] == "processed"
    assert record["processed_at_ms"] >= record["received_at_ms"]
    assert platform.processor.run() == Tally()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"consents": (sample_consent("case_data", granted=False), sample_consent("face"))}, "no_consent_to_data"),
        ({"consents": (sample_consent("case_data"), sample_consent("face", granted=False))}, "no_consent_to_face"),
        ({"identification": sample_proof(distance=0.7)}, "face_not_matched"),
        ({"identification": sample_proof(liveness="blink:timeout")}, "face_not_live"),
        ({"identification": sample_proof(liveness="blink:attack;was=:live")}, "face_not_live"),
        ({"identification": sample_proof(route="id_card_staff", staff_id="")}, "staff_not_named"),
        ({"signature_strokes": ()}, "not_signed"),
        ({"identification": sample_proof(route="electronic_credential")}, "credential_not_named"),
        ({"identification": sample_proof(assurance_level=4)}, "level_too_high"),
        ({"identification": sample_proof(route="id_card_sms", assurance_level=2)}, "sms_not_confirmed"),
        ({"applicant": CHILD}, "no_consent_of_guardian"),
        ({"applicant": CHILD, "consents": guarded(CHILD.id_number)}, "no_consent_of_guardian"),
    ],
)
def test_a_doubtful_case_waits_for_staff_with_the_reason(
    terminal: Terminal, platform: Platform, changes: dict[str, object], reason: str
) -> None:
    header = terminal.header()
    doubtful, sound = terminal.case(header, sample_payload(header, **changes)), terminal.case()
    terminal.submit(doubtful, sound)
    assert platform.processor.run() == Tally(processed=1, needs_staff=1)
    last = terminal.feed().changes[-2:]
    assert {(change.case_id == header.case_id, change.state, change.reason) for change in last} == {
        (True, "needs_staff", reason),
        (False, "processed", ""),
    }


def test_what_follows_the_word_live_is_for_the_record(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    proof = sample_proof(liveness="blink,nod,open_mouth:live;lights=6;score=0.93")
    terminal.submit(terminal.case(header, sample_payload(header, identification=proof)))
    assert platform.processor.run() == Tally(processed=1)


def test_staff_may_stand_in_for_the_face(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    proof = sample_proof(route="id_card_staff", staff_id="测试员 7", distance=None, threshold=None, liveness="", engine="")
    consents = (sample_consent("case_data"), sample_consent("face", granted=False))
    terminal.submit(terminal.case(header, sample_payload(header, identification=proof, consents=consents)))
    assert platform.processor.run() == Tally(processed=1)


def test_a_receipt_number_given_twice_is_for_people_to_look_at(terminal: Terminal, platform: Platform) -> None:
    """A terminal restored from an old copy of its disk counts from there again."""
    first = terminal.case()
    terminal.sequence = 0
    terminal.submit(first, terminal.case())
    assert platform.processor.run() == Tally(needs_staff=2)


@pytest.mark.expects_warnings
def test_a_case_that_trips_a_defect_does_not_hold_up_the_others(
    terminal: Terminal, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = terminal.header(), terminal.header()
    terminal.submit(terminal.case(bad), terminal.case(good))
    whole = processing.doubts

    def broken(payload):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        if payload.case_id == bad.case_id:
            raise ZeroDivisionError
        return whole(payload)

    with monkeypatch.context() as patch:
        patch.setattr(processing, "doubts", broken)
        assert platform.processor.run() == Tally(processed=1, needs_staff=1)
    assert {record["case_id"]: record["reason"] for record in report_cases(platform.database)}[bad.case_id] == "internal_error"
    assert platform.processor.run() == Tally()
    assert platform.processor.run(again=True) == Tally(processed=1)


def test_a_case_is_left_alone_for_the_time_set(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    terminal.submit(terminal.case())
    assert platform.processor.run(min_age_ms=60_000) == Tally()
    clock.ahead_ms = 61_000
    assert platform.processor.run(min_age_ms=60_000) == Tally(processed=1)


def test_many_cases_are_processed_each_once_by_several_at_once(terminal: Terminal, platform: Platform) -> None:
    terminal.submit(*(terminal.case() for _ in range(processing.BATCH * 2 + 3)))
    tallies: list[Tally] = []
    processors = [
        Processor(
            platform.database, platform.cabinet, platform.materials, platform.clock, platform.digests, platform.certificates
        )
        for _ in range(3)
    ]
    threads = [threading.Thread(target=lambda own=own: tallies.append(own.run())) for own in processors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tally.processed for tally in tallies) == processing.BATCH * 2 + 3
    assert len(terminal.feed(limit=500).changes) == 2 * (processing.BATCH * 2 + 3)


def test_the_background_thread_processes_and_ends(terminal: Terminal, platform: Platform) -> None:
    thread = ProcessorThread(platform.processor, 0.0)
    thread.start()
    terminal.submit(terminal.case())
    ends = time.monotonic() + 30
    while report_cases(platform.database)[0]["state"] != "processed" and time.monotonic() < ends:
        time.sleep(0.05)
    thread.stop()
    assert report_cases(platform.database)[0]["state"] == "processed"


# The feed


def test_the_feed_tells_each_change_once_in_order_page_by_page(terminal: Terminal, platform: Platform) -> None:
    cases = [terminal.case() for _ in range(7)]
    terminal.submit(*cases[:5])
    seen, cursor = [], ""
    for step in range(20):
        page = terminal.feed(cursor, limit=3)
        assert len(page.changes) <= 3
        seen += page.changes
        cursor = page.cursor
        if step == 1:
            # The set grows while it is walked.
            platform.processor.run()
            terminal.submit(*cases[5:])
        if not page.more and len(seen) >= 12:
            break
    assert len(seen) == 12
    assert [change.state for change in seen[:5]] == ["received"] * 5
    assert len({(change.case_id, change.state) for change in seen}) == 12
    rest = terminal.feed(cursor)
    assert (rest.changes, rest.cursor, rest.more) == ((), cursor, False)


def test_the_feed_of_a_terminal_holds_its_own_cases_only(new_terminal: Callable[..., Terminal]) -> None:
    one, other = new_terminal(), new_terminal()
    one.submit(one.case())
    assert len(one.feed().changes) == 1
    assert other.feed().changes == ()
    assert other.feed().more is False


@pytest.mark.parametrize(
    "query", ["after=x", "after=c-1", "after=c99999999999999999999", "limit=0", "limit=501", "limit=x", "limit=%F0%9D%9F%99"]
)
def test_a_malformed_question_to_the_feed_is_told(terminal: Terminal, query: str) -> None:
    response = terminal.send("GET", f"/v1/cases/status?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


# Ratings


def _rate(terminal: Terminal, *ratings: Rating) -> tuple[str, ...]:
    response = terminal.send("POST", "/v1/ratings", msgspec.json.encode(SubmitRatings(ratings)))
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=RatingsAnswer).settled


def test_the_first_rating_of_a_case_stands(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    terminal.submit(terminal.case(header))
    assert _rate(terminal, Rating(header.case_id, 5, 1), Rating(header.case_id, 1, 2)) == (header.case_id, header.case_id)
    _rate(terminal, Rating(header.case_id, 2, 3))
    (record,) = report_ratings(platform.database)
    assert (record["case_id"], record["grade"], record["item_code"]) == (header.case_id, 5, header.item_code)


def test_a_rating_may_come_before_its_case(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    _rate(terminal, Rating(header.case_id, 4, 1))
    terminal.submit(terminal.case(header))
    assert report_ratings(platform.database)[0]["grade"] == 4


def test_ratings_that_can_never_be_taken_are_settled_and_not_kept(
    new_terminal: Callable[..., Terminal], platform: Platform
) -> None:
    one, other = new_terminal(), new_terminal()
    header = one.header()
    one.submit(one.case(header))
    wrong = (
        Rating(header.case_id, 5, 1),
        Rating("x", 5, 1),
        Rating(new_case_id(), -1, 1),
        Rating(new_case_id(), 0, 1, ("slow",)),
        Rating(new_case_id(), 1, 1, ("unheard_of",)),
        Rating(new_case_id(), 1, 1, ("slow", "slow")),
        Rating(new_case_id(), 6, 1),
        Rating(new_case_id(), 5, 2**70),
    )
    assert _rate(other, *wrong) == tuple(rating.case_id for rating in wrong)
    assert report_ratings(platform.database) == []
