"""A text as a reader sees it: without format characters, with composed letters, with one kind of space.

The rules judge this reading, and its spans are carried back to the text, which itself is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from toolkit.segment.marks import BREAKS, COMBINING, HIDDEN, HIDDEN_OPENERS, HIGH_STOPS, PICTURES, inside

Span = tuple[int, int]

_SPACES = "\u00a0\u2007\u2009\u202f"
_HIDDEN = re.compile(f"[{inside(HIDDEN)}]+")
_ASCII = bytes(range(128))
_LAST_BASIC = "\uffff"
_RARE = re.compile(f"[{inside(mark for mark in HIDDEN | PICTURES if mark <= _LAST_BASIC)}\U00010000-\U0010ffff]")
_COMMON = re.compile("[\u00a1-\u00ac\u00ae-\u02af\u0400-\u0482\u048a-\u04ff\u2010-\u2027\u2030-\u205e]*")
"""Composed letters and marks that are read as they are: Latin, Cyrillic, quotation marks and dashes."""
_CLUSTER = re.compile(rf"[^\W\d_][{COMBINING}]+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
_BREAK = re.compile(f"[{BREAKS}]")


class Glyphs(NamedTuple):
    """A reading of a text.

    Attributes:
        source: The text.
        text: Its reading.
        pictured: It holds emoji.
        offsets: For every character of the reading, its offset in the source, and at last the source's length; None
            where both have the same offsets.
    """

    source: str
    text: str
    pictured: bool = False
    offsets: list[int] | None = None

    def restore(self, spans: list[Span]) -> list[Span]:
        """Return the spans of the reading as spans of the source.

        A format character belongs to the sentence before it on its line, or at the line's beginning to the one after
        it; one that opens a stretch of another direction belongs to what follows. A line of nothing else has no span.
        """
        if self.offsets is None:
            return spans
        source, offsets = self.source, self.offsets
        moved = [(0, 0), *((offsets[start], offsets[end]) for start, end in spans), (len(source), len(source))]
        found: list[Span] = []
        start = 0
        for (_, end), (following, _) in pairwise(moved):
            while end > start and following > end and source[end - 1] in HIDDEN_OPENERS:
                end -= 1
            back, ahead = _shared(source[end:following], opens=end == start)
            if end > start:
                found.append((start, end + back))
            start = following - ahead
        return found


def _shared(gap: str, *, opens: bool) -> tuple[int, int]:
    """Return how much of the gap between two sentences belongs to the first of them, and how much to the second.

    Args:
        gap: The characters between them.
        opens: There is no first sentence; the gap opens the text.
    """
    if not gap or gap.isspace():
        return 0, 0
    broken = _BREAK.search(gap)
    if broken is None and opens:
        return 0, len(gap.lstrip())
    if broken is None:
        back = max((at + 1 for at, mark in enumerate(gap) if mark in HIDDEN - HIDDEN_OPENERS), default=0)
        return back, len(gap[back:].lstrip())
    first, last = gap[: broken.start()], _BREAK.split(gap)[-1]
    return len(first.rstrip()), len(last.lstrip())


def glyphs(text: str) -> Glyphs:
    """Return the reading of a text."""
    if text.isascii():
        return Glyphs(text, text)
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
    if _COMMON.fullmatch(beyond):
        return Glyphs(text, text)
    plain = text
    for space in _SPACES:
        plain = plain.replace(space, " ")
    composed = unicodedata.is_normalized("NFC", plain)
    rare = _RARE.search(beyond) is not None
    if composed and not rare:
        return Glyphs(text, plain)
    plain, offsets = _without(plain.translate(HIGH_STOPS), list(range(len(plain) + 1)))
    if not composed:
        plain, offsets = _composed(plain, offsets)
    return Glyphs(text, plain, rare, offsets)


def _without(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Return a text and its offsets without format characters."""
    kept: list[int] = []
    at = 0
    for match in _HIDDEN.finditer(text):
        kept += offsets[at : match.start()]
        at = match.end()
    return _HIDDEN.sub("", text), kept + offsets[at:]


def _composed(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Return a text and its offsets with composed letters."""
    pieces: list[str] = []
    kept: list[int] = []
    at = 0
    for match in _CLUSTER.finditer(text):
        start, end = match.span()
        letter = unicodedata.normalize("NFC", match[0])
        if len(letter) < end - start:
            pieces += text[at:start], letter
            kept += offsets[at : start + len(letter)]
            at = end
    return "".join(pieces) + text[at:], kept + offsets[at:]
