"""A disk that is full at every single write, or has just so many pages left; and a sync that fails."""

from __future__ import annotations

import json
import logging
import os
import socket
import traceback
from collections.abc import Sequence
from pathlib import Path

from offline_queue.errors import KnownError
from offline_queue.models import CaseCommitted, CaseRefused, RefusalCode
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
    """What the terminal was told about the cases it handed in."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self.refused = 0
        self.wrong: list[str] = []

    def take(self, outbox: Outbox, count: int) -> None:
        """Hand in so many cases; every second one brings a small and a large material."""
        for number in range(count):
            named = keep_both(outbox) if number % 2 and materials_are_sent() else ()
            outcome = outbox.accept(draft(named))
            if isinstance(outcome, CaseCommitted):
                self.acknowledged.append(outcome.case_id)
            else:
                self._note(outcome)

    def _note(self, outcome: CaseRefused) -> None:
        self.refused += 1
        if outcome.code not in _FAIR:
            self.wrong.append(f"refused as {outcome.code}: {outcome.detail}")

    def send(self, outbox: Outbox, world: World) -> None:
        """One pass; a store that says it failed is an answer, anything else raised is a bug."""
        with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
            try:
                new_syncer(outbox, client, world.terminal).run_once()
            except KnownError as error:
                if error.code not in _FAIR_ERRORS:
                    self.wrong.append(f"the pass ended by {error}")


class FullDisks:
    """One queue, on a small disk of its own where there is one, whose disk is full now and then."""

    def __init__(self, folder: Path, disk: LoopDisk | None = None) -> None:
        self._disk = disk
        self.world = World(folder, disk.mount / "terminal" if disk else None, "--process-after", "0")
        self.acknowledged: set[str] = set()
        self.refused = self.kept_though_refused = 0

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
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = os.fork()
        if child == 0:
            ours.close()
            self._live_and_exit(theirs, dies)
        theirs.close()
        words: list[bytes] = []

        def hear(message: bytes) -> None:
            words.append(message)
            if message == b"room":
                supervisor.is_calm = True
                ours.send(b"go on")

        with ours:
            supervisor.serve(ours, hear)
        _, status = os.waitpid(child, 0)
        wrong = [] if status == 0 else [f"the terminal ended with status {status}"]
        wrong += self._hear([word for word in words if word != b"room"])
        in_doubt = dies and bool(supervisor.failed) and "sync" in supervisor.failed[0]
        failed = f"call {call} ({', '.join(supervisor.failed[:3])}), stays full: {stays_full}, dies: {dies}"
        return bool(supervisor.failed), [f"{failed}: {one}" for one in wrong + self._inspect(in_doubt=in_doubt)]

    def _hear(self, words: Sequence[bytes]) -> list[str]:
        told = [json.loads(word) for word in words]
        self.acknowledged.update(case_id for one in told for case_id in one["acknowledged"])
        self.refused += sum(one["refused"] for one in told)
        return [wrong for one in told for wrong in one["wrong"]]

    def _live_and_exit(self, control: socket.socket, dies: bool) -> None:
        code = 1
        try:
            self._live(control, dies)
            code = 0
        except BaseException:
            _tell(control, wrong=[traceback.format_exc()[-1500:]])
        finally:
            os._exit(code)

    def _live(self, control: socket.socket, dies: bool) -> None:
        logging.disable()  # its writes would be counted as well
        submit_to_supervisor(control)
        try:
            outbox = open_queue(self.world.terminal)
        except KnownError as error:
            wrong = [] if error.code in _FAIR_ERRORS else [f"opening failed as {error}"]
            _tell(control, wrong=wrong)
            return
        first = Tally()
        first.take(outbox, _CASES)
        first.send(outbox, self.world)
        first.take(outbox, 1)
        _tell(control, first)
        if dies:
            return
        control.send(b"room")
        control.recv(16)
        again = Tally()
        again.take(outbox, first.refused)
        again.wrong += [f"{again.refused} refused though there is room"] * bool(again.refused)
        again.send(outbox, self.world)
        _tell(control, again)
        outbox.close()

    def _inspect(self, *, in_doubt: bool = False) -> list[str]:
        world = self.world
        with open_queue(world.terminal) as outbox:
            there = {row["case_id"] for row in rows_of(outbox)}
            # The one thing that is known not to hold: see "Not yet" in docs/reliability.md.
            self.kept_though_refused += in_doubt and len(there - self.acknowledged) == 1
            wrong = check_all(outbox, world.held(), self.acknowledged, beyond=int(in_doubt))
            self.acknowledged |= there  # whatever should not be there is told once, not in every run that follows
            with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
                wrong += drain(outbox, new_syncer(outbox, client, world.terminal))
            held = world.held()
            wrong += check_once(outbox, held, self.acknowledged, beyond=0) + check_claims(outbox, held)
        return wrong + check_secrets(world.terminal)

    # The last pages of a true disk

    def run_with_pages_left(self, pages: int) -> tuple[bool, list[str]]:
        """A life on a disk that has this many pages left. Returns whether anything was refused, and what is wrong."""
        assert self._disk
        first, again = Tally(), Tally()
        filler = self._disk.mount / "filler"
        with open_queue(self.world.terminal) as outbox:
            _fill(filler, self._disk, pages)
            first.take(outbox, _CASES)
            first.send(outbox, self.world)
            first.take(outbox, 1)
        reopened = self._reopen_while_full(first)
        filler.unlink()
        with open_queue(self.world.terminal) as outbox:
            again.take(outbox, first.refused)
        again.wrong += [f"{again.refused} refused though there is room"] * bool(again.refused)
        self.acknowledged.update(first.acknowledged, again.acknowledged)
        self.refused += first.refused
        wrong = first.wrong + again.wrong + self._inspect()
        return bool(first.refused) or not reopened, [f"{pages} pages left: {one}" for one in wrong]

    def _reopen_while_full(self, tally: Tally) -> bool:
        try:
            with open_queue(self.world.terminal) as outbox:
                tally.take(outbox, 1)
        except KnownError as error:
            if error.code not in _FAIR_ERRORS:
                tally.wrong.append(f"opening on a full disk failed as {error}")
            return False
        return True


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


def _tell(control: socket.socket, tally: Tally | None = None, *, wrong: Sequence[str] = ()) -> None:
    told = {
        "acknowledged": tally.acknowledged if tally else [],
        "refused": tally.refused if tally else 0,
        "wrong": [*(tally.wrong if tally else ()), *wrong],
    }
    control.send(json.dumps(told).encode())
