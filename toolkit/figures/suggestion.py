"""Figures of a sentence as spans to be corrected by people."""

from __future__ import annotations

from toolkit.figures.figure import fields_of
from toolkit.figures.reading import find
from toolkit.records import Span, content_id


def suggest(sentence: str, language: str = "en", *, label: str = "FIGURE") -> tuple[Span, ...]:
    """Return the figures of people harmed in a sentence as spans, with the fields that their words decide.

    What happened to the people is left open: words such as "casualties" do not say it.

    Args:
        sentence: The sentence.
        language: ISO 639-1 code, one of `LANGUAGES`.
        label: Id of the span label for figures.

    Raises:
        UsageError: Figures are not read in the language.
    """
    return tuple(
        Span(
            span_id=content_id("suggestion", sentence, label, found.start, found.end),
            label=label,
            start=found.start,
            end=found.end,
            text=found.text,
            attributes=dict(fields_of(found.figure)),
        )
        for found in find(sentence, language)
    )
