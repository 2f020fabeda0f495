"""What can be done when something is broken."""

from __future__ import annotations

import pytest

from kiosk.domain.identity import Route
from kiosk.readiness import Facts, StoreHealth, assess, serving
from tests.helpers.people import all_ready, sample_catalogue

CATALOGUE = sample_catalogue()
FINE = dict.fromkeys(("id_card_reader", "camera", "receipt_printer", "barcode_scanner"), "")


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
    assert ready.routes == (Route.ID_CARD_STAFF,)
    assert serving(ready, CATALOGUE)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(devices=FINE | {"id_card_reader": "no_answer"}), "id_card_reader.no_answer"),
        (Facts(devices={}), "id_card_reader.missing"),
        (Facts(devices=FINE, store=StoreHealth(closed="disk_full")), "store.disk_full"),
        (Facts(devices=FINE, store=StoreHealth(enrolled=False)), "store.not_enrolled"),
    ],
)
def test_without_reader_or_store_nothing_can_be_done_and_the_reason_is_told(facts: Facts, reason: str) -> None:
    ready = assess(facts, CATALOGUE)
    assert set(ready.item_reasons.values()) == {reason}
    assert not serving(ready, CATALOGUE)


def test_without_network_the_terminal_serves_on() -> None:
    ready = assess(Facts(devices=FINE, store=StoreHealth(network_up=False)), CATALOGUE)
    assert serving(ready, CATALOGUE)
    assert not ready.network_up
