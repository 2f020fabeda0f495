"""One A4 page: what a proof looks like. Plainly marked 测试/SAMPLE, with a seal that imitates nobody's. Lengths in points."""

from __future__ import annotations

import io
import itertools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from contract.proofs import MAX_PROOF_PAGES, PROOF_TERMS, QR_PREFIX, grouped
from fleet.clock import in_china
from fleet.errors import PlatformError
from fleet.proofs.facts import Bilingual
from fleet.proofs.fonts import typeface

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

_WIDTH, _HEIGHT = 595.276, 841.890
_MARGIN = 62.0
_FOOT, _TABLE_ENDS = 248.0, 76.0
"""Room that the foot needs, and how far down a table goes."""
_Colour: TypeAlias = tuple[float, float, float]
_INK = (0.13, 0.15, 0.19)
_SOFT = (0.42, 0.45, 0.50)
_LINE = (0.72, 0.75, 0.79)
_SHADE = (0.955, 0.962, 0.970)
_BLUE = (0.05, 0.29, 0.49)
_RED = (0.78, 0.12, 0.12)
_LOCK = threading.Lock()
_NUMBERS = itertools.count(1)
"""reportlab keeps its fonts by name for the whole process: each page's own fonts get a name of their own, and leave again."""

_WORDS: dict[str, Bilingual] = {
    "name": Bilingual("姓名", "Name"),
    "id_number": Bilingual("公民身份号码", "ID number"),
    "purpose": Bilingual("用途", "Purpose"),
    "code": Bilingual("验证码", "Verification code"),
    "issued": Bilingual("出具时间", "Issued"),
    "valid_to": Bilingual("有效期至", "Valid until"),
    "receipt": Bilingual("受理号", "Receipt number"),
    "issuer": Bilingual("出具：瓯e办样例平台（测试，虚构）", "Issued by: Ou e Ban sample platform (fictitious)"),
    "check": Bilingual(
        "在平台的“查验”页面输入验证码或上传本文件，可核对真伪。",
        "Enter the code, or upload this file, on the platform's check page.",
    ),
    "mark": Bilingual(
        "测试 SAMPLE · 人物、单位、印章均属虚构 · 无任何法律效力",
        "测试 SAMPLE · people, employers and seal are fictitious · no legal effect",
    ),
    "signed": Bilingual("本文件带有数字签名，改动一个字节即失效。", "Digitally signed: one changed byte makes it invalid."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """All that stands on the page."""

    title: Bilingual
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    statement: Bilingual = field(repr=False)
    rows: tuple[tuple[Bilingual, str], ...] = field(repr=False)
    purpose: str = field(repr=False)
    kind: str
    receipt_number: str
    code: str
    issued_at_ms: int
    valid_to_ms: int
    language: str


def watermark_of(purpose: str) -> str:
    """``仅供办理…使用``; a purpose that says so itself is left as it is."""
    return purpose if purpose.startswith("仅供") else f"仅供办理{purpose}使用"


def draw(page: ProofPage) -> bytes:
    """The page as PDF, fonts embedded, not yet signed. Raises ``PlatformError`` when the fonts are not installed."""
    # reportlab takes long to import, and most processes of the platform never draw.
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    characters = _characters(page)
    number = next(_NUMBERS)
    faces = {weight: f"OuEBanSong{weight}{number}" for weight in ("Regular", "Bold")}
    files = {name: typeface(weight).subset(characters, name) for weight, name in faces.items()}
    out = io.BytesIO()
    with _LOCK, _registered({name: TTFont(name, io.BytesIO(file)) for name, file in files.items()}):
        language = "en-GB" if page.language == "en" else "zh-CN"
        canvas = Canvas(out, pagesize=(_WIDTH, _HEIGHT), pageCompression=1, lang=language, initialFontName=faces["Regular"])
        canvas.setTitle(f"{page.title.zh} SAMPLE")
        canvas.setSubject(QR_PREFIX + page.code)
        terms = {"kind": page.kind, "receipt_number": page.receipt_number, "valid_to_ms": page.valid_to_ms}
        canvas.setKeywords(PROOF_TERMS.format(**terms))
        canvas.setAuthor("SAMPLE")
        canvas.setCreator("Ou e Ban reference platform")
        _Sheet(canvas, page, faces).draw()
        canvas.showPage()
        canvas.save()
    return out.getvalue()


@contextmanager
def _registered(fonts: Mapping[str, TTFont]) -> Iterator[None]:
    """Known to the library while one page is drawn, and then nowhere in it: a font holds the characters of one person's name."""
    from reportlab.lib import fonts as names
    from reportlab.pdfbase import pdfmetrics

    try:
        for font in fonts.values():
            pdfmetrics.registerFont(font)
        yield
    finally:
        for name, font in fonts.items():
            for table in (pdfmetrics._fonts, pdfmetrics._typefaces, pdfmetrics._dynFaceNames):
                for key in [key for key, value in table.items() if key == name or value is font or value is font.face]:
                    del table[key]
            for key in [key for key, value in names._tt2ps_map.items() if value == name]:
                del names._tt2ps_map[key]
            names._ps2tt_map.pop(name.lower(), None)


def _characters(page: ProofPage) -> str:
    ascii_all = "".join(map(chr, range(32, 127)))
    texts = [
        page.title.zh,
        page.name,
        page.statement.zh,
        watermark_of(page.purpose),
        "兹证明，。：年月日测试样章瓯e办（）",
    ]
    texts += [words.zh + words.en for words in _WORDS.values()]
    texts += [label.zh + label.en + value for label, value in page.rows]
    return ascii_all + "".join(texts)


class _Sheet:
    """The page while it is drawn, from the top down."""

    def __init__(self, canvas: Canvas, page: ProofPage, faces: dict[str, str]) -> None:
        self._canvas = canvas
        self._page = page
        self._body, self._bold = faces["Regular"], faces["Bold"]
        self._pages = 1

    def draw(self) -> None:
        """Everything, the faint things first."""
        if self._page.purpose:
            self._watermark()
        self._frame()
        top = self._heading()
        top = self._statement(top - 40)
        top = self._table(top - 12)
        if top - 28 < _FOOT:
            top = self._next_page()
        self._foot(min(top - 28, 262))

    def _next_page(self) -> float:
        """Another sheet; where its content begins. ``PlatformError`` for a document longer than terminals take."""
        self._pages += 1
        if self._pages > MAX_PROOF_PAGES:
            raise PlatformError(f"a proof has at most {MAX_PROOF_PAGES} pages")
        self._canvas.showPage()
        if self._page.purpose:
            self._watermark()
        self._frame()
        return _HEIGHT - 110

    def _say(self, key: str) -> str:
        return _WORDS[key].of(self._page.language)

    def _text(
        self, text: str, x: float, y: float, size: float, *, bold: bool = False, colour: _Colour = _INK, align: str = "l"
    ) -> None:
        self._canvas.setFont(self._bold if bold else self._body, size)
        self._canvas.setFillColorRGB(*colour)
        {"l": self._canvas.drawString, "c": self._canvas.drawCentredString, "r": self._canvas.drawRightString}[align](x, y, text)

    def _watermark(self) -> None:
        canvas = self._canvas
        words = watermark_of(self._page.purpose)
        step = canvas.stringWidth(words, self._body, 15) + 70
        canvas.saveState()
        canvas.translate(_WIDTH / 2, _HEIGHT / 2)
        canvas.rotate(32)
        canvas.setFont(self._body, 15)
        canvas.setFillColorRGB(0.885, 0.905, 0.925)
        for row in range(-5, 6):
            for column in range(-3, 4):
                canvas.drawCentredString(column * step + (row % 2) * step / 2, row * 96, words)
        canvas.restoreState()

    def _frame(self) -> None:
        canvas = self._canvas
        canvas.setStrokeColorRGB(*_BLUE)
        canvas.setLineWidth(1.4)
        canvas.rect(34, 34, _WIDTH - 68, _HEIGHT - 68)
        canvas.setLineWidth(0.4)
        canvas.rect(38.5, 38.5, _WIDTH - 77, _HEIGHT - 77)
        self._text("瓯e办", _MARGIN, _HEIGHT - 78, 17, bold=True, colour=_BLUE)
        canvas.setFillColorRGB(*_RED)
        canvas.roundRect(_WIDTH - _MARGIN - 104, _HEIGHT - 84, 104, 24, 4, stroke=0, fill=1)
        self._text("测试 SAMPLE", _WIDTH - _MARGIN - 52, _HEIGHT - 76.5, 13, bold=True, colour=(1, 1, 1), align="c")
        self._text(self._say("mark"), _WIDTH / 2, 48, 8.5, colour=_RED, align="c")

    def _heading(self) -> float:
        page = self._page
        first, second = (page.title.en, page.title.zh) if page.language == "en" else (page.title.zh, page.title.en)
        size = min(27.0, 27 * (_WIDTH - 2 * _MARGIN) / self._canvas.stringWidth(first, self._bold, 27))
        self._text(first, _WIDTH / 2, _HEIGHT - 148, size, bold=True, align="c")
        self._text(second, _WIDTH / 2, _HEIGHT - 172, 11.5, colour=_SOFT, align="c")
        self._canvas.setStrokeColorRGB(*_BLUE)
        self._canvas.setLineWidth(1.2)
        self._canvas.line(_WIDTH / 2 - 34, _HEIGHT - 188, _WIDTH / 2 + 34, _HEIGHT - 188)
        return _HEIGHT - 188

    def _statement(self, top: float) -> float:
        page = self._page
        said = f"This is to certify that {page.name} " if page.language == "en" else f"兹证明：{page.name}（{page.id_number}），"
        indent = 0.0 if page.language == "en" else 26.0
        for number, line in enumerate(self._wrapped(said + page.statement.of(page.language), 13, indent)):
            self._text(line, _MARGIN + (indent if number == 0 else 0), top, 13)
            top -= 24
        return top

    def _wrapped(self, text: str, size: float, indent: float = 0.0, width: float = _WIDTH - 2 * _MARGIN) -> list[str]:
        """Chinese breaks anywhere but before a closing mark; Latin words stay whole."""
        lines, line, room = [], "", width - indent
        for piece in re.findall(r"[!-~]+|.", text):
            if line and self._canvas.stringWidth(line + piece, self._body, size) > room and piece not in "，。、：；）”":
                lines.append(line.rstrip())
                line, room = "", width
            line += piece if line or piece != " " else ""
        return [*lines, line]

    def _table(self, top: float) -> float:
        page = self._page
        rows = [
            (self._say("name"), page.name),
            (self._say("id_number"), page.id_number),
            *((label.of(page.language), value) for label, value in page.rows),
        ]
        if page.purpose:
            rows.append((self._say("purpose"), page.purpose))
        canvas = self._canvas
        split = _MARGIN + 138
        canvas.setLineWidth(0.6)
        for label, value in rows:
            lines = self._wrapped(value, 12, width=_WIDTH - _MARGIN - split - 24)
            height = 27.0 + 17 * (len(lines) - 1)
            if top - height < _TABLE_ENDS:
                top = self._next_page()
                canvas.setLineWidth(0.6)
            canvas.setFillColorRGB(*_SHADE)
            canvas.setStrokeColorRGB(*_LINE)
            canvas.rect(_MARGIN, top - height, split - _MARGIN, height, stroke=1, fill=1)
            canvas.rect(split, top - height, _WIDTH - _MARGIN - split, height, stroke=1, fill=0)
            size = min(11.5, 11.5 * (split - _MARGIN - 20) / canvas.stringWidth(label, self._body, 11.5))
            self._text(label, _MARGIN + 12, top - height / 2 - 4.2, size, colour=_SOFT)
            for number, line in enumerate(lines):
                self._text(line, split + 12, top - 18 - 17 * number, 12)
            top -= height
        return top

    def _foot(self, top: float) -> None:
        page = self._page
        self._qr(_MARGIN, top - 104, 104)
        left = _MARGIN + 122
        self._text(self._say("code"), left, top - 12, 9.5, colour=_SOFT)
        self._text(grouped(page.code), left, top - 33, 18, bold=True)
        y = top - 54
        for key, value in (
            ("issued", f"{in_china(page.issued_at_ms):%Y-%m-%d %H:%M}"),
            ("valid_to", f"{in_china(page.valid_to_ms):%Y-%m-%d}"),
            ("receipt", page.receipt_number),
        ):
            self._text(self._say(key), left, y, 9.5, colour=_SOFT)
            self._text(value, left + (82 if page.language == "en" else 52), y, 9.5)
            y -= 15.5
        self._text(self._say("check"), _MARGIN, top - 124, 8.5, colour=_SOFT)
        self._text(self._say("signed"), _MARGIN, top - 137, 8.5, colour=_SOFT)
        right = _WIDTH - _MARGIN
        self._text(self._say("issuer"), right, top - 163, 11.5, align="r")
        self._text(_day(in_china(page.issued_at_ms), page.language), right, top - 182, 11.5, align="r")
        self._seal(right - 92, top - 88)

    def _seal(self, x: float, y: float) -> None:
        """A square stamp: official seals in China are round with a star, so nobody can take it for one."""
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x + 40, y + 40)
        canvas.rotate(-4)
        canvas.setStrokeColorRGB(*_RED)
        canvas.setLineWidth(2.6)
        canvas.roundRect(-40, -40, 80, 80, 6)
        canvas.setLineWidth(0.7)
        canvas.roundRect(-35.5, -35.5, 71, 71, 3)
        for across, up, character in ((-16.5, 6, "测"), (-16.5, -23, "试"), (16.5, 6, "样"), (16.5, -23, "章")):
            self._text(character, across, up, 27, bold=True, colour=_RED, align="c")
        self._text("SAMPLE", 0, -33, 7, bold=True, colour=_RED, align="c")
        canvas.restoreState()

    def _qr(self, x: float, y: float, side: float) -> None:
        """Level M, for paper is folded and worn. Drawn as squares: sharp on any printer."""
        import qrcode

        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
        code.add_data(QR_PREFIX + self._page.code)
        code.make(fit=True)
        modules = code.get_matrix()
        unit = side / len(modules)
        canvas = self._canvas
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(x - 6, y - 6, side + 12, side + 12, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        squares = canvas.beginPath()
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    squares.rect(x + column * unit, y + side - (row + 1) * unit, unit, unit)
        canvas.drawPath(squares, stroke=0, fill=1)


def _day(day: datetime, language: str) -> str:
    return f"{day:%Y-%m-%d}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"
