"""Fictitious residents and a small catalogue for tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.reading import load
from kiosk.domain.identity import Person, Portrait, Route
from kiosk.domain.signature import Signature
from kiosk.flow.context import Context
from kiosk.flow.session import SessionContext
from kiosk.readiness import Facts, Readiness, assess

TODAY = date(2026, 11, 23)
INSURANCE, PERMIT, SENIOR = (
    "11330304MB0TEAT13G4332014001001",
    "11330304MB0TEAT21B4330709001001",
    "11330304MB0TEAT3X34330511001001",
)
STAFF = Route.ID_CARD_STAFF
FACE = Route.ID_CARD_FACE


@cache
def sample_catalogue() -> Catalogue:
    return load(Path(__file__).parents[2] / "assets" / "catalogue")


def sample_person(**changes: object) -> Person:
    facts: dict[str, object] = {
        "card_kind": "resident",
        "name": "测试·林小瓯",
        "id_number": "330302195801010005",
        "sex_code": "2",
        "birth": date(1958, 1, 1),
        "ethnicity_code": "01",
        "nationality": "CHN",
        "address": "浙江省温州市瓯海区测试路 1 号",
        "card_valid_to": None,
    }
    return Person(**(facts | changes))  # type: ignore[arg-type]


def sample_portrait() -> Portrait:
    return Portrait(np.full((126, 102), 128, dtype=np.uint8))


def sample_signature() -> Signature:
    return Signature((tuple((100 * n, 50 * n) for n in range(12)),))


def sample_context(session: SessionContext) -> Context:
    """What the flow sees of a visit where everything works."""
    catalogue = sample_catalogue()
    return Context(catalogue, all_ready(catalogue), session, TODAY)


def all_ready(catalogue: Catalogue) -> Readiness:
    devices = dict.fromkeys(("id_card_reader", "camera", "receipt_printer", "barcode_scanner"), "")
    return assess(Facts(devices=devices), catalogue)
