"""A guardian answers for a child under 14: first an own card, then the consent."""

from __future__ import annotations

from kiosk.flow.events import TryAgain
from kiosk.flow.views import GuardianCardView, GuardianConsentView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.voice import marks
from ui.widgets.answers import Answers
from ui.widgets.chrome import MainAction
from ui.widgets.panels import Notice
from ui.widgets.words import Words

_POINTS = (
    ("guardian_consent.point1", "card"),
    ("guardian_consent.point2", "lock"),
    ("guardian_consent.point3", "delete"),
    ("guardian_consent.point4", "check_circle"),
)


class GuardianCardScreen(StepScreen[GuardianCardView]):
    """Why a guardian is asked for, and a way on without one."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._failed = False
        self.page.addStretch(1)
        self.add_picture(self.page, "guardian", 120)
        self.add_title(self.page, look.say("guardian_card.title"), look.say("guardian_card.how"), centred=True)
        self.add_waiting(self.page)
        self._status = Words(look.say("guardian_card.reading"), "deep_small", centred=True)
        self.page.addWidget(self._status)
        self._notice = Notice(look)
        self.page.addWidget(self._notice)
        self.add_another_way(self.page, look.say("guardian_card.no_guardian")).show()
        self.page.addStretch(2)

    def show_model(self, model: GuardianCardView) -> None:
        """Waiting, or why it did not work."""
        self._failed = not model.waiting
        self._status.setVisible(model.waiting)
        self._notice.tell_reason(model.reason)
        self.action_changed.emit()

    def main_action(self) -> MainAction | None:
        """Another try, after a failure."""
        return MainAction(self.look.say("guardian_card.try_again"), "try_again") if self._failed else None

    def act(self) -> None:
        """Another try."""
        self.happened.emit(TryAgain())


class GuardianConsentScreen(StepScreen[GuardianConsentView]):
    """The same four points as for the resident, and what is noted of the guardian; neither answer stands out."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.addStretch(1)
        self.add_picture(self.page, "guardian", 76)
        self._title = marks.personal(self.add_title(self.page, "", centred=True), look.say("say.guardian"))
        self._child = marks.personal(Words("", "soft", centred=True))
        self.page.addWidget(self._child)
        self.add_points(self.page, _POINTS)
        self.page.addStretch(2)
        answers = Answers(look, look.say("guardian_consent.yes"), look.say("guardian_consent.no"), prefer_yes=False)
        answers.happened.connect(self.happened)
        self.page.addWidget(answers)

    def show_model(self, model: GuardianConsentView) -> None:
        """Name both."""
        self._title.setText(self.look.say("guardian_consent.title", guardian=model.guardian_name))
        self._child.setText(self.look.say("guardian_consent.child", child=model.child_name))
