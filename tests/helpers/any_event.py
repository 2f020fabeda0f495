"""Everything that can happen in a visit, for property tests."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from kiosk.domain.aids import Aids
from kiosk.domain.identity import Proof, Route, RouteStanding
from kiosk.domain.language import Language
from kiosk.domain.progress import Standing, Standings, StandingStep
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow import events as ev
from kiosk.flow import progress_events as pe
from kiosk.flow.aid_events import AidsChosen, StaffCalled, StaffTold
from kiosk.flow.card_events import CardAbandoned, CardLifted
from kiosk.flow.gathering_events import FieldDisputed, HandlingOpened, PageKept, PageRetaken
from kiosk.flow.policy_events import PoliciesMatched, PoliciesOpened
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted, ProofWanted
from kiosk.flow.states import Quiet
from tests.helpers.people import INSURANCE, PERMIT, SENIOR, sample_person, sample_portrait, sample_signature

ELDER = sample_person()
CHILD = sample_person(name="测试·林小小", id_number="420102201605010003", birth=date(2016, 5, 1))
NEWCOMER = sample_person(name="测试·王小江", id_number="42010219920214123X", birth=date(1992, 2, 14))
PEOPLE = (ELDER, CHILD, NEWCOMER)

A_NUMBER = "3303042611270001000017"
STANDING = Standing(A_NUMBER, PERMIT, (StandingStep("received", 1_795_000_000_000, "platform"),), "wait")

BY_HAND: tuple[ev.Event, ...] = (
    ev.Touched(), ev.LanguageChosen(Language.EN), AidsChosen(Aids(elder=True)), StaffCalled(), StaffTold(True), StaffTold(False), ev.ItemChosen(INSURANCE), ev.ItemChosen(PERMIT), ev.ItemChosen(SENIOR),
    ev.ItemChosen("?"), ev.Continue(), ev.Back(), ev.Quit(), ev.StayHere(), ev.ConsentAnswered(True), ev.ConsentAnswered(False),
    *(ev.RouteChosen(route) for route in Route), ev.TryAgain(), ev.AnotherWay(), ev.AnotherItem(), ev.StaffCodeEntered("1", "2"),
    ev.SmsCodeEntered("123456"), ev.SmsCodeEntered("x"), ev.FieldEntered("phone", "13800000000"), ev.FieldEntered("period", "all"),
    ev.FieldEntered("collect", "hall"), ev.FieldEntered("?", "x"), ev.SignatureDrawn(sample_signature()), ev.PrintAgain(),
    ev.RatingGiven(Grade.DISSATISFIED), ev.RatingGiven(Grade.SATISFIED), ev.RatingSkipped(), ev.RatingExplained(()),
    ev.RatingExplained((RatingReason.SLOW,)), HandlingOpened(), FieldDisputed("phone"), FieldDisputed("name"), FieldDisputed("id_number"),
    FieldDisputed("id_number", is_wrong=False), FieldDisputed("?"), PageKept(), PageRetaken(), PoliciesOpened(), PoliciesMatched(), ev.FieldEntered("handling.receiving", "counter"),
    ev.FieldEntered("handling.receiving", "courier"), ev.FieldEntered("handling.address", ""), ev.FieldEntered("handling.deciding", "420000"),
    pe.ProgressOpened(), pe.ProgressOpened(), pe.AllMineWanted(),
    pe.NumberGiven(A_NUMBER), pe.NumberGiven("?"),
    ev.SearchOpened(), ev.SearchTyped("飞机票"), ev.SearchTyped("13800000000"),
)  # fmt: skip
FAILURES: tuple[ev.Event, ...] = (
    ev.CardFailed("card.no_card"), ev.CardFailed("card.left_behind"), ev.CardFailed("card.reader_lost"), ev.CardFailed("guardian.same_card"),
    *(ev.ProofFailed(reason) for reason in (
        "face.no_match", "face.attack", "face.camera_lost", "face.unusable_portrait", "staff.wrong_code", "route.paused",
    )),
    *(ev.CredentialFailed(f"credential.{reason}") for reason in ("expired", "unreadable", "scanner_lost", "timed_out", "paused")),
    *(ev.SmsFailed(f"sms.{reason}") for reason in ("wrong_code", "expired", "no_phone", "offline")),
)  # fmt: skip
FROM_ELSEWHERE: tuple[ev.Event, ...] = (
    ev.FaceAsks("blink", 0, 3), ev.SmsSent("138****0000", "request-1"),
    ev.CaseStored("id", "number", "now"), ev.CaseRefused("store.disk_full"), ev.DeliveryKnown(True), ev.DeliveryKnown(False),
    ev.SlipPrinted("id"), ev.SlipFailed("id", "paper.paper_out"), ev.SlipPrinted("?"), ev.SlipFailed("?", "paper.unknown"),
    pe.SlipRead(A_NUMBER), *(pe.SlipNotRead(f"progress.{reason}") for reason in ("timed_out", "not_a_slip", "no_scanner")),
    pe.ProgressTold(Standings((STANDING,))), pe.ProgressTold(Standings((), reason="progress.offline")),
    ProofWanted(A_NUMBER), ProofWanted("?"), ProofPrinted("id", "P", 1), ProofPrinted("?", "P", 1), ProofNotPrinted("id", "document.paper_out"),
    ProofNotPrinted("id", "proof.not_held", "x"), ProofNotPrinted("?", "proof.offline"),
    CardLifted(), CardAbandoned(), ev.IdleWarned(), ev.IdleWarned(Quiet.LONG), ev.IdleEnded(), ev.ServiceChanged(True), ev.ServiceChanged(False), ev.FarewellOver(),
)  # fmt: skip


def any_event() -> st.SearchStrategy[ev.Event]:
    """Any event at all, likely or not."""
    people, routes = st.sampled_from(PEOPLE), st.sampled_from(Route)
    standings = st.sampled_from(((), (RouteStanding(Route.ID_CARD_FACE, 2),), (RouteStanding(Route.ID_CARD_STAFF, 0, 1e9),)))
    proofs = routes.map(lambda route: Proof(route, route.level))
    return st.one_of(
        st.sampled_from(BY_HAND),
        st.sampled_from(BY_HAND),
        st.sampled_from((*FAILURES, *FROM_ELSEWHERE)),
        st.builds(ev.CardWasRead, people, st.one_of(st.none(), st.builds(sample_portrait)), standings),
        st.builds(ev.GuardianCardRead, people),
        st.builds(ev.CredentialShown, people, st.just(Proof(Route.ELECTRONIC_CREDENTIAL, Route.ELECTRONIC_CREDENTIAL.level))),
        st.builds(ev.PersonProved, proofs),
    )
