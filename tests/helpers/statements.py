"""A statement as a slip carries it, of a case that never was."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.statements import Kind, Statement, compose, key_id_of, signed_bytes

SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""For samples only."""
PUBLIC_KEY = SIGNING_KEY.public_key().public_bytes_raw()


@dataclass(frozen=True)
class SampleStatement:
    """The statement and its text."""

    statement: Statement
    text: str


def sample_statement(key: Ed25519PrivateKey = SIGNING_KEY, **changes: object) -> SampleStatement:
    """A delivered case; ``changes`` replace parts of the statement."""
    parts: dict[str, object] = {
        "kind": Kind.DELIVERED,
        "case_id": "019abc00-1234-7abc-8def-0123456789ab",
        "receipt_number": "330304261123A00100001D",
        "item_code": "11330304MB0TEAT13G4332014001001",
        "committed_at_ms": 1_795_420_800_000,
        "digest": "c0ffee" * 10 + "c0ff",
        "key_id": key_id_of(key.public_key().public_bytes_raw()),
    }
    statement = Statement(**(parts | changes))  # type: ignore[arg-type]
    return SampleStatement(statement, compose(statement, key.sign(signed_bytes(statement))))
