"""Runs the emulated reader until told to stop: what stands behind ``kiosk emulate id-reader``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from drivers.emulation.line_faults import line_words
from drivers.emulation.lines import LineSource
from drivers.emulation.stand import Place, stand
from drivers.id_card_reader.cards import load_card, sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator, RestMode
from drivers.id_card_reader.fault_words import reader_language
from drivers.types import Image


def serve(
    listen: tuple[str, int] | None,
    use_pty: bool,
    card_file: Path | None,
    rest_mode: str,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    control: tuple[str, int] | None = None,
    lines: LineSource | None = None,
) -> None:
    """Lay the card down, call ``on_ready`` with the URL for the driver, serve until ``stop`` is set.

    Without a card file the sample card lies there, with the public-domain portrait that scikit-image brings along.
    ``control`` is where the fault language is taken; ``lines`` (standard input) are in the same language, without an answer.
    Raises ``OSError`` for a taken port, ``CardFileError`` for a bad card file, ``ValueError`` for an unknown rest mode.
    """
    emulator = IdReaderEmulator(RestMode(rest_mode), stopping=stop)
    card = sample_card(packaged_portrait()) if card_file is None else load_card(card_file)
    emulator.put_card(card)
    stand(
        emulator,
        lambda host: reader_language(emulator, card, line_words(host)),
        Place(listen, use_pty, control),
        on_ready,
        stop,
        name="id-reader",
        lines=lines,
    )


def packaged_portrait() -> Image:
    """Portrait of Eileen Collins (NASA, public domain) as scikit-image packages it, cut to head and shoulders; grey."""
    from skimage import data  # late: it costs a tenth of a second and only the emulator wants it

    astronaut = np.asarray(data.astronaut(), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(astronaut[0:252, 122:326], cv2.COLOR_RGB2GRAY), dtype=np.uint8)
