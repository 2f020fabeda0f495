"""Pictures of sample slips for the documents: ``python -m kiosk.services.slip_pictures --out docs/pictures``.

Each shows one slip twice: at the left as the screen draws it, at the right as the emulated printer put it on paper. Everything in
it is made up, and the signature in its code is none.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

import assets
from contract.statements import Kind, Statement, compose
from drivers.emulation.host import TcpHost
from drivers.errors import DeviceError
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.render_image import MARGIN_DOTS, picture
from drivers.receipt_printer.types import PAPERS, Block, PaperWidth, PrintResult
from drivers.types import Deadline
from kiosk.catalogue.reading import CatalogueError, load
from kiosk.domain.language import Language
from kiosk.services.slips import SlipFacts, SlipWriter

_PRINT_S = 60.0
_GREY = 200
_GAP = 24
_RECEIPT_NUMBER = "330304261123A00100001D"
_CASE_ID = "019abc00-1234-7abc-8def-0123456789ab"


def sample_facts(language: Language, *, copy: bool) -> SlipFacts:
    """A made-up slip with a rare character in the name and a long name of the machine; raises ``CatalogueError``."""
    item = load(assets.ROOT / "catalogue").items[0]
    statement = Statement(
        kind=Kind.SAVED,
        case_id=_CASE_ID,
        receipt_number=_RECEIPT_NUMBER,
        item_code=item.code,
        committed_at_ms=1_795_420_800_000,
        digest="00" * 32,
        key_id="00" * 8,
    )
    return SlipFacts(
        language=language,
        item=item,
        case_id=_CASE_ID,
        receipt_number=_RECEIPT_NUMBER,
        stored_at="2026-11-23 20:00",
        delivered=False,
        holder_name="*****𠮷",
        holder_number="330304********0026",
        machine="鹿城区五马街道便民服务中心一楼大厅三号机（测试）",
        hotline="0577-12345",
        check_at="platform.example/verify",
        copy=copy,
        sample=True,
        statement=compose(statement, bytes(64)),
    )


def on_paper(blocks: Sequence[Block], width: PaperWidth) -> Image.Image:
    """What the emulated printer makes of it, on paper as wide as the roll; raises ``DeviceError``."""
    with PrinterEmulator(width) as emulator, TcpHost(emulator) as host:
        printer = EscPosPrinter(host.url, width)
        try:
            outcome = printer.print_receipt(blocks, Deadline(_PRINT_S))
        finally:
            printer.close()
        if outcome.result is not PrintResult.PRINTED:
            raise DeviceError(host.url, f"{outcome.result}: {outcome.status.device.code}")
        return ImageOps.expand(emulator.slips[-1].image, (MARGIN_DOTS, 0), 255)


def side_by_side(pictures: Sequence[Image.Image]) -> Image.Image:
    """On grey, so that the edges of the paper show."""
    height = max(picture.height for picture in pictures) + 2 * _GAP
    sheet = Image.new("L", (sum(picture.width + _GAP for picture in pictures) + _GAP, height), _GREY)
    left = _GAP
    for each in pictures:
        sheet.paste(each, (left, _GAP))
        left += each.width + _GAP
    return sheet


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures; 0 when all are written."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.services.slip_pictures", description="Draw sample slips.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
    out: Path = parser.parse_args(arguments).out
    try:
        out.mkdir(parents=True, exist_ok=True)
        for width in PAPERS:
            for language in Language:
                _draw(out / f"slip-{width}-{language.value}.png", width, language)
    except (CatalogueError, DeviceError, OSError) as error:
        sys.stderr.write(f"slip pictures: {error}\n")
        return 1
    return 0


def _draw(path: Path, width: PaperWidth, language: Language) -> None:
    writer = SlipWriter(assets.ROOT / "receipts" / "slip.yaml")
    blocks = writer.blocks(sample_facts(language, copy=language is not Language.ZH))
    side_by_side([picture(blocks, width), on_paper(blocks, width)]).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
