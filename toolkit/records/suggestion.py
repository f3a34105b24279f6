"""What a model said of a sentence when people were asked, and whether they saw it."""

from __future__ import annotations

from toolkit.records.annotation import Span
from toolkit.records.base import record


@record
class Offered:
    """A suggestion for a sentence that nobody had answered when it was made.

    Attributes:
        sentence_id: The sentence.
        shown: People see it; False for the share that is held back.
        model: Its version.
        labels: The sentence labels that it suggests, sorted.
        spans: The spans.
    """

    sentence_id: str
    shown: bool
    model: str
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
