"""Casualty figures: suggested before people mark them, and held against the words that they marked.

A suggestion is a prediction on the page, there to be corrected. A number that differs from its words is never changed:
it is written to annotations/figures.jsonl, a line a figure, for someone to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from toolkit.errors import UsageError
from toolkit.figures import LANGUAGES, differences, suggest
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.suggest.predictions import Suggestion, push_predictions
from toolkit.project import Workspace
from toolkit.records import Annotation, AttributeValue, Span
from toolkit.schema import Schema, SpanLabel
from toolkit.version import __version__

LABEL = "FIGURE"
"""Id of the span label whose fields hold a figure."""

MODEL = f"figures {__version__}"


def push_figures(workspace: Workspace, *, dry_run: bool = False, server: Server | None = None) -> int:
    """Show the figures of people harmed that are read in the sentences, in place of all earlier suggestions.

    Args:
        workspace: The project directory, pushed before.
        dry_run: Change nothing; count the sentences that would get a suggestion.
        server: Default: the one that toolkit.yaml or the environment names.

    Returns:
        How many sentences have a suggestion now.

    Raises:
        UsageError: The schema has no span label FIGURE.
        Interrupted: The server stopped answering; the same command does it again.
        RemoteError: The server can't be reached or refuses.
    """
    found = list(suggestions(workspace))
    return len(found) if dry_run else push_predictions(workspace, found, model_version=MODEL, server=server)


def suggestions(workspace: Workspace) -> Iterator[Suggestion]:
    """Yield the figures of each sentence that has some, for articles in a language that figures are read in."""
    schema = workspace.schema()
    if _label(schema) is None:
        raise UsageError(
            f"{schema.ref} has no span label {LABEL}",
            remedy="push without --prefill, or use a schema that has one, such as news_events",
        )
    languages = {article.article_id: article.language for article in workspace.articles()}
    for sentence in workspace.sentences():
        spans = figures_of(sentence.text, languages.get(sentence.article_id), schema)
        if spans:
            yield Suggestion(sentence_id=sentence.sentence_id, spans=spans)


def figures_of(text: str, language: str | None, schema: Schema) -> tuple[Span, ...]:
    """Return the figures of people harmed in a sentence as the schema wants them; none where it has no FIGURE."""
    label = _label(schema)
    if label is None or language not in LANGUAGES:
        return ()
    return tuple(fitting(span, label) for span in suggest(text, language, label=LABEL))


class FigureCheck:
    """Holds the numbers that people wrote against the words that they marked.

    Args:
        workspace: Whose articles say which language a sentence is in.
        schema: What the page was made from; without a span label FIGURE nothing is checked.
    """

    def __init__(self, workspace: Workspace, schema: Schema | None) -> None:
        self._workspace = workspace
        self._label = None if schema is None else _label(schema)

    def differing(self, annotation: Annotation) -> Iterator[dict[str, Any]]:
        """Yield a row for each figure with a field that differs from what its words say."""
        for span in annotation.spans:
            if self._label is None or span.label != LABEL:
                continue
            language = self._languages.get(annotation.sentence_id)
            if language not in LANGUAGES:
                continue
            fields = [name for name in differences(span.text, span.attributes, language) if name in self._fields]
            if fields:
                given = {name: span.attributes.get(name) for name in fields}
                yield {
                    "annotation_id": annotation.annotation_id,
                    "updated_at": annotation.updated_at,
                    "sentence_id": annotation.sentence_id,
                    "annotator": annotation.annotator,
                    "span_id": span.span_id,
                    "text": span.text,
                    "given": given,
                }

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(field.id for field in self._label.attributes) if self._label else frozenset()

    @cached_property
    def _languages(self) -> Mapping[str, str]:
        """Return the language of every sentence; none where the answers are all that the project has."""
        if not all(self._workspace.path(name).exists() for name in ("articles.parquet", "sentences.parquet")):
            return {}
        languages = {article.article_id: article.language for article in self._workspace.articles()}
        return {each.sentence_id: languages[each.article_id] for each in self._workspace.sentences()}


def _label(schema: Schema) -> SpanLabel | None:
    return next((span for span in schema.spans if span.id == LABEL), None)


def fitting(span: Span, label: SpanLabel) -> Span:
    """Return a suggestion with those fields that the schema has, and those choices that it offers."""
    choices = {field.id: field.choices for field in label.attributes}

    def fits(name: str, value: AttributeValue) -> bool:
        return name in choices and (not choices[name] or value in choices[name])

    fields = {name: value for name, value in span.attributes.items() if fits(name, value)}
    return Span(
        span_id=span.span_id, label=span.label, start=span.start, end=span.end, text=span.text, attributes=fields
    )
