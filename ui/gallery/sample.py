"""A made-up visit, marked 测试 / SAMPLE: three items, one resident. Nobody of this name and number exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.catalogue.models import Catalogue, Choice, Eligibility, FieldKind, FormField, Item, Material, ProjectType
from kiosk.domain.identity import AssuranceLevel, Person, Proof, Route
from kiosk.domain.language import Words
from kiosk.flow.session import SessionContext

TODAY = date(2026, 11, 23)
INSURANCE, PERMIT, SENIOR = (
    "11330304MB0TEAT13G4332014001001",
    "11330304MB0TEAT21B4330709001001",
    "11330304MB0TEAT3X34330511001001",
)
RECEIPT_NUMBER = "330304261123A01700042K"
STORED_AT = "2026-11-23 10:24"

_CARD = Material(Words("身份证", "ID card"), Words("放在读卡处，机器自动读取", "Put it on the reader"))
_NAME = FormField("name", Words("姓名", "Name"), FieldKind.TEXT, from_card="name")
_NUMBER = FormField("id_number", Words("证件号码", "ID number"), FieldKind.TEXT, from_card="id_number")
_PHONE = FormField(
    "phone",
    Words("手机号码", "Mobile number"),
    FieldKind.PHONE,
    help=Words("办好后给您发短信", "We text you when it is ready"),
    max_length=11,
)


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
        "home_address": holder.address,
        "current_address": "温州市瓯海区娄桥街道测试路 8 号 3 幢 502 室",
        "moved_in": "2024-03-15",
        "reason": "family",
        "phone": "13800000000",
    }
    made.receipt_number, made.stored_at = RECEIPT_NUMBER, STORED_AT
    made.masked_phone, made.sms_request = "138****0000", "sample"
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


def catalogue() -> Catalogue:
    """Three items, as residents know them."""
    consent = Words(
        "为办理这个事项，本机会读取您的身份证，并请您补充几项信息。\n"
        "这些内容会立即加密，只有政务服务平台能够打开；本机自己也打不开。\n"
        "办完、退出或离开后，本机不保留您的任何信息。",
        "To handle this matter, this machine reads your ID card and asks you for a few more facts.\n"
        "They are sealed at once so that only the government platform can open them; this machine cannot.\n"
        "When you finish, quit or leave, nothing about you stays here.",
    )
    return Catalogue("sample", (_insurance(), _permit(), _senior()), consent, "sample")


def _insurance() -> Item:
    period = FormField(
        "period",
        Words("证明期间", "Period to be shown"),
        FieldKind.CHOICE,
        choices=(
            Choice("last_12_months", Words("最近一年", "Last twelve months")),
            Choice("all", Words("全部参保记录", "All records")),
        ),
    )
    return Item(
        code=INSURANCE,
        task_handle_item=INSURANCE + "01",
        version="1",
        name=Words("个人参保证明申请", "Proof of social insurance"),
        short_name=Words("参保证明", "Insurance proof"),
        summary=Words("证明您参加了社会保险，找工作、贷款都用得上", "Shows that you are insured; employers and banks ask for it"),
        picture="insurance_proof",
        category="social_insurance",
        department=Words("瓯海区社会保险中心（测试）", "Ouhai Social Insurance Centre (SAMPLE)"),
        project_type=ProjectType.ON_THE_SPOT,
        promised=Words("当场办结", "Decided at once"),
        fee=Words("不收费", "Free"),
        output=Words("电子证明，办好后短信通知", "An electronic proof; you get a text message"),
        level=AssuranceLevel.L3,
        eligibility=Eligibility(),
        materials=(_CARD,),
        fields=(_NAME, _NUMBER, period, _PHONE),
    )


def _permit() -> Item:
    return Item(
        code=PERMIT,
        task_handle_item=PERMIT + "01",
        version="1",
        name=Words("居住证申领", "Residence permit"),
        short_name=Words("居住证", "Residence permit"),
        summary=Words("户口在外地、住在温州，凭它上学、就医、办车牌", "For people registered elsewhere who live in Wenzhou"),
        picture="residence_permit",
        category="public_security",
        department=Words("瓯海区公安分局（测试）", "Ouhai Public Security (SAMPLE)"),
        project_type=ProjectType.PROMISED,
        promised=Words("10 个工作日内办结", "Within 10 working days"),
        fee=Words("首次申领不收费", "The first one is free"),
        output=Words("居住证，到派出所领取或邮寄到家", "The permit; collect it at the police station or have it sent"),
        level=AssuranceLevel.L3,
        eligibility=Eligibility(household="other"),
        materials=(
            _CARD,
            Material(
                Words("居住登记满半年", "Registered here for half a year"), Words("部门共享，不用您提供", "Nothing to bring")
            ),
        ),
        fields=_permit_fields(),
    )


def _permit_fields() -> tuple[FormField, ...]:
    reason = FormField(
        "reason",
        Words("为什么住在这里", "Why you live here"),
        FieldKind.CHOICE,
        choices=(
            Choice("work", Words("工作", "Work")),
            Choice("study", Words("上学", "Study")),
            Choice("family", Words("跟家人一起住", "Family")),
        ),
    )
    where = Words("写到门牌号，例如：娄桥街道古岸路 1 号", "Down to the house number")
    return (
        _NAME,
        _NUMBER,
        FormField("home_address", Words("户籍地址", "Registered address"), FieldKind.TEXT, from_card="address"),
        FormField("current_address", Words("现在住在哪里", "Where you live now"), FieldKind.TEXT, help=where),
        reason,
        _PHONE,
    )


def _senior() -> Item:
    moved = FormField("moved_in", Words("哪天住进来的", "Living here since"), FieldKind.DATE, required=False)
    return Item(
        code=SENIOR,
        task_handle_item=SENIOR + "01",
        version="1",
        name=Words("老年人优待证", "Senior privilege card"),
        short_name=Words("老年优待证", "Senior card"),
        summary=Words("满 60 周岁可办，乘公交、进公园有优待", "From the age of 60; for buses and parks"),
        picture="senior_card",
        category="civil_affairs",
        department=Words("瓯海区民政局（测试）", "Ouhai Civil Affairs (SAMPLE)"),
        project_type=ProjectType.PROMISED,
        promised=Words("3 个工作日内办结", "Within 3 working days"),
        fee=Words("不收费", "Free"),
        output=Words("优待证，到村居领取", "The card; collect it from your village or community"),
        level=AssuranceLevel.L2,
        eligibility=Eligibility(min_age=60, household="local"),
        materials=(_CARD,),
        fields=(_NAME, _NUMBER, moved, _PHONE),
    )
