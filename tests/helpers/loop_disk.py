"""A file system of its own in a file, that can lose its power or be full. Needs root and loop devices.

A power cut is the file system's own shutdown call without flushing its log: what was not written to the device by then is gone,
as the journal's promises allow. (What a disk that lies about its cache would lose cannot be had this way.) Whatever a killed run
left mounted is found by the process id in its name and taken down before the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path
from types import TracebackType

# EXT4_IOC_SHUTDOWN (fs/ext4/ext4.h) and XFS_IOC_GOINGDOWN (fs/xfs/libxfs/xfs_fs.h) are both _IOR('X', 125, __u32).
_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 0x2
_PREFIX = "oueban-disk"
_MIB = {"ext4": 256, "xfs": 320}
_MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
    "xfs": ["mkfs.xfs", "-q", "-f"],
}


class NoLoopDisk(Exception):
    """This machine does not let us; the message says why."""


def _run(*words: str | Path) -> str:
    try:
        done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise NoLoopDisk(f"{words[0]} is not installed") from error
    if done.returncode:
        raise NoLoopDisk(f"{words[0]}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout.strip()


def why_not(kind: str = "ext4") -> str:
    """Why there can be no loop disk of this kind here; empty when there can."""
    if os.geteuid() != 0:
        return "only root may mount"
    if shutil.which(_MAKE[kind][0]) is None:
        return f"{_MAKE[kind][0]} is not installed"
    if kind not in Path("/proc/filesystems").read_text(encoding="utf-8").split():
        return f"the kernel does not know {kind}"
    try:
        _run("losetup", "--find")
    except NoLoopDisk as error:
        return str(error)
    return ""


def clean_up_stale() -> None:
    """Take down what runs left that are no longer there. Several processes may do so at the same time."""
    for device, image in _attached().items():
        match = re.search(rf"/{_PREFIX}-(\d+)-[^/]*\.img", image)
        if match is None or Path(f"/proc/{match[1]}").exists():
            continue
        try:
            _take_down(device)
        except NoLoopDisk:
            if _attached().get(device) == image:  # else another process was quicker
                raise
        Path(image.removesuffix(" (deleted)")).unlink(missing_ok=True)


def _attached() -> dict[str, str]:
    """Loop devices in use, each with the file behind it."""
    listed = json.loads(_run("losetup", "--list", "--json") or '{"loopdevices": []}')["loopdevices"]
    return {device["name"]: device["back-file"] or "" for device in listed}


def _take_down(device: str) -> None:
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        if line.split()[0] == device:
            _run("umount", line.split()[1])
    _run("losetup", "--detach", device)


class LoopDisk:
    """Made, mounted at ``mount`` and taken down again as a context."""

    def __init__(self, folder: Path, kind: str = "ext4", mib: int | None = None) -> None:
        """Raises ``NoLoopDisk``."""
        clean_up_stale()
        self.kind = kind
        self.image = folder / f"{_PREFIX}-{os.getpid()}-{kind}.img"
        self.mount = folder / f"{kind}-mount"
        self.mount.mkdir()
        with self.image.open("wb") as file:
            file.truncate((mib or _MIB[kind]) * 2**20)
        _run(*_MAKE[kind], self.image)
        self._device = _run("losetup", "--find", "--show", self.image)
        try:
            self._mount()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> LoopDisk:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def _mount(self) -> None:
        _run("mount", "-t", self.kind, self._device, self.mount)

    def cut_power(self) -> None:
        """From now on nothing reaches the disk. Whoever has files open here must be ended before ``restore_power``."""
        folder = os.open(self.mount, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(folder)

    def restore_power(self) -> None:
        """Mount again what the power cut left; the journal is replayed."""
        _run("umount", self.mount)
        self._mount()

    def free_bytes(self) -> int:
        """What is free for anyone."""
        found = os.statvfs(self.mount)
        return found.f_bavail * found.f_frsize

    def close(self) -> None:
        """Take it down and remove it; safe to repeat."""
        if os.path.ismount(self.mount):
            _run("umount", self.mount)
        if self.image.exists():
            _run("losetup", "--detach", self._device)
            self.image.unlink()
