"""The units of an article that people label: its sentences, each with its paragraph and its kind.

The kind of a line (byline, caption, list item, body) and the end of its dateline are judged by how the line looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Protocol

from toolkit.records.sentence import Kind, Named, Sentence
from toolkit.segment.glyphs import Span
from toolkit.segment.language import Language, load, resolve
from toolkit.segment.marks import LOWER, UPPER
from toolkit.segment.splitters import RULES, split

_LONGEST_BYLINE = 160
_CREDIT_AT_END = 160  # code points at a caption's end that are searched for its credit
_JOINTS = "and|und|et|y|e|и|та|і|&|for|in|à|en|de|da|di|du|von|van|der|den|la|bin|al|avec|con|mit|/|[|]"
_CREDIT_LINE = re.compile(r"\((?:Reporting|Writing|Editing|Additional reporting) by [^()]*\)\.?")
_AGENCIES = "AFP|AP|EPA|PA|REUTERS|Reuters|Getty Images|Shutterstock"
_BULLET = r"[-*•·‣▪◦●○■□◆◇★☆➤►▶→⇒✓✔✅☑]"
_NUMBER = r"\(?\d{1,3}[.)]|[a-z]\.|\(?[A-Za-z]\)|\(?[ivx]{1,5}[.)]"
_MARK_OF_ITS_OWN = r"[\u2460-\u2473]|[（(]?[一二三四五六七八九十]{1,3}[、）)]|\d{1,3}[、．]"  # ① （一） 1、
_DASH = r"(?:—|–|--|-|_)(?=\s)"


class Looks:
    """The regexes of a language's bylines, captions, list items and datelines.

    Args:
        language: The words of the language.
    """

    def __init__(self, language: Language) -> None:
        self._byline = _byline(language)
        self._caption, self._credit = _caption(language.caption or {"Photo"})
        self._dateline = _dateline(language)
        bullet = _BULLET if language.dash_speaks else rf"{_BULLET}|[–—]"
        self._item = re.compile(rf"\s*+(?:(?:{bullet}|{_NUMBER})\s|{_MARK_OF_ITS_OWN})")

    def kind(self, line: str) -> Kind:
        """Return the kind of a line that is not a title."""
        whole = line.strip()
        if _CREDIT_LINE.fullmatch(whole) or (len(whole) <= _LONGEST_BYLINE and self._byline.fullmatch(whole)):
            return "byline"
        if self._caption.match(whole) or self._credit.search(whole[-_CREDIT_AT_END:]):
            return "caption"
        if self._item.match(line):
            return "list"
        return "body"

    def dateline(self, line: str) -> int:
        """Return the end of a line's dateline with its dash, in code points; 0 for a line without a dateline."""
        match = self._dateline.match(line)
        return match.end() if match else 0


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or r"\b\B"


def _byline(language: Language) -> re.Pattern[str]:
    """Return the regex of a whole byline: By Ida Holm and Max Ruiz, Reuters · 记者：张三 · 홍길동 기자."""
    opening, after = _any(language.byline), _any(language.credited)
    if not any(word[0].isupper() for word in language.byline):
        name = r"\w[\w .·・،,、&＆-]{1,30}"
        return re.compile(rf"(?:{opening})[\s:：/／]*{name}|\w[\w ·・]{{1,11}}(?:{after})(?:\s*[\w.-]+@[\w.-]+)?")
    name = rf"[{UPPER}][\w.’'-]*"
    names = rf"{name}(?:(?:,? (?:(?:{_JOINTS}) ){{0,3}}|/){name}){{0,12}}"
    by = rf"(?:{opening}):? {names}"
    return re.compile(rf"{by}(?:; ?{by}){{0,3}}(?: @\w{{1,30}}| ?[|•·] ?.{{1,60}})?\.?")


def _caption(words: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the regexes of a caption's beginning (FILE PHOTO: …) and of the credit at its end (AP Photo/Ida Holm).

    Without a caption's word, an agency is a credit if it is the whole line or if a name follows it.
    """
    word = rf"(?i:{_any(words)})"
    named = rf"{word}(?:(?: de)? {word}){{0,2}}"
    begins = rf"{named}(?:\s?[:：=/／]|\s?[-–—](?=\s)| by\b)|{word} {word}(?:,| of\b)"
    within = r"[^()\[\]]{0,60}"
    person = rf"[{UPPER}][\w.’' -]{{1,40}}"
    ends = (
        rf"[(\[]{within}\b{word}\b{within}[)\]]\.?\Z|[(\[]{person}/(?:{_AGENCIES}|[{UPPER}]{{2,6}})[)\]]\.?\Z"
        rf"|[.!?…”\"’] {named}\s?[:：] ?[^.!?]{{2,80}}\Z|(?:\A|[.!?…”\"’] )(?:{_AGENCIES})/{person}\Z"
    )
    alone = rf"©.{{1,80}}\Z|(?:{_AGENCIES})(?:\s?/.{{1,60}})?\Z"
    return re.compile(rf"{begins}|{alone}"), re.compile(ends)


def _dateline(language: Language) -> re.Pattern[str]:
    """Return the regex of KYIV, Ukraine (AP) — · BEIJING, Sept. 3 (Xinhua) -- · Berlin (dpa) - · القاهرة (رويترز) -.

    A place without an agency is a dateline only if a sentence begins after it. So "NATO — the alliance — met" has no
    dateline, and neither has a heading in capitals.
    """
    word = rf"[{UPPER}][\w’'-]*[{LOWER}]|[{UPPER}](?:\.| [{LOWER}])|[{UPPER}]{{2,10}} [{LOWER}]|\d"
    follows = rf"(?=\s+[\"“'‘«„(]?(?:{word}))"
    capitals = rf"[{UPPER}][{UPPER}.’'-]{{0,20}}"
    place = rf"[{UPPER}][’']?{capitals}(?:[ /]{capitals}){{0,4}}"
    more = r"(?:, [\w.’' ]{1,40}?){0,2}?"  # the region, the date
    slashed = r"\.? ?/[\w .&-]{2,30}/(?:\.|\s?(?:—|–|--|-))?(?=\s)"  # CHICAGO, May 3 /PRNewswire/ --
    agency = rf"\((?:[{UPPER}][\w/.& -]{{1,38}}|[{LOWER}][\w/.&-]{{1,15}})\)"
    forms = [
        rf"{place}{more}(?: ?{agency}\s?(?:{_DASH}|\.-)|{slashed}|\s?{_DASH}{follows})",
        rf"[{UPPER}][{LOWER}][\w.’'/ -]{{1,40}}{more} ?{agency}\s?(?:{_DASH}|\.-){follows}",
        r"[\u0620-\u064a]++(?: [\u0620-\u064a]++){0,3} ?\([^()]{2,30}\) ?[-–—](?=\s)",
    ]
    return re.compile("|".join([*language.dateline, *forms]))


@cache
def looks(code: str) -> Looks:
    """Return the looks of a code that `resolve` returned. They are compiled once per process."""
    return Looks(load(code))


class Cuttable(Named, Protocol):
    """The attributes of an article that its units depend on: those of `Article`, or of a row of a table."""

    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102


def sentences(article: Cuttable, *, splitter: str = RULES) -> list[Sentence]:
    """Cut an article into its units, in the order of the text.

    A headline and a byline are one unit each, with all the stops that they hold. A dateline is a unit of its own, apart
    from the sentence that it opens.

    Args:
        article: The article. Its language decides which rules cut it.
        splitter: "rules", or the name of a splitter that an installed package offers.

    Returns:
        One `Sentence` per unit, with its paragraph (the number of its line, from 0) and its kind.

    Raises:
        UsageError: There is no such splitter.
        InvalidInput: The splitter's spans lose characters, overlap or leave the text.
    """
    spans = split(article.text, language=article.language, splitter=splitter, where=article.article_id)
    units = []
    for paragraph, line in groupby(_numbered(article.text, spans), key=lambda pair: pair[0]):
        for start, end, kind in _units(article, [span for _, span in line]):
            units.append(Sentence.of(article, start, end, paragraph=paragraph, kind=kind))
    return units


def _numbered(text: str, spans: list[Span]) -> Iterator[tuple[int, Span]]:
    """Yield each span with the number of its line."""
    paragraph = counted = 0
    for start, end in spans:
        paragraph += text.count("\n", counted, start)
        counted = start
        yield paragraph, (start, end)


def _units(article: Cuttable, spans: list[Span]) -> Iterator[tuple[int, int, Kind]]:
    """Yield the units of one line from its sentences."""
    first, last = spans[0][0], spans[-1][1]
    if article.title is not None and last <= len(article.title):
        yield first, last, "headline"
        return
    line = article.text[first:last]
    look = looks(resolve(article.language))
    kind = look.kind(line)
    if kind == "byline":
        yield first, last, kind
        return
    dateline = look.dateline(line) if kind == "body" else 0
    start = first + dateline
    if dateline:
        yield first, start, "dateline"
    for begin, end in spans:
        if end > start:
            body = article.text[max(begin, start) : end]
            yield end - len(body.lstrip()), end, kind
