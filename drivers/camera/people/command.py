"""``python -m drivers.camera record-people``: sessions of simulated people as folders of pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from drivers.camera.people.recorder import SAMPLE_MARK, random_script, record
from drivers.camera.people.species import SPECIES, Casting, make_scene
from drivers.camera.people.staged import Composer
from drivers.camera.people.tempo import TEMPI
from drivers.camera.portrait import packaged_portrait
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Image

_FRAMES_PER_S = 15.0
_MOST_SESSIONS = 10_000
_MOST_FRAMES_PER_S = 60.0


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    command.add_argument("--species", choices=tuple(SPECIES), default="live", help="live, or an attack")
    command.add_argument("--count", type=int, default=1, metavar="N", help="so many sessions, one folder each")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--portrait", type=Path, metavar="FILE", help="head and shoulders; default: the packaged portrait")
    command.add_argument("--attacker", type=Path, metavar="FILE", help="who wears the mask or comes second")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of the first session; the next ones count up")
    command.add_argument("--fps", type=float, default=_FRAMES_PER_S, metavar="N")
    command.add_argument("--tempo", choices=tuple(TEMPI), default="brisk")


def run(options: argparse.Namespace) -> Iterator[str]:
    """Record, one line of text for each session. Existing folders are left alone.

    Raises ``OSError``, and ``ValueError`` (also as ``UnusablePortrait``) when something given cannot be used.
    """
    if not (1 <= options.count <= _MOST_SESSIONS and 1.0 <= options.fps <= _MOST_FRAMES_PER_S):
        raise ValueError(f"1 to {_MOST_SESSIONS} sessions at 1 to {_MOST_FRAMES_PER_S:.0f} frames a second")
    portrait = packaged_portrait() if options.portrait is None else _read(options.portrait)
    attacker = None if options.attacker is None else _read(options.attacker)
    tempo, composer = TEMPI[options.tempo], Composer()
    for seed in range(options.seed, options.seed + options.count):
        scene = make_scene(options.species, Casting(portrait, seed, tempo=tempo, attacker=attacker, compose=composer))
        folder = options.out / f"{options.species}-{seed:04d}"
        count = record(scene, random_script(seed, tempo), folder, options.fps)
        yield f"{folder}  {count} pictures  {SAMPLE_MARK}"


def _read(path: Path) -> Image:
    picture = read_picture(path)
    if isinstance(picture, UnreadablePicture):
        raise ValueError(  # noqa: TRY004 - the file is wrong, no type
            f"{path} is no readable picture: {picture.reason}"
        )
    return picture
