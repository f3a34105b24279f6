"""Out-of-fold predictions: what models that have not seen a sentence's story say of its labels."""

from __future__ import annotations

from scipy.special import expit

from toolkit.baselines.data.rows import Rows
from toolkit.baselines.data.targets import Targets
from toolkit.baselines.models.ladder import keywords, rung
from toolkit.baselines.training.cross_validation import CrossValidation
from toolkit.schema.model import Schema


def out_of_fold(
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
    chance = expit(trial.logits)[:, validation.learnable]
    return {
        row_id: dict(zip(names, map(float, row), strict=True)) for row_id, row in zip(rows.ids, chance, strict=True)
    }
