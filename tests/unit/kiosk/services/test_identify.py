"""The desk that carries out the ways: what counts as a try, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.types import Deadline
from kiosk.domain.identity import Person, Portrait, Route, RouteStanding
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow.context import LOCK_S
from kiosk.flow.moves import PURPOSE_PORTRAIT
from kiosk.flow.session import ConsentRecord
from kiosk.services.identify import MACHINE_PAUSE_S, IdentityDesk, Ways, credential_proof, sms_proof
from kiosk.services.reference_photos import NoReference, ReferenceFound
from kiosk.services.route_locks import RouteLocks
from tests.helpers.people import FACE, STAFF, sample_person, sample_portrait
from tests.helpers.visitor import SMS, proof_by

ONE, OTHER = sample_person(), sample_person(id_number="330302196001010013")


class World:
    """Readers, face, staff, issuer and platform, answering as set."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.cards: list[ev.CardWasRead | ev.CardFailed] = []
        self.code: str | ev.CredentialFailed = "a code"
        self.face_answer: ev.Event = ev.ProofFailed("face.no_match")
        self.asks = (ev.FaceAsks("blink", 0, 3),)
        self.staff_answer: ev.PersonProved | ev.ProofFailed = ev.ProofFailed("staff.wrong_code")
        self.credential: ev.CredentialShown | ev.CredentialFailed = ev.CredentialFailed("credential.expired")
        self.checked: list[str] = []
        self.confirmed: ev.PersonProved | ev.SmsFailed = ev.SmsFailed("sms.wrong_code")
        self.log: list[str] = []
        self.photo: ReferenceFound | NoReference = NoReference("face.reference_offline")

    def fetch(self, person: Person, consent: ConsentRecord | None, deadline: Deadline) -> ReferenceFound | NoReference:
        self.log.append("fetch" if consent is not None else "fetch without consent")
        return self.photo

    def read_card(self, deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        return self.cards.pop(0)

    def read_code(self, deadline: Deadline) -> str | ev.CredentialFailed:
        return self.code

    def open_camera(self) -> None:
        self.log.append("open")

    def close_camera(self) -> None:
        self.log.append("close")

    def prove(self, portrait: Portrait, deadline: Deadline, tell: Callable[[ev.FaceAsks], None]) -> ev.Event:
        for asks in self.asks:
            tell(asks)
        return self.face_answer

    def confirm(self, staff_id: str, pin: str) -> ev.PersonProved | ev.ProofFailed:
        return self.staff_answer

    def show(self, text: str) -> ev.CredentialShown | ev.CredentialFailed:
        self.checked.append(text)
        return self.credential


class Platform:
    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, person: object, deadline: Deadline) -> ev.SmsSent | ev.SmsFailed:
        return ev.SmsSent("138****0000", "request-1")

    def confirm(self, request_id: str, code: str, deadline: Deadline) -> ev.PersonProved | ev.SmsFailed:
        return self._world.confirmed


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def subject(world: World) -> IdentityDesk:
    clock = lambda: world.now_s  # noqa: E731
    return IdentityDesk(Ways(world, world, world, world, Platform(world), world), RouteLocks(clock), clock)


def _face(desk: IdentityDesk, deadline: Deadline | None = None) -> ev.Event:
    return desk.prove_by_face(ONE, sample_portrait(), deadline or Deadline(5.0), lambda _asks: None)


def _standings(desk: IdentityDesk, world: World) -> tuple[RouteStanding, ...]:
    world.cards.append(ev.CardWasRead(ONE, None))
    event = desk.read_card(Deadline(1.0))
    assert isinstance(event, ev.CardWasRead)
    return event.standings


def test_leaving_and_starting_again_gives_no_new_tries_and_locks_out_nobody_else(subject: IdentityDesk, world: World) -> None:
    _face(subject)
    _face(subject)
    assert _standings(subject, world) == (RouteStanding(FACE, 2),)
    _face(subject)
    assert _standings(subject, world) == (RouteStanding(FACE, 0, LOCK_S),)
    world.face_answer = ev.PersonProved(proof_by(FACE))
    assert _face(subject) == ev.ProofFailed("route.paused")
    assert isinstance(subject.prove_by_face(OTHER, sample_portrait(), Deadline(5.0), lambda _asks: None), ev.PersonProved)
    world.now_s += LOCK_S
    assert isinstance(_face(subject), ev.PersonProved)
    assert _standings(subject, world) == ()


def test_a_check_that_is_given_up_counts_once_its_challenge_has_begun(subject: IdentityDesk, world: World) -> None:
    """Else one could look at challenges without end and wait for an easy one."""
    world.face_answer = ev.ProofFailed("face.cancelled")
    deadline = Deadline(5.0)
    deadline.cancel()
    world.asks = (ev.FaceAsks("", 0, 3, "no_face"),)
    _face(subject, deadline)
    assert _standings(subject, world) == ()
    world.asks = (ev.FaceAsks("blink", 0, 3),)
    _face(subject, deadline)
    assert _standings(subject, world) == (RouteStanding(FACE, 1),)


@pytest.mark.parametrize("reason", ["face.camera_lost", "face.unusable_portrait", "face.engine_lost"])
def test_the_machine_s_own_trouble_is_nobody_s_try(subject: IdentityDesk, world: World, reason: str) -> None:
    world.face_answer = ev.ProofFailed(reason)
    for _ in range(5):
        _face(subject)
    assert _standings(subject, world) == ()


def test_staff_and_messages_are_counted_apart(subject: IdentityDesk, world: World) -> None:
    for _ in range(3):
        subject.check_staff(ONE, "1001", "000000")
    subject.confirm_sms(ONE, "request-1", "000000", Deadline(5.0))
    assert _standings(subject, world) == (RouteStanding(STAFF, 0, LOCK_S), RouteStanding(SMS, 1))
    assert subject.check_staff(ONE, "1001", "246810") == ev.ProofFailed("route.paused")
    world.confirmed = ev.PersonProved(sms_proof())
    assert subject.confirm_sms(ONE, "request-1", "204816", Deadline(5.0)) == ev.PersonProved(sms_proof())
    assert _standings(subject, world) == (RouteStanding(STAFF, 0, LOCK_S),)


def test_a_paused_person_gets_no_more_messages(subject: IdentityDesk) -> None:
    assert isinstance(subject.request_sms(ONE, Deadline(5.0)), ev.SmsSent)
    for _ in range(3):
        subject.confirm_sms(ONE, "request-1", "000000", Deadline(5.0))
    assert subject.request_sms(ONE, Deadline(5.0)) == ev.SmsFailed("route.paused")
    assert subject.confirm_sms(ONE, "request-1", "204816", Deadline(5.0)) == ev.SmsFailed("route.paused")
    assert isinstance(subject.request_sms(OTHER, Deadline(5.0)), ev.SmsSent)


def test_a_good_code_is_shown_and_a_bad_one_told(subject: IdentityDesk, world: World) -> None:
    assert subject.read_credential(Deadline(5.0)) == ev.CredentialFailed("credential.expired")
    shown = ev.CredentialShown(ONE, credential_proof("digest"))
    world.credential = shown
    assert subject.read_credential(Deadline(5.0)) == shown
    assert (shown.proof.route, shown.proof.credential_id) == (Route.ELECTRONIC_CREDENTIAL, "digest")


def test_three_bad_codes_rest_the_scanner_for_a_moment(subject: IdentityDesk, world: World) -> None:
    world.code = ev.CredentialFailed("credential.timed_out")
    for _ in range(4):
        subject.read_credential(Deadline(5.0))
    world.code = "a code"
    for _ in range(3):
        assert subject.read_credential(Deadline(5.0)) == ev.CredentialFailed("credential.expired")
    looked_at = len(world.checked)
    assert subject.read_credential(Deadline(5.0)) == ev.CredentialFailed("credential.paused")
    assert len(world.checked) == looked_at
    world.now_s += MACHINE_PAUSE_S
    assert subject.read_credential(Deadline(5.0)) == ev.CredentialFailed("credential.expired")


def test_a_code_that_nobody_waits_for_is_not_used_up(subject: IdentityDesk, world: World) -> None:
    deadline = Deadline(5.0)
    deadline.cancel()
    assert subject.read_credential(deadline) == ev.CredentialFailed("credential.cancelled")
    assert world.checked == []


def test_the_guardian_s_card_is_waited_for_while_the_child_s_still_lies_there(subject: IdentityDesk, world: World) -> None:
    pictures = [sample_portrait() for _ in range(3)]
    world.cards = [
        ev.CardWasRead(ONE, pictures[0]),
        ev.CardFailed("card.removed_too_soon"),
        ev.CardWasRead(ONE, pictures[1]),
        ev.CardWasRead(OTHER, pictures[2]),
    ]
    assert subject.read_guardian_card(ONE, Deadline(10.0)) == ev.GuardianCardRead(OTHER)
    assert [picture.pixels for picture in pictures] == [None] * 3


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (ev.CardWasRead(ONE, None), "guardian.same_card"),
        (ev.CardFailed("card.no_card"), "card.no_card"),
        (ev.CardFailed("card.reader_lost"), "card.reader_lost"),
        (ev.CardFailed("card.unreadable"), "card.unreadable"),
    ],
)
def test_without_another_card_it_is_said_why(
    subject: IdentityDesk, world: World, card: ev.CardWasRead | ev.CardFailed, reason: str
) -> None:
    world.cards = [card] * 3
    assert subject.read_guardian_card(ONE, Deadline(0.1)) == ev.CardFailed(reason)


def test_what_is_not_set_up_says_so(world: World) -> None:
    clock = lambda: 0.0  # noqa: E731
    desk = IdentityDesk(Ways(world, world, world), RouteLocks(clock), clock)
    assert desk.read_credential(Deadline(1.0)) == ev.CredentialFailed("credential.none_configured")
    assert desk.request_sms(ONE, Deadline(1.0)) == ev.SmsFailed("sms.none_configured")
    assert desk.confirm_sms(ONE, "", "", Deadline(1.0)) == ev.SmsFailed("sms.none_configured")


def test_the_camera_is_opened_and_closed_by_word(subject: IdentityDesk, world: World) -> None:
    subject.prepare_camera()
    subject.release_camera()
    assert world.log == ["open", "close"]


CONSENT = ConsentRecord(PURPOSE_PORTRAIT, True, Language.ZH, 1)


def _face_by_platform_photo(desk: IdentityDesk) -> ev.Event:
    return desk.prove_by_platform_photo(ONE, CONSENT, Deadline(5.0), lambda _asks: None)


@pytest.mark.parametrize(
    ("is_calibrated", "is_sample", "is_demonstration"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_a_card_without_a_photo_is_checked_against_the_platforms(
    subject: IdentityDesk, world: World, is_calibrated: bool, is_sample: bool, is_demonstration: bool
) -> None:
    photo = sample_portrait()
    world.photo = ReferenceFound(photo, is_sample)
    world.face_answer = ev.PersonProved(replace(proof_by(FACE), reference="card", demonstration_only=not is_calibrated))
    event = _face_by_platform_photo(subject)
    assert isinstance(event, ev.PersonProved)
    assert (event.proof.reference, event.proof.demonstration_only) == ("platform", is_demonstration)
    assert photo.pixels is None
    assert world.log == ["fetch"]


@pytest.mark.parametrize("reason", ["offline", "not_held", "refused", "unusable"])
def test_where_the_platform_has_no_photo_nobodys_try_is_counted(subject: IdentityDesk, world: World, reason: str) -> None:
    world.photo = NoReference(f"face.reference_{reason}")
    for _ in range(5):
        assert _face_by_platform_photo(subject) == ev.ProofFailed(f"face.reference_{reason}")
    assert _standings(subject, world) == ()


def test_a_face_that_does_not_match_the_platforms_photo_costs_a_try_and_a_pause_asks_nobody(
    subject: IdentityDesk, world: World
) -> None:
    for _ in range(3):
        photo = sample_portrait()
        world.photo = ReferenceFound(photo, False)
        assert _face_by_platform_photo(subject) == ev.ProofFailed("face.no_match")
        assert photo.pixels is None
    world.log.clear()
    assert _face_by_platform_photo(subject) == ev.ProofFailed("route.paused")
    assert world.log == []


def test_a_terminal_that_asks_no_platform_says_that_the_card_has_no_photo(world: World) -> None:
    desk = IdentityDesk(Ways(world, world, world), RouteLocks(lambda: 0.0), lambda: 0.0)
    assert _face_by_platform_photo(desk) == ev.ProofFailed("card.no_portrait")
