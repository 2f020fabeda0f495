"""What cannot be done now says why, until when, and where else."""

from __future__ import annotations

from dataclasses import replace

from kiosk.catalogue.files import Hours
from kiosk.catalogue.models import Item
from kiosk.domain.hours import Opening
from kiosk.domain.nearby import Machine, Nearby, Nearest
from kiosk.flow import closing
from kiosk.flow.closed_views import Closed
from kiosk.readiness import Facts, Means, StoreHealth, assess
from tests.helpers.visitor import DEVICES, Visitor

NEAR, FAR = Machine("近", "一路", 100), Machine("远", "二路", 900, prints_documents=True)
LOST = {"id_card_reader": "lost", "barcode_scanner": "lost"}


def _visitor(facts: Facts, *machines: Machine, hours: Hours | None = None) -> tuple[Visitor, Item]:
    """One at a machine of which ``facts`` hold; with ``hours`` the first item has these."""
    subject = Visitor()
    catalogue = subject.context.catalogue
    first, *others = (replace(item, hours=Hours()) for item in catalogue.items)
    first = replace(first, hours=hours or first.hours)
    catalogue = replace(catalogue, items=(first, *others))
    ready = assess(facts, catalogue)
    subject.context = replace(subject.context, catalogue=catalogue, readiness=ready, nearby=Nearby(machines))
    return subject, first


def test_what_can_be_done_is_not_closed() -> None:
    subject, item = _visitor(Facts(devices=DEVICES), NEAR)
    assert closing.of_item(item, subject.context) is None


def test_a_broken_machine_names_the_nearest_that_can() -> None:
    subject, item = _visitor(Facts(devices=DEVICES | LOST), NEAR, FAR)
    assert closing.of_item(item, subject.context) == Closed("id_card_reader.lost", None, Nearest("近", "一路", 100))
    cannot = replace(NEAR, closed=frozenset({item.code}))
    subject.context = replace(subject.context, nearby=Nearby((cannot, FAR)))
    assert closing.of_item(item, subject.context) == Closed("id_card_reader.lost", None, Nearest("远", "二路", 900))


def test_out_of_hours_says_until_when_and_sends_nobody_elsewhere() -> None:
    hours = Hours(opens="08:30", closes="17:30")
    subject, item = _visitor(Facts(devices=DEVICES, now="18:00"), NEAR, hours=hours)
    assert closing.of_item(item, subject.context) == Closed("item.hours", Opening("08:30", tomorrow=True), None)
    assert subject.context.readiness.item_reasons.keys() == {item.code}


def test_a_machine_that_is_broken_out_of_hours_is_said_to_be_broken() -> None:
    hours = Hours(opens="08:30", closes="17:30")
    subject, item = _visitor(Facts(devices=DEVICES | LOST, now="06:00"), NEAR, hours=hours)
    assert closing.of_item(item, subject.context) == Closed("id_card_reader.lost", Opening("08:30"), None)


def test_a_machine_that_can_do_nothing_names_the_nearest_that_serves() -> None:
    subject, _ = _visitor(Facts(devices=DEVICES, store=StoreHealth(closed="disk_full")), NEAR)
    assert closing.of_machine(subject.context) == Closed("store.disk_full", None, Nearest("近", "一路", 100))


def test_without_a_neighbour_only_the_reason_is_told() -> None:
    subject, _ = _visitor(Facts(devices=DEVICES, store=StoreHealth(closed="disk_full")))
    assert closing.of_machine(subject.context) == Closed("store.disk_full")


def test_where_no_proof_can_be_printed_the_nearest_printer_is_named() -> None:
    subject, _ = _visitor(Facts(devices=DEVICES), NEAR, FAR)
    with_proof = next(item for item in subject.context.catalogue.items if item.proof)
    without = next(item for item in subject.context.catalogue.items if not item.proof)
    assert closing.printer_elsewhere(with_proof, subject.context) == Nearest("远", "二路", 900)
    assert closing.printer_elsewhere(without, subject.context) is None
    ready = assess(Facts(devices=DEVICES, means=Means(documents=True)), subject.context.catalogue)
    subject.context = replace(subject.context, readiness=ready)
    assert closing.printer_elsewhere(with_proof, subject.context) is None
