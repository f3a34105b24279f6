"""Casualty figures on the labelling page: suggested before people mark them, and checked after they have.

A schema holds figures if it has a span label `FIGURE`; its fields take the numbers. A suggested figure is there to be
corrected. A number that differs from its words is never changed: `FigureCheck` names it, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from toolkit.figures import LANGUAGES, differences, suggest
from toolkit.project import Workspace
from toolkit.project.workspace import ARTICLES, SENTENCES
from toolkit.records import Annotation, AttributeValue, Span
from toolkit.schema import Schema, SpanLabel
from toolkit.version import __version__

FIGURE = "FIGURE"
"""Id of the span label whose fields hold a figure."""

READER = f"figures {__version__}"
"""Name of the figure reader, as annotators see it."""


def figure_label(schema: Schema) -> SpanLabel | None:
    """Return the span label that holds figures, None if the schema has none."""
    return next((span for span in schema.spans if span.id == FIGURE), None)


def read_figures(text: str, language: str | None, schema: Schema) -> tuple[Span, ...]:
    """Return the figures of people harmed that are read in a sentence, as the schema takes them.

    Args:
        text: The sentence.
        language: ISO 639-1 code of its language; figures are read in `toolkit.figures.LANGUAGES`, in others none.
        schema: What the page is made from; without a span label `FIGURE` there are none.
    """
    label = figure_label(schema)
    if label is None or language not in LANGUAGES:
        return ()
    return tuple(fitted(span, label) for span in suggest(text, language, label=FIGURE))


def fitted(span: Span, label: SpanLabel) -> Span:
    """Return a span with only those fields that its label has, and only those choices that they offer."""
    choices = {field.id: field.choices for field in label.attributes}

    def fits(name: str, value: AttributeValue) -> bool:
        return name in choices and (not choices[name] or value in choices[name])

    fields = {name: value for name, value in span.attributes.items() if fits(name, value)}
    return Span(
        span_id=span.span_id, label=span.label, start=span.start, end=span.end, text=span.text, attributes=fields
    )


class FigureCheck:
    """Compares the numbers that people wrote with the words that they marked.

    Args:
        workspace: Its articles tell the language of a sentence.
        schema: What the page was made from; without a span label `FIGURE` nothing is checked.
    """

    def __init__(self, workspace: Workspace, schema: Schema | None) -> None:
        self._workspace = workspace
        label = None if schema is None else figure_label(schema)
        self._fields = None if label is None else frozenset(field.id for field in label.attributes)

    def differing(self, annotation: Annotation) -> Iterator[dict[str, Any]]:
        """Yield one row per figure with a field that differs from what its words say."""
        for span in annotation.spans:
            if self._fields is None or span.label != FIGURE:
                continue
            language = self._languages.get(annotation.sentence_id)
            if language not in LANGUAGES:
                continue
            fields = [name for name in differences(span.text, span.attributes, language) if name in self._fields]
            if fields:
                yield {
                    "annotation_id": annotation.annotation_id,
                    "updated_at": annotation.updated_at,
                    "sentence_id": annotation.sentence_id,
                    "annotator": annotation.annotator,
                    "span_id": span.span_id,
                    "text": span.text,
                    "given": {name: span.attributes.get(name) for name in fields},
                }

    @cached_property
    def _languages(self) -> Mapping[str, str | None]:
        return languages(self._workspace)


def languages(workspace: Workspace) -> Mapping[str, str | None]:
    """Return the language of every sentence by sentence_id; empty while the project has no sentences."""
    if not all(workspace.path(name).exists() for name in (ARTICLES, SENTENCES)):
        return {}
    of_article = {article.article_id: article.language for article in workspace.articles()}
    return {each.sentence_id: of_article.get(each.article_id) for each in workspace.sentences()}
