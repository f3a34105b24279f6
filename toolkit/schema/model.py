"""The content of a label schema as frozen values: labels, spans, relations and the rules between them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from toolkit.records.base import record

LOWER = r"^[a-z][a-z0-9_]*$"
UPPER = r"^[A-Z][A-Z0-9_]*$"
KEY = r"^(shift\+[a-z]|[a-z0-9])$"
EITHER = r"^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)$"
HEX = r"^#[0-9a-f]{6}$"
LANGUAGE = r"^[a-z]{2}$"
VERSION = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
"""Patterns of ids, keys, colours, languages and versions."""

LowerId = Annotated[str, Field(pattern=LOWER)]
"""Id of a label, layer, attribute, relation or constraint."""

UpperId = Annotated[str, Field(pattern=UPPER)]
"""Id of a span label."""

EitherId = Annotated[str, Field(pattern=EITHER)]
"""Id of a label, or of a span label."""

Hotkey = Annotated[str, Field(pattern=KEY)]
"""A letter, a digit, or a letter with shift. The page itself needs "u" (unselect) and all other combinations."""

Colour = Annotated[str, Field(pattern=HEX)]


@record
class Example:
    """A sentence in the project's own words with its known answer.

    Attributes:
        text: The sentence.
        labels: The sentence labels that it carries, sorted.
        why: The reason, for people who got it wrong.
    """

    text: str
    labels: Annotated[tuple[LowerId, ...], AfterValidator(lambda labels: tuple(sorted(set(labels))))]
    why: str | None = None


@record
class Layer:
    """A question that is asked of every sentence; labels of different layers are independent.

    Attributes:
        id: Unique id, lower case.
        title: The question as people read it.
        required: An answer needs at least one label of it, or an exclusive label.
    """

    id: LowerId
    title: str
    required: bool = False


@record
class Label:
    """A sentence label.

    Attributes:
        id: Unique id, lower case.
        title: The words that people see on the labelling page.
        layer: The layer it belongs to.
        exclusive: It excludes every other label, of any layer.
        rule: When to use it.
        positives: Sentences that carry it.
        near_misses: Sentences that seem to carry it and do not.
        hotkey: One key.
        colour: "#rrggbb".
        retired: It can no longer be given; it is kept for its number.
    """

    id: LowerId
    title: str
    layer: LowerId
    exclusive: bool = False
    rule: str
    positives: tuple[Example, ...] = ()
    near_misses: tuple[Example, ...] = ()
    hotkey: Hotkey | None = None
    colour: Colour | None = None
    retired: bool = False


@record
class Attribute:
    """A field of a span, or of a whole sentence.

    Attributes:
        id: Unique within its span label, or among the fields of the sentence.
        title: The words that people see.
        type: "choice" (one of `choices`), "number", "boolean" or "text".
        choices: The values of a choice.
        titles: The words that people see for them, in their order and in any script; default: the values themselves.
        hotkeys: One key per choice, in their order; one key for a boolean.
        minimum: The smallest number allowed.
        required: It must be filled.
        rule: How to fill it.
        several: Of a choice or a text: it may hold several values.
    """

    id: LowerId
    title: str
    type: Literal["choice", "number", "boolean", "text"]
    choices: tuple[LowerId, ...] = ()
    titles: tuple[str, ...] = ()
    hotkeys: tuple[Hotkey, ...] = ()
    minimum: int | None = None
    required: bool = False
    rule: str | None = None
    several: bool = False

    def title_of(self, choice: str) -> str:
        """Return the words that people see for a choice.

        Examples:
            >>> kind = Attribute(id="harm", title="Kind", type="choice", choices=("killed", "not_hurt"))
            >>> kind.title_of("not_hurt")
            'not hurt'
        """
        titles = self.titles or [each.replace("_", " ") for each in self.choices]
        return dict(zip(self.choices, titles, strict=True)).get(choice, choice)


@record
class SpanLabel:
    """A label for a stretch of the sentence.

    Attributes:
        id: Unique id, upper case.
        title: The words that people see.
        rule: What to mark.
        attributes: Its fields.
        hotkey: One key.
        colour: "#rrggbb".
    """

    id: UpperId
    title: str
    rule: str
    attributes: tuple[Attribute, ...] = ()
    hotkey: Hotkey | None = None
    colour: Colour | None = None


@record
class RelationLabel:
    """A directed link between spans.

    Attributes:
        id: Unique id, lower case.
        title: The words that people see.
        head: Span labels it may start from.
        tail: Span labels it may point to.
        rule: When to draw it.
    """

    id: LowerId
    title: str
    head: tuple[UpperId, ...]
    tail: tuple[UpperId, ...]
    rule: str


@record
class Pair:
    """Two sentences in the project's own words, between which a link holds or not.

    Attributes:
        first: The sentence that the link would start from.
        second: The sentence that it would point to.
        why: The reason, for people who got it wrong.
    """

    first: str
    second: str
    why: str | None = None


@record
class LinkLabel:
    """A directed link between two sentences, or between spans of them.

    Attributes:
        id: Unique id, lower case.
        title: The words that people see.
        head: Labels, and span labels, of what it may start from.
        tail: Labels, and span labels, of what it may point to.
        scope: "article" (both sentences are of one article) or "story" (of any articles of one story).
        rule: When to draw it.
        positives: Pairs between which it holds.
        near_misses: Pairs between which it seems to hold and does not.
        colour: "#rrggbb".
    """

    id: LowerId
    title: str
    head: tuple[EitherId, ...]
    tail: tuple[EitherId, ...]
    scope: Literal["article", "story"] = "story"
    rule: str
    positives: tuple[Pair, ...] = ()
    near_misses: tuple[Pair, ...] = ()
    colour: Colour | None = None


@record
class Constraint:
    """A rule between labels that every answer must keep.

    Attributes:
        id: Unique id.
        type: "requires_span" (each label of `labels` → at least one span of `spans`), "requires_label" (each span
            of `spans` → at least one label of `labels`), "excludes" (no two of `labels` together) or "ordered"
            (in a span of `spans`, the number in attribute `attributes[0]` ≤ that in `attributes[1]`).
        message: The rule in words, for the person who broke it.
        labels: Sentence labels.
        spans: Span labels.
        attributes: Attribute ids.
    """

    id: LowerId
    type: Literal["requires_span", "requires_label", "excludes", "ordered"]
    message: str
    labels: tuple[LowerId, ...] = ()
    spans: tuple[UpperId, ...] = ()
    attributes: tuple[LowerId, ...] = ()


@record
class Schema:
    """One version of a label schema.

    Attributes:
        name: Name, lower case with underscores.
        version: Semantic version "major.minor.patch".
        title: What people call it.
        description: What it is for.
        licence: SPDX id of the schema itself.
        language: ISO 639-1 code of the language of its words. The labelling page and the instructions add words of
            their own in it, where `toolkit.schema.page_words` has them, and in English elsewhere.
        layers: In the order of the labelling page.
        labels: In the order of their numbers: a label's position is its ClassLabel id, append-only over versions.
        spans: Span labels.
        relations: Relation labels.
        constraints: Rules between them.
        fields: What is asked of every sentence beside its labels: a number, a text, one of several choices.
        links: Links between sentences.
        digest: SHA-256 of the canonical form, 64 hex digits.
    """

    name: LowerId
    version: Annotated[str, Field(pattern=VERSION)]
    title: str
    description: str
    licence: str = "CC0-1.0"
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    layers: tuple[Layer, ...]
    labels: tuple[Label, ...]
    spans: tuple[SpanLabel, ...] = ()
    relations: tuple[RelationLabel, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    fields: tuple[Attribute, ...] = ()
    links: tuple[LinkLabel, ...] = ()
    digest: str

    @property
    def ref(self) -> str:
        """The schema as records name it: "name@version"."""
        return f"{self.name}@{self.version}"

    @property
    def label_ids(self) -> tuple[str, ...]:
        """Ids of the sentence labels; the position is the ClassLabel number."""
        return tuple(label.id for label in self.labels)

    @property
    def exclusive(self) -> tuple[str, ...]:
        """Ids of the labels that stand alone and can still be given."""
        return tuple(label.id for label in self.labels if label.exclusive and not label.retired)

    @property
    def active(self) -> tuple[Label, ...]:
        """Labels that can still be given."""
        return tuple(label for label in self.labels if not label.retired)
