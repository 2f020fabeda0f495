"""Whose card may still lie on the reader: what was read in one visit is never read in the next until it has been lifted.

Lenient readers give a card that still lies there to whoever comes next, and strict ones do so after any reset. So it is noted
when a card was met, and that note is taken back only when the reader was seen empty. The note outlives the process, as an empty
file: a terminal that was killed in the middle of a visit must not give the card away after its restart.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from drivers.id_card_reader.abstract import IdCardReader
from drivers.types import Deadline
from kiosk.flow.card_events import LEFT_BEHIND
from kiosk.flow.events import CardFailed, CardWasRead
from kiosk.services.cards import read_card

_log = logging.getLogger(__name__)

_NOTHING_MET = frozenset({"card.no_card", "card.cancelled"})


class CardTable:
    """The place where cards are put down. ``read`` and ``look`` run on the reader's thread, the rest may be asked from any."""

    def __init__(self, note: Path | None = None) -> None:
        """``note`` is the file that outlives the process; ``None`` for readers that are used by one visit only."""
        self._note = note
        self._lock = threading.Lock()
        self._may_lie = self._is_left = note is not None and note.exists()

    @property
    def may_hold_card(self) -> bool:
        """A card was met, and has not been seen lifted since."""
        with self._lock:
            return self._may_lie

    @property
    def may_hold_left_card(self) -> bool:
        """The same of a card that was met in an earlier visit."""
        with self._lock:
            return self._is_left

    def visit_is_over(self) -> None:
        """Whatever lies there now belongs to nobody who comes next."""
        with self._lock:
            self._is_left = self._may_lie

    def read(self, reader: IdCardReader, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it; a card of an earlier visit is refused until the reader was seen empty."""
        if self.may_hold_left_card and self.look(reader, deadline) is not False:
            return CardFailed("card.cancelled" if deadline.is_cancelled else LEFT_BEHIND)
        event = read_card(reader, deadline)
        if isinstance(event, CardWasRead) or event.reason not in _NOTHING_MET:
            self._met()
        return event

    def look(self, reader: IdCardReader, deadline: Deadline) -> bool | None:
        """Whether a card lies there; ``None`` when there was no time to find out."""
        seen = reader.sees_card(deadline)
        if seen is False:
            with self._lock:
                self._may_lie = self._is_left = False
            self._write_note(held=False)
        return seen

    def _met(self) -> None:
        with self._lock:
            self._may_lie = True
        self._write_note(held=True)

    def _write_note(self, *, held: bool) -> None:
        if self._note is None:
            return
        try:
            if held:
                self._note.touch()
            else:
                self._note.unlink(missing_ok=True)
        except OSError as error:  # a full or broken disk; in this process it is known all the same
            _log.warning("the note of a card on the reader cannot be kept (%s)", error.strerror)
