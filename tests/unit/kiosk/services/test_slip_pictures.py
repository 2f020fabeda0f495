"""The pictures of the documents: the same slip from the screen and from the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from contract.statements import Flaw, SignedStatement, check, read
from drivers.barcode_scanner.image_codes import read_codes
from kiosk.domain.language import Language
from kiosk.services.slip_pictures import main, sample_facts


def test_each_width_and_language_is_drawn_and_its_code_read(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "new")]) == 0
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [f"slip-{width}-{language}.png" for width in ("58mm", "80mm") for language in ("en", "zh-Hant", "zh")]
    for name in names:
        with Image.open(tmp_path / "new" / name) as picture:
            found = [code.text for code in read_codes(np.asarray(picture.convert("RGB"), np.uint8))]
        assert sample_facts(Language.ZH, copy=False).statement in found


def test_the_sample_s_code_is_no_signed_word_of_anybody() -> None:
    text = sample_facts(Language.ZH, copy=False).statement
    assert isinstance(read(text), SignedStatement)
    assert isinstance(check(text, [bytes(32)]), Flaw)


def test_a_place_that_cannot_be_written_costs_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["--out", str(tmp_path / "file")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
