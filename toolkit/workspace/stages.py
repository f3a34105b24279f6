"""The stages that need no server: each derives files of the project from other files of it.

ingest       pages/                        → articles.parquet, rejects.jsonl
segment      articles.parquet              → sentences.parquet
agreement    annotations/log.jsonl         → reports/agreement.json
adjudicate   annotations/, adjudications/  → gold.parquet, adjudications/queue.jsonl
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial

import pyarrow as pa

from toolkit import agreement as agreement_room
from toolkit import segment as segment_room
from toolkit.adjudicate import Method, decide
from toolkit.engine import run
from toolkit.errors import InvalidInput
from toolkit.ingest import assign_stories, pages, read
from toolkit.records import Annotation, Article, Decision, Page, Reject, Sentence, from_row, to_json, to_row
from toolkit.workspace.derive import Made, Outcome, derive
from toolkit.workspace.files import file_digest
from toolkit.workspace.project import AGREEMENT, ARTICLES, GOLD, QUEUE, REJECTS, SENTENCES, Workspace
from toolkit.workspace.tables import arrow_schema, from_table, parquet_bytes, to_table

_PAGE_TABLE = pa.schema([("page", pa.struct(list(arrow_schema(Page)))), ("raw", pa.binary())])
_READ_TABLE = pa.schema(
    [
        ("article", pa.struct(list(arrow_schema(Article)))),
        ("reject", pa.struct(list(arrow_schema(Reject)))),
        ("fault", pa.string()),
    ]
)


def ingest(workspace: Workspace, *, skip_unreadable: bool = False) -> Outcome:
    """Read every page below pages/ into articles, near-duplicates marked by their story_id.

    What was cut from a page goes to rejects.jsonl with its reason.

    Args:
        workspace: The project.
        skip_unreadable: Put pages that can't be read among the rejects instead of stopping.

    Raises:
        InvalidInput: There are no pages, or some can't be read (all of them are named); nothing is written.
    """
    with workspace.lock():
        files = list(workspace.page_files())
        return derive(
            workspace.root,
            "ingest",
            inputs={f"pages/{source}": file_digest(path) for source, path in files},
            parameters={"skip_unreadable": skip_unreadable},
            make=partial(_ingest, workspace, skip_unreadable),
        )


def _ingest(workspace: Workspace, skip_unreadable: bool) -> Made:
    raw_pages, unopened = _open_pages(workspace)
    table = run(_read_pages, pa.Table.from_pylist(raw_pages, schema=_PAGE_TABLE), engine=workspace.config.engine)
    faults = unopened + [InvalidInput(fault) for fault in table.column("fault").to_pylist() if fault is not None]
    if faults and not skip_unreadable:
        faults[-1].remedy = "remove it, or leave such pages out with `toolkit ingest --skip-unreadable`"
        raise InvalidInput.all_of(faults)
    found = [from_row(Article, row) for row in table.column("article").to_pylist() if row is not None]
    rejects = [from_row(Reject, row) for row in table.column("reject").to_pylist() if row is not None]
    rejects += [_unreadable(fault) for fault in unopened]
    articles = assign_stories(found)
    return Made(
        files={ARTICLES: parquet_bytes(to_table(Article, articles)), REJECTS: _lines(rejects)},
        counts={
            "pages": len(raw_pages),
            "articles": len(articles),
            "stories": len({article.story_id for article in articles}),
            "exact copies": len(found) - len(articles),
            "rejects": len(rejects),
        },
    )


def _open_pages(workspace: Workspace) -> tuple[list[dict[str, object]], list[InvalidInput]]:
    """Return (page, raw) of every page of every file, and a fault for each file that can't be opened."""
    raw_pages: list[dict[str, object]] = []
    faults: list[InvalidInput] = []
    for source, path in workspace.page_files():
        try:
            with path.open("rb") as file:
                raw_pages += [{"page": to_row(page), "raw": raw} for page, raw in pages(file, source=source)]
        except InvalidInput as fault:
            faults += fault.faults
    return raw_pages, faults


def _unreadable(fault: InvalidInput) -> Reject:
    return Reject(stage="ingest", reason="unreadable", source=fault.where or "", detail=fault.what)


def _read_pages(table: pa.Table) -> pa.Table:
    """Read a table of (page, raw) into rows that hold an article, a reject or a fault each."""
    rows: list[dict[str, object]] = []
    for item in table.to_pylist():
        page = from_row(Page, item["page"])
        try:
            extraction = read(item["raw"], source=page.source, page=page)
        except InvalidInput as error:
            rows.append({"reject": to_row(_unreadable(error)), "fault": str(error)})
            continue
        rows += [{"article": to_row(article)} for article in extraction.articles]
        rows += [{"reject": to_row(reject)} for reject in extraction.rejects]
    return pa.Table.from_pylist(rows, schema=_READ_TABLE)


def segment(workspace: Workspace) -> Outcome:
    """Cut every article into sentences.

    Raises:
        InvalidInput: There are no articles yet, or the configured splitter breaks a rule of offsets.
    """
    splitter = workspace.config.splitter
    with workspace.lock():
        workspace.articles()
        return derive(
            workspace.root,
            "segment",
            inputs={ARTICLES: file_digest(workspace.path(ARTICLES))},
            parameters={"splitter": splitter},
            make=partial(_segment, workspace, splitter),
        )


def _segment(workspace: Workspace, splitter: str) -> Made:
    articles = workspace.articles()
    table = run(partial(_cut, splitter=splitter), to_table(Article, articles), engine=workspace.config.engine)
    defaults = sum(not segment_room.is_known(article.language) for article in articles)
    return Made(
        files={SENTENCES: parquet_bytes(table)},
        counts={
            "articles": len(articles),
            "sentences": table.num_rows,
            **({"articles cut by the default rules": defaults} if defaults else {}),
        },
    )


def _cut(table: pa.Table, *, splitter: str) -> pa.Table:
    articles = from_table(Article, table)
    cut = (segment_room.sentences(article, splitter=splitter) for article in articles)
    return to_table(Sentence, (sentence for sentences in cut for sentence in sentences))


def agreement(workspace: Workspace, *, seed: int = 0, resamples: int = 1000) -> Outcome:
    """Measure how far the annotators agree, with intervals over articles, into reports/agreement.json.

    Raises:
        InvalidInput: No answers were pulled yet.
    """
    with workspace.lock():
        answers = _answers(workspace)
        return derive(
            workspace.root,
            "agreement",
            inputs=_log_inputs(workspace),
            parameters={"schema": workspace.schema().digest, "seed": seed, "resamples": resamples},
            make=partial(_agreement, workspace, answers, seed, resamples),
        )


def _agreement(workspace: Workspace, answers: Sequence[Annotation], seed: int, resamples: int) -> Made:
    sentences = workspace.sentences()
    report = agreement_room.report(
        answers,
        workspace.schema(),
        {sentence.sentence_id: sentence.article_id for sentence in sentences},
        seed=seed,
        resamples=resamples,
        texts={sentence.sentence_id: sentence.text for sentence in sentences},
    )
    text = json.dumps(json.loads(to_json(report)), indent=2, ensure_ascii=False) + "\n"
    return Made(
        files={AGREEMENT: text.encode()},
        counts={
            "answers": len(answers),
            "annotators": len({answer.annotator for answer in answers}),
            "sentences": len({answer.sentence_id for answer in answers}),
        },
    )


def adjudicate(workspace: Workspace) -> Outcome:
    """Decide what the answers agree on, take the experts' word where there is one, and queue the rest.

    Raises:
        InvalidInput: No answers were pulled yet.
    """
    method = workspace.config.aggregation
    with workspace.lock():
        answers = _answers(workspace)
        return derive(
            workspace.root,
            "adjudicate",
            inputs=_log_inputs(workspace),
            parameters={"schema": workspace.schema().digest, "method": method},
            make=partial(_adjudicate, workspace, answers, method),
        )


def _adjudicate(workspace: Workspace, answers: Sequence[Annotation], method: Method) -> Made:
    result = decide(answers, workspace.schema(), method=method, experts=_expert_decisions(workspace))
    methods = sorted({decision.method for decision in result.decided})
    return Made(
        files={GOLD: parquet_bytes(to_table(Decision, result.decided)), QUEUE: _lines(result.queue)},
        counts={
            "decided": len(result.decided),
            **{f"by {method}": sum(decision.method == method for decision in result.decided) for method in methods},
            "queued for an expert": len(result.queue),
        },
    )


def _expert_decisions(workspace: Workspace) -> dict[str, Decision]:
    """Return the last word of an expert on each sentence."""
    latest = sorted(workspace.expert_answers(), key=lambda answer: (answer.updated_at, answer.annotation_id))
    return {
        answer.sentence_id: Decision(
            sentence_id=answer.sentence_id,
            labels=answer.labels,
            spans=answer.spans,
            relations=answer.relations,
            schema=answer.schema,
            method="expert",
            votes=(answer.annotation_id,),
            note=answer.note,
        )
        for answer in latest
        if not answer.skipped
    }


def _answers(workspace: Workspace) -> list[Annotation]:
    answers = workspace.answers()
    if not answers:
        raise InvalidInput(
            "there are no answers yet", where=str(workspace.annotations.path), remedy="run `toolkit pull`"
        )
    return answers


def _log_inputs(workspace: Workspace) -> dict[str, str | None]:
    return {
        "annotations/log.jsonl": file_digest(workspace.annotations.path),
        "adjudications/log.jsonl": file_digest(workspace.adjudications.path),
        SENTENCES: file_digest(workspace.path(SENTENCES)),
    }


def _lines(records: Iterable[object]) -> bytes:
    return "".join(to_json(record) + "\n" for record in records).encode()
