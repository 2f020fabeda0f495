"""Carry out one matter without a screen: through flow, services and queue, on emulated devices, for a fictitious resident.

Starts a platform of its own; everything lies in a folder that is gone afterwards. Exit code 0: the case was committed; 1: it was
not, and ``notice`` says why; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from kiosk.commands import CommandError
from kiosk.commands.catalogue import PACKAGED

_LANGUAGES = ("zh", "zh-Hant", "en")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk visit``."""
    parser.add_argument("--item", required=True, metavar="CODE", help="code or id of an item, id of a bundle")
    parser.add_argument("--resident", type=Path, metavar="FILE", help="card, shared data, answers, as JSON (default: a sample)")
    parser.add_argument("--language", default="zh", choices=_LANGUAGES, help="in which the resident wants screens and slip")
    parser.add_argument("--offline", action="store_true", help="the network is down from the start")
    parser.add_argument("--no-camera", action="store_true", help="the machine has no camera")
    parser.add_argument("--catalogue", type=Path, default=PACKAGED, metavar="DIR", help="another catalogue than the packaged one")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Run the visit and tell what came of it."""
    from drivers.id_card_reader.cards import CardFileError
    from kiosk.catalogue.reading import CatalogueError, load
    from kiosk.demo.platform import PlatformFailed
    from kiosk.demo.residents import ResidentFileError, load_resident, sample_residents
    from kiosk.domain.identity import Route
    from kiosk.domain.language import Language
    from kiosk.headless.stage import HeadlessStage
    from kiosk.headless.visit import HeadlessVisit
    from kiosk.services.platform import PlatformTrouble

    try:
        catalogue = load(arguments.catalogue)
        resident = load_resident(arguments.resident) if arguments.resident else sample_residents()[0]
    except (CatalogueError, ResidentFileError) as error:
        raise CommandError(str(error), exit_code=2) from error
    item = catalogue.item(arguments.item)
    if item is None:
        raise CommandError(f"there is no item or bundle {arguments.item!r}", exit_code=2)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="oueban-visit-") as folder,
            HeadlessStage(Path(folder), catalogue, online=not arguments.offline, camera=not arguments.no_camera) as stage,
        ):
            report = HeadlessVisit(
                stage.world(resident), resident, item.code, Route.ID_CARD_STAFF, Language(arguments.language)
            ).run()
    except (PlatformFailed, PlatformTrouble, CardFileError) as error:
        raise CommandError(str(error)) from error
    _tell(asdict(report), arguments.json)
    return 0 if report.ok else 1


def _tell(report: dict[str, object], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{name:<20} {value}\n" for name, value in report.items())
