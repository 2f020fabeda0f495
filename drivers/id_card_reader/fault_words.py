"""The fault language of the emulated and of the simulated reader; ``help`` lists it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from drivers.emulation.faults import FaultBook
from drivers.emulation.language import FaultLanguage, Word, at_most_one, number, plain_word, times_word, whole_number
from drivers.id_card_reader.cards import EmulatedCard, load_card
from drivers.id_card_reader.emulator import Fault, Lockup, RestMode

_LONGEST_S = 3600.0
_MOST_ANSWERS = 1_000_000
_MEANINGS = {
    Fault.MUTE: "carry out the next N commands and send no answer",
    Fault.BAD_CHECKSUM: "the next N answers have a wrong checksum",
    Fault.HALF_FRAME: "the second half of the next N answers stays out",
    Fault.STALE_REPLY: "the previous answer comes once more, ahead of the next N",
    Fault.DUPLICATE: "the next N answers come twice",
    Fault.TRUNCATE: "the next N answers are whole frames with half their data",
    Fault.UNPLUG: "the line is cut instead of the next N answers, and is there again at once",
    Fault.SELF_TEST_FAILED: "the next N commands are answered by 60",
    Fault.SELECT_FAILED: "the next N selects are answered by 81",
    Fault.READ_FAILED: "the next N reads are answered by 41",
    Fault.NO_PHOTO: "the next N reads have no photo block",
}


class FaultyReader(Protocol):
    """What the words act on."""

    rest_mode: RestMode

    @property
    def faults(self) -> FaultBook:
        """Where counted faults are ordered."""
        ...

    def put_card(self, card: EmulatedCard) -> None:
        """Put a card down."""
        ...

    def lift_card(self, after_answers: int = 0) -> None:
        """Take the card away, now or after so many answers."""
        ...

    def lock_up(self, how: Lockup = Lockup.FOUND) -> None:
        """Let the card hang in the field."""
        ...

    def make_noise(self, probability: float) -> None:
        """Rubbish ahead of answers."""
        ...

    def slow_down(self, seconds: float) -> None:
        """Delay every answer."""
        ...

    def clear_faults(self) -> None:
        """Be a good reader again."""
        ...


def reader_language(reader: FaultyReader, card: EmulatedCard, more: Sequence[Word] = ()) -> FaultLanguage:
    """All words; ``card`` is what ``put_card`` puts down without a file, ``more`` are the words of the line."""
    return FaultLanguage([*_card_words(reader, card), *_answer_words(reader), *more])


def _card_words(reader: FaultyReader, card: EmulatedCard) -> list[Word]:
    def put(arguments: Sequence[str]) -> None:
        path = at_most_one(arguments)
        reader.put_card(card if path is None else load_card(Path(path)))

    def lift(arguments: Sequence[str]) -> None:
        match arguments:
            case []:
                reader.lift_card()
            case ["after", count] | ["after", count, "answers"]:
                reader.lift_card(whole_number(count, 1, _MOST_ANSWERS))
            case _:
                raise ValueError("these words are not understood")

    def rest(arguments: Sequence[str]) -> None:
        mode = at_most_one(arguments)
        if mode not in list(RestMode):
            raise ValueError("the mode must be strict or lenient")
        reader.rest_mode = RestMode(mode)

    def lock_up(arguments: Sequence[str]) -> None:
        how = at_most_one(arguments) or Lockup.FOUND
        if how not in list(Lockup):
            raise ValueError("it must be found, none or silent")
        reader.lock_up(Lockup(how))

    return [
        Word("put_card", "put_card [FILE]", "a card is put down: the one from the start, or that of a card file", put),
        Word("lift_card", "lift_card [after N answers]", "the card is taken away", lift),
        plain_word("put", "as put_card", lambda: put([])),
        plain_word("lift", "as lift_card", lambda: lift([])),
        Word("rest", "rest strict|lenient", "whether find goes on finding a card that has been read", rest),
        Word("rf_lockup", "rf_lockup [found|none|silent]", "the card hangs in the field until a reset (10 FF)", lock_up),
    ]


def _answer_words(reader: FaultyReader) -> list[Word]:
    def slow(arguments: Sequence[str]) -> None:
        reader.slow_down(number(at_most_one(arguments) or "", 0.0, _LONGEST_S))

    def noise(arguments: Sequence[str]) -> None:
        probability = at_most_one(arguments)
        reader.make_noise(1.0 if probability is None else number(probability, 0.0, 1.0))

    return [
        *(times_word(reader.faults, fault, meaning) for fault, meaning in _MEANINGS.items()),
        plain_word("awol", "take everything and answer nothing until clear", lambda: reader.faults.inject(Fault.AWOL)),
        Word("slow", "slow SECONDS", "delay each answer", slow),
        Word("noise", "noise [P]", "rubbish ahead of each answer with probability P (0 to 1, else 1)", noise),
        plain_word("clear", "nothing goes wrong any more; card and cable stay as they are", reader.clear_faults),
    ]
