"""An item 事项 and its parts, as the rest of the terminal sees them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from kiosk.domain.identity import AssuranceLevel
from kiosk.domain.language import Words


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
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice field."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of the form."""

    name: str
    label: Words
    kind: FieldKind
    from_card: str = ""
    """Name of the ``Person`` fact that fills it in beforehand; empty when only the resident knows."""
    required: bool = True
    help: Words | None = None
    choices: tuple[Choice, ...] = ()
    max_length: int = 60


@dataclass(frozen=True, slots=True)
class Material:
    """A paper the item asks for, and where it comes from here."""

    name: Words
    source: Words


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may ask for the item, decided from the card before any form is shown."""

    min_age: int | None = None
    card_kinds: tuple[str, ...] = ("resident",)
    household: str = ""
    """``local``: registered in Wenzhou (first four digits of the number 3303); ``other``: elsewhere; empty: anyone.

    The number tells where it was first issued, which is only a hint: the platform decides.
    """


@dataclass(frozen=True, slots=True)
class Item:
    """One matter a resident can settle."""

    code: str
    """实施编码, 31 characters (GB/T 39554.1-2020)."""
    task_handle_item: str
    """业务办理项编码, 33 characters."""
    version: str
    name: Words
    short_name: Words
    summary: Words
    picture: str
    """Name of a drawing in ``assets/icons``."""
    category: str
    department: Words
    project_type: ProjectType
    promised: Words
    fee: Words
    output: Words
    """What the resident gets in the end, and how."""
    level: AssuranceLevel
    eligibility: Eligibility
    materials: tuple[Material, ...]
    fields: tuple[FormField, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All items, in the order they are shown."""

    version: str
    items: tuple[Item, ...]
    consent: Words
    consent_version: str

    def item(self, code: str) -> Item | None:
        """The item with this code, ``None`` when there is none."""
        return next((item for item in self.items if item.code == code), None)
