"""Reads a catalogue's files, from a folder or from what the platform published. A broken one is told whole, never half loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml
from pydantic import ValidationError

from kiosk.catalogue.file_set import CatalogueFiles
from kiosk.catalogue.files import BundleFile, Departments, Elements, Head, ItemFile, Materials, Part, Policies, WorkingDaysTable
from kiosk.catalogue.linting import problems_of
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.resolving import put_together

P = TypeVar("P", bound=Part)

MAX_FILE_BYTES = 1 << 20
MAX_FILES = 5_000
MAX_BYTES = 16 << 20
MAX_NESTING = 40
"""Deeper structures are refused before the parser, whose own recursion they would exhaust."""
_MOST_TOLD = 30


class CatalogueError(Exception):
    """The catalogue cannot be used; the message names the files and every defect found."""


def load(folder: Path) -> Catalogue:
    """Read and check the catalogue in ``folder``; raises ``CatalogueError``."""
    try:
        texts = texts_in(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{folder}: {error}") from error
    try:
        return read(texts)
    except CatalogueError as error:
        raise CatalogueError(f"{folder}: {error}") from error


def texts_in(folder: Path) -> dict[str, str]:
    """The files of a catalogue, by path below ``folder``; ``OSError`` and ``UnicodeDecodeError`` when they cannot be read."""
    if not folder.is_dir():
        raise FileNotFoundError("there is no such folder")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _PARSERS and path.is_file())
    if len(paths) > MAX_FILES:
        raise OSError(f"there are more than {MAX_FILES:,} files")
    too_large = next((path for path in paths if path.stat().st_size > MAX_FILE_BYTES), None)
    if too_large is not None:
        raise OSError(f"{too_large.name} is larger than {MAX_FILE_BYTES:,} bytes")
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def read(texts: Mapping[str, str]) -> Catalogue:
    """Check and put together the files ``texts``, by path; raises ``CatalogueError``."""
    files = read_files(texts)
    if problems := problems_of(files):
        raise CatalogueError("; ".join(str(problem) for problem in problems[:_MOST_TOLD]))
    return put_together(files)


def read_files(texts: Mapping[str, str]) -> CatalogueFiles:
    """Each file by itself; raises ``CatalogueError`` that names every one with a defect."""
    if sum(map(len, texts.values())) > MAX_BYTES:
        raise CatalogueError(f"it is larger than {MAX_BYTES:,} characters")
    problems: list[str] = []
    parts: dict[str, Part] = {}
    for path in sorted(texts):
        shape = _shape_of(path)
        if shape is None:
            problems.append(f"{path}: no such file belongs to a catalogue")
            continue
        found = _parse(path, texts[path], shape)
        if isinstance(found, str):
            problems.append(f"{path}: {found}")
        else:
            parts[path] = found
    stems = {path.rsplit(".", 1)[0]: part for path, part in parts.items()}
    missing = [name for name in _REGISTRIES if name not in stems and not any(line.startswith(f"{name}.") for line in problems)]
    problems += [f"{name}.yaml is missing" for name in missing]
    if len(stems) < len(parts):
        problems.append("a file stands twice, as .yaml and as .json")
    if problems:
        raise CatalogueError("; ".join(problems[:_MOST_TOLD]))
    return CatalogueFiles(
        head=_only(stems["catalogue"], Head),
        departments=_only(stems["departments"], Departments).departments,
        elements=_only(stems["elements"], Elements).elements,
        materials=_only(stems["materials"], Materials).materials,
        policies=_only(stems["policies"], Policies).policies,
        items={path: part for path, part in parts.items() if isinstance(part, ItemFile)},
        bundles={path: part for path, part in parts.items() if isinstance(part, BundleFile)},
        working_days=_only(stems[_CALENDAR], WorkingDaysTable) if _CALENDAR in stems else None,
    )


_REGISTRIES: dict[str, type[Part]] = {
    "catalogue": Head,
    "departments": Departments,
    "elements": Elements,
    "materials": Materials,
    "policies": Policies,
}


_CALENDAR = "working-days"
"""May be missing."""


def _shape_of(path: str) -> type[Part] | None:
    stem, _, ending = path.rpartition(".")
    if f".{ending}" not in _PARSERS:
        return None
    if stem.startswith("items/"):
        return ItemFile
    if stem == _CALENDAR:
        return WorkingDaysTable
    return BundleFile if stem.startswith("bundles/") else _REGISTRIES.get(stem)


def _only(part: Part, shape: type[P]) -> P:
    if not isinstance(part, shape):
        raise TypeError(f"a {type(part).__name__} stands where a {shape.__name__} belongs")
    return part


def _parse(path: str, text: str, shape: type[P]) -> P | str:
    parse = _PARSERS[path[path.rindex(".") :]]
    try:
        return shape.model_validate(parse(text))
    except ValidationError as error:
        return "; ".join(_told(line["loc"], line["msg"]) for line in error.errors()[:5])
    except (yaml.YAMLError, msgspec.DecodeError, ValueError) as error:
        return " ".join(str(error).split())[:200]


def _told(place: tuple[int | str, ...], message: str) -> str:
    """One defect in one line; the commonest slip of the pen is named."""
    hint = " (a text with a comma in it needs quotes)" if place and " " in str(place[-1]) else ""
    return f"{'.'.join(map(str, place)) or 'the file'}: {message}{hint}"


class _Loader(yaml.CSafeLoader):
    """A key that stands twice is an error: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """As the base class, after a look at the keys."""
        keys = [key.value for key, _ in node.value]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        made: dict[object, object] = super().construct_mapping(node, deep)
        return made


def _parse_yaml(text: str) -> object:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if getattr(event, "anchor", None):
            raise yaml.YAMLError("anchors and aliases are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_NESTING:
            raise yaml.YAMLError(f"it is nested more than {MAX_NESTING} deep")
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # built on the safe loader


def _parse_json(text: str) -> object:
    return msgspec.json.decode(text)


_PARSERS: dict[str, Callable[[str], object]] = {".yaml": _parse_yaml, ".json": _parse_json}
"""JSON is what large catalogues are published as: it reads some thirty times as fast."""
