"""What only the simulated reader can: fail on request. The rest is in the contract test."""

from __future__ import annotations

import pytest

from drivers.errors import Disconnected, NoResponse
from drivers.id_card_reader.cards import sample_card
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.id_card_reader.types import CardRead
from drivers.status import DeviceState
from drivers.types import Deadline


@pytest.fixture
def subject() -> SimulatedIdCardReader:
    return SimulatedIdCardReader()


def test_it_fails_once_on_request(subject: SimulatedIdCardReader) -> None:
    subject.put_card(sample_card())
    subject.fail_next(NoResponse("sim://", "does not answer"))
    with pytest.raises(NoResponse):
        subject.read(Deadline(5.0))
    assert isinstance(subject.read(Deadline(5.0)), CardRead)


def test_unplugged_it_is_gone(subject: SimulatedIdCardReader) -> None:
    subject.unplug()
    assert subject.status().state is DeviceState.NO_DEVICE
    for use in (lambda: subject.read(Deadline(1.0)), lambda: subject.wait_removed(Deadline(1.0)), subject.reset):
        with pytest.raises(Disconnected):
            use()
