"""The paragraphs of a text whose lines are something else: lines of a column, pages of print.

What stands at the edges of printed pages goes, and lines that were wrapped at a column are joined.

    unwrapped   a page's text → the same text with a paragraph per line, and what was cut with its reason
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from toolkit.ingest.layout.dates import LONGEST, moment_of
from toolkit.ingest.traced_text import Traced
from toolkit.wrapped_text import Joint, Unwrap, joints

_LINE = re.compile(r"[^\S\r\n\f]*(\S[^\r\n\f]*)")
_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|seite|página|pagina|pág\.?|p\.|страница|стр\.?|sayfa|strona|صفحة|halaman|第)\s*)?(\d{1,4})"
    r"(?:\s?(?:/|of|von|de|di|из|sur|z|av)\s?(\d{1,4}))?\s?(?:页|頁|ページ|쪽)?[\W_]*",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_NEAR = 2  # lines from a page's edge in which its running heads stand


class Cut(NamedTuple):
    """A stretch of a text that is cut, in code points."""

    start: int
    end: int
    reason: str


def unwrapped(text: Traced, unwrap: Unwrap = "auto") -> tuple[Traced, list[Cut]]:
    """Return a text with a paragraph per line, and what was cut from it.

    Args:
        text: The text of a page, or of a column.
        unwrap: As in `toolkit.wrapped_text.joints`; with "never" the text comes back as it is.
    """
    if unwrap == "never" or "\n" not in text.text.replace("\r", "\n").strip():
        return text, []
    cuts = running_heads(text.text)
    bare = text.replaced([(cut.start, cut.end, "\n") for cut in cuts])
    found = [joint for joint in joints(bare.text, unwrap=unwrap) if not _is_time(bare.text, joint)]
    hyphens = [joint.start for joint in found if not bare.text[joint.start].isspace()]
    places = _places(text.text, cuts)
    cuts += [Cut(places[at], places[at] + 1, "line-hyphen") for at in hyphens]
    return bare.replaced(found), sorted(cuts)


def _is_time(text: str, joint: Joint) -> bool:
    """Return whether a date or time stands alone on the line below a break: "publié le 12 mars 2024" under a title."""
    below = text[joint.end : joint.end + LONGEST + 1].partition("\n")[0].strip() if joint.text else ""
    return bool(below) and len(below) <= LONGEST and moment_of(below) is not None


def _places(text: str, cuts: Sequence[Cut]) -> list[int]:
    """Return the place in a text of each character that is left when stretches become one line feed."""
    places: list[int] = []
    at = 0
    for start, end, _ in [*cuts, Cut(len(text), len(text), "")]:
        places += [*range(at, start), start]
        at = end
    return places


class _Row(NamedTuple):
    start: int
    end: int
    text: str


def running_heads(text: str) -> list[Cut]:
    """Return page numbers and the heads and feet that stand beside them, with the white space around each.

    Numbers count if they go up from page to page, and heads if they recur there, whatever digits they have. A sentence
    that goes on below them is one sentence again.
    """
    rows = [_Row(*found.span(1), found[1].rstrip()) for found in _LINE.finditer(text)]
    numbers = _page_numbers(rows)
    edges = {at for at, row in enumerate(rows) if at and "\f" in text[rows[at - 1].end : row.start]}
    if not numbers and not edges:
        return []
    near = {
        place
        for at in (*numbers, *edges, 0, len(rows) - 1)
        for place in range(max(at - _NEAR, 0), min(at + _NEAR + 1, len(rows)))
        if place not in numbers and rows[place].text[-1] not in ".!?"
    }
    masks = Counter(_mask(rows[at].text) for at in near)
    heads = {at for at in near if masks[_mask(rows[at].text)] > 1} | set(numbers)
    return [_stretch(text, rows, run) for run in _runs(sorted(heads))]


def _mask(text: str) -> str:
    return _DIGITS.sub("0", " ".join(text.split()))


def _page_numbers(rows: Sequence[_Row]) -> list[int]:
    """Return the lines that number the pages: at least two, each one more than the one before."""
    found = [
        (at, match) for at, row in enumerate(rows) if len(row.text) <= 24 and (match := _NUMBER.fullmatch(row.text))
    ]
    best: list[int] = []
    for first in range(min(len(found), 8)):
        chain = [found[first]]
        for at, match in found[first + 1 :]:
            before = chain[-1][1]
            if int(match[1]) == int(before[1]) + 1 and match[2] == before[2]:
                chain.append((at, match))
        if len(chain) > max(len(best), 1):
            best = [at for at, _ in chain]
    return best if all(two - one > 1 for one, two in pairwise(best)) else []


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _stretch(text: str, rows: Sequence[_Row], run: tuple[int, int]) -> Cut:
    """Return the stretch of a run of lines; with the blank lines around it where a sentence goes on below it."""
    first, last = rows[run[0]], rows[run[1]]
    before = rows[run[0] - 1] if run[0] else None
    after = rows[run[1] + 1] if run[1] + 1 < len(rows) else None
    if before and after and before.text[-1] not in ".!?:" and after.text[0].islower():
        return Cut(before.end, after.start, "running-head")
    return Cut(first.start, last.end, "running-head")
