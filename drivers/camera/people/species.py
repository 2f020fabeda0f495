"""The people and instruments that can stand before the simulated camera, by name, each drawn anew from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from drivers.camera.animation import Stance
from drivers.camera.people.cards import CardPhotoAttack
from drivers.camera.people.coverings import put_on_face_mask, put_on_sunglasses
from drivers.camera.people.glasses import put_on_glasses
from drivers.camera.people.groups import GroupScene, Moment
from drivers.camera.people.masks import Mask, MaskAttack
from drivers.camera.people.person import SimulatedPerson, Worn
from drivers.camera.people.portraits import look_alike, other_portrait
from drivers.camera.people.prints import Paper, PrintAttack
from drivers.camera.people.screens import Panel, ReplayAttack
from drivers.camera.people.staged import SIZE_PX, StagedScene, Staging
from drivers.camera.people.tempo import BRISK, Tempo
from drivers.camera.people.view import Conditions
from drivers.camera.portrait import Portrait, compose_portrait
from drivers.types import Image


@dataclass(frozen=True, slots=True)
class Casting:
    """Who plays where. The rest is drawn from ``seed``: light, distance, paper, panel, glasses."""

    portrait: Image = field(repr=False)
    """Whose face the kiosk shall see: the person's own, or the one an attacker stole."""
    seed: int = 1
    size_px: tuple[int, int] = SIZE_PX
    tempo: Tempo = BRISK
    attacker: Image | None = field(default=None, repr=False)
    """Whose face is behind a mask or comes second; ``None``: ``other_portrait``."""
    is_plain: bool = False
    """In the same good light and place whatever the seed, as a demonstration wants it."""
    compose: Callable[[Image, tuple[int, int]], Portrait] = compose_portrait
    """A ``Composer`` saves most of the time of ``prepare`` when a face plays often."""

    def staging(self) -> Staging:
        """What all scenes need."""
        return Staging(self.size_px, self.tempo, conditions_of(self), self.seed, self.compose)


def conditions_of(casting: Casting) -> Conditions:
    """Light and camera of one session. Ranges assumed: an office hall from dim to bright, lamps from cool to warm."""
    if casting.is_plain:
        return Conditions()
    source = _source(casting, "conditions")
    return Conditions(
        brightness=source.choice((1.0, 1.0, 0.9, 0.75, 0.6)),
        warmth=source.uniform(-0.6, 0.8),
        screen_share=source.uniform(0.05, 0.12),
        jpeg_quality=source.choice((None, None, 90, 80, 70)),
        blur_px=source.choice((0.0, 0.0, 0.0, 0.6, 0.9)),
    )


def _source(casting: Casting, what: str) -> random.Random:
    return random.Random(f"{casting.seed} {what}")  # noqa: S311 - the same scene for the same seed


def live(casting: Casting) -> SimulatedPerson:
    """A person who obeys: nearer or farther, off the middle, some with glasses."""
    source = _source(casting, "live")
    if casting.is_plain:
        return SimulatedPerson(casting.portrait, casting.staging())
    unit = casting.size_px[0] / 640
    stance = Stance(
        scale=source.uniform(0.72, 1.12),
        right_px=source.uniform(-45, 45) * unit,
        down_px=source.uniform(-10, 25) * unit,
        phase_s=source.uniform(0, 40),
        unrest=source.uniform(0.6, 1.8),
    )
    return SimulatedPerson(
        casting.portrait,
        casting.staging(),
        stance=stance,
        wears=put_on_glasses if source.random() < 0.25 else None,
    )


def in_sunglasses(casting: Casting) -> StagedScene:
    """A person who obeys, behind dark glasses."""
    return _covered("sunglasses", casting, put_on_sunglasses)


def in_face_mask(casting: Casting) -> StagedScene:
    """A person who obeys, with a cloth over mouth and nose."""
    return _covered("face_mask", casting, put_on_face_mask)


def _covered(species: str, casting: Casting, wears: Worn) -> StagedScene:
    person = SimulatedPerson(casting.portrait, casting.staging(), wears=wears)
    person.species = species
    return person


def printed(casting: Casting) -> StagedScene:
    """A photograph on office or photo paper, with its border in sight or not, wriggled or held still."""
    source = _source(casting, "print")
    paper = Paper(
        fills_picture=source.random() < 0.5,
        face_cm=source.uniform(10.0, 14.0),
        lines_per_inch=source.choice((60.0, 85.0, 100.0, 133.0, 150.0)),
        gloss=source.choice((0.01, 0.015, 0.03)),
        bend=source.choice((0.0, 0.0, 0.0, 0.08, 0.15)),
        moves=source.random() < 0.8,
    )
    return PrintAttack(
        casting.portrait,
        casting.staging(),
        paper=paper,
    )


def _panel(source: random.Random) -> Panel:
    return Panel(
        face_cm=source.uniform(9.0, 14.0),
        pixels_per_inch=source.choice((96.0, 110.0, 132.0, 160.0, 264.0)),
        fills_picture=source.random() < 0.5,
        aperture_px=source.uniform(0.3, 0.7),
        lens_px=source.uniform(0.06, 0.2),
        band_depth=source.choice((0.0, 0.01, 0.02, 0.04)),
        mirrors=source.choice((0.004, 0.02, 0.04)),
        is_moved=source.random() < 0.3,
    )


def _replayed(casting: Casting, shows: Literal["still", "video", "puppet"]) -> StagedScene:
    # A panel shines by itself: neither the dimness nor the colour of the room is on it.
    conditions = replace(conditions_of(casting), brightness=1.0, warmth=0.0)
    staging = replace(casting.staging(), conditions=conditions)
    return ReplayAttack(casting.portrait, staging, panel=_panel(_source(casting, "panel")), shows=shows)


def replayed_still(casting: Casting) -> StagedScene:
    """A photograph on a screen."""
    return _replayed(casting, "still")


def replayed_video(casting: Casting) -> StagedScene:
    """A recorded session on a screen."""
    return _replayed(casting, "video")


def masked(casting: Casting) -> StagedScene:
    """A paper face with eye holes, some with a mouth hole, before somebody who obeys."""
    source = _source(casting, "mask")
    return _mask(casting, Mask(has_mouth_hole=source.random() < 0.4, lines_per_inch=source.choice((85.0, 100.0, 150.0))))


def half_masked(casting: Casting) -> StagedScene:
    """The lower half of a paper face under the true eyes of somebody else."""
    return _mask(casting, Mask(has_eye_holes=False, is_lower_half=True))


def _mask(casting: Casting, mask: Mask) -> StagedScene:
    wearer = casting.attacker
    if wearer is None and _source(casting, "wearer").random() < 0.5:
        wearer = look_alike(casting.portrait)  # whose bare eyes sit where the printed ones do: the better mask
    return MaskAttack(
        casting.portrait,
        casting.staging(),
        mask=mask,
        wearer=wearer,
    )


def card_held_up(casting: Casting) -> StagedScene:
    """The photo of the card before the lens."""
    source = _source(casting, "card")
    return CardPhotoAttack(
        casting.portrait,
        casting.staging(),
        paper=Paper(gloss=0.03, moves=source.random() < 0.7),
    )


def _group(species: str, casting: Casting, asks: tuple[int, ...], delay_s: float) -> StagedScene:
    source = _source(casting, species)
    first, second = casting.portrait, casting.attacker
    if species == "swap":
        first, second = other_portrait(first) if second is None else second, first
    return GroupScene(
        first,
        casting.staging(),
        species=species,
        other=second,
        moment=Moment(source.choice(asks), delay_s),
    )


def two_people(casting: Casting) -> StagedScene:
    """A second person steps in beside the first, soon after the kiosk began to ask."""
    return _group("two_people", casting, (1, 2), 0.5)


def swap(casting: Casting) -> StagedScene:
    """An accomplice (``attacker``) acts; after one, two or three actions the one whose card it is (``portrait``) stands there."""
    return _group("swap", casting, (1, 2, 3), 0.05)


def leaves(casting: Casting) -> StagedScene:
    """The person goes away in the middle."""
    return _group("leaves", casting, (1, 2), 0.3)


def replayed_puppet(casting: Casting) -> StagedScene:
    """An animated face on a screen that obeys."""
    return _replayed(casting, "puppet")


SPECIES: Mapping[str, Callable[[Casting], StagedScene]] = MappingProxyType(
    {
        "live": live,
        "print": printed,
        "replay_still": replayed_still,
        "replay_video": replayed_video,
        "replay_puppet": replayed_puppet,
        "mask_cutout": masked,
        "half_photo": half_masked,
        "card_photo": card_held_up,
        "two_people": two_people,
        "swap": swap,
        "leaves": leaves,
        "sunglasses": in_sunglasses,
        "face_mask": in_face_mask,
    }
)
"""``live`` is the bona fide presentation, all others are attacks."""


def make_scene(species: str, casting: Casting) -> StagedScene:
    """The scene of this name, not yet prepared; raises ``ValueError``."""
    if species not in SPECIES:
        raise ValueError(f"known species are {', '.join(SPECIES)}")
    return SPECIES[species](casting)
