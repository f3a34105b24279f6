"""An HTML page: its visible text, and its article with title, paragraphs and facts; each character with its bytes.

`visible` reads the page in one pass without a tree: comments, scripts, styles and tags are left out, and character
references are resolved as the HTML standard says (`html.unescape`). Text between two tags that break a line is a line.

`read_html` finds the article. trafilatura extracts it; its paragraphs are then looked up in the visible text
(`alignment`), so that the characters are the page's own. Runs of the page that it leaves out are returned too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from toolkit.ingest.formats.alignment import Aligner, uncovered
from toolkit.ingest.traced_text import Run, Traced

_HIDDEN = re.compile(r"(script|style|template|svg|iframe|noframes|title)\b", re.I)
_INLINE = re.compile(
    r"/?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|q|rp|rt|ruby|s|samp|small|span|strike|"
    r"strong|sub|sup|time|tt|u|var|wbr)\b",
    re.I,
)
_OPENS = re.compile(r"<[A-Za-z/!?]")  # any other "<" is text
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{1,2000})<", re.I)
_META = re.compile(r"<meta\b[^>]{1,1000}>", re.I)
_NAMES_TITLE = re.compile(r"""["'](?:og:title|twitter:title|dc\.title|headline)["']""", re.I)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]+)"|'([^']+)')""", re.I)


def visible(page: Traced) -> Traced:
    """Return the text of an HTML page with a line feed, without bytes, at each tag that breaks a line."""
    return Traced.of_runs(page, _runs(page.text))


def stated_titles(page: Traced) -> Traced:
    """Return the titles in the head of a page, from `<meta>` tags and `<title>`, one per line."""
    spans: list[tuple[int, int]] = []
    for tag in _META.finditer(page.text):
        content = _CONTENT.search(page.text, *tag.span()) if _NAMES_TITLE.search(page.text, *tag.span()) else None
        if content:
            spans.append(content.span(1 if content[1] is not None else 2))
    spans += [found.span(1) for found in _TITLE.finditer(page.text)]
    return Traced.of_runs(page, (run for start, end in spans for run in (*_resolved(page.text, start, end), None)))


def resolved(source: Traced) -> Traced:
    """Resolve the character references of a run of source text that has no tags."""
    return Traced.of_runs(source, _resolved(source.text, 0, len(source.text)))


def _runs(source: str) -> Iterator[Run]:
    at = 0
    while at < len(source):
        found = _OPENS.search(source, at)
        if found is None:
            yield from _resolved(source, at, len(source))
            return
        yield from _resolved(source, at, found.start())
        at, breaks = _past_tag(source, found.start())
        if breaks:
            yield None


def _past_tag(source: str, opening: int) -> tuple[int, bool]:
    """Return where the markup at a "<" ends, and whether it breaks the line."""
    if source.startswith("<!--", opening):
        return _after(source, "-->", opening + 4), False
    hidden = _HIDDEN.match(source, opening + 1)
    if hidden:
        closing = re.compile(rf"</{hidden[1]}\b", re.I).search(source, hidden.end())
        return (_after(source, ">", closing.end()) if closing else len(source)), True
    return _after(source, ">", opening), _INLINE.match(source, opening + 1) is None


def _after(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return found + len(mark) if found >= 0 else len(source)


def _resolved(source: str, start: int, end: int) -> Iterator[Run]:
    """Yield a stretch without tags, its character references resolved one by one."""
    at = start
    for found in _REFERENCE.finditer(source, start, end):
        text = html.unescape(found[0])
        if text == found[0]:
            continue
        if found.start() > at:
            yield (at, found.start(), source[at : found.start()])
        yield (found.start(), found.end(), text)
        at = found.end()
    if end > at:
        yield (at, end, source[at:end])


_BLOCKS = frozenset({"p", "head", "item", "list", "quote", "table", "row", "cell", "code", "div", "ab", "body", "main"})
_LEAST_SHARE = 0.6
"""trafilatura's precise mode is used if it keeps at least this share of the default mode's text.

On pages of short blocks it drops whole sections; on all others it drops only link lists and prompts.
"""
_ENOUGH = 1500
"""From this many code points on, the precise mode is used without a comparison: a page that lost most has fewer."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of an HTML page.

    Attributes:
        text: Title, if any, and paragraphs, one per line.
        titled: The first line is the title.
        facts: publisher, byline, url, published_at, licence, as far as the page states them.
        seen: All visible text.
        left: Runs of `seen` that are not in `text`.
        missing: Paragraphs of the extractor that are not on the page, such as text that only a script holds.
    """

    text: Traced
    titled: bool
    facts: dict[str, str]
    seen: Traced
    left: list[tuple[int, int]]
    missing: tuple[str, ...] = ()


def read_html(page: Traced) -> Document:
    """Extract the article of an HTML page."""
    seen = visible(page)
    aligner = Aligner(seen)
    found = _extracted(page.text)
    paragraphs: list[Traced] = []
    missing: list[str] = []
    for paragraph in _paragraphs(found.body) if found is not None else []:
        taken = aligner.find(paragraph)
        if taken is None:
            missing.append(paragraph)
            continue
        paragraphs.append(taken)
    if not paragraphs:
        return Document(seen, False, _facts(found), seen, [], tuple(missing))
    title = _title(found.title if found is not None else None, page, seen, int(paragraphs[0].starts.max()))
    if title is not None and paragraphs and _same(paragraphs[0].text, title.text):
        title = paragraphs.pop(0)
    lines = [title, *paragraphs] if title is not None else paragraphs
    text = Traced.joined(lines)
    return Document(text, title is not None, _facts(found), seen, uncovered(seen, lines), tuple(missing))


def _extracted(source: str) -> Any:
    """Return trafilatura's document; None if it finds no article."""
    from trafilatura import bare_extraction

    if not source.strip():
        return None
    options: dict[str, Any] = {"include_comments": False, "date_extraction_params": _DATES}
    precise: Any = bare_extraction(source, favor_precision=True, with_metadata=True, **options)
    if precise is not None and len(precise.text or "") >= _ENOUGH:
        return precise
    usual: Any = bare_extraction(source, with_metadata=True, **options)
    if usual is None or precise is None:
        return usual or precise
    return precise if len(precise.text or "") >= _LEAST_SHARE * len(usual.text or "") else usual


_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
"""Only dates that the page marks as such: htmldate's extensive search takes any date on the page."""


def _paragraphs(body: Any) -> Iterator[str]:
    """Yield the text of the innermost blocks of trafilatura's tree; a line break ends a paragraph too."""
    buffer: list[str] = []

    def flush() -> Iterator[str]:
        whole = " ".join("".join(buffer).split())
        buffer.clear()
        if whole:
            yield whole

    stack: list[tuple[Any, bool]] = [(body, False)]
    while stack:
        element, leaving = stack.pop()
        breaks = element.tag in _BLOCKS or element.tag == "lb"
        if breaks:
            yield from flush()
        if leaving:
            buffer.append(element.tail or "")
            continue
        buffer.append(element.text or "" if isinstance(element.tag, str) else "")
        stack.append((element, True))
        stack += [(child, False) for child in reversed(element)]
    yield from flush()


def _title(said: str | None, page: Traced, seen: Traced, body_at: int) -> Traced | None:
    """Return the title with its bytes: a heading that is part of the stated title, else the stated title itself.

    Pages state "Headline - Site" and show "Headline". The title is the line that they show, the last before the body.
    """
    stated = "".join((said or "").split())
    if not stated:
        return None
    shown = [line for line in seen.lines() if _contains(stated, line.text)]
    if shown:
        before = [line for line in shown if len(line.starts) and int(line.starts[0]) < body_at]
        return max(before or shown[:1], key=lambda line: (len(line.text), int(line.starts[0])))
    heads = [line for line in stated_titles(page).lines() if _contains(stated, line.text)]
    return heads[0] if heads else None


_LEAST_OF_TITLE = 0.4
"""A shown line is the title if it has at least this share of the stated title; a site's name alone has less."""


def _contains(stated: str, line: str) -> bool:
    key = "".join(line.split())
    return len(key) >= max(_LEAST_OF_TITLE * len(stated), 1) and key in stated


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _facts(found: Any) -> dict[str, str]:
    if found is None:
        return {}
    facts = {
        "publisher": found.sitename or found.hostname,
        "byline": found.author,
        "url": found.url if found.url and urlsplit(found.url).scheme in ("http", "https") else None,
        "published_at": found.date,
        "licence": found.license,
    }
    return {name: value for name, value in facts.items() if value}
