"""The stages select and audit: what to label next, and which decisions to look at again.

select   sentences.parquet, annotations/log.jsonl, the last model and release → selection.jsonl, reports/selection.json
audit    gold.parquet, sentences.parquet, annotations/log.jsonl, suggestions/log.jsonl → reports/audit.json
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.adjudicate import (
    SecondLook,
    SpanDoubt,
    Suspect,
    answer_probabilities,
    label_errors,
    span_errors,
    with_spans,
)
from toolkit.adjudicate.stage import look_again
from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.evaluation.on_release import schema_note
from toolkit.baselines.models.model_files import load
from toolkit.baselines.selection import ranking
from toolkit.baselines.selection.out_of_fold import out_of_fold
from toolkit.baselines.selection.ranking import RANDOM_SHARE
from toolkit.baselines.spans.span_rows import SpanRows
from toolkit.baselines.spans.span_training import learnable, spans_out_of_fold
from toolkit.baselines.training.curve import sentence_curve
from toolkit.baselines.training.stage import last_model
from toolkit.errors import InvalidInput
from toolkit.project import Made, Outcome, Workspace
from toolkit.project.files import file_digest
from toolkit.project.logs.suggestion_log import FORMER, LOG, SuggestionLog
from toolkit.project.stage import ReportOutcome, derive_report, derive_value
from toolkit.project.workspace import ARTICLES, GOLD, SENTENCES
from toolkit.records import Article, Decision, Sentence, content_id, from_row, to_row
from toolkit.release import newest

ORDER = "selection.jsonl"
REPORT = "reports/selection.json"
AUDIT = "reports/audit.json"

LOOKAHEAD = 500
"""Sentences by which it is judged whether to go on, where the batch is smaller: a small batch never adds much."""

ENOUGH = 0.005
"""Macro F1: where less is expected of them, even at the upper end of the interval, they are not worth their labels."""


def select(
    workspace: Workspace,
    model: Path | None = None,
    *,
    count: int = 500,
    waiting: Collection[str] = (),
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> ReportOutcome:
    """Rank the sentences that nobody has answered yet, into selection.jsonl, which `toolkit push --order` sends.

    Args:
        workspace: The project.
        model: The model directory; default: the one that was trained last. Before the first, all are drawn at random.
        count: How many sentences.
        waiting: sentence_ids that are left out: they wait for answers already.
        random_share: Share of the selected that is drawn at random, for honest estimates and thresholds.
        seed: For the random ones and the learning curve.

    Returns:
        The report, reports/selection.json: whether to "stop", a "summary" for people, the learning "curve" and "notes".

    Raises:
        InvalidInput: There is no such model, or no sentence.
        UsageError: The share is not a share.
    """
    with workspace.lock():
        folder = model or last_model(workspace)
        release = newest(workspace.path("releases"))
        inputs = {
            "sentences.parquet": file_digest(workspace.path("sentences.parquet")),
            "annotations/log.jsonl": file_digest(workspace.annotations.path),
        }
        if folder is not None:
            inputs[f"{folder.name}/config.json"] = file_digest(folder / "config.json")
        if release is not None:
            inputs[f"releases/{release.version}/manifest.json"] = file_digest(release.path / "manifest.json")
        how: dict[str, Any] = {"count": count, "random_share": random_share, "seed": seed}
        return derive_report(
            workspace.root,
            "select",
            REPORT,
            inputs=inputs,
            parameters=how | {"waiting": content_id(*sorted(waiting)), "schema": workspace.schema().digest},
            make=partial(_select, workspace, folder, release.path if release else None, waiting, **how),
        )


def _select(
    workspace: Workspace,
    folder: Path | None,
    release: Path | None,
    waiting: Collection[str],
    *,
    count: int,
    random_share: float,
    seed: int,
) -> tuple[Made, Mapping[str, Any]]:
    answered = {answer.sentence_id for answer in workspace.answers()}
    sentences = workspace.columns(Sentence, "sentence_id", "text")
    unanswered = [(sentence_id, text) for sentence_id, text in sentences if sentence_id not in answered]
    free = [(sentence_id, text) for sentence_id, text in unanswered if sentence_id not in waiting]
    ids = [sentence_id for sentence_id, _ in free]
    notes = []
    if folder is None:
        chosen = ranking.draw(ids, count=count, seed=seed)
    else:
        model = load(folder)
        if gap := schema_note(model, workspace.schema()):
            notes.append(f"{folder.absolute().name}: {gap}")
        chosen = ranking.select(
            model,
            [text for _, text in free],
            ids,
            count=count,
            labelled=[text for sentence_id, text in sentences if sentence_id in answered],
            random_share=random_share,
            seed=seed,
        )
    lines = "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in chosen)
    counts = {
        "chosen": len(chosen),
        "at random": sum(item.why == "random" for item in chosen),
        "left": len(free) - len(chosen),
        "wait for answers": len(unanswered) - len(free),
    }
    return Made({ORDER: lines.encode()}, counts), _worth(release, count, seed) | {"notes": notes}


def _worth(release: Path | None, count: int, seed: int) -> dict[str, Any]:
    """Return what more sentences are expected to add, and whether to stop; unknown without enough stories."""
    try:
        if release is None:
            raise InvalidInput("there is no release yet")
        curve = sentence_curve(rows_of_release(release, "train"), more=max(count, LOOKAHEAD), seed=seed)
    except InvalidInput as error:
        return {"stop": None, "summary": f"what more labels are worth is not known: {error.what}", "curve": None}
    stop = None if curve.gain.high is None else curve.gain.high < ENOUGH
    advice = f": less than {ENOUGH} even at its upper end, too little to go on labelling" if stop else ""
    return {"stop": stop, "summary": curve.summary + advice, "curve": curve.to_dict()}


@dataclass(frozen=True)
class Audit(Outcome):
    """What became of the stage audit.

    Attributes:
        queued: How many decisions were queued for a second look now; None if none were to be.
        suspects: The decisions that are not an expert's, the most suspicious first.
    """

    queued: int | None = None
    suspects: tuple[Suspect, ...] = ()


def audit(
    workspace: Workspace,
    *,
    baseline: str = "words-chars-svm",
    seed: int = 0,
    queue: int | None = None,
    model: str | None = None,
) -> Audit:
    """Rank gold that looks wrong, by out-of-fold predictions and annotators' votes, into reports/audit.json.

    The gold is cut into folds that keep stories whole. Each fold is answered by a baseline that was fitted on the
    others, and `toolkit.adjudicate.label_errors` ranks the decisions by these probabilities and by the votes. Spans are
    answered likewise by a tagger, and `toolkit.adjudicate.span_errors` tells which look wrong, missing or cut off in
    the wrong place. Experts' decisions are trained on and not doubted.

    Args:
        workspace: The project, after `toolkit adjudicate`.
        baseline: What predicts, a name on the ladder.
        seed: For the folds and solvers.
        queue: Put this many of the most suspicious decisions in for a second look; the next `adjudicate` queues them.
            A decision that nothing speaks against is never among them.
        model: Take the answers of this model of the suggestion log in place of the baseline's. It must not have been
            trained on the decisions; one without probabilities is believed as far as decisions bear it out. Spans are
            not looked at then.

    Raises:
        InvalidInput: Nothing is decided yet, or from too few stories to hold any out; or the model has no answer here.
        UsageError: There is no such baseline.
    """
    known = (
        {"baseline": baseline, "seed": seed} if model is None else {"model": SuggestionLog(workspace).full_name(model)}
    )
    asked = () if model is None else (LOG, FORMER)
    with workspace.lock():
        outcome, found = derive_value(
            workspace.root,
            "audit",
            inputs=workspace.digests(GOLD, SENTENCES, ARTICLES, "annotations/log.jsonl", *asked),
            parameters={"schema": workspace.schema().digest, **known},
            make=lambda: _audit(workspace, known, baseline, seed),
            read=lambda: _suspects(workspace.path(AUDIT)),
        )
    doubted = [each for each in found if each.doubts or each.spans][:queue]
    looks = [SecondLook(sentence_id=each.sentence_id, causes=causes(each)) for each in doubted]
    queued = None if queue is None else look_again(workspace, looks)
    return Audit(**vars(outcome), suspects=found, queued=queued)


def _suspects(path: Path) -> tuple[Suspect, ...]:
    return tuple(from_row(Suspect, row, where=str(path)) for row in json.loads(path.read_bytes())["suspects"])


def causes(suspect: Suspect) -> tuple[str, ...]:
    """Return what speaks against a decision, in plain words, labels before spans and the worst of each first."""
    return (
        *(
            f"{doubt.label} is {'' if doubt.given else 'not '}given, and the model says {doubt.probability:.2f}"
            + ("" if doubt.share is None else f", {doubt.share:.0%} of the annotators say so")
            for doubt in suspect.doubts
        ),
        *(_span_cause(doubt) for doubt in suspect.spans),
    )


def _span_cause(doubt: SpanDoubt) -> str:
    what = f"{doubt.label} “{doubt.text}”"
    if doubt.kind == "missing":
        return f"{what} is not marked, and the tagger says {doubt.probability:.2f}"
    if doubt.kind == "wrong":
        return f"{what} is marked, and the tagger says {1 - doubt.probability:.2f}"
    return f"{what} is marked, and the tagger reads “{doubt.likely}” there, {doubt.probability:.2f}"


def _predicted(workspace: Workspace, baseline: str, seed: int, model: object) -> Mapping[str, Mapping[str, float]]:
    """Return sentence_id → label → probability: by a baseline from other stories, or by a model's answers."""
    rows = gold_rows(workspace)
    if not isinstance(model, str):
        return out_of_fold(rows, baseline=baseline, seed=seed, schema=workspace.schema())
    found = answer_probabilities(workspace.decisions(), SuggestionLog(workspace).answers(model), rows.label_names)
    if not found:
        remedy = "ask it with `toolkit suggest --model …`"
        raise InvalidInput(f"{model} has answered none of the decided sentences", where=LOG, remedy=remedy)
    return found


def _audit(
    workspace: Workspace, known: Mapping[str, object], baseline: str, seed: int
) -> tuple[Made, tuple[Suspect, ...]]:
    spans = {} if "model" in known else _span_errors(workspace, seed)
    try:
        predictions = _predicted(workspace, baseline, seed, known.get("model"))
        labels = sorted(next(iter(predictions.values())))
        if not labels:
            raise InvalidInput(
                "holds too few stories to hold any out", where=str(workspace.path(GOLD)), remedy="label more stories"
            )
    except InvalidInput:
        if not spans:
            raise
        predictions, labels = {}, []  # a schema of spans alone
    found = with_spans(label_errors(workspace.decisions(), predictions, labels, workspace.answers()), spans)
    report: Mapping[str, object] = {
        **known,
        "labels": labels,
        "left out": sorted(set(gold_rows(workspace).label_names) - set(labels)),
        "suspects": [to_row(suspect) for suspect in found],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    counts = {"decisions": len(found), "doubted": sum(bool(suspect.doubts or suspect.spans) for suspect in found)}
    return Made({AUDIT: text.encode()}, counts), found


def _span_errors(workspace: Workspace, seed: int) -> Mapping[str, tuple[SpanDoubt, ...]]:
    """Return the doubts about spans, by sentence_id; nothing where none are decided, or in too few stories."""
    decisions, rows = _decided_spans(workspace)
    if not any(rows.spans):
        return {}
    try:
        found = spans_out_of_fold(rows, seed=seed)
    except InvalidInput:
        return {}  # fewer than two stories hold a span
    candidates = {each.sentence_id: spans for each, spans in zip(decisions, found, strict=True)}
    return span_errors(decisions, candidates, learnable(rows))


def gold_rows(workspace: Workspace) -> Rows:
    """Return every decided sentence with its labels, grouped by story.

    Raises:
        InvalidInput: Nothing is decided yet.
    """
    decisions = workspace.columns(Decision, "sentence_id", "labels")
    if not decisions:
        raise InvalidInput(
            "holds no decision", where=str(workspace.path(GOLD)), remedy="label sentences and run `toolkit adjudicate`"
        )
    places = _places(workspace)
    there = [(key, labels, *places[key]) for key, labels in decisions if key in places]
    return Rows(
        texts=tuple(text for _, _, text, _, _ in there),
        labels=tuple(tuple(labels) for _, labels, _, _, _ in there),
        multi=True,
        groups=tuple(story for _, _, _, story, _ in there),
        ids=tuple(key for key, _, _, _, _ in there),
        where=str(workspace.path(GOLD)),
    )


def gold_spans(workspace: Workspace) -> SpanRows:
    """Return every decided sentence with its spans, grouped by story.

    Raises:
        InvalidInput: Nothing is decided yet.
    """
    return _decided_spans(workspace)[1]


def _decided_spans(workspace: Workspace) -> tuple[list[Decision], SpanRows]:
    """Return the decisions on sentences that are there, and a row for each."""
    places = _places(workspace)
    decisions = [each for each in workspace.decisions() if each.sentence_id in places]
    there = [places[each.sentence_id] for each in decisions]
    return decisions, SpanRows(
        texts=tuple(text for text, _, _ in there),
        spans=tuple(each.spans for each in decisions),
        groups=tuple(story for _, story, _ in there),
        languages=tuple(language or "" for _, _, language in there),
        where=str(workspace.path(GOLD)),
    )


def _places(workspace: Workspace) -> dict[str, tuple[str, str, str | None]]:
    """Return the text, the story and the language of every sentence, by sentence_id."""
    articles = {key: rest for key, *rest in workspace.columns(Article, "article_id", "story_id", "language")}
    columns = workspace.columns(Sentence, "sentence_id", "text", "article_id")
    return {key: (text, *articles[article_id]) for key, text, article_id in columns}
