"""Every word the screens use is there, in every language."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from kiosk.domain import traditional
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade, RatingReason
from ui import strings

ROOT = Path(__file__).parents[3]
PREFIXES_IN_CODE = (
    "landing.",
    "route.",
    "rating.",
    "rating_why.",
    "another.",
    "action.",
    "paper.from.",
    "papers.",
    "wheel.",
    "page.",
    "hint.",
    "working.",
    "slip.",
    "progress.",
    "proof.",
    "policies.",
    "help.",
    "display.",
    "pager.",
    "staff_call.",
    "wait.late.",
    "say.month.",
)
"""Keys that the screens put together from a part and a code."""

DEMANDED_REASONS = {
    "card": "no_card removed_too_soon too_slow unreadable unknown_kind bad_record reader_lost no_portrait other_person left_behind",
    "face": "back_light eyes_covered mouth_covered too_dark too_bright no_face many_faces timed_out wrong_action face_lost no_match camera_lost unusable_portrait cancelled "
    "attack engine_lost reference_offline reference_not_held reference_refused reference_unusable",
    "staff": "wrong_code locked none_configured",
    "guardian": "same_card not_adult card_expired",
    "credential": "expired replayed wrong_issuer unreadable wrong_person scanner_lost timed_out paused unavailable none_configured",
    "sms": "no_phone offline too_many wrong_code expired none_configured",
    "route": "too_many_tries paused higher_level",
    "paper": "paper_out cover_open cutter_error head_hot no_answer disconnected offline missing partly_printed unknown no_font "
    "not_printed not_noted bad_answer busy unrecoverable_error",
    "store": "not_enrolled disk_full storage_failed backlog_full backlog_old clock_doubtful busy",
    "eligibility": "card_expired card_kind condition",
    "field": "missing too_long characters phone choice date date_future date_past number address id_number",
    "sign": "too_little",
    "network": "down",
    "policies": "offline incomplete",
    "proof": "offline no_case not_held not_yet refused no_root unsound",
    "document": "missing disconnected paper_out paper_jam cover_open toner_out partly_printed unknown time_is_up",
    "progress": "bad_number not_a_slip offline",
    "service": "closed",
    "item": "hours",
}


def _raw(key: str, language: Language) -> str:
    return strings._book(language).texts[key]


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _said_in_code() -> set[str]:
    """Keys written out as a literal in a call of ``say`` or ``text``, in an f-string's fixed form, or in a table of keys."""
    found: set[str] = set()
    for path in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", node.value)
            ):
                found.add(node.value)
    return found


def test_all_languages_have_the_same_keys_and_codes() -> None:
    assert len({strings.keys(language) for language in Language}) == 1
    assert len({strings.reason_codes(language) for language in Language}) == 1
    assert len(strings.keys(Language.ZH)) > 100


def test_all_languages_leave_the_same_blanks() -> None:
    for key in strings.keys(Language.ZH):
        assert len({frozenset(_blanks(_raw(key, language))) for language in Language}) == 1, key
    for code in strings.reason_codes(Language.ZH):
        reasons = [strings._book(language).reasons[code] for language in Language]
        assert len({frozenset(_blanks(one.what + one.todo)) for one in reasons}) == 1, code


def test_no_text_is_empty_and_english_is_english() -> None:
    for key in strings.keys(Language.ZH):
        assert _raw(key, Language.ZH).strip()
        if not key.startswith("keyboard."):
            assert not re.search(r"[\u4e00-\u9fff]", _raw(key, Language.EN)), key
    for code in strings.reason_codes(Language.EN):
        reason = strings._book(Language.EN).reasons[code]
        assert not re.search(r"[\u4e00-\u9fff，。]", reason.what + reason.todo), code


def test_traditional_characters_are_on_the_screens_and_simplified_ones_are_not() -> None:
    assert strings.text("chrome.quit", Language.ZH_HANT) == traditional.of(strings.text("chrome.quit", Language.ZH))
    said = "".join(_raw(key, Language.ZH_HANT) for key in strings.keys(Language.ZH_HANT))
    reasons = [strings._book(Language.ZH_HANT).reasons[code] for code in strings.reason_codes(Language.ZH_HANT)]
    assert not set("办证这请没时机码们务") & set(said + "".join(one.what + one.todo for one in reasons))


def test_what_is_filled_in_is_never_converted() -> None:
    assert "张发财" in strings.text("home.known", Language.ZH_HANT, name="张发财")


def test_every_key_in_the_code_is_in_the_texts() -> None:
    known, codes = strings.keys(Language.ZH), strings.reason_codes(Language.ZH)
    sections = {key.partition(".")[0] for key in known}
    missing = {key for key in _said_in_code() if key.partition(".")[0] in sections and key not in known and key not in codes}
    missing -= {"card.png"}
    assert not missing


def test_every_text_is_used() -> None:
    said = _said_in_code()
    unused = {key for key in strings.keys(Language.ZH) - said if not key.startswith(PREFIXES_IN_CODE)}
    assert not unused


@pytest.mark.parametrize("language", list(Language))
def test_keys_made_from_codes_are_all_there(language: Language) -> None:
    wanted = [f"landing.{number}" for number in range(1, 6)]
    wanted += [f"rating.{grade.value}" for grade in Grade]
    wanted += [f"rating_why.{reason.value}" for reason in RatingReason]
    wanted += [f"route.{route.value}{end}" for route in Route for end in ("", ".how")]
    wanted += [f"action.{name}" for name in ("blink", "turn_left", "turn_right", "nod", "open_mouth")]
    wanted += [f"hint.{name}" for name in ("no_face", "many_faces", "too_far", "hold_still")]
    wanted += [f"working.{what}{end}" for what in ("committing", "delivering") for end in ("", ".how")]
    for key in wanted:
        assert strings.text(key, language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("prefix", sorted(DEMANDED_REASONS))
def test_every_known_trouble_has_words_of_its_own(language: Language, prefix: str) -> None:
    generic = strings.reason(prefix, language)
    seen = set()
    for name in DEMANDED_REASONS[prefix].split():
        reason = strings.reason(f"{prefix}.{name}", language, age=60, minutes=5)
        assert reason.what
        assert reason.todo
        assert f"{prefix}.{name}" in strings.reason_codes(language)
        seen.add(reason)
    assert len(seen) == len(DEMANDED_REASONS[prefix].split())
    assert generic.what


@pytest.mark.parametrize("code", ["paper.eaten_by_dog", "camera.0x1f", "id_card_reader.missing", "", "nonsense", "x.y.z"])
def test_a_trouble_newer_than_the_texts_gets_the_words_of_its_prefix_and_no_code(code: str) -> None:
    for language in Language:
        reason = strings.reason(code, language)
        assert code == "" or code not in reason.what + reason.todo
        known = code.partition(".")[0] in strings.reason_codes(language)
        assert reason == strings.reason(code.partition(".")[0] if known else "other", language)


def test_a_missing_key_or_value_is_a_bug_that_shows() -> None:
    with pytest.raises(LookupError):
        strings.text("no.such.key", Language.ZH)
    with pytest.raises(LookupError):
        strings.text("face.tries", Language.ZH)


def test_values_are_filled_in_as_they_are() -> None:
    assert "{phone}" in strings.text("chrome.help", Language.EN, phone="{phone}")
