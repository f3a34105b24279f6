"""An account of each file of pages: its kind, its articles, the share that was kept, and what looks wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolkit.errors import InvalidInput
from toolkit.ingest.extraction import Passage, Settings, read_page
from toolkit.ingest.formats.container import pages
from toolkit.records import Article, Reject

_SHORT = 200
_LEAST_KEPT, _MUCH = 0.2, 1000
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,200})?/?>|\]\(https?://|&[a-z]{2,6};|\{\{|\bfunction\s*\(", re.I
)
_STOPPED = re.compile(r"[.!?…:;。！？؟।۔][\"'”’»)\]]*$")
_LINES, _LINE_SHARE, _LINE_LENGTH = 12, 0.6, 90
_ONE_PAGE = ("plain text", "HTML", "Markdown", "Office document", "PDF")


@dataclass(frozen=True, slots=True)
class FileSurvey:
    """One file of pages.

    Attributes:
        source: The file.
        form: Its kind.
        articles: Number of articles.
        title: Of the first one.
        published_at: Of the first one.
        publisher: Of the first one.
        language: Of the first one.
        kept: Share of its text, in code points, that is in articles; None if it has no text.
        suspicions: What looks wrong, in words.
        notes: Encoding, and columns that were taken.
    """

    source: str
    form: str
    articles: int
    title: str | None
    published_at: str | None
    publisher: str | None
    language: str | None
    kept: float | None
    suspicions: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    """One page of a file, explained.

    Attributes:
        where: Its file, with its place there.
        articles: Title, published_at, published_text, publisher, byline, url and language of each article, in order.
        passages: What was kept and what was cut, in the order of the page.
        fault: Why it can't be read.
    """

    where: str
    articles: tuple[Mapping[str, str | None], ...] = ()
    passages: tuple[Passage, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One file of pages, explained.

    Attributes:
        survey: What became of it as a whole.
        pages: Its first pages.
        more: Number of further pages.
    """

    survey: FileSurvey
    pages: tuple[ExplainedPage, ...]
    more: int = 0


_FACTS = ("title", "published_at", "published_text", "publisher", "byline", "url", "language")


def explanation(raw: bytes, *, source: str, settings: Settings, most_pages: int = 50) -> Explanation:
    """Read a file of pages, and say of each page what is kept and what is cut.

    Args:
        raw: The file's bytes.
        source: Its name.
        settings: How its pages are read.
        most_pages: Number of pages to show; the others are read for the survey.

    Raises:
        InvalidInput: The file can't be opened.
    """
    shown: list[ExplainedPage] = []
    articles: list[Article] = []
    rejects: list[Reject] = []
    notes: dict[str, None] = {}
    form, count = "", 0
    for page in pages(raw, source=source):
        form, count = form or page.form, count + 1
        try:
            found = read_page(page, settings=settings)
        except InvalidInput as fault:
            rejects.append(Reject(stage="ingest", reason="unreadable", source=source, detail=str(fault)))
            shown += [ExplainedPage(page.where, fault=str(fault))] if len(shown) < most_pages else []
            continue
        articles += found.articles
        rejects += found.rejects
        notes |= dict.fromkeys(found.notes)
        if len(shown) < most_pages:
            facts = tuple({name: getattr(article, name) for name in _FACTS} for article in found.articles)
            shown.append(ExplainedPage(page.where, facts, tuple(found.passages())))
    if not count:
        raise InvalidInput("the file holds no page", where=source, remedy="remove it")
    (whole,) = surveys(articles, rejects, {source: form}, {source: notes})
    return Explanation(whole, tuple(shown), count - len(shown))


@dataclass(slots=True)
class _Tally:
    first: Article | None = None
    articles: int = 0
    kept: int = 0
    cut: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, article: Article) -> None:
        self.first = self.first or article
        self.articles += 1
        self.kept += len(article.text)
        self.faults.update(_faults(article))


def surveys(
    articles: Iterable[Article],
    rejects: Iterable[Reject],
    forms: Mapping[str, str],
    notes: Mapping[str, Iterable[str]],
) -> list[FileSurvey]:
    """Return a survey of each file, in the order of their names.

    Args:
        articles: All articles; a copy counts for its file too.
        rejects: All rejects.
        forms: File → its kind.
        notes: File → remarks on it.
    """
    tallies: dict[str, _Tally] = {source: _Tally() for source in forms}
    languages: Counter[str] = Counter()
    for article in articles:
        languages[article.language] += 1
        for source in dict.fromkeys(page.source for page in (article.page, *article.copies)):
            tallies.setdefault(source, _Tally()).add(article)
    for reject in rejects:
        tally = tallies.setdefault(_file_of(reject.source, forms), _Tally())
        tally.cut += len(reject.text)
        if reject.reason in _REASONS:
            tally.faults[_REASONS[reject.reason]] += 1
    usual = languages.most_common(1)[0][0] if languages else ""
    return [_survey(source, tallies[source], forms, notes, usual) for source in sorted(tallies)]


_REASONS = {"unreadable": "unreadable", "malformed-bytes": "not in its encoding", "no-text": "without text"}


def _file_of(source: str, forms: Mapping[str, str]) -> str:
    """Return the file of a place: "rows.csv" of "rows.csv (row 3)"."""
    bare = re.sub(r" \([^()]*\)$", "", source)
    return bare if source not in forms and bare in forms else source


def _survey(
    source: str, tally: _Tally, forms: Mapping[str, str], notes: Mapping[str, Iterable[str]], usual: str
) -> FileSurvey:
    form, first = forms.get(source, "not read"), tally.first
    whole = tally.kept + tally.cut
    kept = tally.kept / whole if whole else None
    suspicions = [
        f"{count:,} {what}" if tally.articles > 1 or what == "unreadable" else what
        for what, count in tally.faults.items()
    ]
    if not tally.articles and source in forms:
        suspicions.insert(0, "no article")
    if form in _ONE_PAGE and tally.articles > 1:
        suspicions.append("several articles on one page")
    if kept is not None and kept < _LEAST_KEPT and whole > _MUCH and tally.articles:
        suspicions.append("most of its text is cut")
    if first is not None and first.language not in (usual, "und"):
        suspicions.append(f"in another language than most ({first.language})")
    return FileSurvey(
        source,
        form,
        tally.articles,
        title=first.title if first else None,
        published_at=first.published_at if first else None,
        publisher=first.publisher if first else None,
        language=first.language if first else None,
        kept=kept,
        suspicions=tuple(suspicions),
        notes=tuple(notes.get(source, ())),
    )


def _faults(article: Article) -> Iterable[str]:
    """Yield what looks wrong with an article."""
    if article.title is None:
        yield "without a title"
    if article.published_at is None:
        yield "without a date"
    if len(article.body) < _SHORT:
        yield f"of under {_SHORT} characters"
    if _MARKUP.search(article.text):
        yield "with markup in the text"
    lines = article.body.split("\n")
    if len(lines) >= _LINES:
        broken = sum(len(line) <= _LINE_LENGTH and not _STOPPED.search(line) for line in lines)
        if broken >= _LINE_SHARE * len(lines):
            yield "in lines instead of paragraphs"
