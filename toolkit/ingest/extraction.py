"""Articles from raw pages: what is read, what is cut with which reason, and the bytes behind every character.

pages       the pages of a file, see `formats.container`
read_page   characters → title and paragraphs (`formats`) → lines and their roles (`layout`) → articles and rejects
read        all pages of a file together
extract     the same, only the articles
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

import numpy as np

from toolkit.errors import InvalidInput, border
from toolkit.ingest.documents.markdown_page import read_markdown
from toolkit.ingest.formats.column_names import TEXTS
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.encoding import Decoded
from toolkit.ingest.formats.field_text import captions, markup, without_captions, without_markup
from toolkit.ingest.formats.html_page import read_html
from toolkit.ingest.formats.json_page import Columns, NoText, read_columns
from toolkit.ingest.formats.raw_page import RawPage
from toolkit.ingest.hypertext.page_kind import CHARS_LEFT, is_near_empty, is_stub, refused
from toolkit.ingest.language_identification import identify
from toolkit.ingest.layout.dates import may_publish, moment_of
from toolkit.ingest.layout.header_fields import Headed, headed_articles
from toolkit.ingest.layout.lines import Line, lines_of
from toolkit.ingest.layout.page_layout import Draft, layout
from toolkit.ingest.layout.paragraphs import unwrapped
from toolkit.ingest.layout.profile import Profile, Rulebook, default_profile
from toolkit.ingest.layout.single_article import single_layout
from toolkit.ingest.traced_text import Traced
from toolkit.limits import check_work
from toolkit.records import Article, Page, Piece, Reject, parse_instant
from toolkit.wrapped_text import Unwrap

Facts = Mapping[str, str | None]
"""What is known of a page beside its text: publisher, byline, url, published_at, published_text, language, licence."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.1  # share of the characters; a page with more is binary
_MOST_MALFORMED = 0.3  # share of the bytes
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.I)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a page that was kept or cut.

    Attributes:
        start: First byte within the page.
        end: One past its last byte.
        text: Its characters.
        article: The title of the article that it is in, or the beginning of its text; None for what was cut.
        reason: Why it was cut; None for what was kept.
    """

    start: int
    end: int
    text: str
    article: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """The content of a page, or of a file of pages.

    Attributes:
        articles: In the page's order.
        rejects: What was cut, in the page's order, each with the id of the rule as its reason and its bytes.
        notes: Remarks on the page as a whole: its encoding where that is not UTF-8, a byte order mark, and the columns
            that were taken for its text and the facts.
    """

    articles: tuple[Article, ...] = ()
    rejects: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()

    def passages(self) -> list[Passage]:
        """Return what was kept and what was cut in the order of the page, for people to look at.

        What was cut without a place of its own, such as a page that can't be read, comes first.
        """
        cut = [
            Passage(item.start or 0, item.end or 0, item.text or item.detail or "", None, item.reason)
            for item in self.rejects
        ]
        kept = [passage for article in self.articles for passage in _kept(article)]
        return sorted(cut + kept, key=lambda passage: (passage.start, passage.end, passage.reason or ""))


def _kept(article: Article) -> Iterator[Passage]:
    """Yield an article's paragraphs with the bytes that their pieces cover."""
    name, at = article.title or article.text[:40], 0
    for line in article.text.split("\n"):
        end = at + len(line)
        pieces = [piece for piece in article.pieces if piece.start < end and at < piece.end]
        if pieces:
            yield Passage(pieces[0].byte_start, pieces[-1].byte_end, line, name, None)
        at = end + 1


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are read.

    Attributes:
        fetched_at: When the pages were fetched. Relative times ("2 hours ago") are resolved against it; without it they
            stay text.
        profiles: Rules of the user, asked before the default ones, on the pages that they cover.
        recurring: Folded lines that recur over many pages, see `toolkit.ingest.layout.boilerplate`.
        columns: Role → column name, see `toolkit.ingest.formats.json_page.COLUMNS`.
        unwrap: Whether lines that were wrapped at a column are joined to paragraphs: "auto", "never" or "always".
        facts: What is known of every page, such as {"licence": "CC-BY-4.0"}; what a page itself says counts more.
    """

    fetched_at: str | datetime | None = None
    profiles: tuple[Profile, ...] = ()
    recurring: Collection[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    unwrap: Unwrap = "auto"
    facts: Mapping[str, str] = field(default_factory=dict)


def extract(raw: bytes, *, source: str, media_type: str | None = None) -> list[Article]:
    r"""Return the articles of a raw page, or of a file of raw pages.

    A page may hold several articles, as those of aggregators do. Of each one the title and the paragraphs are kept, and
    menus, share buttons, comments and the like are cut. Nothing is normalised: every character of `Article.text` is
    one of the page, and `Article.pieces` says which bytes it was read from.

    Args:
        raw: The bytes of a file: plain text, HTML, JSON, JSON Lines, CSV, Parquet or WARC, also packed with gzip.
        source: The file's name. Its ending says what the file is where its bytes do not, and records and messages
            name it.
        media_type: MIME type, such as "text/html; charset=koi8-r"; counts more than name and bytes.

    Returns:
        The articles in the order of the pages. `start` and `end` of a piece count code points of `Article.text`,
        `byte_start` and `byte_end` bytes of the page; the ends are exclusive.

    Raises:
        InvalidInput: No page of the file can be read: it is empty, binary, or not in the format that it claims. Of
            several pages, those that can't be read are left out; `read` says which and why.

    Examples:
        >>> page = b"Ferry line reopens\nThe ferry sailed on Monday.\nShare this article\n"
        >>> article = extract(page, source="ferry.txt")[0]
        >>> article.title, article.body
        ('Ferry line reopens', 'The ferry sailed on Monday.')
        >>> piece = article.pieces[0]
        >>> page[piece.byte_start : piece.byte_end]
        b'Ferry line reopens'
    """
    return list(read(raw, source=source, media_type=media_type).articles)


def read(raw: bytes, *, source: str, media_type: str | None = None, settings: Settings | None = None) -> Extraction:
    r"""Return the articles of a file of raw pages together with all that was cut from them.

    Args:
        raw: The file's bytes.
        source: Its name; see `extract`.
        media_type: MIME type; see `extract`.
        settings: Rules of your own for a site, names of columns, facts; default: none.

    Returns:
        Articles, rejects and notes. A reject has the id of its rule as `reason` ("share-bar", "comments-heading",
        "malformed-bytes", …; `toolkit.ingest.why` explains each one) and its bytes within the page. A page that can't
        be read is a reject with the reason "unreadable".

    Raises:
        InvalidInput: No page of the file can be read; `faults` holds one fault per page.

    Examples:
        >>> page = b"Ferry line reopens\nThe ferry sailed on Monday.\nShare this article\n"
        >>> [(cut.text, cut.reason) for cut in read(page, source="ferry.txt").rejects]
        [('Share this article', 'share-bar')]
    """
    articles: list[Article] = []
    rejects: list[Reject] = []
    notes: list[str] = []
    faults: list[InvalidInput] = []
    count = 0
    for page in pages(raw, source=source, media_type=media_type):
        count += 1
        try:
            found = read_page(page, settings=settings)
        except InvalidInput as fault:
            faults.append(fault)
            rejects.append(_whole_reject(page, "unreadable", str(fault)))
            continue
        articles += found.articles
        rejects += found.rejects
        notes += (note for note in found.notes if note not in notes)
    if len(faults) == count:
        raise InvalidInput.all_of(faults or [InvalidInput("the file holds no page", where=source, remedy="remove it")])
    return Extraction(tuple(articles), tuple(rejects), tuple(notes))


def read_page(raw: RawPage, *, settings: Settings | None = None) -> Extraction:
    """Return the articles of one page and what was cut from it.

    Args:
        raw: The page, as `pages` yields it.
        settings: See `read`.

    Raises:
        InvalidInput: The page is empty or binary, or it is a JSON object without a text.
    """
    with border("can't be read", where=raw.where, remedy=_MEND):
        return _read_page(raw, settings or Settings())


_MEND = "mend it in the file, or remove it"


def _read_page(raw: RawPage, settings: Settings) -> Extraction:
    if raw.fault is not None:
        raise InvalidInput(raw.fault, where=raw.where, remedy="mend it in the file")
    if raw.aside is not None:
        return Extraction(rejects=(_whole_reject(raw, "not-a-page", raw.aside),))
    decoded = raw.decoded()
    _check_text(decoded, raw)
    if raw.page.kind == "text":
        check_work(len(decoded.text), 0, raw.where)
    try:
        contents = _contents(raw, Traced.of(decoded), settings)
    except NoText as nothing:
        return Extraction(rejects=(_whole_reject(raw, "no-text", nothing.what),))
    articles: list[Article] = []
    rejects = _malformed(decoded, raw.page)
    for content in contents:
        found, cuts = _laid_out(raw, content, settings)
        articles += found
        rejects += content.rejects + cuts
    if not any(content.text.text.strip() or content.refused for content in contents):
        rejects.append(_whole_reject(raw, "no-text"))
    in_order = sorted(rejects, key=lambda item: (item.start or 0, item.end or 0, item.reason))
    taken = (note for content in contents for note in content.taken)
    return Extraction(tuple(articles), tuple(in_order), (*_notes(decoded), *taken))


def _laid_out(raw: RawPage, content: _Content, settings: Settings) -> tuple[list[Article], list[Reject]]:
    """Return the articles of one content of a page, and what is cut from it."""
    text, facts = content.text, content.facts
    book = _rulebook(tuple(profile for profile in settings.profiles if profile.covers(raw.source, facts.get("url"))))
    lines = lines_of(text, book, settings.recurring)
    fetched_at = parse_instant(facts.pop("fetched_at", None) or raw.fetched_at or settings.fetched_at)
    found = (single_layout if content.sole else layout)(lines, titled=content.titled)
    known = _dated(facts, fetched_at)
    articles: list[Article] = []
    out: list[Reject] = []
    for number, draft in enumerate(found.drafts):
        own = (
            known if number == 0 else {"licence": known.get("licence")}
        )  # the page's facts are those of its first article
        article = _article(raw.page, content, lines, draft, own, fetched_at)
        if reason := _no_article(article, [lines[index].text for index in draft.body]):
            out += (_reject(raw.page, text, start, end, reason) for start, end in _spans(draft, lines, found.cuts))
        else:
            articles.append(article)
    cuts = [
        _reject(raw.page, text, lines[index].start, lines[index].end, reason)
        for index, reason in sorted(found.cuts.items())
    ]
    return articles, [*cuts, *out]


def _no_article(article: Article, body: Sequence[str]) -> str | None:
    """Return why what looks like an article is none: a notice, or a title with nothing below it."""
    if is_near_empty(article.title, body):
        return "near-empty"
    return refused(article.title, "\n".join(body))


def _spans(draft: Draft, lines: Sequence[Line], cuts: Container[int]) -> list[tuple[int, int]]:
    """Return the code points of a page's text that an article's lines fill, run by run between what is cut anyway."""
    taken = sorted([*(() if draft.title is None else (draft.title,)), *draft.body])
    runs = [[taken[0]]]
    for before, index in pairwise(taken):
        if any(between in cuts for between in range(before + 1, index)):
            runs.append([])
        runs[-1].append(index)
    return [(lines[run[0]].start, lines[run[-1]].end) for run in runs]


def read_labelled(raw: RawPage) -> Extraction:
    """Return the article of a text that was labelled elsewhere: every character, since its answers index into it.

    Args:
        raw: A page {"text": …, "url": …, …}, with the columns of `toolkit.ingest.formats.json_page.COLUMNS`.

    Raises:
        InvalidInput: It is not a JSON object with a text.
    """
    with border("can't be read", where=raw.where, remedy=_MEND):
        return _read_labelled(raw)


def _read_labelled(raw: RawPage) -> Extraction:
    columns = read_columns(raw.text(), where=raw.source, names={"html": "", "title": ""})
    text = columns.traced["text"]
    known = {name: value for name, value in columns.facts.items() if name not in ("fetched_at", "published_at")}
    known.setdefault("language", identify(text.text))
    pieces = tuple(text.pieces(0, len(text.text), 0))
    return Extraction((Article.of(text.text, page=raw.page, pieces=pieces, truncated=False, **known),))


@dataclass(frozen=True, slots=True)
class _Content:
    """What a page holds.

    Attributes:
        text: Its text.
        titled: The first line is the title.
        sole: The text is known to be one article: it has a title of its own, or an extractor has found its body.
        facts: What the page says of itself.
        rejects: What is cut already.
        taken: A note on the columns that were taken.
        truncated: The page holds only the beginning of the article.
        refused: The page is no article; a reject says why.
    """

    text: Traced
    titled: bool
    sole: bool
    facts: dict[str, str]
    rejects: list[Reject] = field(default_factory=list)
    taken: tuple[str, ...] = ()
    truncated: bool = False
    refused: bool = False


def _contents(raw: RawPage, text: Traced, settings: Settings) -> list[_Content]:
    facts = {**settings.facts, **({"url": raw.url} if raw.url else {})}
    if raw.page.kind == "text":
        headed = headed_articles(text.text)
        if not headed:
            return [_joined(text, facts, raw.page, settings.unwrap)]
        return [_headed(text, item, facts, raw.page, settings.unwrap) for item in headed]
    if raw.page.kind == "html":
        return _hypertext(text, facts, raw)
    if raw.page.kind == "markdown":
        return [_marked_down(text, facts, raw)]
    columns = read_columns(text, where=raw.where, names=settings.columns)
    facts |= columns.facts
    role = next(role for role in TEXTS if role in columns.traced)
    if role == "markdown":
        found = [_marked_down(columns.traced[role], facts, raw)]
    elif markup(columns.traced[role].text) == "page":
        found = _hypertext(columns.traced[role], facts, raw)
    else:
        column = columns.traced[role]
        check_work(len(column.text), 0, raw.where)
        whole = _joined(without_markup(without_captions(column)), facts, raw.page, settings.unwrap)
        out = [_reject(raw.page, column, *span, "caption") for span in captions(column.text)]
        found = [replace(whole, rejects=[*whole.rejects, *out]) if out else whole]
    named = raw.form in _WITH_COLUMNS or (raw.place or "").startswith("sheet ")
    first = replace(found[0], taken=(_said_of(columns, role),)) if named else found[0]
    title = None if role == "markdown" and first.titled else columns.traced.get("title")
    return [first if first.refused else _entitled(first, title and without_markup(title), raw.page), *found[1:]]


def _entitled(found: _Content, title: Traced | None, page: Page) -> _Content:
    """Return a row's content under the row's own title."""
    if title is None or not title.text.strip():
        return found
    if found.text.text.lstrip().startswith(title.text.strip() + "\n"):
        return replace(found, titled=True, sole=True)
    text, rejects = found.text, found.rejects
    if found.titled:
        first, _, _ = text.text.partition("\n")
        rejects = [*rejects, _reject(page, text, 0, len(first), "second-title")]
        text = text.cut(len(first) + 1, len(text.text))
    return replace(found, text=Traced.joined([title.one_line(), text]), titled=True, sole=True, rejects=rejects)


_WITH_COLUMNS = ("CSV", "JSON", "JSON Lines", "Parquet")
"""Forms whose columns the user has named; those of the others are fixed."""


def _said_of(columns: Columns, text: str) -> str:
    """Return which column was taken for the text, and which for each fact."""
    others = [f"{role} from {name}" for role, name in columns.chosen.items() if role not in TEXTS and role != name]
    return ", ".join([f"columns: text from {columns.chosen[text]}", *others])


def _joined(text: Traced, facts: dict[str, str], page: Page, unwrap: Unwrap) -> _Content:
    mark = CHARS_LEFT.search(text.text)
    rejects = [_reject(page, text, *mark.span(), "cut-mark")] if mark else []
    if mark:
        text = text.cut(0, mark.start())
    whole, cuts = unwrapped(text, unwrap)
    rejects += [_reject(page, text, *cut) for cut in cuts]
    return _Content(whole, False, False, facts, rejects, truncated=mark is not None)


def _headed(text: Traced, item: Headed, facts: dict[str, str], page: Page, unwrap: Unwrap) -> _Content:
    """Return an article of a text whose facts stand in fields above it."""
    found = _joined(text.cut(*item.body), {**facts, **item.facts}, page, unwrap)
    fields = [_reject(page, text, *place, "field") for place in item.fields]
    found = replace(found, rejects=[*fields, *found.rejects])
    return _entitled(found, text.cut(*item.title) if item.title else None, page)


def _marked_down(source: Traced, facts: dict[str, str], raw: RawPage) -> _Content:
    check_work(len(source.text), sum(map(source.text.count, _MARKS)), raw.where)
    found = read_markdown(source)
    rejects = [_reject(raw.page, source, *cut) for cut in found.cuts]
    return _Content(found.text, found.titled, found.titled, {**found.facts, **facts}, rejects)


_MARKS = "*_[]`<|"


def _hypertext(source: Traced, facts: dict[str, str], raw: RawPage) -> list[_Content]:
    found, page = read_html(source, where=raw.where), raw.page
    if found.refusal:
        nothing = source.cut(0, 0)
        return [_Content(nothing, False, False, facts, [_whole_reject(raw, found.refusal)], refused=True)]
    rejects = [_reject(page, found.seen, start, end, "outside-article") for start, end in found.left]
    for start, end, reason in found.concealed:
        if text := " ".join(_TAG.sub(" ", source.text[start:end]).split()):
            rejects.append(replace(_reject(page, source, start, end, reason), text=text))
    rejects += [Reject(stage="ingest", reason="not-on-page", source=page.source, text=text) for text in found.missing]
    contents = [
        _Content(item.text, item.titled, item.sole and item.titled, {**item.facts, **facts}, truncated=item.truncated)
        for item in found.documents
    ]
    return [replace(contents[0], rejects=rejects), *contents[1:]]


_TAG = re.compile(r"<[^<>]*>")


def _dated(facts: Mapping[str, str], fetched_at: datetime | None) -> dict[str, str | None]:
    """Bring language and date into the form that records have."""
    known: dict[str, str | None] = dict(facts)
    said = facts.get("published_at")
    if said is not None:
        moment = moment_of(said)
        instant = parse_instant(said)
        known["published_at"] = (moment and moment.at(fetched_at)) or (instant.isoformat() if instant else None)
        known["published_text"] = said if known["published_at"] != said else None
    if (publisher := facts.get("publisher")) and not may_publish(publisher):
        known.pop("publisher")
    if language := _LANGUAGE.fullmatch(facts.get("language", "")):
        known["language"] = language[1].lower()
    else:
        known.pop("language", None)
    return known


def _article(
    page: Page,
    content: _Content,
    lines: Sequence[Line],
    draft: Draft,
    known: Facts,
    fetched_at: datetime | None,
) -> Article:
    text, truncated = content.text, content.truncated
    indexes = [draft.title, *draft.body] if draft.title is not None else draft.body
    pieces: list[Piece] = []
    at = 0
    for index in indexes:
        line = lines[index]
        pieces += text.pieces(line.start, line.end, at)
        at += len(line.text) + 1
    whole = "\n".join(lines[index].text for index in indexes)
    moment = lines[draft.when].moment if draft.when is not None else None
    said = {
        "publisher": draft.publisher,
        "byline": lines[draft.byline].text if draft.byline is not None else None,
        "published_at": moment.at(fetched_at) if moment else None,
        "published_text": moment.text if moment else None,
    }
    facts = {**said, **{name: value for name, value in known.items() if value}}
    facts["language"] = facts.get("language") or identify(whole)
    title = lines[draft.title].text if draft.title is not None else None
    below = "\n".join(line.text for line in lines[indexes[-1] + 1 :])
    truncated = truncated or is_stub([lines[index].text for index in draft.body], below)
    return Article.of(whole, page=page, pieces=tuple(pieces), truncated=truncated, title=title, **facts)


def _reject(page: Page, text: Traced, start: int, end: int, reason: str) -> Reject:
    """Return the reject of code points `start` to `end` of a page's text."""
    return Reject(
        stage="ingest",
        reason=reason,
        source=page.source,
        start=int(np.minimum.reduce(text.starts[start:end])),
        end=int(np.maximum.reduce(text.ends[start:end])),
        text=text.text[start:end],
    )


def _whole_reject(raw: RawPage, reason: str, detail: str | None = None) -> Reject:
    return Reject(stage="ingest", reason=reason, source=raw.source, start=0, end=len(raw.data), detail=detail)


def _malformed(decoded: Decoded, page: Page) -> list[Reject]:
    detail = f"not {decoded.encoding}; U+FFFD stands for it"
    return [
        Reject(stage="ingest", reason="malformed-bytes", source=page.source, start=start, end=end, detail=detail)
        for start, end in decoded.malformed
    ]


def _check_text(decoded: Decoded, raw: RawPage) -> None:
    if not decoded.text.strip("\ufeff \t\r\n\f\v"):
        raise InvalidInput("the page is empty", where=raw.where, remedy="remove it or fetch it again")
    odd = len(_CONTROL.findall(decoded.text))
    broken = sum(end - start for start, end in decoded.malformed)
    if "\x00" in decoded.text or odd > _MOST_CONTROL * len(decoded.text) or broken > _MOST_MALFORMED * len(raw.data):
        remedy = "remove it, or save it as text, HTML or JSON Lines"
        raise InvalidInput("the page is binary, not text", where=raw.where, remedy=remedy)


def _notes(decoded: Decoded) -> tuple[str, ...]:
    mark = ("byte order mark dropped",) if decoded.marked else ()
    return mark if decoded.encoding == "utf-8" else (*mark, f"encoding {decoded.encoding}")


@lru_cache(maxsize=32)
def _rulebook(profiles: tuple[Profile, ...]) -> Rulebook:
    return Rulebook((*profiles, default_profile()))
