"""A decision: the labels and spans that the project holds to be true of one sentence, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from toolkit.records.annotation import AttributeValue, Relation, Span, check_judgement
from toolkit.records.base import record

Aggregation = Literal["auto", "majority", "weighted", "dawid-skene", "hierarchical", "one-coin", "mace", "difficulty"]
"""How several people's answers become one decision; see `toolkit.adjudicate.aggregate`."""

Voters = Aggregation | Literal["people+models"]
"""The key `aggregation` of toolkit.yaml: with "people+models", models have a voice where people differ (by "auto")."""


@record
class Decision:
    """The judgement that a release carries for a sentence.

    Attributes:
        sentence_id: The sentence.
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        schema: "name@version".
        method: How it was reached: "unanimous", "majority", "dawid-skene", "expert", "people+models" where models had a
            vote, …
        votes: annotation_ids that it rests on, sorted; of models too where the method says so.
        soft_labels: Label id → probability or share of votes that hold it, in [0, 1].
        note: Why, where the method alone does not say.
        fields: Fields of the sentence by their ids.
    """

    sentence_id: str
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    schema: str
    method: str
    votes: tuple[str, ...] = ()
    soft_labels: Mapping[str, float] = field(default_factory=dict)
    note: str | None = None
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check order, references and probabilities."""
        check_judgement(self.labels, self.spans, self.relations)
        for label, share in self.soft_labels.items():
            if not 0 <= share <= 1:
                raise ValueError(f"soft label {label} = {share} is not a probability")
