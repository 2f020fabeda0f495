"""What ``verify`` may find. The codes are stable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong, or worth a note."""

    UNREADABLE = "unreadable"
    INTEGRITY = "integrity"
    FOREIGN_KEY = "foreign_key"
    SCHEMA_CHANGED = "schema_changed"
    FACT_UNREADABLE = "fact_unreadable"
    ROW_UNREADABLE = "row_unreadable"
    STATE_UNKNOWN = "state_unknown"
    ENVELOPE_MISSING = "envelope_missing"
    ENVELOPE_LEFT = "envelope_left"
    DIGEST_WRONG = "digest_wrong"
    SIZE_WRONG = "size_wrong"
    HEADER_UNREADABLE = "header_unreadable"
    HEADER_DIFFERS = "header_differs"
    SIGNATURE_WRONG = "signature_wrong"
    RECEIPT_NUMBER_WRONG = "receipt_number_wrong"
    SERIAL_WRONG = "serial_wrong"
    SEQUENCE_TWICE = "sequence_twice"
    RECEIPT_NUMBER_TWICE = "receipt_number_twice"
    SEQUENCE_GAP = "sequence_gap"
    LEASE_WRONG = "lease_wrong"
    WAIT_WRONG = "wait_wrong"
    PROGRESS_WRONG = "progress_wrong"
    RECEIPT_MISSING = "receipt_missing"
    RECEIPT_KEY_UNKNOWN = "receipt_key_unknown"
    RECEIPT_SIGNATURE_WRONG = "receipt_signature_wrong"
    RECEIPT_UNREADABLE = "receipt_unreadable"
    RECEIPT_TOO_LARGE = "receipt_too_large"
    RECEIPT_OF_ANOTHER_CASE = "receipt_of_another_case"
    AUDIT_BROKEN = "audit_broken"
    AUDIT_LINK_WRONG = "audit_link_wrong"
    AUDIT_MOVE_WRONG = "audit_move_wrong"
    AUDIT_STATE_DIFFERS = "audit_state_differs"
    AUDIT_MISSING = "audit_missing"
    CASE_MISSING = "case_missing"
    MATERIALS_DIFFER = "materials_differ"
    MATERIAL_ROW_MISSING = "material_row_missing"
    MATERIAL_FILE_MISSING = "material_file_missing"
    MATERIAL_DAMAGED = "material_damaged"
    RESERVE_UNREADABLE = "reserve_unreadable"
    RESERVE_BEHIND = "reserve_behind"
    SUSPECT = "suspect"
    OPEN_TO_OTHERS = "open_to_others"
    RATING_WRONG = "rating_wrong"
    RATING_OF_UNKNOWN_CASE = "rating_of_unknown_case"
    NOTE_KEYS_UNKNOWN = "note_keys_unknown"
    NOTE_RECEIPTS_UNCHECKED = "note_receipts_unchecked"
    NOTE_ORPHANS = "note_orphans"
    NOTE_SET_ASIDE = "note_set_aside"
    NOTE_COPY_KEPT = "note_copy_kept"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    kind: Kind
    subject: str
    """A case id, ``position N``, ``entry N``, or the name of a file or table."""
    words: str

    @property
    def is_note(self) -> bool:
        """True for what is worth knowing and no error."""
        return self.kind.startswith("note_")
