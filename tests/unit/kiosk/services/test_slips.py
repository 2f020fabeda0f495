"""What a slip says, and what it never says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

import assets
from contract.receipt_number import make
from contract.statements import Kind
from drivers.barcode_scanner.image_codes import read_codes
from drivers.receipt_printer.glyphs import Glyphs
from drivers.receipt_printer.layout import lay_out
from drivers.receipt_printer.models import MODELS, ModelName
from drivers.receipt_printer.render_escpos import render
from drivers.receipt_printer.render_image import picture
from drivers.receipt_printer.text import needs_raster
from drivers.receipt_printer.types import PAPERS, Block, PaperWidth, QrCode, Text
from kiosk.config import Machine, Platform, Settings
from kiosk.domain.language import Language
from kiosk.flow.session import SessionContext
from kiosk.services.slips import SlipFacts, SlipWriter, facts_of, short_name, stated
from tests.helpers.people import SENIOR, TODAY, sample_catalogue, sample_context, sample_person
from tests.helpers.statements import sample_statement

SETTINGS = Settings(machine=Machine(name="一号机"), platform=Platform(url="https://platform.example/"))


@pytest.fixture
def subject() -> SlipWriter:
    return SlipWriter(assets.ROOT / "receipts" / "slip.yaml")


@pytest.fixture
def facts() -> SlipFacts:
    session = SessionContext()
    session.person = sample_person()
    session.receipt_number, session.stored_at = "330304261123A00100001D", "2026-11-23 20:00"
    item = sample_catalogue().item(SENIOR)
    assert item is not None
    return facts_of(sample_context(session), item, Language.ZH, settings=SETTINGS, copy=False, sample=True)


def _words(blocks: Sequence[Block]) -> str:
    return "\n".join(str(getattr(block, name)) for block in blocks for name in block.__slots__)


def test_the_slip_says_where_the_case_is(subject: SlipWriter, facts: SlipFacts) -> None:
    pending, delivered = _words(subject.blocks(facts)), _words(subject.blocks(replace(facts, delivered=True)))
    assert "已保存在本机，尚未送达" in pending
    assert "已送达" not in pending
    assert "已送达政务服务平台" in delivered
    assert "尚未送达" not in delivered


def test_no_slip_shows_a_whole_number_or_name(subject: SlipWriter, facts: SlipFacts) -> None:
    person = sample_person()
    for language in Language:
        words = _words(subject.blocks(replace(facts, language=language)))
        assert person.id_number not in words
        assert person.name not in words
        assert "330302********0005" in words


def test_a_copy_is_marked_and_only_a_copy(subject: SlipWriter, facts: SlipFacts) -> None:
    assert "COPY" not in _words(subject.blocks(facts))
    assert "副本 COPY" in _words(subject.blocks(replace(facts, copy=True)))


def _codes(blocks: Sequence[Block]) -> list[str]:
    return [block.payload for block in blocks if isinstance(block, QrCode)]


def test_the_code_holds_the_statement_and_the_slip_says_where_to_check_it(subject: SlipWriter, facts: SlipFacts) -> None:
    statement = sample_statement(kind=Kind.SAVED).text
    for language in Language:
        blocks = subject.blocks(replace(stated(facts, statement), language=language))
        assert _codes(blocks) == [statement]
        assert "\nplatform.example/verify\n" in _words(blocks)


@pytest.mark.parametrize(
    "statement", [None, "", "OUEBAN1:", sample_statement(receipt_number=make("330304", TODAY, "A001", 2)).text]
)
def test_without_a_statement_of_its_own_the_slip_promises_no_check(
    subject: SlipWriter, facts: SlipFacts, statement: str | None
) -> None:
    blocks = subject.blocks(stated(facts, statement))
    assert _codes(blocks) == [facts.receipt_number]
    assert "verify" not in _words(blocks)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("kind", Kind)
def test_words_and_code_agree(subject: SlipWriter, facts: SlipFacts, kind: Kind, before: bool) -> None:
    """A receipt may arrive between the screen and the print: what the code says is what the words say."""
    words = _words(subject.blocks(stated(replace(facts, delivered=before), sample_statement(kind=kind).text)))
    assert ("已送达政务服务平台" in words) == (kind is Kind.DELIVERED)
    assert ("尚未送达" in words) == (kind is Kind.SAVED)


@pytest.mark.parametrize("width", PAPERS)
def test_the_code_is_read_back_from_the_paper(subject: SlipWriter, facts: SlipFacts, width: PaperWidth) -> None:
    statement = sample_statement().text
    drawn = np.asarray(picture(subject.blocks(stated(facts, statement)), width).convert("RGB"), dtype=np.uint8)
    assert statement in {code.text for code in read_codes(drawn)}


@pytest.mark.parametrize("name", MODELS)
def test_a_slip_in_traditional_characters_reaches_printers_with_and_without_a_chinese_font(
    subject: SlipWriter, facts: SlipFacts, name: ModelName
) -> None:
    model = MODELS[name]
    blocks = subject.blocks(replace(facts, language=Language.ZH_HANT, machine="发展大厦一号机"))
    sent = b"".join(render(lay_out(blocks, PAPERS["80mm"]), Glyphs(), model))
    assert ("已保存在本機，尚未送達".encode("gb18030") in sent) == (model.text == "gb18030")
    words = _words(blocks)
    assert "甌e辦 政務服務受理回執" in words
    assert "发展大厦一号机" in words, "what a machine is called is never converted"
    assert not needs_raster("".join(words.split())), "all of it is in the two-byte part that printers' fonts hold"


def test_samples_are_marked(subject: SlipWriter, facts: SlipFacts) -> None:
    assert any(isinstance(block, Text) and "SAMPLE" in block.text for block in subject.blocks(facts))


@pytest.mark.parametrize(("name", "short"), [("林小瓯", "**瓯"), ("测试·林小瓯", "*****瓯"), ("SMITH, JOHN", "S***"), ("", "")])
def test_names_are_shortened(name: str, short: str) -> None:
    assert short_name(name) == short
