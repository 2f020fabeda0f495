"""A resident comes back and asks where the case is: the number from the slip, and the ID card."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from drivers.id_card_reader.cards import EmulatedCard
from kiosk.demo.resident import Resident
from kiosk.demo.stage import Stage
from kiosk.flow.states import AT_REST, Step

_WANTED = ["submitted", "received", "accepted"]


@dataclass
class ProgressReport:
    """What the screen said of the case."""

    receipt_number: str
    states: list[str] = field(default_factory=list)
    told_by: str = ""
    touches: int = 0
    screens: list[str] = field(default_factory=list)
    problem: str = ""
    """Where the way to the answer broke off."""

    def problems(self) -> list[str]:
        """What is not as it should be."""
        if self.problem:
            return [f"progress: {self.problem}"]
        if (self.states, self.told_by) == (_WANTED, "platform"):
            return []
        return [f"progress: {self.told_by or 'nobody'} told {', '.join(self.states) or 'nothing'}"]


def ask_progress(stage: Stage, pictures: Path, report: ProgressReport, card: EmulatedCard) -> None:
    """From rest to rest, noted in the report; raises ``GaveUp``."""
    pictures.mkdir(parents=True, exist_ok=True)
    visit = stage.terminal.visit
    resident = Resident(stage.terminal.window, lambda: visit.state.step, pictures)
    resident.wait_step(Step.IDLE)
    resident.touch("touch_to_begin")
    resident.wait_step(Step.HOME)
    resident.touch("progress")
    resident.wait_step(Step.PROGRESS)
    resident.type_on_keypad(report.receipt_number)
    resident.picture("number")
    resident.touch("main_action")
    resident.wait_step(Step.PROGRESS_CARD)
    stage.reader.put_card(card)
    resident.wait_step(Step.PROGRESS_ANSWER)
    resident.picture("answer")
    standings = visit.session.standings
    if standings is not None:
        report.told_by = standings.told_by.value
        report.states = [step.state for case in standings.cases for step in case.steps]
    resident.touch("main_action")
    resident.wait_step(Step.HOME)
    stage.reader.lift_card()
    resident.touch("quit")
    resident.wait_step(*AT_REST, seconds=20.0)
    report.touches, report.screens = resident.touches, resident.screens
