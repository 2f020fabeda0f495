"""The Wayland kiosk compositor cage, for tests: without a screen, or in a window of an X display that can be touched and seen."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.x_display import XDisplay

_OTHER_USER = "nobody"


class NoCompositor(Exception):
    """It cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Compositor:
    """Where programs find it."""

    wayland: str
    """Path of its socket."""
    x_number: int
    """Number of its Xwayland."""


def missing_packages() -> str:
    """Debian packages that are wanted and not there; empty when all are."""
    wanted = {"cage": "cage", "Xwayland": "xwayland", "Xvfb": "xvfb"}
    return " ".join(package for program, package in wanted.items() if shutil.which(program) is None)


@contextmanager
def cage(inside: XDisplay | None = None) -> Iterator[Compositor]:
    """A compositor that runs until the end; raises ``NoCompositor``.

    It refuses root, so root runs it as another user. Whoever is shown on it need not be that user.
    """
    with tempfile.TemporaryDirectory(prefix="cage-") as name:
        folder = Path(name)
        command = ["cage", "--", "sh", "-c", 'echo "$WAYLAND_DISPLAY $DISPLAY"; exec sleep 600']
        user, group = os.geteuid(), os.getegid()
        if user == 0:
            user, group = pwd.getpwnam(_OTHER_USER)[2:4]
            os.chown(folder, user, group)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "XDG_RUNTIME_DIR": name,
            "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_BACKENDS": "headless" if inside is None else "x11",
        } | ({} if inside is None else {"DISPLAY": f":{inside.number}"})
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=[] if os.geteuid() == 0 else None,
            )
        try:
            line = process.stdout.readline().split() if process.stdout is not None else []
            if len(line) != 2:
                raise NoCompositor((folder / "log").read_text(errors="replace")[-500:])
            number = int(line[1].partition(".")[0].lstrip(":"))
            _open_xwayland(number, folder.stat().st_uid)
            yield Compositor(str(folder / line[0]), number)
        finally:
            _end(process.pid)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _open_xwayland(number: int, user: int) -> None:
    """Its own user tells it to let others in."""
    before = os.geteuid()
    os.seteuid(user)
    try:
        display = XDisplay(number)
    finally:
        os.seteuid(before)
    display.let_everybody_in()
    display.close()


def _end(group: int) -> None:
    """SIGTERM ends cage 0.1 in an assertion: Xwayland, which takes its lock away, and the sleeper are told themselves."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
