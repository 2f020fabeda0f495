"""Stands behind the developers' drawer: does what its buttons ask, and tells how the simulated terminal is."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from kiosk.demo.bystander import Bystander
from kiosk.demo.drawer.cables import CableMoves, NetworkMoves
from kiosk.demo.drawer.cards import CardMoves
from kiosk.demo.drawer.codes import CodeMoves
from kiosk.demo.drawer.moves import Move, Moves, Refused
from kiosk.demo.drawer.people import PersonMoves
from kiosk.demo.drawer.printers import DocumentPrinterMoves, ReceiptPrinterMoves
from kiosk.demo.drawer.readings import StoreSeen, device_lines, facts_of, look_at_store
from kiosk.demo.drawer.times import TimeMoves
from kiosk.demo.platform import PlatformFailed
from kiosk.demo.stage import Stage
from ui.devdock.protocol import Group, Reading, Said

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
SAID_KEPT = 40
_JOIN_S = 90.0
"""A platform that is just being started may take so long."""


class StageDeck:
    """A ``Deck`` on a stage that is set. Lives on the GUI thread; what takes long, and the store, have a thread beside it."""

    def __init__(self, stage: Stage, bystander: Bystander) -> None:
        self._stage = stage
        self._cards = CardMoves(stage)
        self._person = PersonMoves(stage, bystander)
        found: Sequence[Moves] = (
            self._cards,
            CodeMoves(stage, self._cards),
            self._person,
            ReceiptPrinterMoves(stage),
            DocumentPrinterMoves(stage),
            CableMoves(stage),
            NetworkMoves(stage),
            TimeMoves(stage),
        )
        moves = [(one, tuple(one.all())) for one in found]
        self.groups = tuple(Group(one.key, one.title, tuple(move.action for move in its)) for one, its in moves)
        self._moves: dict[str, Move] = {move.action.name: move for _, its in moves for move in its}
        self._lock = threading.Lock()
        self._said: deque[Said] = deque(maxlen=SAID_KEPT)
        self._busy: list[str] = []
        self._store = StoreSeen()
        self._errands: queue.SimpleQueue[Move | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="developers' errands")
        self._thread.start()

    def begin(self, name: str) -> None:
        """See ``Deck``. What would take longer than a frame comes in turn, beside the GUI thread."""
        move = self._moves[name]
        if move.action.impossible:
            self._tell(move, Refused(move.action.impossible))
        elif move.is_slow:
            with self._lock:
                self._busy.append(move.action.label)
            self._errands.put(move)
        else:
            self._tell(move, move.do())

    def look(self) -> Reading:
        """See ``Deck``."""
        stage = self._stage
        in_force = frozenset(name for name, move in self._moves.items() if move.is_in_force())
        with self._lock:
            store, said, busy = self._store, tuple(self._said), tuple(self._busy)
        return Reading(
            facts=facts_of(stage, store, self._person.told, self._card_told()),
            devices=device_lines(stage.terminal.devices()),
            in_force=in_force,
            busy=busy,
            said=said,
        )

    def stop(self) -> None:
        """End the errands; to be called before the stage is cleared; may be called twice."""
        self._errands.put(None)
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _log.error("an errand does not end")

    @property
    def slips(self) -> Path:
        """Where the paper comes out."""
        return self._stage.slips

    def _card_told(self) -> str:
        lying = self._cards.lying
        if not lying:
            return ""
        move = self._moves.get(lying)
        return move.action.label if move is not None else "the elder's, by itself"

    def _run(self) -> None:
        self._look_at_store()
        self._cards.warm_up()
        while True:
            try:
                move = self._errands.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                self._look_at_store()
                continue
            if move is None:
                return
            self._do_slowly(move)
            self._look_at_store()

    def _do_slowly(self, move: Move) -> None:
        try:
            outcome = move.do()
        except PlatformFailed as error:
            outcome = Refused(str(error))
        except Exception as error:  # noqa: BLE001 - a bug of ours: it is logged whole, and the drawer shows that there was one
            _log.exception("%s ended by a bug", move.action.name)
            outcome = Refused(f"a bug: {type(error).__name__}")
        with self._lock:
            self._busy.remove(move.action.label)
        self._tell(move, outcome)

    def _look_at_store(self) -> None:
        seen = look_at_store(self._stage.terminal.link)
        with self._lock:
            self._store = seen

    def _tell(self, move: Move, outcome: str | Refused) -> None:
        words, went_wrong = (outcome.why, True) if isinstance(outcome, Refused) else (outcome, False)
        with self._lock:
            self._said.append(Said(time.strftime("%H:%M:%S"), f"{move.action.label}: {words}", went_wrong))
