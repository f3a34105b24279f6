"""The stage ledger: gold.parquet → reports/ledger.json, and claims, figures and tolls as CSV and Parquet in ledger/."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.errors import UsageError
from toolkit.ledger.ledger_tables import COLUMNS, story_rows, table_files
from toolkit.ledger.mention import KINDS
from toolkit.ledger.statement import ACTS, Place, Statement
from toolkit.ledger.story_ledger import ledgers
from toolkit.project.files import ANOTHER, staged
from toolkit.project.stage import Made, ReportOutcome, derive_report
from toolkit.project.workspace import ARTICLES, GOLD, SENTENCES, Workspace
from toolkit.records import Article, Decision, Link, Piece, Sentence, Suggestion, content_id
from toolkit.schema import Schema

LEDGER: Final = "reports/ledger.json"
FOLDER: Final = "ledger"
REVISION: Final = content_id(*(f"{name}.{column}" for name, columns in COLUMNS.items() for column in columns.names))
"""Tells the columns of today from those of an earlier toolkit, whose report is made anew."""

LINKS: Final = ("links/log.jsonl", "links/experts.jsonl")

Locate = Callable[[Sequence[Sentence]], Mapping[str, tuple[Piece, ...]]]
"""Returns sentence_id → the bytes of its page, see `toolkit.ingest.stage.sentence_bytes`."""

Predict = Callable[[Sequence[tuple[Sentence, str]]], Iterable[Suggestion]]
"""Takes sentences with the languages of their articles and returns what a model says of each, in their order."""


Guesses = Callable[[Sequence[Statement]], Iterable[tuple[Link, float]]]
"""Takes statements and returns links between them that a model suggests, each with its probability."""


def ledger(
    workspace: Workspace,
    locate: Locate,
    *,
    kinds: Sequence[str] = KINDS,
    predict: Predict | None = None,
    model: str | None = None,
    links: Callable[[], Sequence[Link]] = tuple,
    guess: Guesses | None = None,
) -> ReportOutcome:
    """Write who says what and who counts how many in each story, from the decisions.

    Args:
        workspace: The project.
        locate: Finds the bytes of sentences.
        kinds: Fields of a figure that tell counts apart.
        predict: What a model says of the sentences that are not decided; they are then rows too, with its probability.
        model: Name and digest of that model.
        links: Returns the links between sentences that hold, from links/log.jsonl.
        guess: What a model suggests of links between the statements.

    Returns:
        The report: "stories", each as `story_rows` returns it.

    Raises:
        UsageError: The schema has nothing to make a ledger from, or a kind is not known.
        InvalidInput: Nothing is decided yet.
    """
    check(workspace.schema(), kinds)

    def make() -> tuple[Made, Mapping[str, Any]]:
        told = list(_statements(workspace, locate, predict))
        guessed = guess(told) if guess is not None else ()
        report = ledger_report(told, kinds=kinds, links=links(), guessed=guessed)
        files = {f"{FOLDER}/{name}": content for name, content in table_files(report["stories"])}
        return Made(files, counts(report)), report

    with workspace.lock():
        return derive_report(
            workspace.root,
            "ledger",
            LEDGER,
            inputs=workspace.digests(ARTICLES, SENTENCES, GOLD, *LINKS),
            parameters={"kinds": list(kinds), "model": model, "report": REVISION},
            make=make,
        )


def check(schema: Schema, kinds: Sequence[str]) -> None:
    """Refuse a schema without acts and figures, and fields that no figure has.

    Raises:
        UsageError: Either is so.
    """
    figures = [span for span in schema.spans if {"low", "high"} <= {each.id for each in span.attributes}]
    if not figures and not {*ACTS} & {*schema.label_ids}:
        what = f"{schema.ref} has none of the labels {', '.join(ACTS)} and no span with the fields low and high"
        raise UsageError(what, remedy="take a schema that has them, such as news_events")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise UsageError(f"{unknown[0]!r} does not tell figures apart", remedy=f"take some of {', '.join(KINDS)}")


def ledger_report(
    statements: Iterable[Statement],
    *,
    kinds: Sequence[str] = KINDS,
    links: Iterable[Link] = (),
    guessed: Iterable[tuple[Link, float]] = (),
) -> dict[str, Any]:
    """Return the ledgers of statements in JSON values: "stories", each as `story_rows` returns it."""
    return {"stories": [story_rows(found) for found in ledgers(statements, kinds=kinds, links=links, guessed=guessed)]}


def counts(report: Mapping[str, Any]) -> dict[str, int]:
    """Return what a report has how many of."""
    stories = report["stories"]
    claims = [row for story in stories for row in story["claims"]]
    return {
        "stories": len(stories),
        "claims": len(claims),
        "figures": sum(len(story["figures"]) for story in stories),
        "contradictions": sum(story["contradictions"] for story in stories),
        **({"denied": denied} if (denied := sum(bool(row["denied_by"]) for row in claims)) else {}),
    }


def write_tables(target: Path, report: Mapping[str, Any]) -> None:
    """Write the tables of a report as CSV and Parquet into a new directory, with the report itself as ledger.json.

    Raises:
        UsageError: There is one of that name.
    """
    with staged(target.parent) as making:
        making.name(target.name, remedy=ANOTHER)
        for name, content in table_files(report["stories"]):
            (making.folder / name).write_bytes(content)
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        (making.folder / "ledger.json").write_text(text, encoding="utf-8")


def decided_statements(workspace: Workspace) -> Iterator[Statement]:
    """Yield the decided sentences that say who claims or counts what, without the bytes of their pages."""
    yield from _statements(workspace, lambda wanted: {each.sentence_id: () for each in wanted}, None)


def _statements(workspace: Workspace, locate: Locate, predict: Predict | None) -> Iterator[Statement]:
    decided: dict[str, Decision] = {each.sentence_id: each for each in workspace.stream(Decision)}
    names = ("article_id", "story_id", "publisher", "published_at", "language", "page")
    articles = {row[0]: dict(zip(names, row, strict=True)) for row in workspace.columns(Article, *names)}
    wanted = [
        sentence
        for sentence in workspace.stream(Sentence)
        if (predict is not None and sentence.sentence_id not in decided)
        or (sentence.sentence_id in decided and _says(decided[sentence.sentence_id]))
    ]
    said: dict[str, Decision | Suggestion] = {**decided}
    if predict is not None:
        asked = [(each, articles[each.article_id]["language"]) for each in wanted if each.sentence_id not in decided]
        said |= {each.sentence_id: each for each in predict(asked)}
        wanted = [sentence for sentence in wanted if _says(said[sentence.sentence_id])]
    where = locate(wanted)
    for sentence in wanted:
        yield _statement(
            sentence, articles[sentence.article_id], said[sentence.sentence_id], where[sentence.sentence_id]
        )


def _says(found: Decision | Suggestion) -> bool:
    return bool(found.spans or {*found.labels} & {*ACTS})


def _statement(
    sentence: Sentence, article: Mapping[str, Any], said: Decision | Suggestion, pieces: Sequence[Piece]
) -> Statement:
    page = article["page"]
    spots = tuple((page["start"] + piece.byte_start, page["start"] + piece.byte_end) for piece in pieces)
    return Statement(
        story_id=article["story_id"],
        article_id=sentence.article_id,
        sentence_id=sentence.sentence_id,
        start=sentence.start,
        text=sentence.text,
        language=article["language"],
        publisher=article["publisher"],
        published_at=article["published_at"],
        labels=said.labels,
        spans=said.spans,
        relations=said.relations,
        place=Place(page=page["source"], sha256=page["sha256"], pieces=spots),
        probability=said.certainty if isinstance(said, Suggestion) else None,
    )
