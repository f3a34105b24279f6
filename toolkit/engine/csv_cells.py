"""Cells of CSV that no spreadsheet executes."""

from __future__ import annotations

import json
import re

_FORMULA = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]*[=+\-@|%＝＋－＠–−']|[\t\r\n]")
"""First characters of a cell that a spreadsheet takes for a formula (OWASP, "CSV Injection"), or that was made safe."""

_AFTER = r"(?=[\s\u200b\u200e\u200f\u2060\ufeff\"']*[=+\-@|%＝＋－＠–−])"
_WITHIN = re.compile(rf"(?<=[;\t\r\n]){_AFTER}")
_GUARDED = re.compile(rf"(?<=[;\t\r\n])'{_AFTER}")
_IN_JSON = re.compile(rf";{_AFTER}")
"""Where a formula would begin for a program that separates cells by semicolons, tabs or lines and ignores quotes."""


def csv_cell(value: object) -> object:
    """Return a number as it is, which is not quoted, and anything else as a safe text, which is."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else safe_cell(value)


def safe_cell(value: object) -> str:
    r"""Return a value as a CSV cell that no spreadsheet executes; `plain_cell` reads it back.

    An apostrophe goes before what may be a formula, before an apostrophe, and within a text before what would be a
    formula where semicolons or tabs separate cells: there a quote that does not begin a line is a sign like others. In
    JSON such a semicolon is escaped instead.

    Examples:
        >>> safe_cell("a;=1+1"), safe_cell(["a;=1+1"]), plain_cell(safe_cell("a;=1+1"))
        ("a;'=1+1", '["a\\u003b=1+1"]', 'a;=1+1')
        >>> safe_cell("=1+1"), safe_cell("'=1+1"), safe_cell(-5), plain_cell(safe_cell("'=1+1"))
        ("'=1+1", "''=1+1", '-5', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return _IN_JSON.sub(r"\\u003b", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    text = str(value)
    if isinstance(value, (int, float)):
        return text
    safe = _WITHIN.sub("'", text)
    return f"'{safe}" if _FORMULA.match(text) else safe


def plain_cell(cell: str) -> str:
    """Return the text that `safe_cell` made safe."""
    return _GUARDED.sub("", cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell)
