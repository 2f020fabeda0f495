"""Recorded sessions on disk: a folder of pictures or a video file, with ``challenge.json`` in or beside it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from drivers.camera.picture_files import picture_paths
from drivers.camera.recordings import FileSource
from drivers.errors import Disconnected
from drivers.face.recorded import AskedAction, RecordedChallenge
from drivers.face.screen_light import Light
from drivers.face.types import Action
from drivers.pictures import UnreadablePicture, read_picture
from drivers.types import Frame, Image
from kiosk.commands import CommandError

DEFAULT_FRAMES_PER_S = 15.0
CHALLENGE_FILE = "challenge.json"
_VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".webm"})
_TIME_IN_NAME = re.compile(r"(\d+\.\d+)s?$")
_MOST_BYTES = 1_000_000
_BAD_INPUT = 2

Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)]
Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    action: Action
    asked_s: Seconds | None = None


class _Light(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rgb: tuple[Channel, Channel, Channel]
    from_s: Seconds
    to_s: Seconds


class _Challenge(msgspec.Struct, frozen=True):
    fps: Annotated[float, msgspec.Meta(gt=0.0, le=240.0)] = DEFAULT_FRAMES_PER_S
    actions: tuple[_Asked, ...] = ()
    lights: tuple[_Light, ...] = ()


def bad_input(words: str) -> CommandError:
    """What cannot be used, as one line."""
    return CommandError(words, exit_code=_BAD_INPUT)


def sessions_in(folder: Path) -> list[Path]:
    """The sub-folders and video files of ``folder``, by name; raises ``CommandError``."""
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir() or path.suffix.lower() in _VIDEO_SUFFIXES)
    except OSError as error:
        raise bad_input(f"{folder} cannot be read ({error.strerror})") from error
    if not found:
        raise bad_input(f"{folder} holds no session: no folder of pictures and no video file")
    return found


def read_challenge(session: Path) -> tuple[RecordedChallenge | None, float]:
    """What was asked in ``session`` (``None``: nothing is known) and its pictures a second; raises ``CommandError``."""
    if session.is_dir():
        candidates = [session / CHALLENGE_FILE]
    else:
        candidates = [session.with_suffix(".json"), session.parent / CHALLENGE_FILE]
    path = next((one for one in candidates if one.is_file()), None)
    if path is None:
        return None, DEFAULT_FRAMES_PER_S
    try:
        with path.open("rb") as file:
            told = msgspec.json.decode(file.read(_MOST_BYTES), type=_Challenge)
    except OSError as error:
        raise bad_input(f"{path} cannot be read ({error.strerror})") from error
    except msgspec.MsgspecError as error:
        raise bad_input(f"{path} is no challenge ({error})") from error
    actions = tuple(AskedAction(one.action, one.asked_s) for one in told.actions)
    lights = tuple(Light(one.rgb, one.from_s, one.to_s) for one in told.lights)
    return RecordedChallenge(actions, in_order(lights, str(path))), told.fps


def in_order(lights: tuple[Light, ...], where: str) -> tuple[Light, ...]:
    """The lights, if they follow each other in time; raises ``CommandError``."""
    is_backwards = any(light.to_s <= light.from_s for light in lights)
    if is_backwards or any(later.from_s < earlier.to_s - 1e-6 for earlier, later in itertools.pairwise(lights)):
        raise bad_input(f"{where}: lights must follow each other in time, each from_s before its to_s")
    return lights


def read_frames(session: Path, frames_per_s: float) -> Iterator[Frame]:
    """The pictures of a folder, by name, or of a video file; times count from the first. Raises ``CommandError``.

    In a folder names that end in a time in seconds ("0012_0.800.jpg") give the times; otherwise pictures are ``1/fps`` apart.
    """
    if session.is_dir():
        return _of_folder(session, frames_per_s)
    if session.is_file():
        return _of_video(session)
    raise bad_input(f"no such folder or video file: {session}")


def _of_folder(folder: Path, frames_per_s: float) -> Iterator[Frame]:
    try:
        paths = picture_paths(folder)
    except Disconnected as error:
        raise bad_input(f"{folder} cannot be read") from error
    if not paths:
        raise bad_input(f"{folder} holds no picture (JPEG, PNG, WebP or BMP)")
    told = [_TIME_IN_NAME.search(path.stem) for path in paths]
    times_s = [float(one.group(1)) for one in told if one is not None]
    if len(times_s) != len(paths) or any(later <= earlier for earlier, later in itertools.pairwise(times_s)):
        times_s = [number / frames_per_s for number in range(len(paths))]
    for number, (path, at_s) in enumerate(zip(paths, times_s, strict=True)):
        picture = read_picture(path)
        if isinstance(picture, UnreadablePicture):
            raise bad_input(f"{path} {picture.reason}")
        yield Frame(picture, at_s - times_s[0], number)


def _of_video(path: Path) -> Iterator[Frame]:
    try:
        source = FileSource(path).open()
    except Disconnected as error:
        raise bad_input(f"{path} is no video that can be opened") from error
    try:
        number = 0
        picture: Image | None = source.read()
        while picture is not None:
            yield Frame(picture, number / source.capabilities.frames_per_s, number)
            number += 1
            picture = source.read()
    finally:
        source.close()
