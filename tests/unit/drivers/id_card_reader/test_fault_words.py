"""Every word of the reader's fault language, on both readers that understand it."""

from __future__ import annotations

import pytest

from drivers.emulation.language import FaultLanguage
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator, Lockup, RestMode
from drivers.id_card_reader.fault_words import FaultyReader, reader_language
from drivers.id_card_reader.simulator import SimulatedIdCardReader

NOTHING = (None, 0.0, RestMode.STRICT)


@pytest.fixture(params=[IdReaderEmulator, SimulatedIdCardReader], ids=["emulator", "simulator"])
def reader(request: pytest.FixtureRequest) -> FaultyReader:
    made: FaultyReader = request.param()
    return made


@pytest.fixture
def subject(reader: FaultyReader) -> FaultLanguage:
    return reader_language(reader, sample_card())


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (Fault.AWOL, Fault.NOISE)])
def test_a_counted_fault_happens_as_often_as_it_was_ordered(reader: FaultyReader, subject: FaultLanguage, fault: Fault) -> None:
    assert subject.obey(f"{fault} 2") == "ok"
    assert [reader.faults.takes(fault) for _ in range(3)] == [True, True, False]
    assert subject.obey(fault) == "ok"
    assert all(reader.faults.takes(fault) for _ in range(5))
    assert subject.obey("clear") == "ok"
    assert not reader.faults.is_on(fault)


@pytest.mark.parametrize(
    "line",
    [
        "put_card", "put", "lift_card", "lift", "lift_card after 2", "lift_card after 2 answers", "rest lenient", "rest strict",
        "rf_lockup", "rf_lockup none", "rf_lockup silent", "slow 0.5", "noise", "noise 0.25", "awol", "clear", "mute", "help",
    ],
)  # fmt: skip
def test_what_makes_sense_is_obeyed(subject: FaultLanguage, line: str) -> None:
    assert subject.obey(line).startswith("ok")


@pytest.mark.parametrize(
    "line",
    [
        "", "dance", "slow", "slow down", "slow -1", "mute many", "mute -1", "noise 2", "noise nan", "lift_card later",
        "lift_card after", "lift_card after 0", "lift_card after 2 days", "rest", "rest lazy", "rf_lockup often", "awol 3",
        "put_card /no/such/card.json", "put_card one two",
    ],
)  # fmt: skip
def test_nonsense_is_an_error_of_one_line(reader: FaultyReader, subject: FaultLanguage, line: str) -> None:
    answer = subject.obey(line)
    assert answer.startswith("error ")
    assert "\n" not in answer
    assert not any(reader.faults.is_on(fault) for fault in Fault)


def test_words_change_the_emulated_module() -> None:
    emulator = IdReaderEmulator()
    language = reader_language(emulator, sample_card())
    language.obey("rf_lockup none")
    language.obey("slow 0.5")
    language.obey("rest lenient")
    assert (emulator._lockup, emulator._delay_s, emulator.rest_mode) == (Lockup.NONE, 0.5, RestMode.LENIENT)
    language.obey("clear")
    assert (emulator._lockup, emulator._delay_s) == (None, 0.0)


def test_every_fault_has_a_word(subject: FaultLanguage) -> None:
    assert {str(fault) for fault in Fault} <= {word.name for word in subject.words}
