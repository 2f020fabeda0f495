"""Runs the emulated scanner until told to stop: what stands behind ``kiosk emulate scanner``."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence

from drivers.barcode_scanner.emulator import LASTING, MEANINGS, Fault, ScannerEmulator
from drivers.barcode_scanner.profiles import ProfileName
from drivers.emulation.language import FaultLanguage, Word, at_most_one, number, plain_word, times_word
from drivers.emulation.line import Host
from drivers.emulation.line_faults import line_words
from drivers.emulation.lines import LineSource, standard_input
from drivers.emulation.stand import Place, stand

SUFFIXES = {"cr": b"\r", "crlf": b"\r\n", "lf": b"\n", "tab": b"\t", "none": b""}
_MOST_WAITING = 10_000


def serve(
    listen: tuple[str, int] | None,
    use_pty: bool,
    suffix: str,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    profile: str = ProfileName.PASSIVE,
    control: tuple[str, int] | None = None,
    lines: LineSource | None = None,
) -> None:
    """Call ``on_ready`` with the URL for the driver, then scan each line of ``lines`` (standard input) until ``stop`` is set.

    A line that comes while nobody is connected, or while the light of a triggered scanner is off, is dropped, as under a true
    scanner. On ``control`` the fault language is taken (``help`` lists it).
    Raises ``OSError`` for a taken port, ``ValueError`` for an unknown suffix or profile.
    """
    if suffix not in SUFFIXES:
        raise ValueError(f"suffix must be one of {', '.join(SUFFIXES)}")
    if profile not in list(ProfileName):
        raise ValueError(f"profile must be one of {', '.join(ProfileName)}")
    emulator = ScannerEmulator(SUFFIXES[suffix], profile=ProfileName(profile))
    desk = _Desk(emulator)
    try:
        stand(
            emulator,
            lambda host: language(emulator, desk.lay_down, host),
            Place(listen, use_pty, control),
            on_ready,
            stop,
            name="barcode_scanner",
            lines=_ScannedLines(standard_input() if lines is None else lines, desk),
        )
    finally:
        desk.close()


def language(emulator: ScannerEmulator, scan: Callable[[bytes], None], host: Host) -> FaultLanguage:
    """The words a running scanner takes; ``scan`` holds a code under it without waiting."""

    def scan_text(words: Sequence[str]) -> None:
        _scan_or_say(emulator, scan, " ".join(words).encode())

    def scan_hex(words: Sequence[str]) -> None:
        _scan_or_say(emulator, scan, bytes.fromhex("".join(words)))

    def noise(words: Sequence[str]) -> None:
        given = at_most_one(words)
        emulator.make_noise(1.0 if given is None else number(given, 0.0, 1.0))

    def slow(words: Sequence[str]) -> None:
        emulator.delay(number(at_most_one(words) or "", 0.0, 3600.0))

    def drip(words: Sequence[str]) -> None:
        emulator.slow_down(number(at_most_one(words) or "", 0.0, 10.0))

    faults = [
        _lasting_word(emulator, fault) if fault in LASTING else times_word(emulator.faults, fault, meaning)
        for fault, meaning in MEANINGS.items()
    ]
    return FaultLanguage(
        [
            Word("scan", "scan TEXT", "hold a code with this text under the scanner", scan_text),
            Word("scan_hex", "scan_hex HEX", "hold a code with these bytes under the scanner", scan_hex),
            *faults,
            Word("noise", "noise [P]", "rubbish ahead of a code, with probability P", noise),
            Word("slow", "slow SECONDS", "think this long before each code and answer", slow),
            Word("drip", "drip SECONDS", "pause this long between any two bytes of a code", drip),
            *line_words(host),
            plain_word("clear", "all faults are over; what is being sent goes out at once", emulator.clear_faults),
        ]
    )


def _lasting_word(emulator: ScannerEmulator, fault: Fault) -> Word:
    return plain_word(fault, MEANINGS[fault], lambda: emulator.faults.inject(fault))


def _scan_or_say(emulator: ScannerEmulator, scan: Callable[[bytes], None], payload: bytes) -> None:
    if not payload:
        raise ValueError("there is no code to scan")
    if not emulator.is_connected:
        raise ValueError("nobody is connected")
    if not emulator.sees:
        raise ValueError("the light is off")
    scan(payload)


class _Desk:
    """Codes waiting to be held under the scanner, one after the other: a slow one must not hold up the control socket."""

    def __init__(self, emulator: ScannerEmulator) -> None:
        self._emulator = emulator
        self._codes: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._hold, name="emulated scanner", daemon=True)
        self._thread.start()

    def lay_down(self, payload: bytes) -> None:
        """Scan as soon as the codes before have been; raises ``ValueError`` when there are too many of them."""
        try:
            self._codes.put_nowait(payload)
        except queue.Full:
            raise ValueError("too many codes are waiting") from None

    def close(self) -> None:
        """End the faults that hold up a code, and join the thread."""
        self._emulator.clear_faults()
        self._codes.put(None)
        self._thread.join(timeout=5.0)

    def _hold(self) -> None:
        while (payload := self._codes.get()) is not None:
            self._emulator.scan(payload)


class _ScannedLines(LineSource):
    """Lines are codes as they are, byte for byte, in whatever encoding: none is left for the language."""

    def __init__(self, source: LineSource, desk: _Desk) -> None:
        super().__init__(None)
        self._source = source
        self._desk = desk

    def take(self) -> list[bytes]:
        """Scan what was typed; more than can wait is dropped."""
        with contextlib.suppress(ValueError):
            for line in self._source.take():
                self._desk.lay_down(line)
        return []
