"""The power goes while cases are taken and sent; long runs: ``benchmarks.queue_faults``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.fault_runs.load import ROOT
from tests.helpers.fault_runs.power_cuts import PowerCuts
from tests.helpers.loop_disk import LoopDisk, clean_up_stale, why_not

pytestmark = pytest.mark.expects_warnings


@contextmanager
def power_cuts(folder: Path, kind: str, *, reckless: bool = False) -> Iterator[PowerCuts]:
    if why := why_not(kind):
        pytest.skip(f"no {kind} on a loop device: {why}")
    subject = PowerCuts(folder, kind, reckless=reckless)
    try:
        yield subject
    finally:
        subject.close()


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_what_was_acknowledged_outlasts_a_power_cut(tmp_path: Path, kind: str) -> None:
    with power_cuts(tmp_path, kind) as subject:
        assert subject.run(1) == []
        assert subject.acknowledged
        assert subject.raw_traces() == []


def test_without_syncs_the_same_cut_takes_cases(tmp_path: Path) -> None:
    with power_cuts(tmp_path, "ext4", reckless=True) as subject:
        assert any(subject.lost_after_cut(seed) for seed in range(1, 6))


def test_what_a_killed_run_left_mounted_is_taken_down(tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(f"no loop device: {why}")
    code = "import sys, time; from pathlib import Path; from tests.helpers.loop_disk import LoopDisk;"
    code += "disk = LoopDisk(Path(sys.argv[1]), mib=16); print(disk.mount, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        mount = Path(process.stdout.readline().strip())
        assert os.path.ismount(mount)
        clean_up_stale()
        assert os.path.ismount(mount), "a run that lives was disturbed"
        process.send_signal(signal.SIGKILL)
    clean_up_stale()
    assert not os.path.ismount(mount)
    assert not list(tmp_path.glob("*.img"))


def test_a_disk_without_power_takes_nothing_more(tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(f"no loop device: {why}")
    with LoopDisk(tmp_path, mib=16) as disk:
        kept = disk.mount / "kept"
        kept.write_bytes(b"kept")
        with kept.open("rb") as file:
            os.fsync(file.fileno())
        (disk.mount / "not-synced").write_bytes(b"lost")
        disk.cut_power()
        with pytest.raises(OSError, match="error"):
            (disk.mount / "more").write_bytes(b"x")
        disk.restore_power()
        assert kept.read_bytes() == b"kept"
        assert not (disk.mount / "not-synced").exists()
