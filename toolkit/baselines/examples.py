"""The examples of a schema as a regression test of a model."""

from __future__ import annotations

from toolkit.baselines.model import Model
from toolkit.schema import Schema, Score, quiz, score


def quiz_score(model: Model, schema: Schema) -> Score:
    """Let a model answer the quiz that the schema's examples make; the mistakes name the examples that it gets wrong.

    A label that the model was not trained on counts as missing wherever an example has it.
    """
    items = quiz(schema)
    answers = model.predict([item.text for item in items])
    return score(items, {item.item_id: labels for item, labels in zip(items, answers, strict=True)})
