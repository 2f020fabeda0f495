"""``kiosk-fleet serve``: one process with the web server and the background processor."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from fleet.app import create_app
from fleet.console.access import is_loopback
from fleet.errors import PlatformError
from fleet.listen import Listen
from fleet.materials import SweeperThread
from fleet.platform import Platform
from fleet.processing import ProcessorThread

GRACE_S = 10
"""How long requests under way may still take when the platform is told to stop."""


class _Server(uvicorn.Server):
    """Tells when it is really listening."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(data: Path, listen: Listen, process_after_s: float | None, say_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``process_after_s`` ``None`` leaves processing to ``kiosk-fleet process``.

    ``say_ready`` is given the address once connections are taken. Raises ``PlatformError``.
    """
    with ExitStack() as stack:
        platform = stack.enter_context(Platform(data))
        bound = stack.enter_context(_bind(listen))
        if process_after_s is not None:
            thread = ProcessorThread(platform.processor, process_after_s)
            thread.start()
            stack.callback(thread.stop)
        sweeper = SweeperThread(platform.materials)
        sweeper.start()
        stack.callback(sweeper.stop)
        config = uvicorn.Config(
            create_app(platform, listens_on_loopback=is_loopback(listen.host)),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        # uvicorn raises the signal again once it has shut down; without a handler of ours it would end us instead of exit code 0.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        _Server(config, lambda: say_ready(_url(bound))).run(sockets=[bound])


def _bind(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((listen.host, listen.port))
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one
        bound.close()
        raise PlatformError(
            f"cannot listen on {listen.host}:{listen.port}: {getattr(error, 'strerror', None) or error}"
        ) from error
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
