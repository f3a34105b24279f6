"""What stands between a model and a label schema that it was not trained with.

The examples of a schema as a regression test of a model.
"""

from __future__ import annotations

from toolkit.baselines.data.rows import listed
from toolkit.baselines.models.model import Model
from toolkit.schema import Schema, Score, quiz, score

_LISTED = 5  # labels; more are only counted


def schema_note(model: Model, schema: Schema) -> str | None:
    """Say that a model was trained with another schema or version, which labels differ, and what helps.

    Args:
        model: The model.
        schema: What it is asked to answer, or judged by.

    Returns:
        One sentence without the model's name before it; None for a model of this schema.
    """
    trained_with = model.facts.get("schema")
    if trained_with == schema.ref:
        return None
    given = {label.id for label in schema.active}
    unknown, foreign = sorted(given - set(model.labels)), sorted(set(model.labels) - given)
    differences = [f"it never gives {listed(unknown, _LISTED)}"] if unknown else []
    if foreign:
        differences.append(f"its {listed(foreign, _LISTED)} count for nothing")
    told = ", and ".join(differences) or "the labels are the same"
    how = f"with schema {trained_with}" if trained_with else "without a schema"
    return (
        f"trained {how} and asked about {schema.ref}: {told}; "
        f"make a model of {schema.ref} with `toolkit build VERSION` and `toolkit train`"
    )


def quiz_score(model: Model, schema: Schema) -> Score:
    """Let a model answer the quiz that the schema's examples make; the mistakes name the examples that it gets wrong.

    A label that the model was not trained on counts as missing wherever an example has it.
    """
    items = quiz(schema)
    answers = model.predict([item.text for item in items])
    return score(items, {item.item_id: labels for item, labels in zip(items, answers, strict=True)})
