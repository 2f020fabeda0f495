"""Runs the emulated network camera until told to stop: what stands behind ``kiosk emulate camera``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from drivers.camera.emulator import CameraEmulator
from drivers.camera.people.species import SPECIES
from drivers.camera.scenes import FolderScene
from drivers.camera.simulator import SCENES, PortraitCamera
from drivers.camera.types import Movement
from drivers.emulation.control import ControlServer
from drivers.emulation.language import FaultLanguage, Word, at_most_one, number, plain_word, whole_number
from drivers.emulation.line_faults import line_words
from drivers.emulation.lines import LineSource, standard_input

_ANY_FREE_PORT = ("127.0.0.1", 0)
_POLL_S = 0.05
_COLOUR_DIGITS = 6
_SIZE_PX = (640, 480)
_MOST_FRAMES_PER_S = 60.0
_BEFORE_THE_FIRST = ("starting", "stopped")


def serve(
    listen: tuple[str, int] | None,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    folder: Path | None = None,
    control: tuple[str, int] | None = None,
    lines: LineSource | None = None,
) -> None:
    """Call ``on_ready`` with the URL for the driver, then obey ``lines`` (standard input) and ``control`` until ``stop`` is set.

    Shows the simulated person, or the pictures of ``folder``. Raises ``OSError`` for a taken port, ``Disconnected`` for a folder
    without pictures.
    """
    source = standard_input() if lines is None else lines
    camera = _camera(folder)
    with ExitStack() as stack:
        emulator = stack.enter_context(CameraEmulator(camera, *(listen or _ANY_FREE_PORT)))
        language = language_of(emulator)
        if control is not None:
            stack.enter_context(ControlServer(language.obey, *control))
        while camera.newest() is None and camera.status().code in _BEFORE_THE_FIRST and not stop.wait(_POLL_S):
            pass  # drawing the person takes two seconds the first time
        on_ready(emulator.url)
        while not stop.wait(_POLL_S):
            for line in source.take():
                language.obey(line.decode("utf-8", "replace"))


def language_of(emulator: CameraEmulator) -> FaultLanguage:
    """All that can be ordered."""
    camera = emulator.camera
    return FaultLanguage(
        (
            plain_word("freeze", "the same picture again and again, byte for byte", camera.freeze),
            plain_word("black", "the cap is on the lens", camera.black),
            plain_word("cover", "a hand lies on the lens", camera.cover),
            Word("slow", "slow FPS", "so many pictures a second, 0.2 to 60", _slow(camera)),
            plain_word("awol", "take connections, send nothing more", emulator.awol),
            Word(
                "half_frame",
                "half_frame [N]",
                "only half of each of the next N pictures; without N until clear",
                _half_frame(emulator),
            ),
            Word("noise", "noise [P]", "rubbish ahead of a picture with probability P, default 1", _noise(emulator)),
            *line_words(emulator),
            plain_word("leave", "the person walks out of the picture", camera.leave),
            plain_word("return", "the person comes back", camera.return_),
            Word("perform", "perform " + "|".join(Movement), "the person does it", _perform(camera)),
            Word("species", "species " + "|".join(SPECIES), "the person, or an attack with their face", _species(camera)),
            Word("light", "light RRGGBB|off", "the kiosk's screen shines in this colour", _light(camera)),
            Word("show", "show " + "|".join(SCENES), "look at something else", _show(camera)),
            plain_word("clear", "end every fault", emulator.clear),
        )
    )


def _camera(folder: Path | None) -> PortraitCamera:
    if folder is None:
        return PortraitCamera(_SIZE_PX)
    scene = FolderScene(folder, _SIZE_PX)
    scene.prepare()
    return PortraitCamera(_SIZE_PX, scene=scene)


def _slow(camera: PortraitCamera) -> Callable[[Sequence[str]], None]:
    return lambda words: camera.slow(number(_only(words), 0.2, _MOST_FRAMES_PER_S))


def _half_frame(emulator: CameraEmulator) -> Callable[[Sequence[str]], None]:
    def obey(words: Sequence[str]) -> None:
        given = at_most_one(words)
        emulator.cut_pictures(None if given is None else whole_number(given, 0, 1_000_000))

    return obey


def _noise(emulator: CameraEmulator) -> Callable[[Sequence[str]], None]:
    def obey(words: Sequence[str]) -> None:
        given = at_most_one(words)
        emulator.make_noise(1.0 if given is None else number(given, 0.0, 1.0))

    return obey


def _perform(camera: PortraitCamera) -> Callable[[Sequence[str]], None]:
    def obey(words: Sequence[str]) -> None:
        movement = _only(words)
        if movement not in set(Movement):
            raise ValueError(f"known movements are {', '.join(Movement)}")
        camera.perform(movement)

    return obey


def _show(camera: PortraitCamera) -> Callable[[Sequence[str]], None]:
    return lambda words: camera.show(_only(words))


def _species(camera: PortraitCamera) -> Callable[[Sequence[str]], None]:
    return lambda words: camera.set_scene(_only(words))


def _light(camera: PortraitCamera) -> Callable[[Sequence[str]], None]:
    def obey(words: Sequence[str]) -> None:
        word = _only(words)
        if word == "off":
            camera.illuminate(None)
        elif len(word) == _COLOUR_DIGITS and set(word.lower()) <= set("0123456789abcdef"):
            camera.illuminate((int(word[:2], 16), int(word[2:4], 16), int(word[4:], 16)))
        else:
            raise ValueError("a colour has six hexadecimal digits")

    return obey


def _only(words: Sequence[str]) -> str:
    given = at_most_one(words)
    if given is None:
        raise ValueError("a word is missing")
    return given
