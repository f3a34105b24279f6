"""An annotated document, whatever tool it comes from: one person's answer to one text.

Every format is read into this record and written from it, so that each of them needs one reader and one writer. What a
format has no place for is taken out by `reduced`, and nowhere else, and counted in `Losses`.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from toolkit.records import AttributeValue, Relation
from toolkit.records.base import record

Part = Literal[
    "labels",
    "fields",
    "note",
    "skips",
    "spans",
    "fragments",
    "overlaps",
    "white space",
    "attributes",
    "relations",
    "annotators",
    "times",
    "split",
    "metadata",
]
"""A part of a document that a format may be able to hold, or a way in which its spans may lie."""

CONTINUES: Final = "continued_by"
"""The relation between the pieces of a span, where a tool's spans are in one piece."""


@record
class Mention:
    """A marked stretch of a text, in one piece or several.

    Attributes:
        mention_id: Unique in its document; relations refer to it.
        label: What it is marked as.
        fragments: (start, end) of each piece: code points, end exclusive, in the order of the text.
        attributes: Its fields by name.
    """

    mention_id: str
    label: str
    fragments: tuple[tuple[int, int], ...]
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the pieces are in order and do not touch."""
        borders = [border for piece in self.fragments for border in piece]
        if not borders or borders != sorted(set(borders)):
            raise ValueError(f"pieces {self.fragments} are empty, touch each other or are out of order")

    @property
    def start(self) -> int:
        """First code point."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.fragments[-1][1]

    def words(self, text: str) -> str:
        """Return what it marks in a text, pieces joined by a space."""
        return " ".join(text[start:end] for start, end in self.fragments)


@record
class AnnotatedDocument:
    """One person's answer to one text.

    Attributes:
        name: What its tool calls it.
        text: The text, code points; never empty.
        annotator: Who answered, as the tool says it; None where it says nothing.
        labels: Labels of the whole document, sorted.
        mentions: By their place, then by label and attributes; mention_ids are "m1", "m2", … in this order.
        relations: By label, head, tail.
        fields: Further answers about the whole document by name.
        note: A comment.
        skipped: The person declined to answer.
        answered_at: ISO 8601.
        split: "train", "test", …, where the documents came split.
        metadata: What else is known of the text, such as "url".
    """

    name: str
    text: str
    annotator: str | None = None
    labels: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    fields: Mapping[str, AttributeValue] = field(default_factory=dict)
    note: str | None = None
    skipped: bool = False
    answered_at: str | None = None
    split: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check offsets, order and references."""
        if not self.text:
            raise ValueError("there is no text")
        if list(self.labels) != sorted(set(self.labels)):
            raise ValueError("labels are not sorted and unique")
        ids = {mention.mention_id for mention in self.mentions}
        if len(ids) != len(self.mentions):
            raise ValueError("two spans share an id")
        for mention in self.mentions:
            if mention.start < 0 or mention.end > len(self.text):
                raise ValueError(f"a span ends at {mention.end}, the text at {len(self.text)}")
        for relation in self.relations:
            if not {relation.head, relation.tail} <= ids:
                raise ValueError(f"relation {relation.label} refers to a span that is not there")


def values_of(said: Mapping[str, Any]) -> dict[str, AttributeValue]:
    """Return fields as they are in JSON: a list of words is a tuple."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def in_order(document: AnnotatedDocument) -> AnnotatedDocument:
    """Return a document with its spans in order and numbered by it, so that equal answers are equal records.

    Examples:
        >>> second, first = (Mention(mention_id=name, label="A", fragments=(place,)) for name, place in
        ...                  [("T9", (4, 6)), ("T1", (0, 2))])
        >>> link = Relation(label="near", head="T9", tail="T1")
        >>> made = in_order(AnnotatedDocument(name="d", text="ab cd ef", mentions=(second, first), relations=(link,)))
        >>> [mention.mention_id for mention in made.mentions], made.relations[0].head
        (['m1', 'm2'], 'm2')
    """
    ordered = sorted(document.mentions, key=lambda item: (item.fragments, item.label, _said(item.attributes)))
    names = {mention.mention_id: f"m{number}" for number, mention in enumerate(ordered, start=1)}
    links = {(link.label, names[link.head], names[link.tail]) for link in document.relations}
    return replace(
        document,
        mentions=tuple(
            replace(mention, mention_id=names[mention.mention_id], attributes=dict(sorted(mention.attributes.items())))
            for mention in ordered
        ),
        relations=tuple(Relation(label=label, head=head, tail=tail) for label, head, tail in sorted(links)),
        fields=dict(sorted(document.fields.items())),
        metadata=dict(sorted(document.metadata.items())),
    )


def _said(attributes: Mapping[str, AttributeValue]) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in attributes.items())


@dataclass
class Losses:
    """What could not be held, by what it is: how many, and where first.

    Attributes:
        counts: What → how many.
        places: What → the first places, at most `SHOWN`.
    """

    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, where: str, number: int = 1) -> None:
        """Count something that is lost."""
        if number:
            self.counts[what] = self.counts.get(what, 0) + number
            places = self.places.setdefault(what, [])
            if len(places) < SHOWN and where not in places:
                places.append(where)

    def rows(self) -> list[tuple[str, int, str]]:
        """Return (what, how many, first places), sorted."""
        return [(what, number, ", ".join(self.places[what])) for what, number in sorted(self.counts.items())]


SHOWN: Final = 3
"""Places that are named of each kind of loss."""


def reduced(document: AnnotatedDocument, holds: Collection[Part], losses: Losses) -> AnnotatedDocument | None:
    """Return as much of a document as a format holds, and count the rest.

    Args:
        document: The document.
        holds: What the format has a place for.
        losses: Where the rest is counted.

    Returns:
        The document; None where nothing of the answer would be left: it was skipped, and the format has no skips.

    Examples:
        >>> losses = Losses()
        >>> document = AnnotatedDocument(name="d", text="ab", labels=("claim",), note="sure?")
        >>> reduced(document, {"labels"}, losses).note, losses.rows()
        (None, [('notes', 1, 'd')])
    """
    where = document.name
    if document.skipped and "skips" not in holds:
        losses.add("skipped answers", where)
        return None
    kept = _mentions_held(document, holds, losses)
    gone: dict[str, object] = {}
    for part, what, name, empty, number in (
        ("labels", "labels of the document", "labels", (), len(document.labels)),
        ("fields", "fields of the document", "fields", {}, len(document.fields)),
        ("note", "notes", "note", None, int(document.note is not None)),
        ("annotators", "names of annotators", "annotator", None, int(document.annotator is not None)),
        ("times", "times of answers", "answered_at", None, int(document.answered_at is not None)),
        ("split", "splits", "split", None, int(document.split is not None)),
        ("metadata", "facts about the text", "metadata", {}, len(document.metadata)),
    ):
        if part not in holds:
            losses.add(what, where, number)
            gone[name] = empty
    return in_order(replace(kept, **gone))  # type: ignore[arg-type]


def _mentions_held(document: AnnotatedDocument, holds: Collection[Part], losses: Losses) -> AnnotatedDocument:
    where, mentions, relations = document.name, list(document.mentions), list(document.relations)
    if "spans" not in holds:
        losses.add("spans", where, len(mentions))
        losses.add("relations", where, len(relations))
        return replace(document, mentions=(), relations=())
    if "relations" not in holds:
        losses.add("relations", where, len(relations))
        relations = []
    if "fragments" not in holds:
        if "relations" not in holds:
            losses.add("spans in pieces, of which each is a span now", where, sum(map(_in_pieces, mentions)))
        mentions, links = in_pieces(mentions)
        relations += links if "relations" in holds else []
    if "white space" not in holds:
        trimmed = [each for mention in mentions if (each := _trimmed(mention, document.text)) is not None]
        losses.add("spans of nothing but white space", where, len(mentions) - len(trimmed))
        losses.add("white space at the ends of spans", where, sum(each not in mentions for each in trimmed))
        mentions = trimmed
    if "overlaps" not in holds:
        apart = apart_from_each_other(mentions)
        losses.add("spans that overlap a longer one", where, len(mentions) - len(apart))
        mentions = apart
    if "attributes" not in holds:
        losses.add("attributes of spans", where, sum(len(mention.attributes) for mention in mentions))
        mentions = [replace(mention, attributes={}) for mention in mentions]
    ids = {mention.mention_id for mention in mentions}
    linked = [link for link in relations if {link.head, link.tail} <= ids]
    losses.add("relations", where, len(relations) - len(linked))
    return replace(document, mentions=tuple(mentions), relations=tuple(linked))


def _trimmed(mention: Mention, text: str) -> Mention | None:
    """Return a span in one piece without white space at its ends; None if it is nothing else."""
    held = text[mention.start : mention.end]
    start, end = mention.start + len(held) - len(held.lstrip()), mention.end - len(held) + len(held.rstrip())
    return replace(mention, fragments=((start, end),)) if start < end else None


def _in_pieces(mention: Mention) -> bool:
    return len(mention.fragments) > 1


def in_pieces(mentions: Iterable[Mention]) -> tuple[list[Mention], list[Relation]]:
    """Return each piece of each span as a span, and the relations `CONTINUES` that lead from piece to piece.

    The first piece keeps id and attributes. `joined` makes one of them again.
    """
    pieces: list[Mention] = []
    links: list[Relation] = []
    for mention in mentions:
        before = mention.mention_id
        for number, fragment in enumerate(mention.fragments):
            if not number:
                pieces.append(replace(mention, fragments=(fragment,)))
                continue
            name = f"{mention.mention_id}.{number}"
            pieces.append(Mention(mention_id=name, label=mention.label, fragments=(fragment,)))
            links.append(Relation(label=CONTINUES, head=before, tail=name))
            before = name
    return pieces, links


def joined(document: AnnotatedDocument) -> AnnotatedDocument:
    """Return a document whose spans that `CONTINUES` links are one span each.

    Examples:
        >>> a, b = (Mention(mention_id=n, label="A", fragments=(p,)) for n, p in [("a", (0, 2)), ("b", (6, 8))])
        >>> link = Relation(label=CONTINUES, head="a", tail="b")
        >>> document = AnnotatedDocument(name="d", text="ab cd ef", mentions=(a, b), relations=(link,))
        >>> joined(document).mentions[0].fragments
        ((0, 2), (6, 8))
    """
    follows = {link.head: link.tail for link in document.relations if link.label == CONTINUES}
    by_id = {mention.mention_id: mention for mention in document.mentions}
    whole: dict[str, Mention] = {}
    part_of = {name: name for name in by_id}
    for first in (name for name in follows if name not in set(follows.values())):
        chain = [first]
        while (after := follows.get(chain[-1])) and after not in chain:
            chain.append(after)
        pieces = tuple(sorted(piece for name in chain for piece in by_id[name].fragments))
        if all(left[1] < right[0] for left, right in itertools.pairwise(pieces)):  # else they are not of one span
            whole[first] = replace(by_id[first], fragments=pieces)
            part_of |= dict.fromkeys(chain, first)
    links = [
        Relation(label=link.label, head=part_of[link.head], tail=part_of[link.tail])
        for link in document.relations
        if link.label != CONTINUES or part_of[link.head] != part_of[link.tail]
    ]
    mentions = tuple(whole.get(name, mention) for name, mention in by_id.items() if part_of[name] == name)
    return in_order(replace(document, mentions=mentions, relations=tuple(links)))


def apart_from_each_other(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the spans without those that overlap a longer one, or an earlier one of the same length."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda item: (item.start - item.end, item.start, item.label)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return kept
