"""A made-up visit, marked 测试 / SAMPLE: one resident. Nobody of this name and number exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import assets
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.reading import load
from kiosk.catalogue.search import SearchIndex
from kiosk.domain.identity import Person, Proof, Route
from kiosk.domain.nearby import Machine, Nearby
from kiosk.domain.papers import ScannedPage
from kiosk.domain.progress import Standing, Standings, StandingStep, Told
from kiosk.domain.waiting import Patience, Wait
from kiosk.domain.working_days import WorkingDays
from kiosk.flow.session import SessionContext
from ui.gallery.pages import page_jpeg

CALENDAR = WorkingDays(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 11, 23)
INSURANCE, PERMIT, SENIOR = (
    "11330304MB0TEAT13G4332014001001",
    "11330304MB0TEAT21B4330709001001",
    "11330304MB0TEAT3X34330511001001",
)
FAMILY = "family_account"
RECEIPT_NUMBER = "330304261123A01700044Y"
STORED_AT = "2026-11-23 10:24"


def person() -> Person:
    """The resident."""
    return Person(
        card_kind="resident",
        name="测试·林小瓯",
        id_number="330302195801010005",
        sex_code="2",
        birth=date(1958, 1, 1),
        ethnicity_code="01",
        nationality="CHN",
        address="浙江省温州市瓯海区测试路 1 号（SAMPLE）",
        card_valid_to=None,
    )


def session() -> SessionContext:
    """What is known of her at the end of the visit."""
    made = SessionContext()
    made.person = holder = person()
    made.values = {
        "name": holder.name,
        "id_number": holder.id_number,
        "address": holder.address,
        "current_address": "温州市瓯海区娄桥街道测试路 8 号 3 幢 502 室",
        "residence_registered_since": "2024-03-15",
        "reason": "family",
        "phone": "13800000000",
    }
    made.prefilled = {"name", "id_number", "address"}
    made.gathered = frozenset(name for item in catalogue().items for name in item.shared)
    made.receipt_number, made.stored_at = RECEIPT_NUMBER, STORED_AT
    made.masked_phone, made.sms_request = "138****0000", "sample"
    return made


def session_shared() -> SessionContext:
    """Authorities have told what they know, and she says that one value is wrong."""
    made = session()
    made.shared = {"phone": "13800000000", "social_insurance_status": "正常参保", "insured_unit": "测试服装厂（SAMPLE）"}
    made.values |= {"phone": "13800000000", "social_insurance_status": "正常参保", "period": "all"}
    made.prefilled |= {"phone", "social_insurance_status"}
    made.disputed = {"social_insurance_status", "id_number"}
    return made


def session_with_page(material: str) -> SessionContext:
    """A page of this paper was just taken."""
    made = session()
    made.values.pop("residence_registered_since")
    made.taken = ScannedPage(material, bytearray(page_jpeg()))
    return made


_FIRST_MS = 1_795_400_640_000
_HOUR_MS = 3_600_000
_BEGUN = (
    StandingStep("submitted", _FIRST_MS, "resident"),
    StandingStep("received", _FIRST_MS + 4_000, "platform"),
)
STANDINGS = Standings(
    (
        Standing(
            RECEIPT_NUMBER,
            PERMIT,
            (
                *_BEGUN,
                StandingStep("accepted_lacking", _FIRST_MS + 60_000, "window"),
                StandingStep("supplement", _FIRST_MS + 26 * _HOUR_MS, "window", "照片太暗，请补一张近期白底照片（SAMPLE）"),
            ),
            "correct",
            lacking=(("residence_registration", "2026-12-10"),),
        ),
        Standing(
            "330304261120A017000318",
            INSURANCE,
            (*_BEGUN, StandingStep("accepted", _FIRST_MS, "window"), StandingStep("finished", _FIRST_MS, "department")),
            "collect",
            "01940000-0000-7000-8000-000000000000",
        ),
    )
)
HEARD_LAST = Standings((Standing(RECEIPT_NUMBER, "", _BEGUN, "wait"),), Told.MACHINE, _FIRST_MS + 4_000, 11_000.0)


NEARBY = Nearby(
    (
        Machine("测试社区服务中心 2 号机", "测试路 20 号一楼（SAMPLE）", 640, prints_documents=False),
        Machine("测试街道便民服务中心 1 号机", "测试大道 1 号大厅（SAMPLE）", 1_830, prints_documents=True),
    )
)
NEARBY_LAST_KNOWN = replace(NEARBY, age_s=3 * 3600.0)


_AT_MOST_S = {
    Wait.CARD: 30.0,
    Wait.GUARDIAN_CARD: 60.0,
    Wait.CODE: 60.0,
    Wait.CERTIFICATE: 60.0,
    Wait.PAGE: 45.0,
    Wait.SLIP: 40.0,
}
_USUAL_S = {Wait.PROOF: 12.0, Wait.STORING: 0.6, Wait.SMS_CHECK: 1.4}


def patience(kind: Wait, elapsed_s: float) -> Patience:
    """She has waited so long for this; of some kinds the machine knows how long they usually take."""
    return Patience(kind, elapsed_s, _USUAL_S.get(kind, 2.4), _AT_MOST_S.get(kind))


def session_with(standings: Standings) -> SessionContext:
    """She asks where her cases are."""
    made = session_of_known()
    made.proof = Proof(Route.ID_CARD_FACE, Route.ID_CARD_FACE.level)
    made.number, made.standings = RECEIPT_NUMBER, standings
    return made


def session_of_known() -> SessionContext:
    """She has had a text message, and has come back for another matter."""
    made = SessionContext()
    made.person = person()
    made.proof = Proof(Route.ID_CARD_SMS, Route.ID_CARD_SMS.level)
    return made


def session_of_child() -> SessionContext:
    """Her grandchild, and her as the guardian."""
    made = SessionContext()
    made.guardian = person()
    made.person = replace(person(), name="测试·林小小", id_number="330302201605010003", birth=date(2016, 5, 1))
    return made


@cache
def catalogue() -> Catalogue:
    """The packaged items."""
    return load(assets.ROOT / "catalogue")


@cache
def find(text: str) -> tuple[str, ...]:
    """Codes of the items that a search text finds."""
    return tuple(hit.item.code for hit in _index().search(text))


@cache
def _index() -> SearchIndex:
    return SearchIndex(catalogue())
