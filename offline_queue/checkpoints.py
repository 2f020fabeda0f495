"""Folding the write-ahead log into the queue file, off the path of a commit.

SQLite would do it within the commit that fills the log, and that resident would wait. A thread of our own does it when commits
have paused, or when the log has grown long; with a connection of its own, in passive passes that hold nobody up. Commits that
come meanwhile land behind what is folded; the last few are folded while commits wait, a millisecond at most, so that the log can
begin anew at its start: a log that is written over costs half the disk time of one that grows.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing

from offline_queue.errors import KnownError
from offline_queue.settings import QueueSettings

_log = logging.getLogger(__name__)
_FEW_PAGES = 64
_RETRY_S = 5.0


class Checkpointer:
    """Owns the thread. It starts with the first commit and costs nothing while there are none."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        commits: AbstractContextManager[object],
        settings: QueueSettings,
    ) -> None:
        """``commits`` is the lock that every commit of this process holds."""
        self._connect = connect
        self._commits = commits
        self._settings = settings
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        # Each counter has one writer: commits, one at a time, and the thread.
        self._committed = 0
        self._folded = 0
        self._is_asleep = False
        self._stopping = False

    def note_commit(self, weight: int = 1) -> None:
        """A transaction that fills the log like ``weight`` cases was committed. Called with ``commits`` held; must stay cheap."""
        self._committed += weight
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="queue-checkpoints", daemon=True)
            self._thread.start()
        elif self._is_asleep or self.unfolded >= self._settings.checkpoint_every:
            with self._condition:
                self._condition.notify()

    def stop(self) -> None:
        """End the thread; safe to repeat. What is in the log stays there, or is folded by whoever closes the file last."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while count := self._wait():
            try:
                self._fold()
            except (sqlite3.Error, KnownError, OSError) as error:
                # The log only grows meanwhile; the disk's trouble shows at the next commit, where it can be told.
                _log.warning("the log could not be folded in: %s", error)
                with self._condition:
                    self._condition.wait_for(lambda: self._stopping, _RETRY_S)
            else:
                self._folded += count

    def _wait(self) -> int:
        """Until commits have paused or the log is long. Returns how many lie in the log, 0 when it is time to end."""
        with self._condition:
            seen = 0
            while not self._stopping:
                self._is_asleep = True
                count = self.unfolded
                if count >= self._settings.checkpoint_every or 0 < count == seen:
                    return count
                seen = count
                if count:
                    self._is_asleep = False
                self._condition.wait(self._settings.checkpoint_pause_s if count else None)
            return 0

    @property
    def unfolded(self) -> int:
        """How many cases' worth of pages lies in the log only."""
        return self._committed - self._folded

    def _fold(self) -> None:
        with closing(self._connect()) as connection:
            for _ in range(3):
                if self._pass(connection) <= _FEW_PAGES:
                    break
            with self._commits:
                self._pass(connection)

    @staticmethod
    def _pass(connection: sqlite3.Connection) -> int:
        """Fold what can be folded; returns how many pages are left in the log. A reader elsewhere may hold some back."""
        _, in_log, folded = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return max(0, int(in_log) - int(folded))
