"""The watch on a true network that truly changes, in a namespace of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UNSHARE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]


def why_not() -> str:
    """Why no namespace can be had here; empty when it can."""
    if missing := [program for program in ("unshare", "ip") if shutil.which(program) is None]:
        return f"there is no {' and no '.join(missing)} on this machine"
    tried = subprocess.run([*UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return f"no network namespace here: {tried.stderr.decode(errors='replace').strip()}" if tried.returncode else ""


WHY_NOT = why_not()


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "usable")
def test_true_changes_are_noticed_and_forged_ones_are_not() -> None:
    ended = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.helpers.network_child"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    seen = told["seen"]
    assert seen.pop("new_link", True), "a kernel that can make dummy links tells of them"
    assert seen == {
        "nothing": False,
        "link_up": True,
        "address": True,
        "address_gone": False,
        "address_v6": True,
        "route": True,
        "route_gone": False,
        "forged": False,
        "more_than_fits": True,
    }
    assert told["watched"] == {"started": True, "woken": True, "calls": 1, "stopped": True}
