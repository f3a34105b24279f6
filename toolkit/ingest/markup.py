"""The characters of an HTML page that a reader may see, each with its bytes.

One pass without a tree: comments, scripts, styles and tags are left out, character references are resolved as the HTML
standard says (`html.unescape`). What stands between two tags that break a line is one run of text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from toolkit.ingest.traced import Run, Traced

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
    """Return the text of an HTML page with a line feed, of no bytes, at each tag that breaks a line."""
    return Traced.of_runs(page, _runs(page.text))


def stated_titles(page: Traced) -> Traced:
    """Return the titles that the head of a page states, in `<meta>` tags and `<title>`, one a line."""
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
