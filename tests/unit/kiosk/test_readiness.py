"""What can be done when something is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.catalogue.files import Hours
from kiosk.catalogue.models import Item
from kiosk.domain.hours import Opening
from kiosk.domain.identity import LEAST_ROUTES, Route, routes_for
from kiosk.readiness import OUT_OF_HOURS, Facts, Means, Offer, StoreHealth, assess, offer, serving
from tests.helpers.people import all_ready, sample_catalogue

CATALOGUE = sample_catalogue()
FINE = dict.fromkeys(("id_card_reader", "camera", "receipt_printer", "barcode_scanner"), "")


NO_CODES = Means(credentials=False)


def test_with_all_devices_fine_everything_can_be_done() -> None:
    ready = all_ready(CATALOGUE)
    assert ready.routes == tuple(Route)
    assert not ready.item_reasons
    assert not ready.paper
    assert serving(ready, CATALOGUE)


def test_a_broken_printer_takes_the_paper_and_nothing_else() -> None:
    ready = assess(Facts(devices=FINE | {"receipt_printer": "paper_out"}), CATALOGUE)
    assert ready.paper == "paper.paper_out"
    assert serving(ready, CATALOGUE)


def test_a_broken_camera_takes_the_face_and_leaves_the_staff() -> None:
    ready = assess(Facts(devices=FINE | {"camera": "lost"}), CATALOGUE)
    assert ready.routes == (Route.ID_CARD_STAFF, Route.ELECTRONIC_CREDENTIAL, Route.ID_CARD_SMS)
    assert ready.route_reasons == {Route.ID_CARD_FACE: "camera.lost"}
    assert serving(ready, CATALOGUE)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(devices=FINE | {"id_card_reader": "no_answer"}, means=NO_CODES), "id_card_reader.no_answer"),
        (Facts(devices=FINE | {"id_card_reader": "no_answer", "barcode_scanner": "lost"}), "id_card_reader.no_answer"),
        (Facts(devices={}), "id_card_reader.missing"),
        (Facts(devices=FINE, store=StoreHealth(closed="disk_full")), "store.disk_full"),
        (Facts(devices=FINE, store=StoreHealth(enrolled=False)), "store.not_enrolled"),
    ],
)
def test_without_ways_to_identify_or_a_store_nothing_can_be_done_and_the_reason_is_told(facts: Facts, reason: str) -> None:
    ready = assess(facts, CATALOGUE)
    assert set(ready.item_reasons.values()) == {reason}
    assert not serving(ready, CATALOGUE)


def test_without_network_the_terminal_serves_on() -> None:
    ready = assess(Facts(devices=FINE, store=StoreHealth(network_up=False)), CATALOGUE)
    assert serving(ready, CATALOGUE)
    assert not ready.network_up


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda item: item.picture)
@pytest.mark.parametrize("device", FINE)
def test_whichever_device_breaks_a_way_stays_open_for_every_item(item: Item, device: str) -> None:
    ready = assess(Facts(devices=FINE | {device: "lost"}), CATALOGUE)
    assert ready.can_do(item.code)
    assert set(ready.routes) & set(routes_for(item.level))
    assert len(routes_for(item.level)) >= LEAST_ROUTES


def test_all_items_can_be_done_without_a_camera_a_network_or_a_scanner() -> None:
    devices = FINE | {"camera": "missing", "barcode_scanner": "missing"}
    ready = assess(Facts(devices=devices, store=StoreHealth(network_up=False), means=NO_CODES), CATALOGUE)
    assert ready.routes == (Route.ID_CARD_STAFF,)
    assert not ready.item_reasons


@pytest.mark.parametrize(
    ("facts", "route", "reason"),
    [
        (Facts(devices=FINE, means=Means(staff=False)), Route.ID_CARD_STAFF, "staff.none_configured"),
        (Facts(devices=FINE, means=NO_CODES), Route.ELECTRONIC_CREDENTIAL, "credential.none_configured"),
        (Facts(devices=FINE | {"barcode_scanner": "lost"}), Route.ELECTRONIC_CREDENTIAL, "barcode_scanner.lost"),
        (Facts(devices=FINE, store=StoreHealth(network_up=False)), Route.ID_CARD_SMS, "sms.offline"),
        (Facts(devices=FINE, means=Means(sms=False)), Route.ID_CARD_SMS, "sms.none_configured"),
        (Facts(devices=FINE | {"camera": "lost"}), Route.ID_CARD_FACE, "camera.lost"),
        (Facts(devices=FINE | {"id_card_reader": "lost"}), Route.ID_CARD_FACE, "id_card_reader.lost"),
    ],
)
def test_a_way_that_cannot_be_taken_says_why(facts: Facts, route: Route, reason: str) -> None:
    assert assess(facts, CATALOGUE).route_reasons[route] == reason


def test_what_is_outside_its_hours_is_closed_and_says_when_it_opens() -> None:
    first, *others = (replace(item, hours=Hours()) for item in CATALOGUE.items)
    catalogue = replace(CATALOGUE, items=(replace(first, hours=Hours(opens="08:30", closes="17:30")), *others))
    ready = assess(Facts(devices=FINE, now="07:00"), catalogue)
    assert ready.item_reasons == {first.code: OUT_OF_HOURS}
    assert ready.openings == {first.code: Opening("08:30")}
    assert offer(ready, catalogue).closed_items == ()
    for now in ("08:30", ""):
        assert not assess(Facts(devices=FINE, now=now), catalogue).item_reasons


def test_what_others_are_told() -> None:
    fine = assess(Facts(devices=FINE), CATALOGUE)
    assert offer(fine, CATALOGUE) == Offer(serving=True)
    closed = replace(fine, item_reasons={CATALOGUE.items[0].code: "id_card_reader.lost"})
    assert offer(closed, CATALOGUE) == Offer(True, (CATALOGUE.items[0].code,))
    assert offer(assess(Facts(devices={}), CATALOGUE), CATALOGUE) == Offer(serving=False)


@pytest.mark.parametrize(("trouble", "prints"), [("", True), ("paper_jam", False)])
def test_others_are_told_of_the_a4_printer_only_while_it_is_in_order(trouble: str, prints: bool) -> None:
    facts = Facts(devices=FINE | {"document_printer": trouble}, means=Means(documents=True))
    assert offer(assess(facts, CATALOGUE), CATALOGUE).prints_documents is prints
