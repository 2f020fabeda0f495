from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl as rust_openssl
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from contract import merkle
from contract.cases import (
    SUITE_HPKE_MLKEM768_X25519,
    CaseHeader,
    CasePayload,
    SealedCase,
    SignedReceipt,
    case_digest,
    receipt_signed_bytes,
)
from contract.kiosks import ReceiptKey, SealingKey
from offline_queue.sealing import SUITES, check_receipt, choose_key, seal_case, signature_holds
from tests.helpers.cases import CANARIES, sample_draft
from tests.helpers.platform_stand_in import Platform, SealingPair

FROZEN = json.loads((Path(__file__).parents[2] / "fixtures" / "offline_queue" / "sealed_case_v1.json").read_text("utf-8"))
KIOSK = Ed25519PrivateKey.generate()
KIOSK_PUBLIC = KIOSK.public_key().public_bytes_raw()


def sample_header(**changes: object) -> CaseHeader:
    return msgspec.structs.replace(msgspec.json.decode(FROZEN["header"], type=CaseHeader), **changes)


def sealed(pair: SealingPair) -> SealedCase:
    header = sample_header(sealing_key_id=pair.public.key_id)
    plaintext = bytearray(msgspec.json.encode(sample_draft().payload(header.case_id, header.receipt_number)))
    return seal_case(header, plaintext, pair.public, KIOSK)[0]


@pytest.fixture(scope="module")
def pair() -> SealingPair:
    return SealingPair("seal-1")


@pytest.fixture(scope="module")
def subject(pair: SealingPair) -> SealedCase:
    return sealed(pair)


# Published vectors: RFC 9180, appendices A.1.1, A.2.1 and A.3.1, first encryption of each.
RFC_INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
RFC_PLAINTEXT = b"Beauty is truth, truth beauty"
X25519_A1 = x25519.X25519PrivateKey.from_private_bytes(
    bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
)
X25519_A2 = x25519.X25519PrivateKey.from_private_bytes(
    bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
)
P256_A3 = ec.derive_private_key(0xF3CE7FDAE57E1A310D87F1EBBDE6F328BE0A99CDBCADF4D6589CF29DE4B8FFD2, ec.SECP256R1())
RFC_VECTORS = [
    (
        (KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM),
        X25519_A1,
        "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
    ),
    (
        (KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305),
        X25519_A2,
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    ),
    (
        (KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM),
        P256_A3,
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
        "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
        "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
    ),
]


@pytest.mark.parametrize(("suite", "private", "enc", "ciphertext"), RFC_VECTORS, ids=["A.1.1", "A.2.1", "A.3.1"])
def test_the_library_opens_the_published_vectors(
    suite: tuple[KEM, KDF, AEAD], private: object, enc: str, ciphertext: str
) -> None:
    """The vectors use associated data, for which the library has only its own test entry; all else is the way we go."""
    opened = rust_openssl.hpke._decrypt_with_aad(Suite(*suite), bytes.fromhex(enc + ciphertext), private, RFC_INFO, b"Count-0")
    assert opened == RFC_PLAINTEXT


def test_a_case_sealed_by_an_earlier_version_still_opens_and_verifies() -> None:
    pair = SealingPair("frozen-seal", bytes.fromhex(FROZEN["mlkem_seed"]), bytes.fromhex(FROZEN["x25519_private"]))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(FROZEN["kiosk_private"])).public_key().public_bytes_raw()
    case = SealedCase(
        FROZEN["header"].encode(), base64.b64decode(FROZEN["sealed_base64"]), bytes.fromhex(FROZEN["signature_hex"])
    )
    assert case.digest == FROZEN["digest"]
    assert signature_holds(case, key)
    assert json.loads(pair.open(case)) == FROZEN["payload"]


def test_the_platform_opens_what_the_terminal_sealed(subject: SealedCase, pair: SealingPair) -> None:
    payload = msgspec.json.decode(pair.open(subject), type=CasePayload)
    header = msgspec.json.decode(subject.header, type=CaseHeader)
    assert payload == sample_draft().payload(header.case_id, header.receipt_number)
    assert signature_holds(subject, KIOSK_PUBLIC)


def test_nothing_readable_is_in_the_envelope(subject: SealedCase) -> None:
    whole = subject.header + subject.sealed + subject.signature
    assert not [canary for canary in CANARIES if canary.encode() in whole]


def test_two_sealings_of_the_same_case_share_no_bytes(pair: SealingPair, subject: SealedCase) -> None:
    other = sealed(pair)
    assert other.sealed[:32] != subject.sealed[:32]
    assert other.digest != subject.digest


@pytest.mark.parametrize("part", ["header", "sealed"])
def test_every_altered_byte_is_noticed_by_signature_and_by_opening(subject: SealedCase, pair: SealingPair, part: str) -> None:
    original: bytes = getattr(subject, part)
    for index in range(0, len(original), max(1, len(original) // 60)):
        altered = bytearray(original)
        altered[index] ^= 1
        tampered = msgspec.structs.replace(subject, **{part: bytes(altered)})
        assert not signature_holds(tampered, KIOSK_PUBLIC)
        assert tampered.digest != subject.digest
        with pytest.raises(InvalidTag):
            pair.open(tampered)


def test_a_truncated_or_foreign_signature_does_not_hold(subject: SealedCase) -> None:
    for signature in (b"", subject.signature[:-1], bytes(64), Ed25519PrivateKey.generate().sign(subject.header)):
        assert not signature_holds(msgspec.structs.replace(subject, signature=signature), KIOSK_PUBLIC)
    assert not signature_holds(subject, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert not signature_holds(subject, b"no key")


def test_bytes_moved_between_header_and_sealed_part_change_the_digest() -> None:
    assert case_digest(b"ab", b"c") != case_digest(b"a", b"bc")


def test_another_platform_key_opens_nothing(subject: SealedCase) -> None:
    with pytest.raises(InvalidTag):
        SealingPair("seal-1").open(subject)


def test_the_newest_key_of_a_known_suite_is_chosen(pair: SealingPair) -> None:
    newer_unknown = SealingKey("sm-1", "SM2-SM3-SM4GCM", b"x")
    assert choose_key((newer_unknown, pair.public)) == pair.public
    assert choose_key((newer_unknown,)) is None
    assert choose_key(()) is None


def test_another_suite_is_one_more_entry(pair: SealingPair) -> None:
    class Reversing:
        def check_key(self, public_key: bytes) -> None:
            pass

        def seal(self, public_key: bytes, info: bytes, plaintext: bytearray) -> bytes:
            return public_key + bytes(reversed(plaintext))

    key = SealingKey("k", "TEST-SUITE", b"key")
    case, _ = seal_case(sample_header(suite="TEST-SUITE"), bytearray(b"abc"), key, KIOSK, {"TEST-SUITE": Reversing()})
    assert case.sealed == b"keycba"
    assert signature_holds(case, KIOSK_PUBLIC)


@pytest.mark.parametrize("size", [0, 32, 1184, 1215, 1217])
def test_a_key_of_another_length_is_no_key(size: int) -> None:
    with pytest.raises(ValueError, match="1216 bytes"):
        SUITES[SUITE_HPKE_MLKEM768_X25519].check_key(bytes(size))


# Receipts


@pytest.fixture(scope="module")
def platform() -> Platform:
    return Platform()


def test_the_platforms_receipt_for_this_case_holds(platform: Platform) -> None:
    receipt = platform.sign_receipt(sample_header(), "ab" * 32)
    assert check_receipt(receipt, platform.receipt_keys, sample_header(), "ab" * 32) == ""


@pytest.mark.parametrize(
    ("header", "digest"),
    [
        (sample_header(case_id="01a20a34-e681-745f-b8f3-8e88a42d11e2"), "ab" * 32),
        (sample_header(kiosk_id="k-other"), "ab" * 32),
        (sample_header(receipt_number="other"), "ab" * 32),
        (sample_header(), "cd" * 32),
    ],
)
def test_a_receipt_for_anything_else_does_not_hold(platform: Platform, header: CaseHeader, digest: str) -> None:
    receipt = platform.sign_receipt(header, digest)
    assert check_receipt(receipt, platform.receipt_keys, sample_header(), "ab" * 32) == "receipt_of_another_case"


def test_a_receipt_by_a_stranger_does_not_hold(platform: Platform) -> None:
    forged = platform.sign_receipt(sample_header(), "ab" * 32, Ed25519PrivateKey.generate())
    assert check_receipt(forged, platform.receipt_keys, sample_header(), "ab" * 32) == "receipt_signature_wrong"


def test_a_receipt_under_an_unknown_key_waits_for_that_key(platform: Platform) -> None:
    receipt = msgspec.structs.replace(platform.sign_receipt(sample_header(), "ab" * 32), key_id="receipt-2")
    assert check_receipt(receipt, platform.receipt_keys, sample_header(), "ab" * 32) == "receipt_key_unknown"


def test_every_altered_byte_of_a_receipt_is_noticed(platform: Platform) -> None:
    receipt = platform.sign_receipt(sample_header(), "ab" * 32)
    for index in range(len(receipt.body)):
        altered = bytearray(receipt.body)
        altered[index] ^= 1
        tampered = msgspec.structs.replace(receipt, body=bytes(altered))
        assert check_receipt(tampered, platform.receipt_keys, sample_header(), "ab" * 32) == "receipt_signature_wrong"


@pytest.mark.parametrize(
    ("body", "code"), [(b"{}", "receipt_unreadable"), (b"\xff", "receipt_unreadable"), (b" " * 5000, "receipt_too_large")]
)
def test_a_signed_body_that_is_no_receipt_does_not_hold(platform: Platform, body: bytes, code: str) -> None:
    receipt = SignedReceipt(body, "receipt-1", platform.receipt_key.sign(receipt_signed_bytes(1, merkle.leaf_hash(body))))
    assert (
        check_receipt(receipt, (ReceiptKey("receipt-1", platform.receipt_keys[0].public_key),), sample_header(), "ab" * 32)
        == code
    )
