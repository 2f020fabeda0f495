"""The visits of the recovery benchmark, and what the platform and the paper say of them afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.recovery_world import Mishap, PluggedStage, TriedResident, slip_problems
from kiosk.demo.resident import GaveUp, wait
from kiosk.demo.scenes import SENIOR, Scene
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Paper, Step

if TYPE_CHECKING:
    from benchmarks.recovery import Outcome

_ALL_ONLINE_S = 20.0
_PRINT_S = 60.0
_DELIVERED_S = 60.0
_INTO_THE_READING_S = 0.4
_INTO_THE_FACE_CHECK_S = 1.5
_SLOW_ANSWER_S = 0.3
READING, PRINTED = "card_reading", "slip_shown"
EXPECTED_STEPS = (
    *(step.value for step in (Step.IDLE, Step.HOME, Step.GUIDE, Step.CONSENT, Step.ROUTE, Step.FACE_CONSENT, Step.CARD)),
    READING,
    *(step.value for step in (Step.FACE, Step.FORM, Step.REVIEW, Step.SIGN, Step.SLIP)),
    PRINTED,
    *(step.value for step in (Step.RATING, Step.FAREWELL)),
)


class TriedScene(Scene):
    """A visit during which one device's plug is pulled at every step."""

    def __init__(self, stage: PluggedStage, mishap: Mishap, pictures: Path, say: Callable[[str], None]) -> None:
        super().__init__(stage, "tried", pictures, say)
        self._plugged, self._mishap = stage, mishap
        self._may_move = False
        self.resident = TriedResident(stage, pictures, self._at_step)

    def play(self) -> None:
        """The whole visit, by card and face."""
        self.choose(SENIOR)
        self.identify_by_face(self._plugged.elder_card())
        self.fill_in({"collect": "village"})
        self.hand_in()
        self._until_printed()
        self._mishap.happen(PRINTED)
        self.leave(grade=5)
        self.close()

    def _at_step(self, step: Step) -> None:
        if step is Step.FACE:
            self._may_move = True
            wait(round(_INTO_THE_FACE_CHECK_S * 1000))
        self._mishap.happen(step.value)

    def _perform(self, asks: FaceAsks) -> None:
        """The person stands still until the mishap of this step is due: the check must not be over before it."""
        if self._may_move:
            super()._perform(asks)

    def _lay_card_down(self, card: object) -> None:
        """As before; and while the card is being read, slowly, the plug is out once more."""
        reader = self._plugged.reader
        self.resident.wait_step(Step.CARD)
        reader.slow_down(_SLOW_ANSWER_S)
        reader.put_card(card)  # type: ignore[arg-type]
        wait(round(_INTO_THE_READING_S * 1000))
        self._mishap.happen(READING)
        reader.clear_faults()

    def _until_printed(self) -> None:
        """A slip that failed is asked for again, as often as it takes."""
        visit = self._plugged.terminal.visit
        ends = time.monotonic() + _PRINT_S
        while visit.state.paper is not Paper.PRINTED:
            if time.monotonic() > ends:
                raise GaveUp("no slip came out")
            if visit.state.paper is Paper.FAILED:
                self.resident.touch_if_there("print_again")
            wait(100)


class Trial:
    """All visits on one stage."""

    def __init__(self, folder: Path, *, use_pty: bool, patience_s: float, say: Callable[[str], None]) -> None:
        self._folder, self._use_pty = folder, use_pty
        self._patience_s = patience_s
        self._say = say
        self._lives = 0
        self._stage = self._new_stage()

    def start(self) -> None:
        """Platform, devices, terminal; the person before the camera is drawn before anybody waits for it."""
        self._stage.camera.start()
        self._stage.start()
        ends = time.monotonic() + _ALL_ONLINE_S
        while not all(self._stage.is_online(device) for device in self._stage.plugs):
            if time.monotonic() > ends:
                raise SystemExit(f"not all devices came up: {self._stage.terminal.devices()}")
            wait(50)

    def visit(self, device: str, outcome: Outcome) -> None:
        """One visit with ``device`` in trouble; a visit that cannot be ended costs a restart, which counts."""
        stage = self._stage
        before = len(stage.printer.slips)
        mishap = Mishap(stage, device, self._patience_s)
        scene = TriedScene(stage, mishap, self._folder / "pictures", lambda _line: None)
        outcome.visits += 1
        self._say(f"{device}: a visit")
        try:
            scene.play()
        except GaveUp as error:
            done = [one.step for one in mishap.recoveries]
            outcome.problems.append(f"{device}: after {done[-1] if done else 'nothing'}: {error}")
            outcome.reboots += 1
            stage.terminal.window.grab().save(str(self._folder.parent / f"recovery-gave-up-{device}.png"))
        outcome.recoveries += mishap.recoveries
        outcome.steps_missed += len(set(EXPECTED_STEPS) - {one.step for one in mishap.recoveries})
        case_id = scene.report.case_id
        if case_id:
            outcome.case_ids.append(case_id)
            wrong = slip_problems(stage.printer.slips[before:], scene.report.receipt_number)
            outcome.wrong_slips += len(wrong)
            outcome.problems += [f"{device}: {words}" for words in wrong]

    def settle(self, outcome: Outcome) -> None:
        """Wait until the platform has every case, and count."""
        ends = time.monotonic() + _DELIVERED_S
        while len(self._held()) < len(set(outcome.case_ids)) and time.monotonic() < ends:
            wait(200)
        held = self._held()
        outcome.lost = sum(case_id not in held for case_id in outcome.case_ids)
        outcome.doubled = len(held) - len(set(held))

    def stop(self) -> None:
        """Clear everything away."""
        self._stage.stop()
        self._stage.camera.stop()

    def _held(self) -> list[str]:
        return [str(record["case_id"]) for record in self._stage.platform.cases()]

    def _new_stage(self) -> PluggedStage:
        self._lives += 1
        return PluggedStage(self._folder / f"life-{self._lives}", use_pty=self._use_pty)
