"""An HTML page: its visible text, and its article with title, paragraphs and facts; each character with its bytes.

`visible` reads the page in one pass without a tree: comments, scripts, styles and tags are left out, and character
references are resolved as the HTML standard says (`html.unescape`). Text between two tags that break a line is a line.

`read_html` finds the article. trafilatura extracts it; its paragraphs are then looked up in the visible text
(`alignment`), so that the characters are the page's own. Runs of the page that it leaves out are returned too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from toolkit.ingest.formats.alignment import Aligner, uncovered
from toolkit.ingest.hypertext.concealed_text import CONCEALING, Concealed, concealed_at, suspects
from toolkit.ingest.hypertext.inline_elements import INLINE, merge_crowds
from toolkit.ingest.hypertext.page_kind import is_prompt, is_stub, refused
from toolkit.ingest.hypertext.posts import Post, drop_teasers, posts_of, sole_article, taken_from
from toolkit.ingest.hypertext.publication_date import publication_date
from toolkit.ingest.hypertext.structured_data import Structured, body_of, structured, unescaped, updates_of
from toolkit.ingest.hypertext.table_rows import Rows, rows_of, tables_of, traced_rows
from toolkit.ingest.traced_text import Run, Traced
from toolkit.limits import check_work

_HIDDEN = frozenset({"script", "style", "template", "svg", "iframe", "noframes", "title"})
_OPENS = re.compile(r"<(?:(/?)([A-Za-z][\w:-]*)[^>]*(>?)|(?=[/!?])(!--)?)")  # any other "<" is text
_SCRIPT = re.compile("<(?:script|style)")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{1,2000})<", re.I)
_META = re.compile(r"<meta\b[^>]{1,1000}>", re.I)
_NAMES_TITLE = re.compile(r"""["'](?:og:title|twitter:title|dc\.title|headline)["']""", re.I)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]+)"|'([^']+)')""", re.I)


def visible(page: Traced) -> Traced:
    """Return the text of an HTML page with a line feed, without bytes, at each tag that breaks a line."""
    return Traced.of_runs(page, _runs(page.text, None))


def shown(page: Traced) -> tuple[Traced, list[Concealed]]:
    """Return what a reader sees of an HTML page, without invisible marks, and the hidden parts of its source."""
    concealed: list[Concealed] = []
    text = Traced.of_runs(page, _runs(page.text, concealed))
    marks = [(found.start(), found.end(), "") for found in INVISIBLE.finditer(text.text)]
    return text.replaced(marks), concealed


INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]+")
"""Soft hyphens, zero-width spaces and joiners: they say where a line may break, and no reader sees them."""


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


def _runs(source: str, concealed: list[Concealed] | None) -> Iterator[Run]:
    """Yield the runs of a page's text; its hidden parts are left out and listed, if there is a list."""
    at, looked_to = 0, 0
    looked_at: set[int] = set()
    reference = source.find("&")
    while at < len(source):
        found = _OPENS.search(source, at)
        start = found.start() if found else len(source)
        if 0 <= reference < at:
            reference = source.find("&", at)
        if at <= reference < start:
            yield from _resolved(source, at, start)
        elif start > at:
            yield (at, start, source[at:start])
        if found is None:
            return
        name = (found[2] or found[4] or "").lower()
        if start >= looked_to and concealed is not None:  # what stands in scripts and styles is not looked at
            script = _SCRIPT.search(source, start + 1)
            looked_to = script.start() if script else len(source)
            looked_at = suspects(source, start, looked_to)
        hidden = None
        if concealed is not None and (start in looked_at or name in CONCEALING):
            hidden = concealed_at(source, start, source[max(at, start - 40) : start])
            concealed += [hidden] if hidden else []
        plain = found.end() if found[3] and name not in _HIDDEN else None
        at = hidden.end if hidden else plain or _past_markup(source, found)
        if name not in INLINE:
            yield None


def _past_markup(source: str, opening: re.Match[str]) -> int:
    """Return where the markup at a "<" ends: with the whole of a comment, and of an element that holds no text."""
    closes, name, closed, comment = opening.groups()
    if comment:
        return _after(source, "-->", opening.end())
    if name and name.lower() in _HIDDEN and not closes:
        closing = re.compile(rf"</{name}\b", re.I).search(source, opening.start() + 1)
        return _after(source, ">", closing.end()) if closing else len(source)
    return opening.end() if closed else _after(source, ">", opening.end())


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


_BLOCKS_NAMES = "p head item list quote table row cell code div ab body main"
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_LEAST_SHARE = 0.6
"""trafilatura's precise mode is used if it keeps at least this share of the default mode's text.

On pages of short blocks it drops whole sections; on all others it drops only link lists and prompts.
"""
_ENOUGH = 1500
"""From this many code points on, the precise mode is used without a comparison: a page that lost most has fewer."""
_MOST_OF_MARKED = 0.8
"""The same, with this share of what the page marks as its only article."""
_SHORT = 600
"""A body of fewer code points is looked at again for lists that belong to it."""
_VAST = 5000
"""On a page of more elements trafilatura's own extractor decides alone: the time of the second one that it asks grows
with the square of the paragraphs."""
_FEW = 250
"""A shorter body gives way to a longer one that a script holds."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article of an HTML page.

    Attributes:
        text: Title, if any, and paragraphs, one per line.
        titled: The first line is the title.
        facts: publisher, byline, url, published_at, published_text, licence, as far as the page states them.
        sole: `text` is one article; else it is all that the page shows.
        truncated: The page shows only the beginning of the article.
    """

    text: Traced
    titled: bool
    facts: dict[str, str]
    sole: bool = True
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """The content of an HTML page.

    Attributes:
        documents: Its articles, or its posts.
        seen: All visible text.
        left: Runs of `seen` that are in no document.
        concealed: The parts of the source that nobody reads.
        missing: Paragraphs of the extractor that are not on the page, such as text that only a script holds.
        refusal: Why the page is no article; None if it is one.
    """

    documents: tuple[Document, ...]
    seen: Traced
    left: list[tuple[int, int]]
    concealed: list[Concealed]
    missing: tuple[str, ...] = ()
    refusal: str | None = None


def read_html(page: Traced, where: str) -> HtmlPage:
    """Extract the articles of an HTML page.

    Args:
        page: The page.
        where: Its place, for messages.

    Raises:
        InvalidInput: It has more text or tags than a page may have.
    """
    return _Reader(page, where).read()


_OPENING_TAG = re.compile(r"<[A-Za-z]")


class _Reader:
    """Reads one page: its articles side by side, or its own one by the extractor, by its markup or from a script."""

    def __init__(self, page: Traced, where: str) -> None:
        self._page = page
        self._seen, self._concealed = shown(page)
        check_work(len(self._seen.text), len(_OPENING_TAG.findall(page.text)), where)
        self._lines = self._seen.lines()
        self._aligner = Aligner(self._seen)
        self._source = _without(page.text, self._concealed)
        self._data = structured(page.text) if "<script" in page.text.lower() else Structured()
        self._missing: list[str] = []

    def read(self) -> HtmlPage:
        tree = _tree(self._source)
        if tree is None:
            return self._page_of([Document(self._seen, False, {}, sole=False)], [self._seen])
        facts = _metadata(tree)
        posts = posts_of(tree, live=self._data.live) if self._may_hold_posts() else []
        if posts:
            return self._posts(posts, facts)
        if self._data.live and (updates := self._updates(facts)):
            return updates
        if self._source.count("<article") > 1:
            drop_teasers(tree)
        merge_crowds(tree)
        lines, refusal = self._body(tree, facts.get("title"))
        if refusal:
            return HtmlPage((), self._seen, [], self._concealed, refusal=refusal)
        if not lines:
            return self._page_of([Document(self._seen, False, self._facts(facts, []), sole=False)], [self._seen])
        stub = self._is_stub(lines)
        while len(lines) > 1 and is_prompt(lines[-1].text):
            lines.pop()
        title = self._title(facts.get("title") or self._data.facts.get("headline"), _first(lines))
        above = _lines_above(title, lines)
        if title is not None and above is not None:
            title, lines = lines[above], lines[above + 1 :]
        whole = [title, *lines] if title is not None else lines
        beside = self._beside(title, lines)
        document = Document(Traced.joined(whole), title is not None, self._facts(facts, beside), truncated=stub)
        return self._page_of([document], whole)

    def _page_of(self, documents: list[Document], taken: list[Traced]) -> HtmlPage:
        left = uncovered(self._seen, taken) if taken and taken[0] is not self._seen else []
        return HtmlPage(tuple(documents), self._seen, left, self._concealed, tuple(self._missing))

    def _may_hold_posts(self) -> bool:
        marked = max(self._source.count("<article"), self._source.count("schema.org/NewsArticle"))
        return self._data.live or marked > 1 or _LIVE.search(self._source) is not None

    def _posts(self, posts: Sequence[Post], facts: dict[str, str]) -> HtmlPage:
        documents, taken = [], []
        shared = {name: value for name, value in self._facts(facts, []).items() if name in _SHARED}
        for number, post in enumerate(posts):
            heading = self._aligner.find(post.heading) if post.heading else None
            lines = [line for text in post.paragraphs if (line := self._aligner.find(text))]
            if not lines:
                continue
            own = publication_date("", {"published_at": post.when or ""}, [post.when or ""], None)
            if not own and number == 0 and not self._data.live:
                own = {name: value for name, value in self._facts(facts, []).items() if name == "published_at"}
            whole = [heading, *lines] if heading is not None else lines
            documents.append(Document(Traced.joined(whole), heading is not None, {**shared, **own}))
            taken += whole
        return self._page_of(documents, taken)

    def _updates(self, facts: dict[str, str]) -> HtmlPage | None:
        """Return the posts of a live blog that only JSON-LD tells apart; None if there are not several."""
        updates = updates_of(self._page.text)
        if len(updates) < _FEWEST_UPDATES:
            return None
        shared = {name: value for name, value in self._facts(facts, []).items() if name in _SHARED}
        documents, taken = [], []
        for update in updates:
            heading = self._scripted_lines(update.heading) if update.heading else []
            whole = [self._aligner.find(line.text) or line for line in (*heading, *self._scripted_lines(update.body))]
            own = publication_date("", {"published_at": update.when or ""}, [], None)
            documents.append(Document(Traced.joined(whole), len(heading) == 1, {**shared, **own}))
            taken += whole
        return self._page_of(documents, taken)

    def _scripted_lines(self, place: tuple[int, int]) -> list[Traced]:
        text = unescaped(self._page, *place)
        return (visible(text) if _MARKUP.search(text.text) else resolved(text)).lines()

    def _body(self, tree: Any, title: str | None) -> tuple[list[Traced], str | None]:
        """Return the paragraphs of the page's article, or why it has none."""
        own = sole_article(tree)
        found = _extracted(tree, own.size if own else None)
        lines = self._aligned(_paragraphs(found.body, tables_of(tree)) if found is not None else [])
        said = "\n".join(line.text for line in lines)
        refusal = refused(title, said or self._seen.text)
        if own is not None and len(said) < _ENOUGH and (refusal or self._missed(own, lines)):
            paragraphs = self._aligned(own.paragraphs)
            if paragraphs and not refused(None, "\n".join(line.text for line in paragraphs)):
                lines, refusal = paragraphs, None
        scripted = sum(map(len, (line.text for line in lines))) < _FEW or refusal
        if scripted and (body := self._scripted()):
            self._missing.clear()
            return body, None
        return lines, refusal

    def _missed(self, own: Post, lines: Sequence[Traced]) -> bool:
        """Return whether the extractor has taken something else for what the page marks as its article."""
        return own.size >= sum(len(line.text) for line in lines) * _LEAST_SHARE / 2 and not _overlaps(own, lines)

    def _aligned(self, paragraphs: Iterable[str | Rows]) -> list[Traced]:
        lines: list[Traced] = []
        for paragraph in paragraphs:
            if not isinstance(paragraph, str):
                lines += traced_rows(paragraph, self._aligner.find)
            elif taken := self._aligner.find(paragraph):
                lines.append(taken)
            else:
                self._missing.append(paragraph)
        return lines

    def _scripted(self) -> list[Traced]:
        """Return the paragraphs of the body that a script holds, its title first."""
        lines: list[Traced] = []
        bodies, stated = body_of(self._page.text) if "<script" in self._page.text.lower() else ([], None)
        for place in bodies:
            lines += self._scripted_lines(place)
        if lines and stated:
            title = resolved(unescaped(self._page, *stated)).one_line()
            lines = [title, *lines]
        return lines

    def _title(self, said: str | None, body_at: int) -> Traced | None:
        """Return the title with its bytes: a heading that is part of the stated title, else the stated title itself.

        Pages state "Headline - Site" and show "Headline". The title is the line that they show, the last before the
        body.
        """
        stated = "".join((said or "").split())
        if not stated:
            return None
        shown = [line for line in self._lines if _contains(stated, line.text)]
        if shown:
            before = [line for line in shown if int(line.starts[0]) < body_at]
            return max(before or shown[:1], key=lambda line: (len(line.text), int(line.starts[0])))
        heads = [line for line in stated_titles(self._page).lines() if _contains(stated, line.text)]
        return heads[0] if heads else None

    def _beside(self, title: Traced | None, lines: Sequence[Traced]) -> list[str]:
        """Return the lines of the page between its title and the first paragraph."""
        if not lines:
            return []
        at = int(title.starts[0]) if title is not None and len(title.starts) else 0
        end = _first(lines)
        shown = (line for line in self._lines if len(line.text) <= _LONGEST_BESIDE)
        return [line.text for line in shown if at < int(line.starts[-1]) < end]

    def _is_stub(self, lines: Sequence[Traced]) -> bool:
        said = [line.text for line in lines]
        short = sum(map(len, said)) < _ENOUGH
        places: list[int] = np.flatnonzero(self._seen.ends == lines[-1].ends.max()).tolist() if short else []
        below = self._seen.text[places[-1] + 1 :] if places else ""
        return is_stub(said, below.strip()) or (short and not self._data.free)

    def _facts(self, facts: dict[str, str], beside: Sequence[str]) -> dict[str, str]:
        said = self._data.facts
        found = {
            "publisher": facts.get("publisher") or said.get("publisher"),
            "byline": facts.get("byline") or said.get("byline"),
            "url": facts.get("url"),
            "licence": facts.get("licence"),
            **publication_date(self._source, said, beside, facts.get("date")),
        }
        return {name: value for name, value in found.items() if value}


_FEWEST_UPDATES = 2
_SHARED = ("publisher", "url", "licence")
_LIVE = re.compile(r"live-?(?:blog|post|update|feed|ticker)", re.I)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_LONGEST_BESIDE = 120  # code points


def _first(lines: Sequence[Traced]) -> int:
    """Return the first byte of a body."""
    return int(lines[0].starts.max())


def _without(source: str, concealed: Sequence[Concealed]) -> str:
    parts, at = [], 0
    for start, end, _ in concealed:
        parts.append(source[at:start])
        at = end
    return "".join([*parts, source[at:]])


def _overlaps(own: Post, lines: Sequence[Traced]) -> bool:
    """Return whether most of the extractor's paragraphs are those of the page's only article."""
    inside = "".join("".join(own.paragraphs).split())
    keys = ["".join(line.text.split()) for line in lines]
    return sum(len(key) for key in keys if key in inside) * 2 >= sum(map(len, keys)) > 0


def _tree(source: str) -> Any:
    """Return the page as trafilatura reads it, but faster to walk through; None if it is empty.

    The parser of trafilatura lets lxml ask a function in Python for the class of each element, whenever one is visited.
    The elements are moved to a document in which all are of one class.
    """
    from lxml import etree, html
    from trafilatura import load_html

    tree: Any = load_html(source) if source.strip() else None
    if tree is None or tree.getparent() is not None:
        return tree
    parser = html.HTMLParser()
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(html.HtmlElement, html.HtmlComment))
    try:
        moved = parser.makeelement(tree.tag, dict(tree.attrib))
    except ValueError:  # a name with a quote, say, that a page may have and lxml gives to none
        return tree
    moved.text = tree.text
    moved.extend(tree)
    return moved


def _metadata(tree: Any) -> dict[str, str]:
    """Return title, publisher, byline, url, date and licence, as trafilatura finds them."""
    from trafilatura import extract_metadata

    found = extract_metadata(tree, None, _DATES, False)
    facts = {
        "title": found.title,
        "publisher": found.sitename or found.hostname,
        "byline": found.author,
        "url": found.url if found.url and urlsplit(found.url).scheme in ("http", "https") else None,
        "date": found.date,
        "licence": found.license,
    }
    if archived := _ARCHIVED.match(facts["url"] or ""):
        facts["url"] = archived[1] + "://" + archived[2]
        if found.sitename in (None, "", urlsplit(str(found.url)).hostname):
            facts["publisher"] = urlsplit(f"{archived[1]}://{archived[2]}").hostname
    return {name: value for name, value in facts.items() if value}


_ARCHIVED = re.compile(r"https?://(?:web\.)?archive\.(?:org|today|ph|is)/(?:web/)?\d{8,14}\w*/(https?):/{1,2}(.+)")
"""An address of a web archive, and the page's own within it."""


def _extracted(tree: Any, marked: int | None) -> Any:
    """Return trafilatura's document; None if it finds no article.

    Args:
        tree: The page.
        marked: Code points of what the page marks as its only article.
    """
    from trafilatura import bare_extraction

    vast = tree.xpath("count(//*)") > _VAST
    precise: Any = bare_extraction(tree, favor_precision=True, include_comments=False, fast=vast)
    if precise is not None and len(precise.text or "") >= min(_ENOUGH, marked * _MOST_OF_MARKED if marked else _ENOUGH):
        return precise
    usual: Any = bare_extraction(tree, include_comments=False, fast=vast or precise is not None)
    if usual is None or precise is None:
        return usual or precise
    best = precise if len(precise.text or "") >= _LEAST_SHARE * len(usual.text or "") else usual
    return _with_lists(tree, best) if len(best.text or "") < _SHORT and not vast else best


def _with_lists(tree: Any, short: Any) -> Any:
    """Return what trafilatura finds where it leaves lists in, if that adds nothing but sentences to a short body.

    Its usual mode drops a list beside few paragraphs as navigation; sentences are none.
    """
    from trafilatura import bare_extraction

    whole: Any = bare_extraction(tree, include_comments=False, favor_recall=True)
    said, more = ((getattr(found, "text", None) or "").strip().splitlines() for found in (short, whole))
    rest = iter(said)
    awaited = next(rest, None)
    items: list[str] = []
    for line in more:
        if line == awaited:
            awaited = next(rest, None)
        elif line.strip():
            items.append(line)
    kept = awaited is None and all(line.startswith("- ") and line.endswith((".", "!", "?", "。")) for line in items)
    return whole if kept and items else short


_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
"""Only dates that the page marks as such: htmldate's extensive search takes any date on the page."""


def _paragraphs(body: Any, tables: Sequence[Rows]) -> Iterator[str | Rows]:
    """Yield the text of the innermost blocks of trafilatura's tree, and tables; a line break ends a paragraph too."""
    buffer: list[str] = []
    stack: list[tuple[Any, bool]] = [(body, False)]
    while stack:
        element, leaving = stack.pop()
        breaks = element.tag in _BLOCKS or element.tag == "lb"
        if breaks:
            yield from taken_from(buffer)
        if leaving:
            buffer.append(element.tail or "")
            continue
        if element.tag == "table" and (rows := rows_of(element, tables)):
            yield rows
            buffer.append(element.tail or "")
            continue
        buffer.append(element.text or "" if isinstance(element.tag, str) else "")
        stack.append((element, True))
        stack += [(child, False) for child in reversed(element)]
    yield from taken_from(buffer)


_LEAST_OF_TITLE = 0.4
"""A shown line is the title if it has at least this share of the stated title; a site's name alone has less."""


def _contains(stated: str, line: str) -> bool:
    least = max(_LEAST_OF_TITLE * len(stated), 1)
    return len(line) >= least and len(key := "".join(line.split())) >= least and key in stated


def _lines_above(title: Traced | None, lines: Sequence[Traced]) -> int | None:
    """Return how many labels the extractor has taken above the title; None if the title is not among its lines."""
    for number, line in enumerate(lines[:_HEAD] if title is not None else ()):
        if _same(line.text, title.text if title is not None else ""):
            return number
        if line.text.endswith((".", "!", "?", "。", "।", "؟")) or len(line.text) > _LONGEST_BESIDE:
            return None
    return None


_HEAD = 4  # lines of a body in which its title is looked for


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
