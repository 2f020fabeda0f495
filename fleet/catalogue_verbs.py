"""The commands about catalogues: taken in, reviewed, published, retired."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from contract.catalogues import MAX_BYTES, MAX_FILES
from fleet.catalogues import CatalogueRegister, CatalogueRow
from fleet.clock import in_china, system_clock
from fleet.commands import existing_database
from fleet.errors import PlatformError
from fleet.platform import open_keys
from fleet.verbs import Add, Verbs

_STEPS = {
    "review": ("review", "note that somebody has looked a draft through"),
    "send-back": ("draft", "send a reviewed one back to its writers"),
    "publish": ("published", "put one in force; not by who reviewed it, and a retired one may come back"),
    "retire": ("retired", "take the one in force out of force"),
}


def add_catalogue_verbs(verbs: Verbs, add: Add) -> None:
    """Put ``catalogue`` among the commands; ``add`` makes one with ``--data``."""
    parser = verbs.add_parser("catalogue", help="catalogues of matters: draft, review, published, retired")
    own = parser.add_subparsers(dest="catalogue_command", required=True, metavar="COMMAND")
    taking = add(own, "import", "take a folder in as a new draft", _import)
    taking.add_argument("folder", type=Path, metavar="DIR")
    taking.add_argument("--by", required=True, metavar="NAME")
    for name, (_, words) in _STEPS.items():
        step = add(own, name, words, _step)
        step.add_argument("version", metavar="VERSION")
        step.add_argument("--by", required=True, metavar="NAME")
        step.add_argument("--reason", default="", metavar="TEXT")
    listing = add(own, "list", "all versions and where they stand", _list)
    show = add(own, "show", "every step of one version", _show)
    show.add_argument("version", metavar="VERSION")
    for verb in (listing, show):
        verb.add_argument("--json", action="store_true", help="print one JSON object")


@contextmanager
def _register(asked: argparse.Namespace) -> Iterator[CatalogueRegister]:
    with existing_database(asked.data) as database:
        yield CatalogueRegister(database, open_keys(asked.data, database, system_clock), system_clock)


def _import(asked: argparse.Namespace) -> None:
    files = _files_in(asked.folder)
    with _register(asked) as register:
        _say(_line(register.take_in(files, asked.by)))


def _files_in(folder: Path) -> dict[str, str]:
    """The files of a catalogue. Raises ``PlatformError`` for what cannot be read, or is too much."""
    try:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".json") and path.is_file())
        if len(paths) > MAX_FILES or sum(path.stat().st_size for path in paths) > MAX_BYTES:
            raise PlatformError(f"{folder}: more than {MAX_FILES:,} files or {MAX_BYTES:,} bytes are no catalogue")
        return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(f"{folder}: {error}") from error


def _step(asked: argparse.Namespace) -> None:
    state, _ = _STEPS[asked.catalogue_command]
    with _register(asked) as register:
        _say(_line(register.move(asked.version, state, asked.by, asked.reason)))


def _list(asked: argparse.Namespace) -> None:
    with _register(asked) as register:
        rows = register.rows()
    if asked.json:
        _say(json.dumps({"catalogues": [asdict(row) for row in rows]}))
        return
    for row in rows:
        _say(_line(row))


def _show(asked: argparse.Namespace) -> None:
    with _register(asked) as register:
        row, steps = register.row(asked.version), register.history(asked.version)
    if asked.json:
        _say(json.dumps(asdict(row) | {"history": [asdict(step) for step in steps]}))
        return
    _say(_line(row))
    for step in steps:
        _say(f"  {in_china(step.at_ms):%Y-%m-%d %H:%M}  {step.state}  {step.by}  {step.reason}")


def _line(row: CatalogueRow) -> str:
    serial = f"serial {row.serial}" if row.serial else "never published"
    return f"{row.version}  {row.state}  {serial}  {row.size_bytes:,} bytes  {row.digest[:16]}  by {row.changed_by}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
