"""Finding the address of a network device by its name, within a limit: the system's resolver knows none of its own.

With the network down a look-up may take half a minute. It cannot be ended, so it goes on in a thread of its own and whoever
asked goes away; who asks again meanwhile waits for the same one, so that no more than one thread hangs for each name.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable

from drivers.types import Deadline

Resolve = Callable[[str], str]
"""Name to address in digits; raises ``OSError``. May take as long as it likes."""

_POLL_S = 0.05


def system_resolver(name: str) -> str:
    """The first address that the operating system knows for ``name``; raises ``OSError``."""
    return str(socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)[0][4][0])


class _Search:
    """One look-up under way."""

    def __init__(self, name: str, resolve: Resolve) -> None:
        self.is_over = threading.Event()
        self._address = ""
        self._error: OSError | None = None
        threading.Thread(target=self._run, args=(name, resolve), name=f"look-up of {name}", daemon=True).start()

    def _run(self, name: str, resolve: Resolve) -> None:
        try:
            self._address = resolve(name)
        except (OSError, UnicodeError) as error:  # a name with an empty or endless label is a UnicodeError
            self._error = OSError(str(error))
        finally:
            self.is_over.set()

    def result(self) -> str:
        if self._error is not None:
            raise self._error
        return self._address


class NameLookup:
    """Looks names up; safe from any thread."""

    def __init__(self, resolve: Resolve = system_resolver) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._searches: dict[str, _Search] = {}

    def address(self, name: str, deadline: Deadline) -> str:
        """The address of ``name`` in digits; raises ``OSError``, ``TimeoutError`` among them when the deadline came first."""
        if _is_address(name):
            return name
        search = self._search(name)
        while not search.is_over.wait(min(_POLL_S, deadline.remaining_s)):
            if deadline.is_over:
                raise TimeoutError(f"no address for {name} so far")
        with self._lock:
            if self._searches.get(name) is search:
                del self._searches[name]  # names move: the next one asks anew
        return search.result()

    def _search(self, name: str) -> _Search:
        with self._lock:
            if name not in self._searches:
                self._searches[name] = _Search(name, self._resolve)
            return self._searches[name]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
