"""Which decisions look wrong: the project's gold against models that have not seen the sentence, and its annotators.

The gold is cut into folds that keep stories whole; each fold is answered by a baseline that was fitted on the others.
`toolkit.adjudicate.label_errors` ranks the decisions by these probabilities and by the votes.

audit    gold.parquet, sentences.parquet, annotations/log.jsonl → reports/audit.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from toolkit.adjudicate import SecondLook, Suspect, label_errors
from toolkit.adjudicate.stage import look_again
from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Targets
from toolkit.baselines.models.ladder import keywords, rung
from toolkit.baselines.training.cross_validation import CrossValidation
from toolkit.errors import InvalidInput
from toolkit.project import Made, Outcome, Workspace, derive
from toolkit.project.files import file_digest
from toolkit.project.workspace import ARTICLES, GOLD, SENTENCES
from toolkit.records import from_json, to_json
from toolkit.schema.model import Schema

AUDIT = "reports/audit.json"


def out_of_sample(
    rows: Rows, *, baseline: str = "words-chars-svm", folds: int = 5, seed: int = 0, schema: Schema | None = None
) -> dict[str, dict[str, float]]:
    """Return what models that were not trained on a sentence's story say of it.

    Platt's calibration and the strength of regularisation are shared by all folds: two numbers a label, and a choice
    among a few.

    Args:
        rows: Labelled sentences with ids and groups.
        baseline: A name on the ladder.
        folds: How many; fewer where there are fewer groups.
        seed: Of the folds and solvers.
        schema: Where keyword rules come from.

    Returns:
        Row id → label → probability, for labels that enough stories have (and lack) to be held out.

    Raises:
        InvalidInput: No row carries a label.
        UsageError: There is no such baseline.
    """
    rules = keywords(schema) if schema else {}
    targets = Targets.of(rows)
    validation = CrossValidation(rows, targets, folds=folds, seed=seed, rules=rules)
    names = [name for name, known in zip(targets.questions, validation.learnable, strict=True) if known]
    trial = validation.trial(rung(baseline, schema))
    if not trial.parts or not names:
        return {row_id: {} for row_id in rows.ids}
    logits = np.mean([part.logits for part in trial.parts], axis=0)
    chance = expit(trial.slopes * logits + trial.intercepts)[:, validation.learnable]
    return {
        row_id: dict(zip(names, map(float, row), strict=True)) for row_id, row in zip(rows.ids, chance, strict=True)
    }


def audit(workspace: Workspace, *, baseline: str = "words-chars-svm", seed: int = 0) -> Outcome:
    """Rank the project's decisions from the most to the least suspicious, into reports/audit.json.

    Experts' decisions are trained on and not doubted.

    Args:
        workspace: The project, after `toolkit adjudicate`.
        baseline: What predicts, a name on the ladder.
        seed: Of the folds and solvers.

    Raises:
        InvalidInput: Nothing is decided yet, or from too few stories to hold any out.
        UsageError: There is no such baseline.
    """
    with workspace.lock():
        names = (GOLD, SENTENCES, ARTICLES, "annotations/log.jsonl")
        return derive(
            workspace.root,
            "audit",
            inputs={name: file_digest(workspace.path(name)) for name in names},
            parameters={"schema": workspace.schema().digest, "baseline": baseline, "seed": seed},
            make=lambda: _audit(workspace, baseline, seed),
        )


def suspects(workspace: Workspace) -> tuple[Suspect, ...]:
    """Return what the last audit found, the most suspicious first.

    Raises:
        InvalidInput: There was none.
    """
    path = workspace.path(AUDIT)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit audit`")
    found = json.loads(path.read_bytes())["suspects"]
    return tuple(from_json(Suspect, json.dumps(row), where=str(path)) for row in found)


def queue_suspects(workspace: Workspace, count: int) -> int:
    """Put the `count` most suspicious decisions in for a second look; the next `adjudicate` queues them.

    A decision that nothing speaks against is never among them.

    Returns:
        How many were not in for one before.
    """
    doubted = [suspect for suspect in suspects(workspace) if suspect.doubts][:count]
    return look_again(workspace, [SecondLook(sentence_id=each.sentence_id, causes=causes(each)) for each in doubted])


def causes(suspect: Suspect) -> tuple[str, ...]:
    """Return what speaks against a decision, in plain words, the worst first."""
    return tuple(
        f"{doubt.label} is {'' if doubt.given else 'not '}given, and the model says {doubt.probability:.2f}"
        + ("" if doubt.share is None else f", {doubt.share:.0%} of the annotators say so")
        for doubt in suspect.doubts
    )


def _audit(workspace: Workspace, baseline: str, seed: int) -> Made:
    rows = gold_rows(workspace)
    predictions = out_of_sample(rows, baseline=baseline, seed=seed, schema=workspace.schema())
    labels = sorted(next(iter(predictions.values())))
    if not labels:
        raise InvalidInput(
            "holds too few stories to hold any out", where=str(workspace.path(GOLD)), remedy="label more stories"
        )
    found = label_errors(workspace.decisions(), predictions, labels, workspace.answers())
    report: Mapping[str, object] = {
        "baseline": baseline,
        "seed": seed,
        "labels": labels,
        "left out": sorted(set(rows.label_names) - set(labels)),
        "suspects": [json.loads(to_json(suspect)) for suspect in found],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    counts = {"decisions": len(found), "doubted": sum(bool(suspect.doubts) for suspect in found)}
    return Made(files={AUDIT: text.encode()}, counts=counts)


def gold_rows(workspace: Workspace) -> Rows:
    """Return every decided sentence with its labels, grouped by story.

    Raises:
        InvalidInput: Nothing is decided yet.
    """
    decisions = workspace.decisions()
    if not decisions:
        raise InvalidInput(
            "holds no decision", where=str(workspace.path(GOLD)), remedy="label sentences and run `toolkit adjudicate`"
        )
    sentences = {sentence.sentence_id: sentence for sentence in workspace.sentences()}
    stories = {article.article_id: article.story_id or article.article_id for article in workspace.articles()}
    there = [decision for decision in decisions if decision.sentence_id in sentences]
    return Rows(
        texts=tuple(sentences[each.sentence_id].text for each in there),
        labels=tuple(each.labels for each in there),
        multi=True,
        groups=tuple(stories[sentences[each.sentence_id].article_id] for each in there),
        ids=tuple(each.sentence_id for each in there),
        where=str(workspace.path(GOLD)),
    )
