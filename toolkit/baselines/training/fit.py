"""Training: choose by grouped cross-validation, then fit the choice on every row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import logit

from toolkit.baselines.data.rows import Rows, listed, reading_key
from toolkit.baselines.data.targets import Floats, Targets
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.calibration import Measure
from toolkit.baselines.models.features import FittedBlock
from toolkit.baselines.models.ladder import LADDER, candidates, keywords
from toolkit.baselines.training.cross_validation import CrossValidation, Trial
from toolkit.errors import InvalidInput, tally
from toolkit.records import content_id
from toolkit.schema.model import Schema

_ENOUGH = 20  # rows of a label that is to be learnt though all of them are of one story
_CLEARLY = 0.02  # macro F1


def train(
    rows: Rows,
    *,
    baseline: str = "auto",
    seed: int = 0,
    folds: int = 5,
    positive: str | None = None,
    schema: Schema | None = None,
    measure: Measure | None = None,
) -> Model:
    """Train a baseline on labelled sentences.

    Regularisation, class balance, calibration and thresholds come from cross-validation inside `rows` with groups kept
    whole, but for a story that alone has a label, on 20 rows or more, which could else never be learnt; when the
    baseline is "auto" or "auto+embeddings", so does the choice among `ladder.AUTO`, by macro F1: with embeddings the
    blend, which is the last there, unless another is better by .02. A label that is too rare to be held out gets its
    frequency as its probability, and a note. The same rows and seed give the same model, bit for bit.

    Args:
        rows: At least one row with a label.
        baseline: A name in `ladder.LADDER` or `ladder.AUTO`.
        seed: For folds and solvers.
        folds: Cross-validation folds, at least 2; fewer if there are fewer groups.
        positive: The positive label of a two-label task; left out, the rarer.
        schema: Where keyword rules come from, and which labels stand alone; its reference is kept in the model.
        measure: What the threshold of a two-label task is best for; left out, F1 of the positive where that is rarer
            than a third of the rows, else macro F1.

    Raises:
        InvalidInput: There are no rows, or none has a label; or embeddings were asked for and are not installed.
        UsageError: The baseline or the positive label does not exist.
    """
    wanted = candidates(baseline, schema)
    if not len(rows):
        raise InvalidInput("there are no rows to train on", where=rows.where)
    alone = {label.id for label in schema.labels if label.exclusive} if schema else ()
    targets = Targets.of(rows, positive=positive, exclusive=alone)
    rules = keywords(schema) if schema else {}
    torn = _of_one_story(rows, targets)
    validation = CrossValidation(
        _without_stories(rows, torn.values()), targets, folds=folds, seed=seed, rules=rules, measure=measure
    )
    if not validation.learnable.any() and wanted[0].parts:
        wanted = (LADDER["majority"],)
    trials = [validation.trial(candidate) for candidate in wanted]
    best = _chosen(trials)
    weights, bias, blocks = _fit(validation, best)
    return Model(
        baseline=best.baseline.name,
        targets=targets,
        blocks=blocks,
        weights=weights.astype(np.float32).astype(np.float64),
        bias=bias,
        thresholds=best.thresholds,
        seed=seed,
        facts=_facts(rows, validation, trials, best, schema),
        notes=_notes(validation, sorted(torn)),
    )


def _chosen(trials: Sequence[Trial]) -> Trial:
    """Return the trial with the best score, the first of equals.

    If the last one blends embeddings in, it is that one unless another is clearly better. The best score of several
    flatters itself and changes with the folds; nested, always that blend was better.
    """
    best, last = max(trials, key=lambda trial: trial.score), trials[-1]
    return best if best.score >= last.score + (_CLEARLY if last.baseline.embeds else 0.0) else last


def _fit(validation: CrossValidation, trial: Trial) -> tuple[Floats, Floats, tuple[FittedBlock, ...]]:
    """Fit a trial's parts on all rows, with calibration folded into weights [questions, features] and bias."""
    everything = np.arange(len(validation.rows))
    known = validation.learnable if trial.parts else np.zeros_like(validation.learnable)
    matrices: list[Floats] = [np.zeros((len(known), 0))]
    bias = trial.intercepts.copy()
    blocks: list[FittedBlock] = []
    for part, weight in zip(trial.parts, trial.baseline.shares, strict=True):
        features = validation.table.whole(part.part.blocks)
        weights, intercepts = validation.fit(part.part, part.setting, everything, features)
        share = trial.slopes * weight
        matrices.append((share * part.slopes)[:, None] * weights)
        bias += share * (part.slopes * intercepts + part.intercepts)
        blocks.extend(block for block in validation.table.fit(part.part.blocks) if block.width)
    matrix = np.where(known[:, None], np.concatenate(matrices, axis=1), 0.0)
    return matrix, np.where(known, bias, logit(validation.frequencies)), tuple(blocks)


def _of_one_story(rows: Rows, targets: Targets) -> dict[str, str]:
    """Return label → story for those that enough rows carry, all of which are of that story; others can be held out."""
    if len(set(rows.groups)) < 2:
        return {}
    stories = {
        name: (int(flags.sum()), {rows.groups[row] for row in np.flatnonzero(flags)})
        for name, flags in zip(targets.questions, targets.asked(rows.labels).T, strict=True)
    }
    return {name: min(found) for name, (count, found) in stories.items() if count >= _ENOUGH and len(found) == 1}


def _without_stories(rows: Rows, torn: Collection[str]) -> Rows:
    """Return rows where some stories are no longer kept together; sentences that read the same still are."""
    groups = (
        f"{group} {reading_key(text)}" if group in torn else group
        for group, text in zip(rows.groups, rows.texts, strict=True)
    )
    return replace(rows, groups=tuple(groups)) if torn else rows


def _facts(
    rows: Rows, validation: CrossValidation, trials: list[Trial], best: Trial, schema: Schema | None
) -> Mapping[str, Any]:
    """Return what a model card tells about the training, JSON-able and free of clocks."""
    return {
        "rows": len(rows),
        "groups": len(set(rows.groups)),
        "label_counts": {name: rows.label_counts[name] for name in validation.targets.names},
        "rows_digest": content_id(*rows.ids, *rows.texts, *(name for given in rows.labels for name in (*given, ""))),
        "schema": schema.ref if schema else None,
        "folds": validation.folds.count,
        "grouped": validation.folds.grouped,
        "cross_validated_macro_f1": {trial.baseline.name: round(trial.score, 6) for trial in trials},
        "strengths": [part.setting.strength for part in best.parts],
        "balanced": [part.setting.balanced for part in best.parts],
    }


def _notes(validation: CrossValidation, torn: Sequence[str]) -> tuple[str, ...]:
    notes = []
    counts = validation.rows.label_counts
    if len(validation.targets.names) == 1 and not validation.targets.multi:
        return (f"every training row is labelled {validation.targets.names[0]!r}, so that is the only answer",)
    if not validation.folds.grouped:
        notes.append("all training rows belong to one story: cross-validation tore it apart and flatters")
    if torn:
        story = f"{listed(torn)}: all rows with it are of one story, which cross-validation tore apart and so flatters"
        notes.append(story)
    rare = [
        f"{name} ({counts[name]:,} of {tally(len(validation.rows), 'row')})"
        for name, learnable in zip(validation.targets.questions, validation.learnable, strict=True)
        if not learnable
    ]
    if rare:
        notes.append(
            "too few stories with, or without, these labels to learn them, so that each is answered by its "
            f"frequency alone: {listed(rare)}"
        )
    return tuple(notes)
