"""One model's answer to one sentence: the one record for predictions, pre-annotations and what was held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from toolkit.records.annotation import AttributeValue, Relation, Span, check_judgement
from toolkit.records.base import record


@record
class Suggestion:
    """What a model says of a sentence.

    Attributes:
        sentence_id: The sentence.
        shown: People see it; False for the share that is held out to measure what showing does; None where it was not
            offered to anybody: the model was only asked.
        model: Name and version of the model.
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        probabilities: Label → calibrated probability in [0, 1]; empty where the model has none.
        schema: "name@version" that the labels are of; None where the model does not know.
        fields: Fields of the sentence by their ids in the schema.
    """

    sentence_id: str
    shown: bool | None
    model: str
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    probabilities: Mapping[str, float] = field(default_factory=dict)
    schema: str | None = None
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check order and references."""
        check_judgement(self.labels, self.spans, self.relations)

    @property
    def certainty(self) -> float:
        """How sure the model is of the label that it is least sure of, in [0, 1]; 0 without probabilities."""
        return min((max(p, 1.0 - p) for p in self.probabilities.values()), default=0.0)
