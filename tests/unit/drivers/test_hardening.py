"""Each protection takes hold. Tried in processes of their own: none of them can be taken back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers import hardening

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

ROOT = Path(__file__).parents[3]


def _ran(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"from drivers import hardening\n{program}"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_no_core_file_is_written_and_nobody_else_looks_in() -> None:
    told = _ran(
        "import os, resource\n"
        "print(hardening.forbid_core_dumps(), resource.getrlimit(resource.RLIMIT_CORE), os.stat('/proc/self/environ').st_uid)"
    )
    assert told == "True (0, 0) 0"


def test_freed_memory_is_overwritten() -> None:
    """The bytes of a large freed piece that stays in the heap are gone."""
    told = _ran(
        "import ctypes\n"
        "c = ctypes.CDLL(None)\n"
        "c.malloc.restype, c.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]\n"
        "def left():\n"
        "    at, above = c.malloc(100_000), c.malloc(100_000)\n"
        "    ctypes.memset(at, 0x42, 100_000)\n"
        "    c.free(at)\n"
        "    return ctypes.string_at(at + 1000, 98_000).count(b'B' * 64)\n"
        "print(left() > 0, hardening.overwrite_freed_memory(), left())"
    )
    assert told == "True True 0"


def test_memory_stays_out_of_the_swap_area_where_that_is_allowed() -> None:
    told = _ran(
        "done = hardening.keep_out_of_swap()\n"
        "locked = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmLck')]\n"
        "print(done == (locked != ['0']))"
    )
    assert told == "True"


def test_where_there_is_no_limit_everything_is_reported_as_done() -> None:
    program = "from kiosk.hardening import harden\nimport logging\nlogging.basicConfig(level='INFO')\nharden()\nprint('served')"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "served"
    assert "read this process's memory" not in told.stderr


def test_a_system_without_a_list_of_swap_areas_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "_SWAPS", Path("/no/such/file"))
    assert not hardening.has_swap()


def test_swap_areas_are_counted_below_the_heading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "swaps"
    monkeypatch.setattr(hardening, "_SWAPS", listed)
    listed.write_text("Filename Type Size Used Priority\n", encoding="ascii")
    assert not hardening.has_swap()
    listed.write_text("Filename Type Size Used Priority\n/swap file 1 0 -2\n", encoding="ascii")
    assert hardening.has_swap()
