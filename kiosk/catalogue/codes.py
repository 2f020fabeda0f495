"""Grammar of item codes (GB/T 39554.1-2020): 实施编码 and 业务办理项编码."""

from __future__ import annotations

import re

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

_ITEM_CODE = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})([1-6])([0-9]{12})")


def item_code_problem(code: str) -> str:
    """What is wrong with a 31-character 实施编码, in words; empty when nothing is."""
    match = _ITEM_CODE.fullmatch(code)
    if match is None:
        return "is not credit code (18) + level (1-6) + base code (12 digits)"
    try:
        uscc.validate(match[1])
    except ValidationError:
        return f"holds the credit code {match[1]}, whose check character is wrong"
    return ""


def task_handle_item_problem(task: str, code: str) -> str:
    """What is wrong with a 33-character 业务办理项编码 of the item ``code``, in words; empty when nothing is."""
    if task[:31] != code:
        return "does not begin with the item's own code"
    return "" if re.fullmatch(r"[0-9]{2}", task[31:]) else "does not end in a two-digit order"
