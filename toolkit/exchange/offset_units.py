"""The units in which tools count offsets, turned into code points.

Python, Prodigy and Argilla count code points; Java, JavaScript and so UIMA count UTF-16; some programs count bytes of
UTF-8, or a line break of two characters as one. Where a file says which words an offset marks, they decide.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from toolkit.errors import InvalidInput
from toolkit.limits import check_work

Unit = Literal["code-points", "utf-16", "bytes", "line-feeds"]
"""What is counted; "line-feeds": code points, a line break of "\\r\\n" as one of them."""

UNITS: Final[tuple[Unit, ...]] = ("code-points", "utf-16", "bytes", "line-feeds")
"""In the order in which they are tried."""

Pieces = tuple[tuple[int, int], ...]
"""(start, end) of each piece of a span."""


class OffsetTable:
    """The code points of a text by offsets in other units.

    Args:
        text: The text.
        where: Where it stands, for messages.

    Examples:
        >>> table = OffsetTable("😀 left")
        >>> table.code_points(((3, 7),), "utf-16"), table.code_points(((5, 9),), "bytes")
        (((2, 6),), ((2, 6),))
        >>> table.code_points(((1, 4),), "utf-16") is None  # cuts the emoji in two
        True
    """

    def __init__(self, text: str, where: str = "") -> None:
        self.text = text
        self._where = where
        self._points: dict[Unit, dict[int, int]] = {}
        self._compared = 0

    def code_points(self, pieces: Pieces, unit: Unit) -> Pieces | None:
        """Return the pieces in code points; None where they don't lie in the text, or cut a character in two."""
        points = self._table(unit)
        found = [(points.get(start), points.get(end)) for start, end in pieces]
        held = tuple((start, end) for start, end in found if start is not None and end is not None and start < end)
        return held if held and len(held) == len(pieces) else None

    def marked(self, pieces: Pieces, words: str | None, units: Iterable[Unit] = UNITS) -> Pieces | None:
        """Return the pieces in code points of the first unit in which they hold some words; None if there is none.

        Args:
            pieces: Their offsets.
            words: What they hold, white space aside; None: that is not known, and the first unit decides.
            units: What is tried.
        """
        for unit in units:
            held = self.code_points(pieces, unit)
            if words is None or (held is not None and self._same(held, words)):
                return held
        return None

    def _same(self, pieces: Pieces, words: str) -> bool:
        self._compared += sum(end - start for start, end in pieces)
        check_work(self._compared, 0, self._where, of="document with marks")
        held = " ".join(self.text[start:end] for start, end in pieces)
        return held == words or plain_words(held) == plain_words(words)

    def _table(self, unit: Unit) -> dict[int, int]:
        if unit not in self._points:
            widths: Iterable[int] = map(_WIDTHS[unit], self.text)
            if unit == "line-feeds":
                ends = {found.start() for found in re.finditer("\r\n", self.text)}
                widths = [0 if at in ends else 1 for at in range(len(self.text))]
            places = itertools.accumulate(widths, initial=0)
            points: dict[int, int] = {}
            for point, place in enumerate(places):
                points.setdefault(place, point)
            self._points[unit] = points
        return self._points[unit]


_WIDTHS: Final[dict[Unit, Callable[[str], int]]] = {
    "code-points": lambda _: 1,
    "utf-16": lambda sign: 2 if ord(sign) > 0xFFFF else 1,
    "bytes": lambda sign: len(sign.encode()),
    "line-feeds": lambda _: 1,
}


def plain_words(text: str) -> str:
    """Return a text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def check_unit(text: str, pieces: Sequence[Pieces], unit: Unit | None, *, where: str) -> list[Pieces]:
    """Return spans in code points, of a file that does not say which words they hold.

    Args:
        text: The text.
        pieces: The spans.
        unit: What they count; None: nobody has said, so that code points are believed unless they cut words in two
            where another unit cuts none.
        where: The record, for messages.

    Raises:
        InvalidInput: A span does not lie in the text, or cuts words: it counts something else.
    """
    table = OffsetTable(text)
    found = [table.code_points(span, unit or "code-points") for span in pieces]
    if unit is None and None not in found and (better := _uncut(table, pieces, found)) is not None:
        raise InvalidInput(
            f"the offsets cut words in two, and would cut none if they counted {better}",
            where=where,
            remedy=f"name what they count with `--offsets {better}`, or with `--offsets code-points`",
        )
    if None in found:
        outside = pieces[found.index(None)]
        other = [each for each in UNITS if all(table.code_points(span, each) for span in pieces)]
        remedy = f"name what the offsets count with `--offsets {other[0]}`" if other else "mend the offsets"
        raise InvalidInput(
            f"the span at {outside[0][0]}-{outside[-1][1]} is not in the text", where=where, remedy=remedy
        )
    return [span for span in found if span is not None]


def _uncut(table: OffsetTable, pieces: Sequence[Pieces], found: Sequence[Pieces | None]) -> Unit | None:
    """Return the unit in which no span cuts a word, where in code points one does; of bytes, where two do."""
    cuts = sum(_cuts(table.text, each) for each in found if each is not None)
    tried: tuple[tuple[Unit, int], ...] = (("utf-16", 1), ("bytes", 2))
    for unit, least in tried:
        if cuts >= least:
            others = [table.code_points(span, unit) for span in pieces]
            if not any(each is None or _cuts(table.text, each) for each in others):
                return unit
    return None


def _cuts(text: str, pieces: Pieces) -> int:
    """Return how many ends of a span stand within a word."""
    ends = [end for piece in pieces for end in piece]
    return sum(0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum() for end in ends)
