"""The fault language, transcripts, and pictures from cards."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

import numpy as np
import PIL.Image

from drivers.emulation.faults import FaultBook
from drivers.emulation.language import FaultLanguage, times_word
from drivers.errors import Disconnected
from drivers.id_card_reader.photo import decode_photo, default_decoders
from drivers.id_card_reader.types import PhotoProblem
from drivers.picture_size import declared_size
from drivers.transport.transcript import HEADER, read_transcript
from tests.helpers.hostile.targets import Target, demand

_DECODERS = tuple(default_decoders())


def _picture(kind: str) -> bytes:
    target = io.BytesIO()
    PIL.Image.fromarray(np.arange(126 * 102, dtype=np.uint32).astype(np.uint8).reshape(126, 102)).save(target, kind)
    return target.getvalue()


def _check_language(stream: bytes, chance: random.Random) -> None:
    del chance
    answer = FaultLanguage((times_word(FaultBook(), "mute", "no answer"),)).obey(stream.decode("utf-8", "replace"))
    demand(answer.startswith(("ok", "error ")) and len(answer.splitlines()) == 1, "an answer of no line or several")


def _check_transcript(stream: bytes, chance: random.Random) -> None:
    del chance
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "transcript"
        path.write_bytes(stream)
        try:
            read_transcript(path)
        except Disconnected as error:
            demand("\n" not in error.message, "a message of several lines")


def _check_photo(stream: bytes, chance: random.Random) -> None:
    del chance
    picture = decode_photo(stream, _DECODERS)
    if not isinstance(picture, PhotoProblem):
        demand(picture.shape[:2] == (126, 102), "a portrait of another size")


def _check_size(stream: bytes, chance: random.Random) -> None:
    del chance
    size = declared_size(stream)
    demand(size is None or min(size) > 0, "a picture without extent")


_PICTURES = tuple(_picture(kind) for kind in ("PNG", "JPEG", "WEBP", "BMP"))
_TRANSCRIPT = f"{HEADER}\n# device x\n0.000120 > 10 04 01\n0.004310 < 12\n9.1 ! has gone away\n".encode()

TARGETS = (
    Target("emulation.language", (b"mute 3", b"mute", b"help"), _check_language),
    Target("transport.transcript", (_TRANSCRIPT,), _check_transcript),
    Target("id_card_reader.photo", _PICTURES, _check_photo),
    Target("pictures.size", _PICTURES, _check_size),
)
