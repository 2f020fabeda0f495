"""Ways to identify that answer from a script."""

from __future__ import annotations

from collections.abc import Callable

from drivers.types import Deadline
from kiosk.domain.identity import Person, Portrait
from kiosk.flow import events as ev
from kiosk.flow.session import ConsentRecord


class ScriptedWays:
    """Answers what it is set to, and notes what it was asked; the whole of ``kiosk.workers.hands.Identifying``."""

    def __init__(self) -> None:
        self.card: Callable[[Deadline], ev.CardWasRead | ev.CardFailed] = lambda _deadline: ev.CardFailed("card.no_card")
        self.guardian: ev.GuardianCardRead | ev.CardFailed = ev.CardFailed("card.no_card")
        self.credential: ev.CredentialShown | ev.CredentialFailed = ev.CredentialFailed("credential.timed_out")
        self.face: Callable[[Portrait, Deadline, Callable[[ev.FaceAsks], None]], ev.Event] = lambda _p, _d, _t: ev.ProofFailed(
            "face.no_match"
        )
        self.platform_photo: ev.Event = ev.ProofFailed("face.reference_offline")
        self.staff: ev.Event = ev.ProofFailed("staff.wrong_code")
        self.sent: ev.SmsSent | ev.SmsFailed = ev.SmsFailed("sms.offline")
        self.confirmed: ev.Event = ev.SmsFailed("sms.wrong_code")
        self.asked: list[str] = []

    def read_card(self, deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        self.asked.append("card")
        return self.card(deadline)

    def read_guardian_card(self, child: Person, deadline: Deadline) -> ev.GuardianCardRead | ev.CardFailed:
        self.asked.append("guardian")
        return self.guardian

    def read_credential(self, deadline: Deadline) -> ev.CredentialShown | ev.CredentialFailed:
        self.asked.append("credential")
        return self.credential

    def prepare_camera(self) -> None:
        self.asked.append("camera opens")

    def release_camera(self) -> None:
        self.asked.append("camera closes")

    def prove_by_face(
        self, person: Person, portrait: Portrait, deadline: Deadline, tell: Callable[[ev.FaceAsks], None]
    ) -> ev.Event:
        self.asked.append("face")
        return self.face(portrait, deadline, tell)

    def prove_by_platform_photo(
        self, person: Person, consent: ConsentRecord | None, deadline: Deadline, tell: Callable[[ev.FaceAsks], None]
    ) -> ev.Event:
        self.asked.append("platform photo" if consent is not None and consent.granted else "platform photo without consent")
        return self.platform_photo

    def check_staff(self, person: Person, staff_id: str, pin: str) -> ev.Event:
        self.asked.append("staff")
        return self.staff

    def request_sms(self, person: Person, deadline: Deadline) -> ev.SmsSent | ev.SmsFailed:
        self.asked.append("message")
        return self.sent

    def confirm_sms(self, person: Person, request_id: str, code: str, deadline: Deadline) -> ev.Event:
        self.asked.append(f"{request_id} {code}")
        return self.confirmed
