"""python-escpos, imported at first use and with the side effects of its import contained."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, cast

_PICKLE_VARIABLE = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_importing = threading.Lock()


class Generator(Protocol):
    """What we use of ``escpos.printer.Dummy``, which collects the bytes it makes; python-escpos carries no usable types."""

    @property
    def output(self) -> bytes:
        """Bytes made so far."""
        ...

    def clear(self) -> None:
        """Forget them."""
        ...

    def set(self, **modes: object) -> None:
        """ESC a, ESC E, GS !: only the modes that are named."""
        ...

    def print_and_feed(self, n: int) -> None:
        """ESC d n."""
        ...

    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None:
        """GS ( k, functions 65, 67, 69, 80, 81."""
        ...

    def cut(self, *, mode: str, feed: bool) -> None:
        """GS V 66 0 when ``feed`` is False: forward to the cutter, then cut."""
        ...

    def _raw(self, msg: bytes) -> None: ...


def new_generator() -> Generator:
    """A new byte generator; the first call takes 0.3 s."""
    with _importing:
        return _generator_class()()


@lru_cache(maxsize=1)
def _generator_class() -> Callable[[], Generator]:
    root = logging.getLogger()
    # WORKAROUND for python-escpos 3.1: it calls logging.basicConfig(), which does nothing when there is a handler.
    placeholder = logging.NullHandler()
    root.addHandler(placeholder)
    before = os.environ.get(_PICKLE_VARIABLE)
    # WORKAROUND for python-escpos 3.1: it loads a pickle; never one from a directory that others can write to.
    with tempfile.TemporaryDirectory(prefix="escpos-") as private:
        os.environ[_PICKLE_VARIABLE] = private
        try:
            from escpos.printer import Dummy
        finally:
            root.removeHandler(placeholder)
            del os.environ[_PICKLE_VARIABLE]
            if before is not None:
                os.environ[_PICKLE_VARIABLE] = before
    return cast("Callable[[], Generator]", Dummy)
