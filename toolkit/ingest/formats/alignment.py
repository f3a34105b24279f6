"""The alignment of an extractor's output with its page, so that every character gets its bytes back.

Two texts are compared by their key: their characters without white space, control and format characters. If the key of
a paragraph occurs in the key of the page, the paragraph is taken from the page, with the page's format characters. If
the extractor has left something out, so that only parts of it occur, it is taken in parts. The rest is not taken.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence

import numpy as np

from toolkit.ingest.formats.encoding import Offsets
from toolkit.ingest.traced_text import Traced

_PART_WORDS = 3  # a part begins with this many words of the paragraph in a row, or with all that are left
_WINDOW = 20_000  # key characters after a part in which the next part is looked for


_SKIPPED = frozenset(
    ch
    for ch in map(chr, (*range(0x10000), *range(0xE0000, 0xE0080)))  # the planes that have such characters
    if ch.isspace() or unicodedata.category(ch) in ("Cf", "Cc")
)
_IS_KEPT = np.ones(sys.maxunicode + 1, dtype=bool)
_IS_KEPT[[ord(ch) for ch in _SKIPPED]] = False


def _key_of(text: str) -> str:
    key = "".join(text.split())
    return key if key.isprintable() else "".join(ch for ch in key if ch not in _SKIPPED)


class Aligner:
    """Finds paragraphs in one page; fastest if they come in the page's order."""

    def __init__(self, page: Traced) -> None:
        self._page = page
        points = np.frombuffer(page.text.encode("utf-32-le"), dtype=np.uint32)
        kept = _IS_KEPT[points]
        self._places = np.flatnonzero(kept)
        self._key = points[kept].tobytes().decode("utf-32-le")
        self._at = 0

    def find(self, paragraph: str) -> Traced | None:
        """Return a paragraph with its bytes; None if no part of it is on the page."""
        key = _key_of(paragraph)
        if not key:
            return None
        start = self._key.find(key, self._at)
        if start < 0:
            start = self._key.find(key)
        if start >= 0:
            self._at = start + len(key)
            first, last = int(self._places[start]), int(self._places[self._at - 1]) + 1
            if self._page.text[first:last] == paragraph:  # as it mostly stands
                return self._page.cut(first, last)
            return self._taken(paragraph, range(start, self._at))
        return self._in_parts(paragraph)

    def _in_parts(self, paragraph: str) -> Traced | None:
        words = paragraph.split()
        keys = [_key_of(word) for word in words]
        places: list[int] = []
        kept: list[str] = []
        at = self._at
        for number, key in enumerate(keys):
            if not key:
                continue
            start = at if self._key.startswith(key, at) and places else self._part(keys, number, at)
            if start >= 0:
                places += range(start, start + len(key))
                kept.append(words[number])
                at = start + len(key)
        if not places:
            return None
        self._at = at
        return self._taken(" ".join(kept), places)

    def _part(self, keys: Sequence[str], number: int, at: int) -> int:
        return self._key.find("".join(keys[number : number + _PART_WORDS]), at, at + _WINDOW)

    def _taken(self, text: str, places: Sequence[int]) -> Traced:
        """Return a text with the page's positions for its key characters, and for white space that the page has too."""
        page, places = self._page, self._places[places].tolist()
        out: list[str] = []
        taken: list[int] = []  # positions in the page, -1 for white space that is not there as such
        number, last = 0, -1
        space = False
        for ch in text:
            if ch in _SKIPPED:
                space = space or ch.isspace()
                continue
            place = places[number]
            between = range(last + 1, place) if last >= 0 and place - last <= _GAP else range(0)
            for index in between:
                if not page.text[index].isspace():
                    if page.text[index] in _SKIPPED:
                        out.append(page.text[index])
                        taken.append(index)
                elif space:
                    out.append(" ")
                    taken.append(index if page.text[index] == " " else -1)
                    space = False
            if space and out:
                out.append(" ")
                taken.append(-1)
            out.append(page.text[place])
            taken.append(place)
            number, last, space = number + 1, place, False
        return _at(page, "".join(out), taken)


_GAP = 64  # more characters between two neighbours are not just format characters


def _at(page: Traced, text: str, taken: list[int]) -> Traced:
    indexes: Offsets = np.array(taken, dtype=np.int64)
    somewhere = indexes >= 0
    starts = np.where(somewhere, page.starts[indexes], 0)
    ends = np.where(somewhere, page.ends[indexes], 0)
    return Traced(text, starts, ends)


def uncovered(page: Traced, taken: Sequence[Traced]) -> list[tuple[int, int]]:
    """Return the runs of a page's text, in code points, that no taken text covers; blank ones are left out.

    A run does not go beyond its line.
    """
    is_free = np.ones(int(page.starts.max(initial=0)) + 1, dtype=bool)  # by the byte at which a character begins
    for text in taken:
        is_free[text.starts[(text.ends > text.starts) & (text.starts < len(is_free))]] = False
    free = is_free[page.starts] & (page.ends > page.starts)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    runs = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        run = page.text[start:end]
        if bare := run.strip():
            start += len(run) - len(run.lstrip())
            runs.append((start, start + len(bare)))
    return runs
