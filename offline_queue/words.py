"""Plain words for the codes that the queue stores and tells, for staff and technicians, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TAKING = {
    "not_enrolled": "this machine is not enrolled; run: kiosk enrol",
    "no_sealing_key": "the platform's key for sealing is not known here, or of a kind this program does not know",
    "case_too_large": "the case is larger than allowed",
    "disk_full": "the disk is almost full",
    "storage_failed": "the disk cannot be written or read",
    "backlog_full": "too many cases wait for the platform",
    "backlog_old": "the oldest case has waited for too long: somebody must look why nothing is delivered",
    "clock_doubtful": "the clock cannot be believed",
    "material_too_large": "a photo or scan is larger than allowed",
    "material_missing": "a photo or scan of the case is not on the disk",
}
_STEPS = {
    "committed": "taken, and safe on this disk",
    "claimed": "being sent",
    "by_stick": "the platform's word came by stick",
    "receipt": "delivered: the platform's signed receipt is stored here",
    "held_already": "delivered: the platform held it from an earlier try, and its signed receipt is stored here",
    "processed": "the platform is done with it",
    "purged": "its sealed bytes were wiped here; the platform holds the case",
    "missing_on_platform": "sent once more, because the platform does not hold it after all",
    "held_by_platform": "sent once more, because the platform says that it holds it",
    "enrolled_anew": "shown to the platform once more, because this machine has a new id",
    "salvaged": "saved from a damaged queue file",
    "retry": "put up for sending again by staff",
    "void": "withdrawn by staff",
    "not_sent": "not sent in this pass; it goes with the next one",
    "platform_received": "the platform says: received",
    "platform_needs_staff": "the platform says: its staff must look at it",
    "platform_processed": "the platform says: processed",
}
_WHOLE_QUEUE = {
    "queue_damaged": "the queue file was damaged and set aside; what could be read was saved",
    "queue_log_damaged": "the end of the queue's log was damaged; a copy was kept, and the last cases may be gone",
    "log_damaged": "the end of the queue's log was damaged; the last cases may be gone",
    "queue_vanished": "the queue file was gone when the terminal started",
    "salvage_ended": "a damaged queue file could not be read any further",
    "reconciled": "this machine and the platform compared what they hold",
    "exported": "pending cases were written to a folder or stick",
    "damaged": "the queue file was damaged and set aside",
    "vanished": "the queue file was gone",
}
_LINE = {
    "unreachable": "the platform cannot be reached",
    "timeout": "the platform did not answer in time",
    "line_broken": "the line broke off",
    "tls_failed": "no secure connection could be made",
    "certificate_not_trusted": "whoever answered could not prove to be the platform",
    "certificate_not_pinned": "whoever answered has another key than the platform's",
    "redirected": "something in between leads to another address, such as a login page of the network",
    "not_the_platform": "something else than the platform answered",
    "unexpected_encoding": "the answer was encoded in a way nobody asked for",
    "unreadable_answer": "the answer cannot be read",
    "answer_too_large": "the answer is larger than allowed",
    "all_refused": "the platform refused everything, so the line may be at fault",
    "answer_to_another_question": "the platform answered something that was not asked",
    "material_stuck": "the platform does not go on taking a photo or scan",
    "night_window": "photos and scans of this size wait for the hours set for them",
    "stopped": "sending was stopped; it goes on with the next pass",
    "bug": "the program failed by a mistake of its own; see its log",
}
_PLATFORM = {
    "unauthorised": "the platform does not believe that this is the machine it knows",
    "clock_skew": "the platform finds this machine's clock too far off",
    "bad_request": "the platform did not understand the request",
    "too_large": "the platform found the request too large",
    "not_found": "the platform does not know this address",
    "busy": "the platform is busy",
    "bad_token": "the platform does not accept the token",
    "foreign_kiosk": "the platform does not take cases of that machine from this one",
    "bad_signature": "the platform could not verify the machine's signature of the case",
    "bad_header": "the platform found a mistake in the outside of the case",
    "bad_payload": "the platform could not read what is in the case",
    "bad_receipt_number": "the platform found the receipt number wrong",
    "bad_contents": "the platform found papers, promises or the bundle of this case malformed",
    "no_consent": "the platform was asked for shared data without a consent of this visit",
    "not_identified": "the platform was asked for all cases of somebody who was not identified",
    "no_catalogue": "the platform has published no catalogue",
    "not_modified": "the platform has nothing newer",
    "bad_materials": "the platform found the list of photos and scans wrong",
    "bad_applicant": "the platform found a mistake in what is said of the applicant",
    "bad_consents": "the platform found a mistake in the consents",
    "bad_fields": "the platform found a mistake in the form",
    "bad_id_number": "the platform found the number of the identity card wrong",
    "bad_identification": "the platform found a mistake in how the resident was identified",
    "bad_item_code": "the platform found the code of the item wrong",
    "bad_signature_strokes": "the platform found a mistake in the signature on the screen",
    "payload_mismatch": "the platform found that inside and outside of the case differ",
    "wrong_digest": "the platform got other bytes of a photo or scan than were sealed",
    "unsupported_version": "the platform does not know this version of cases",
    "unsupported_suite": "the platform does not know this kind of sealing",
    "unknown_sealing_key": "the platform does not have the key this case was sealed to",
    "cannot_open": "the platform could not open the sealed case",
}
_OUTCOMES = {
    "later": "the platform asked to come again later",
    "no_outcome": "the platform answered, but without a word on this case",
    "conflict": "the platform holds another case with the same id; people must look",
    "material_damaged": "the bytes of a photo or scan on this disk are no longer those that were sealed",
    "damaged_on_disk": "the sealed bytes on this disk are no longer those that were committed",
    "receipt_too_large": "the platform's receipt is larger than any should be",
    "receipt_key_unknown": "the platform's receipt is signed with a key that is not known here",
    "receipt_signature_wrong": "the signature of the platform's receipt is wrong",
    "receipt_unreadable": "the platform's receipt cannot be read",
    "receipt_of_another_case": "the platform's receipt is for another case",
}
_COMPARISON = {
    "lost_there": "the platform does not hold this case, and its sealed bytes were wiped here; call for help",
    "unknown_here": "the platform holds this case of this machine, but it is not here",
    "void_here": "the platform holds this case, but it was withdrawn here",
}
_DISK = {
    "read_only": "the disk can only be read",
    "io_error": "the disk reports an error",
    "locked": "another program holds the file for too long",
    "corrupt": "the file is damaged",
    "cannot_open": "the file cannot be opened",
    "no_permission": "this user may not use the file",
    "out_of_memory": "the memory is used up",
    "foreign_database": "the file belongs to another program",
    "newer_schema": "the file was written by a newer program",
    "older_schema": "the file was written by an earlier program",
    "absent": "there is no queue here",
}
_KEY = {
    "key_program_missing": "the program that unwraps the machine's key cannot be started",
    "key_program_timeout": "the program that unwraps the machine's key did not end in time",
    "key_refused": "the machine's key could not be unwrapped here",
    "key_unreadable": "the machine's key file cannot be read",
}
_ENROLMENT = {
    "bad_address": "this is not the address of a platform",
    "bad_tls_settings": "the settings for the secure connection are wrong",
    "unusable_answer": "the platform's answer to the enrolment cannot be used",
}
WORDS: Mapping[str, str] = MappingProxyType(
    _TAKING | _STEPS | _WHOLE_QUEUE | _LINE | _PLATFORM | _OUTCOMES | _COMPARISON | _DISK | _KEY | _ENROLMENT
)
"""Every code of this package, and those of the reference platform."""


def words_for(code: str) -> str:
    """What ``code`` means. One that only another platform knows is told as it is; empty stays empty."""
    if not code:
        return ""
    if code in WORDS:
        return WORDS[code]
    if code.startswith("http_"):
        return f"something answered with HTTP status {code.removeprefix('http_')} and nothing more"
    if (known := code.removeprefix("material_")) in WORDS:
        return f"a photo or scan of it was refused: {WORDS[known]}"
    if (known := code.removeprefix("store_")) in WORDS:
        return f"the queue could not be used: {WORDS[known]}"
    return f"the platform's code {code}"
