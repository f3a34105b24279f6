"""What answers are worth: how far people agree, what a split leaks, which labels look wrong, what a baseline reaches.

Only what has ground is said; of everything else, why not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from toolkit import baselines
from toolkit.adjudicate.stage import adjudicate
from toolkit.agreement.stage import agreement
from toolkit.baselines.selection.stage import audit, causes, gold_rows, gold_spans
from toolkit.baselines.spans import evaluate_spans, held_out_spans
from toolkit.baselines.training.nested_validation import MOST, nested_scores
from toolkit.errors import InvalidInput, tally
from toolkit.exchange.annotated_document import AnnotatedDocument
from toolkit.project import Workspace
from toolkit.records import Estimate, from_row
from toolkit.records.base import record
from toolkit.release import text_leakage

BASELINE: Final = "words-lr"
"""The rung of the ladder that is tried: a few seconds for thousands of sentences."""

_ORDER: Final = ("train", "training", "dev", "valid", "val", "validation", "test", "eval")
_SHOWN: Final = 5


@record
class VerdictRow:
    """One thing that the answers show.

    Attributes:
        topic: "agreement", "decisions", "leakage", "label errors" or "baseline".
        what: What it is about.
        estimate: The value with its interval; None where it is a count or words.
        said: The same, or the reason why there is none, in words.
    """

    topic: str
    what: str
    estimate: Estimate | None = None
    said: str


def verdict(workspace: Workspace, documents: Sequence[AnnotatedDocument]) -> tuple[VerdictRow, ...]:
    """Return what the answers of a project show; agreement, decisions and audit are stages of it that run.

    Args:
        workspace: The project, with answers.
        documents: The documents that came, for their split.
    """
    return (
        *_agreement(agreement(workspace).report, named=any(document.annotator for document in documents)),
        *_decisions(workspace),
        *_leakage(documents),
        *_label_errors(workspace),
        *_baseline(workspace),
        *_span_baseline(workspace),
    )


def _agreement(report: Mapping[str, Any], *, named: bool) -> Iterator[VerdictRow]:
    if not named:  # the same text twice is then no sign of two people
        yield VerdictRow(topic="agreement", what="not known", said="the files do not say who answered")
        return
    rows = [(row, "α", "alpha", tally(row["n_units"], "text")) for row in (*report["layers"], *report["labels"])]
    rows += [(row, "F1 of spans", "exact_f1", tally(row["n_sentences"], "text")) for row in report["spans"]]
    found, why = False, None
    for row, measure, name, units in rows:
        estimate = from_row(Estimate, row[name])
        if row.get("n_units"):
            why = why or estimate.reason
        if estimate.value is not None:
            found = True
            called = row.get("name", row.get("label")) or "all"
            yield VerdictRow(
                topic="agreement", what=f"{called}: {measure}", estimate=estimate, said=f"{estimate} on {units}"
            )
    if not found:
        said = why or "no text was answered by two people, or nobody marked anything"
        yield VerdictRow(topic="agreement", what="not known", said=said)


def _decisions(workspace: Workspace) -> Iterator[VerdictRow]:
    counts = adjudicate(workspace).counts
    said = " · ".join(f"{number:,} {what}" for what, number in counts.items())
    yield VerdictRow(topic="decisions", what="from these answers", said=said)


def _leakage(documents: Sequence[AnnotatedDocument]) -> Iterator[VerdictRow]:
    texts: dict[str, dict[str, None]] = defaultdict(dict)
    for document in documents:
        if document.split is not None:
            texts[document.split][document.text] = None
    if len(texts) < 2:
        yield VerdictRow(topic="leakage", what="not known", said="the documents came without a split")
        return
    names = sorted(texts, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    found = text_leakage({name: list(texts[name]) for name in names})
    for later in names[1:]:
        pairs = [pair for pair in found.pairs if pair.later.rpartition(":")[0] == later]
        exact = sum(pair.kind == "exact" for pair in pairs)
        said = f"{tally(exact, 'text')} word for word and {len(pairs) - exact:,} nearly, of {found.rows[later]:,}"
        yield VerdictRow(topic="leakage", what=f"{later} in what comes before it", said=said)


def _label_errors(workspace: Workspace) -> Iterator[VerdictRow]:
    try:
        found = audit(workspace, baseline=BASELINE)
    except InvalidInput as error:
        yield VerdictRow(topic="label errors", what="not known", said=error.what)
        return
    doubted = [suspect for suspect in found.suspects if suspect.doubts or suspect.spans]
    said = f"{len(doubted):,} of {len(found.suspects):,} decisions; `toolkit audit` lists them"
    yield VerdictRow(topic="label errors", what="look wrong", said=said)
    for suspect in doubted[:_SHOWN]:
        yield VerdictRow(topic="label errors", what=suspect.sentence_id, said="; ".join(causes(suspect)))


def _why(rows: baselines.Rows) -> str:
    """Return why there is no score."""
    if not rows.label_names:
        return "no decided text carries a label"
    return f"there are more than {MOST:,} decisions" if len(rows) > MOST else "there are too few decisions"


def _baseline(workspace: Workspace) -> Iterator[VerdictRow]:
    try:
        rows = gold_rows(workspace)
        scores = nested_scores(rows, partial(baselines.train, baseline=BASELINE, seed=0))
    except InvalidInput as error:
        yield VerdictRow(topic="baseline", what="not known", said=error.what)
        return
    if not scores:
        yield VerdictRow(topic="baseline", what="labels: not known", said=_why(rows))
    for name in ("macro_f1", "micro_f1"):
        if name in scores:
            estimate = scores[name]
            said = f"{estimate} on {len(rows):,} decisions that it did not see"
            yield VerdictRow(
                topic="baseline", what=f"{BASELINE}: {name.replace('_f1', ' F1')}", estimate=estimate, said=said
            )


def _span_baseline(workspace: Workspace) -> Iterator[VerdictRow]:
    """Yield what a tagger reaches on the spans of stories that it did not see."""
    try:
        rows = gold_spans(workspace)
        if not any(rows.spans):
            return
        if len(rows) > MOST:
            yield VerdictRow(topic="baseline", what="spans: not known", said=f"there are more than {MOST:,} decisions")
            return
        scores = evaluate_spans(rows, held_out_spans(rows)).scores
    except InvalidInput as error:
        yield VerdictRow(topic="baseline", what="spans: not known", said=error.what)
        return
    for score in scores:
        if score.f1.value is not None:
            said = f"{score.f1} on {tally(score.support, 'span')} that it did not see"
            what = f"tagger: {score.label}, F1 ({score.by})"
            yield VerdictRow(topic="baseline", what=what, estimate=score.f1, said=said)
