"""From the proof to the review: fetched, asked, shown, declared, promised; and nothing skipped that must not be."""

from __future__ import annotations

import pytest

from kiosk.catalogue.deciding import From, Status
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.gathering_events import PageKept, PageRetaken
from kiosk.flow.states import Step
from kiosk.flow.views import GatheringView, PapersView, ReviewView
from kiosk.readiness import Facts, Means, StoreHealth, assess
from tests.helpers.people import PERMIT, SENIOR, STAFF, sample_person
from tests.helpers.visitor import DEVICES, Visitor

NEWCOMER = {"id_number": "42010219920214123X", "birth": None}
RENEWAL = "id_card_renewal"


@pytest.fixture
def subject() -> Visitor:
    return Visitor()


def _newcomer(subject: Visitor) -> Visitor:
    return subject.identifies(PERMIT, STAFF, sample_person(**NEWCOMER))


def _fills_in_permit(subject: Visitor) -> Visitor:
    for name, value in {
        "current_address": "测试路 8 号",
        "reason": "work",
        "phone": "13800000000",
        "residence_registered_since": "2024-03-15",
    }.items():
        subject.does(ev.FieldEntered(name, value))
    return subject.does(ev.Continue())


def test_what_authorities_give_is_filled_in_and_not_asked(subject: Visitor) -> None:
    subject.shared |= {"phone": "13900000001"}
    subject.identifies(SENIOR, STAFF)
    assert subject.state.step is Step.FORM
    assert subject.session.values["phone"] == "13900000001"
    subject.does(ev.FieldEntered("collect", "village"), ev.Continue())
    assert subject.state.step is Step.REVIEW
    (fetched,) = [effect for effect in subject.asked if isinstance(effect, fx.FetchShared)]
    assert fetched.elements == ("phone",), "no more than the matter needs"


def test_a_matter_that_asks_nothing_goes_straight_to_the_review(subject: Visitor) -> None:
    subject.shared |= {"pension_status": "正常发放", "phone": "13800000000"}
    subject.identifies("pension_certification", STAFF)
    assert subject.state.step is Step.REVIEW
    assert isinstance(subject.shown(), ReviewView)


def test_without_the_network_nobody_is_asked_for_shared_data(subject: Visitor) -> None:
    ready = assess(Facts(devices=DEVICES, store=StoreHealth(network_up=False)), subject.context.catalogue)
    subject.context = subject.context.__class__(subject.context.catalogue, ready, subject.session, subject.context.today)
    subject.identifies(SENIOR, STAFF)
    assert subject.state.step is Step.FORM
    assert subject.asked_for(fx.FetchShared) == 0


def test_while_authorities_are_asked_their_names_are_shown_and_one_may_leave(subject: Visitor) -> None:
    subject.pauses_at_authorities = True
    subject.identifies(SENIOR, STAFF)
    assert subject.state.step is Step.GATHERING
    model = subject.shown()
    assert isinstance(model, GatheringView)
    assert model.authorities == ("温州市数据局（测试）",)
    subject.does(ev.Quit())
    assert subject.asked_for(fx.CancelGathering) == 1
    assert subject.session.is_empty
    subject.does(ev.SharedFetched({"phone": "13800000000"}, frozenset({"phone"})))
    assert subject.session.is_empty, "an answer that comes too late is nobody's"


def test_a_condition_on_shared_data_is_checked_before_the_form(subject: Visitor) -> None:
    subject.shared |= {
        "social_insurance_months": 3,
        "phone": "13800000000",
        "bank_account_masked": "x",
        "employment_contract_end": "2026-10-01",
    }
    subject.identifies("unemployment_benefit", STAFF)
    assert (subject.state.step, subject.state.reason) == (Step.NOT_ELIGIBLE, "eligibility.condition")
    assert subject.state.failed_rules == ("social_insurance_months >= 12",)


def test_a_paper_that_cannot_be_fetched_is_scanned_declared_or_told_to_be_missing(subject: Visitor) -> None:
    subject.shared.clear()
    _fills_in_permit(_newcomer(subject))
    assert subject.state.step is Step.PAPERS
    model = subject.shown()
    assert isinstance(model, PapersView)
    assert [(line.material, line.status) for line in model.lines] == [
        ("id_card", Status.HERE),
        ("residence_registration", Status.TO_DO),
    ]
    subject.does(ev.Continue())
    assert (subject.state.step, subject.state.reason) == (Step.PAPERS, "papers.missing")
    subject.does(ev.PaperTouched("residence_registration", From.DECLARE))
    model = subject.shown()
    assert isinstance(model, PapersView)
    assert model.statement.startswith("我承诺")
    subject.does(ev.PaperDeclared("residence_registration"), ev.Continue())
    assert subject.state.step is Step.HANDLING
    subject.does(ev.FieldEntered("handling.receiving", "counter"), ev.Continue())
    assert subject.state.step is Step.REVIEW
    subject.does(ev.Back(), ev.Back())
    assert subject.state.step is Step.PAPERS


def test_a_way_that_is_not_open_for_a_paper_does_nothing(subject: Visitor) -> None:
    subject.shared.clear()
    _fills_in_permit(_newcomer(subject))
    before = subject.state
    subject.does(
        ev.PaperTouched("residence_registration", From.PROMISE),
        ev.PaperPromised("residence_registration"),
        ev.PaperTouched("nothing", From.SCAN),
        ev.PaperDeclared("id_card"),
    )
    assert subject.state == before
    assert not subject.session.handed.promised


def test_a_failed_scan_says_why_and_the_other_ways_stay(subject: Visitor) -> None:
    subject.shared.clear()
    subject.has_document_camera()
    _fills_in_permit(_newcomer(subject))
    subject.does(ev.PaperTouched("residence_registration", From.SCAN))
    assert subject.state.busy
    subject.does(ev.ScanFailed("id_card", "papers.no_page"))
    assert subject.state.busy, "another paper's answer"
    subject.does(ev.ScanFailed("residence_registration", "papers.no_page"))
    assert (subject.state.busy, subject.state.reason) == (False, "papers.no_page")
    subject.does(ev.PaperTouched("residence_registration", From.SCAN), ev.PaperPutDown())
    assert subject.asked_for(fx.CancelGathering) == 1


def test_only_a_secondary_paper_can_be_promised_and_the_notice_names_its_last_day(subject: Visitor) -> None:
    subject.has_document_camera()
    subject.shared |= {"phone": "13800000000"}
    subject.identifies(RENEWAL, STAFF)
    for name, value in {"renewal_reason": "expiring", "appointment_day": "2026-12-01", "appointment_place": "louqiao"}.items():
        subject.does(ev.FieldEntered(name, value))
    subject.does(ev.Continue())
    assert subject.state.step is Step.PAPERS
    subject.does(ev.PaperTouched("old_id_card", From.PROMISE), ev.PaperPromised("old_id_card"))
    assert not subject.session.handed.promised
    subject.does(ev.PaperTouched("id_photo", From.PROMISE))
    model = subject.shown()
    assert isinstance(model, PapersView)
    assert model.due == "2026-12-03", "eight working days after 23 November"
    subject.does(ev.PaperPromised("id_photo"))
    assert subject.session.handed.promised == {"id_photo"}


def test_pages_are_overwritten_when_the_visit_ends(subject: Visitor) -> None:
    page = subject.page("residence_registration")
    subject.shared.clear()
    subject.has_document_camera()
    _fills_in_permit(_newcomer(subject))
    subject.does(
        ev.PaperTouched("residence_registration", From.SCAN),
        ev.PaperScanned("residence_registration", page),
        PageKept(),
    )
    assert subject.session.pages == [page]
    assert any(page.jpeg)
    subject.does(ev.Quit())
    assert not any(page.jpeg)
    assert subject.session.is_empty


def _scanning(subject: Visitor) -> Visitor:
    subject.shared.clear()
    subject.has_document_camera()
    _fills_in_permit(_newcomer(subject))
    return subject.does(ev.PaperTouched("residence_registration", From.SCAN))


def test_a_page_is_looked_at_before_it_is_handed_in(subject: Visitor) -> None:
    page = subject.page("residence_registration")
    _scanning(subject).does(ev.PaperScanned("residence_registration", page))
    model = subject.shown()
    assert isinstance(model, PapersView)
    assert model.taken is page
    assert not model.busy
    assert subject.session.pages == []
    assert "residence_registration" not in subject.session.handed.scanned
    subject.does(PageKept())
    assert subject.session.pages == [page]
    assert subject.session.taken is None
    assert any(page.jpeg), "what is handed in is not overwritten"


def test_a_page_that_is_taken_again_is_overwritten_first(subject: Visitor) -> None:
    first, second = subject.page("residence_registration"), subject.page("residence_registration")
    _scanning(subject).does(ev.PaperScanned("residence_registration", first), PageRetaken())
    assert not any(first.jpeg)
    assert subject.state.busy
    assert subject.asked_for(fx.ScanPaper) == 2
    subject.does(ev.PaperScanned("residence_registration", second), PageKept())
    assert subject.session.pages == [second]


@pytest.mark.parametrize("leaving", [ev.PaperPutDown(), ev.Back(), ev.Quit()])
def test_a_page_that_nobody_keeps_is_overwritten(subject: Visitor, leaving: ev.Event) -> None:
    page = subject.page("residence_registration")
    _scanning(subject).does(ev.PaperScanned("residence_registration", page), leaving)
    assert subject.session.taken is None
    assert not any(page.jpeg)


def test_a_page_of_a_paper_that_was_put_down_is_overwritten(subject: Visitor) -> None:
    page = subject.page("residence_registration")
    _scanning(subject).does(ev.PaperPutDown(), ev.PaperScanned("residence_registration", page))
    assert not any(page.jpeg)
    assert subject.session.taken is None


def test_nothing_is_kept_or_taken_again_before_a_page_was_taken(subject: Visitor) -> None:
    before = _scanning(subject).state
    subject.does(PageKept(), PageRetaken())
    assert subject.state == before
    assert subject.asked_for(fx.ScanPaper) == 1


def test_a_corrected_value_is_the_resident_s_own(subject: Visitor) -> None:
    subject.shared |= {"phone": "13900000001"}
    subject.identifies(SENIOR, STAFF)
    subject.does(ev.FieldEntered("phone", "13800000000"), ev.FieldEntered("collect", "hall"), ev.Continue())
    assert subject.session.values["phone"] == "13800000000"


def test_shelves_and_search_lead_to_the_guide(subject: Visitor) -> None:
    subject.does(ev.Touched(), ev.ShelfChosen("public_security"))
    assert subject.state.shelf == "public_security"
    subject.does(ev.ShelfChosen("nothing"))
    assert subject.state.shelf == ""
    subject.does(ev.SearchOpened(), ev.SearchTyped("老人"))
    assert (subject.state.step, subject.session.query) == (Step.SEARCH, "老人")
    subject.does(ev.ItemChosen(SENIOR))
    assert (subject.state.step, subject.session.query) == (Step.GUIDE, "")


def test_every_listed_matter_is_reached_in_three_touches(subject: Visitor) -> None:
    catalogue = subject.context.catalogue
    shelves = {category.id for category in catalogue.categories}
    assert {item.category for item in catalogue.items} <= shelves


def test_a_machine_without_sharing_asks_the_resident(subject: Visitor) -> None:
    ready = assess(Facts(devices=DEVICES, means=Means(sharing=False)), subject.context.catalogue)
    assert not ready.sharing
