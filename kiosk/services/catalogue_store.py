"""The catalogue in force on this machine: the newest good one that the platform published, or the packaged one.

What is kept on the disk is the signed publication itself, and the one before it: both are checked again at every start, so a
file that was damaged or exchanged is not believed, and the one before it, or the packaged one, takes its place.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from contract.catalogues import CatalogueAnswer, CatalogueStatement, SignedCatalogue, check, etag_of, unpack
from contract.kiosks import ReceiptKey
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.reading import CatalogueError, read
from offline_queue.files import write_durably
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)
_CURRENT, _PREVIOUS = "published.json", "published-before.json"
_MAX_FILE_BYTES = 8 << 20
_UP_TO_DATE = frozenset({"not_modified", "no_catalogue"})


class CatalogueLine(Protocol):
    """The line to the platform."""

    def catalogue(self, etag: str) -> CatalogueAnswer | Failure:
        """The catalogue in force, ``not_modified`` when ``etag`` names it."""
        ...


class InForce:
    """The catalogue that visits go by: it changes only while nobody is served."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def get(self) -> Catalogue:
        """Now."""
        return self.catalogue


@dataclass(frozen=True, slots=True)
class Held:
    """A publication that was checked and read."""

    statement: CatalogueStatement
    catalogue: Catalogue


class CatalogueStore:
    """One thread refreshes; any may ask."""

    def __init__(self, folder: Path, keys: Callable[[], tuple[ReceiptKey, ...]], packaged: Catalogue) -> None:
        self._folder = folder
        self._keys = keys
        self._packaged = packaged
        self._lock = threading.Lock()
        self._held: Held | None = None
        self.problem = ""
        """Why the newest publication was not taken, in words; empty when it was."""
        self._open()

    @property
    def catalogue(self) -> Catalogue:
        """In force now."""
        with self._lock:
            return self._held.catalogue if self._held is not None else self._packaged

    @property
    def serial(self) -> int:
        """Of the publication in force; 0 for the packaged catalogue."""
        with self._lock:
            return self._held.statement.serial if self._held is not None else 0

    def refresh(self, line: CatalogueLine) -> bool:
        """Ask the platform; True when a newer catalogue is in force now. Whatever is wrong with it, the present one stays."""
        with self._lock:
            held = self._held
        answer = line.catalogue(etag_of(held.statement) if held is not None else "")
        if isinstance(answer, Failure):
            if answer.code not in _UP_TO_DATE:
                _log.info("no catalogue: %s", answer.code)
            return False
        found = self._read(answer.catalogue, newer_than=self.serial)
        if isinstance(found, str):
            self._refuse(found)
            return False
        try:
            self._keep(answer.catalogue)
        except OSError as error:
            self._refuse(f"it cannot be kept: {error.strerror or error}")
            return False
        with self._lock:
            self._held = found
        self.problem = ""
        _log.info("catalogue %s, serial %d, is in force", found.statement.version, found.statement.serial)
        return True

    def _refuse(self, why: str) -> None:
        if why != self.problem:
            _log.warning("the published catalogue was not taken: %s", why)
        self.problem = why

    def _read(self, signed: SignedCatalogue, newer_than: int) -> Held | str:
        """Signature first, files then, rules last."""
        statement = check(signed, self._keys())
        if isinstance(statement, str):
            return statement
        if statement.serial <= newer_than:
            return f"its serial {statement.serial} is not newer than {newer_than}"
        files = unpack(signed.packed)
        if isinstance(files, str):
            return files
        try:
            return Held(statement, read(files))
        except CatalogueError as error:
            return str(error)[:500]

    def _keep(self, signed: SignedCatalogue) -> None:
        """The present one becomes the one before; a power cut at any point leaves at least one of them whole.

        A file that does not open any more never takes the place of one that does.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        current = self._folder / _CURRENT
        if isinstance(self._open_file(current), Held):
            write_durably(self._folder / _PREVIOUS, current.read_bytes())
        write_durably(current, msgspec.json.encode(signed))

    def _open(self) -> None:
        for name in (_CURRENT, _PREVIOUS):
            found = self._open_file(self._folder / name)
            if isinstance(found, Held):
                self._held = found
                return
            if found:
                self._refuse(f"{name}: {found}")

    def _open_file(self, path: Path) -> Held | str:
        try:
            with path.open("rb") as file:
                content = file.read(_MAX_FILE_BYTES + 1)
            return self._read(msgspec.json.decode(content, type=SignedCatalogue), newer_than=0)
        except FileNotFoundError:
            return ""
        except (OSError, msgspec.DecodeError) as error:
            return f"it cannot be read ({type(error).__name__})"
