"""What can happen while data and papers are gathered: by authorities, by the resident's hand, by scanner and document camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.catalogue.deciding import From
from kiosk.catalogue.rules import FactValue
from kiosk.domain.papers import ScannedPage


@dataclass(frozen=True, slots=True)
class SharedFetched:
    """The authorities have answered, or could not be reached. ``asked`` were asked; those not in ``values`` gave nothing."""

    values: Mapping[str, FactValue] = field(repr=False)
    asked: frozenset[str]
    reason: str = ""
    """Why nothing, or not all, came: ``sharing.offline``, ``sharing.refused`` …; empty when all is well."""


@dataclass(frozen=True, slots=True)
class PaperTouched:
    """The resident chose a way to hand in one paper."""

    material: str
    way: From


@dataclass(frozen=True, slots=True)
class PaperDeclared:
    """告知承诺: the resident agreed to the sentence that stands for the paper."""

    material: str


@dataclass(frozen=True, slots=True)
class PaperPromised:
    """容缺受理: the resident agreed to hand the paper in later."""

    material: str


@dataclass(frozen=True, slots=True)
class PaperPutDown:
    """The resident gives up what was begun with one paper, and looks at the list again."""


@dataclass(frozen=True, slots=True)
class FieldDisputed:
    """信息不对: the resident says that a value of card or authority is wrong, or takes that back."""

    name: str
    is_wrong: bool = True


@dataclass(frozen=True, slots=True)
class HandlingOpened:
    """Another region shall decide, or the outcome come another way."""


@dataclass(frozen=True, slots=True)
class CertificateRead:
    """A sound code of an electronic certificate was shown."""

    material: str
    identifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateFailed:
    """What was shown cannot stand for the paper, or nothing was shown."""

    material: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaperScanned:
    """A page was captured."""

    material: str
    page: ScannedPage = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageKept:
    """The resident has looked at the page that was taken, and hands it in."""


@dataclass(frozen=True, slots=True)
class PageRetaken:
    """The resident wants it taken again."""


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """No page was captured."""

    material: str
    reason: str


DecidedOn = FieldDisputed | PageKept | PageRetaken
"""What the resident says of something that was shown to be looked at."""
