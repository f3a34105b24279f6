"""Suggestions for sentences, fitted to the schema: a model's labels and spans, and casualty figures read in the text.

A model is any function from texts to suggestions; nothing here knows how it was trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from toolkit.errors import UsageError
from toolkit.labelstudio.casualty_figures import FIGURE, READER, figure_label, fitted, read_figures
from toolkit.records import Span, Suggestion
from toolkit.records.base import record
from toolkit.schema import Schema


@record
class Query:
    """A sentence that a suggestion is wanted for.

    Attributes:
        sentence_id: The sentence; empty where whoever asks does not know it.
        text: Its words.
        language: ISO 639-1 code of its article, None where that is not known.
    """

    sentence_id: str
    text: str
    language: str | None = None


Predict = Callable[[Sequence[str]], Iterable[Suggestion]]
"""Texts in, one suggestion per text out, in their order; of each only labels, spans and probabilities are used."""


class Suggester:
    """A model together with the figure reader, or the figure reader alone.

    Args:
        schema: What the page is made from; labels and spans that it does not have are left out.
        predict: Answers texts, such as `toolkit.baselines.predictions` with a model; None for figures alone.
        name: Name of the model, as annotators see it.
        digest: Of the model's files.
        logged: Answers that were given before, by sentence_id, in place of `predict`.

    Attributes:
        schema: As above.
        name: As above.
        version: Name and digest: Label Studio asks nothing anew of a version that it knows, and a model that was
            trained again has another one.

    Examples:
        >>> from toolkit.labelstudio import Query, Suggester
        >>> from toolkit.schema import load
        >>> query = Query(sentence_id="s1", text="At least 14 people were killed.", language="en")
        >>> (found,) = Suggester(load("news_events")).suggest([query])
        >>> [(span.label, span.text, span.attributes["low"]) for span in found.spans]
        [('FIGURE', 'At least 14', 14)]
    """

    def __init__(
        self,
        schema: Schema,
        predict: Predict | None = None,
        *,
        name: str = READER,
        digest: str = "",
        logged: Mapping[str, Suggestion] | None = None,
    ) -> None:
        self.schema = schema
        self.name = name
        self.version = f"{name}@{digest[:8]}" if digest else name
        self._predict = predict
        self._logged = logged
        self._labels = {label.id for label in schema.active}
        self._spans = {label.id: label for label in schema.spans}

    def check(self) -> None:
        """Raise if nothing could ever be suggested.

        Raises:
            UsageError: There is no model, and the schema has no span label for figures.
        """
        if self._predict is None and self._logged is None and figure_label(self.schema) is None:
            raise UsageError(
                f"{self.schema.ref} has no span label {FIGURE}",
                remedy="push without --prefill, or use a schema that has one, such as news_events",
            )

    def suggest(self, queries: Sequence[Query]) -> list[Suggestion]:
        """Return one suggestion per sentence, without labels and spans where there is nothing to say."""
        if self._logged is not None:
            return [self._suggestion(query, self._logged.get(query.sentence_id)) for query in queries]
        if self._predict is None:
            return [self._suggestion(query, None) for query in queries]
        predicted = self._predict([query.text for query in queries])
        return [self._suggestion(query, found) for query, found in zip(queries, predicted, strict=True)]

    def _suggestion(self, query: Query, predicted: Suggestion | None) -> Suggestion:
        figures = read_figures(query.text, query.language, self.schema)
        found = Suggestion(
            sentence_id=query.sentence_id, shown=True, model=self.name, spans=figures, schema=self.schema.ref
        )
        if predicted is None:
            return found
        marked = [span for span in predicted.spans if span.label in self._spans]
        spans = sorted(self._joined(marked, figures), key=lambda span: (span.start, span.end, span.label))
        return replace(
            found,
            labels=tuple(label for label in predicted.labels if label in self._labels),
            spans=tuple(spans),
            probabilities=predicted.probabilities,
        )

    def _joined(self, marked: Sequence[Span], figures: Sequence[Span]) -> list[Span]:
        """Return a model's spans with the fields that are read, and those figures that the model did not mark."""
        joined = [fitted(_with_fields(span, figures), self._spans[span.label]) for span in marked]
        own = [span for span in marked if span.label == FIGURE]
        return joined + [each for each in figures if not any(_overlap(each, span) for span in own)]


def _with_fields(span: Span, figures: Sequence[Span]) -> Span:
    """Return a figure with the fields of the one that was read in most of its characters; its own, if it has some."""
    if span.label != FIGURE or span.attributes:
        return span
    near = [each for each in figures if _overlap(span, each)]
    if not near:
        return span
    best = max(near, key=lambda each: (min(each.end, span.end) - max(each.start, span.start), -each.start))
    return replace(span, attributes=best.attributes)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
