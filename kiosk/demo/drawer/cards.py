"""ID cards to lay on the reader and to lift again: sample residents, a child and the guardian, and cards that do not work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from drivers.id_card_reader.cards import EmulatedCard, make_card
from drivers.id_card_reader.emulator import Fault
from kiosk.demo.drawer.moves import Move, Outcome
from kiosk.demo.residents import card_values, sample_residents
from kiosk.demo.stage import Stage
from kiosk.domain.china_time import CHINA_TIME
from kiosk.domain.identity import Person
from ui.devdock.protocol import Action

ELDER, ADULT = (resident.person for resident in sample_residents())
CHILD = Person(
    card_kind="resident",
    name="测试·王小小",
    id_number="330304201806010048",
    sex_code="2",
    birth=date(2018, 6, 1),
    ethnicity_code="01",
    nationality="CHN",
    address="浙江省温州市瓯海区测试路8号 SAMPLE",
    card_valid_to=date(2033, 5, 31),
)
"""Under 14: somebody must answer for her whether her face may be looked at."""
GUARDIAN = Person(
    card_kind="resident",
    name="测试·李小江",
    id_number="330304199305050025",
    sex_code="2",
    birth=date(1993, 5, 5),
    ethnicity_code="01",
    nationality="CHN",
    address="浙江省温州市瓯海区测试路8号 SAMPLE",
    card_valid_to=None,
)


class CardMoves:
    """Cards and the reader's field."""

    key = "C"
    title = "ID card"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._laid: tuple[str, EmulatedCard] | None = None
        self.person = ELDER
        """Whose card was laid down last: codes on the telephone are theirs."""

    @property
    def lying(self) -> str:
        """Name of the action whose card lies on the reader; ``card.itself`` for one that lay down by itself, empty for none."""
        card = self._stage.reader.card
        if card is None:
            return ""
        return self._laid[0] if self._laid is not None and self._laid[1] is card else "card.itself"

    def warm_up(self) -> None:
        """Make the photo that lies on the cards, which takes seconds, before anybody waits for it."""
        _ = self._stage.holder_photo

    def all(self) -> Sequence[Move]:
        """Each card, and the empty reader."""
        return (
            self._card("elder", "Elder, 68", "测试·林小瓯, with the face before the camera on it", ELDER, has_photo=True),
            self._card("adult", "Adult, 34", "测试·王小江 from another province, with that face", ADULT, has_photo=True),
            self._card("child", "Child, 8", "测试·王小小: the face check needs a guardian", CHILD, has_photo=True),
            self._card("guardian", "Guardian, 33", "测试·李小江, for the child", GUARDIAN, has_photo=True),
            self._card("no_photo", "No photo", "The elder's card, its photo cannot be decoded", ELDER),
            self._card("expired", "Expired", "The elder's card, valid until yesterday", ELDER, has_photo=True, is_expired=True),
            self._special("wrong_number", "Wrong digit", "A number with a wrong check digit", self._wrong_number),
            self._special("unknown", "Unknown kind", "A type sign nobody knows", self._unknown_kind),
            self._special("broken", "Broken", "A card whose chip is found and cannot be read", self._lay_broken),
            Move(Action("card.lift", "Lift", "Takes the card away"), self._lift),
        )

    def _card(
        self, what: str, label: str, hint: str, person: Person, *, has_photo: bool = False, is_expired: bool = False
    ) -> Move:
        name = f"card.{what}"

        def lay() -> Outcome:
            values = card_values(person)
            if person is CHILD:
                values["valid_from"] = "20230601"  # not before she was born
            if is_expired:
                values["valid_to"] = f"{self._yesterday():%Y%m%d}"
            self.person = person
            photo = self._stage.holder_photo if has_photo else None
            return self._lay(name, make_card(values, photo), f"{person.name}'s card lies on the reader")

        # Slow the first time: the portrait is taken apart into a photo.
        return Move(Action(name, label, hint), lay, is_slow=True, is_in_force=lambda: self.lying == name)

    def _special(self, what: str, label: str, hint: str, lay: Callable[[], Outcome]) -> Move:
        name = f"card.{what}"
        return Move(Action(name, label, hint), lay, is_in_force=lambda: self.lying == name)

    def _wrong_number(self) -> Outcome:
        number = ELDER.id_number
        wrong = "0" if number[-1] != "0" else "1"
        values = card_values(ELDER) | {"id_number": number[:-1] + wrong}
        return self._lay("card.wrong_number", make_card(values), "a card with a wrong check digit lies on the reader")

    def _unknown_kind(self) -> Outcome:
        values = card_values(ELDER) | {"type_sign": "Z"}
        return self._lay("card.unknown", make_card(values), "a card of an unknown kind lies on the reader")

    def _lay_broken(self) -> Outcome:
        told = self._lay("card.broken", make_card(card_values(ELDER)), "a broken card lies on the reader")
        self._stage.reader.inject(Fault.READ_FAILED)
        return told

    def _lay(self, name: str, card: EmulatedCard, words: str) -> Outcome:
        self._stage.reader.clear_faults()
        self._stage.reader.put_card(card)
        self._laid = (name, card)
        return words

    def _lift(self) -> Outcome:
        self._stage.reader.clear_faults()
        self._stage.reader.lift_card()
        return "the reader is empty"

    def _yesterday(self) -> date:
        return datetime.fromtimestamp(self._stage.clock.now().wall_ms / 1000, CHINA_TIME).date() - timedelta(days=1)
