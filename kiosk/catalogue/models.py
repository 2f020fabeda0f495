"""Items 事项 and bundles 一件事, put together from the catalogue's files, as the rest of the terminal sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from kiosk.catalogue.files import (
    Baseline,
    Category,
    Condition,
    Delivery,
    Department,
    ElementType,
    Hours,
    Material,
    PolicyFile,
    Role,
    Scope,
    Source,
    Subject,
)
from kiosk.catalogue.rules import RuleBook
from kiosk.domain.days import DaySpan
from kiosk.domain.identity import AssuranceLevel
from kiosk.domain.language import Words
from kiosk.domain.working_days import WorkingDays


class ProjectType(IntEnum):
    """办件类型."""

    ON_THE_SPOT = 1
    """即办件: decided at once."""
    PROMISED = 2
    """承诺件: decided within the promised limit."""


class FieldKind(StrEnum):
    """How a form field is filled in."""

    TEXT = "text"
    """Free text by the Pinyin keyboard."""
    PHONE = "phone"
    """Eleven digits of a mainland mobile number."""
    DATE = "date"
    NUMBER = "number"
    """A whole number, not below zero."""
    CHOICE = "choice"
    ADDRESS = "address"
    """Divisions are chosen, street and house are written."""
    ID_NUMBER = "id_number"
    """Number of an identity card."""

    @property
    def is_masked(self) -> bool:
        """True when a value of this kind stands on no screen in full, but while it is written."""
        return self in (FieldKind.PHONE, FieldKind.ID_NUMBER)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice field."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of the form: a data element."""

    name: str
    label: Words
    kind: FieldKind
    from_card: str = ""
    """Name of the ``Person`` fact that fills it in beforehand; empty when the card does not hold it."""
    required: bool = True
    help: Words | None = None
    choices: tuple[Choice, ...] = ()
    max_length: int = 60
    source: Source = Source.ASKED
    type: ElementType = ElementType.TEXT
    when: str | None = None
    """The rule under which it belongs to the form; ``None``: always."""
    days: DaySpan = DaySpan.PAST
    """Which days may be entered."""
    authority: str = ""
    """Id of the department that keeps it; empty when none does."""
    correctable: bool = False
    """The resident may give another value than the authority did."""


@dataclass(frozen=True, slots=True)
class ItemMaterial:
    """A paper the item asks for: when, why, and by which ways it can be had here."""

    material: Material
    role: Role
    why: Words
    when: str | None = None
    lack_days: int = 0
    """容缺: working days for handing it in later; 0: not possible."""
    from_resident: bool = False
    """Neither what an authority knows nor a certificate stands for it: the original is kept, or the register is incomplete."""

    @property
    def shared(self) -> tuple[str, ...]:
        """Elements of authorities that stand for it here."""
        return () if self.from_resident else self.material.shared

    @property
    def certificate(self) -> str:
        """Type code of the electronic certificate that stands for it here; empty: none."""
        return "" if self.from_resident else self.material.certificate

    @property
    def id(self) -> str:
        """Name of the material."""
        return self.material.id


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One matter of a bundle, and the rule under which it is part of it."""

    item: Item
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One matter a resident can settle; a bundle 一件事 is one with ``parts``, its form and materials merged."""

    id: str
    code: str
    """实施编码, 31 characters (GB/T 39554.1-2020); of a bundle its id, for bundles have no such code."""
    task_handle_item: str
    """业务办理项编码, 33 characters; empty for a bundle."""
    version: str
    name: Words
    short_name: Words
    summary: Words
    picture: str
    """Name of a drawing in ``assets/icons``."""
    category: str
    authority: Department
    project_type: ProjectType
    legal_days: int
    promised_days: int
    fee: Words
    output: Words
    """What the resident gets in the end, and how."""
    level: AssuranceLevel
    card_kinds: tuple[str, ...]
    conditions: tuple[Condition, ...]
    guide: tuple[Words, ...]
    fields: tuple[FormField, ...]
    materials: tuple[ItemMaterial, ...]
    aliases: tuple[str, ...] = ()
    number: int | None = None
    """Place in the city's list; ``None`` for matters that only bundles contain, and for bundles."""
    proof: str = ""
    """Kind of the signed proof 证明 that is printed here; empty: none."""
    scope: Scope = Scope.CITY
    delivery: tuple[Delivery, ...] = (Delivery.ELECTRONIC,)
    hours: Hours = field(default_factory=Hours)
    subject: Subject = Subject.PERSON
    baseline: Baseline = field(default_factory=lambda: Baseline(fields=0, materials=0, trips=0))
    trips: int = 0
    parts: tuple[BundlePart, ...] = ()
    questions: tuple[str, ...] = ()
    """Elements a bundle asks first."""
    lacking: tuple[Condition, ...] = ()
    """容缺受理: who may hand a paper in later. Empty where no paper may be."""
    shared: tuple[str, ...] = ()
    """Elements that authorities are asked for: those of form, papers and conditions, each once."""

    @property
    def department(self) -> Words:
        """Name of the authority."""
        return self.authority.name

    @property
    def promised(self) -> Words:
        """承诺时限 in words."""
        if self.promised_days == 0:
            return Words(zh="当场办结", en="Decided at once")
        days = self.promised_days
        return Words(zh=f"{days} 个工作日内办结", en=f"Within {days} working day{'s' if days > 1 else ''}")

    @property
    def is_listed(self) -> bool:
        """True when a resident may choose it by itself."""
        return self.number is not None or bool(self.parts)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be done, in the order it is shown."""

    version: str
    items: tuple[Item, ...]
    """What a resident may choose: listed items, then bundles."""
    consent: Words
    consent_version: str
    rules: RuleBook = field(repr=False, compare=False)
    categories: tuple[Category, ...] = ()
    policies: tuple[PolicyFile, ...] = ()
    departments: tuple[Department, ...] = ()
    hot: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unlisted: tuple[Item, ...] = ()
    """Matters that only bundles contain."""
    sample: bool = False
    working_days: WorkingDays | None = None
    """工作日; ``None``: the table that came with the program."""
    _by_code: dict[str, Item] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_code.update((key, item) for item in (*self.unlisted, *self.items) for key in (item.id, item.code))

    def item(self, code: str) -> Item | None:
        """The item with this code or id, ``None`` when there is none."""
        return self._by_code.get(code)
