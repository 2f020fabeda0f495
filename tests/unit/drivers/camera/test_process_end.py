"""A process that ends while a reader is inside a call waits for it: Python would tear the thread out of C++ code, and abort."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, time
import numpy as np
from drivers.camera.driver import OpenCvCamera
from drivers.camera.presence import AT_REST
from drivers.camera.types import CameraCapabilities
from drivers.types import Deadline

class Slow:
    capabilities = CameraCapabilities(64, 48, 1.0)
    is_recording = False
    def presence(self): return AT_REST
    def open(self): return self
    def read(self):
        time.sleep(1.2)
        return np.zeros((48, 64, 3), np.uint8)
    def close(self): print("released", flush=True)

camera = OpenCvCamera("slow", Slow())
camera.start()
camera.wait_newer(None, Deadline(30))
if sys.argv[1] == "stopped":
    camera.stop()
sys.exit(7)
"""


@pytest.mark.parametrize("how", ["stopped", "running"])
def test_the_reader_comes_back_before_the_process_ends(how: str) -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "released\n", "")
