"""A recorded answer: what one invented annotator says about a text, wherever that text occurs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from toolkit.errors import InvalidInput
from toolkit.records.annotation import AttributeValue, Relation, Span
from toolkit.records.base import from_json, record


@record
class Quote:
    """A labelled stretch as the file keeps it: by its words, so that a reader sees what was marked.

    Attributes:
        id: Unique within its answer.
        label: Id of the span label.
        text: The words.
        nth: Which occurrence of the words in the sentence, from 0; occurrences may overlap.
        attributes: Fields of the span.
    """

    id: str
    label: str
    text: str
    nth: int = 0
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    def within(self, sentence: str) -> Span:
        """Return the span with its code point offsets in `sentence`.

        Raises:
            ValueError: The words do not occur so often.
        """
        start = -1
        for _ in range(self.nth + 1):
            start = sentence.find(self.text, start + 1)
            if start < 0:
                raise ValueError(f"occurrence {self.nth} of {self.text!r} is not in {sentence!r}")
        end = start + len(self.text)
        return Span(span_id=self.id, label=self.label, start=start, end=end, text=self.text, attributes=self.attributes)


@record
class Recorded:
    """One annotator's answer to every sentence with a given text.

    Attributes:
        annotator: Name of the invented person.
        text: The sentence, exactly as the segmenter yields it.
        labels: Sentence labels, sorted.
        spans: Labelled stretches, by their place in the sentence.
        relations: Links between the spans.
        skipped: The annotator declined; labels, spans and relations are empty.
        note: What the annotator wrote beside the answer.
        lead_time: Seconds that the answer took.
    """

    annotator: str
    text: str
    labels: tuple[str, ...] = ()
    spans: tuple[Quote, ...] = ()
    relations: tuple[Relation, ...] = ()
    skipped: bool = False
    note: str | None = None
    lead_time: float

    def __post_init__(self) -> None:
        """Check that every span's words stand in the text."""
        self.located()

    def located(self) -> tuple[Span, ...]:
        """Return the spans with their offsets in `text`."""
        return tuple(quote.within(self.text) for quote in self.spans)


def read(path: Path) -> Iterator[Recorded]:
    """Yield the answers of a JSONL file in its order.

    Raises:
        InvalidInput: A line is not an answer, or an annotator answers the same text twice; with file and line.
    """
    seen: dict[tuple[str, str], int] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path}:{number}"
            answer = from_json(Recorded, line, where=where)
            first = seen.setdefault((answer.annotator, answer.text), number)
            if first != number:
                raise InvalidInput(f"{answer.annotator} answers the text of line {first} again", where=where)
            yield answer
