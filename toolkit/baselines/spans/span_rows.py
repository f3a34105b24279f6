"""Sentences with their spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import InvalidInput
from toolkit.records import Span
from toolkit.release import load as load_release
from toolkit.release.tables.attribute_columns import held_in, span_attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRows:
    """N sentences with their spans and the stories that must not be torn apart.

    Attributes:
        texts: N sentences.
        spans: N tuples of spans, offsets in the sentence.
        groups: N story ids.
        languages: N ISO 639-1 codes, "" where unknown.
        where: The release they came from, for messages.
    """

    texts: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    where: str | None = None

    def __post_init__(self) -> None:
        """Check that everything is parallel and that spans hold the words they claim.

        Raises:
            InvalidInput: A column has another length, or offsets are wrong.
        """
        if len({len(self.texts), len(self.spans), len(self.groups), len(self.languages)}) > 1:
            raise InvalidInput("texts, spans, groups and languages differ in number", where=self.where)
        for text, spans in zip(self.texts, self.spans, strict=True):
            for span in spans:
                if text[span.start : span.end] != span.text:
                    what = f"{span.text!r} does not stand at {span.start}-{span.end}"
                    raise InvalidInput(what, where=self.where)

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.texts)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every span label that occurs, sorted."""
        return tuple(sorted({span.label for spans in self.spans for span in spans}))

    @property
    def language(self) -> str:
        """The most frequent language, the first in the alphabet of equals."""
        counts = Counter(self.languages)
        return min(counts, key=lambda name: (-counts[name], name), default="")

    def take(self, numbers: Iterable[int]) -> SpanRows:
        """Return the rows at `numbers` (from 0), in that order."""
        picked = list(numbers)
        return SpanRows(
            texts=tuple(self.texts[number] for number in picked),
            spans=tuple(self.spans[number] for number in picked),
            groups=tuple(self.groups[number] for number in picked),
            languages=tuple(self.languages[number] for number in picked),
            where=self.where,
        )


def has_spans(directory: Path | str, split: str = "train") -> bool:
    """Say whether a release has decided spans and the text that they stand in."""
    release = load_release(directory)
    return (
        "spans" in release.configs
        and split in release.splits()
        and "text" in release.table("default", split).column_names
    )


def span_rows_of_release(directory: Path | str, split: str) -> SpanRows:
    """Read the sentences of a split with the spans that were decided; most sentences have none.

    Args:
        directory: A release with its text.
        split: "train", "validation" or "test".

    Raises:
        InvalidInput: There is no release or split, its schema has no spans, or it was made without text.
    """
    release = load_release(directory)
    where = f"{directory} ({split})"
    if "spans" not in release.configs:
        raise InvalidInput("no span was decided, so there is nothing to learn", where=str(directory))
    if split not in release.splits():
        raise InvalidInput(f"has no {split} split", where=str(directory), remedy="label more stories")
    table = release.table("default", split)
    if "text" not in table.column_names:
        remedy = f"put the text back with `toolkit hydrate {directory} DIR` and take DIR"
        raise InvalidInput("holds offsets and no text", where=str(directory), remedy=remedy)
    rows = table.select(["sentence_id", "text", "story_id", "language"]).to_pylist()
    names = ["span_id", "label", "start", "end", "text"]
    spans: dict[str, list[Span]] = {row["sentence_id"]: [] for row in rows}
    if release.has_rows("spans", split):
        columns = span_attributes(release.schema)
        for span in release.table("spans", split).to_pylist():
            attributes = held_in(span, columns, "attributes")
            spans[span["sentence_id"]].append(Span(**{name: span[name] for name in names}, attributes=attributes))
    return SpanRows(
        texts=tuple(row["text"] for row in rows),
        spans=tuple(tuple(spans[row["sentence_id"]]) for row in rows),
        groups=tuple(row["story_id"] for row in rows),
        languages=tuple(row["language"] or "" for row in rows),
        where=where,
    )
