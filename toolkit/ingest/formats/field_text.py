"""The text of a column as a reader would see it: without the markup that scrapers leave in it."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from toolkit.ingest.formats.html_page import resolved, visible
from toolkit.ingest.traced_text import Run, Traced

Markup = Literal["page", "fragment", "references", "breaks", "none"]

_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_PAIRED = (
    r"p|div|span|a|b|i|u|em|strong|ul|ol|li|h[1-6]|blockquote|figure|figcaption|table|tbody|tr|td|th|section|article|"
    r"main|header|footer|nav|aside|iframe|script|style|sup|sub|font|center|small|picture|video|audio|time|pre|code|dl"
)
_FRAGMENT = re.compile(rf"</(?:{_PAIRED})\s*>|<(?:br|hr|img|p|wbr|source|embed)\b[^<>]{{0,2000}}/?>", re.I)
_BLOCK = re.compile(r"<(?:p|br|div|li|h[1-6]|tr|blockquote|section)\b", re.I)
_REFERENCE = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8}\d{0,2});")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.S)
_LITERAL = re.compile(r"(?:\\r)?\\n|\\r")


def markup(text: str) -> Markup:
    r"""Return what markup a column's text has: a whole page of HTML, tags, character references, or "\n" in letters.

    Examples:
        >>> markup("<p>The ferry sailed.</p>"), markup("The ferry &amp; the tug"), markup("2 < 3, a > b")
        ('fragment', 'references', 'none')
    """
    if "<" in text and _PAGE.search(text, 0, 4096):
        return "page"
    if "<" in text and _FRAGMENT.search(text):
        return "fragment"
    if "&" in text and _REFERENCE.search(text):
        return "references"
    return "breaks" if "\\" in text and "\n" not in text and _LITERAL.search(text) else "none"


_CAPTION = re.compile(
    r"<figcaption\b.{0,4000}?</figcaption\s*>|\[caption\b[^\]]{0,500}\].{0,4000}?\[/caption\]"
    r"|<p\b[^<>]{0,200}\bwp-caption-text\b[^<>]{0,200}>.{0,4000}?</p\s*>",
    re.I | re.S,
)


def captions(text: str) -> list[tuple[int, int]]:
    """Return the places of the captions of images in a fragment of HTML."""
    return [found.span() for found in _CAPTION.finditer(text)] if markup(text) == "fragment" else []


def without_captions(text: Traced) -> Traced:
    """Return a column's text without the captions of images."""
    out = captions(text.text)
    if not out:
        return text
    edges = [0, *(edge for span in out for edge in span), len(text.text)]
    return Traced.concatenated([text.cut(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)])


def without_markup(text: Traced) -> Traced:
    """Return a column's text with its tags left out, its references resolved and its breaks as breaks."""
    if wrapper := _CDATA.fullmatch(text.text):
        text = text.cut(*wrapper.span(1))
    found = markup(text.text)
    if found in ("page", "fragment"):
        shown = visible(text)
        return _spaced(shown) if _BLOCK.search(text.text) else shown
    if found == "references":
        return _once_more(resolved(text))
    return Traced.of_runs(text, _broken(text.text)) if found == "breaks" else text


def _once_more(text: Traced) -> Traced:
    """Return a text whose references were resolved, without the tags that came out of them."""
    return without_markup(text) if _FRAGMENT.search(text.text) and _BLOCK.search(text.text) else text


def _spaced(text: Traced) -> Traced:
    """Return text with a space, without bytes, for each line break of the source: in HTML it is no more than that."""
    breaks = np.array([ch in "\r\n" for ch in text.text], dtype=bool) & (text.ends > text.starts)
    if not breaks.any():
        return text
    shown = "".join(" " if at else ch for ch, at in zip(text.text, breaks.tolist(), strict=True))
    return Traced(shown, np.where(breaks, 0, text.starts), np.where(breaks, 0, text.ends))


def _broken(source: str) -> list[Run]:
    runs: list[Run] = []
    at = 0
    for found in _LITERAL.finditer(source):
        runs += [(at, found.start(), source[at : found.start()]), None]
        at = found.end()
    return [*runs, (at, len(source), source[at:])]
