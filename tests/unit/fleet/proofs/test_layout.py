"""The page as it comes out: its text, its fonts, its code."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from contract.proofs import QR_PREFIX, new_code
from fleet.errors import PlatformError
from fleet.proofs.desk import mask_id_number, mask_name
from fleet.proofs.facts import Bilingual, Facts, SampleFacts, kinds
from fleet.proofs.fonts import typeface
from fleet.proofs.layout import ProofPage, draw, watermark_of

NOW_MS = 1_795_728_000_000


def _has_fonts() -> bool:
    try:
        typeface("Regular")
    except PlatformError:
        return False
    return True


needs_fonts = pytest.mark.skipif(not _has_fonts(), reason="Noto Serif CJK is not installed (Debian: fonts-noto-cjk)")
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


def page(language: str, code: str, name: str = "测试·王小江") -> bytes:
    facts = SampleFacts().facts_of("fund", "42010219920214123X", "测试·王小江")
    assert isinstance(facts, Facts)
    return draw(
        ProofPage(
            kind="fund",
            title=kinds()["fund"].title,
            name=name,
            id_number="42010219920214123X",
            statement=facts.statement,
            rows=facts.rows,
            purpose="购房资格审核",
            receipt_number="3303042611260001000018",
            code=code,
            issued_at_ms=NOW_MS,
            valid_to_ms=NOW_MS,
            language=language,
        )
    )


def _said(tool: str, pdf: bytes, folder: Path, *words: str) -> bytes:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    ends = ["-"] if tool == "pdftotext" else []
    return subprocess.run([tool, *words, path, *ends], capture_output=True, check=True).stdout


@needs_fonts
@needs_poppler
@pytest.mark.parametrize("language", ["zh", "en"])
def test_fonts_are_embedded_text_can_be_found_and_the_code_scanned(language: str, tmp_path: Path) -> None:
    code = new_code()
    pdf = page(language, code, "测试·䶮堃")
    text = _said("pdftotext", pdf, tmp_path, "-raw").decode()
    for said in (kinds()["fund"].title.zh, kinds()["fund"].title.en, "96,318.42", "测试·䶮堃", "SAMPLE"):
        assert said in text
    fonts = _said("pdffonts", pdf, tmp_path).decode().splitlines()[2:]
    assert len(fonts) == 2
    assert all("TrueType" in font and " yes yes yes " in font for font in fonts)
    picture = Image.open(io.BytesIO(_said("pdftoppm", pdf, tmp_path, "-r", "100", "-png")))
    assert QR_PREFIX + code in [found.text for found in zxingcpp.read_barcodes(picture)]


def test_masks_keep_no_more_than_they_say() -> None:
    assert (mask_name("测试·王小江"), mask_name("王"), mask_name("欧阳修")) == ("测试·王**", "王*", "欧**")
    assert mask_id_number("42010219920214123X") == "4201************3X"
    assert watermark_of("购房") == "仅供办理购房使用"
    assert watermark_of("仅供入学") == "仅供入学"


def _draw(rows: int) -> bytes:
    facts = tuple((Bilingual(f"第 {number} 月", f"Month {number}"), "1,234.50") for number in range(1, rows + 1))
    return draw(
        ProofPage(
            kind="contribution_record",
            title=kinds()["contribution_record"].title,
            name="测试·王小江",
            id_number="42010219920214123X",
            statement=kinds()["contribution_record"].statement,
            rows=facts,
            purpose="",
            receipt_number="3303042611260001000018",
            code=new_code(),
            issued_at_ms=NOW_MS,
            valid_to_ms=NOW_MS,
            language="zh",
        )
    )


@needs_fonts
@needs_poppler
@pytest.mark.parametrize(("rows", "pages"), [(6, 1), (12, 2), (16, 2), (40, 3)])
def test_long_facts_go_on_to_another_page_and_every_row_and_the_foot_are_there(rows: int, pages: int, tmp_path: Path) -> None:
    pdf = _draw(rows)
    info = _said("pdfinfo", pdf, tmp_path).decode()
    assert f"Pages:           {pages}" in info
    text = _said("pdftotext", pdf, tmp_path, "-raw").decode()
    assert all(f"第 {number} 月" in text for number in range(1, rows + 1))
    assert "验证码" in text
    boxes = _said("pdftotext", pdf, tmp_path, "-bbox").decode()
    assert max(float(found) for found in re.findall(r'yMax="([0-9.]+)"', boxes)) < 842


@needs_fonts
def test_more_than_a_terminal_takes_is_not_issued() -> None:
    with pytest.raises(PlatformError, match="pages"):
        _draw(120)


@needs_fonts
def test_no_font_of_anybody_stays_in_the_library() -> None:
    from reportlab.lib import fonts as names
    from reportlab.pdfbase import pdfmetrics

    def kept() -> int:
        tables = (pdfmetrics._fonts, pdfmetrics._typefaces, pdfmetrics._dynFaceNames, names._tt2ps_map, names._ps2tt_map)
        return sum(len(table) for table in tables)

    _draw(1)
    before = kept()
    for _ in range(3):
        _draw(1)
    with pytest.raises(PlatformError):
        _draw(120)
    assert kept() == before
