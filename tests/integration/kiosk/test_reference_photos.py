"""The platform's photo over true HTTP: the true platform in its process, the terminal's own line, the true face engine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.portraits import PURPOSE_PORTRAIT, consent_id
from drivers.camera.simulator import PortraitCamera
from drivers.face.engine import DlibFaceEngine
from drivers.face.templates import EmbeddingTemplate
from drivers.face.types import Action
from drivers.face.verifier import LocalVerifier
from drivers.types import Deadline
from fleet.sample_residents import SAMPLE_RESIDENTS
from kiosk.config import Machine, Platform, Settings
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow.session import ConsentRecord
from kiosk.services.cases import identification_of
from kiosk.services.faces import FaceCheck
from kiosk.services.identify import IdentityDesk, Ways
from kiosk.services.platform import enrol
from kiosk.services.reference_photos import NOT_HELD, OFFLINE, NoReference, ReferenceFound
from kiosk.services.route_locks import RouteLocks
from kiosk.workers.platform_link import PlatformLink
from tests.helpers.liveness import Obedient
from tests.helpers.people import sample_catalogue, sample_person
from tests.helpers.platform_process import PlatformProcess, fleet
from tests.helpers.vision import FACES, portrait, true_engine

CONSENT = ConsentRecord(PURPOSE_PORTRAIT, True, Language.ZH, 1_795_000_000_000)
KNOWN = sample_person(id_number=SAMPLE_RESIDENTS[0].id_number, name=SAMPLE_RESIDENTS[0].name)
VERSION = "2026.11"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "platform"


@pytest.fixture
def platform(data: Path) -> Iterator[PlatformProcess]:
    running = PlatformProcess(data)
    assert fleet("residents", "add-samples", "--data", data).returncode == 0
    yield running
    running.stop()


@pytest.fixture
def link(tmp_path: Path, data: Path, platform: PlatformProcess) -> Iterator[PlatformLink]:
    settings = Settings(machine=Machine(data_dir=tmp_path / "terminal"), platform=Platform(url=platform.url))
    enrol(settings, json.loads(fleet("enrol-token", "--region", "330304", "--json", "--data", data).stdout)["token"])
    link = PlatformLink(settings, sample_catalogue())
    yield link
    link.stop()


def _template(engine: DlibFaceEngine, found: ReferenceFound) -> EmbeddingTemplate:
    pixels = found.portrait.pixels
    assert pixels is not None
    template = engine.template(pixels)
    assert isinstance(template, EmbeddingTemplate), template
    return template


def test_the_samples_photo_is_that_of_the_simulated_person_and_the_fetch_is_on_record(
    link: PlatformLink, data: Path, platform: PlatformProcess
) -> None:
    found = link.reference_photos(lambda: VERSION).fetch(KNOWN, CONSENT, Deadline(20.0))
    assert isinstance(found, ReferenceFound)
    assert found.is_sample
    engine = true_engine()
    probe = engine.template(portrait())
    assert isinstance(probe, EmbeddingTemplate)
    assert engine.compare(probe, _template(engine, found)).match
    found.portrait.forget()

    identity = link.identity.current()
    assert identity is not None
    asked, held = json.loads(fleet("report", "portraits", "--json", "--data", data).stdout)["portraits"]
    assert (asked["outcome"], held["outcome"]) == ("asked", "held")
    assert held["kiosk_id"] == identity.kiosk_id
    assert held["consent_id"] == consent_id(identity.kiosk_id, PURPOSE_PORTRAIT, VERSION, CONSENT.at_ms)
    assert KNOWN.id_number not in platform.log
    listed = json.loads(fleet("residents", "list", "--json", "--data", data).stdout)["residents"]
    assert [one["has_portrait"] for one in listed] == [True] * len(SAMPLE_RESIDENTS)


def test_a_photo_of_another_person_given_to_the_register_does_not_match(link: PlatformLink, data: Path) -> None:
    pictures = sorted(FACES.glob("johns/*/*.jpg"))
    if not pictures:
        pytest.skip("photographs of other people are not beside the repository")
    person = sample_person(id_number="110101199003070038", name="测试·赵小样")
    words = ("--id-number", person.id_number, "--name", person.name, "--portrait", pictures[0])
    assert fleet("residents", "add", *words, "--data", data).returncode == 0
    found = link.reference_photos(lambda: VERSION).fetch(person, CONSENT, Deadline(20.0))
    assert isinstance(found, ReferenceFound)
    engine = true_engine()
    probe = engine.template(portrait())
    assert isinstance(probe, EmbeddingTemplate)
    assert not engine.compare(probe, _template(engine, found)).match
    found.portrait.forget()


def test_nobodys_photo_and_a_platform_that_is_gone_are_told_apart(link: PlatformLink, platform: PlatformProcess) -> None:
    photos = link.reference_photos(lambda: VERSION)
    assert photos.fetch(sample_person(name="测试·没有这人"), CONSENT, Deadline(20.0)) == NoReference(NOT_HELD)
    platform.stop()
    assert photos.fetch(KNOWN, CONSENT, Deadline(20.0)) == NoReference(OFFLINE)


class NoDevices:
    """The readers are not needed: the card was read before, and had no photo."""

    def read_card(self, deadline: Deadline) -> ev.CardWasRead | ev.CardFailed:
        return ev.CardFailed("card.no_card")

    def read_code(self, deadline: Deadline) -> str | ev.CredentialFailed:
        return ev.CredentialFailed("credential.timed_out")

    def open_camera(self) -> None: ...

    def close_camera(self) -> None: ...

    def confirm(self, staff_id: str, pin: str) -> ev.PersonProved | ev.ProofFailed:
        return ev.ProofFailed("staff.wrong_code")


def test_the_simulated_person_is_proved_by_the_platforms_photo_alone(link: PlatformLink) -> None:
    camera = PortraitCamera()
    person = Obedient(camera.perform)
    devices = NoDevices()
    check = FaceCheck(camera, LocalVerifier(true_engine()))
    ways = Ways(devices, check, devices, references=link.reference_photos(lambda: VERSION))
    desk = IdentityDesk(ways, RouteLocks(time.monotonic), time.monotonic)
    told: list[ev.FaceAsks] = []

    def hear(asks: ev.FaceAsks) -> None:
        told.append(asks)
        person.hear(Action(asks.action) if asks.action else None, asks.done)

    try:
        event = desk.prove_by_platform_photo(KNOWN, CONSENT, Deadline(90.0), hear)
    finally:
        person.rest()
        camera.stop()
    assert isinstance(event, ev.PersonProved), event
    assert told
    sent = identification_of(event.proof)
    assert (sent.route, sent.reference, sent.demonstration_only) == ("id_card_face", "platform", True)
    assert sent.distance is not None
    assert sent.threshold is not None
    assert sent.distance <= sent.threshold
