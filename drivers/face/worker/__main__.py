"""``python -m drivers.face.worker LINE MEMORY``: for the terminal only; both are numbers of inherited file descriptors."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

HIDDEN_WORD = "--face-worker"
"""First argument that makes a bundled ``kiosk`` be the worker: it has no Python beside it."""


def main(arguments: Sequence[str]) -> int:
    """Serve; returns when the terminal is gone."""
    from drivers.face.worker.serving import serve  # the bundle looks at HIDDEN_WORD before it knows whether models are needed
    from drivers.face.worker.shared_pictures import SharedPictures

    with socket.socket(fileno=int(arguments[0])) as line:
        serve(line, SharedPictures(int(arguments[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
