"""Every fault at every moment of a slip: what is said of it is true, and the next person gets a clean slip. The paper is the judge."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from drivers.emulation.host import PtyHost, TcpHost
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_state import Model
from drivers.receipt_printer.types import PrintOutcome, PrintResult, Text
from drivers.types import Deadline
from tests.helpers.serial_devices import wait_until
from tests.helpers.slips import sample_slip

ROOT = Path(__file__).parents[3]
NEXT = "下一位"
PARTS = ("瓯e办", "330303251123", "A7K200042X", "居住证申领", "已保存在本机", "OUEBAN1", "3303032511", "0577-12345")
"""What would give the first person's slip away, from its top to its end."""
MOMENTS = {"sweep": 5, "top": 20, "number": 35, "code": 75, "bars": 115, "end": 140}
"""Millimetres of paper after which the fault strikes; the sweep before the first slip takes 16."""


@dataclass
class Place:
    """A printer on its line, and the driver."""

    emulator: PrinterEmulator
    host: TcpHost | PtyHost
    printer: EscPosPrinter


def at(stack: ExitStack, line: str, model: Model | None = None) -> Place:
    emulator = stack.enter_context(PrinterEmulator(model=model))
    host = TcpHost(emulator) if line == "tcp" else PtyHost.in_own_folder(emulator, "printer")
    stack.callback(host.stop)
    printer = EscPosPrinter(host.url, answer_s=1.0)
    stack.callback(printer.close)
    return Place(emulator, host, printer)


def nothing(_place: Place) -> None:
    """It heals by itself."""


def cover_closed(place: Place) -> None:
    place.emulator.close_cover()


def power_fails(place: Place) -> None:
    place.emulator.power_cycle()
    place.host.unplug()


FAULTS: dict[str, tuple[Callable[[Place], None], Callable[[Place], None]]] = {
    "power cycle": (lambda place: place.emulator.power_cycle(), nothing),
    "power cycle of printer and line": (power_fails, lambda place: place.host.plug()),
    "paper ends and is changed": (lambda place: place.emulator.set_paper_mm(0), lambda place: place.emulator.load_paper()),
    "paper ends, and the cable is pulled before it is changed": (
        lambda place: (place.emulator.set_paper_mm(0), place.host.unplug()),
        lambda place: (place.emulator.load_paper(), place.host.plug()),
    ),
    "cable": (lambda place: place.host.unplug(), lambda place: place.host.plug()),
    "cover": (lambda place: place.emulator.open_cover(), cover_closed),
    "cutter": (lambda place: place.emulator.cutter_jam(), lambda place: place.emulator.clear_cutter_jam()),
    "silence": (lambda place: place.emulator.mute(), lambda place: place.emulator.mute(False)),
    "hung firmware": (lambda place: place.emulator.hang(), lambda place: place.emulator.hang(False)),
    "hot head": (lambda place: place.emulator.head_hot(), lambda place: place.emulator.head_hot(False)),
    "button": (lambda place: place.emulator.go_offline(), lambda place: place.emulator.go_offline(False)),
}
CELLS = [(fault, moment, "tcp") for fault in FAULTS for moment in MOMENTS] + [(fault, "number", "pty") for fault in FAULTS]


@lru_cache(maxsize=1)
def whole_slip() -> str:
    with ExitStack() as stack:
        place = at(stack, "tcp")
        assert place.printer.print_receipt(sample_slip(), Deadline(30)).result is PrintResult.PRINTED
        return place.emulator.slips[-1].text


def pieces(place: Place) -> list[str]:
    place.emulator.tear()  # what still hangs out belongs to whoever comes next
    return [slip.text for slip in place.emulator.slips]


def shows(piece: str) -> bool:
    return any(part in piece for part in PARTS)


def check_first(outcome: PrintOutcome, before: list[str]) -> None:
    """What the outcome says is what the paper shows."""
    on_paper = "".join(before)
    if outcome.result is PrintResult.PRINTED:
        assert whole_slip() in before
    elif outcome.result is PrintResult.NOT_PRINTED:
        assert not shows(on_paper)


def check_next(place: Place) -> None:
    """Nothing of the first slip is on the same piece of paper as the next one, nor comes out behind it."""
    papers = pieces(place)
    (position,) = [index for index, piece in enumerate(papers) if NEXT in piece]
    assert papers[position].strip() == NEXT
    assert not any(shows(piece) for piece in papers[position:])


@pytest.mark.parametrize(("fault", "moment", "line"), CELLS, ids=lambda value: value.replace(" ", "_"))
def test_a_fault_in_a_slip_leaves_nothing_for_the_next_person(fault: str, moment: str, line: str) -> None:
    strike, cure = FAULTS[fault]
    with ExitStack() as stack:
        place = at(stack, line)
        place.emulator.at_mm(MOMENTS[moment], lambda: strike(place))
        outcome = place.printer.print_receipt(sample_slip(), Deadline(4))
        before = [slip.text for slip in place.emulator.slips]
        cure(place)
        wait_until(lambda: place.printer.status().can_print)
        check_first(outcome, [*before, *(slip.text for slip in place.emulator.slips)])
        assert place.printer.print_receipt([Text(NEXT)], Deadline(30)).result is PrintResult.PRINTED
        check_next(place)


@pytest.mark.parametrize("moment", ["number", "code"])
@pytest.mark.parametrize(
    "model", [Model(clears_on_request=False), Model(answers_queued_status=False)], ids=["cannot forget", "no GS r"]
)
def test_printers_that_can_do_less_keep_the_promise_too(model: Model, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.receipt_printer.job._PATIENCE_S", 0.5)
    monkeypatch.setattr("drivers.receipt_printer.job._NO_PATIENCE_S", 0.05)
    with ExitStack() as stack:
        place = at(stack, "tcp", model)
        place.emulator.at_mm(MOMENTS[moment], lambda: place.emulator.set_paper_mm(0))
        outcome = place.printer.print_receipt(sample_slip(), Deadline(10))
        assert outcome.result is PrintResult.PARTLY_PRINTED
        place.emulator.load_paper()
        wait_until(lambda: place.printer.status().can_print)
        outcome = place.printer.print_receipt([Text(NEXT)], Deadline(30))
        assert outcome.result is (PrintResult.PRINTED if model.answers_queued_status else PrintResult.UNKNOWN)
        check_next(place)


KILLED = """
import sys
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.types import Deadline
from tests.helpers.slips import sample_slip
EscPosPrinter(sys.argv[1]).print_receipt(sample_slip(), Deadline(60))
"""


@pytest.mark.parametrize("line", ["tcp", "pty"])
@pytest.mark.parametrize("moment", ["top", "code"])
@pytest.mark.parametrize("paper_ends", [False, True], ids=["paper stays", "paper is changed"])
def test_a_terminal_killed_in_a_slip_leaves_nothing_for_the_next_person(line: str, moment: str, paper_ends: bool) -> None:
    with ExitStack() as stack:
        place = at(stack, line)
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, place.host.url], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

        def strike() -> None:
            child.send_signal(signal.SIGKILL)
            if paper_ends:
                place.emulator.set_paper_mm(0)

        place.emulator.at_mm(MOMENTS[moment], strike)
        assert child.wait(60) == -signal.SIGKILL
        wait_until(lambda: place.printer.status().device.code == ("paper_out" if paper_ends else "ok"))
        place.emulator.load_paper()
        assert place.printer.print_receipt([Text(NEXT)], Deadline(30)).result is PrintResult.PRINTED
        check_next(place)
