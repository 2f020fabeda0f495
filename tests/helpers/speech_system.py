"""A speech-dispatcher of one's own, in a folder of one's own, that speaks into a file."""

from __future__ import annotations

import array
import os
import shutil
import subprocess
import time
from pathlib import Path

_SPEECHD = """\
LogLevel 0
AudioOutputMethod "alsa"
AudioALSADevice "default"
AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"
DefaultModule espeak-ng
"""
_MODULES = Path("/etc/speech-dispatcher/modules")
_START_S = 20.0


def missing() -> str:
    """What is not installed; empty when all is there."""
    wanted = {"speech-dispatcher": shutil.which("speech-dispatcher"), "espeak-ng module": (_MODULES / "espeak-ng.conf").exists()}
    return ", ".join(name for name, found in wanted.items() if not found)


class SpeechSystem:
    """Speaks as fast as the null device takes it, and keeps every sample."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.samples = folder / "spoken.raw"
        self._socket = folder / "speechd.sock"
        (folder / "conf" / "modules").mkdir(parents=True)
        shutil.copy(_MODULES / "espeak-ng.conf", folder / "conf" / "modules")
        (folder / "conf" / "speechd.conf").write_text(_SPEECHD + f'LogDir "{folder}"\n')
        (folder / "asound.conf").write_text(
            f'pcm.!default {{ type file slave.pcm "null" file "{self.samples}" format "raw" }}\n'
            "pcm.null { type null }\nctl.!default { type null }\n"
        )
        self._process = subprocess.Popen(
            [
                "speech-dispatcher",
                "-s",
                "-c",
                "unix_socket",
                "-S",
                self._socket,
                "-C",
                folder / "conf",
                "-P",
                folder / "pid",
                "-t",
                "0",
            ],
            env=os.environ
            | {"ALSA_CONFIG_PATH": str(folder / "asound.conf"), "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + _START_S
        while not self._socket.exists():
            if time.monotonic() > ends or self._process.poll() is not None:
                raise RuntimeError("speech-dispatcher does not start")
            time.sleep(0.05)

    @property
    def environment(self) -> dict[str, str]:
        """For whoever shall speak through it."""
        return {"SPEECHD_ADDRESS": f"unix_socket:{self._socket}", "HOME": str(self.folder)}

    def loudest(self) -> int:
        """The loudest sample that was spoken so far."""
        data = self.samples.read_bytes() if self.samples.exists() else b""
        return max(map(abs, array.array("h", data[: len(data) // 2 * 2])), default=0)

    def seconds(self) -> float:
        """How much was spoken so far, at espeak-ng's rate."""
        return self.samples.stat().st_size / 2 / 22_050 if self.samples.exists() else 0.0

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
