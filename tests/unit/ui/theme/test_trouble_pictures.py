"""Each family of trouble has a drawing of what to do, and none is asked for that is not there."""

from __future__ import annotations

import pytest

from kiosk.domain.language import Language
from ui import strings
from ui.theme import drawings, trouble_pictures
from ui.theme.trouble_pictures import picture_of

WITHOUT_PICTURE = frozenset(
    {"eligibility", "field", "item", "other", "policies", "progress", "proof", "route", "service", "sign", "papers"}
)
"""Families about which nothing can be drawn for all of their codes."""


def test_every_drawing_that_is_named_exists() -> None:
    assert set(trouble_pictures.known().values()) <= drawings.names()
    assert trouble_pictures.SIGN in drawings.names()


def test_every_code_that_is_named_has_words() -> None:
    known = strings.reason_codes(Language.ZH)
    families = {code.partition(".")[0] for code in known} | {"document_camera"}
    for code in trouble_pictures.known():
        assert code in known or code in families, code


def test_every_family_of_device_trouble_has_a_drawing() -> None:
    families = {code.partition(".")[0] for code in strings.reason_codes(Language.ZH)} - WITHOUT_PICTURE
    assert not [family for family in sorted(families) if picture_of(f"{family}.new") == trouble_pictures.SIGN]


@pytest.mark.parametrize(
    ("code", "picture"),
    [
        ("paper.paper_out", "trouble_paper_out"),
        ("paper.of_a_newer_driver", "photograph_slip"),
        ("document.paper_jam", "trouble_paper_jam"),
        ("id_card_reader.disconnected", "trouble_reader"),
        ("camera.covered", "trouble_camera"),
        ("network.down", "trouble_network"),
        ("store.disk_full", "another_machine"),
        ("nobody.knows", "warning"),
    ],
)
def test_the_code_itself_goes_before_its_family(code: str, picture: str) -> None:
    assert picture_of(code) == picture
