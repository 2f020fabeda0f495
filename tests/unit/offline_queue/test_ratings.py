from __future__ import annotations

import pytest

from contract.cases import Rating, RatingsAnswer
from offline_queue.policy import Failure, FailureKind
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FixedIdentity
from tests.unit.offline_queue.conftest import MemoryLine, commit


class RatingLine(MemoryLine):
    """Takes ratings as well; ``answer`` replaces its honest answer."""

    def __init__(self, line: MemoryLine) -> None:
        super().__init__(line.platform, line.kiosk_id)
        self.rated: list[Rating] = []
        self.answer: Failure | RatingsAnswer | None = None

    def rate(self, ratings: tuple[Rating, ...]) -> RatingsAnswer | Failure:
        if self.answer is not None:
            return self.answer
        self.rated += ratings
        return RatingsAnswer(tuple(rating.case_id for rating in ratings), self.platform.now_ms())


@pytest.fixture
def rating_line(line: MemoryLine) -> RatingLine:
    return RatingLine(line)


@pytest.fixture
def subject(outbox: Outbox, rating_line: RatingLine, identity: FixedIdentity) -> Syncer:
    return Syncer(outbox, rating_line, identity)


def test_a_rating_follows_its_case_in_the_same_pass_and_is_then_forgotten(
    subject: Syncer, outbox: Outbox, rating_line: RatingLine
) -> None:
    (case_id,) = commit(outbox)
    outbox.rate(case_id, 5)
    assert outbox.sendable_ratings(10) == ()
    subject.run_once()
    assert [(rating.case_id, rating.grade) for rating in rating_line.rated] == [(case_id, 5)]
    assert outbox.sendable_ratings(10) == ()


def test_the_first_rating_of_a_case_stands(subject: Syncer, outbox: Outbox, rating_line: RatingLine) -> None:
    (case_id,) = commit(outbox)
    outbox.rate(case_id, 2)
    outbox.rate(case_id, 5)
    subject.run_once()
    assert [rating.grade for rating in rating_line.rated] == [2]


@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_rating_that_was_not_taken_waits_and_holds_up_no_case(
    subject: Syncer, outbox: Outbox, rating_line: RatingLine, kind: FailureKind
) -> None:
    (case_id,) = commit(outbox)
    outbox.rate(case_id, 4)
    rating_line.answer = Failure(kind, "no")
    report = subject.run_once()
    assert report.delivered == 1
    assert (report.failure is None) == (kind is FailureKind.PERMANENT)
    assert len(outbox.sendable_ratings(10)) == 1
    rating_line.answer = None
    subject.run_once()
    assert len(rating_line.rated) == 1


def test_an_answer_about_ratings_that_were_not_sent_settles_nothing(
    subject: Syncer, outbox: Outbox, rating_line: RatingLine
) -> None:
    ids = commit(outbox, 2)
    for case_id in ids:
        outbox.rate(case_id, 3)
    rating_line.answer = RatingsAnswer((ids[0], "another"), 1)
    subject.run_once()
    assert [rating.case_id for rating in outbox.sendable_ratings(10)] == [ids[1]]


def test_reasons_and_skips_travel_as_they_were_given(subject: Syncer, outbox: Outbox, rating_line: RatingLine) -> None:
    cases = commit(outbox, 2)
    outbox.rate(cases[0], 1, ("machine", "slow"))
    outbox.rate(cases[1], 0)
    subject.run_once()
    told = {rating.case_id: (rating.grade, rating.reasons) for rating in rating_line.rated}
    assert told == {cases[0]: (1, ("machine", "slow")), cases[1]: (0, ())}


@pytest.mark.parametrize(("grade", "reasons"), [(-1, ()), (6, ()), (0, ("slow",)), (2, ("rude",))])
def test_what_is_no_rating_is_a_bug(outbox: Outbox, grade: int, reasons: tuple[str, ...]) -> None:
    (case_id,) = commit(outbox)
    with pytest.raises(ValueError, match="no rating"):
        outbox.rate(case_id, grade, reasons)
