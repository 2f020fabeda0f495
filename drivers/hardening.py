"""Keeps the memory of this process to itself: no core dumps, no looking in by others, no swap, freed memory overwritten.

Linux with glibc; whatever the system refuses is reported, not raised. For processes that hold pictures of people.
"""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_M_PERTURB = -6
_PERTURB_BYTE = 0xA5
"""glibc fills freed memory with it, and new memory with its complement."""
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_SIGKILL = 9
_SWAPS = Path("/proc/swaps")


def forbid_core_dumps() -> bool:
    """No core file of this process or its children, and no other process of the same user may read its memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return _prctl(_PR_SET_DUMPABLE, 0)


def overwrite_freed_memory() -> bool:
    """What libraries free (decoders, Qt's pictures) is filled with other bytes at once. Small pieces (up to 1 KiB) are not."""
    mallopt = _function("mallopt")
    return mallopt is not None and mallopt(_M_PERTURB, _PERTURB_BYTE) == 1


def keep_out_of_swap() -> bool:
    """No page of this process is ever written to a swap area; needs CAP_IPC_LOCK or a high RLIMIT_MEMLOCK."""
    mlockall = _function("mlockall")
    return mlockall is not None and mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0


def has_swap() -> bool:
    """True when the system has a swap area at all."""
    try:
        return len(_SWAPS.read_text(encoding="utf-8").splitlines()) > 1
    except OSError:
        return False


def die_with_parent() -> bool:
    """This process is killed when the thread that started it ends."""
    return _prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def _prctl(option: int, value: int) -> bool:
    prctl = _function("prctl")
    return prctl is not None and prctl(option, value, 0, 0, 0) == 0


def _function(name: str) -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    return function
