"""CODE128 drawn from the data of GS k 73, symbol by symbol as the host chose them. Pure.

Source: ISO/IEC 15417, and the command descriptions for the meaning of ``{``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Widths of bar, space, bar, space, bar, space for the values 0 to 105.
_ALL_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS = tuple(_ALL_WIDTHS[index : index + 6] for index in range(0, len(_ALL_WIDTHS), 6))
_STOP = "2331112"
_START = {b"A": 103, b"B": 104, b"C": 105}
_SWITCH = {b"A": 101, b"B": 100, b"C": 99}
_FUNCTION = {b"1": 102, b"2": 97, b"3": 96}


class BadBarcode(ValueError):
    """Data that a printer refuses."""


def bars(data: bytes) -> tuple[NDArray[np.bool_], str]:
    """Modules of the code (True is black, no quiet zone) and the text it holds; raises ``BadBarcode``."""
    values, content = _values(data)
    check = (values[0] + sum(index * value for index, value in enumerate(values) if index)) % 103
    widths = "".join([*(_WIDTHS[value] for value in (*values, check)), _STOP])
    modules = [index % 2 == 0 for index, width in enumerate(widths) for _ in range(int(width))]
    return np.array(modules, np.bool_), content


def _values(data: bytes) -> tuple[list[int], str]:
    current = data[1:2]
    if data[:1] != b"{" or current not in _START:
        raise BadBarcode("no code set chosen at the start")
    values, content, position = [_START[current]], "", 2
    while position < len(data):
        escape = data[position + 1 : position + 2] if data[position] == ord("{") else b""
        if escape in _SWITCH:
            values.append(_SWITCH[escape])
            current = escape
        elif escape in _FUNCTION:
            values.append(_FUNCTION[escape])
        else:
            value, text = _symbol(current, data[position])
            values.append(value)
            content += text
        position += 2 if escape else 1
    return values, content


def _symbol(code_set: bytes, byte: int) -> tuple[int, str]:
    if code_set == b"C":
        if byte > 99:
            raise BadBarcode("no pair of digits")
        return byte, f"{byte:02d}"
    if code_set == b"B" and 0x20 <= byte <= 0x7F:
        return byte - 0x20, chr(byte)
    if code_set == b"A" and byte < 0x60:
        return (byte - 0x20 if byte >= 0x20 else byte + 64), chr(byte)
    raise BadBarcode("not in this code set")
