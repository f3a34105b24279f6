"""The stage `ingest` on a project, and the way back to its raw pages.

ingest         pages/ → articles.parquet, rejects.jsonl
explain_page   one page as the project reads it: what is kept, what is cut and why
trace          a sentence → the bytes of its raw page, its answers and its decision
verify         every article and sentence once more from the raw bytes, and what differs
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Literal

from toolkit.engine import Chunk, run
from toolkit.engine.executor import counted
from toolkit.engine.page_source import PageFile, on_its_line
from toolkit.errors import InvalidConfig, InvalidInput, UsageError
from toolkit.ingest.article_table import Readings, collect, write_articles
from toolkit.ingest.documents.office import is_installed
from toolkit.ingest.extraction import Settings
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.json_page import cell_of
from toolkit.ingest.formats.raw_page import TABLE_FORMAT, RawPage
from toolkit.ingest.layout.boilerplate import count_lines, least_in, recurring
from toolkit.ingest.layout.profile import Profile, fold, parse_profile
from toolkit.ingest.page_chunks import LinesToCount, Spool, read_pages
from toolkit.ingest.provenance import Difference, Trace, Verification, bytes_of, rebuild
from toolkit.ingest.survey import Explanation, FileSurvey, explanation, surveys
from toolkit.ingest.translations.translated_copies import Embed
from toolkit.limits import Limits
from toolkit.project.config import IngestConfig, described
from toolkit.project.files import file_digest, read_bytes
from toolkit.project.scratch import Scratch, scratch
from toolkit.project.stage import Made, Progress, ReportOutcome, derive_report, read_lock, silent
from toolkit.project.workspace import ARTICLES, GOLD, INGESTED, REJECTS, Workspace
from toolkit.records import Article, Piece, Reject, Sentence


def settings_of(how: IngestConfig, root: Path, recurring: frozenset[str] = frozenset()) -> Settings:
    """Return the settings of toolkit.yaml in the form that `read` takes.

    Args:
        how: The section `ingest` of toolkit.yaml.
        root: The project; paths of profiles are relative to it.
        recurring: Lines that were found on many pages, folded.

    Raises:
        InvalidInput: A profile is missing or has faults; `faults` holds all of them.
    """
    facts = {"publisher": how.publisher, "language": how.language, "licence": how.licence}
    return Settings(
        fetched_at=how.fetched_at,
        profiles=_profiles([root / name for name in how.profiles]),
        recurring=recurring,
        columns=how.named_columns(),
        unwrap=how.unwrap,
        facts={name: value for name, value in facts.items() if value is not None},
    )


def _profiles(paths: Sequence[Path]) -> tuple[Profile, ...]:
    found: list[Profile] = []
    faults: list[InvalidInput] = []
    for path in paths:
        try:
            found.append(parse_profile(path.read_text(encoding="utf-8"), where=str(path)))
        except OSError as error:
            what = f"the profile can't be read: {error.strerror}"
            faults.append(InvalidConfig(what, where=str(path), remedy="mend `ingest.profiles` in toolkit.yaml"))
        except UnicodeDecodeError:
            faults.append(InvalidInput("the profile is not UTF-8 text", where=str(path), remedy="save it as UTF-8"))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput.all_of(faults)
    return tuple(found)


def ingest(
    workspace: Workspace,
    *,
    skip_unreadable: bool = False,
    strict: bool = False,
    how: IngestConfig | None = None,
    progress: Progress = silent,
) -> ReportOutcome:
    """Read every page of the project into articles; near-duplicates get the same story_id.

    What is cut from a page goes to rejects.jsonl with its reason, and so does a page that can't be read.

    Args:
        workspace: The project.
        skip_unreadable: Write the files although no page can be read.
        strict: Write nothing if a page can't be read.
        how: Settings for the pages; default: those of toolkit.yaml.
        progress: Called with (pages read, all pages) after each chunk of pages.

    Returns:
        The counts, and a report: "forms" (type of file → its files and pages), "files" (file → its type), "reasons"
        (reason → number of rejects), "unreadable" (what, where and remedy per page or file that can't be read), "notes"
        (file → its encoding, and the columns that were taken).

    Raises:
        InvalidInput: There are no pages, or none can be read; `strict`: or some can't. `faults` holds all of them, and
            nothing is written.
    """
    how = how or workspace.config.ingest
    settings_of(how, workspace.root)  # a fault of a profile is reported before any page is read
    parameters: dict[str, Any] = {"how": changed} if (changed := described(how)) else {}
    parameters |= {"limits": asdict(most)} if (most := Limits.here()) != Limits() else {}
    with workspace.lock():
        files = workspace.page_files()
        inputs: dict[str, str | None] = {
            found.source if "://" in found.url else f"pages/{found.source}": found.digest() for found in files
        }
        inputs |= {name: file_digest(workspace.root / name) for name in how.profiles}
        store = workspace.store()
        said = json.dumps(parameters, sort_keys=True)
        tolerance: Tolerance = "nothing" if strict else "all" if skip_unreadable else "some"
        with scratch(workspace.root, "ingest", inputs, said, TABLE_FORMAT, store=store) as work:
            outcome = derive_report(
                workspace.root,
                "ingest",
                INGESTED,
                inputs=inputs,
                parameters=parameters,
                make=partial(_ingest, workspace, files, work, how, tolerance, progress),
                again=_can_read_more(workspace),
            )
            workspace.copy_to_store("ingest")
        if strict and (told := outcome.report["unreadable"]):
            raise InvalidInput.all_of([InvalidInput(**fault) for fault in told])
        return outcome


def _can_read_more(workspace: Workspace) -> bool:
    """Tell whether a library that the last run missed is installed by now."""
    with suppress(FileNotFoundError, ValueError, TypeError, LookupError):  # a damaged report is made again anyhow
        told = json.loads(workspace.path(INGESTED).read_bytes())["unreadable"]
        return any(is_installed(fault["what"]) for fault in told)
    return False


Tolerance = Literal["nothing", "some", "all"]
"""The pages that may be unreadable."""


def _ingest(
    workspace: Workspace,
    files: Sequence[PageFile],
    work: Scratch,
    how: IngestConfig,
    tolerance: Tolerance,
    progress: Progress,
) -> tuple[Made, dict[str, Any]]:
    folder = work.folder
    embed = None if how.translated_copies is None else _encoder(how.translated_copies)
    spool = Spool(files, f"{work.chunks}/pages")
    readings = _read(workspace, spool, work, how, progress)
    faults = [*spool.unopened, *readings.faults]
    for fault in readings.faults:
        fault.where = on_its_line(fault.where or "", files)
    some = sum(map(len, readings.ids))
    if faults and (tolerance == "nothing" or (tolerance == "some" and not some)):
        remedy = faults[-1].remedy or "remove it"
        faults[-1].remedy = f"{remedy}, or leave such pages out with `toolkit ingest --skip-unreadable`"
        raise InvalidInput.all_of(faults)
    articles = write_articles(readings, folder / ARTICLES, embed)
    report = {
        "forms": {name: list(spool.forms[name]) for name in sorted(spool.forms)},
        "files": dict(sorted(spool.files.items())),
        "reasons": dict(sorted(readings.reasons.items())),
        "unreadable": [{"what": fault.what, "where": fault.where, "remedy": fault.remedy} for fault in faults],
        "notes": dict(sorted(readings.notes.items())),
    }
    counts = {"pages": sum(spool.sizes), **articles, "rejects": sum(readings.reasons.values())}
    if faults:
        counts["unreadable"] = len(faults)
    return Made(files={ARTICLES: folder / ARTICLES, REJECTS: folder / REJECTS}, counts=counts), report


def _read(workspace: Workspace, spool: Spool, work: Scratch, how: IngestConfig, progress: Progress) -> Readings:
    """Read all pages: rows of one line while the next ones are cut, others once all lines that recur are known."""
    engine = workspace.config.engine
    aside = [
        Reject(stage="ingest", reason=reason, source=name)
        for name, reason in sorted(workspace.files_aside().items())
        if reason != "hidden"
    ]

    def read(chunks: Iterable[Chunk], lines: frozenset[str]) -> Readings:
        stage = partial(read_pages, settings=settings_of(how, workspace.root, lines), most=Limits.here())
        found = run(stage, chunks, into=f"{work.chunks}/{'read-lines' if lines else 'read'}", engine=engine)
        found = counted(found, spool.sizes, progress)
        return collect(found, spool.unopened, work.folder / REJECTS, work.folder / "texts.arrow", aside=aside)

    try:
        return read(spool.rows() if how.recurring else spool, frozenset())
    except LinesToCount:
        count, speaking = partial(count_lines, columns=how.named_columns()), spool.speaking()
        pairs = run(count, speaking, into=f"{work.chunks}/lines", engine=engine) if speaking else ()
        return read(spool, recurring(pairs, least_in(sum(spool.sizes), how.recurring)))


def _encoder(name: str) -> Embed:
    """Open an encoder before the pages are read, as it may not be installed."""
    from toolkit.encoders.embedding import embedder  # brings SciPy

    network = embedder(name)
    return lambda texts: network.transform(texts).toarray()


def survey(workspace: Workspace) -> list[FileSurvey]:
    """Return what the last `ingest` made of each file.

    Raises:
        InvalidInput: It has not run yet.
    """
    path = workspace.path(INGESTED)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit ingest`")
    report = json.loads(path.read_bytes())
    with workspace.path(REJECTS).open(encoding="utf-8") as file:
        rejects = [Reject(**json.loads(line)) for line in file]
    return surveys(workspace.articles(), rejects, report["files"], report["notes"])


def explain_page(page: Path, how: IngestConfig, workspace: Workspace | None = None) -> Explanation:
    """Return what is kept and what is cut of each page of a file, and what looks wrong; nothing is written.

    Args:
        page: The file.
        how: Settings for it.
        workspace: The project, if there is one: its last `ingest` says which lines recur over its pages.

    Raises:
        InvalidInput: The page, or a profile, can't be read.
    """
    root = Path() if workspace is None else workspace.root
    lines = frozenset[str]() if workspace is None or not how.recurring else _recurring(workspace.path(REJECTS))
    folder, place = (root / "pages").resolve(), page.resolve()
    source = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else page.name
    return explanation(read_bytes(page), source=source, settings=settings_of(how, root, lines))


def _recurring(path: Path) -> frozenset[str]:
    """Return the lines that rejects.jsonl names as recurring, folded."""
    if not path.exists():
        return frozenset()
    with path.open(encoding="utf-8") as file:
        rejects = (json.loads(line) for line in file if '"recurring"' in line)
        return frozenset(fold(reject["text"]) for reject in rejects if reject["reason"] == "recurring")


def trace(workspace: Workspace, sentence_id: str) -> Trace:
    """Return the chain behind a sentence.

    Args:
        workspace: The project.
        sentence_id: The id, or its beginning, as long as no other id begins with it.

    Raises:
        UsageError: No sentence, or more than one, has an id that begins so.
    """
    found = [item for item in workspace.sentences() if item.sentence_id.startswith(sentence_id)]
    if len(found) != 1:
        what = f"{len(found)} sentences have" if found else "no sentence has"
        remedy = "give more of the id" if found else "the report lists every id: run `toolkit report`"
        raise UsageError(f"{what} an id that begins with {sentence_id!r}", remedy=remedy)
    sentence = found[0]
    article = next(item for item in workspace.articles() if item.article_id == sentence.article_id)
    decisions = workspace.decisions() if workspace.path(GOLD).exists() else []
    pieces, cells = _bytes_of(workspace, article, sentence)
    return Trace(
        sentence=sentence,
        article=article,
        pieces=pieces,
        cells=cells,
        answers=tuple(item for item in workspace.answers() if item.sentence_id == sentence.sentence_id),
        decision=next((item for item in decisions if item.sentence_id == sentence.sentence_id), None),
    )


def _bytes_of(workspace: Workspace, article: Article, sentence: Sentence) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Return the bytes of a sentence's characters, and their cells in a file of rows.

    If the page is gone, those of the article's pieces around them.
    """
    with suppress(InvalidInput):  # there are no pages at all any more
        for raw in _raw_pages(workspace, {article.page.source}):
            if raw.page == article.page:
                pieces = bytes_of(article, raw, sentence.start, sentence.end)
                return pieces, _cells(raw, pieces)
    return _around(article, sentence), ()


def sentence_bytes(workspace: Workspace, sentences: Iterable[Sentence]) -> dict[str, tuple[Piece, ...]]:
    """Return sentence_id → the bytes of its page that are its characters, each file of pages read once.

    If a page is gone, those of the article's pieces around them.

    Args:
        workspace: The project.
        sentences: Any of its sentences.

    Raises:
        InvalidInput: There are no articles.
    """
    of: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        of.setdefault(sentence.article_id, []).append(sentence)
    articles = [article for article in workspace.stream(Article) if article.article_id in of]
    waiting: dict[str, list[Article]] = {}
    for article in articles:
        waiting.setdefault(article.page.source, []).append(article)
    found: dict[str, tuple[Piece, ...]] = {}
    with suppress(InvalidInput):  # there are no pages at all any more
        for raw in _raw_pages(workspace, waiting):
            for article in (item for item in waiting[raw.source] if item.page == raw.page):
                for sentence in of[article.article_id]:
                    found[sentence.sentence_id] = bytes_of(article, raw, sentence.start, sentence.end)
    for article in articles:
        for sentence in of[article.article_id]:
            found.setdefault(sentence.sentence_id, _around(article, sentence))
    return found


def _around(article: Article, sentence: Sentence) -> tuple[Piece, ...]:
    return tuple(piece for piece in article.pieces if piece.start < sentence.end and sentence.start < piece.end)


def _cells(raw: RawPage, pieces: Sequence[Piece]) -> tuple[str, ...]:
    if raw.place is None or raw.page.kind != "json":
        return ()
    page = raw.text()
    cells = (cell_of(page, piece.byte_start, piece.byte_end) for piece in pieces)
    return tuple(f"{raw.place}, {cell}" if cell else raw.place for cell in cells)


def verify(workspace: Workspace) -> Verification:
    """Rebuild every article from the raw bytes of its page, cut every sentence out of it again, and check the logs.

    The pages of all copies must still be there, and the derived files must be those that the stages wrote.

    Raises:
        InvalidInput: There are no articles or sentences yet.
    """
    articles = {article.article_id: article for article in workspace.articles()}
    sentences = workspace.sentences()
    differences = [
        *_changed_files(workspace),
        *_changed_articles(workspace, articles),
        *_changed_sentences(articles, sentences),
    ]
    rows = (Difference(f"{name}:{broken.line}", broken.what) for name, broken in workspace.broken_links())
    return Verification(len(articles), len(sentences), tuple(differences), tuple(rows))


def _changed_files(workspace: Workspace) -> Iterator[Difference]:
    """Compare the derived files with toolkit.lock: nothing else shows that a row is gone."""
    lock, store = read_lock(workspace.root), workspace.store()
    for stage in ("ingest", "segment"):
        outputs = lock.get(stage, {}).get("outputs", {})
        what = f"it is not the one that `toolkit {stage}` wrote"
        for name, sha256 in outputs.items():
            if file_digest(workspace.root / name) != sha256:
                yield Difference(f"file {name}", what)
        for url in store.changed(outputs) if store is not None else ():
            yield Difference(f"file {url}", what)


def _changed_articles(workspace: Workspace, articles: dict[str, Article]) -> Iterator[Difference]:
    awaited: dict[tuple[str, str], list[Article]] = {}
    for article in articles.values():
        for page in (article.page, *article.copies):
            awaited.setdefault((page.source, page.sha256), []).append(article)
    for raw in _raw_pages(workspace):
        sha256 = raw.page.sha256
        for article in awaited.pop((raw.source, sha256), ()):
            if article.page.sha256 == sha256 and rebuild(article, raw) != article.text:
                yield Difference(f"article {article.article_id}", f"the bytes of {raw.source} give another text")
    for (source, _), missed in awaited.items():
        for article in missed:
            yield Difference(f"article {article.article_id}", f"its page {source} is gone or has changed")


def _raw_pages(workspace: Workspace, sources: Container[str] | None = None) -> Iterator[RawPage]:
    """Yield the pages of every file, or of some; of a file that can't be read, those before the fault."""
    for found in workspace.page_files():
        if sources is not None and found.source not in sources:
            continue
        try:
            with found.open() as file:
                yield from pages(file, source=found.source)
        except InvalidInput:  # `ingest` reports it; an article that stood behind the fault is reported as gone
            continue


def _changed_sentences(articles: dict[str, Article], sentences: list[Sentence]) -> Iterator[Difference]:
    for sentence in sentences:
        article = articles.get(sentence.article_id)
        if article is None:
            what = f"its article {sentence.article_id} is gone"
        elif article.text[sentence.start : sentence.end] != sentence.text:
            what = "its article has another text at its offsets"
        else:
            continue
        yield Difference(f"sentence {sentence.sentence_id}", what)
