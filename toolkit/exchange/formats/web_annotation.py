"""The W3C's Web Annotation: texts/NAME.txt and annotations.jsonld (https://www.w3.org/TR/annotation-model/).

A span is an annotation with a body whose purpose is "tagging", and a target with two selectors: the offsets, which
count code points, and the words, by which the offsets are checked. A label of the text is a body that classifies a
target without a selector; a relation links two annotations; a span in several pieces has a composite target.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from toolkit.errors import border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, in_order, values_of
from toolkit.exchange.document_folders import read_text
from toolkit.exchange.offset_units import UNITS, OffsetTable, Unit
from toolkit.limits import whole_file
from toolkit.project.files import held_file
from toolkit.records import Relation, digest

HOLDS: Final[frozenset[Part]] = frozenset(
    {
        *("labels", "fields", "note", "skips", "spans", "fragments", "overlaps", "white space", "attributes"),
        *("relations", "annotators", "times", "split", "metadata"),
    }
)

_FILE, _AROUND = "annotations.jsonld", 32
_CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
_OURS: Final = {"toolkit": "urn:toolkit:"}
_ENDINGS: Final = (".jsonld", ".json")


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the documents of a collection of annotations.

    Args:
        root: A file of annotations, or a folder with one; a source is a path of a text beside it.
        losses: What can't be taken is counted here.
        unit: What positions count; None: what fits the quoted words, and else code points.

    Raises:
        InvalidInput: The file is not JSON-LD of annotations.
    """
    for path in [root] if root.is_file() else sorted(each for each in root.rglob("*") if each.suffix in _ENDINGS):
        with border("is not JSON", where=str(path)):
            items = _items(json.loads(read_text(path)))
        answers: dict[tuple[str, str | None], _Answer] = {}
        owners: dict[str, _Answer] = {}
        for number, item in enumerate(items, start=1):
            with border("is not a Web Annotation", where=f"{path}: item {number}"):
                _take(item, path.parent, answers, owners, losses, (unit,) if unit else UNITS)
        for number, item in enumerate(items, start=1):
            with border("is not a Web Annotation", where=f"{path}: item {number}"):
                _link(item, owners, losses)
        for answer in answers.values():
            yield answer.document()


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents as one page of annotations, and their texts beside it."""
    items: list[dict[str, Any]] = []
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents, start=1):
        source = f"texts/{digest(document.text.encode())[:24]}.txt"
        (folder / source).write_bytes(document.text.encode())
        items += _annotations(document, source, f"urn:toolkit:{number}")
    page = {"@context": [_CONTEXT, _OURS], "type": "AnnotationPage", "items": items}
    (folder / _FILE).write_text(json.dumps(page, ensure_ascii=False, indent=1), encoding="utf-8")


@dataclass
class _Answer:
    """What the annotations of one person say of one source."""

    name: str
    text: str
    annotator: str | None
    table: OffsetTable
    spans: dict[str, Mention] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    links: list[Relation] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    def document(self) -> AnnotatedDocument:
        about = dict(self.about)
        fields = values_of(about.pop("fields", {}))
        return in_order(
            AnnotatedDocument(
                name=about.pop("name", self.name),
                text=self.text,
                annotator=self.annotator,
                labels=tuple(sorted(self.labels)),
                mentions=tuple(self.spans.values()),
                relations=tuple(dict.fromkeys(self.links)),
                fields=fields,
                **about,
            )
        )


def _items(page: Any) -> list[Mapping[str, Any]]:
    if isinstance(page, list):
        return page
    if page.get("type") == "AnnotationCollection":
        return _items(page["first"])
    items: list[Mapping[str, Any]] = page.get("items", [page])
    return items


def _take(
    item: Mapping[str, Any],
    folder: Path,
    answers: dict[tuple[str, str | None], _Answer],
    owners: dict[str, _Answer],
    losses: Losses,
    units: Sequence[Unit],
) -> None:
    """Take an annotation that is about a text."""
    if item.get("motivation") == "linking":
        return
    target = item["target"]
    targets = target["items"] if isinstance(target, Mapping) and target.get("type") == "Composite" else [target]
    sources = {each if isinstance(each, str) else each["source"] for each in targets}
    if len(sources) > 1:
        losses.add("annotations of several texts", str(item.get("id")))
        return
    answer = _answer_to(item, sources.pop(), folder, answers)
    bodies = item.get("body", [])
    bodies = bodies if isinstance(bodies, list) else [bodies]
    about = next((each["value"] for each in bodies if each.get("type") == "toolkit:About"), None)
    if about is not None:
        answer.about |= about
    words = [str(each["value"]) for each in bodies if "value" in each and each.get("type") != "toolkit:About"]
    selectors = [each for each in targets if isinstance(each, Mapping) and "selector" in each]
    if not selectors:
        answer.labels.update(words)
        return
    pieces = _pieces(selectors, answer, units)
    if pieces is None or not words:
        losses.add("spans whose words stand elsewhere" if words else "annotations without a tag", answer.name)
        return
    key = str(item.get("id", f"_{len(owners)}"))
    attributes = values_of(item.get("toolkit:attributes", {}))
    answer.spans[key] = Mention(mention_id=key, label=words[0], fragments=pieces, attributes=attributes)
    owners[key] = answer
    losses.add("further tags of a span", answer.name, len(words) - 1)


def _answer_to(
    item: Mapping[str, Any], source: str, folder: Path, answers: dict[tuple[str, str | None], _Answer]
) -> _Answer:
    creator = item.get("creator")
    said = creator.get("id", creator.get("name")) if isinstance(creator, Mapping) else creator
    person = None if said is None else unquote(str(said).removeprefix("urn:toolkit:annotator:"))
    key = (str(item.get("toolkit:answer", source)), person)
    if key not in answers:
        with border("there is no such text", where=source, remedy="put the texts beside the annotations"):
            text = whole_file(held_file(folder, source), limit="page_bytes").decode()
        answers[key] = _Answer(Path(source).stem, text, person, OffsetTable(text, source))
    return answers[key]


def _pieces(
    targets: Sequence[Mapping[str, Any]], answer: _Answer, units: Sequence[Unit]
) -> tuple[tuple[int, int], ...] | None:
    found: list[tuple[int, int]] = []
    for target in targets:
        selectors = target["selector"] if isinstance(target["selector"], list) else [target["selector"]]
        place = next((each for each in selectors if each["type"] == "TextPositionSelector"), None)
        quoted = next((each["exact"] for each in selectors if each["type"] == "TextQuoteSelector"), None)
        if place is None:
            held = _only(answer.text, quoted or "")
        else:
            held = answer.table.marked(((place["start"], place["end"]),), quoted, units)
        if held is None:
            return None
        found += held
    return tuple(sorted(found))


def _only(text: str, words: str) -> tuple[tuple[int, int], ...] | None:
    """Return where words stand in a text, if they stand there once."""
    at = text.find(words) if words and text.count(words) == 1 else -1
    return None if at < 0 else ((at, at + len(words)),)


def _link(item: Mapping[str, Any], owners: Mapping[str, _Answer], losses: Losses) -> None:
    """Take an annotation that links two others."""
    if item.get("motivation") != "linking":
        return
    bodies = item["body"] if isinstance(item["body"], list) else [item["body"]]
    tails = [each if isinstance(each, str) else each.get("id") for each in bodies]
    tail = next((str(each) for each in tails if each in owners), "")
    label = next((each["value"] for each in bodies if isinstance(each, Mapping) and "value" in each), "related")
    head = str(item["target"])
    if head not in owners or tail not in owners or owners[head] is not owners[tail]:
        losses.add("relations between what are not spans", str(item.get("id")))
        return
    owners[head].links.append(Relation(label=str(label), head=head, tail=tail))


def _annotations(document: AnnotatedDocument, source: str, base: str) -> Iterator[dict[str, Any]]:
    known: dict[str, Any] = {"type": "Annotation", "toolkit:answer": base}
    if document.annotator is not None:
        known["creator"] = f"urn:toolkit:annotator:{quote(document.annotator, safe='')}"
    if document.answered_at is not None:
        known["created"] = document.answered_at
    about: dict[str, Any] = {
        "name": document.name,
        "fields": dict(document.fields),
        "metadata": dict(document.metadata),
    }
    about |= {"note": document.note, "skipped": document.skipped, "split": document.split}
    about |= {"answered_at": document.answered_at}
    body = {"type": "toolkit:About", "value": {key: value for key, value in about.items() if value}}
    labels = [{"type": "TextualBody", "purpose": "classifying", "value": label} for label in document.labels]
    yield known | {"id": base, "motivation": "classifying", "body": [body, *labels], "target": source}
    ids = {span.mention_id: f"{base}:{number}" for number, span in enumerate(document.mentions, start=1)}
    for span in document.mentions:
        targets = [_target(document.text, source, piece) for piece in span.fragments]
        target = targets[0] if len(targets) == 1 else {"type": "Composite", "items": targets}
        tag = {"type": "TextualBody", "purpose": "tagging", "value": span.label}
        more = {"toolkit:attributes": dict(span.attributes)} if span.attributes else {}
        yield known | {"id": ids[span.mention_id], "motivation": "tagging", "body": tag, "target": target} | more
    for number, link in enumerate(document.relations, start=1):
        named = {"type": "TextualBody", "purpose": "tagging", "value": link.label}
        yield known | {
            "id": f"{base}:link:{number}",
            "motivation": "linking",
            "body": [ids[link.tail], named],
            "target": ids[link.head],
        }


def _target(text: str, source: str, piece: tuple[int, int]) -> dict[str, Any]:
    start, end = piece
    words = {
        "exact": text[start:end],
        "prefix": text[max(0, start - _AROUND) : start],
        "suffix": text[end : end + _AROUND],
    }
    place = {"type": "TextPositionSelector", "start": start, "end": end}
    return {"source": source, "selector": [place, {"type": "TextQuoteSelector", **words}]}
