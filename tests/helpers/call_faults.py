"""Make the k-th call of a process that changes a disk fail, below SQLite and below Python: by seccomp's user notification.

The process under test installs a filter on itself that asks a supervisor about every such call; the supervisor, its parent, counts
them, lets them through, or answers with an error in the kernel's name. Linux 5.5 and x86-64; no rights are needed.
See seccomp_unotify(2); numbers from <linux/seccomp.h>, <linux/audit.h> and <asm/unistd_64.h>.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_SYS_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER = 317, 1, 1 << 3
_NOTIF_RECV, _NOTIF_SEND, _CONTINUE = 0xC0502100, 0xC0182101, 1
_ALLOW, _ASK, _ARCH = 0x7FFF0000, 0x7FC00000, 0xC000003E
_OPENAT = 257
_SYNCS = {74: "fsync", 75: "fdatasync"}
_MAKES = (_OPENAT, 83)
_CALLS = _SYNCS | {
    1: "write",
    18: "pwrite64",
    20: "writev",
    76: "truncate",
    77: "ftruncate",
    82: "rename",
    83: "mkdir",
    264: "renameat",
    285: "fallocate",
    316: "renameat2",
    _OPENAT: "create",
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06


def why_not() -> str:
    """Why calls cannot be made to fail here; empty when they can."""
    if platform.machine() != "x86_64":
        return "the numbers of the system calls are written down for x86-64 only"
    return "" if platform.system() == "Linux" else "seccomp is Linux's"


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _filter() -> bytes:
    """Ask about our calls of this architecture, allow the rest."""
    numbers = sorted(_CALLS)
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCH), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    steps += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ASK)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def submit_to_supervisor(control: socket.socket) -> None:
    """From here on every such call of this process is asked about over ``control``. To be done while it has one thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(_filter())
    program = _Program(len(_filter()) // 8, ctypes.addressof(code))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    listener = libc.syscall(_SYS_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    socket.send_fds(control, [b"listener"], [listener])
    os.close(listener)


@dataclass
class Supervisor:
    """Decides over the calls. ``first`` is the number of the first one that fails, ``last`` of the last; counted from 1."""

    first: int
    last: int
    seen: int = 0
    failed: list[str] = field(default_factory=list)
    is_calm: bool = False
    """True once nothing is made to fail any more."""

    def serve(self, control: socket.socket, hear: Callable[[bytes], None]) -> None:
        """Until the process has ended. ``hear`` takes what it says over ``control``, datagram by datagram."""
        _, (listener, *_), _, _ = socket.recv_fds(control, 64, 1)
        try:
            poll = select.poll()
            poll.register(listener, select.POLLIN)
            poll.register(control.fileno(), select.POLLIN)
            while True:
                for descriptor, event in poll.poll():
                    if descriptor == listener and event & select.POLLIN:
                        self._decide(listener)
                    elif descriptor == listener:
                        poll.unregister(listener)
                    elif message := control.recv(65_536):
                        hear(message)
                    else:
                        return
        finally:
            os.close(listener)

    def _decide(self, listener: int) -> None:
        asked = bytearray(80)
        try:
            fcntl.ioctl(listener, _NOTIF_RECV, asked)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.EINTR}:
                return  # the caller was killed meanwhile
            raise
        identity, process, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", asked)
        failure = self._failure(process, number, arguments)
        answer = struct.pack("QqiI", identity, 0, -failure, 0 if failure else _CONTINUE)
        try:
            fcntl.ioctl(listener, _NOTIF_SEND, bytearray(answer))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def _failure(self, process: int, number: int, arguments: list[int]) -> int:
        is_write_to_us = number in {1, 20} and arguments[0] <= 2
        if self.is_calm or is_write_to_us or (number in _MAKES and not _makes_something(process, number, arguments)):
            return 0
        self.seen += 1
        if not self.first <= self.seen <= self.last:
            return 0
        self.failed.append(_CALLS[number])
        return errno.EIO if number in _SYNCS else errno.ENOSPC


def _makes_something(process: int, number: int, arguments: list[int]) -> bool:
    """A full disk refuses new names only; what is there already opens as ever."""
    if number == _OPENAT and not arguments[2] & os.O_CREAT:
        return False
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no path of ours
        memory.seek(arguments[1] if number == _OPENAT else arguments[0])
        name = memory.read(4096).partition(b"\0")[0]
    return not Path(f"/proc/{process}/cwd", os.fsdecode(name)).exists()
