"""From the visit's words to the wire's."""

from __future__ import annotations

import msgspec

from contract.cases import Consent, Identification
from kiosk.domain.identity import AssuranceLevel, Proof, Route
from kiosk.domain.language import Language
from kiosk.flow.session import ConsentRecord, SessionContext
from kiosk.services.cases import CaseFacts, consents_of, facts_of, identification_of
from tests.helpers.people import INSURANCE, sample_catalogue, sample_context, sample_person, sample_signature


def _facts(*consents: ConsentRecord) -> CaseFacts:
    item = next(item for item in sample_catalogue().items if item.code == INSURANCE)
    proof = Proof(Route.ID_CARD_STAFF, AssuranceLevel.L4, staff_id="W001")
    session = SessionContext()
    session.person, session.proof, session.signature = sample_person(), proof, sample_signature()
    session.consents = list(consents)
    return facts_of(sample_context(session), item, Language.ZH)


def test_a_proof_by_face_names_calibration_and_liveness() -> None:
    proof = Proof(
        Route.ID_CARD_FACE,
        AssuranceLevel.L3,
        engine="fused",
        distance=0.31,
        threshold=0.4,
        liveness="blink,nod,turn_left:live",
        calibration="press-2026",
        liveness_score=0.93,
        reference="platform",
    )
    told = identification_of(proof)
    assert told.reference == "platform"
    assert (told.route, told.assurance_level, told.calibration, told.liveness_score) == ("id_card_face", 3, "press-2026", 0.93)


def test_a_proof_by_credential_names_the_credential() -> None:
    told = identification_of(Proof(Route.ELECTRONIC_CREDENTIAL, AssuranceLevel.L3, credential_id="a1" * 32))
    assert (told.route, told.credential_id) == ("electronic_credential", "a1" * 32)


def test_every_way_has_a_word_on_the_wire() -> None:
    for route in Route:
        told = msgspec.json.encode(identification_of(Proof(route, route.level)))
        assert msgspec.json.decode(told, type=Identification).route == route.value


def test_what_is_not_known_is_left_out() -> None:
    told = msgspec.json.decode(msgspec.json.encode(identification_of(Proof(Route.ID_CARD_SMS, AssuranceLevel.L2))))
    assert told.keys().isdisjoint({"calibration", "liveness_score", "credential_id", "reference"})


def test_a_guardian_s_consent_names_the_guardian_and_shows_nobody() -> None:
    own = ConsentRecord("case_data", True, Language.ZH, 1)
    for_child = ConsentRecord("face", True, Language.ZH, 2, "guardian", "测试·林大瓯", "330304195803080026")
    told = consents_of(_facts(own, for_child))
    assert told[0] == Consent(purpose="case_data", text_version="2026.11", language="zh", granted=True, at_ms=1)
    assert (told[1].given_by, told[1].guardian_name, told[1].guardian_id_number) == (
        "guardian",
        "测试·林大瓯",
        "330304195803080026",
    )
    assert "林大瓯" not in repr(told)
    assert "330304195803080026" not in repr(told)
