"""A test page as PDF, plainly marked as one: Chinese, Latin, lines of known length, the edges of the paper."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_DPI = 150
_A4_MM = (210, 297)
_MARGIN_MM = 15
_FONTS = tuple(
    Path("/usr/share/fonts") / name
    for name in (
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "noto-cjk/NotoSansCJK-Regular.ttc",
        "google-noto-cjk/NotoSansCJK-Regular.ttc",
        "google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "opentype/source-han-sans/SourceHanSansSC-Regular.otf",
        "truetype/wqy/wqy-microhei.ttc",
        "truetype/wqy/wqy-zenhei.ttc",
    )
)


def sample_pdf(printed_at: str, pages: int = 1) -> bytes:
    """The test page, ``pages`` times with its number on it. Drawn as pictures: no font needs to be in the printer.

    Without a Chinese font on this machine the Chinese lines are left out; that is said on the page.
    """
    pictures = [_page(printed_at, number, pages) for number in range(1, pages + 1)]
    file = io.BytesIO()
    pictures[0].save(file, "PDF", resolution=_DPI, save_all=True, append_images=pictures[1:], title="SAMPLE", producer="oueban")
    return file.getvalue()


def _page(printed_at: str, number: int, pages: int) -> Image.Image:
    picture = Image.new("L", (_dots(_A4_MM[0]), _dots(_A4_MM[1])), 255)
    draw = ImageDraw.Draw(picture)
    path = next((path for path in _FONTS if path.is_file()), None)
    top = _dots(_MARGIN_MM)
    for text, size_mm in _lines(printed_at, number, pages, has_chinese=path is not None):
        font = ImageFont.truetype(str(path), _dots(size_mm)) if path is not None else ImageFont.load_default(_dots(size_mm))
        draw.text((_dots(_MARGIN_MM), top), text, font=font, fill=0)
        top += round(_dots(size_mm) * 1.6)
    left, right = _dots(_MARGIN_MM), _dots(_A4_MM[0] - _MARGIN_MM)
    draw.line((left, top, left + _dots(100), top), fill=0, width=2)
    draw.rectangle((left // 2, left // 2, picture.width - left // 2, picture.height - left // 2), outline=0, width=2)
    for step in range(16):
        grey = step * 17
        at = left + (right - left) * step // 16
        draw.rectangle((at, top + _dots(5), at + (right - left) // 16, top + _dots(20)), fill=grey)
    return picture


def _lines(printed_at: str, number: int, pages: int, *, has_chinese: bool) -> list[tuple[str, float]]:
    latin = [
        (f"Page {number} of {pages}, {printed_at}", 5.0),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789", 4.0),
        ("The line below is 100 mm long; the frame is whole.", 4.0),
    ]
    if not has_chinese:
        return [("SAMPLE / TEST", 12.0), ("No Chinese font is installed on this machine.", 5.0), *latin]
    chinese = [
        ("测试 SAMPLE", 14.0),
        ("打印测试页，无任何效力", 7.0),
        ("中文：瓯江潮起，一网通办。「温州市鹿城区」", 5.0),
        ("生僻字：䶮 喆 堃 ¥ ü ñ", 5.0),
    ]
    return [*chinese, *latin]


def _dots(mm: float) -> int:
    return round(mm / 25.4 * _DPI)
