"""Text that was broken into lines of one width, and the line breaks in it that only fill a line.

Mail, press releases, PDF and terminals wrap paragraphs at a column. Such a line is full: the next word would not have
fitted. A line that ends early ends a paragraph. `joints` finds the breaks within paragraphs; what is done with them is
up to the caller, as `toolkit.ingest` joins the lines and `toolkit.segment` reads over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

Unwrap = Literal["auto", "never", "always"]
"""Whether line breaks within paragraphs are looked for: where most lines show them, never, or on every page."""

_BREAK = re.compile(r"\r\n|[\r\n\f\v\x85\u2028\u2029]")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uff00-\uff60]")
"""Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, kana and Chinese characters."""
_CLOSERS = "\"'”’»)]›」』*_ "
_STOPS = tuple(".!?…:;。！？؟।۔：；")
_ITEM = re.compile(r"(?:[•●▪◦‣■□–—*+-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S|[>|#]")
_PARTED = re.compile(
    r"\n(?:(?![A-Z\"“«„'‘(])(?<=[^.!?…:;。！？؟।۔：；\n].)"
    r"[^\S\n]{0,80}+(?:\n[^\S\n]{0,80}+){0,3}[^\sA-Z\"“«„'‘(]|(?<=[-\u00ad\u2010].))",
    re.S,
)
"""A line feed that may part a sentence."""
_TIGHT = re.compile(r"\n(?<=\S\n)(?=[^\W\d_]{2})")
_SPACED = re.compile(r"\n\n(?<=\S\n\n)(?=[^\W\d_]{2})")
"""The break between two lines of which the second is no item of a list, without and with a blank line between them."""
_HYPHENS = "-\u00ad\u2010"
_KEPT = re.compile(
    r"self|ex|vice|non|anti|mid|well|cross|all|half|high|low|long|short|full|part|ill|much|semi|two|three|four|"
    r"five|six|seven|eight|nine|ten|year|old",
    re.I,
)
"""Words that a hyphen mostly follows in the middle of a line too."""
_SUSPENDED = re.compile("und|oder|bzw|sowie|and|or|to|en|of|et|ou|och|og|eller|tai|ja|y|o|e|i", re.I)
"""A word before which a hyphen stands for the rest of a compound: "Vor- und Nachteile"."""
_SHORTEST, _SHORTEST_WIDE = 30, 14  # code points of a full line
_LONGEST = 240  # a longer line is a paragraph
_SLACK = 0.86  # share of the width from which on a line of proportional type counts as full
_LEAST_BROKEN = 0.3  # share of the breaks that part a sentence, from which on a text is wrapped


class Joint(NamedTuple):
    """A line break within a paragraph.

    Attributes:
        start: Its first code point: the white space at the line's end, or a hyphen that only the break has called for.
        end: One past the last: where the next line's first word begins.
        text: What a reader reads there: a space, or nothing within a word.
    """

    start: int
    end: int
    text: str


class _Row(NamedTuple):
    """A line that is not blank; `text` is without white space at its ends, `above` the blank lines before it."""

    start: int
    end: int
    text: str
    indent: int
    above: int

    @property
    def width(self) -> int:
        return self.indent + len(self.text)

    @property
    def wide(self) -> bool:
        return _WIDE.match(self.text[-1]) is not None

    @property
    def stopped(self) -> bool:
        return (self.text.rstrip(_CLOSERS) or self.text).endswith(_STOPS)

    @property
    def hyphened(self) -> bool:
        return len(self.text) > 2 and self.text[-1] in _HYPHENS and self.text[-2].isalpha()


def joints(text: str, *, unwrap: Unwrap = "auto") -> list[Joint]:
    r"""Return the line breaks of a text that stand within a paragraph, in order.

    Args:
        text: Any text. Blank lines and indented lines begin paragraphs, and so do the items of a list.
        unwrap: "auto": none, unless the lines show that the text is wrapped. "always": also in a text of few lines.

    Returns:
        One joint per break. Texts of one line per paragraph have none.

    Examples:
        >>> page = "The ferry between Vesk and Turholm sailed again on Mon-\nday, after eleven weeks in the yard.\n"
        >>> [(page[joint.start : joint.end], joint.text) for joint in joints(page)]
        [('-\n', '')]
    """
    if unwrap == "never" or (unwrap == "auto" and not _may_be_wrapped(text)) or _BREAK.search(text.strip()) is None:
        return []
    rows = list(_rows(text))
    spaced = _double_spaced(rows)
    pairs = [(one, two) for one, two in pairwise(rows) if two.above <= spaced and not _ITEM.match(two.text)]
    width = _width([one for one, _ in pairs], narrow=unwrap == "always")
    if not pairs or width is None or (unwrap == "auto" and not _is_wrapped(pairs, width)):
        return []
    followed = {one.start: two for one, two in pairwise(rows)}
    return [_joint(text, one, two) for one, two in pairs if _within(one, two, followed.get(two.start), width, spaced)]


def _may_be_wrapped(text: str) -> bool:
    """Return whether a break may part a sentence, at little cost: in most texts of one line per paragraph none does."""
    if "\r" in text or "\f" in text or "\v" in text:
        return True
    if not text.isascii() and ("\x85" in text or "\u2028" in text or "\u2029" in text):
        return True
    if _PARTED.search(text) is None:
        return False
    bare = text.strip()
    spaced = bare.count("\n") == 2 * bare.count("\n\n")
    return len(_PARTED.findall(bare)) >= _LEAST_BROKEN * len((_SPACED if spaced else _TIGHT).findall(bare))


def _rows(text: str) -> Iterator[_Row]:
    at, blank = 0, 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare:
            lead = len(line) - len(line.lstrip())
            yield _Row(at + lead, at + lead + len(bare), bare, lead, blank)
            blank = 0
        else:
            blank += 1
        blank += line[-1] in "\f\v"
        at += len(line)


def _double_spaced(rows: Sequence[_Row]) -> int:
    """Return how many blank lines may stand within a paragraph: one where each line is followed by one, else none."""
    below = rows[1:]
    single = [(one, two) for one, two in pairwise(rows) if two.above == 1]
    if len(below) < _FEW or len(single) < _MOST_SPACED * len(below):
        return 0
    return int(sum(_parts_sentence(one, two) for one, two in single) >= _LEAST_BROKEN * len(single))


_FEW, _MOST = 4, 0.7
_MOST_SPACED = 0.5


def _width(rows: Sequence[_Row], *, narrow: bool) -> int | None:
    """Return the column at which lines are wrapped; None if they are longer than any, or shorter and not `narrow`."""
    widths = sorted(row.width for row in rows)
    if not widths:
        return None
    usual = widths[-(-9 * (len(widths) - 1) // 10)]
    longest = max(width for width in widths if width <= 1.15 * usual)  # without addresses of web pages
    wide = sum(row.wide for row in rows) * 2 > len(rows)
    shortest = 1 if narrow else _SHORTEST_WIDE if wide else _SHORTEST
    return longest if shortest <= longest <= _LONGEST else None


def _is_wrapped(pairs: Sequence[tuple[_Row, _Row]], width: int) -> bool:
    """Return whether enough breaks part a sentence at a full line."""
    broken = [one for one, two in pairs if _parts_sentence(one, two)]
    full = [one for one, two in pairs if _is_full(one, two, width)]
    both = sum(_parts_sentence(one, two) and _is_full(one, two, width) for one, two in pairs)
    if any(two.text[0].islower() for _, two in pairs):
        return both >= 1 and len(broken) >= _LEAST_BROKEN * len(pairs) and both * 2 >= len(broken)
    if both < _FEW:  # a script without capitals shows less
        return both >= _FEW // 2 and both >= _MOST * len(pairs)
    return len(full) >= 0.5 * len(pairs) and both >= _LEAST_BROKEN * len(pairs)


def _parts_sentence(one: _Row, two: _Row) -> bool:
    """Return whether a sentence goes on below a line: it has no stop, and no capital letter follows."""
    if one.hyphened:
        return two.text[0].isalpha()
    return not one.stopped and not two.text[0].isupper() and two.text[0] not in "\"“«„'‘("


def _is_full(one: _Row, two: _Row, width: int, slack: float = 1.0) -> bool:
    word = 1 if one.wide else 1 + len(two.text.split(maxsplit=1)[0])
    return one.width + word + (2 if one.wide else 0) > slack * width


def _within(one: _Row, two: _Row, below: _Row | None, width: int, spaced: int) -> bool:
    """Return whether the break between two lines stands within a paragraph."""
    if two.indent >= one.indent + 2 and two.indent <= one.indent + 12:  # the first line of an indented paragraph
        return False
    if _parts_sentence(one, two):
        return one.hyphened or two.text[0].islower() or _is_full(one, two, width, _SLACK)
    if not _is_full(one, two, width, _SLACK if not one.stopped else 1.0):
        return False
    ends_there = below is None or below.above > spaced or not _is_full(two, below, width, _SLACK)
    label = two.text[0].isupper() and not one.stopped and not two.stopped
    return not (ends_there and label)  # a byline or a place below a title that fills its line


def _joint(text: str, one: _Row, two: _Row) -> Joint:
    if one.wide and _WIDE.match(two.text[0]):
        return Joint(one.end, two.start, "")
    if not one.hyphened:
        return Joint(one.end, two.start, " ")
    before = one.text[:-1].split()[-1]
    after = re.split(r"[^\w'’-]", two.text, maxsplit=1)[0]
    if _SUSPENDED.fullmatch(after):
        return Joint(one.end, two.start, " ")
    called_for = two.text[0].islower() and not _has_hyphen(text, before, after)
    return Joint(one.end - 1 if called_for or one.text[-1] == "\u00ad" else one.end, two.start, "")


def _has_hyphen(text: str, before: str, after: str) -> bool:
    """Return whether a word has its hyphen in the middle of a line too."""
    bare = before.lstrip("\"'“‘«(")
    if f"{bare}-{after}" in text:
        return True
    if f"{bare}{after}" in text:
        return False
    return len(bare) == 1 or _KEPT.fullmatch(bare) is not None or "-" in bare
