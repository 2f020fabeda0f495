"""Runs the emulated reader until told to stop: what stands behind ``kiosk emulate id-reader``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.lines import LineSource, standard_input
from drivers.id_card_reader.cards import EmulatedCard, load_card, sample_card
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, RestMode
from drivers.types import Image

_ANY_FREE_PORT = ("127.0.0.1", 0)
_POLL_S = 0.1


def serve(
    listen: tuple[str, int] | None,
    use_pty: bool,
    card_file: Path | None,
    rest_mode: str,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    lines: LineSource | None = None,
) -> None:
    """Lay the card down, call ``on_ready`` with the URL for the driver, serve until ``stop`` is set.

    Without a card file the sample card lies there, with the public-domain portrait that scikit-image brings along.
    ``lines`` (standard input) are commands for ``obey``; one that makes no sense is ignored.
    Raises ``OSError`` for a taken port, ``CardFileError`` for a bad card file, ``ValueError`` for an unknown rest mode.
    """
    emulator = IdReaderEmulator(RestMode(rest_mode))
    card = sample_card(packaged_portrait()) if card_file is None else load_card(card_file)
    emulator.put_card(card)
    source = standard_input() if lines is None else lines
    host = PtyHost(emulator) if use_pty else TcpHost(emulator, *(listen or _ANY_FREE_PORT))
    try:
        on_ready(host.url)
        while not stop.wait(_POLL_S):
            for line in source.take():
                obey(emulator, card, line.decode("utf-8", "replace"))
    finally:
        emulator.clear_faults()
        host.stop()


def obey(emulator: IdReaderEmulator, card: EmulatedCard, line: str) -> bool:
    """Carry out ``put``, ``lift``, ``clear``, ``slow SECONDS`` or ``FAULT [TIMES]``; False when the line is none of these."""
    verb, _, argument = line.strip().partition(" ")
    try:
        match verb:
            case "put":
                emulator.put_card(card)
            case "lift":
                emulator.lift_card()
            case "clear":
                emulator.clear_faults()
            case "slow":
                emulator.slow_down(float(argument))
            case _:
                emulator.inject(Fault(verb), int(argument) if argument else None)
    except ValueError:
        return False
    return True


def packaged_portrait() -> Image:
    """Portrait of Eileen Collins (NASA, public domain) as scikit-image packages it, cut to head and shoulders; grey."""
    from skimage import data  # late: it costs a tenth of a second and only the emulator wants it

    astronaut = np.asarray(data.astronaut(), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(astronaut[0:252, 122:326], cv2.COLOR_RGB2GRAY), dtype=np.uint8)
