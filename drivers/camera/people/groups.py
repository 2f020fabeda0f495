"""Scenes of people who come and go: ``two_people``, ``swap`` and ``leaves``. Everybody in them is alive."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drivers.camera.animation import Stance
from drivers.camera.people.person import SimulatedPerson
from drivers.camera.people.portraits import other_portrait
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.view import View
from drivers.camera.types import Movement
from drivers.types import Image

_STEP_S = 0.7
_SWAP_STEP_S = 0.45


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happens: so long after so many things were asked for; ``swap``: after they were done."""

    after_asks: int = 1
    delay_s: float = 1.2


class GroupScene(StagedScene):
    """An obedient first person, and a second one or nobody, who take turns at a moment counted in things asked for."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
        *,
        species: str,
        other: Image | None = None,
        moment: Moment | None = None,
    ) -> None:
        """``species`` is ``two_people``, ``swap`` or ``leaves``."""
        super().__init__(portrait, staging)
        self.species = species
        self._moment = moment or Moment()
        self._asked = 0
        self._turn_s: float | None = None
        unit = self.size_px[0] / 640
        is_pair = species == "two_people"
        aside = Stance(scale=0.9, right_px=-95 * unit if is_pair else 0.0, phase_s=self.random.uniform(0, 40))
        self._first = SimulatedPerson(portrait, self.staging, stance=aside)
        self._second: SimulatedPerson | None = None
        if species != "leaves":
            face = other_portrait(portrait) if other is None else other
            place = Stance(scale=0.85, right_px=150 * unit if is_pair else 0.0, phase_s=self.random.uniform(0, 40))
            self._second = SimulatedPerson(face, replace(self.staging, seed=self.seed + 1), stance=place)

    def _set_up(self, portrait: Image) -> None:  # noqa: ARG002 - the people have theirs
        self._first.prepare()
        if self._second is not None:
            self._second.prepare()

    def _view(self, now_s: float, *, is_lit: bool) -> View:
        share = 0.0
        if self._turn_s is not None:
            step_s = _SWAP_STEP_S if self.species == "swap" else _STEP_S
            share = min(1.0, max(0.0, (now_s - self._turn_s) / step_s))
        wall = self._first.wall_view(is_lit=is_lit)
        if self.species == "two_people":
            return self._arriving(self._first.draw_before(wall, now_s), now_s, 1.0 - share)
        view = wall if share == 1.0 else self._first.draw_before(wall, now_s, share)
        return view if self.species == "leaves" else self._arriving(view, now_s, share - 1.0)

    def _arriving(self, view: View, now_s: float, absence: float) -> View:
        if self._second is None or abs(absence) == 1.0:
            return view
        return self._second.draw_before(view, now_s, absence)

    def _hear(self, action: Movement, now_s: float) -> None:
        self._asked += 1
        has_turned = self._turn_s is not None and now_s > self._turn_s - _SWAP_STEP_S
        person = self._second if self.species == "swap" and has_turned else self._first
        if person is not None:
            person.ask(action, now_s)
        if self._asked >= self._moment.after_asks and self._turn_s is None:
            self._turn_s = now_s + self._moment.delay_s
            if self.species == "swap":  # the movement is done to its end first
                self._turn_s += 1.5 * self.tempo.reaction_median_s + self.tempo.courses[action].total_s
