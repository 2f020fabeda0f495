"""Who the resident is, and how that was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray


class AssuranceLevel(IntEnum):
    """How surely the resident is the person on the card, L1 (told) to L4 (card, live face, official source)."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


class Route(StrEnum):
    """Ways to identify, in the order they are shown. The face is never the only one, never preselected, and never the first.

    人脸识别技术应用安全管理办法, in force since 2025-06-01; 国家网络身份认证公共服务管理办法, since 2025-07-15: voluntary too.
    """

    ID_CARD_STAFF = "id_card_staff"
    """ID card, and a member of staff looks at card and person."""
    ELECTRONIC_CREDENTIAL = "electronic_credential"
    """电子身份凭证: a signed code on the resident's own telephone, shown to the scanner."""
    ID_CARD_SMS = "id_card_sms"
    """ID card, and a code sent by text message to the number that the platform knows."""
    ID_CARD_FACE = "id_card_face"
    """ID card, liveness challenge and face match."""

    @property
    def level(self) -> AssuranceLevel:
        """The level that this way gives."""
        return _LEVELS[self]

    @property
    def reads_card(self) -> bool:
        """True when the ID card is read for it."""
        return self is not Route.ELECTRONIC_CREDENTIAL


_LEVELS = {
    Route.ID_CARD_STAFF: AssuranceLevel.L4,
    Route.ELECTRONIC_CREDENTIAL: AssuranceLevel.L3,
    Route.ID_CARD_SMS: AssuranceLevel.L2,
    Route.ID_CARD_FACE: AssuranceLevel.L3,
}
LEAST_ROUTES = 2
"""So many ways at least must lead to every item, so that nobody depends on a single one."""


def routes_for(level: AssuranceLevel) -> tuple[Route, ...]:
    """The ways that reach ``level``, in the order they are shown.

    L4 is reached by staff alone, so no item can ask for it: the catalogue refuses items with fewer than ``LEAST_ROUTES`` ways.
    """
    return tuple(route for route in Route if route.level >= level)


class Portrait:
    """The card's photo, or the platform's, grey or BGR, 0..255. Lives in memory only; ``forget`` overwrites it."""

    __slots__ = ("_pixels",)

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels: NDArray[np.uint8] | None = pixels.copy()

    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """The picture, ``None`` once forgotten."""
        return self._pixels

    def forget(self) -> None:
        """Overwrite the picture with zeros and let go of it; may be called twice."""
        if self._pixels is not None:
            self._pixels.fill(0)
            self._pixels = None

    def __repr__(self) -> str:
        return "Portrait(<redacted>)"


@dataclass(frozen=True, slots=True)
class Person:
    """The holder of the card that was read. The ``repr`` shows nothing of them."""

    card_kind: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    sex_code: str = field(repr=False)
    birth: date | None = field(repr=False)
    ethnicity_code: str = field(repr=False)
    nationality: str = field(repr=False)
    address: str = field(repr=False)
    card_valid_to: date | None = field(repr=False)
    """``None`` for 长期."""

    @property
    def masked_id_number(self) -> str:
        """First six and last four characters, the rest starred."""
        return mask_id_number(self.id_number)

    @property
    def masked_name(self) -> str:
        """First character, the rest starred: enough to know oneself by."""
        return self.name[:1] + "*" * max(1, len(self.name) - 1) if self.name else ""

    def age_on(self, day: date) -> int | None:
        """Full years on ``day``, ``None`` when the card gives no birth date."""
        if self.birth is None:
            return None
        had_birthday = (day.month, day.day) >= (self.birth.month, self.birth.day)
        return day.year - self.birth.year - (0 if had_birthday else 1)

    def is_same_as(self, other: Person) -> bool:
        """True when both hold the same number."""
        return self.id_number.upper() == other.id_number.upper()

    def card_is_expired_on(self, day: date) -> bool:
        """True when the card's last valid day lies before ``day``."""
        return self.card_valid_to is not None and self.card_valid_to < day


@dataclass(frozen=True, slots=True)
class RouteStanding:
    """What is remembered of one person's failed tries of one way."""

    route: Route
    tries: int
    opens_at_s: float = 0.0
    """When the way opens again, on the monotonic clock; 0 when it is open."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How the resident was shown to be the card's holder. Scores, never pictures."""

    route: Route
    level: AssuranceLevel
    engine: str = ""
    distance: float | None = field(default=None, repr=False)
    threshold: float | None = None
    liveness: str = ""
    staff_id: str = ""
    demonstration_only: bool = False
    """The engine has no calibration in force: its threshold is a rule of thumb."""
    calibration: str = ""
    """Id of the calibration file in force, empty without one."""
    liveness_score: float | None = None
    """0..1, 1 is bona fide (ISO/IEC 30107-3)."""
    credential_id: str = ""
    """Digest of the credential's own number, empty for the other routes."""
    reference: Literal["", "card", "platform"] = ""
    """Whose photo the live face was compared with; empty for the other routes."""


def mask_id_number(number: str) -> str:
    """``330302********1234``: first six and last four characters; shorter numbers keep the last two only."""
    if len(number) < 12:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_phone(number: str) -> str:
    """``138****5678``; of anything else than eleven digits the last two only."""
    if len(number) != 11:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return number[:3] + "****" + number[-4:]
