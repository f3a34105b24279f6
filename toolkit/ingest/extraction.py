"""Lines and their layout → records.

The bytes of a page in, its articles and rejects out.

Texts that were labelled elsewhere: each is an article as it stands, of which nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.encoding import Decoded
from toolkit.ingest.formats.file_type import CONTAINERS, Opened, kind_of, open_page
from toolkit.ingest.formats.html_page import read_html
from toolkit.ingest.formats.json_page import read_columns
from toolkit.ingest.language import identify
from toolkit.ingest.layout.dates import moment_of
from toolkit.ingest.layout.lines import Line, lines_of
from toolkit.ingest.layout.page_layout import Draft, Layout, layout
from toolkit.ingest.layout.profile import Profile, Rulebook, default_profile
from toolkit.ingest.traced_text import Traced
from toolkit.records import Article, Page, Piece, Reject, parse_instant

Known = Mapping[str, str | None]
"""What is known of a page beside its text: publisher, byline, url, published_at, published_text, language, licence."""


def compose(
    page: Page, text: Traced, lines: Sequence[Line], found: Layout, *, known: Known, fetched_at: datetime | None
) -> tuple[list[Article], list[Reject]]:
    """Make the articles and the rejects of a page.

    Args:
        page: The raw page.
        text: Its text, of which `lines` are the lines.
        lines: As `layout` was given them.
        found: What `layout` found.
        known: Holds for the page's own article, which is the first; of the rest only the language and the licence.
        fetched_at: Against which relative times are resolved.
    """
    articles = []
    for number, draft in enumerate(found.drafts):
        outside = known if number == 0 else {"licence": known.get("licence")}
        articles.append(_article(page, text, lines, draft, outside, fetched_at))
    rejects = [
        reject(page, text, lines[index].start, lines[index].end, reason) for index, reason in sorted(found.cuts.items())
    ]
    return articles, rejects


def reject(page: Page, text: Traced, start: int, end: int, reason: str, detail: str | None = None) -> Reject:
    """Return the reject of code points `start` to `end` of a page's text."""
    return Reject(
        stage="ingest",
        reason=reason,
        source=page.source,
        start=int(text.starts[start:end].min()),
        end=int(text.ends[start:end].max()),
        text=text.text[start:end],
        detail=detail,
    )


def _article(
    page: Page, text: Traced, lines: Sequence[Line], draft: Draft, known: Known, fetched_at: datetime | None
) -> Article:
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
    return Article.of(whole, page=page, pieces=tuple(pieces), title=title, **facts)


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.1
_MOST_MALFORMED = 0.3
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.I)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page holds.

    Attributes:
        articles: In the page's order.
        rejects: What was cut, in the page's order, with the rule's id as reason and the byte range in the page.
        notes: What holds of the page as a whole: its encoding where it isn't UTF-8, a byte order mark.
    """

    articles: tuple[Article, ...] = ()
    rejects: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are read.

    Attributes:
        fetched_at: Against which relative times are resolved; without it they stay text.
        profiles: Rules of the user, asked before the default ones, on the pages that they cover.
        recurring: Folded lines that recur over many pages, see `toolkit.ingest.layout.boilerplate`.
        columns: Role → column name, see `toolkit.ingest.formats.json_page.COLUMNS`.
        facts: What is known of every page, such as {"licence": "CC-BY-4.0"}; the page's own word goes first.
    """

    fetched_at: str | datetime | None = None
    profiles: tuple[Profile, ...] = ()
    recurring: Collection[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


def extract(raw: bytes, *, source: str, media_type: str | None = None) -> list[Article]:
    """Return the articles of a page, or of a file of pages; see `read`."""
    return list(read(raw, source=source, media_type=media_type).articles)


def read(
    raw: bytes,
    *,
    source: str,
    media_type: str | None = None,
    page: Page | None = None,
    settings: Settings | None = None,
) -> Extraction:
    """Read the articles of a page, or of a file of pages.

    Args:
        raw: The bytes.
        source: The file's name, by whose suffix its kind is guessed and which records and messages name.
        media_type: Wins over the guess.
        page: Given when `raw` is one page of a file, as `pages` yields it.
        settings: How to read.

    Raises:
        InvalidInput: The page is empty or binary, or no page of the file can be read.
    """
    settings = settings or Settings()
    if page is None and kind_of(raw, source=source, media_type=media_type) in CONTAINERS:
        return _read_all(raw, source, media_type, settings)
    page = page or Page.of(raw, source=source)
    opened = open_page(raw, source=source, media_type=media_type)
    where = source if page.start == 0 else f"{source} (bytes {page.start}-{page.end})"
    _check_text(opened.decoded, raw, where)
    text, titled, facts, outside = _content(opened, where, page, settings)
    book = _rulebook(tuple(p for p in settings.profiles if p.covers(source, facts.get("url"))))
    lines = lines_of(text, book, settings.recurring)
    fetched_at = parse_instant(facts.pop("fetched_at", None) or opened.fetched_at or settings.fetched_at)
    articles, cut = compose(
        page, text, lines, layout(lines, titled=titled), known=_dated(facts, fetched_at), fetched_at=fetched_at
    )
    if not lines:
        outside = [*outside, Reject(stage="ingest", reason="no-text", source=source, start=0, end=len(raw))]
    rejects = sorted([*outside, *cut, *_malformed(opened, page)], key=lambda r: (r.start or 0, r.end or 0, r.reason))
    return Extraction(tuple(articles), tuple(rejects), _notes(opened.decoded))


def _read_all(raw: bytes, source: str, media_type: str | None, settings: Settings) -> Extraction:
    """Read every page of a file; one that can't be read is a reject, unless none can."""
    articles: list[Article] = []
    rejects: list[Reject] = []
    notes: list[str] = []
    faults: list[InvalidInput] = []
    count = 0
    for page, page_raw in pages(raw, source=source, media_type=media_type):
        count += 1
        try:
            found = read(page_raw, source=source, page=page, settings=settings)
        except InvalidInput as fault:
            faults.append(fault)
            rejects.append(
                Reject(
                    stage="ingest", reason="unreadable", source=source, start=0, end=len(page_raw), detail=str(fault)
                )
            )
            continue
        articles += found.articles
        rejects += found.rejects
        notes += (note for note in found.notes if note not in notes)
    if len(faults) == count:
        raise InvalidInput.all_of(faults or [InvalidInput("the file holds no page", where=source, remedy="remove it")])
    return Extraction(tuple(articles), tuple(rejects), tuple(notes))


def _content(
    opened: Opened, where: str, page: Page, settings: Settings
) -> tuple[Traced, bool, dict[str, str], list[Reject]]:
    """Return a page's text, whether its first line is the title, what it says of itself, and what is cut already."""
    facts = {**settings.facts, **({"url": opened.url} if opened.url else {})}
    if opened.kind == "text":
        return opened.text, False, facts, []
    if opened.kind == "html":
        return _hypertext(opened.text, facts, page)
    columns = read_columns(opened.text, where=where, names=settings.columns)
    facts |= columns.facts
    rejects: list[Reject] = []
    if "text" in columns.traced:
        text, titled = columns.traced["text"], False
    else:
        text, titled, facts, rejects = _hypertext(columns.traced["html"], facts, page)
    title = columns.traced.get("title")
    if title is None or not title.text.strip() or text.text.lstrip().startswith(title.text.strip() + "\n"):
        return text, titled or title is not None, facts, rejects
    if titled:
        first, _, _ = text.text.partition("\n")
        rejects.append(reject(page, text, 0, len(first), "second-title"))
        text = text.cut(len(first) + 1, len(text.text))
    return Traced.joined([title.one_line(), text]), True, facts, rejects


def _hypertext(source: Traced, facts: dict[str, str], page: Page) -> tuple[Traced, bool, dict[str, str], list[Reject]]:
    document = read_html(source)
    rejects = [reject(page, document.seen, start, end, "outside-article") for start, end in document.left]
    rejects += [
        Reject(stage="ingest", reason="not-on-page", source=page.source, text=text) for text in document.missing
    ]
    return document.text, document.titled, {**document.facts, **facts}, rejects


def _dated(facts: Mapping[str, str], fetched_at: datetime | None) -> dict[str, str | None]:
    """Bring language and date into the form that records have."""
    known: dict[str, str | None] = dict(facts)
    said = facts.get("published_at")
    if said is not None:
        moment = moment_of(said)
        instant = parse_instant(said)
        known["published_at"] = (moment and moment.at(fetched_at)) or (instant.isoformat() if instant else None)
        known["published_text"] = said if known["published_at"] != said else None
    if language := _LANGUAGE.fullmatch(facts.get("language", "")):
        known["language"] = language[1].lower()
    else:
        known.pop("language", None)
    return known


def _check_text(decoded: Decoded, raw: bytes, where: str) -> None:
    if not decoded.text.strip("\ufeff \t\r\n\f\v"):
        raise InvalidInput("the page is empty", where=where, remedy="remove it or fetch it again")
    odd = len(_CONTROL.findall(decoded.text))
    broken = sum(end - start for start, end in decoded.malformed)
    if "\x00" in decoded.text or odd > _MOST_CONTROL * len(decoded.text) or broken > _MOST_MALFORMED * len(raw):
        raise InvalidInput(
            "the page is binary, not text", where=where, remedy="remove it, or save it as text, HTML or JSON Lines"
        )


def _malformed(opened: Opened, page: Page) -> list[Reject]:
    detail = f"not {opened.decoded.encoding}; U+FFFD stands for it"
    return [
        Reject(stage="ingest", reason="malformed-bytes", source=page.source, start=start, end=end, detail=detail)
        for start, end in opened.decoded.malformed
    ]


def _notes(decoded: Decoded) -> tuple[str, ...]:
    mark = ("byte order mark dropped",) if decoded.marked else ()
    return mark if decoded.encoding == "utf-8" else (*mark, f"encoding {decoded.encoding}")


@lru_cache(maxsize=32)
def _rulebook(profiles: tuple[Profile, ...]) -> Rulebook:
    return Rulebook((*profiles, default_profile()))


def read_whole(raw: bytes, *, page: Page) -> Extraction:
    """Read a page that is one JSON object with a text, every character of it; answers index into it as it is.

    Args:
        raw: The bytes of the page, {"text": …, "url": …, …}; the columns of `toolkit.ingest.formats.json_page.COLUMNS`.
        page: Where they lie.

    Raises:
        InvalidInput: It is no JSON object with a text.
    """
    columns = read_columns(open_page(raw, source=page.source).text, where=page.source, names={"html": "", "title": ""})
    text = columns.traced["text"]
    known = {name: value for name, value in columns.facts.items() if name not in ("fetched_at", "published_at")}
    known.setdefault("language", identify(text.text))
    pieces = tuple(text.pieces(0, len(text.text), 0))
    return Extraction((Article.of(text.text, page=page, pieces=pieces, **known),))
