"""Every matter, from rest to a committed case: with and without the network, with and without a camera.

One stage serves all matters of its kind: a true platform, the true queue, the true drivers on emulated devices.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.residents import Resident, sample_residents
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.headless.stage import HeadlessStage
from kiosk.headless.visit import HeadlessVisit, Report
from tests.helpers.people import sample_catalogue

ITEMS = tuple(item.id for item in sample_catalogue().items)
KINDS = {"online": (True, True), "offline": (False, True), "online-no-camera": (True, False), "offline-no-camera": (False, False)}


@pytest.fixture(scope="module", params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadlessStage]:
    online, camera = KINDS[request.param]
    folder: Path = tmp_path_factory.mktemp("stage")
    with HeadlessStage(folder, sample_catalogue(), online=online, camera=camera) as made:
        yield made


def _visit(stage: HeadlessStage, resident: Resident, item: str, language: Language) -> Report:
    code = sample_catalogue().item(item)
    assert code is not None
    try:
        return HeadlessVisit(stage.world(resident), resident, code.code, Route.ID_CARD_STAFF, language).run()
    finally:
        stage.lift_card()


@pytest.mark.expects_warnings
@pytest.mark.xdist_group("every_item")
@pytest.mark.timeout(300)
def test_every_matter_ends_in_a_committed_case(stage: HeadlessStage) -> None:
    """One test a stage: each matter takes a fraction of the time that setting the stage does. The languages take turns."""
    told: dict[str, list[object]] = {}
    numbers: set[str] = set()
    for item, language in zip(ITEMS, itertools.cycle(Language), strict=False):
        reports = []
        for resident in sample_residents():
            reports.append(_visit(stage, resident, item, language))
            if reports[-1].ok:
                break
        report = reports[-1]
        if not report.ok:
            told[item] = [one.notice for one in reports]
            continue
        assert not {report.receipt_number, *report.parts} & numbers, "no number is given twice"
        numbers |= {report.receipt_number, *report.parts}
        assert report.steps[-1] == "farewell"
        parts = sample_catalogue().item(item)
        assert parts is not None
        assert len(report.parts) == max(0, len(parts.parts) - 1) or parts.parts
    assert told == {}
    counts = stage.counts()
    assert sum(counts.values()) == len(numbers)
