"""Documents as tasks of Label Studio with the page that they would have been labelled on.

So what comes from any tool takes the way of an export of Label Studio: one inference of schemas, one annotation log,
one place where what can't be taken is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, Final, Literal

from lxml import etree

from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, in_pieces
from toolkit.labelstudio.codec.round_trip import KEY, to_export
from toolkit.records import Annotation, AttributeValue, content_id
from toolkit.records.article import parse_instant

LABELS, SPANS, NOTE = "labels", "spans", "note"
"""Names of the controls of the page that ask for labels, spans and comments."""

NEVER: Final = "1970-01-01T00:00:00Z"
"""The time of an answer of which the file says none."""

FACTS: Final = ("url", "publisher", "byline", "language", "licence", "published_at")
"""Facts about a text that an article takes over."""

Pseudonym = Callable[[str | None, str], str]
"""(name of an annotator, None where the file names nobody; id of the answer) → pseudonym."""

Form = Literal["number", "choices", "textarea"]
"""What a field is on the page."""

_TAGS: Final[Mapping[Form, str]] = {"number": "Number", "choices": "Choices", "textarea": "TextArea"}
_MOST_CHOICES: Final = 20


@dataclass(frozen=True)
class StudioPage:
    """The labelling page of documents: which controls there are.

    Attributes:
        labels: Labels of whole documents.
        spans: Labels of spans.
        relations: Labels of relations.
        attributes: Name of an attribute → its form, what it offers, and the span labels that have it.
        fields: Name of a field of the document → its form.
    """

    labels: tuple[str, ...]
    spans: tuple[str, ...]
    relations: tuple[str, ...]
    attributes: Mapping[str, tuple[Form, tuple[str, ...], tuple[str, ...]]]
    fields: Mapping[str, Form]

    @classmethod
    def of(cls, documents: Sequence[AnnotatedDocument]) -> StudioPage:
        """Return the page of whole documents."""
        mentions = [mention for document in documents for mention in document.mentions]
        values: dict[str, list[AttributeValue]] = defaultdict(list)
        owners: dict[str, set[str]] = defaultdict(set)
        fields: dict[str, list[AttributeValue]] = defaultdict(list)
        for mention in mentions:
            for name, value in mention.attributes.items():
                values[name].append(value)
                owners[name].add(mention.label)
        for document in documents:
            for name, value in document.fields.items():
                fields[name].append(value)
        found = {name: (*_offer(held), tuple(sorted(owners[name]))) for name, held in values.items()}
        links = {link.label for document in documents for link in _in_one_piece(document).relations}
        return cls(
            labels=tuple(sorted({label for document in documents for label in document.labels})),
            spans=tuple(sorted({mention.label for mention in mentions})),
            relations=tuple(sorted(links)),
            attributes=dict(sorted(found.items())),
            fields={name: _field(held) for name, held in sorted(fields.items())},
        )

    def xml(self) -> str:
        """Return Label Studio's XML."""
        view = etree.Element("View")
        etree.SubElement(view, "Text", name="text", value="$text")
        if self.spans:
            _with_values(etree.SubElement(view, "Labels", name=SPANS, toName="text"), "Label", self.spans)
        if self.labels:
            asked = etree.SubElement(view, "Choices", name=LABELS, toName="text", choice="multiple")
            _with_values(asked, "Choice", self.labels)
        for name, (form, offered, owners) in self.attributes.items():
            control = etree.SubElement(view, _TAGS[form], name=_control(name), toName="text", perRegion="true")
            if not any("," in label for label in owners):
                control.set("whenLabelValue", ",".join(owners))
            _with_values(control, "Choice", offered)
        for name, form in self.fields.items():
            etree.SubElement(view, _TAGS[form], name=_control(name, "document"), toName="text")
        etree.SubElement(view, "TextArea", name=NOTE, toName="text")
        if self.relations:
            _with_values(etree.SubElement(view, "Relations"), "Relation", self.relations)
        return etree.tostring(view, encoding="unicode", pretty_print=True)


def studio_tasks(
    documents: Iterable[AnnotatedDocument], page: StudioPage, *, of: str, schema: str, pseudonym: Pseudonym
) -> Iterator[dict[str, Any]]:
    """Yield a task per text, with everybody's answer to it.

    Args:
        documents: The answers.
        page: Their page.
        of: What tells them from the documents of other imports.
        schema: "name@version" that they are read under.
        pseudonym: Gives everybody a name that tells nobody who they are.
    """
    by_text: dict[tuple[str, str], list[AnnotatedDocument]] = defaultdict(list)
    for document in documents:
        by_text[document.name, document.text].append(document)
    names: Counter[str] = Counter()
    for (name, text), answers in by_text.items():
        names[name] += 1
        number = name if names[name] == 1 else f"{name} ({names[name]})"
        data = {key: value for key in FACTS if (value := answers[0].metadata.get(key))}
        annotations = [
            _annotation(answer, turn, page, of, schema, pseudonym) for turn, answer in enumerate(answers, start=1)
        ]
        yield {"id": number, "project": of, "data": {"text": text, **data}, "annotations": annotations}


def _annotation(
    answer: AnnotatedDocument, turn: int, page: StudioPage, of: str, schema: str, pseudonym: Pseudonym
) -> dict[str, Any]:
    """Return one answer; its id is the same whenever the same person's answer to the same text is read again."""
    when = _instant(answer) or NEVER
    person = pseudonym(answer.annotator, content_id(answer.name, answer.text, turn))
    key = content_id("exchange", of, answer.name, answer.text, person)
    ours = Annotation(
        annotation_id=key,
        sentence_id=key,
        annotator=person,
        schema=schema,
        created_at=when,
        updated_at=when,
    )
    return {
        "id": turn,
        "created_at": when,
        "updated_at": when,
        "was_cancelled": answer.skipped,
        "result": list(_result(answer, page)),
        KEY: to_export(ours),
    }


def not_taken(documents: Iterable[AnnotatedDocument], losses: Losses) -> None:
    """Count what a project has no place for."""
    for document in documents:
        name, pieces = document.name, sum(len(each.fragments) > 1 for each in document.mentions)
        unread = document.answered_at is not None and _instant(document) is None
        losses.add("times that are not in ISO 8601", name, int(unread))
        losses.add("facts about the text that an article has no field for", name, len({*document.metadata} - {*FACTS}))
        losses.add("spans in pieces, of which each is a span now, linked to the one before", name, pieces)


def _instant(document: AnnotatedDocument) -> str | None:
    """Return the time of an answer in UTC; None where there is none that can be read."""
    found = parse_instant(document.answered_at)
    return None if found is None else found.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _in_one_piece(document: AnnotatedDocument) -> AnnotatedDocument:
    mentions, links = in_pieces(document.mentions)
    return replace(document, mentions=tuple(mentions), relations=(*document.relations, *links))


def _offer(values: Sequence[AttributeValue]) -> tuple[Form, tuple[str, ...]]:
    """Return the form of a field by its values, and what it offers."""
    if all(isinstance(value, bool) for value in values):
        return "choices", ("false", "true")
    if any(isinstance(value, tuple) for value in values):
        listed = {each for value in values for each in _each(value)}
        if all(isinstance(each, str) and each and each == each.strip() for each in listed):
            return "choices", tuple(sorted(map(str, listed)))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "number", ()
    words = {value for value in values if isinstance(value, str) and value.isidentifier()}
    if len(words) <= _MOST_CHOICES and all(isinstance(value, str) and value in words for value in values):
        return "choices", tuple(sorted(words))
    return "textarea", ()


def _field(values: Sequence[AttributeValue]) -> Form:
    """Return the form of a field of the whole document: choices would be labels there."""
    return "number" if _offer(values)[0] == "number" else "textarea"


def _control(name: str, owner: str = "span") -> str:
    return name if name not in (LABELS, SPANS, NOTE, "text") and owner == "span" else f"{owner}: {name}"


def _with_values(control: Any, tag: str, values: Iterable[str]) -> None:
    for value in values:
        etree.SubElement(control, tag, value=value)


def _result(document: AnnotatedDocument, page: StudioPage) -> Iterator[dict[str, Any]]:
    whole = _in_one_piece(document)
    if whole.labels:
        yield _item("labels", LABELS, "choices", {"choices": list(whole.labels)})
    for mention in whole.mentions:
        yield from _region(whole.text, mention, page)
    for name, value in whole.fields.items():
        form = page.fields[name]
        yield _item(f"field {name}", _control(name, "document"), form, _value(form, value))
    if whole.note:
        yield _item("note", NOTE, "textarea", {"text": [whole.note]})
    for link in whole.relations:
        ends = {"from_id": link.head, "to_id": link.tail}
        yield {"type": "relation", "direction": "right", "labels": [link.label], **ends}


def _region(text: str, mention: Mention, page: StudioPage) -> Iterator[dict[str, Any]]:
    place = {"start": mention.start, "end": mention.end, "text": text[mention.start : mention.end]}
    yield _item(mention.mention_id, SPANS, "labels", {**place, "labels": [mention.label]})
    for name, value in mention.attributes.items():
        form = page.attributes[name][0]
        yield _item(mention.mention_id, _control(name), form, place | _value(form, value))


def _value(form: Form, value: AttributeValue) -> dict[str, Any]:
    if form == "number":
        return {"number": value}
    said = [str(each).lower() if isinstance(each, bool) else str(each) for each in _each(value)]
    return {"choices": said} if form == "choices" else {"text": [" | ".join(said)]}


def _each(value: AttributeValue) -> Sequence[str | int | float | bool | None]:
    return value if isinstance(value, tuple) else (value,)


def _item(key: str, control: str, form: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": "text", "type": form, "value": dict(value)}
