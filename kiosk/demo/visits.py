"""The visits: online; platform down; paper out; the face refused, with two matters in one visit; and senior mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.demo.scenes import INSURANCE, MM_BEFORE_PAPER_ENDS, PERMIT, SENIOR, Scene, VisitReport
from kiosk.demo.stage import Stage
from kiosk.flow.states import Paper, Step

Say = Callable[[str], None]


def online(stage: Stage, pictures: Path, say: Say) -> list[VisitReport]:
    """(a) Everything works: the slip says *delivered*."""
    scene = Scene(stage, "online", pictures / "1-online", say)
    scene.choose(SENIOR)
    scene.identify_by_face(stage.elder_card())
    scene.fill_in({"collect": "village"})
    scene.hand_in()
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip")
    scene.leave(grade=5)
    scene.close()
    return [scene.report]


def platform_down(stage: Stage, pictures: Path, say: Say) -> list[VisitReport]:
    """(b) No platform: the slip says *saved here, not yet delivered*; the case follows when the platform is back."""
    stage.platform.stop()
    scene = Scene(stage, "platform_down", pictures / "2-platform-down", say)
    scene.choose(PERMIT)
    scene.identify_by_staff(stage.newcomer_card())
    scene.resident.touch("field:current_address")
    scene.resident.type_pinyin(("wenzhoushi", "renminlu"))
    scene.resident.picture("pinyin")
    scene.fill_in({"reason": "work"})
    scene.fill_date("residence_registered_since", "20240315")
    scene.declare("residence_registration")
    scene.receive("courier")
    scene.hand_in()
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip")
    scene.leave(grade=None)
    scene.close()
    say("  the platform comes back")
    stage.platform.start()
    return [scene.report]


def paper_out(stage: Stage, pictures: Path, say: Say) -> list[VisitReport]:
    """(c) The paper runs out while the slip is printed: the case is safe, and a copy follows when paper is in."""
    scene = Scene(stage, "paper_out", pictures / "3-paper-out", say)
    stage.printer.set_paper_mm(MM_BEFORE_PAPER_ENDS)
    scene.choose(INSURANCE)
    scene.identify_by_face(stage.elder_card())
    scene.fill_in({"period": "last_12_months"})
    scene.hand_in()
    scene.wait_paper(Paper.FAILED)
    scene.resident.picture("slip-paper-out")
    say("  paper is out; the keeper puts a new roll in")
    stage.printer.tear()
    stage.printer.load_paper()
    scene.resident.touch("print_again")
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip-copy")
    scene.leave(grade=4)
    scene.close()
    return [scene.report]


def no_face(stage: Stage, pictures: Path, say: Say) -> list[VisitReport]:
    """(d) The face check is refused: another way does as well; a second matter follows without identifying again."""
    first = Scene(stage, "no_face", pictures / "4-no-face", say)
    first.choose(SENIOR)
    first.refuse_face()
    first.identify_by_staff(stage.elder_card())
    first.fill_in({"collect": "hall"})
    first.hand_in()
    first.wait_paper(Paper.PRINTED)
    first.rate(grade=5)
    first.close()
    say("  a second matter in the same visit")
    second = Scene(stage, "second_item", pictures / "4-no-face-second-item", say)
    second.resident.touch("another_yes")
    second.choose_item(INSURANCE, Step.FORM)
    second.fill_in({"period": "all"})
    second.hand_in()
    second.wait_paper(Paper.PRINTED)
    second.leave(grade=5)
    second.close()
    return [first.report, second.report]


def elder(stage: Stage, pictures: Path, say: Say) -> list[VisitReport]:
    """(e) 长辈版: larger, spoken, and one question a screen."""
    scene = Scene(stage, "elder", pictures / "5-elder", say)
    scene.switch_elder()
    scene.choose_item(INSURANCE, Step.ROUTE)
    scene.identify_by_staff(stage.elder_card())
    scene.answer_one_by_one({"period": "last_12_months"})
    scene.hand_in()
    scene.wait_paper(Paper.PRINTED)
    scene.resident.picture("slip")
    scene.leave(grade=5)
    scene.close()
    return [scene.report]
