"""PAI species ``replay_still``, ``replay_video`` and ``replay_puppet``: a screen that shows a picture of the person, a recording
of an earlier session, or a face animated to obey, as face-swapping programs do.

Assumed of the screen: an LCD or OLED of 100 to 270 pixels an inch with upright red, green and blue stripes, 150 to 400 cd/m2,
glass that mirrors 4 % (Fresnel, refractive index 1.5) and little besides. The kiosk's screen of 250 cd/m2 is mirrored as a veil
of 10 cd/m2, the same over dark and light parts: added, not multiplied, and with the sharp edge of a mirror image.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from drivers.camera.people.attacker import draw_thumbs, room_behind, with_margin
from drivers.camera.people.person import SimulatedPerson
from drivers.camera.people.plane import Hand, Hold, Plane, over
from drivers.camera.people.relief import HEAD_BREADTH_CM, Field
from drivers.camera.people.screen_light import Rgb
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.view import Conditions, View
from drivers.camera.types import Movement
from drivers.types import Image

_CM_PER_INCH = 2.54
_MARGIN_PX = 40
_ROOM_LIT = 20
_BEZEL_BGR = (26, 24, 24)
_SIN_THIRD = math.sin(2 * math.pi / 3)
_LEAST_CONTRAST = 0.002
_PUPPET_LAG_S = 0.1
_FIRST_ASK_S = 1.2
_ASK_EVERY_S = 1.8
_COLOURS: tuple[Rgb, ...] = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255))


@dataclass(frozen=True, slots=True)
class Panel:
    """The attacker's screen and how the camera sees it."""

    face_cm: float = 12.0
    pixels_per_inch: float = 132.0
    """A tablet's; monitors have about 96, telephones 260 to 460."""
    fills_picture: bool = False
    aperture_px: float = 0.4
    """Side of the patch that one pixel of the picture really gathers: small cameras skip lines and columns when they deliver
    640x480, so that fine patterns alias instead of blurring away."""
    lens_px: float = 0.12
    """Standard deviation of the lens's blur, in pixels of the picture; half a pixel of a sensor of 1920x1080 is 0.17."""
    band_depth: float = 0.02
    """Brightness swing of the bands between the panel's refresh (or dimming) and the camera's rolling shutter."""
    mirrors: float = 0.035
    is_moved: bool = False
    """Whether the hands swing the device when something is asked for."""


class ReplayAttack(StagedScene):
    """A device held up that shows one picture (``replay_still``) or a recorded session (``replay_video``)."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
        *,
        panel: Panel | None = None,
        shows: Literal["still", "video", "puppet"] = "video",
    ) -> None:
        """The session recorded has a random order and random colours of its own, drawn from ``seed``.

        A puppet does what is asked, a tenth of a second later than its player, in no light but that of its studio.
        """
        super().__init__(portrait, staging)
        self.species = f"replay_{shows}"
        self.panel = panel or Panel()
        recorded = replace(self.staging, conditions=Conditions(), seed=self.random.getrandbits(31))
        self._recording = _Recording(portrait, recorded, shows)
        self._hand: Hand | None = None
        self._plane: Plane | None = None
        self._room = np.zeros((1, 1, 3), np.uint8)
        self._texture = np.zeros((1, 1, 4), np.uint8)
        self._bezel_px = 0
        self._shown: int | None = None
        self._began_s: float | None = None
        self._px_per_cm = 1.0
        self._tone = _panel_tone()

    def _set_up(self, portrait: Image) -> None:  # noqa: ARG002 - the recording has it already
        self._recording.prepare()
        width, height = self.size_px
        jaw_px = self._recording.jaw_px
        self._px_per_cm = jaw_px / self.panel.face_cm
        self._bezel_px = 0 if self.panel.fills_picture else round(0.9 * self._px_per_cm)
        blank = np.zeros((height, width, 3), np.uint8)
        framed = cv2.copyMakeBorder(blank, *(self._bezel_px,) * 4, cv2.BORDER_CONSTANT, value=_BEZEL_BGR)
        texture = with_margin(np.asarray(cv2.cvtColor(framed, cv2.COLOR_BGR2BGRA), np.uint8), _MARGIN_PX)
        if not self.panel.fills_picture:
            draw_thumbs(texture, _MARGIN_PX, 1.9 * self._px_per_cm)
        self._texture = texture
        size = (texture.shape[1], texture.shape[0])
        self._plane = Plane(self.size_px, (size[0] / self._px_per_cm, size[1] / self._px_per_cm), size)
        life_size_cm = self.panel.face_cm / HEAD_BREADTH_CM * 50.0
        away_cm = life_size_cm * (0.9 if self.panel.fills_picture else 1.22)
        self._hand = Hand(Hold(away_cm=away_cm, pitch_rad=self.random.uniform(-0.08, 0.08)), self.random, unrest=0.7)
        self._room = room_behind(self.size_px)

    def _view(self, now_s: float, *, is_lit: bool) -> View:
        if self._hand is None or self._plane is None:
            raise RuntimeError("prepare() makes hand and plane")
        self._update(now_s)
        hold = self._hand.at(now_s)
        maps = self._plane.maps(hold)
        picture, matte = over(self._room, self._texture, maps)
        inside = self._inside(maps)
        picture = self._through_the_grid(picture, inside, maps, now_s)
        if not is_lit:
            return View(picture)
        room = cv2.convertScaleAbs(cv2.bitwise_not(matte), alpha=_ROOM_LIT / 255)
        return View(picture, np.asarray(room, np.uint8), self._mirror_image(hold, inside))

    def _hear(self, action: Movement, now_s: float) -> None:
        if self._began_s is not None:
            self._recording.hear(action, now_s - self._began_s)
        if self._hand is not None and self.panel.is_moved:
            swing = {Movement.TURN_LEFT: 0.4, Movement.TURN_RIGHT: -0.4}.get(action, 0.0)
            tilt = 0.0 if swing else 0.3
            self._hand.gesture(now_s + self.tempo.reaction_s(self.random), 0.8, yaw_rad=swing, pitch_rad=tilt)

    def _update(self, now_s: float) -> None:
        """Show the recording's picture of this moment."""
        if self._began_s is None:
            self._began_s = now_s
        number = self._recording.number(now_s - self._began_s)
        if number == self._shown:
            return
        self._shown = number
        shown = cv2.LUT(self._recording.picture(number), self._tone)
        edge = _MARGIN_PX + self._bezel_px
        height, width = shown.shape[:2]
        self._texture[edge : edge + height, edge : edge + width, :3] = shown

    def _inside(self, maps: tuple[Field, Field]) -> Image:
        """255 where the picture shows the lit part of the panel."""
        edge = _MARGIN_PX + self._bezel_px
        height, width = self._texture.shape[:2]
        across = cv2.inRange(maps[0], float(edge), float(width - edge))
        return np.asarray(cv2.bitwise_and(across, cv2.inRange(maps[1], float(edge), float(height - edge))), np.uint8)

    def _through_the_grid(self, picture: Image, inside: Image, maps: tuple[Field, Field], now_s: float) -> Image:
        """Moiré: the panel's stripes at the points where the camera samples them, and its refresh as bands."""
        pitch = self.panel.pixels_per_inch / _CM_PER_INCH / self._px_per_cm
        turn = 2 * math.pi * pitch
        seen = _contrast(pitch * self._px_per_cm / self._picture_px_per_cm(), self.panel)
        at = np.arange(picture.shape[0], dtype=np.float32)[:, None] / picture.shape[0]
        bands = np.asarray(self.panel.band_depth * np.sin(2 * math.pi * (2.3 * at + 0.9 * now_s)), np.float32)
        even = np.broadcast_to(bands, inside.shape)
        if seen < _LEAST_CONTRAST:
            grid = cv2.merge([even, even, even])
        else:
            ones = np.full(inside.shape, np.float32(seen))
            cosine, sine = cv2.polarToCart(ones, cv2.multiply(maps[0], turn))
            along, _ = cv2.polarToCart(ones, cv2.multiply(maps[1], turn))
            even = cv2.scaleAdd(along, 0.35, np.ascontiguousarray(even))
            green = cv2.add(cosine, even)
            side = cv2.scaleAdd(cosine, -0.5, even)  # red and blue stripes lie a third of a pixel to either side
            grid = cv2.merge([cv2.scaleAdd(sine, part, side) for part in (-_SIN_THIRD, 0.0, _SIN_THIRD)])
            cv2.insertChannel(green, grid, 1)
        change = cv2.multiply(picture, grid, dtype=cv2.CV_32F)
        return np.asarray(cv2.add(picture, change, dst=picture.copy(), mask=inside, dtype=cv2.CV_8U), np.uint8)

    def _picture_px_per_cm(self) -> float:
        if self._hand is None or self._plane is None:
            return 1.0
        return self._plane.focal_px / self._hand.rest.away_cm

    def _mirror_image(self, hold: Hold, inside: Image) -> Image:
        """The kiosk's screen in the attacker's glass: half its size, moving twice as far as the glass is tilted."""
        width, height = self.size_px
        mirror = np.zeros((height, width), np.uint8)
        focal = self._picture_px_per_cm() * hold.away_cm
        middle_x = width / 2 + focal * math.tan(2 * hold.yaw_rad) / 2
        middle_y = height * 0.62 + focal * math.tan(2 * hold.pitch_rad) / 2
        half = (focal * 26.5 / hold.away_cm / 2, focal * 15.0 / hold.away_cm / 2)
        corners = [(round(middle_x - half[0]), round(middle_y - half[1])), (round(middle_x + half[0]), round(middle_y + half[1]))]
        cv2.rectangle(mirror, corners[0], corners[1], (255.0 * self.panel.mirrors,), -1)
        mirror = np.asarray(cv2.blur(mirror, (5, 5)), np.uint8)
        return np.asarray(cv2.bitwise_and(mirror, inside), np.uint8)


class _Recording:
    """A session of the same person with actions and colours of its own, in pictures of its own rate."""

    _RATE = 15.0

    def __init__(self, portrait: Image, staging: Staging, shows: str) -> None:
        self._person = SimulatedPerson(portrait, staging, blinks=shows != "still")
        self._shows = shows
        self._source = random.Random(staging.seed)  # noqa: S311 - the same recording in every run
        self._next_ask_s, self._next_light_s = _FIRST_ASK_S, 0.8

    @property
    def jaw_px(self) -> float:
        landmarks = self._person.animation.portrait.landmarks
        return float(landmarks[16, 0] - landmarks[0, 0])

    def prepare(self) -> None:
        self._person.prepare()

    def number(self, at_s: float) -> int:
        """Which picture is on at ``at_s`` after the beginning."""
        return 0 if self._shows == "still" else int(at_s * self._RATE)

    def picture(self, number: int) -> Image:
        at_s = number / self._RATE
        if self._shows == "video":
            self._direct(at_s)
        return self._person.at(at_s)

    def hear(self, action: Movement, at_s: float) -> None:
        """What is asked; only a puppet's player listens."""
        if self._shows == "puppet":
            self._person.ask(action, at_s + _PUPPET_LAG_S)

    def _direct(self, at_s: float) -> None:
        while at_s >= self._next_ask_s:
            self._person.ask(self._source.choice(list(Movement)), self._next_ask_s)
            self._next_ask_s += _ASK_EVERY_S
        while at_s >= self._next_light_s:
            self._person.illuminate(self._source.choice(_COLOURS), self._next_light_s)
            self._next_light_s += 0.4


def _contrast(cycles: float, panel: Panel) -> float:
    """What aperture and lens leave of a pattern with ``cycles`` per picture pixel; black between the pixels gives 0.6 of it."""
    aperture = abs(float(np.sinc(cycles * panel.aperture_px)))
    lens = math.exp(-2 * (math.pi * panel.lens_px * cycles) ** 2)
    return 0.6 * aperture * lens


def _panel_tone() -> Image:
    """Camera, panel, camera again: more contrast, black lifted by the room's light on the glass, a bluish white of 7,500 K."""
    value = (np.arange(256.0) / 255.0) ** 1.12
    table = np.stack([8 + 247 * value * gain for gain in (1.03, 0.98, 0.92)], axis=-1)
    return np.ascontiguousarray(np.clip(np.round(table), 0, 255).astype(np.uint8)[:, None, :])
