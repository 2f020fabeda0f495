"""One class a screen, and which step is shown by which."""

from __future__ import annotations

from typing import Any

from kiosk.flow.states import Step
from ui.screens.another import AnotherScreen
from ui.screens.base import StepScreen
from ui.screens.card import CardScreen
from ui.screens.consent import ConsentScreen
from ui.screens.credential import CredentialScreen
from ui.screens.face import FaceScreen
from ui.screens.face_consent import FaceConsentScreen
from ui.screens.farewell import FarewellScreen
from ui.screens.form import FormScreen
from ui.screens.gathering import GatheringScreen
from ui.screens.guardian import GuardianCardScreen, GuardianConsentScreen
from ui.screens.guide import GuideScreen
from ui.screens.handling import HandlingScreen
from ui.screens.home import HomeScreen
from ui.screens.idle import IdleScreen
from ui.screens.not_accepted import NotAcceptedScreen
from ui.screens.not_eligible import NotEligibleScreen
from ui.screens.out_of_service import OutOfServiceScreen
from ui.screens.papers import PapersScreen
from ui.screens.policies import PoliciesScreen
from ui.screens.progress import ProgressScreen
from ui.screens.progress_answer import ProgressAnswerScreen
from ui.screens.proof import ProofScreen
from ui.screens.rating import RatingScreen
from ui.screens.rating_why import RatingWhyScreen
from ui.screens.review import ReviewScreen
from ui.screens.route import RouteScreen
from ui.screens.search import SearchScreen
from ui.screens.sign import SignScreen
from ui.screens.slip import SlipScreen
from ui.screens.sms import SmsScreen
from ui.screens.staff import StaffScreen
from ui.screens.working import WorkingScreen

SCREENS: dict[Step, type[StepScreen[Any]]] = {
    Step.IDLE: IdleScreen,
    Step.OUT_OF_SERVICE: OutOfServiceScreen,
    Step.HOME: HomeScreen,
    Step.SEARCH: SearchScreen,
    Step.PROGRESS: ProgressScreen,
    Step.PROGRESS_CARD: CardScreen,
    Step.PROGRESS_ASKING: WorkingScreen,
    Step.PROGRESS_ANSWER: ProgressAnswerScreen,
    Step.POLICIES: PoliciesScreen,
    Step.GUIDE: GuideScreen,
    Step.CONSENT: ConsentScreen,
    Step.ROUTE: RouteScreen,
    Step.FACE_CONSENT: FaceConsentScreen,
    Step.CARD: CardScreen,
    Step.GUARDIAN_CARD: GuardianCardScreen,
    Step.GUARDIAN_CONSENT: GuardianConsentScreen,
    Step.FACE: FaceScreen,
    Step.STAFF: StaffScreen,
    Step.CREDENTIAL: CredentialScreen,
    Step.SMS: SmsScreen,
    Step.NOT_ELIGIBLE: NotEligibleScreen,
    Step.GATHERING: GatheringScreen,
    Step.FORM: FormScreen,
    Step.PAPERS: PapersScreen,
    Step.HANDLING: HandlingScreen,
    Step.REVIEW: ReviewScreen,
    Step.SIGN: SignScreen,
    Step.COMMITTING: WorkingScreen,
    Step.NOT_ACCEPTED: NotAcceptedScreen,
    Step.DELIVERING: WorkingScreen,
    Step.SLIP: SlipScreen,
    Step.PROOF: ProofScreen,
    Step.RATING: RatingScreen,
    Step.RATING_WHY: RatingWhyScreen,
    Step.ANOTHER: AnotherScreen,
    Step.FAREWELL: FarewellScreen,
}
