"""Keeps what a resident shows the terminal in the memory of its processes, and nowhere else."""

from __future__ import annotations

import logging

from drivers import hardening

_log = logging.getLogger(__name__)


def harden() -> None:
    """Call first thing in a process that serves residents: no core dumps, no swap, freed memory overwritten.

    What the system refuses is logged at INFO level; the terminal serves nevertheless.
    """
    for was_done, what in (
        (hardening.forbid_core_dumps(), "forbid others to read this process's memory"),
        (hardening.overwrite_freed_memory(), "have freed memory overwritten"),
        (hardening.keep_out_of_swap() or not hardening.has_swap(), "keep its memory out of the swap area"),
    ):
        if not was_done:
            _log.info("the system does not let this process %s", what)
