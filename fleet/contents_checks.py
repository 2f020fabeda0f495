"""What ``contract.case_contents`` must be before the platform takes the case: its form, not its merits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from contract.case_contents import BundleReference, CaseContents, MaterialLine
from fleet.decoding import is_plain_text

_NAME = re.compile(r"[a-z][a-z0-9_]{1,47}")
_VISIT = re.compile(r"[0-9a-f]{32}")
_DIVISION = re.compile(r"[0-9]{6}")
_CERTIFICATE = re.compile(r"1\.2\.156\.3005\.2\.[0-9A-Z.]{40,100}")
MAX_LINES = 60
MAX_ASKED = 120
MAX_PARTS = 20
MAX_LACK_DAYS = 20
_STUFF_TYPES = {"card": 0, "shared": 5, "certificate": 1, "scan": 0, "declare": 4, "promise": 3}
"""stuffType by source, as ``MaterialLine.stuff_type`` explains."""


def contents_problems(contents: CaseContents) -> Iterator[str]:
    """Everything that is wrong, in words that tell nothing of the resident."""
    if len(contents.materials) > MAX_LINES or max(len(contents.shared_asked), len(contents.disputed)) > MAX_ASKED:
        yield "there are too many materials or elements"
        return
    if contents.catalogue_version and not is_plain_text(contents.catalogue_version, 40):
        yield "the catalogue version is no short text"
    names = [line.material for line in contents.materials]
    if len(set(names)) < len(names):
        yield "a material stands twice"
    if not all(_NAME.fullmatch(name) for name in (*names, *contents.shared_asked, *contents.disputed)):
        yield "a material or an element has a name that is none"
    for line in contents.materials:
        yield from (f"the material {text}" for text in _line_problems(line))
    if contents.bundle is not None and not _bundle_fits(contents.bundle):
        yield "the bundle is malformed"
    yield from _way_problems(contents)


def _line_problems(line: MaterialLine) -> Iterator[str]:
    if line.stuff_type != _STUFF_TYPES[line.source] or line.stuff_status != (2 if line.source == "promise" else 0):
        yield "has codes that do not go with its source"
    is_named = _CERTIFICATE.fullmatch(line.certificate) is not None
    if is_named != (line.source == "certificate") or (line.certificate and not is_named):
        yield "names a certificate wrongly"
    if line.source == "promise" and (line.role != "secondary" or not 0 < line.due_working_days <= MAX_LACK_DAYS):
        yield "is promised, but primary, or for longer than 20 working days"
    if line.source != "promise" and (line.due or line.due_working_days):
        yield "has a last day, but is not promised"
    if line.due and not _is_day(line.due):
        yield "has a last day that is no date"


def _bundle_fits(bundle: BundleReference) -> bool:
    is_named = _NAME.fullmatch(bundle.bundle) and is_plain_text(bundle.version, 40) and _VISIT.fullmatch(bundle.visit)
    return bool(is_named) and 1 <= bundle.part <= bundle.parts <= MAX_PARTS


def _way_problems(contents: CaseContents) -> Iterator[str]:
    delivery, region = contents.delivery, contents.region
    if delivery is not None:
        is_addressed = bool(delivery.address) and is_plain_text(delivery.address, 200)
        if is_addressed != (delivery.way == "courier"):
            yield "the delivery needs an address exactly when it is by courier"
    if region is not None and not (_DIVISION.fullmatch(region.accepting) and _DIVISION.fullmatch(region.deciding)):
        yield "a division is none of GB/T 2260"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
