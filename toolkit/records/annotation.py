"""One person's answer to one sentence, in one revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from toolkit.records.base import record

AttributeValue = str | int | float | bool | tuple[str, ...] | None
"""What a field of a span may hold; a tuple where several choices are allowed."""


@record
class Span:
    """A labelled stretch of a sentence.

    Attributes:
        span_id: Unique within its annotation or decision; relations refer to it.
        label: Id of the span label in the schema, such as "FIGURE".
        start: First code point in the sentence's text.
        end: One past the last code point.
        text: `sentence.text[start:end]`, always.
        attributes: Fields of the span by attribute id, such as {"low": 14, "qualifier": "at_least"}.
    """

    span_id: str
    label: str
    start: int
    end: int
    text: str
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the length."""
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text:
            raise ValueError(f"offsets {self.start}-{self.end} do not hold a text of {len(self.text)} characters")

    def __hash__(self) -> int:
        """Hash by place and label; equal spans have equal ones."""
        return hash((self.label, self.start, self.end, self.text))


@record
class Relation:
    """A directed link between two spans.

    Attributes:
        label: Id of the relation in the schema, such as "figure_source".
        head: span_id it starts from.
        tail: span_id it points to.
    """

    label: str
    head: str
    tail: str


@record
class Annotation:
    """One person's answer to one sentence in one revision.

    Attributes:
        annotation_id: Content id of (server project, task, annotation) at the place it was made: the same for
            every revision of one answer.
        sentence_id: The sentence.
        annotator: Pseudonym of the person, never a name or an e-mail address.
        labels: Sentence labels, sorted.
        spans: By start, end, label, span_id.
        relations: By label, head, tail.
        schema: "name@version".
        created_at: ISO 8601, UTC, of the answer's first revision.
        updated_at: ISO 8601, UTC, of this revision.
        lead_time: Seconds that the person took, None where the server did not say.
        skipped: The person declined to answer; labels, spans and relations then say nothing.
        ground_truth: The server holds it to be the answer.
        origin: "manual", "prediction" (accepted as it was) or "prediction-changed".
        note: What the person wrote in the comment field.
        fields: Fields of the whole answer by their ids in the schema, such as {"certainty": 4}.
        rejected: How many parts of it could not be taken; such an answer has no vote until a person says so.
    """

    annotation_id: str
    sentence_id: str
    annotator: str
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    schema: str
    created_at: str
    updated_at: str
    lead_time: float | None = None
    skipped: bool = False
    ground_truth: bool = False
    origin: Literal["manual", "prediction", "prediction-changed"] = "manual"
    note: str | None = None
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)
    rejected: int = 0

    def __post_init__(self) -> None:
        """Check order and references."""
        check_judgement(self.labels, self.spans, self.relations)

    def __hash__(self) -> int:
        """Hash by id and revision; equal answers have equal ones."""
        return hash((self.annotation_id, self.updated_at))

    @property
    def votes(self) -> bool:
        """The answer takes part in what is measured and decided: it is whole, and no skip."""
        return not self.skipped and not self.rejected


def check_judgement(labels: tuple[str, ...], spans: tuple[Span, ...], relations: tuple[Relation, ...]) -> None:
    """Hold the order and the references of labels, spans and relations.

    Raises:
        ValueError: Labels are unsorted or repeated, two spans share an id, or a relation names no span.
    """
    if list(labels) != sorted(set(labels)):
        raise ValueError("labels are not sorted and unique")
    ids = {span.span_id for span in spans}
    if len(ids) != len(spans):
        raise ValueError("two spans share an id")
    for relation in relations:
        if not {relation.head, relation.tail} <= ids:
            raise ValueError(f"relation {relation.label} refers to a span that is not there")
