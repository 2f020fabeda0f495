"""A disk that is full at every single write, or has just so many pages left; and a sync that fails."""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import signal
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

from offline_queue.errors import KnownError
from offline_queue.models import CaseCommitted, RefusalCode
from offline_queue.store import Outbox
from offline_queue.transport import PlatformClient
from tests.helpers.call_faults import Supervisor, submit_to_supervisor
from tests.helpers.fault_world import World, draft, keep_both, materials_are_sent, open_queue
from tests.helpers.loop_disk import LoopDisk
from tests.helpers.queue_invariants import check_all, check_claims, check_once, check_secrets, drain, new_syncer, rows_of

_ALWAYS = 10**9
_FAIR = {RefusalCode.DISK_FULL, RefusalCode.STORAGE_FAILED, RefusalCode.MATERIAL_MISSING}
_FAIR_ERRORS = {"disk_full", "io_error", "cannot_open"}
"""SQLite tells a new file that could not be made as the last."""
_CASES = 4
_PAGE = 4096


class Tally:
    """What the terminal is told about the cases it hands in; passed on at once, for its process may end at any moment."""

    def __init__(self, control: socket.socket | None = None) -> None:
        self._control = control
        self.acknowledged: list[str] = []
        self.refused = 0
        self.wrong: list[str] = []

    def hear(self, word: bytes) -> None:
        """Take in what another process's tally has told."""
        kind, text = json.loads(word)
        if kind == "acknowledged":
            self.acknowledged.append(text)
        elif kind == "refused":
            self.refused += 1
        else:
            self.wrong.append(text)

    def tell(self, kind: str, text: str) -> None:
        """Write down something, here and there."""
        word = json.dumps((kind, text)).encode()
        self.hear(word)
        if self._control:
            self._control.send(word)

    def take(self, outbox: Outbox, count: int) -> None:
        """Hand in so many cases; every second one brings a small and a large material."""
        for number in range(count):
            named = keep_both(outbox) if number % 2 and materials_are_sent() else ()
            outcome = outbox.accept(draft(named))
            if isinstance(outcome, CaseCommitted):
                self.tell("acknowledged", outcome.case_id)
                continue
            self.tell("refused", outcome.code)
            if outcome.code not in _FAIR:
                self.tell("wrong", f"refused as {outcome.code}: {outcome.detail}")

    def retake(self, outbox: Outbox, count: int) -> None:
        """Hand in again what was refused; now there is room."""
        before = self.refused
        self.take(outbox, count)
        if self.refused > before:
            self.tell("wrong", f"{self.refused - before} of {count} refused though there is room")

    def send(self, outbox: Outbox, world: World) -> None:
        """One pass; a store that says it failed is an answer, anything else raised is a bug."""
        with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
            try:
                new_syncer(outbox, client, world.terminal).run_once()
            except KnownError as error:
                self.excuse("the pass ended by", error)

    def excuse(self, what: str, error: KnownError) -> None:
        """A full disk is a good reason, nothing else is."""
        if error.code not in _FAIR_ERRORS:
            self.tell("wrong", f"{what} {error}")


class FullDisks:
    """One queue, on a small disk of its own where there is one, whose disk is full now and then."""

    def __init__(self, folder: Path, disk: LoopDisk | None = None) -> None:
        self._disk = disk
        self.world = World(folder, disk.mount / "terminal" if disk else None, "--process-after", "0")
        self.acknowledged: set[str] = set()
        self.refused = self.kept_though_refused = self.bus_errors = 0

    def close(self) -> None:
        """End the platform."""
        self.world.platform.stop()

    # Every single call

    def run(self, call: int, *, stays_full: bool, dies: bool) -> tuple[bool, list[str]]:
        """A terminal's life in which the ``call``-th writing call fails, alone or with all that follow until there is room.

        ``dies``: it ends by force while the disk is full, instead of going on once there is room. Returns whether any call
        failed, and what is wrong.
        """
        supervisor = Supervisor(call, _ALWAYS if stays_full else call)
        tally = Tally()

        def hear(control: socket.socket, message: bytes) -> None:
            if message == b"room":
                supervisor.is_calm = True
                control.send(b"go on")
            else:
                tally.hear(message)

        def watch(control: socket.socket) -> None:
            supervisor.serve(control, lambda message: hear(control, message))

        status = self._in_child(lambda control: self._live(control, dies), watch)
        if status:
            tally.wrong.append(f"the terminal ended with status {status}")
        in_doubt = dies and bool(supervisor.failed) and "sync" in supervisor.failed[0]
        failed = f"call {call} ({', '.join(supervisor.failed[:3])}), stays full: {stays_full}, dies: {dies}"
        return bool(supervisor.failed), [f"{failed}: {one}" for one in self._settle(tally, in_doubt=in_doubt)]

    @staticmethod
    def _in_child(live: Callable[[socket.socket], None], watch: Callable[[socket.socket], None]) -> int:
        """``live`` in a process of its own, ``watch`` here; returns how it ended: 0, an exit code, or a signal below zero."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = os.fork()
        if child == 0:
            ours.close()
            code = 1
            try:
                logging.disable()  # its writes would be counted as well
                faulthandler.disable()
                live(theirs)
                code = 0
            except BaseException:  # noqa: BLE001 - the child must end here, whatever it was; its parent tells
                Tally(theirs).tell("wrong", traceback.format_exc()[-1500:])
            finally:
                os._exit(code)
        theirs.close()
        with ours:
            watch(ours)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _live(self, control: socket.socket, dies: bool) -> None:
        submit_to_supervisor(control)
        tally = Tally(control)
        try:
            outbox = open_queue(self.world.terminal)
        except KnownError as error:
            tally.excuse("opening failed as", error)
            return
        tally.take(outbox, _CASES)
        tally.send(outbox, self.world)
        tally.take(outbox, 1)
        if dies:
            return
        control.send(b"room")
        control.recv(16)
        tally.retake(outbox, tally.refused)
        tally.send(outbox, self.world)
        outbox.close()

    def _settle(self, tally: Tally, *, in_doubt: bool = False, killed: bool = False) -> list[str]:
        self.acknowledged.update(tally.acknowledged)
        self.refused += tally.refused
        return tally.wrong + self._inspect(in_doubt=in_doubt, killed=killed)

    def _inspect(self, *, in_doubt: bool, killed: bool) -> list[str]:
        world = self.world
        with open_queue(world.terminal) as outbox:
            there = {row["case_id"] for row in rows_of(outbox)}
            # The one thing that is known not to hold: see "Not yet" in docs/reliability.md.
            self.kept_though_refused += in_doubt and len(there - self.acknowledged) == 1
            wrong = check_all(outbox, world.held(), self.acknowledged, beyond=int(in_doubt or killed))
            self.acknowledged |= there  # whatever should not be there is told once, not in every run that follows
            with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
                wrong += drain(outbox, new_syncer(outbox, client, world.terminal))
            held = world.held()
            wrong += check_once(outbox, held, self.acknowledged, beyond=0) + check_claims(outbox, held)
        return wrong + check_secrets(world.terminal)

    # The last pages of a true disk

    def run_with_pages_left(self, pages: int) -> tuple[bool, list[str]]:
        """A life on a disk that has this many pages left. Returns whether anything was refused, and what is wrong."""
        tally = Tally()

        def watch(control: socket.socket) -> None:
            while word := control.recv(65_536):
                tally.hear(word)

        status = self._in_child(lambda control: self._live_with(pages, Tally(control)), watch)
        if status == -signal.SIGBUS:
            self.bus_errors += 1
        elif status:
            tally.wrong.append(f"the terminal ended with status {status}")
        self._filler.unlink()
        suffered = bool(tally.refused) or bool(status)
        with open_queue(self.world.terminal) as outbox:
            tally.retake(outbox, tally.refused)
        return suffered, [f"{pages} pages left: {one}" for one in self._settle(tally, killed=status == -signal.SIGBUS)]

    @property
    def _filler(self) -> Path:
        assert self._disk
        return self._disk.mount / "filler"

    def _live_with(self, pages: int, tally: Tally) -> None:
        assert self._disk
        with open_queue(self.world.terminal) as outbox:
            _fill(self._filler, self._disk, pages)
            tally.take(outbox, _CASES)
            tally.send(outbox, self.world)
            tally.take(outbox, 1)
        try:
            with open_queue(self.world.terminal) as outbox:
                tally.take(outbox, 1)
        except KnownError as error:
            tally.excuse("opening on a full disk failed as", error)
            tally.tell("refused", "not opened")


def _fill(filler: Path, disk: LoopDisk, pages: int) -> None:
    """Leave this many pages, as nearly as the file system lets us: by large steps, then by single ones."""
    with filler.open("wb") as file:
        offset = 0
        for step in (2**20, 64 * 1024, _PAGE):
            while disk.free_bytes() > pages * _PAGE + step:
                try:
                    os.posix_fallocate(file.fileno(), offset, step)
                except OSError:
                    break
                offset += step
        os.fsync(file.fileno())
