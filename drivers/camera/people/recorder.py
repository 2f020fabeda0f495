"""Records sessions of simulated people to folders, for the commands that judge pictures: simulated pictures only, marked so.

A folder holds ``000000.jpg`` … (the picture of ``number / fps`` seconds) and ``challenge.json``::

    {"fps": 15.0, "actions": [{"action": "blink", "asked_s": 0.9}], "lights": [{"rgb": [255, 0, 0], "from_s": 1.0, "to_s": 1.4}],
     "species": "live", "seed": 1, "sample": "测试/SAMPLE"}

``lights`` are what the kiosk's screen showed; between them it showed its page as always.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from drivers.camera.people.screen_light import Rgb
from drivers.camera.people.staged import StagedScene
from drivers.camera.people.tempo import Tempo
from drivers.camera.types import Movement
from drivers.types import Image

CHALLENGE_FILE = "challenge.json"
SAMPLE_MARK = "测试/SAMPLE"
COLOURS: tuple[Rgb, ...] = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255))
"""Full colours of a screen."""
_FIRST_ASK_S = 0.9
_FIRST_LIGHT_S = 1.0
_LIGHTS = 4
_LIGHT_S = 0.4
_REST_S = 0.5
"""Between the end of a movement and the next thing asked for."""
_JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True)
class ScriptedLight:
    """A colour of the screen and when it was on."""

    rgb: Rgb
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """What the kiosk asks for and shows in one recorded session; times from its first picture."""

    actions: tuple[tuple[Movement, float], ...]
    lights: tuple[ScriptedLight, ...]
    length_s: float


def random_script(seed: int, tempo: Tempo) -> Script:
    """Three different actions and four colours, no colour twice in a row, drawn from ``seed``."""
    source = random.Random(f"{seed} script")  # noqa: S311 - the same session for the same seed
    turn = source.choice((Movement.TURN_LEFT, Movement.TURN_RIGHT))
    asked, now_s = [], _FIRST_ASK_S
    for movement in source.sample((Movement.BLINK, turn, Movement.NOD, Movement.OPEN_MOUTH), 3):
        asked.append((movement, round(now_s, 3)))
        now_s += 1.3 * tempo.reaction_median_s + tempo.courses[movement].total_s + _REST_S
    lights = [
        ScriptedLight(rgb, round(_FIRST_LIGHT_S + _LIGHT_S * number, 3), round(_FIRST_LIGHT_S + _LIGHT_S * (number + 1), 3))
        for number, rgb in enumerate(source.sample(COLOURS, _LIGHTS))
    ]
    return Script(tuple(asked), tuple(lights), max(now_s, lights[-1].to_s) + _REST_S)


def play(scene: StagedScene, script: Script, frames_per_s: float) -> Iterator[tuple[float, Image]]:
    """The pictures of ``scene`` under ``script`` with their times, in time of its own."""
    events: list[tuple[float, Movement | None, Rgb | None]] = [(at_s, action, None) for action, at_s in script.actions]
    events += [(light.from_s, None, light.rgb) for light in script.lights]
    ends = {light.to_s for light in script.lights} - {light.from_s for light in script.lights}
    events += [(at_s, None, None) for at_s in ends]
    events.sort(key=lambda event: event[0])
    for number in range(int(script.length_s * frames_per_s) + 1):
        now_s = number / frames_per_s
        while events and events[0][0] <= now_s:
            at_s, action, rgb = events.pop(0)
            if action is not None:
                scene.ask(action, at_s)
            else:
                scene.illuminate(rgb, at_s)
        yield now_s, scene.at(now_s)


def record(scene: StagedScene, script: Script, folder: Path, frames_per_s: float = 15.0) -> int:
    """Write one session to ``folder``, which must not exist yet; returns how many pictures.

    Raises ``OSError``, ``UnusablePortrait``.
    """
    scene.prepare()
    folder.mkdir(parents=True)
    count = 0
    for _, picture in play(scene, script, frames_per_s):
        _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        (folder / f"{count:06d}.jpg").write_bytes(coded.tobytes())
        count += 1
    facts = {
        "fps": frames_per_s,
        "actions": [{"action": action.value, "asked_s": at_s} for action, at_s in script.actions],
        "lights": [{"rgb": list(light.rgb), "from_s": light.from_s, "to_s": light.to_s} for light in script.lights],
        "species": scene.species,
        "seed": scene.seed,
        "sample": SAMPLE_MARK,
    }
    (folder / CHALLENGE_FILE).write_text(json.dumps(facts, ensure_ascii=False) + "\n", encoding="utf-8")
    return count
