"""How the machine's own key lies on the disk: as it is, or wrapped by something a stolen disk does not bring along.

A key file is one line that names the wrapper, then what the wrapper made. A file of exactly 32 bytes without such a line is a
raw key of an earlier version. Hence a machine can be moved from one wrapper to another, and what it had stays readable.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from hmac import compare_digest
from typing import Literal, Protocol

from offline_queue.errors import KnownError

RAW_KEY_BYTES = 32
MAX_KEY_FILE_BYTES = 64 * 1024
_MAGIC = b"oueban-key-1 "
_HEAD = re.compile(re.escape(_MAGIC) + rb"([a-z0-9-]{1,32})\n")
_MAX_TOLD = 200


class KeyWrapError(KnownError):
    """A key could not be wrapped or unwrapped. Codes: ``key_program_missing``, ``key_program_timeout``, ``key_refused`` (by the
    program or its TPM), ``key_unreadable`` (no key file of ours, or by a wrapper not known here)."""

    @property
    def may_pass(self) -> bool:
        """True when the key itself may still be good, and only the way to it is not there at the moment."""
        return self.code in {"key_program_missing", "key_program_timeout"}


class KeyWrapper(Protocol):
    """Protects a secret of a few dozen bytes for this machine."""

    @property
    def name(self) -> str:
        """Stands in the key file, so that it is known what can open it again: small letters, digits, hyphens."""
        ...

    def wrap(self, secret: bytes) -> bytes:
        """``secret`` in the form for the disk. Raises ``KeyWrapError``."""
        ...

    def unwrap(self, blob: bytes) -> bytes:
        """What ``wrap`` was given. Raises ``KeyWrapError``."""
        ...


class PlainFile:
    """No wrapping: the file's mode (0600) is the whole protection."""

    name = "file"

    def wrap(self, secret: bytes) -> bytes:
        """The secret itself."""
        return secret

    def unwrap(self, blob: bytes) -> bytes:
        """The blob itself."""
        return blob


class SystemdCreds:
    """Wrapped by ``systemd-creds(1)``, under the machine's TPM, a host key only root can read, or both (``auto``).

    The secret goes through pipes and never stands in an argument or a file. Without root this needs systemd 256 (``--user``).
    """

    name = "systemd-creds"

    def __init__(
        self,
        with_key: Literal["auto", "tpm2", "host"] = "auto",
        *,
        program: str = "systemd-creds",
        credential: str = "oueban-signing-key",
        timeout_s: float = 30.0,
    ) -> None:
        """``credential`` is bound into the blob; a blob made for another purpose does not open."""
        self._program, self._timeout_s = program, timeout_s
        self._bound = [f"--name={credential}", *(["--user"] if os.geteuid() != 0 else [])]
        self._with_key = f"--with-key={with_key}"

    def wrap(self, secret: bytes) -> bytes:
        """Raises ``KeyWrapError``."""
        return self._run("encrypt", [*self._bound, self._with_key], secret)

    def unwrap(self, blob: bytes) -> bytes:
        """Raises ``KeyWrapError``, among others when the blob was made on another machine."""
        return self._run("decrypt", self._bound, blob)

    def _run(self, verb: str, options: list[str], given: bytes) -> bytes:
        command = [self._program, verb, *options, "-", "-"]
        try:
            ended = subprocess.run(command, input=given, capture_output=True, timeout=self._timeout_s, check=False)
        except subprocess.TimeoutExpired:
            # The exception holds what was put in and came out; nothing of it may get into a log.
            raise KeyWrapError("key_program_timeout", f"{self._program} {verb} did not end in {self._timeout_s:g} s") from None
        except OSError as error:
            raise KeyWrapError("key_program_missing", f"{self._program} cannot be started: {error.strerror}") from None
        if ended.returncode != 0:
            raise KeyWrapError("key_refused", f"{self._program} {verb}: {_last_line(ended.stderr) or 'no reason given'}")
        if not 0 < len(ended.stdout) < MAX_KEY_FILE_BYTES // 2:
            raise KeyWrapError("key_refused", f"{self._program} {verb} gave {len(ended.stdout)} bytes")
        return ended.stdout


_WRAPPERS: dict[str, type[PlainFile] | type[SystemdCreds]] = {PlainFile.name: PlainFile, SystemdCreds.name: SystemdCreds}


def make_wrapper(name: str) -> KeyWrapper:
    """The wrapper of that name in its usual form; ``KeyError`` for a name that is none."""
    return _WRAPPERS[name]()


def known_wrappers() -> dict[str, KeyWrapper]:
    """All wrappers in their usual form, by name."""
    return {name: make_wrapper(name) for name in _WRAPPERS}


def to_file(secret: bytes, wrapper: KeyWrapper) -> bytes:
    """Content of a key file. Opened once for trial, because it is about to be the only copy. Raises ``KeyWrapError``."""
    blob = wrapper.wrap(secret)
    if not compare_digest(wrapper.unwrap(blob), secret):
        raise KeyWrapError("key_refused", f"{wrapper.name} does not give back what it was given")
    return _MAGIC + wrapper.name.encode("ascii") + b"\n" + blob


def wrapper_name(content: bytes) -> str:
    """Name of the wrapper that made this key file. Raises ``KeyWrapError`` for what is no key file."""
    if _is_raw(content):
        return PlainFile.name
    head = _HEAD.match(content)
    if head is None or len(content) > MAX_KEY_FILE_BYTES:
        raise KeyWrapError("key_unreadable", "not a key file")
    return head[1].decode("ascii")


def from_file(content: bytes, wrappers: Mapping[str, KeyWrapper]) -> bytes:
    """The key of a key file, opened by whichever of ``wrappers`` made it. Raises ``KeyWrapError``."""
    if _is_raw(content):
        return content
    name = wrapper_name(content)
    if name not in wrappers:
        raise KeyWrapError("key_unreadable", f"wrapped by {name}, which is not known here")
    return wrappers[name].unwrap(content[len(_MAGIC) + len(name) + 1 :])


def _is_raw(content: bytes) -> bool:
    return len(content) == RAW_KEY_BYTES and not content.startswith(_MAGIC)


def _last_line(stderr: bytes) -> str:
    """Why, in the program's words: printable, one line, short."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return "".join(letter for letter in lines[-1] if letter.isprintable())[:_MAX_TOLD] if lines else ""
