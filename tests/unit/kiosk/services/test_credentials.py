"""Credentials from hostile telephones: only what an issuer signed, for now, and not used before."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract.credentials import credential_id, take_apart
from kiosk.services.credentials import CheckedCredential, CredentialChecker, CredentialRefused, Redemption
from kiosk.services.used_credentials import ReplayStore
from tests.helpers.credentials import NOW_MS, SampleIssuer, sample_claims

ISSUER = SampleIssuer(key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
"""Always the same, so that a counter-example can be tried again."""
UNREADABLE, WRONG_ISSUER, EXPIRED, REPLAYED, UNAVAILABLE = (
    CredentialRefused(f"credential.{word}") for word in ("unreadable", "wrong_issuer", "expired", "replayed", "unavailable")
)


class _Redeemer:
    def __init__(self, told: Redemption) -> None:
        self.told: Redemption = told
        self.asked: list[tuple[str, int]] = []

    def redeem(self, credential_id: str, expires_at_ms: int) -> Redemption:
        self.asked.append((credential_id, expires_at_ms))
        return self.told


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReplayStore]:
    store = ReplayStore(tmp_path / "used.db")
    yield store
    store.close()


@pytest.fixture
def checker(store: ReplayStore) -> CredentialChecker:
    return CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS)


def test_a_good_one_names_its_holder(checker: CredentialChecker) -> None:
    claims = sample_claims(valid_to="2041-06-01")
    checked = checker.check(ISSUER.sign(claims))
    assert isinstance(checked, CheckedCredential)
    person = checked.person
    assert (person.card_kind, person.name, person.id_number) == ("resident", "测试·林小瓯", "330304195803080026")
    assert (person.birth, person.sex_code, person.ethnicity_code, person.nationality) == (date(1958, 3, 8), "2", "01", "CHN")
    assert (person.address, person.card_valid_to) == ("浙江省温州市瓯海区测试路1号 SAMPLE", date(2041, 6, 1))
    assert checked.credential_id == credential_id("oueban-test", claims.jti)
    assert (checked.issuer, checked.is_sample, checked.is_redeemed) == ("oueban-test", True, False)
    assert checked.checked_by == f"Ed25519:{ISSUER.public.kid}:local"
    assert "林小瓯" not in repr(checked)
    assert claims.jti not in repr(checked)


def test_a_replay_is_refused_also_after_a_restart(checker: CredentialChecker, store: ReplayStore) -> None:
    text = ISSUER.sign(sample_claims())
    assert isinstance(checker.check(text), CheckedCredential)
    assert checker.check(text) == REPLAYED
    store.close()
    assert CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS + 1000).check(text) == REPLAYED


def test_the_same_number_signed_anew_is_a_replay(checker: CredentialChecker) -> None:
    claims = sample_claims()
    assert isinstance(checker.check(ISSUER.sign(claims)), CheckedCredential)
    assert checker.check(ISSUER.sign(msgspec.structs.replace(claims, exp=claims.exp - 1))) == REPLAYED


def test_of_many_scanned_at_once_one_is_taken(checker: CredentialChecker) -> None:
    text = ISSUER.sign(sample_claims())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(checker.check, [text] * 16))
    assert sum(isinstance(outcome, CheckedCredential) for outcome in outcomes) == 1
    assert outcomes.count(REPLAYED) == 15


@pytest.mark.parametrize(("told", "taken"), [("first", True), ("unknown", True), ("used", False)])
def test_the_platform_s_word_counts_when_it_has_one(store: ReplayStore, told: Redemption, taken: bool) -> None:
    redeemer = _Redeemer(told)
    claims = sample_claims()
    checked = CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS, redeemer).check(ISSUER.sign(claims))
    assert redeemer.asked == [(credential_id(claims.iss, claims.jti), (claims.exp + 30) * 1000)]
    if taken:
        assert isinstance(checked, CheckedCredential)
        assert checked.is_redeemed == (told == "first")
        assert checked.checked_by.endswith("online" if told == "first" else "local")
    else:
        assert checked == REPLAYED


def test_the_platform_hears_nothing_of_a_refused_one(store: ReplayStore) -> None:
    redeemer = _Redeemer("first")
    checker = CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS, redeemer)
    checker.check(ISSUER.sign(sample_claims(exp=NOW_MS // 1000 - 31, nbf=NOW_MS // 1000 - 60, iat=NOW_MS // 1000 - 60)))
    checker.check(SampleIssuer().sign(sample_claims()))
    assert not redeemer.asked


@pytest.mark.parametrize(
    ("shift_s", "expected"),
    [(-31, EXPIRED), (-30, None), (0, None), (299, None), (329, None), (330, EXPIRED), (86_400, EXPIRED), (-86_400, EXPIRED)],
)
def test_times_hold_with_a_little_leeway(store: ReplayStore, shift_s: int, expected: CredentialRefused | None) -> None:
    checker = CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS + shift_s * 1000)
    outcome = checker.check(ISSUER.sign(sample_claims()))
    assert outcome == expected if expected else isinstance(outcome, CheckedCredential)


def test_an_expired_one_stays_fresh_for_nobody(checker: CredentialChecker, store: ReplayStore) -> None:
    """A refused one is not noted as used: only what would let somebody in is."""
    text = ISSUER.sign(sample_claims())
    assert CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS + 400_000).check(text) == EXPIRED
    assert isinstance(checker.check(text), CheckedCredential)


NOW_S = NOW_MS // 1000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exp": NOW_S + 301}, UNREADABLE),
        ({"exp": NOW_S}, UNREADABLE),
        ({"nbf": NOW_S - 1}, UNREADABLE),
        ({"iat": -1}, UNREADABLE),
        ({"iat": 10**17, "nbf": 10**17, "exp": 10**17 + 300}, UNREADABLE),
        ({"jti": "short"}, UNREADABLE),
        ({"jti": "a" * 65}, UNREADABLE),
        ({"jti": "瓯" * 16}, UNREADABLE),
        ({"iss": "somebody-else"}, WRONG_ISSUER),
        ({"aud": "another-network"}, WRONG_ISSUER),
        ({"id_number": "330304195803080027"}, UNREADABLE),
        ({"card_kind": "passport"}, UNREADABLE),
        ({"birth_date": "1958-03-09"}, UNREADABLE),
        ({"birth_date": ""}, UNREADABLE),
        ({"birth_date": "19580308"}, UNREADABLE),
        ({"valid_to": "never"}, UNREADABLE),
        ({"sex_code": "7"}, UNREADABLE),
        ({"ethnicity_code": "汉"}, UNREADABLE),
        ({"name": ""}, UNREADABLE),
        ({"name": "测试\u202e·林"}, UNREADABLE),
        ({"name": "测" * 101}, UNREADABLE),
        ({"nationality": ""}, UNREADABLE),
        ({"address": "a\nb"}, UNREADABLE),
        ({"address": "路" * 401}, UNREADABLE),
    ],
)
def test_what_no_issuer_should_sign_is_refused_signed_or_not(
    checker: CredentialChecker, changes: dict[str, object], expected: CredentialRefused
) -> None:
    assert checker.check(ISSUER.sign(sample_claims(**changes))) == expected


@pytest.mark.parametrize("changes", [{"aud": ""}, {"address": ""}, {"ethnicity_code": ""}, {"valid_to": ""}])
def test_what_may_be_left_out_may(checker: CredentialChecker, changes: dict[str, object]) -> None:
    assert isinstance(checker.check(ISSUER.sign(sample_claims(**changes))), CheckedCredential)


def test_another_key_under_a_known_name_is_refused(checker: CredentialChecker) -> None:
    other = SampleIssuer()
    assert checker.check(other.sign(sample_claims())) == WRONG_ISSUER
    assert checker.check(other.sign(sample_claims(), kid=ISSUER.public.kid)) == WRONG_ISSUER


def test_a_known_key_speaks_for_its_own_issuer_only(store: ReplayStore) -> None:
    bank = SampleIssuer("bank")
    checker = CredentialChecker([ISSUER.public.line, bank.public.line], store, lambda: NOW_MS)
    assert checker.check(bank.sign(sample_claims())) == WRONG_ISSUER
    assert isinstance(checker.check(bank.sign(sample_claims(iss="bank"))), CheckedCredential)


@pytest.mark.parametrize(
    "header",
    [{"typ": "JWT"}, {"typ": None}, {"cty": "eid"}, {"kid": "none"}],
)
def test_only_the_one_header_is_taken(checker: CredentialChecker, header: dict[str, object]) -> None:
    outcome = checker.check(ISSUER.sign(sample_claims(), **header))
    assert outcome == (WRONG_ISSUER if "kid" in header else UNREADABLE)


def _header(**changes: object) -> bytes:
    return json.dumps({"alg": "Ed25519", "kid": ISSUER.public.kid, "typ": "eid+jwt"} | changes).encode()


CLAIMS = msgspec.json.encode(sample_claims(jti="b" * 16))


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (_header(alg="none"), CLAIMS),
        (_header(alg="HS256"), CLAIMS),
        (_header(alg="EdDSA"), CLAIMS),
        (_header(crit=["exp"]), CLAIMS),
        (_header(jwk={"kty": "OKP"}), CLAIMS),
        (b"[]", CLAIMS),
        (b"\xff", CLAIMS),
        (b"[" * 2000, CLAIMS),
        (_header(), b"[" * 2000),
        (_header(), b""),
        (_header(), b"null"),
        (_header(), CLAIMS[:-1]),
        (_header(), CLAIMS[:-1] + b',"admin":true}'),
        (_header(), CLAIMS.replace(b'"sex":"2"', b'"sex":2')),
        (_header(), CLAIMS.replace("测试".encode(), b"\xff\xfe")),
    ],
    ids=[str(number) for number in range(15)],  # bytes make test names that no log can show
)
def test_odd_bytes_are_unreadable_even_when_the_signature_holds(
    checker: CredentialChecker, header: bytes, payload: bytes
) -> None:
    assert checker.check(ISSUER.sign_raw(header, payload)) == UNREADABLE


def test_a_key_that_is_none_is_told_when_it_is_set_up(store: ReplayStore) -> None:
    with pytest.raises(ValueError, match="issuer"):
        CredentialChecker(["oueban-test:abc"], store, lambda: NOW_MS)


def test_without_keys_nothing_is_taken(store: ReplayStore) -> None:
    assert CredentialChecker([], store, lambda: NOW_MS).check(ISSUER.sign(sample_claims())) == WRONG_ISSUER


@pytest.mark.expects_warnings
def test_when_uses_cannot_be_noted_nothing_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    checker = CredentialChecker([ISSUER.public.line], ReplayStore(tmp_path / "file" / "used.db"), lambda: NOW_MS)
    assert checker.check(ISSUER.sign(sample_claims())) == UNAVAILABLE


TEXT = ISSUER.sign(sample_claims(jti="a" * 16))
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0瓯"
_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SHARED
@given(place=st.integers(0, len(TEXT) - 1), sign=st.sampled_from(_SIGNS))
@example(place=len(TEXT) - 1, sign="A")
def test_every_altered_character_is_refused(checker: CredentialChecker, place: int, sign: str) -> None:
    changed = TEXT[:place] + sign + TEXT[place + 1 :]
    if changed != TEXT:
        assert checker.check(changed) in (UNREADABLE, WRONG_ISSUER)


@_SHARED
@given(start=st.integers(0, len(TEXT)), end=st.integers(0, len(TEXT)), put=st.text(alphabet=_SIGNS, max_size=8))
def test_every_lost_or_added_stretch_is_refused(checker: CredentialChecker, start: int, end: int, put: str) -> None:
    changed = TEXT[:start] + put + TEXT[end:]
    if changed != TEXT:
        assert checker.check(changed) in (UNREADABLE, WRONG_ISSUER)


@_SHARED
@given(st.data())
def test_parts_of_two_good_ones_make_no_third(checker: CredentialChecker, data: st.DataObject) -> None:
    other = ISSUER.sign(sample_claims(name="测试·王小江"))
    pairs = zip(TEXT.split("."), other.split("."), strict=True)
    mixed = ".".join(data.draw(st.sampled_from(pair)) for pair in pairs)
    if mixed not in (TEXT, other) and take_apart(mixed) is not None:
        assert checker.check(mixed) == WRONG_ISSUER


@_SHARED
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda data: data.decode("latin-1")))
@example("." * 4096)
@example("\ud800.\ud800.\ud800")
def test_any_text_is_refused_without_an_exception(checker: CredentialChecker, text: str) -> None:
    assert isinstance(checker.check(text), CredentialRefused)


@_SHARED
@given(header=st.binary(max_size=80), payload=st.binary(max_size=200))
def test_any_signed_bytes_are_refused_without_an_exception(checker: CredentialChecker, header: bytes, payload: bytes) -> None:
    assert isinstance(checker.check(ISSUER.sign_raw(header, payload)), CredentialRefused)
    assert isinstance(checker.check(ISSUER.sign_raw(_header(), payload)), CredentialRefused)


def test_a_second_form_of_the_same_signature_is_refused(store: ReplayStore) -> None:
    """S must lie below the order of the group (RFC 8032, 5.1.7), or a third party could make a second text."""
    order = 2**252 + 27742317777372353535851937790883648493
    parts = take_apart(TEXT)
    assert parts is not None
    grown = int.from_bytes(parts.signature[32:], "little") + order
    twisted = parts.signature[:32] + grown.to_bytes(32, "little")
    text = parts.signed.decode() + "." + base64.urlsafe_b64encode(twisted).rstrip(b"=").decode()
    assert CredentialChecker([ISSUER.public.line], store, lambda: NOW_MS).check(text) == WRONG_ISSUER
