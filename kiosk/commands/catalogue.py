"""The catalogue of matters: check it, search it, look at one matter, decide papers, measure what it saves.

Exit code 0: fine; 1: the catalogue has defects, or nothing was found; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import assets
from kiosk.catalogue.reading import CatalogueError, load
from kiosk.catalogue.schema import SHAPES, schema_of
from kiosk.commands import CommandError

if TYPE_CHECKING:
    from kiosk.catalogue.models import Catalogue, Item

PACKAGED = assets.ROOT / "catalogue"
_MAX_FACTS_BYTES = 1 << 20
_Verb = Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk catalogue``."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    lint = _verb(verbs, "lint", _lint, "name every defect of a catalogue")
    lint.add_argument(
        "folder", nargs="?", type=Path, default=PACKAGED, help="folder of the catalogue (default: the packaged one)"
    )
    search = _verb(verbs, "search", _search, "find matters by name, everyday words, pinyin or initials")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--limit", type=int, default=10, help="how many at most (default: 10)")
    show = _verb(verbs, "show", _show, "one matter: what it is, asks and gives")
    show.add_argument("item", metavar="CODE", help="code or id of an item, id of a bundle")
    materials = _verb(verbs, "materials", _materials, "which papers a person with these facts needs, why, and from where")
    materials.add_argument("--item", required=True, metavar="CODE")
    materials.add_argument("--facts", required=True, type=Path, metavar="FILE", help='JSON object, e.g. {"household": "other"}')
    ratios = _verb(verbs, "ratios", _ratios, "少填、少报、少跑: what is asked now, held against what was asked before")
    schema = _verb(verbs, "schema", _schema, "JSON Schema of one kind of file, for an editor")
    schema.add_argument("shape", choices=sorted(SHAPES))
    for verb in (search, show, materials, ratios):
        verb.add_argument(
            "--catalogue", type=Path, default=PACKAGED, metavar="DIR", help="another catalogue than the packaged one"
        )


def execute(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    verb: _Verb = arguments.verb
    return verb(arguments)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: _Verb, words: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=words, description=words)
    parser.add_argument("--json", action="store_true", help="JSON instead of words")
    parser.set_defaults(verb=does)
    return parser


def _lint(arguments: argparse.Namespace) -> int:
    from kiosk.catalogue.linting import problems_of
    from kiosk.catalogue.reading import read_files, texts_in

    try:
        files = read_files(texts_in(arguments.folder))
    except (CatalogueError, OSError, UnicodeDecodeError) as error:
        lines = [{"file": "", "code": "unreadable", "text": line} for line in str(error).split("; ")]
        return _tell_lint(lines, arguments.json, "")
    found = [{"file": one.file, "code": one.code, "text": one.text} for one in problems_of(files)]
    parts = {"items": files.items, "bundles": files.bundles, "materials": files.materials, "policies": files.policies}
    counts = ", ".join(f"{len(part)} {name}" for name, part in parts.items())
    return _tell_lint(found, arguments.json, counts)


def _tell_lint(problems: list[dict[str, str]], as_json: bool, counts: str) -> int:
    if as_json:
        _write_json({"problems": problems, "counts": counts})
    else:
        for one in problems:
            sys.stdout.write(f"{one['file'] or 'catalogue'}: {one['text']}\n")
        sys.stdout.write(
            f"{counts or 'nothing was checked further'}: {len(problems) or 'no'} defect{'s' * (len(problems) != 1)}\n"
        )
    return 1 if problems else 0


def _search(arguments: argparse.Namespace) -> int:
    from kiosk.catalogue.search import SearchIndex

    hits = SearchIndex(_load(arguments.catalogue)).search(arguments.text, arguments.limit)
    if arguments.json:
        _write_json([{"code": hit.item.code, "name": hit.item.name.zh, "score": hit.score} for hit in hits])
    else:
        sys.stdout.writelines(f"{hit.score:5.1f}  {hit.item.name.zh}  {hit.item.name.en}  {hit.item.code}\n" for hit in hits)
    return 0 if hits else 1


def _show(arguments: argparse.Namespace) -> int:
    catalogue = _load(arguments.catalogue)
    told = _told(_item(catalogue, arguments.item))
    if arguments.json:
        _write_json(told)
    else:
        sys.stdout.writelines(f"{name:<12} {_line(value)}\n" for name, value in told.items())
    return 0


def _told(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "code": item.code,
        "name": {"zh": item.name.zh, "en": item.name.en},
        "department": item.department.zh,
        "promised": item.promised.zh,
        "fee": item.fee.zh,
        "level": f"L{item.level.value}",
        "scope": item.scope.value,
        "fields": [field.name for field in item.fields],
        "shared": list(item.shared),
        "materials": [material.id for material in item.materials],
        "conditions": [condition.rule for condition in item.conditions],
        "parts": [part.item.id for part in item.parts],
    }


def _line(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(map(str, value.values()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _materials(arguments: argparse.Namespace) -> int:
    from kiosk.catalogue.deciding import Gathered, Handed, Means, material_lines

    catalogue = _load(arguments.catalogue)
    item, facts = _item(catalogue, arguments.item), _facts(arguments.facts, catalogue)
    lines = material_lines(
        item, catalogue.rules, catalogue.rules.complete(facts), Handed(), Means(), Gathered(given=frozenset(facts))
    )
    told = [
        {"material": line.id, "name": line.name.zh, "why": line.why.zh, "from": line.source.value, "status": line.status.value}
        for line in lines
    ]
    if arguments.json:
        _write_json(told)
    else:
        sys.stdout.writelines(f"{one['name']}  {one['from']} ({one['status']}): {one['why']}\n" for one in told)
    return 0


def _facts(path: Path, catalogue: Catalogue) -> dict[str, str | int | bool]:
    """Facts of a file; each of a known element and of its type, or the command says which is not."""
    from kiosk.catalogue.rules import is_fact

    try:
        if path.stat().st_size > _MAX_FACTS_BYTES:
            raise CommandError(f"{path}: is larger than {_MAX_FACTS_BYTES:,} bytes", exit_code=2)
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{path}: cannot be read as JSON: {error}", exit_code=2) from error
    if not isinstance(given, dict):
        raise CommandError(f"{path}: facts are one JSON object", exit_code=2)
    for name, value in given.items():
        element = catalogue.rules.element(name)
        if element is None:
            raise CommandError(f"{path}: {name!r} is no data element of this catalogue", exit_code=2)
        if not is_fact(value, element.type):
            raise CommandError(f"{path}: {name} must be a {element.type.value}", exit_code=2)
    return given


def _ratios(arguments: argparse.Namespace) -> int:
    from kiosk.domain.china_time import CHINA_TIME
    from kiosk.headless.ratios import NobodyFits, measure

    try:
        found = measure(_load(arguments.catalogue), datetime.now(CHINA_TIME).date())
    except NobodyFits as error:
        raise CommandError(f"an item cannot be finished by any sample resident: {error}") from error
    if arguments.json:
        _write_json(found.as_dict())
        return 0
    shares = {"fields": found.fields_fewer, "materials": found.materials_fewer, "trips": found.trips_fewer}
    sys.stdout.writelines(f"{name:<10} {100 * share:5.1f} % fewer\n" for name, share in shares.items())
    sys.stdout.write(f"{'no trip':<10} {100 * found.zero_trip:5.1f} % of {found.items} items\n")
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    _write_json(schema_of(arguments.shape))
    return 0


def _load(folder: Path) -> Catalogue:
    try:
        return load(folder)
    except CatalogueError as error:
        raise CommandError(str(error)) from error


def _item(catalogue: Catalogue, code: str) -> Item:
    item = catalogue.item(code)
    if item is None:
        raise CommandError(f"there is no item or bundle {code!r}")
    return item


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
