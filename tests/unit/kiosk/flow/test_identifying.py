"""The ways to identify: what is offered, what a failure leads to, and how a pause ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.identity import AssuranceLevel, Proof, Route, RouteStanding
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import Step
from kiosk.flow.views import CredentialView, FaceConsentView, RouteView, SmsView
from tests.helpers.people import FACE, INSURANCE, PERMIT, SENIOR, STAFF, sample_person, sample_portrait
from tests.helpers.visitor import CODE, DEVICES, SMS, Visitor, proof_by

SOMEBODY_ELSE = sample_person(id_number="330302196001010013", name="测试·别人")


@pytest.fixture
def subject() -> Visitor:
    return Visitor()


def _options(visitor: Visitor) -> dict[Route, str]:
    model = visitor.shown()
    assert isinstance(model, RouteView)
    return {option.route: option.reason for option in model.options}


def _at_face(visitor: Visitor, item: str = SENIOR) -> Visitor:
    visitor.chooses(item, FACE).does(ev.ConsentAnswered(True))
    return visitor.does(ev.CardWasRead(sample_person(), sample_portrait()))


@pytest.mark.parametrize(("item", "ways"), [(SENIOR, [STAFF, CODE, SMS, FACE]), (INSURANCE, [STAFF, CODE, FACE])])
def test_the_level_of_the_item_decides_which_ways_are_offered(subject: Visitor, item: str, ways: list[Route]) -> None:
    subject.does(ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True))
    assert list(_options(subject)) == ways
    assert subject.state.route is None


def test_a_way_that_does_not_reach_the_level_cannot_be_chosen(subject: Visitor) -> None:
    subject.chooses(INSURANCE, SMS)
    assert subject.state.step is Step.ROUTE
    assert not subject.asked_for(fx.ReadCard)


@pytest.mark.parametrize("item", [SENIOR, INSURANCE, PERMIT])
@pytest.mark.parametrize("device", DEVICES)
def test_whatever_breaks_two_ways_are_shown_and_one_is_open(subject: Visitor, item: str, device: str) -> None:
    subject.breaks(**{device: "disconnected"})
    subject.does(ev.Touched(), ev.ItemChosen(item), ev.Continue(), ev.ConsentAnswered(True))
    options = _options(subject)
    assert len(options) >= 2
    assert "" in options.values()
    for route, reason in options.items():
        if reason:
            subject.does(ev.RouteChosen(route))
            assert (subject.state.step, subject.state.reason) == (Step.ROUTE, reason)


@pytest.mark.parametrize("item", [SENIOR, INSURANCE])
@pytest.mark.parametrize("route", [STAFF, CODE])
def test_without_a_camera_every_item_can_be_done(subject: Visitor, item: str, route: Route) -> None:
    subject.breaks(camera="missing").identifies(item, route)
    assert subject.state.step is Step.FORM
    assert not subject.asked_for(fx.MatchFace)
    assert not subject.asked_for(fx.PrepareCamera)


@pytest.mark.parametrize("route", list(Route))
def test_each_way_leads_to_the_form_and_notes_its_level(subject: Visitor, route: Route) -> None:
    subject.identifies(SENIOR, route)
    assert subject.state.step is Step.FORM
    assert subject.session.proof == proof_by(route)
    assert subject.session.portrait is None
    assert subject.session.values["name"] == sample_person().name


@pytest.mark.parametrize("route", [STAFF, SMS])
def test_the_portrait_is_kept_for_the_face_check_only(subject: Visitor, route: Route) -> None:
    portrait = sample_portrait()
    subject.chooses(SENIOR, route).does(ev.CardWasRead(sample_person(), portrait))
    assert subject.session.portrait is None
    assert portrait.pixels is None


def test_the_camera_opens_with_the_consent_and_closes_when_no_check_comes(subject: Visitor) -> None:
    subject.chooses(SENIOR, FACE)
    assert not subject.asked_for(fx.PrepareCamera)
    subject.does(ev.ConsentAnswered(True))
    assert subject.asked == [*subject.asked[:-2], fx.PrepareCamera(), fx.ReadCard()]
    subject.asked.clear()
    subject.does(ev.CardWasRead(sample_person(), None))
    assert subject.asked_for(fx.CancelIdentify)


def test_a_card_whose_photo_cannot_be_used_closes_the_face_and_offers_the_rest(subject: Visitor) -> None:
    subject.chooses(SENIOR, FACE).does(ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), None))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "card.no_portrait")
    assert _options(subject) == {STAFF: "", CODE: "", SMS: "", FACE: "card.no_portrait"}
    assert subject.does(ev.RouteChosen(FACE)).state.step is Step.ROUTE


@pytest.mark.parametrize(
    ("route", "event", "reason"),
    [
        (FACE, ev.ProofFailed("face.unusable_portrait"), "face.unusable_portrait"),
        (SMS, ev.SmsFailed("sms.no_phone"), "sms.no_phone"),
        (SMS, ev.SmsFailed("sms.too_many"), "sms.too_many"),
        (SMS, ev.SmsFailed("sms.none_configured"), "sms.none_configured"),
        (STAFF, ev.ProofFailed("staff.none_configured"), "staff.none_configured"),
    ],
)
def test_what_no_further_try_can_mend_offers_the_other_ways_at_once(
    subject: Visitor, route: Route, event: ev.Event, reason: str
) -> None:
    subject.chooses(SENIOR, route)
    if route is FACE:
        subject.does(ev.ConsentAnswered(True))
    subject.does(ev.CardWasRead(sample_person(), sample_portrait()), event)
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, reason)
    assert [route for route, why in _options(subject).items() if why] == [route]


def test_three_failed_tries_pause_a_way_for_five_minutes_and_no_other(subject: Visitor) -> None:
    _at_face(subject).fails("face.no_match", "face.no_match", "face.attack")
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.too_many_tries")
    assert _options(subject) == {STAFF: "", CODE: "", SMS: "", FACE: "route.paused"}
    model = subject.shown()
    assert isinstance(model, RouteView)
    assert [option.minutes for option in model.options] == [0, 0, 0, 5]
    subject.waits(241.0).does(ev.RouteChosen(FACE))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.paused")
    model = subject.shown()
    assert isinstance(model, RouteView)
    assert model.minutes == 1
    subject.waits(59.5)
    model = subject.shown()
    assert isinstance(model, RouteView)
    assert (model.reason, _options(subject)[FACE]) == ("", "")
    assert subject.does(ev.RouteChosen(FACE)).state.step is Step.FACE_CONSENT


@pytest.mark.parametrize("reason", ["face.camera_lost", "face.cancelled", "face.engine_lost"])
def test_the_machine_s_own_trouble_costs_no_try(subject: Visitor, reason: str) -> None:
    _at_face(subject).fails(*[reason] * 7)
    assert (subject.state.step, subject.state.tries) == (Step.FACE, ())


def test_tries_of_an_earlier_visit_count_for_the_card_s_holder(subject: Visitor) -> None:
    subject.chooses(SENIOR, FACE).does(ev.ConsentAnswered(True))
    subject.does(ev.CardWasRead(sample_person(), sample_portrait(), (RouteStanding(FACE, 2),)))
    assert subject.state.step is Step.FACE
    assert subject.does(ev.ProofFailed("face.no_match")).state.step is Step.ROUTE


def test_a_pause_of_an_earlier_visit_stands_and_is_told_after_the_card(subject: Visitor) -> None:
    subject.chooses(SENIOR, FACE).does(ev.ConsentAnswered(True))
    portrait = sample_portrait()
    subject.does(ev.CardWasRead(sample_person(), portrait, (RouteStanding(FACE, 0, 130.0),)))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.paused")
    assert portrait.pixels is None
    assert subject.session.person is None
    assert subject.does(ev.RouteChosen(STAFF)).state.step is Step.CARD


def test_another_person_s_card_brings_that_person_s_tries(subject: Visitor) -> None:
    _at_face(subject).fails("face.no_match", "face.no_match")
    subject.does(ev.AnotherWay(), ev.RouteChosen(FACE), ev.ConsentAnswered(True))
    subject.does(ev.CardWasRead(SOMEBODY_ELSE, sample_portrait()))
    assert (subject.state.step, subject.state.tries) == (Step.FACE, ())


def test_going_home_gives_a_credential_no_new_tries(subject: Visitor) -> None:
    subject.chooses(SENIOR, CODE)
    subject.does(ev.CredentialFailed("credential.expired"), ev.TryAgain(), ev.CredentialFailed("credential.expired"))
    subject.does(ev.Back(), ev.Back(), ev.Back())
    assert subject.state.step is Step.HOME
    subject.does(ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), ev.RouteChosen(CODE))
    subject.does(ev.CredentialFailed("credential.expired"))
    assert _options(subject)[CODE] == "route.paused"


@pytest.mark.parametrize("route", [STAFF, CODE, SMS, FACE])
def test_another_way_gives_up_what_runs_and_forgets_what_was_found(subject: Visitor, route: Route) -> None:
    subject.chooses(SENIOR, route)
    if route is FACE:
        subject.does(ev.ConsentAnswered(True))
    if route is not CODE:
        subject.does(ev.CardWasRead(sample_person(), sample_portrait()))
    if route is SMS:
        subject.does(ev.SmsSent("138****0000", "request-1"))
    subject.asked.clear()
    subject.does(ev.AnotherWay())
    assert (subject.state.step, subject.state.route, subject.state.reason) == (Step.ROUTE, None, "")
    assert subject.asked_for(fx.CancelIdentify) == 1
    assert subject.session.portrait is None
    assert subject.session.sms_request == ""


def test_a_credential_that_is_shown_proves_at_once(subject: Visitor) -> None:
    subject.chooses(INSURANCE, CODE)
    assert isinstance(subject.shown(), CredentialView)
    assert subject.asked_for(fx.ReadCredential) == 1
    subject.does(ev.CredentialFailed("credential.timed_out"))
    assert (subject.state.step, subject.state.busy, subject.state.tries) == (Step.CREDENTIAL, False, ())
    subject.does(ev.TryAgain(), ev.CredentialShown(sample_person(), proof_by(CODE)))
    assert subject.state.step is Step.FORM


def test_a_good_credential_holds_though_the_item_is_not_for_this_person(subject: Visitor) -> None:
    """It cannot be shown twice: the next item must not ask for another one."""
    subject.identifies(PERMIT, CODE)
    assert (subject.state.step, subject.state.reason) == (Step.NOT_ELIGIBLE, "eligibility.condition")
    subject.does(ev.Continue(), ev.ItemChosen(INSURANCE), ev.Continue(), ev.ConsentAnswered(True))
    assert subject.state.step is Step.FORM


def test_a_scanner_that_was_lost_is_used_again_as_soon_as_it_is_back(subject: Visitor) -> None:
    subject.chooses(SENIOR, CODE).breaks(barcode_scanner="disconnected").asked.clear()
    subject.does(ev.CredentialFailed("credential.scanner_lost"))
    assert (subject.state.busy, subject.state.reason) == (False, "credential.scanner_lost")
    subject.breaks()
    assert subject.asked == [fx.ReadCredential()]


def test_a_message_is_sent_once_a_minute_and_its_code_is_checked(subject: Visitor) -> None:
    subject.chooses(SENIOR, SMS).does(ev.CardWasRead(sample_person(), None))
    assert (subject.state.step, subject.state.busy) == (Step.SMS, True)
    subject.does(ev.SmsCodeEntered("123456"))
    assert not subject.asked_for(fx.CheckSms), "none has been sent"
    subject.does(ev.SmsSent("138****0000", "request-1"))
    assert subject.shown() == SmsView("138****0000", False, "", 3, 60)
    subject.waits(59.0).does(ev.TryAgain(), ev.SmsCodeEntered("12345"), ev.SmsCodeEntered("١٢٣٤٥٦"))
    assert (subject.asked_for(fx.RequestSms), subject.asked_for(fx.CheckSms)) == (1, 0)
    subject.waits(1.0).does(ev.TryAgain(), ev.SmsSent("138****0000", "request-2"))
    assert subject.asked_for(fx.RequestSms) == 2
    assert subject.session.sms_request == "request-2"
    subject.does(ev.SmsCodeEntered("123456"), ev.SmsCodeEntered("123456"))
    assert subject.asked_for(fx.CheckSms) == 1
    assert subject.does(ev.PersonProved(proof_by(SMS))).state.step is Step.FORM
    assert subject.session.sms_request == ""


def test_a_wrong_code_costs_a_try_and_one_that_is_too_old_none(subject: Visitor) -> None:
    subject.chooses(SENIOR, SMS).does(ev.CardWasRead(sample_person(), None), ev.SmsSent("138****0000", "request-1"))
    subject.does(ev.SmsCodeEntered("123456"), ev.SmsFailed("sms.expired"))
    assert subject.shown() == SmsView("138****0000", False, "sms.expired", 3, 0)
    subject.does(ev.TryAgain(), ev.SmsSent("138****0000", "request-2"))
    for code in ("000001", "000002", "000003"):
        subject.does(ev.SmsCodeEntered(code), ev.SmsFailed("sms.wrong_code"))
    assert subject.state.step is Step.ROUTE
    assert _options(subject)[SMS] == "route.paused"


def test_without_a_network_the_message_can_be_tried_again_and_costs_nothing(subject: Visitor) -> None:
    subject.chooses(SENIOR, SMS).does(ev.CardWasRead(sample_person(), None), ev.SmsFailed("sms.offline"))
    assert subject.shown() == SmsView("", False, "sms.offline", 3, 0)
    subject.does(ev.TryAgain())
    assert subject.asked_for(fx.RequestSms) == 2


def test_a_proof_below_the_item_s_level_opens_no_form(subject: Visitor) -> None:
    subject.chooses(INSURANCE, STAFF).does(ev.CardWasRead(sample_person(), None))
    subject.does(ev.PersonProved(Proof(STAFF, AssuranceLevel.L2)))
    assert (subject.state.step, subject.state.reason) == (Step.ROUTE, "route.higher_level")


def test_a_late_proof_of_a_way_that_was_given_up_is_ignored(subject: Visitor) -> None:
    _at_face(subject).does(ev.AnotherWay(), ev.RouteChosen(STAFF), ev.CardWasRead(sample_person(), None))
    subject.does(ev.PersonProved(proof_by(FACE)))
    assert subject.state.step is Step.STAFF
    assert subject.session.proof is None


# The platform's photo


@pytest.fixture
def asking() -> Visitor:
    """Before a terminal that asks the platform for the photo of a card without one."""
    visitor = Visitor()
    visitor.context = replace(visitor.context, readiness=replace(visitor.context.readiness, platform_portraits=True))
    return visitor


def _purposes(visitor: Visitor) -> dict[str, bool]:
    return {record.purpose: record.granted for record in visitor.session.consents}


def test_the_consent_names_the_platforms_photo_and_a_card_without_one_goes_on(asking: Visitor) -> None:
    asking.chooses(SENIOR, FACE)
    assert asking.shown() == FaceConsentView(asks_platform=True)
    asking.does(ev.ConsentAnswered(True))
    assert _purposes(asking) == {"case_data": True, "face": True, "platform_portrait": True}
    asking.does(ev.CardWasRead(sample_person(), None))
    assert asking.state.step is Step.FACE
    assert asking.asked[-1] == fx.MatchFace()
    assert asking.session.portrait is None
    asking.does(ev.PersonProved(replace(proof_by(FACE), reference="platform")))
    assert asking.state.step is Step.FORM


def test_no_to_the_face_is_no_to_the_platforms_photo_too(asking: Visitor) -> None:
    asking.chooses(SENIOR, FACE).does(ev.ConsentAnswered(False))
    assert _purposes(asking) == {"case_data": True, "face": False, "platform_portrait": False}


def test_elsewhere_the_consent_says_nothing_of_a_platform(subject: Visitor) -> None:
    subject.chooses(SENIOR, FACE)
    assert subject.shown() == FaceConsentView()
    subject.does(ev.ConsentAnswered(True))
    assert _purposes(subject) == {"case_data": True, "face": True}


@pytest.mark.parametrize("reason", ["offline", "not_held", "refused", "unusable"])
def test_without_the_platforms_photo_the_face_is_closed_and_the_rest_is_open(asking: Visitor, reason: str) -> None:
    asking.chooses(SENIOR, FACE).does(ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), None))
    asking.does(ev.ProofFailed(f"face.reference_{reason}"))
    assert (asking.state.step, asking.state.reason) == (Step.ROUTE, f"face.reference_{reason}")
    assert _options(asking) == {STAFF: "", CODE: "", SMS: "", FACE: f"face.reference_{reason}"}


def test_a_childs_photo_is_not_asked_for(asking: Visitor) -> None:
    child = sample_person(birth=date(2018, 3, 8), id_number="330304201803081238")
    asking.chooses(INSURANCE, FACE).does(ev.ConsentAnswered(True), ev.CardWasRead(child, None))
    assert (asking.state.step, asking.state.reason) == (Step.ROUTE, "card.no_portrait")
    assert not asking.asked_for(fx.MatchFace)


def test_a_guardians_consent_is_to_the_cards_photo_only(asking: Visitor) -> None:
    child = sample_person(birth=date(2018, 3, 8), id_number="330304201803081238")
    asking.chooses(INSURANCE, FACE).does(ev.ConsentAnswered(True), ev.CardWasRead(child, sample_portrait()))
    assert asking.state.step is Step.GUARDIAN_CARD
    assert _purposes(asking) == {"case_data": True}
