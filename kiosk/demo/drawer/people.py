"""The person before the camera: comes, goes, moves, is somebody else, or a photograph."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.camera.people.portraits import second_portrait
from drivers.camera.portrait import packaged_portrait
from drivers.camera.types import Movement
from kiosk.demo.bystander import Bystander
from kiosk.demo.drawer.moves import Move, Outcome, Refused
from kiosk.demo.stage import Stage
from ui.devdock.protocol import Action

MOVEMENTS = {
    Movement.BLINK: "Blink",
    Movement.TURN_LEFT: "Turn left",
    Movement.TURN_RIGHT: "Turn right",
    Movement.OPEN_MOUTH: "Open mouth",
    Movement.NOD: "Nod",
}
SPECIES = {
    "print": ("Printed photo", "A photograph on paper (PAI)"),
    "replay_video": ("Replay", "A recording on a screen (PAI)"),
    "mask_cutout": ("Paper mask", "A paper face with holes (PAI)"),
    "two_people": ("Second person", "Somebody steps in beside"),
    "sunglasses": ("Sunglasses", "Eyes covered"),
    "face_mask": ("Face mask", "Mouth covered"),
}


class PersonMoves:
    """One person, who can be played by hand or left to act alone."""

    key = "F"
    title = "Person before the camera"

    def __init__(self, stage: Stage, bystander: Bystander) -> None:
        self._camera = stage.camera
        self._bystander = bystander
        self._is_here = True
        self._is_other = False
        self._has_second_face = second_portrait() is not None

    @property
    def told(self) -> str:
        """Who stands there, in a few words."""
        if not self._is_here:
            return "nobody"
        who = "somebody else" if self._is_other else "the card's holder"
        return who if self._camera.species == "live" else f"{who}: {self._camera.species}"

    def all(self) -> Sequence[Move]:
        """Walks, movements, who it is, and what is done unasked."""
        face = "" if self._has_second_face else "There is no second face here: install the benchmarks' packages"
        return (
            Move(
                Action("person.away", "Walk away", "Out of the picture; once more comes back"),
                self._walk,
                is_in_force=lambda: not self._is_here,
            ),
            *(self._movement(movement, label) for movement, label in MOVEMENTS.items()),
            Move(
                Action("person.other", "Wrong face", "Somebody else than on the card; once more: the holder", face),
                self._change_face,
                is_slow=True,
                is_in_force=lambda: self._is_other,
            ),
            *(self._species(species, label, hint) for species, (label, hint) in SPECIES.items()),
            Move(
                Action("person.obeys", "Obeys", "Makes the movements when they are asked for"),
                self._toggle_obeys,
                is_in_force=lambda: self._bystander.obeys,
            ),
            Move(
                Action("person.lays_card", "Lays card", "The elder's card lies down by itself, and goes at the farewell"),
                self._toggle_card,
                is_in_force=lambda: self._bystander.lays_card,
            ),
        )

    def _walk(self) -> Outcome:
        self._is_here = not self._is_here
        (self._camera.return_ if self._is_here else self._camera.leave)()
        return "the person comes back" if self._is_here else "the person walks away"

    def _movement(self, movement: Movement, label: str) -> Move:
        def do() -> Outcome:
            if not self._camera.status().is_online:
                return Refused("the camera is at rest: nobody looks")
            self._camera.perform(movement)
            return f"the person: {label.lower()}"

        return Move(Action(f"person.{movement}", label, "Once, now"), do)

    def _change_face(self) -> Outcome:
        other = packaged_portrait() if self._is_other else second_portrait()
        if other is None:
            return Refused("there is no second face here")
        self._camera.set_portrait(other)
        self._is_other = not self._is_other
        return "somebody else stands there" if self._is_other else "the card's holder stands there"

    def _species(self, species: str, label: str, hint: str) -> Move:
        def do() -> Outcome:
            is_on = self._camera.species == species
            self._camera.set_scene("live" if is_on else species)
            return "a live person again" if is_on else f"{label.lower()} before the camera"

        action = Action(f"person.{species}", label, f"{hint}; once more: the live person")
        return Move(action, do, is_slow=True, is_in_force=lambda: self._camera.species == species)

    def _toggle_obeys(self) -> Outcome:
        self._bystander.obeys = not self._bystander.obeys
        return "movements are made when asked for" if self._bystander.obeys else "movements are yours to make"

    def _toggle_card(self) -> Outcome:
        self._bystander.lays_card = not self._bystander.lays_card
        return "the card lies down by itself" if self._bystander.lays_card else "the card is yours to lay down"
