"""Casualty figures on the labelling page: suggested before people mark them, and checked after they have.

A schema holds figures if it has a span label `FIGURE`; its fields take the numbers. A suggested figure is there to be
corrected. Who marks a figure by hand may leave its numbers empty: what the marked words say is filled in with the pull,
and the log says which fields that were. What was filled by hand is never changed: where a number differs from its
words, `FigureCheck` names it, for a person to look at; so it does where nobody filled the numbers and the words can't
be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from toolkit.figures import LANGUAGES, READ_FIELDS, differences, fields_of, people_after, read, suggest
from toolkit.project import Workspace
from toolkit.project.workspace import ARTICLES, SENTENCES
from toolkit.records import Annotation, AttributeValue, Span
from toolkit.schema import Schema, SpanLabel
from toolkit.version import __version__

FIGURE = "FIGURE"
"""Id of the span label whose fields hold a figure."""

READER = f"figures {__version__}"
"""Name of the figure reader, as annotators see it."""


def is_read(schema: Schema, span: SpanLabel, name: str) -> bool:
    """Tell whether a field may be left to the words of its span: the pull fills it in, so the page does not ask for it.

    Args:
        schema: The schema; its language is that of the page, and as a rule of the articles.
        span: The span label.
        name: Id of the field.
    """
    return span.id == FIGURE and name in READ_FIELDS and schema.language in LANGUAGES


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
    """Fills the numbers of marked figures from their words, and compares those that people wrote with the words.

    Args:
        workspace: Its articles tell the language of a sentence.
        schema: What the page was made from; without a span label `FIGURE` nothing is filled or checked.
    """

    def __init__(self, workspace: Workspace, schema: Schema | None) -> None:
        self._workspace = workspace
        self._label = None if schema is None else figure_label(schema)
        self._fields = frozenset(field.id for field in self._label.attributes) if self._label else frozenset()

    def filled(self, annotation: Annotation, text: str) -> tuple[Annotation, dict[str, list[str]]]:
        """Return an answer whose figures have what their words say, and which fields these are, by span_id.

        A figure of which a person gave a number, a bound or the qualifier stays as it is.

        Args:
            annotation: The answer.
            text: The sentence.
        """
        language = self._languages.get(annotation.sentence_id) if self._fields else None
        if self._label is None or language not in LANGUAGES:
            return annotation, {}
        spans, names = [], {}
        for span in annotation.spans:
            said = self._said(span, text, language)
            if said:
                span = fitted(replace(span, attributes={**span.attributes, **said}), self._label)
                names[span.span_id] = sorted(said.keys() & span.attributes.keys())
            spans.append(span)
        return (replace(annotation, spans=tuple(spans)), names) if names else (annotation, {})

    def _said(self, span: Span, text: str, language: str) -> dict[str, AttributeValue]:
        """Return what the words of a figure say, where a person left that to them; empty where they can't be read."""
        if span.label != FIGURE or is_numbered(span.attributes):
            return {}
        figure = read(span.text, language)
        if figure is None:
            return {}
        said: dict[str, AttributeValue] = {**fields_of(figure)}
        party = None if span.attributes.get("affected_party") else people_after(text, span.start, span.end, language)
        return said if party is None else said | {"affected_party": party}

    def differing(self, annotation: Annotation) -> Iterator[dict[str, Any]]:
        """Yield one row per figure with a field that differs from what its words say, or without a number at all."""
        for span in annotation.spans:
            if not self._fields or span.label != FIGURE:
                continue
            language = self._languages.get(annotation.sentence_id)
            fields = [name for name in _differences(span, language) if name in self._fields]
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


def is_numbered(attributes: Mapping[str, AttributeValue]) -> bool:
    """Tell whether somebody gave a figure a bound or a qualifier; a box that is not ticked is none."""
    return any(attributes.get(name) not in (None, False) for name in READ_FIELDS)


def _differences(span: Span, language: str | None) -> tuple[str, ...]:
    """Return the fields that differ from the words; of a figure that nobody gave a number, those that hold one."""
    if not is_numbered(span.attributes):
        return ("high", "low", "qualifier")
    return differences(span.text, span.attributes, language) if language in LANGUAGES else ()


def languages(workspace: Workspace) -> Mapping[str, str | None]:
    """Return the language of every sentence by sentence_id; empty while the project has no sentences."""
    if not all(workspace.path(name).exists() for name in (ARTICLES, SENTENCES)):
        return {}
    of_article = {article.article_id: article.language for article in workspace.articles()}
    return {each.sentence_id: of_article.get(each.article_id) for each in workspace.sentences()}
