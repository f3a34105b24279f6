"""Cells of CSV that no spreadsheet executes."""

from __future__ import annotations

import json
import re

_FORMULA = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]*[=+\-@|%＝＋－＠–−']|[\t\r\n]")
"""First characters of a cell that a spreadsheet takes for a formula (OWASP, "CSV Injection"), or that was made safe."""


def csv_cell(value: object) -> object:
    """Return a number as it is, which is not quoted, and anything else as a safe text, which is."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else safe_cell(value)


def safe_cell(value: object) -> str:
    """Return a value as a CSV cell that no spreadsheet executes; `plain_cell` reads it back.

    An apostrophe goes before what may be a formula, and before an apostrophe. The writer quotes every text, so that a
    semicolon or a tab within it begins no cell where these separate cells.

    Examples:
        >>> safe_cell("=1+1"), safe_cell("'=1+1"), safe_cell(-5), plain_cell(safe_cell("'=1+1"))
        ("'=1+1", "''=1+1", '-5', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    is_number = isinstance(value, (int, float))
    return f"'{text}" if not is_number and _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """Return the text that `safe_cell` made safe."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
