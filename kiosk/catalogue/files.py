"""What a clerk writes: the shapes of the catalogue's files. ``docs/catalogue.md`` explains them with examples.

Nothing here knows how an item is carried out. ``kiosk.catalogue.reading`` puts the files together into
``kiosk.catalogue.models``, which the terminal uses.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kiosk.domain.days import DaySpan
from kiosk.domain.language import Words

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,47}$")]
"""A name of our own: small letters, digits and underscores."""
Rule = Annotated[str, Field(min_length=1, max_length=400)]
"""A condition in CEL over data elements, for instance ``household == "other" && age >= 16``."""
Short = Annotated[str, Field(min_length=1, max_length=40)]


class Part(BaseModel):
    """Base of all shapes: nothing is changed later, and a word that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ElementType(StrEnum):
    """What a data element's value is; CEL sees ``string``, ``int`` or ``bool``."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    """A date as ``2026-11-26``; such texts compare as dates do."""
    CHOICE = "choice"
    PHONE = "phone"
    ADDRESS = "address"
    """A postal address: divisions are chosen, the rest is written; one text like any other."""
    ID_NUMBER = "id_number"
    """Number of an identity card, with its check digit; masked on every screen once it is entered."""


class Source(StrEnum):
    """Where a data element comes from: exactly one place (一数一源)."""

    CARD = "card"
    """Read from the ID card."""
    SHARED = "shared"
    """Fetched from the authority that keeps it (数据共享); asked of the resident only while it cannot be fetched."""
    ASKED = "asked"
    """Only the resident knows."""
    DERIVED = "derived"
    """Computed by a rule from other elements."""


class Choice(Part):
    """One answer of a choice."""

    value: Identifier
    label: Words


class Element(Part):
    """数据元: one fact about the resident or the matter, with its one source."""

    name: Identifier
    label: Words
    type: ElementType
    source: Source
    authority: Identifier | None = None
    """Department that keeps it; with ``source: shared`` only."""
    rule: Rule | None = None
    """How it is computed; with ``source: derived`` only."""
    help: Words | None = None
    choices: tuple[Choice, ...] = ()
    max_length: int = Field(default=60, ge=1, le=200)
    days: DaySpan = DaySpan.PAST
    """Which days may be entered; with ``type: day`` only."""
    correctable: bool = False
    """The resident knows better than the authority that keeps it, and may give another value; with ``source: shared`` only."""
    kept_hours: int = Field(default=24, ge=0, le=8760)
    """A shared value older than this is asked for anew, or not used."""


class Department(Part):
    """An authority 部门."""

    id: Identifier
    name: Words
    credit_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
    """统一社会信用代码, GB 32100-2015."""
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    """行政区划代码, GB/T 2260; ``330300`` is the city."""
    level: int = Field(ge=1, le=6)
    """行使层级: 1 state, 2 province, 3 city, 4 county, 5 town, 6 village."""


class Category(Part):
    """A shelf on the first screen."""

    id: Identifier
    name: Words
    picture: Identifier


class TrustLevel(StrEnum):
    """Trust class of a material (国办函〔2016〕108号)."""

    A = "A"
    """Issued by an authority, used directly."""
    B = "B"
    """Verified once at a window, reusable."""
    C = "C"
    """Handed in by the resident; the original is checked."""
    D = "D"
    """Written by the resident, who answers for it."""


class Material(Part):
    """材料: a paper, and every way by which it can be had here. The ways are tried in this order."""

    id: Identifier
    name: Words
    help: Words | None = None
    """What it is and where people have it."""
    trust: TrustLevel
    card: bool = False
    """It is the ID card on the reader."""
    shared: tuple[Identifier, ...] = ()
    """Elements that stand for it when they were fetched."""
    settled_when: Rule | None = None
    """What they must say to stand for it; without a rule it is enough that the authority has them."""
    certificate: Annotated[str, Field(pattern=r"^$|^[0-9A-Z]{21}$")] = ""
    """Type code of the electronic certificate (GB/T 36902) whose code may be shown to the scanner."""
    scan: bool = False
    """May be laid under the document camera."""
    declare: Words | None = None
    """The sentence the resident may sign instead (告知承诺)."""


class Role(StrEnum):
    """Weight of a material: only a secondary one may be handed in later (容缺)."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class ReasonCode(StrEnum):
    """Why a material must come from the resident although an authority could share it (an exception to 三个凡是)."""

    ORIGINAL_IS_WITHDRAWN = "original_is_withdrawn"
    """The paper itself is taken back, for instance an old licence."""
    ORIGINAL_IS_STAMPED = "original_is_stamped"
    """The paper itself is changed."""
    SHARED_IS_INCOMPLETE = "shared_is_incomplete"
    """The register does not reach back far enough for this matter."""


class NeededMaterial(Part):
    """One material of one item: when it is needed, and why."""

    material: Identifier
    role: Role = Role.PRIMARY
    when: Rule | None = None
    """Needed only then; always without."""
    why: Words
    """Said to the resident beside it."""
    lack_days: int = Field(default=0, ge=0, le=20)
    """容缺: working days for handing it in later; 0: not possible. Secondary materials only."""
    required_from_resident: bool = False
    reason_code: ReasonCode | None = None


class AskedField(Part):
    """One line of the form: a data element."""

    element: Identifier
    when: Rule | None = None
    """Belongs to the form only then."""
    required: bool = True


class Condition(Part):
    """资格: one thing that must hold, and what is said when it does not."""

    rule: Rule
    otherwise: Words


class Scope(StrEnum):
    """通办范围: from how far away the item can be asked for."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATIONWIDE = "nationwide"


class Delivery(StrEnum):
    """送达方式."""

    MACHINE = "machine"
    """Printed here, or at any machine."""
    COUNTER = "counter"
    COURIER = "courier"
    ELECTRONIC = "electronic"


class Channel(StrEnum):
    """办理渠道."""

    MACHINE = "machine"
    ONLINE = "online"
    COUNTER = "counter"


class Subject(StrEnum):
    """Who the matter is for."""

    PERSON = "person"
    COMPANY = "company"


class Maturity(StrEnum):
    """How far the item goes by itself (domain: 1.0, 2.0, 3.0)."""

    GUIDE = "guide"
    PROCESS = "process"
    FETCHED = "fetched"


class Baseline(Part):
    """What the matter asked for at the counter before: the measure of 少填, 少报, 少跑."""

    fields: int = Field(ge=0, le=1000)
    materials: int = Field(ge=0, le=300)
    trips: int = Field(ge=0, le=100)


class Hours(Part):
    """办理时间 of every day: when the authority's system takes it, 北京时间; the machine itself has no hours."""

    opens: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")] = "00:00"
    closes: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")] = "24:00"


class ItemFile(Part):
    """事项: one matter that a resident can settle; one file."""

    id: Identifier
    number: int | None = Field(default=None, ge=1)
    """Place in the city's list; ``None`` for matters that only bundles contain."""
    code: str
    """实施编码, 31 characters."""
    task_handle_item: str
    """业务办理项编码, 33 characters."""
    version: Short
    name: Words
    short_name: Words
    summary: Words
    picture: Identifier
    category: Identifier
    department: Identifier
    subject: Subject = Subject.PERSON
    project_type: int = Field(ge=1, le=2)
    """办件类型: 1 即办件, 2 承诺件."""
    legal_days: int = Field(ge=0, le=365)
    """法定时限, working days."""
    promised_days: int = Field(ge=0, le=365)
    """承诺时限, working days; 0: at once."""
    fee: Words
    output: Words
    """What the resident gets in the end, and how."""
    proof: Identifier | Literal[""] = ""
    """Kind of the signed proof 证明 that the platform makes and this machine prints; empty: the matter ends in none."""
    level: int = Field(ge=1, le=4)
    scope: Scope = Scope.CITY
    channels: tuple[Channel, ...] = (Channel.MACHINE, Channel.ONLINE, Channel.COUNTER)
    delivery: tuple[Delivery, ...] = (Delivery.ELECTRONIC,)
    hours: Hours = Hours()
    card_kinds: tuple[str, ...] = ("resident",)
    conditions: tuple[Condition, ...] = ()
    guide: tuple[Words, ...] = Field(min_length=1)
    """Steps, one sentence each."""
    fields: tuple[AskedField, ...]
    materials: tuple[NeededMaterial, ...]
    aliases: tuple[Short, ...] = ()
    """Everyday words people search with."""
    baseline: Baseline
    trips: int = Field(ge=0, le=10)
    """Trips that are still needed beside the visit to this machine."""
    maturity: Maturity = Maturity.FETCHED


class BundledItem(Part):
    """One matter of a bundle."""

    item: Identifier
    when: Rule | None = None


class BundleFile(Part):
    """一件事: several matters settled as one; one file. Its form and materials are merged, never written down."""

    id: Identifier
    version: Short
    name: Words
    short_name: Words
    summary: Words
    picture: Identifier
    category: Identifier
    department: Identifier
    """The authority that takes it in."""
    promised_days: int = Field(ge=0, le=365)
    questions: tuple[Identifier, ...] = ()
    """Elements asked first, because they decide which matters are part of it."""
    items: tuple[BundledItem, ...] = Field(min_length=2)
    guide: tuple[Words, ...] = Field(min_length=1)
    aliases: tuple[Short, ...] = ()


class PolicyFile(Part):
    """政策: something a resident may be entitled to."""

    id: Identifier
    name: Words
    summary: Words
    department: Identifier
    starts: date
    ends: date | None = None
    conditions: tuple[Condition, ...] = ()
    """All must hold; ``otherwise`` is the condition in words, shown beside its tick or cross."""
    item: Identifier | None = None
    """The matter by which one applies."""


class Head(Part):
    """``catalogue.yaml``."""

    version: Annotated[str, Field(pattern=r"^[0-9]{4}\.(0?[1-9]|1[0-2])\.[0-9]{1,3}$")]
    sample: bool = False
    """Everything in it is an example (测试)."""
    consent: Words
    consent_version: Short
    categories: tuple[Category, ...]
    lacking: tuple[Condition, ...] = ()
    """容缺受理 is open only to those for whom all of these hold, or are not known; ``otherwise`` is said to others."""
    hot: dict[Identifier, tuple[Identifier, ...]] = {}
    """Ids of the matters shown first, by kind of site; ``default`` for all others."""


class WorkingDaysTable(Part):
    """``working-days.yaml``: 工作日 as the State Council sets them. Without it, the table that came with the program is used."""

    valid_from: date
    valid_to: date
    """Nothing is known after it: then a promise names days, and no date."""
    holidays: tuple[date, ...] = ()
    """Week days off."""
    worked: tuple[date, ...] = ()
    """Saturdays and Sundays worked (调休)."""


class Departments(Part):
    """``departments.yaml``."""

    departments: tuple[Department, ...]


class Elements(Part):
    """``elements.yaml``."""

    elements: tuple[Element, ...]


class Materials(Part):
    """``materials.yaml``."""

    materials: tuple[Material, ...]


class Policies(Part):
    """``policies.yaml``."""

    policies: tuple[PolicyFile, ...]
